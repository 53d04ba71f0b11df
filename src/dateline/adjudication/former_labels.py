"""Decisions of a log with the current names of labels that have been renamed since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from dateline.adjudication.cases.case import CORRECTION, Decision
from dateline.ontology.former_names import names_by_kind
from dateline.ontology.labels import Ontology

_Names = Mapping[str, str]

_TYPES = {"mention": "entity", "entity": "entity", "event": "event", "claim": "act"}
_RELATIONS = {
    "relation": "relation",
    "event_relation": "eventRelation",
    "claim_relation": "claimRelation",
}
"""Kinds of labels, as in ``dateline rename``, by the first part of a case's id."""


def current_decisions(ontology: Ontology) -> Callable[[Decision], Decision]:
    """A function that gives a decision the names that labels have now, in its case and values."""
    names = names_by_kind(ontology)
    if not any(names.values()):
        return lambda decision: decision
    roles = _roles(names)

    def current(decision: Decision) -> Decision:
        if decision.by == CORRECTION:
            return decision
        case, kind = _case(decision.case, names, roles)
        known = names.get(kind, {})
        return msgspec.structs.replace(
            decision,
            case=case,
            value=_value(decision.value, known),
            options=decision.options
            and {
                name: msgspec.structs.replace(option, value=_value(option.value, known))
                for name, option in decision.options.items()
            },
        )

    return current


def _roles(names: Mapping[str, _Names]) -> _Names:
    """Current roles by former name, where these are the same for all types of events."""
    found: dict[str, set[str]] = {}
    for kind, known in names.items():
        if kind.startswith("role of "):
            for former, new in known.items():
                found.setdefault(former, set()).add(new)
    return {former: next(iter(new)) for former, new in found.items() if len(new) == 1}


def _case(id_: str, names: Mapping[str, _Names], roles: _Names) -> tuple[str, str]:
    """The case's current id, and the kind of the labels that its values have, or ``""``."""
    item, *parts = id_.split("/")
    kind = ""
    if item in _RELATIONS:
        kind = _RELATIONS[item]
        parts[2:3] = [names.get(kind, {}).get(type_, type_) for type_ in parts[2:3]]
    if parts[1:2] == ["argument"]:
        parts[2:3] = [roles.get(role, role) for role in parts[2:3]]
    if parts[-2:-1] == ["attribute"]:
        owner = "argument" if parts[1:2] == ["argument"] else item
        kind = f"{owner}.{parts[-1]}"
    elif parts[1:2] == ["factuality"]:
        kind = "factuality"
        parts[2:3] = [names["claimer"].get(source, source) for source in parts[2:3]]
    elif parts[1:2] == ["claimer"]:
        kind = "claimer"
    elif parts[1:] == ["type"]:
        kind = _TYPES.get(item, "")
    return "/".join([item, *parts]), kind


def _value(value: Any, names: _Names) -> Any:
    """A label, or a sorted list of labels or of relations [TYPE, SOURCE, TARGET]."""
    if isinstance(value, str):
        return names.get(value, value)
    if not names or not isinstance(value, list):
        return value
    if all(isinstance(one, str) for one in value):
        return sorted(names.get(one, one) for one in value)
    if all(isinstance(one, list) and one and isinstance(one[0], str) for one in value):
        return sorted([names.get(one[0], one[0]), *one[1:]] for one in value)
    return value
