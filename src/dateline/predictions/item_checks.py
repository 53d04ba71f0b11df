"""Checks the items of a prediction: their places, labels, references and duplicates.

An item with an error stays in the prediction and counts against precision.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from dateline.annotations.items import label_of
from dateline.json_pointer import pointer_of
from dateline.model import (
    CONTENT_FIELDS,
    ID_FIELDS,
    RELATION_FIELDS,
    Argument,
    Attributes,
    Claim,
    Event,
    Mention,
    Span,
    Spans,
)
from dateline.ontology.labels import Ontology
from dateline.predictions.label_index import AttributeIndex, OntologyIndex
from dateline.predictions.offset_units import better_unit
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import Effect, PredictionProblem
from dateline.predictions.texts import Text
from dateline.rendering.suggestions import allowed
from dateline.text import excerpt

T = TypeVar("T", Mention, Event, Claim)


class Place(NamedTuple):
    """The JSON Pointer to what is wrong, the id of the item if it has one, message and hint."""

    pointer: str
    item: str
    message: str
    hint: str = ""


def check_items(
    prediction: Prediction,
    text: Text,
    ontology: OntologyIndex,
    knowledge_bases: Collection[str] = (),
) -> tuple[Prediction, list[PredictionProblem]]:
    """The prediction as it can be scored, the same if nothing changes, and problems of its items.

    Spans whose quote is not at their offsets are moved beyond the end of the text, where no gold
    is, so that they count as predictions and match nothing. ``knowledge_bases`` are those of the
    gold; without them, links are not checked. If the text is withheld, quotes are not checked.
    Items that the ontology does not declare are left out.
    """
    prediction, ignored = _declared(prediction, ontology.ontology)
    beyond = _places_beyond(text.length)
    fields: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("mentions", ("spans",)),
        ("events", ("trigger",)),
        ("claims", ("spans", "cue")),
    )
    errors: list[Place] = []
    moved = {}
    for name, span_fields in fields:
        items = getattr(prediction, name)
        wrong = list(_wrong_places(name, items, span_fields, text))
        errors += [place for _, _, place in wrong]
        if wrong:
            moved[name] = _moved(items, [(at, field) for at, field, _ in wrong], beyond)
    errors += unknown_labels(prediction, ontology)
    errors += _unknown_references(prediction, ontology.ontology)
    errors += _illegal_ends(prediction, ontology.ontology)
    errors += _other_knowledge_bases(prediction, knowledge_bases)
    warnings = [
        *ignored,
        *_repeated_items(prediction),
        *_repeated_ids(prediction),
        *useless_scores(prediction, ontology),
    ]
    effects: tuple[tuple[Effect, list[Place]], ...] = (("wrong", errors), ("warning", warnings))
    problems = [
        PredictionProblem(
            document=prediction.document,
            effect=effect,
            pointer=pointer,
            id=item,
            message=message,
            hint=hint,
        )
        for effect, places in effects
        for pointer, item, message, hint in places
    ]
    unit = ""
    # Where all quotes are at their offsets, no other unit fits better.
    if moved and text.withheld is None:
        unit = better_unit(text.text, list(_all_spans(prediction)))
    if unit:
        warning = PredictionProblem(
            document=prediction.document,
            effect="warning",
            message=unit,
            hint="Convert the offsets to Unicode code points, from 0, end exclusive.",
        )
        # First, because it explains the others.
        problems.insert(0, warning)
    return msgspec.structs.replace(prediction, **moved) if moved else prediction, problems


def unknown_labels(prediction: Prediction, ontology: OntologyIndex) -> Iterator[Place]:
    """The labels, attributes, roles, claimers and factuality that the ontology does not have.

    A claimer may also be a mention, and a source of factuality a claim.
    """
    yield from _unknown_labels(prediction, ontology)
    yield from _unknown_attributes(prediction, ontology)
    yield from _unknown_roles(prediction, ontology)
    yield from _unknown_claimers(prediction, ontology)
    yield from _unknown_factuality(prediction, ontology)


def _declared(prediction: Prediction, ontology: Ontology) -> tuple[Prediction, list[Place]]:
    """The prediction without fields that the ontology does not declare, and which these are."""
    message = "is not declared by the ontology, and is ignored"
    own: dict[str, Any] = {}
    found: list[Place] = []
    for field in CONTENT_FIELDS:
        if field not in ontology.fields and getattr(prediction, field):
            own[field] = {} if field == "attributes" else ()
            found.append(Place(f"/{field}", "", message))
    with_factuality = any(event.factuality for event in prediction.events)
    if with_factuality and not ontology.factuality and "events" not in own:
        own["events"] = tuple(
            msgspec.structs.replace(event, factuality=()) for event in prediction.events
        )
        found += [
            Place(f"/events/{position}/factuality", event.id, message)
            for position, event in enumerate(prediction.events)
            if event.factuality
        ]
    return (msgspec.structs.replace(prediction, **own) if own else prediction), found


def _places_beyond(length: int) -> Iterator[Spans]:
    start = length + 1
    while True:
        yield (Span(start=start, end=start + 1, text=""),)
        start += 2


def _wrong_places(
    name: str, items: Sequence[T], fields: Sequence[str], text: Text
) -> Iterator[tuple[int, str, Place]]:
    for position, item in enumerate(items):
        for field in fields:
            spans = getattr(item, field)
            message = "" if spans is None else _span_error(spans, text)
            if message:
                yield position, field, Place(f"/{name}/{position}/{field}", item.id, message)


def _moved(
    items: Sequence[T], wrong: Sequence[tuple[int, str]], beyond: Iterator[Spans]
) -> tuple[T, ...]:
    found = list(items)
    for position, field in wrong:
        found[position] = msgspec.structs.replace(found[position], **{field: next(beyond)})
    return tuple(found)


def _span_error(spans: Spans, text: Text) -> str:
    if not spans:
        return "has no span"
    end = -1
    for span in spans:
        if not 0 <= span.start < span.end <= text.length:
            return f"[{span.start}, {span.end}] is empty or outside the text (0 to {text.length})"
        if text.withheld is None and not _is_quote(span, text.text):
            found = excerpt(text.text, span.start, span.end)
            quote = excerpt(span.text)
            return f'[{span.start}, {span.end}] is "{found}" in the text, not "{quote}"'
        if span.start <= end:
            return "its fragments are not sorted, or touch"
        end = span.end
    return ""


def _is_quote(span: Span, text: str) -> bool:
    # Compared in place: a copy of a long text for each of many spans would take minutes.
    is_as_long = span.end - span.start == len(span.text)
    return is_as_long and text.startswith(span.text, span.start)


def _unknown_labels(prediction: Prediction, ontology: OntologyIndex) -> Iterator[Place]:
    labels = (
        ("mentions", "type", ontology.types["entities"]),
        ("events", "type", ontology.types["events"]),
        ("claims", "act", ontology.types["claims"]),
        *((field, "type", names) for field, names in ontology.relations.items()),
    )
    derived = ontology.ontology.derived_event_relations
    for name, field, known in labels:
        items = getattr(prediction, name)
        names = known.names - derived if name == "event_relations" else known.names
        unknown = {getattr(item, field) for item in items} - names
        for position, item in enumerate(items if unknown else ()):
            label = getattr(item, field)
            if label in unknown:
                message = f'"{label}" is not a label of the ontology'
                hint = allowed(label, (one for one in known.known if one in names))
                if name == "event_relations" and label in derived:
                    message = f'"{label}" is derived from arguments, and ignored'
                    hint = "Remove the relation."
                place = f"/{name}/{position}/{field}"
                yield Place(place, getattr(item, "id", ""), message, hint)


def _unknown_attributes(prediction: Prediction, ontology: OntologyIndex) -> Iterator[Place]:
    known = ontology.attributes
    yield from _unknown_values("", "", prediction.attributes, known["document"])
    for field, indexes in (
        ("mentions", known["entities"]),
        ("entities", ontology.entity_attributes),
        ("relations", known["relations"]),
        ("events", known["events"]),
        ("claims", known["claims"]),
    ):
        items = getattr(prediction, field)
        # Values repeat, and are looked up once. True equals 1, but is another value.
        given = {
            (name, value, type(value), label_of(item))
            for item in items
            for name, value in item.attributes.items()
        }
        if all(
            name in indexes and value in indexes[name] and indexes[name].is_of(label)
            for name, value, _, label in given
        ):
            continue
        for position, item in enumerate(items):
            place = f"/{field}/{position}", getattr(item, "id", "")
            yield from _unknown_values(*place, item.attributes, indexes, label_of(item))
    for position, event in enumerate(prediction.events):
        for number, argument in enumerate(event.arguments):
            if argument.attributes:
                place = f"/events/{position}/arguments/{number}", event.id
                indexes = ontology.argument_attributes
                yield from _unknown_values(*place, argument.attributes, indexes)


def _unknown_values(
    pointer: str,
    item: str,
    attributes: Attributes,
    known: Mapping[str, AttributeIndex],
    label: str = "",
) -> Iterator[Place]:
    for name, value in attributes.items():
        if name not in known:
            message = f'"{name}" is not an attribute of the ontology'
            hint = allowed(name, known) if known else "Remove it."
        elif value not in known[name]:
            shown = json.dumps(value, ensure_ascii=False)
            message = f'"{name}" cannot be {excerpt(shown)}'
            hint = known[name].hint(value)
        elif not known[name].is_of(label):
            message = f'{label} has no attribute "{name}"; {known[name].owners} have it'
            hint = "Remove it."
        else:
            continue
        yield Place(f"{pointer}{pointer_of(('attributes', name))}", item, message, hint)


def _unknown_roles(prediction: Prediction, ontology: OntologyIndex) -> Iterator[Place]:
    for position, event in enumerate(prediction.events):
        for number, argument in enumerate(event.arguments):
            if argument.role not in ontology.roles:
                message = f'"{argument.role}" is not a role of the ontology'
                hint = allowed(argument.role, ontology.roles.known)
                place = f"/events/{position}/arguments/{number}/role"
                yield Place(place, event.id, message, hint)


def _unknown_factuality(prediction: Prediction, ontology: OntologyIndex) -> Iterator[Place]:
    claims = {claim.id for claim in prediction.claims}
    for position, event in enumerate(prediction.events):
        for number, given in enumerate(event.factuality):
            place = f"/events/{position}/factuality/{number}"
            if given.value not in ontology.factuality:
                message = f'"{given.value}" is not a label of the ontology'
                hint = allowed(given.value, ontology.factuality.known)
                yield Place(f"{place}/value", event.id, message, hint)
            if given.source not in claims and given.source not in ontology.claimers:
                message = f'"{given.source}" is not a claim, nor a claimer of the ontology'
                hint = allowed(given.source, ontology.claimers.known)
                yield Place(f"{place}/source", event.id, message, hint)


def _unknown_claimers(prediction: Prediction, ontology: OntologyIndex) -> Iterator[Place]:
    mentions = {mention.id for mention in prediction.mentions}
    for position, claim in enumerate(prediction.claims):
        if claim.claimer not in mentions and claim.claimer not in ontology.claimers:
            message = f'"{claim.claimer}" is not a mention, nor a claimer of the ontology'
            hint = allowed(claim.claimer, ontology.claimers.known)
            yield Place(f"/claims/{position}/claimer", claim.id, message, hint)


def _unknown_references(prediction: Prediction, ontology: Ontology) -> Iterator[Place]:
    ids = {name: {item.id for item in getattr(prediction, name)} for name in ID_FIELDS}
    for position, mention in enumerate(prediction.mentions if ontology.has_coreference else ()):
        if mention.entity is not None and mention.entity not in ids["entities"]:
            yield _unknown(f"/mentions/{position}/entity", mention.id, mention.entity)
    for position, event in enumerate(prediction.events):
        for number, argument in enumerate(event.arguments):
            if argument.filler not in ids[_filler_field(argument)]:
                pointer = f"/events/{position}/arguments/{number}"
                yield _unknown(pointer, event.id, argument.filler)
    for name, ends in RELATION_FIELDS.items():
        for position, relation in enumerate(getattr(prediction, name)):
            for end in (relation.source, relation.target):
                if end not in ids[ends]:
                    yield _unknown(f"/{name}/{position}", "", end)


def _illegal_ends(prediction: Prediction, ontology: Ontology) -> Iterator[Place]:
    """Ends of relations that are mentions, but not of a type that the relation may have."""
    types: dict[str, str] = {}
    for mention in prediction.mentions:
        types.setdefault(mention.id, mention.type)
    for position, relation in enumerate(prediction.relations):
        kind = ontology.relation_types.get(relation.type)
        if kind is None:
            continue
        ends = types.get(relation.source), types.get(relation.target)
        for end, found, types_of_end in kind.illegal_ends(*ends):
            message = f'{relation.type} has no {end} of type "{found}"'
            hint = f"Allowed: {', '.join(sorted(types_of_end))}."
            yield Place(f"/relations/{position}/{end}", "", message, hint)


def _other_knowledge_bases(
    prediction: Prediction, knowledge_bases: Collection[str]
) -> Iterator[Place]:
    if not knowledge_bases:
        return
    for field in ("entities", "event_clusters"):
        for position, item in enumerate(getattr(prediction, field)):
            for number, link in enumerate(item.links):
                if link.id is not None and link.kb not in knowledge_bases:
                    message = f'"{link.kb}" is not a knowledge base of the gold'
                    hint = allowed(link.kb, sorted(knowledge_bases))
                    place = f"/{field}/{position}/links/{number}/kb"
                    yield Place(place, item.id, message, hint)


def useless_scores(prediction: Prediction, ontology: OntologyIndex) -> Iterator[Place]:
    """Scores that rank nothing."""
    claims = {claim.id for claim in prediction.claims}
    known = ontology.attributes["claims"]
    for attribute, values in prediction.scores.items():
        if attribute not in known:
            message = f'"{attribute}" is not an attribute of claims, so its scores are ignored'
            yield Place(pointer_of(("scores", attribute)), "", message)
            continue
        for value, by_claim in values.items():
            if value not in known[attribute].labels:
                message = f'"{attribute}: {value}" is not in the ontology; its scores are ignored'
                yield Place(pointer_of(("scores", attribute, value)), "", message)
                continue
            for claim in by_claim:
                if claim not in claims:
                    pointer = pointer_of(("scores", attribute, value, claim))
                    message = "is not the id of a predicted claim and is ignored"
                    yield Place(pointer, "", message)


def _unknown(pointer: str, item: str, reference: str) -> Place:
    return Place(pointer, item, f'there is no "{reference}" in the prediction')


def _filler_field(argument: Argument) -> str:
    return "mentions" if argument.mention else "events" if argument.event else "claims"


def _repeated_items(prediction: Prediction) -> Iterator[Place]:
    keys: tuple[tuple[str, Callable[[Any], object]], ...] = (
        ("mentions", lambda m: (_offsets(m.spans), m.type)),
        ("events", lambda e: (_offsets(e.trigger), e.type, frozenset(a.key for a in e.arguments))),
        ("claims", lambda c: (_offsets(c.spans), c.act, c.claimer)),
        *((field, lambda relation: relation.key) for field in RELATION_FIELDS),
    )
    for name, key in keys:
        seen: dict[object, int] = {}
        for position, item in enumerate(getattr(prediction, name)):
            first = seen.setdefault(key(item), position)
            if first != position:
                message = f"is a duplicate of /{name}/{first}"
                yield Place(f"/{name}/{position}", getattr(item, "id", ""), message)


def _repeated_ids(prediction: Prediction) -> Iterator[Place]:
    for name in ID_FIELDS:
        seen: set[str] = set()
        for position, item in enumerate(getattr(prediction, name)):
            if item.id in seen:
                message = f'the id "{item.id}" is used twice; references go to the first'
                yield Place(f"/{name}/{position}/id", item.id, message)
            seen.add(item.id)


def _all_spans(prediction: Prediction) -> Iterator[Span]:
    for mention in prediction.mentions:
        yield from mention.spans
    for event in prediction.events:
        yield from event.trigger
    for claim in prediction.claims:
        yield from (*claim.spans, *(claim.cue or ()))


def _offsets(spans: Spans) -> tuple[tuple[int, int], ...]:
    return tuple((span.start, span.end) for span in spans)
