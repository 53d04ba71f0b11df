"""A change of a corpus, as a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from dateline.model import Struct

Action = Literal["added", "removed", "changed"]

ACTIONS: tuple[Action, ...] = ("added", "removed", "changed")
KINDS = (
    "schema",
    "document",
    "annotation",
    "mention",
    "entity",
    "event",
    "argument",
    "event relation",
    "claim",
    "claim relation",
    "retired id",
)


class FieldChange(Struct, frozen=True):
    """A field's value before and after; nested fields are written with dots."""

    field: str
    before: Any
    after: Any


class Change(Struct, frozen=True):
    """Something that was added, removed or changed.

    ``id`` is the item's id; of an annotation, annotator and document; of an argument, event, role
    and filler; of a relation, type and ends; of a schema, its name and a JSON Pointer.
    ``document`` and ``annotator`` are empty where they do not apply, and ``fields`` is where
    nothing was changed.
    """

    kind: str
    action: Action
    document: str
    annotator: str
    id: str
    quote: str
    fields: tuple[FieldChange, ...] = ()


def count_changes(changes: Iterable[Change]) -> Mapping[str, Mapping[Action, int]]:
    """How many of each kind were added, removed and changed; kinds without any are left out."""
    numbers = Counter((change.kind, change.action) for change in changes)
    return {
        kind: {action: numbers[kind, action] for action in ACTIONS}
        for kind in KINDS
        if any(numbers[kind, action] for action in ACTIONS)
    }
