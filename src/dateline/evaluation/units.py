"""Values of documents, by which they are grouped into units or scored apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from dateline.errors import InvalidInputError

UNIT_COLUMN = "group"
"""The column of the config ``documents`` that has the groups, unless another is named."""
META = "meta"
"""The column with the keys that a corpus declares."""
MISSING = object()
SCALAR = str | int | float
"""Types of a value by which documents can be told apart; booleans are integers."""


def value_of(row: Any, column: str, argument: str) -> str | None:
    """The value of a column, such as ``source.publisher``, in a row; None if the row has none.

    A key of the column ``meta`` may be named alone. Raises InvalidInputError, which names the
    argument, if there is no such column, or its values are not text, numbers or booleans.
    """
    value = _found(row, column)
    if value is not None and not isinstance(value, SCALAR):
        raise _no_column(row, column, argument, lists=False)
    return None if value is None else str(value)


def values_of(row: Any, column: str, argument: str) -> tuple[str, ...]:
    """The values of a column in a row, each once: those of a list, or the only one.

    Raises InvalidInputError as ``value_of`` does, but for a list of values.
    """
    value = _found(row, column)
    values = () if value is None else _values(value)
    if values is None:
        raise _no_column(row, column, argument, lists=True)
    return tuple(dict.fromkeys(map(str, values)))


def _found(row: Any, column: str) -> Any:
    columns = dict(_columns(row))
    meta = columns.get(META)
    is_key = column not in columns and column in dict(_columns(meta))
    value = meta if is_key else row
    for name in [column] if is_key else column.split("."):
        if value is None:
            return None
        value = dict(_columns(value)).get(name, MISSING)
    return value


def _values(value: Any) -> Sequence[Any] | None:
    """The elements of a list of values, or the value itself; None for anything else."""
    values = value if isinstance(value, list | tuple) else (value,)
    return values if all(isinstance(one, SCALAR) for one in values) else None


def _no_column(row: Any, column: str, argument: str, *, lists: bool) -> InvalidInputError:
    columns = dict(_columns(row))
    names = [
        # Keys of ``meta`` are named alone if they can be.
        name if (key := name.removeprefix(f"{META}.")) in columns else key
        for name in _paths(columns, "", lists)
    ]
    return InvalidInputError(
        f"{argument}: the documents have no column {column!r} to group them by. "
        f"Allowed: {', '.join(names)}."
    )


def _paths(row: Any, prefix: str, lists: bool) -> Iterator[str]:
    """The paths of all values and, with ``lists``, of all lists of values."""
    for name, value in _columns(row):
        yield from _paths(value, f"{prefix}{name}.", lists)
        if value is None or isinstance(value, SCALAR) or (lists and _values(value) is not None):
            yield f"{prefix}{name}"


def _columns(row: Any) -> Iterable[tuple[str, Any]]:
    """The columns of a row, or of a part of it; nothing for other values."""
    if isinstance(row, Mapping):
        return row.items()
    if isinstance(row, msgspec.Struct):
        return ((name, getattr(row, name)) for name in row.__struct_fields__)
    return ()
