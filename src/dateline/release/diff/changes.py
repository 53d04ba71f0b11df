"""Changes of a corpus."""

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
    "relation",
    "event",
    "argument",
    "event cluster",
    "event relation",
    "claim",
    "claim relation",
    "retired id",
)


class FieldChange(Struct, frozen=True):
    """The value of a field before and after; names of nested fields have dots."""

    field: str
    before: Any
    after: Any


class Change(Struct, frozen=True):
    """A schema, document, annotation or item that was added, removed or changed.

    ``id`` is the id of the item. For an annotation it is annotator and document; for an argument,
    event, role and filler; for a relation, type and ends; for a schema, name and JSON Pointer.
    ``document`` and ``annotator`` are empty if they do not apply. ``fields`` lists changed fields.
    """

    kind: str
    action: Action
    document: str
    annotator: str
    id: str
    quote: str
    fields: tuple[FieldChange, ...] = ()


def count_changes(changes: Iterable[Change]) -> Mapping[str, Mapping[Action, int]]:
    """The number of changes by kind and action; kinds without changes are left out."""
    numbers = Counter((change.kind, change.action) for change in changes)
    return {
        kind: {action: numbers[kind, action] for action in ACTIONS}
        for kind in KINDS
        if any(numbers[kind, action] for action in ACTIONS)
    }
