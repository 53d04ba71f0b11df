"""Which columns tell the text of a document, at any depth.

Whatever holds a quote, a token, a headline or a name taken from the text is here; labels, ids,
offsets and hashes are not. The columns are known by their names, below attributes and metadata
excepted, which have names of a corpus's own and hold labels.
"""

from __future__ import annotations

import pyarrow as pa

QUOTES = frozenset({"text", "cue_text", "claimer_text"})
"""Strings that are taken from the text word by word, at offsets that stand beside them."""

WORDINGS = frozenset({"title", "name", "claimer_name"})
"""Strings that somebody wrote, often by quoting the text."""

TOKENS = "tokens"
"""The strings of a sentence's tokens; ranges of tokens have this name too, and tell nothing."""

AVAILABLE = "text_available"
"""Whether a row has its text."""

METADATA = frozenset({"attributes", "link", "provenance", "rights", "seed", "source"})
"""What is said of an item or a text; names in there are a corpus's own, or a format's."""


def holds_text(name: str, kind: pa.DataType) -> bool:
    """Whether a column of this name and type tells the text, or whether it is there."""
    if name == TOKENS:
        return bool(pa.types.is_list(kind) and pa.types.is_string(kind.value_type))
    return name == AVAILABLE or name in QUOTES or name in WORDINGS
