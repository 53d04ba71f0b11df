"""Choose the segmenter of a text, by its script and its language."""

from __future__ import annotations

from functools import cache, partial
from importlib.metadata import version

import regex
from icu4py import icu_version
from langcodes import Language
from langcodes.tag_parser import LanguageTagError

from dateline.corpus.segmentation import alphabetic, unicode
from dateline.corpus.segmentation.interface import Segmenter
from dateline.corpus.segmentation.words import WORD_LIBRARIES, WordLibrary
from dateline.errors import InvalidInputError

_LETTER = regex.compile(r"\p{L}")
_ALPHABETIC = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}]")
_SCRIPTS = {
    "Cyrl": r"\p{Cyrillic}",
    "Grek": r"\p{Greek}",
    "Hans": r"\p{scx=Han}",
    "Hant": r"\p{scx=Han}",
    "Jpan": r"[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}]",
    "Kore": r"[\p{Hangul}\p{Han}]",
    "Latn": r"\p{Latin}",
}
"""Patterns of a letter by ISO 15924 code, where Unicode does not know the code."""
_ENOUGH = 10
"""With fewer letters, the script of a text says little."""


def segmenter_for(text: str, language: str | None = None) -> Segmenter:
    """The segmenter for a text; ``language`` is a BCP 47 tag, None if it is not known.

    Raises InvalidInputError if the language is not written in the script of the text: such texts
    would be split by the wrong rules.
    """
    letters = len(_LETTER.findall(text))
    is_alphabetic = 2 * len(_ALPHABETIC.findall(text)) >= letters
    if language is not None and letters >= _ENOUGH:
        _check_script(text, language, letters, is_alphabetic=is_alphabetic)
    if is_alphabetic:
        return Segmenter(name="syntok", version=_version("syntok"), segment=alphabetic.segment)
    library = _library_for(language)
    if library is None or not library.is_installed:
        return Segmenter(
            name="unicode",
            version=icu_version,
            segment=partial(unicode.segment, language=language),
        )
    return Segmenter(
        name=f"unicode+{library.module}",
        version=f"{icu_version} {library.version}",
        segment=partial(
            unicode.segment,
            language=language,
            script=library.script,
            split_words=library.split,
        ),
    )


_version = cache(version)  # which reads a file


def missing_library(text: str, language: str | None) -> str | None:
    """The extra that would split a text of this language into words, if it is not installed."""
    library = _library_for(language)
    if library is None or library.is_installed or not library.script.search(text):
        return None
    return library.extra


def _library_for(language: str | None) -> WordLibrary | None:
    return WORD_LIBRARIES.get((language or "").lower().partition("-")[0])


def _check_script(text: str, language: str, letters: int, *, is_alphabetic: bool) -> None:
    try:
        script = Language.get(language).maximize().script
    except LanguageTagError:  # which the schema of documents refuses
        return
    if script is None:
        return
    pattern = _SCRIPTS.get(script, rf"\p{{Script={script}}}")
    try:
        fitting = len(regex.findall(pattern, text))
    except regex.error:
        return
    # Serbian in Latin letters is fine: the segmenter is the same.
    if 2 * fitting >= letters or (is_alphabetic and script in ("Latn", "Cyrl", "Grek")):
        return
    raise InvalidInputError(
        f'the language is "{language}", but {1 - fitting / letters:.0%} of the letters are not in '
        f"its script ({script}); correct the language, or add the script, such as "
        f'"{language.partition("-")[0]}-Latn".'
    )
