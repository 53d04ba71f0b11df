"""Values of documents, by which they are grouped into units or scored apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from dateline.errors import InvalidInputError

UNIT_COLUMN = "group"
"""The column of the config ``documents`` that has the groups, unless another is named."""
META = "meta"
"""The column with the keys that a corpus declares."""
MISSING = object()


def value_of(row: Any, column: str, argument: str) -> str | None:
    """The value of a column, such as ``source.publisher``, in a row; None if the row has none.

    A key of the column ``meta`` may be named alone. Raises InvalidInputError, which names the
    argument, if there is no such column, or its values are not text, numbers or booleans.
    """
    columns = dict(_columns(row))
    meta = columns.get(META)
    is_key = column not in columns and column in dict(_columns(meta))
    value = meta if is_key else row
    for name in [column] if is_key else column.split("."):
        if value is None:
            return None
        value = dict(_columns(value)).get(name, MISSING)
    if value is not None and not isinstance(value, str | int | float):
        raise InvalidInputError(
            f"{argument}: the documents have no column {column!r} to group them by. "
            f"Allowed: {', '.join(_names(columns))}."
        )
    return None if value is None else str(value)


def _names(columns: Mapping[str, Any]) -> Iterator[str]:
    """The names of all values but lists; keys of ``meta`` are named alone if they can be."""
    for name in _scalars(columns, ""):
        key = name.removeprefix(f"{META}.")
        yield name if key in columns else key


def _scalars(row: Any, prefix: str) -> Iterator[str]:
    """The paths of all values but lists."""
    for name, value in _columns(row):
        yield from _scalars(value, f"{prefix}{name}.")
        if value is None or isinstance(value, str | int | float):
            yield f"{prefix}{name}"


def _columns(row: Any) -> Iterable[tuple[str, Any]]:
    """The columns of a row, or of a part of it; nothing for other values."""
    if isinstance(row, Mapping):
        return row.items()
    if isinstance(row, msgspec.Struct):
        return ((name, getattr(row, name)) for name in row.__struct_fields__)
    return ()
