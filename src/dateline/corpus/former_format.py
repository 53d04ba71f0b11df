"""Upgrades the JSON of documents from schema version 1.0 to 2.0.

In 2.0, documents have a version, a date and the origin of their segmentation, and what is empty is
left out.
"""

from __future__ import annotations

from typing import Any

from dateline.model import SCHEMA_VERSION, Segmentation

FORMER_SEGMENTATION = Segmentation(name="syntok")
"""What made the sentences and tokens of a document of 1.0, which does not say."""

_NULLABLE = ("language", "title")
_PARTS = ("source", "rights", "seed")


def upgraded_document(value: Any) -> Any:
    """The JSON value of a document in version 2.0; nothing is lost.

    A value that is not a document of version 1.0, which states no version, is returned as it is.
    """
    if not isinstance(value, dict) or "schema_version" in value:
        return value
    document = {k: v for k, v in value.items() if k not in _NULLABLE or v is not None}
    for part in _PARTS:
        if isinstance(fields := value.get(part), dict):
            # Null and the empty list of dropped ranges are the only empty values of 1.0.
            document[part] = {k: v for k, v in fields.items() if v is not None and v != []}
    source = document.get("source")
    published = source.get("published") if isinstance(source, dict) else None
    return {
        "schema_version": SCHEMA_VERSION,
        **document,
        **({} if published is None else {"date": published}),
        "segmentation": {"name": FORMER_SEGMENTATION.name},
    }
