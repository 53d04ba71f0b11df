"""Names and labels as a format can write them: what it cannot write becomes "_"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from dateline.interop.format import Holds
from dateline.interop.losses import Reasons
from dateline.interop.source import UNLABELLED
from dateline.model import Annotation


class Names:
    """Names and labels of a document; what becomes of them is noted in ``reasons``.

    ``renamed`` has, by kind and name, those units whose name changes with their label.
    """

    def __init__(self, holds: Holds, reasons: Reasons) -> None:
        self._labels = holds.labels
        self._unwritable = re.compile(holds.unwritable) if holds.unwritable else None
        self._reasons = reasons
        self.renamed: dict[tuple[str, str], str] = {}

    def writable(self, name: str) -> str:
        """The name or label without characters that the format cannot write."""
        return self._unwritable.sub("_", name) if self._unwritable else name

    def rename(self, kind: str, name: str, label: str) -> None:
        """Note a unit whose label, which is in its name, is written as another one."""
        changed = self.writable(label)
        if changed != label:
            self.renamed[kind, name] = changed
            self._reasons.give(kind, name, _how(label, changed))

    def labelled(self, whole: Annotation) -> Annotation:
        """The annotation with types, acts and claimers that the format can write."""
        if self._unwritable is None and self._labels:
            return whole
        return replace(
            whole,
            mentions=tuple(self._of("mentions", mention) for mention in whole.mentions),
            entities=tuple(self._of("entities", entity) for entity in whole.entities),
            events=tuple(self._of("events", event) for event in whole.events),
            claims=tuple(self._said(whole)),
        )

    def _of(self, kind: str, item: Any, field: str = "type") -> Any:
        label = getattr(item, field)
        if kind in ("mentions", "entities") and not self._labels:
            changed, how = UNLABELLED, "without its type"
        else:
            changed = self.writable(label)
            how = _how(label, changed)
        if changed != label:
            self._reasons.give(kind, item.id, how)
        return replace(item, **{field: changed})

    def _said(self, whole: Annotation) -> Iterator[Any]:
        """The claims whose claimers are mentions, or can be written and not be taken for one."""
        ids = {*whole.ids()}
        claims: Iterable[Any] = (self._of("claims", claim, "act") for claim in whole.claims)
        for claim in claims:
            claimer = claim.claimer
            changed = claimer if claimer in ids else self.writable(claimer)
            if changed != claimer and changed in ids:
                self._reasons.give("claims", claim.id, f'"{claimer}" cannot be written')
                continue
            if changed != claimer:
                self._reasons.give("claims", claim.id, _how(claimer, changed))
            yield replace(claim, claimer=changed)


def _how(label: str, changed: str) -> str:
    return f'"{label}" is written as "{changed}"'
