"""Text from outside, made safe to show in a terminal."""

from __future__ import annotations

import re

STDOUT = "standard output"
"""The name of stdout in errors, in place of a file's."""

# Control characters but tab and newline, line separators, bidirectional embeddings, overrides and
# isolates, and what stands for bytes that are not UTF-8. Letters of all scripts stay, and so do the
# joiners and direction marks (U+200C to U+200F, U+061C) that ordinary texts need.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""The text with characters that could control a terminal shown as escapes, like ``\u202e``.

    Tabs and newlines are kept. The escapes are those of JSON, so JSON keeps its meaning.
    """
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def printable_markup(text: str) -> str:
    """Like `printable`, for HTML and XML: with character references, like ``&#x202e;``."""
    return _UNSAFE.sub(lambda found: f"&#x{ord(found[0]):x};", text)
