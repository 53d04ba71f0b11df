"""Signs that a seed is not the text that was meant, such as markup or wrongly decoded characters.

The text is never changed: each sign is a warning, in the same words for every seed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from dateline.corpus.segmentation.choosing import missing_library
from dateline.extras import how_to_install
from dateline.ingest.text_fixes import ENTITY, TAG, wrapped_width
from dateline.model import Struct

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class TextWarning(Struct, frozen=True):
    """A sign, in words, and the name of the fix for it in `FIXES`, if there is one."""

    message: str
    fix: str | None = None


NOT_UNWRAPPED = TextWarning(
    "has line breaks within sentences that --fix wrap has left: it needs five lines, and half of "
    "all, of 40 to 100 characters that the next one continues in lower case"
)


def warnings_about(text: str, language: str | None, *, given_tokens: bool) -> Iterator[TextWarning]:
    """Warnings about the text of a seed; ``language`` is a BCP 47 tag or None."""
    from ftfy.badness import is_bad  # noqa: PLC0415 (only ingest pays for it)

    if TAG.search(text):
        yield TextWarning("has HTML tags, which become part of the text", "html")
    if any(html.unescape(entity) != entity for entity in ENTITY.findall(text)):
        yield TextWarning("has HTML entities such as &amp;, which become part of the text", "html")
    if is_bad(text):
        yield TextWarning("has characters that look wrongly decoded, such as Ã© for é", "mojibake")
    if _CONTROL.search(text):
        yield TextWarning("has control characters, which annotators cannot see")
    if "\u00ad" in text:
        yield TextWarning("has soft hyphens, which annotators cannot see")
    if wrapped_width(text) is not None:
        yield TextWarning(
            "has lines that end within sentences; a line break ends a sentence", "wrap"
        )
    missing = None if given_tokens else missing_library(text, language)
    if missing is not None:
        yield TextWarning(
            f'has no tokens for words: {language} needs the extra "{missing}", or a file of '
            f"tokens. {how_to_install(missing)}"
        )
