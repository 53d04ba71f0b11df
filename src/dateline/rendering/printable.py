"""Text from outside, made safe to show in a terminal."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

STDOUT = "standard output"
"""The name of stdout in errors, in place of a file's."""

# Control characters but tab and newline, line separators, bidirectional embeddings, overrides and
# isolates, and what stands for bytes that are not UTF-8. Letters of all scripts stay, and so do the
# joiners and direction marks (U+200C to U+200F, U+061C) that ordinary texts need.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)


ISOLATES = "\u2068\u2069"
"""What `isolated` puts around a passage; `printable` escapes those of texts."""


def printable(text: str) -> str:
    r"""The text with characters that could control a terminal shown as escapes, like ``\u202e``.

    Tabs and newlines are kept. The escapes are those of JSON, so JSON keeps its meaning.
    """
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def isolated(text: str) -> str:
    """The text with each right-to-left passage in isolates (U+2068, U+2069), for a terminal.

    A terminal that reorders letters then keeps the passage together, and its neighbours in place.
    """
    if text.isascii():
        return text
    first, last = ISOLATES[0], ISOLATES[1]
    return _right_to_left().sub(lambda found: f"{first}{found[0]}{last}", text)


@cache
def _right_to_left() -> regex.Pattern[str]:
    import regex  # noqa: PLC0415 (few texts need it)

    # From the first letter to the last before another script, and brackets around the passage. A
    # quotation mark is part of it between letters only, as in Hebrew abbreviations.
    letter = r"[\p{bc=R}\p{bc=AL}]"
    within = rf'(?:[^\p{{bc=L}}\n"]|(?<={letter})"(?={letter}))*'
    return regex.compile(rf"[\[({{\xab…]*{letter}(?:{within}{letter})?[\])}}\xbb…]*")


def printable_markup(text: str) -> str:
    """Like `printable`, for HTML and XML: with character references, like ``&#x202e;``."""
    return _UNSAFE.sub(lambda found: f"&#x{ord(found[0]):x};", text)
