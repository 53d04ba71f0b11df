"""Groups of documents that are resampled together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from dateline.errors import InvalidInputError

UNIT_COLUMN = "group"
"""The column of the config ``documents`` that has the groups, unless another is named."""
MISSING = object()


def unit_of(row: Any, column: str) -> str | None:
    """The value of a column, such as ``source.publisher``, in a row; None if the row has none.

    Raises InvalidInputError if there is no such column, or its values are not text, numbers or
    booleans.
    """
    value = row
    for name in column.split("."):
        if value is None:
            return None
        value = dict(_columns(value)).get(name, MISSING)
    if value is not None and not isinstance(value, str | int | float):
        raise InvalidInputError(
            f"group_by: the documents have no column {column!r} to group them by. "
            f"Allowed: {', '.join(_scalars(row, ''))}."
        )
    return None if value is None else str(value)


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
