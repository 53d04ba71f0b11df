"""JSON Pointers (RFC 6901): paths such as ``/mentions/0/type`` into JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def pointer_of(path: Iterable[str | int]) -> str:
    """A path of keys and positions as a JSON Pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def resolve_pointer(value: Mapping[str, Any], pointer: str) -> Any:
    """The part of an object that a pointer to nested keys names; the object itself for "".

    Raises KeyError if there is no such key.
    """
    part: Any = value
    for step in pointer.split("/")[1:]:
        part = part[step.replace("~1", "/").replace("~0", "~")]
    return part
