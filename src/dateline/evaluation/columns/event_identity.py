"""Which events of a document are equal: those with equal triggers, types and arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

ArgumentContent: TypeAlias = tuple[int, int, int]
"""Role, kind of filler, and filler: a row or, of an event, its position among the events."""


def event_classes(
    places: Sequence[Any], arguments: Sequence[Sequence[ArgumentContent]], event_kind: int
) -> list[int]:
    """An integer for each event, the same for equal events, and in the order of their places.

    ``places`` are triggers and types. Arguments that are events are compared by their own arguments
    in turn, so two events may differ only in the arguments of their arguments. Neither the order of
    events nor that of arguments matters, and arguments may be circular.
    """
    classes = _ranks(places)
    count = len(set(classes))
    while count < len(classes):
        finer = _ranks(
            [
                (own, tuple(sorted({_resolved(one, classes, event_kind) for one in some})))
                for own, some in zip(classes, arguments, strict=True)
            ]
        )
        before, count, classes = count, len(set(finer)), finer
        if count == before:
            break
    return classes


def _resolved(
    argument: ArgumentContent, classes: Sequence[int], event_kind: int
) -> ArgumentContent:
    role, kind, filler = argument
    is_event = kind == event_kind and filler >= 0
    return role, kind, classes[filler] if is_event else filler


def _ranks(values: Sequence[Any]) -> list[int]:
    """The position of each value among the distinct ones, sorted."""
    rank = {value: position for position, value in enumerate(sorted(set(values)))}
    return [rank[value] for value in values]
