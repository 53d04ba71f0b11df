"""Relations between events that follow from the arguments of events."""

from __future__ import annotations

from collections.abc import Sequence

from dateline.model import Event, Relation
from dateline.ontology.labels import RelationLabel


def derived_relations(
    events: Sequence[Event], labels: Sequence[RelationLabel]
) -> tuple[Relation, ...]:
    """The relations that arguments make between events, sorted, each once.

    A label names roles (`RelationLabel.from_roles`). Each argument with such a role that an event
    fills gives a relation, from the filler or from the event that has the argument.
    """
    known = {event.id for event in events}
    found = set()
    for label in labels:
        for event in events if label.from_roles else ():
            for argument in event.arguments:
                source = label.from_roles.get(argument.role)
                if source is not None and argument.event in known and argument.event != event.id:
                    ends = (argument.event, event.id)
                    found.add((label.name, *(ends if source == "filler" else ends[::-1])))
    return tuple(Relation(type=t, source=s, target=e) for t, s, e in sorted(found))
