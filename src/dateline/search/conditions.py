"""What to find: conditions on items, checked against the ontology."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from dateline.errors import InvalidInputError
from dateline.model import AttributeValue, Struct
from dateline.ontology.labels import Attribute, Ontology
from dateline.rendering.suggestions import allowed as hint_of
from dateline.text import excerpt

KINDS: Mapping[str, tuple[str, ...]] = {
    "mention": ("mentions",),
    "event": ("events",),
    "claim": ("claims",),
    "relation": ("relations", "event_relations", "claim_relations"),
}
"""The kinds of items that can be found, and the fields of annotations that hold them."""

DOCUMENT = "document"
"""In place of a kind: the attributes of documents."""

PARTS: Mapping[str, str] = {"entity": "mention", "argument": "event"}
"""What has attributes of its own, and the kind of the items that it belongs to."""

OTHER_FILLERS = ("event", "claim")
"""What fills a role and is not a mention."""


class Conditions(Struct, frozen=True):
    """What to find.

    ``labels`` has the kinds of items, each with the labels that they may have; any if there are
    none. ``text`` is a pattern for passages, ``quote`` one for the text of items. ``roles`` are
    arguments that events have, each with the type of its filler: an entity type, ``event``,
    ``claim``, or None for any. ``claimers`` are entity types and claimers that are not mentions,
    ``claimer_name`` is a pattern for the name of the claimer's entity or its text. ``attributes``
    are names with values as text: a mention also has those of its entity, and an event those of
    each of its arguments, of those in ``roles`` if there are any. With ``disagree``, only items
    that one of these two annotators has and the other has not.
    """

    labels: Mapping[str, Collection[str]] = {}
    text: str | None = None
    quote: str | None = None
    roles: tuple[tuple[str, str | None], ...] = ()
    claimers: tuple[str, ...] = ()
    claimer_name: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    disagree: tuple[str, str] | None = None


class CheckedConditions(Struct, frozen=True):
    """Conditions that the ontology allows.

    ``asked`` are the kinds that were asked for, with those that other conditions imply, and
    ``results`` the kinds of the items that are found; none for passages alone. ``attributes`` are
    by kind or part (`PARTS`), with the values that items have.
    """

    given: Conditions
    asked: tuple[str, ...]
    results: tuple[str, ...]
    attributes: Mapping[str, Mapping[str, AttributeValue]]


def checked(conditions: Conditions, ontology: Ontology) -> CheckedConditions:
    """The conditions, with what follows from them.

    Raises InvalidInputError for a label, role, claimer or attribute that the ontology does not
    have, and for conditions that name nothing to find.
    """
    declared = _declared_labels(ontology)
    for kind, labels in conditions.labels.items():
        if kind not in declared:
            have = ", ".join(declared) or "none"
            raise InvalidInputError(f"This corpus has no {kind}s. It has: {have}.")
        for label in labels:
            _allowed(label, declared[kind], f"{kind} label")
    asked = {kind for kind in KINDS if kind in conditions.labels}
    for role, filler in conditions.roles:
        _check_role(role, filler, conditions.labels.get("event", ()), ontology)
        asked.add("event")
    for claimer in conditions.claimers:
        types = ontology.labels_of("entities")
        _allowed(claimer, [*(c.name for c in ontology.claimers), *types], "claimer")
    if conditions.claimers or conditions.claimer_name is not None:
        if "claim" not in declared:
            raise InvalidInputError("This corpus has no claims, so there are no claimers.")
        asked.add("claim")
    attributes = _attributes(conditions.attributes, asked, declared, ontology)
    ordered = tuple(kind for kind in KINDS if kind in asked)
    results = ordered or _kinds_without_label(conditions, declared, attributes)
    if not results and conditions.text is None:
        raise InvalidInputError(
            "There is nothing to find. Name a text or a kind of item: --text, --mention, --event, "
            "--claim or --relation."
        )
    return CheckedConditions(
        given=conditions, asked=ordered, results=results, attributes=attributes
    )


def _declared_labels(ontology: Ontology) -> dict[str, tuple[str, ...]]:
    """The labels of each kind of item that the corpus has."""
    layers = {"mention": "entities", "event": "events", "claim": "claims"}
    found = {
        kind: ontology.labels_of(layer)
        for kind, layer in layers.items()
        if layer in ontology.layers
    }
    relations = (
        *ontology.labels_of("relations"),
        *(label.name for label in ontology.event_relations),
        *(label.name for label in ontology.claim_relations),
    )
    return found | ({"relation": tuple(dict.fromkeys(relations))} if relations else {})


def _check_role(role: str, filler: str | None, types: Collection[str], ontology: Ontology) -> None:
    chosen = [ontology.event_types[name] for name in types] or [*ontology.event_types.values()]
    names = dict.fromkeys(name for event_type in chosen for name in event_type.roles)
    of = f"role of {', '.join(types)}" if types else "role"
    _allowed(role, names, of)
    if filler is not None:
        of_role = [t.roles[role].fillers for t in chosen if role in t.roles]
        allowed = sorted(frozenset().union(*of_role))
        _allowed(filler, allowed, f"filler of {role}")


def _attributes(
    given: Iterable[tuple[str, str]],
    asked: Collection[str],
    declared: Collection[str],
    ontology: Ontology,
) -> dict[str, dict[str, AttributeValue]]:
    by_kind: dict[str, Mapping[str, Attribute]] = {
        DOCUMENT: {a.name: a for a in ontology.attributes_of("document")},
        **{
            kind: {
                attribute.name: attribute
                for attribute in ontology.attributes_by_field.get(KINDS[kind][0], ())
            }
            for kind in declared
        },
        "entity": {a.name: a for a in ontology.entity_attributes},
        "argument": {a.name: a for a in ontology.argument_attributes},
    }
    found: dict[str, dict[str, AttributeValue]] = {}
    for name, text in given:
        places = [kind for kind, attributes in by_kind.items() if name in attributes]
        if not places:
            every = dict.fromkeys(n for attributes in by_kind.values() for n in attributes)
            _allowed(name, every, "attribute")
        owners = (DOCUMENT, *asked)
        used = [kind for kind in places if PARTS.get(kind, kind) in owners] if asked else places
        if not used:
            raise InvalidInputError(
                f'Attribute "{name}" is not one of a {" or ".join(asked)}, but of: '
                f"{', '.join(places)}."
            )
        values = _values(text, {kind: by_kind[kind][name] for kind in used})
        for kind, value in values.items():
            if found.setdefault(kind, {}).setdefault(name, value) != value:
                raise InvalidInputError(f'Attribute "{name}" is given with two values.')
    return found


def _values(text: str, attributes: Mapping[str, Attribute]) -> dict[str, AttributeValue]:
    """The value by kind of item; kinds whose attribute has no such value are left out.

    Raises InvalidInputError if there is none.
    """
    found: dict[str, AttributeValue] = {}
    problem: InvalidInputError | None = None
    for kind, attribute in attributes.items():
        try:
            found[kind] = _value(attribute, text)
        except InvalidInputError as error:
            problem = error
    if not found and problem is not None:
        raise problem
    return found


def _value(attribute: Attribute, text: str) -> AttributeValue:
    if attribute.kind in ("label", "labels"):
        _allowed(text, attribute.value_names, f"value of {attribute.name}")
    elif attribute.kind == "boolean":
        _allowed(text, ("true", "false"), f"value of {attribute.name}")
        return text == "true"
    elif attribute.kind == "number":
        try:
            return float(text)
        except ValueError:
            raise InvalidInputError(
                f'"{excerpt(text)}" is not a value of {attribute.name}: expected {attribute.form}.'
            ) from None
    return text


def _kinds_without_label(
    conditions: Conditions,
    declared: Collection[str],
    attributes: Mapping[str, Mapping[str, AttributeValue]],
) -> tuple[str, ...]:
    """The kinds that are found if none is asked for: those that have all of the attributes."""
    names = {name for kind, values in attributes.items() if kind != DOCUMENT for name in values}
    if not names and conditions.quote is None and conditions.disagree is None:
        return ()
    own: dict[str, set[str]] = {}
    for kind, values in attributes.items():
        own.setdefault(PARTS.get(kind, kind), set()).update(values)
    found = tuple(kind for kind in declared if names <= own.get(kind, set()))
    if not found:
        raise InvalidInputError(f"No kind of item has all of the attributes {', '.join(names)}.")
    return found


def _allowed(name: str, allowed: Iterable[str], what: str) -> None:
    names = [*allowed]
    if name in names:
        return
    raise InvalidInputError(f'There is no {what} "{excerpt(name)}". {hint_of(name, names)}')
