"""Rows of a Label Studio result. The server checks nothing, so what is read may have any shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dateline.label_studio.config.controls import TEXT

Row = dict[str, Any]
"""A region's label, choice or text, or a relation."""
Rows = list[Row]


def rows_of(result: object) -> Rows:
    """The rows of a result; an entry that is not an object counts as an empty row."""
    rows = result if isinstance(result, list) else []
    return [row if isinstance(row, dict) else {} for row in rows]


def value_of(row: Row) -> dict[str, Any]:
    """The value of a row, empty if it is not an object."""
    value = row.get("value")
    return value if isinstance(value, dict) else {}


def string(value: object) -> str:
    """The value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def strings(value: object) -> list[str]:
    """The strings in a list, or the one string in place of a list."""
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str)]


def text_of(row: Row) -> str:
    """The quoted text of a region; in a row of a text control, its first answer."""
    return next(iter(strings(value_of(row).get("text"))), "")


def value_row(region: str, control: str, kind: str, value: dict[str, Any]) -> Row:
    """A row that gives a region a label, a choice or a text."""
    return {"id": region, "from_name": control, "to_name": TEXT, "type": kind, "value": value}


def relation_row(source: str, target: str, labels: Sequence[str], direction: object) -> Row:
    """A row that relates two regions."""
    return {
        "type": "relation",
        "from_id": source,
        "to_id": target,
        "direction": direction,
        "labels": labels,
    }
