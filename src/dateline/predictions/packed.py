"""Keeps many structs in little memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Packed(Mapping[str, T], Generic[T]):
    """Structs of one kind by name, as MessagePack: each is made again when it is looked up.

    A document's items take a tenth of the memory that way. What MessagePack cannot hold, such as
    lone surrogates, is kept as it is.
    """

    def __init__(self, kind: type[T], items: Iterable[tuple[str, T]] = ()) -> None:
        self._decode = msgspec.msgpack.Decoder(kind).decode
        self._packed: dict[str, bytes | T] = {}
        for name, value in items:
            self.add(name, value)

    def add(self, name: str, value: T) -> None:
        """Add a struct, or replace the one of that name."""
        try:
            self._packed[name] = msgspec.msgpack.encode(value)
        except (UnicodeEncodeError, OverflowError):
            self._packed[name] = value

    def only(self, names: Collection[str]) -> Packed[T]:
        """Those of the structs that have one of these names."""
        found = copy(self)
        found._packed = {name: one for name, one in self._packed.items() if name in names}
        return found

    def __getitem__(self, name: str) -> T:
        found = self._packed[name]
        return self._decode(found) if isinstance(found, bytes) else found

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, name: object) -> bool:
        return name in self._packed
