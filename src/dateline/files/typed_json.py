"""Decodes JSON text straight into structs, as strictly as the strict reader but faster."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from msgspec import inspect

T = TypeVar("T")

_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)
_LARGE = b"0" * 19
"""Numbers beyond 64 bits have this many digits."""


def decode_typed(content: bytes, kind: type[T]) -> T | None:
    """JSON text as a struct; None if only the strict reader can tell whether it is one.

    What is returned equals what the strict reader makes of it. Numbers and nesting are bounded by
    the types. The text is parsed twice, because only the second parser notices repeated keys.
    """
    import jiter  # noqa: PLC0415 (only commands that read files pay for it)

    decoder = _decoder(cast("Any", kind))
    if decoder is None or _LARGE in content.translate(_DIGITS):
        return None
    try:
        found = decoder.decode(content)
        jiter.from_json(content, catch_duplicate_keys=True, allow_inf_nan=False)
    except ValueError:  # of both parsers, and of invalid UTF-8
        return None
    return cast("T", found)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any] | None:
    """None for types with values that may be nested at will."""
    return msgspec.json.Decoder(kind) if _is_bounded(inspect.type_info(kind)) else None


def _is_bounded(described: inspect.Type) -> bool:
    match described:
        case inspect.StructType(fields=fields):
            return all(_is_bounded(field.type) for field in fields)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return _is_bounded(item)
        case inspect.TupleType(item_types=items) | inspect.UnionType(types=items):
            return all(map(_is_bounded, items))
        case inspect.DictType(value_type=value):
            return _is_bounded(value)
    plain = inspect.StrType, inspect.IntType, inspect.FloatType, inspect.BoolType, inspect.NoneType
    return isinstance(described, plain)
