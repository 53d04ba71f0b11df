"""Signs that a seed is not the text that was meant, such as markup or wrongly decoded characters.

The text is never changed: each sign is a warning, in the same words for every seed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import pairwise

from dateline.corpus.segmentation.choosing import missing_library
from dateline.corpus.segmentation.interface import LINE
from dateline.extras import how_to_install

_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>\n]{0,500})?/?>")
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_WRAPPED_LINES = 5
_WIDTHS = range(40, 101)


def warnings_about(text: str, language: str | None) -> Iterator[str]:
    """Warnings about the text of a seed; ``language`` is a BCP 47 tag or None."""
    from ftfy.badness import is_bad  # noqa: PLC0415 (only ingest pays for it)

    if _TAG.search(text):
        yield "has HTML tags, which become part of the text"
    if any(html.unescape(entity) != entity for entity in _ENTITY.findall(text)):
        yield "has HTML entities such as &amp;, which become part of the text"
    if is_bad(text):
        yield "has characters that look wrongly decoded, such as Ã© for é"
    if _CONTROL.search(text):
        yield "has control characters, which annotators cannot see"
    if "\u00ad" in text:
        yield "has soft hyphens, which annotators cannot see"
    if _is_hard_wrapped(text):
        yield "has lines that end within sentences; a line break ends a sentence"
    missing = missing_library(text, language)
    if missing is not None:
        yield (
            f'has no tokens for words: {language} needs the extra "{missing}", or a file of '
            f"tokens. {how_to_install(missing)}"
        )


def _is_hard_wrapped(text: str) -> bool:
    """Whether most lines have about the same length and are continued in lower case."""
    lines = [line.group() for line in LINE.finditer(text)]
    continued = sum(
        len(line) in _WIDTHS and after[:1].islower() and line[-1] not in ".!?:;"
        for line, after in pairwise(lines)
    )
    return continued >= _WRAPPED_LINES and 2 * continued >= len(lines)
