"""Fixes of texts that are asked for: markup, wrongly decoded characters, hard-wrapped lines.

A fix gives the ranges of a text to drop or replace, so that every offset maps back to the seed.
All offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from dateline.corpus.seed_text import composed, reasons_of, text_of_seed
from dateline.corpus.segmentation.interface import LINE
from dateline.model import Dropped, Range

TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>\n]{0,500})?/?>")
ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")

_MARKUP = re.compile(
    r"""(?P<unseen> <!--.{0,20000}?--> | <!DOCTYPE[^>]{0,500}>
        | <(?P<code>script|style)\b[^>]{0,500}> .{0,20000}? </(?P=code)\s*> )
    """
    rf"| (?P<tag> {TAG.pattern} ) | {ENTITY.pattern.replace('#', '[#]')}",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ON_A_LINE = re.compile(
    r"</?(?:address|article|aside|blockquote|body|br|caption|center|details|dialog|div|d[dlt]|"
    r"fieldset|figcaption|figure|footer|form|h[1-6r]|head|header|hgroup|html|legend|li|main|menu|"
    r"nav|ol|optgroup|option|p|pre|search|section|select|summary|table|tbody|tfoot|thead|title|tr|"
    r"ul)[\s/>]",
    re.IGNORECASE,
)
_CELL = re.compile(r"<t[dh][\s/>]", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_WRAPPED_LINES = 5
_WIDTHS = range(40, 101)


def fixed(seed: str, dropped: tuple[Dropped, ...], fixes: Collection[str]) -> tuple[Dropped, ...]:
    """What to drop and replace in a seed so that these fixes are made, too.

    ``dropped`` is what is dropped without fixes, and ``fixes`` are names in `FIXES`.
    """
    for name, edits in FIXES.items():
        if name in fixes:
            text = text_of_seed(seed, dropped)
            second = [
                Dropped(start=start, end=end, reason=name, replacement=replacement)
                for start, end, replacement in edits(text)
            ]
            dropped = composed(text, dropped, second)
    return dropped


def fixes_in(dropped: Sequence[Dropped]) -> set[str]:
    """The names of the fixes that have made some of these ranges."""
    return FIXES.keys() & {reason for cut in dropped for reason in reasons_of(cut)}


_Edit = tuple[int, int, str]
"""A range of the text, and what it becomes."""


def _without_markup(text: str) -> Iterator[_Edit]:
    """Tags, comments, scripts and styles are dropped; entities become their characters.

    A tag that begins or ends a paragraph becomes a line break, unless it is at one. That of a cell
    of a table becomes a space, unless there is white space.
    """
    before = "\n"  # the last character of the new text
    position = 0
    for found in _MARKUP.finditer(text):
        start, end = found.span()
        before = text[start - 1] if start > position else before
        position = end
        replacement = ""
        if found["tag"]:
            after = text[end : end + 1]
            if _ON_A_LINE.match(found["tag"]):
                is_at_break = before in "\n\r" or after in ("\n", "\r", "")
                replacement = "" if is_at_break else "\n"
            elif _CELL.match(found["tag"]):
                replacement = "" if before.isspace() or after.isspace() or not after else " "
        elif not found["unseen"]:
            replacement = html.unescape(found.group())
            if replacement == found.group():  # not a known entity
                before = found.group()[-1]
                continue
        before = replacement[-1:] or before
        yield start, end, replacement


def _decoded(text: str) -> Iterator[_Edit]:
    """Characters that were decoded as another encoding become what they were, by ftfy."""
    from ftfy import fix_encoding  # noqa: PLC0415 (only this fix needs it)

    for line in LINE.finditer(text):
        better = fix_encoding(line.group())
        if better != line.group():
            for start, end, replacement in _differences(line.group(), better):
                yield line.start() + start, line.start() + end, replacement


def _differences(before: str, after: str) -> Iterator[_Edit]:
    """The words that differ, without what the words have in common at both ends."""
    places = _words(before)
    old_words = [before[start:end] for start, end in places]
    new_words = [after[start:end] for start, end in _words(after)]
    matcher = SequenceMatcher(a=old_words, b=new_words, autojunk=False)
    for kind, first, last, other, end in matcher.get_opcodes():
        if kind != "equal":
            old, new = "".join(old_words[first:last]), "".join(new_words[other:end])
            head = _common_length(old, new)
            tail = _common_length(old[head:][::-1], new[head:][::-1])
            start = places[first][0] if first < len(places) else len(before)
            yield start + head, start + len(old) - tail, new[head : len(new) - tail]


def _words(text: str) -> list[Range]:
    """Words, and what is between them."""
    borders = {border for word in _WORD.finditer(text) for border in word.span()}
    return list(pairwise(sorted({0, len(text)} | borders)))


def _common_length(one: str, other: str) -> int:
    """The number of characters at the start that are the same."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def _unwrapped(text: str) -> Iterator[_Edit]:
    """Line breaks become a space where the next word had no room on the line.

    After a hyphen between letters, nothing takes the place of the line break.
    """
    width = wrapped_width(text)
    if width is None:
        return
    for line, after in pairwise(LINE.finditer(text)):
        content, start = line.group().rstrip(), line.start()
        word = _WORD.match(after.group())
        is_next = text[line.end() : after.start()] in ("\n", "\r\n", "\r")
        if not is_next or word is None or not content or len(line.group()) > max(_WIDTHS):
            continue
        if len(content) + 1 + len(word.group()) > width:
            is_split = len(content) > 1 and content[-1] in "-\u00ad" and content[-2].isalpha()
            joined = is_split and word.group()[0].isalpha()
            yield start + len(content), after.start(), "" if joined else " "


def wrapped_width(text: str) -> int | None:
    """The width that the lines of a text were wrapped at; None if they do not seem to be.

    They do if at least five lines, and half of all, have 40 to 100 characters and are continued in
    lower case.
    """
    lines = len(LINE.findall(text))
    continued = [width for width in _continued(text) if width in _WIDTHS]
    if len(continued) < _WRAPPED_LINES or 2 * len(continued) < lines:
        return None
    return max(continued)


def has_continued_lines(text: str) -> bool:
    """Whether a line of a text is continued in lower case, however long the lines are."""
    return any(_continued(text))


def _continued(text: str) -> Iterator[int]:
    """The lengths of lines that end within a sentence."""
    for line, after in pairwise(LINE.findall(text)):
        if after[:1].islower() and line[-1] not in ".!?:;":
            yield len(line)


FIXES: Mapping[str, Callable[[str], Iterator[_Edit]]] = {
    "html": _without_markup,
    "mojibake": _decoded,
    "wrap": _unwrapped,
}
"""The fixes by name, in the order in which they are made."""
