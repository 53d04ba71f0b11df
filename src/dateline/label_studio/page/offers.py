"""What a labelling page offers annotators, and how much of it is in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from dateline.errors import DatelineError
from dateline.label_studio.page.controls import CLAIM, CLAIMER, ENTITY, EVENT
from dateline.model import Annotation, Struct
from dateline.ontology.labels import Ontology

RELATIONS = "Relations"


class Offer(Struct, frozen=True):
    """A control of the page, or a label, choice or relation of one (``name``)."""

    control: str
    name: str | None
    line: str


class Use(Struct, frozen=True):
    """How often something is used, and by how many annotations."""

    times: int
    annotations: int


def parsed(config: str) -> Element:
    """A project's labelling configuration. Raises DatelineError where it is not XML."""
    try:
        return ElementTree.fromstring(config)  # noqa: S314 (the user's own server; expat bounds it)
    except ElementTree.ParseError as error:
        raise DatelineError(f"the project's labelling configuration is not XML: {error}.") from None


def offers(config: str) -> Iterator[Offer]:
    """All that a labelling configuration offers. Raises DatelineError where it is not XML."""
    for tag in parsed(config).iter():
        name, value = tag.get("name"), tag.get("value")
        if tag.tag == RELATIONS:
            for child in tag:
                label = child.get("value")
                yield Offer(control=RELATIONS, name=label, line=f"the relation «{label}»")
        elif name is not None and tag.get("toName") is None:
            yield Offer(control=name, name=None, line=f"the {tag.tag} «{name}» of {value}")
        elif name is not None:
            line = f"the control «{name}» ({tag.tag} on {tag.get('toName')})"
            yield Offer(control=name, name=None, line=line)
            for child in tag.iter():
                label = child.get("value")
                if child is not tag and label is not None:
                    line = f"{child.tag.lower()} «{label}» of «{name}»"
                    yield Offer(control=name, name=label, line=line)


def lost_offers(old: str, new: str) -> list[Offer]:
    """What the old configuration offers that the new one does not.

    Raises DatelineError where one of them is not XML.
    """
    left = {offer.line for offer in offers(new)}
    return [offer for offer in offers(old) if offer.line not in left]


def used_in_result(result: object) -> Iterator[tuple[str, str]]:
    """The control and the label of every use in a result; it may be of any shape."""
    for row in result if isinstance(result, list) else ():
        if isinstance(row, dict):
            value = row.get("value")
            value = value if isinstance(value, dict) else {}
            control = RELATIONS if row.get("type") == "relation" else row.get("from_name")
            said = row.get("labels") or value.get("labels") or value.get("choices") or [""]
            for name in said if isinstance(said, list) else [said]:
                yield str(control), name if isinstance(name, str) else ""


def used_in_annotation(annotation: Annotation, ontology: Ontology) -> Iterator[tuple[str, str]]:
    """The same for an annotation of ours, under the names that it has on the page."""
    for mention in annotation.mentions:
        yield ENTITY.labels, mention.type
        yield from _choices(ENTITY.prefix, mention.attributes)
    for event in annotation.events:
        yield EVENT.labels, event.type
        yield from _choices(EVENT.prefix, event.attributes)
        yield from ((RELATIONS, argument.role) for argument in event.arguments)
    mentions = {mention.id for mention in annotation.mentions}
    for claim in annotation.claims:
        yield CLAIM.labels, claim.act
        yield from _choices(CLAIM.prefix, claim.attributes)
        if claim.claimer not in mentions or claim.claimer in ontology.special_claimers:
            yield CLAIMER, claim.claimer
    for relation in (*annotation.event_relations, *annotation.claim_relations):
        yield RELATIONS, relation.type


def count_uses(
    lost: Iterable[Offer], annotations: Iterable[Iterable[tuple[str, str]]]
) -> Mapping[str, Use]:
    """How often each offer is used in these annotations, by its line."""
    uses = {offer.line: Use(times=0, annotations=0) for offer in lost}
    wanted: dict[tuple[str, str | None], str] = {(o.control, o.name): o.line for o in lost}
    for annotation in annotations:
        counts: dict[str, int] = {}
        for control, name in annotation:
            for key in ((control, name), (control, None)):
                if key in wanted:
                    counts[wanted[key]] = counts.get(wanted[key], 0) + 1
        for line, times in counts.items():
            use = uses[line]
            uses[line] = Use(times=use.times + times, annotations=use.annotations + 1)
    return uses


def _choices(prefix: str, attributes: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in attributes.items():
        yield f"{prefix}_{name}", value
