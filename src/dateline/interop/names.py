"""Names, values and links as a format can write them: in names, the rest becomes "_"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from dateline.interop.format import Holds
from dateline.interop.losses import Reasons
from dateline.interop.representation import written
from dateline.interop.source import UNLABELLED
from dateline.interop.units import Unit, link_name
from dateline.model import Annotation, Attributes, Link

ALIKE = "is written like another one"


class Names:
    """Names, values and links of a document; what becomes of them is noted in ``reasons``."""

    def __init__(self, holds: Holds, reasons: Reasons) -> None:
        self._holds = holds
        self._values = re.compile(holds.values) if holds.values is not None else None
        self._unwritable = re.compile(holds.unwritable) if holds.unwritable else None
        self._reasons = reasons
        self._renamed: dict[tuple[str, str], str] = {}

    def writable(self, name: str) -> str:
        """The name or label without characters that the format cannot write."""
        return self._unwritable.sub("_", name) if self._unwritable else name

    def rename(self, kind: str, name: str, label: str) -> None:
        """Note a unit whose label, which is in its name, is written as another one."""
        changed = self.writable(label)
        if changed != label:
            self._renamed[kind, name] = changed
            self._reasons.approximate(kind, name, _how(label, changed))

    def renamed(self, units: Iterable[Unit]) -> Iterator[Unit]:
        """The units, of which those that are written under another name have another value."""
        for unit in units:
            changed = self._renamed.get(unit.key)
            yield unit if changed is None else replace(unit, value=(changed, unit.value))

    def labelled(self, whole: Annotation) -> Annotation:
        """The annotation with types, acts and claimers that the format can write."""
        if self._unwritable is None and self._holds.labels:
            return whole
        return replace(
            whole,
            mentions=tuple(self._of("mentions", mention) for mention in whole.mentions),
            entities=tuple(self._of("entities", entity) for entity in whole.entities),
            events=tuple(self._of("events", event) for event in whole.events),
            claims=tuple(self._said(whole)),
        )

    def attributes(self, attributes: Attributes, kind: str, item: str) -> Attributes:
        """The attributes of an item that the format can write; ``kind`` is that of their units."""
        if kind not in self._holds.kinds:
            return {}
        kept: dict[str, str] = {}
        for name, value in attributes.items():
            unit = f"{item}.{name}" if item else name
            if self.writable(name) in kept:
                self._reasons.leave_out(kind, unit, ALIKE)
            elif self._values and not all(map(self._values.fullmatch, written(value))):
                self._reasons.leave_out(kind, unit, "its value cannot be written")
            else:
                self.rename(kind, unit, name)
                kept[self.writable(name)] = name
        return {name: attributes[name] for name in kept.values()}

    def links(self, links: Iterable[Link], kind: str, item: str) -> tuple[Link, ...]:
        """The links of an item that the format can write."""
        if kind not in self._holds.kinds:
            return ()
        kept: dict[Link, None] = {}
        for link in links:
            name = link_name(item, link)
            if link.id is None and not self._holds.nil:
                self._reasons.leave_out(kind, name, "NIL cannot be written")
                continue
            if link.date is not None and not self._holds.dates:
                self._reasons.approximate(kind, name, "without its date")
                link = replace(link, date=None)
            kept[link] = None
        return tuple(kept)

    def _of(self, kind: str, item: Any, field: str = "type") -> Any:
        label = getattr(item, field)
        if kind in ("mentions", "entities") and not self._holds.labels:
            changed, how = UNLABELLED, "without its type"
        else:
            changed = self.writable(label)
            how = _how(label, changed)
        if changed != label:
            self._reasons.approximate(kind, item.id, how)
        return replace(item, **{field: changed})

    def _said(self, whole: Annotation) -> Iterator[Any]:
        """The claims whose claimers are mentions, or can be written and not be taken for one."""
        ids = {*whole.ids()}
        claims: Iterable[Any] = (self._of("claims", claim, "act") for claim in whole.claims)
        for claim in claims:
            claimer = claim.claimer
            changed = claimer if claimer in ids else self.writable(claimer)
            if changed != claimer and changed in ids:
                self._reasons.leave_out("claims", claim.id, f'"{claimer}" cannot be written')
                continue
            if changed != claimer:
                self._reasons.approximate("claims", claim.id, _how(claimer, changed))
            yield replace(claim, claimer=changed)


def _how(label: str, changed: str) -> str:
    return f'"{label}" is written as "{changed}"'
