"""Segmentation of texts into sentences and tokens, by language and script.

`choosing.segmenter_for` chooses a segmenter for a text: `alphabetic` (syntok) for Latin, Cyrillic
and Greek script, `unicode` (ICU) for all others. `words` adds libraries that know the words of a
language. All offsets are Unicode code points, end exclusive.
"""
