"""The labels of a source: their kinds, how often each occurs, and the first text that has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dateline.annotations.items import quote_of, text_items
from dateline.interop.representation import written
from dateline.model import LAYERS, Annotation, Attributes, AttributeValue, Relation, Struct
from dateline.ontology.label_lists import LABEL_KINDS
from dateline.rendering.listing import counted
from dateline.text import excerpt

_LAYER_OF_KIND = {kind: layer for layer, kind in LABEL_KINDS.items()}

ATTRIBUTE = "attribute"
"""The kind of names of attributes, such as ``mention.level``, whose values are other labels."""


KINDS = (
    "entity",
    "relation",
    "event",
    "role",
    "factuality",
    "eventRelation",
    "act",
    "claimer",
    "claimRelation",
    ATTRIBUTE,
)
"""The kinds of labels, apart from the values of attributes, whose kind is the attribute."""


class SourceLabel(NamedTuple):
    """A label: its kind, which for the value of an attribute is the attribute, and its name."""

    kind: str
    name: str


class LabelCount(Struct, frozen=True):
    """How often a label occurs, and the first text that has it."""

    label: SourceLabel
    count: int
    quote: str

    @property
    def example(self) -> str:
        """The count and the example."""
        quote = excerpt(self.quote, width=60)
        is_of_text = any(part.startswith("document.") for part in self.label)
        whole = ", about the whole text" if is_of_text else ""
        return counted(self.count, "time") + (f', such as "{quote}"' if quote else whole)

    @property
    def line(self) -> str:
        """The label with count and example, for a message."""
        return f'{self.label.kind} "{self.label.name}": {self.example}'


class LabelCounter:
    """Counts the labels of annotations."""

    def __init__(self) -> None:
        self._counts: Counter[SourceLabel] = Counter()
        self._quotes: dict[SourceLabel, str] = {}

    def add(self, annotation: Annotation) -> None:
        """Count the labels of an annotation."""
        for label, quote in labels_of(annotation):
            self._counts[label] += 1
            self._quotes.setdefault(label, quote)

    @property
    def counts(self) -> list[LabelCount]:
        """All labels, by kind and name."""
        return [
            LabelCount(label=label, count=count, quote=self._quotes[label])
            for label, count in sorted(self._counts.items())
        ]


def count_labels(annotations: Iterable[Annotation]) -> list[LabelCount]:
    """All labels of the annotations, by kind and name."""
    counter = LabelCounter()
    for annotation in annotations:
        counter.add(annotation)
    return counter.counts


def labels_of(annotation: Annotation) -> Iterator[tuple[SourceLabel, str]]:
    """Each use of a label, with the text of the item that has it."""
    texts = {name: quote_of(item) for name, item in text_items(annotation).items()}
    for mention in annotation.mentions:
        yield SourceLabel("entity", mention.type), texts[mention.id]
    for relation in annotation.relations:
        yield _relation("relation", relation, texts)
    for event in annotation.events:
        yield SourceLabel("event", event.type), texts[event.id]
        for argument in event.arguments:
            yield SourceLabel("role", argument.role), texts.get(argument.filler, "")
        for given in event.factuality:
            yield SourceLabel("factuality", given.value), texts[event.id]
            if given.source not in texts:
                yield SourceLabel("claimer", given.source), texts[event.id]
    for relation in annotation.event_relations:
        yield _relation("eventRelation", relation, texts)
    for claim in annotation.claims:
        yield SourceLabel("act", claim.act), texts[claim.id]
        if claim.claimer not in texts:
            yield SourceLabel("claimer", claim.claimer), texts[claim.id]
    for relation in annotation.claim_relations:
        yield _relation("claimRelation", relation, texts)
    for item, name, value, quote in attribute_values(annotation, texts):
        yield SourceLabel(ATTRIBUTE, f"{item}.{name}"), quote
        for text in written(value):
            yield SourceLabel(f"{item}.{name}", text), quote


def attribute_values(
    annotation: Annotation, texts: Mapping[str, str]
) -> Iterator[tuple[str, str, AttributeValue, str]]:
    """Item, name, value and text of each attribute; items as in the ontology, such as mention.

    ``texts`` are those of items by their ids.
    """
    found: list[tuple[str, Attributes, str]] = [("document", annotation.attributes, "")]
    found += [("mention", m.attributes, texts.get(m.id, "")) for m in annotation.mentions]
    found += [("entity", e.attributes, e.name) for e in annotation.entities]
    found += [("relation", r.attributes, texts.get(r.source, "")) for r in annotation.relations]
    for event in annotation.events:
        found.append(("event", event.attributes, texts.get(event.id, "")))
        found += [("argument", a.attributes, texts.get(a.filler, "")) for a in event.arguments]
    found += [("claim", c.attributes, texts.get(c.id, "")) for c in annotation.claims]
    for item, attributes, quote in found:
        for name, value in attributes.items():
            yield item, name, value, quote


def layers_of(labels: Iterable[SourceLabel]) -> tuple[str, ...]:
    """The layers whose items have one of these labels, or attributes of the document."""
    kinds = {label.kind for label in labels}
    found = {_LAYER_OF_KIND.get(kind) for kind in kinds}
    items = {kind.partition(".")[0] for kind in kinds}
    return tuple(
        layer for layer in LAYERS if layer in found or (layer == "document" and layer in items)
    )


def _relation(kind: str, relation: Relation, texts: Mapping[str, str]) -> tuple[SourceLabel, str]:
    ends = (texts.get(relation.source, ""), texts.get(relation.target, ""))
    return SourceLabel(kind, relation.type), " → ".join(ends)
