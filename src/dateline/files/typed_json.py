"""Decodes JSON text straight into structs, as strictly as the strict reader but faster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from msgspec import inspect

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode
_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)
_ESCAPED_ASCII = re.compile(rb"\\u00[0-7]")
_LARGE = b"0" * 19
"""Numbers beyond 64 bits have this many digits."""


def decode_typed(content: bytes, kind: type[T]) -> T | None:
    """JSON text as a struct; None if only the strict reader can tell whether it is one.

    What is returned equals what the strict reader makes of it. Numbers and nesting are bounded by
    the types.
    """
    import jiter  # noqa: PLC0415 (only commands that read files pay for it)

    decoder = _decoder(cast("Any", kind))
    if decoder is None or _LARGE in content.translate(_DIGITS):
        return None
    try:
        found = decoder.decode(content)
        if not _has_all_keys(content, found):
            # The second parser notices repeated keys.
            jiter.from_json(content, catch_duplicate_keys=True, allow_inf_nan=False)
    except ValueError:  # of both parsers, and of invalid UTF-8
        return None
    return cast("T", found)


def _has_all_keys(content: bytes, found: Any) -> bool:
    """Whether a struct surely has all keys of a text, so that none of them is repeated.

    If a key is repeated, the text has a colon more than the struct, which only keeps one of both.
    That does not hold for fields that are written though the text may lack them, nor for letters
    that are escaped.
    """
    if any(name in content for name in _written_defaults(cast("Any", type(found)))):
        return False
    is_plain = _ESCAPED_ASCII.search(content) is None
    return is_plain and content.count(b":") == _encode(found).count(b":")


@cache
def _written_defaults(kind: Any) -> frozenset[bytes]:
    """Fields with structs that are written with the defaults of their fields; empty for ``kind``.

    Every text has the empty name.
    """
    return frozenset(name.encode() for name in _with_defaults(inspect.type_info(kind), ""))


def _with_defaults(described: inspect.Type, name: str) -> Iterator[str]:
    match described:
        case inspect.StructType(cls=cls, fields=fields):
            if not (cls.__struct_config__.omit_defaults or all(f.required for f in fields)):
                yield name
            for field in fields:
                yield from _with_defaults(field.type, field.encode_name)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            yield from _with_defaults(item, name)
        case inspect.DictType(value_type=item):
            yield from _with_defaults(item, name)
        case inspect.TupleType(item_types=items) | inspect.UnionType(types=items):
            for item in items:
                yield from _with_defaults(item, name)


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
