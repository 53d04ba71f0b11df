"""Small made-up documents with gold and predictions: their shape, and their scores by Dateline.

A span is written as in "0-3" or, in two fragments, "0-3,5-8": code points, end exclusive. For peers
that work on tokens, every code point is a token, and every document is one sentence.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import msgspec

from dateline.evaluation.columns.scoring_input import MatchingOptions
from dateline.evaluation.gold import Gold, GoldDocument
from dateline.evaluation.report import Report
from dateline.evaluation.scoring import score
from dateline.model import LAYERS, Argument, Link, Span
from dateline.model import Claim as DatelineClaim
from dateline.model import Entity as DatelineEntity
from dateline.model import Event as DatelineEvent
from dateline.model import Mention as DatelineMention
from dateline.ontology.labels import Attribute, EventType, Label, Layer, Ontology, Role
from dateline.predictions.prediction import Prediction
from dateline.text import sha256_of_text

TEXT = string.ascii_letters[:30]
TYPES = ("A", "B", "C")
EVENT_TYPES = ("MEET", "ATTACK")
ROLES = ("agent", "place")
NIL = "NIL"
BLANC_OF_EITHER = "BLANC, of classes in gold or predictions"
CONLL_WITH_ZERO = "CoNLL, with 0 for undefined"
ATTRIBUTE, VALUE, OTHER_VALUE = "check_worthy", "yes", "no"
ACT, CLAIMER = "STATE", "AUTHOR"


class Row(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """An item, stored as a list."""


class Mention(Row, frozen=True):
    type: str
    span: str
    entity: str | None = None


class Event(Row, frozen=True):
    """``arguments`` are roles, and rows of mentions that fill them."""

    type: str
    span: str
    cluster: str | None = None
    arguments: tuple[tuple[str, int], ...] = ()


class Claim(Row, frozen=True):
    """A gold claim has a value of the attribute, a predicted one a score for it."""

    span: str
    value: str = OTHER_VALUE
    score: float | None = None


class Items(msgspec.Struct, frozen=True, omit_defaults=True):
    """Gold or predicted items; ``links`` are knowledge base entries, or NIL, of entities."""

    mentions: tuple[Mention, ...] = ()
    links: Mapping[str, str] = {}
    events: tuple[Event, ...] = ()
    claims: tuple[Claim, ...] = ()


class Document(msgspec.Struct, frozen=True, omit_defaults=True):
    gold: Items = Items()
    predicted: Items = Items()


class Case(msgspec.Struct, frozen=True):
    id: str
    documents: tuple[Document, ...]


class Rates(NamedTuple):
    """Precision, recall and F of one measure, or F alone; None is undefined."""

    precision: float | None
    recall: float | None
    f1: float | None


UNDEFINED = Rates(None, None, None)


def ranges(span: str) -> list[tuple[int, int]]:
    """The fragments of a span as start and end."""
    found = []
    for fragment in span.split(","):
        start, end = fragment.split("-")
        found.append((int(start), int(end)))
    return found


def bounds(span: str) -> tuple[int, int]:
    """Start and end of a span in one fragment."""
    ((start, end),) = ranges(span)
    return start, end


def points(span: str) -> set[int]:
    """The code points of a span."""
    return {i for start, end in ranges(span) for i in range(start, end)}


def rates_of_dateline(
    case: Case, layers: Sequence[str], options: MatchingOptions
) -> Mapping[str, Rates]:
    """Dateline's rates by measure, as in ``entities: strict``, and by label, as in ``…: A``."""
    found: dict[str, Rates] = {}
    for item in _report(case, layers, options).scores:
        name = f"{item.group}: {item.measure}"
        total = item.total
        found[name] = (
            Rates(None, None, item.value)
            if total is None
            else Rates(total.precision, total.recall, total.f1)
        )
        found[f"{name}, macro"] = Rates(None, None, item.macro_f1)
        for label, rates in item.labels.items():
            found[f"{name}: {label}"] = Rates(rates.precision, rates.recall, rates.f1)
    for group in ("coreference", "event-coreference"):
        if f"{group}: CoNLL" in found:
            found.update(_as_peers_average(group, found))
    return found


def _as_peers_average(group: str, found: Mapping[str, Rates]) -> Iterator[tuple[str, Rates]]:
    """Averages as some peers define them, from Dateline's F of their parts."""
    classes, parts = (
        [found.get(f"{group}: {name}", UNDEFINED).f1 for name in names]
        for names in (("BLANC: coreferent", "BLANC: not coreferent"), ("MUC", "B3", "CEAFe"))
    )
    used = [f for f in classes if f is not None]
    blanc = sum(used) / len(used) if used else None
    yield f"{group}: {BLANC_OF_EITHER}", Rates(None, None, blanc)
    yield f"{group}: {CONLL_WITH_ZERO}", Rates(None, None, sum(f or 0.0 for f in parts) / 3)


def _report(case: Case, layers: Sequence[str], options: MatchingOptions) -> Report:
    gold = gold_of(*(document.gold for document in case.documents))
    predicted = [items_of(f"d{n}", document.predicted) for n, document in enumerate(case.documents)]
    return score(predicted, gold, layers=layers, options=options)


def gold_of(*documents: Items) -> Gold:
    """Gold of documents that are named d0, d1 and so on."""
    whole = (0, len(TEXT))
    return Gold(
        name="Made up",
        version=None,
        split=None,
        ontology=ontology(),
        documents=tuple(
            GoldDocument(
                id=f"d{number}",
                text=TEXT,
                text_sha256=sha256_of_text(TEXT),
                sentences=(whole,),
                tokens=tuple((i, i + 1) for i in range(len(TEXT))),
                split="test",
                layers=LAYERS,
                items=items_of(f"d{number}", items),
            )
            for number, items in enumerate(documents)
        ),
    )


@cache
def ontology() -> Ontology:
    """An ontology with the labels of all cases."""

    def labels(*names: str) -> tuple[Label, ...]:
        return tuple(Label(name=name, title=name, description="") for name in names)

    def layer(name: str, names: Sequence[str], attributes: tuple[Attribute, ...] = ()) -> Layer:
        return Layer(
            name=name, title=name, span="", labels=labels(*names), attributes=attributes
        )  # fmt: skip

    values = Attribute(
        name=ATTRIBUTE,
        title="",
        description="",
        values=labels(VALUE, OTHER_VALUE),
        required=True,
    )
    roles = {name: Role(name=name, description="", fillers=frozenset(TYPES)) for name in ROLES}
    return Ontology(
        title="Made up",
        version="1.0.0",
        layers={
            "entities": layer("entities", TYPES),
            "events": layer("events", EVENT_TYPES),
            "claims": layer("claims", (ACT,), (values,)),
        },
        event_types={
            name: EventType(label=label, roles=roles, crosswalk={})
            for name, label in zip(EVENT_TYPES, labels(*EVENT_TYPES), strict=True)
        },
        claimers=labels(CLAIMER),
        has_coreference=True,
        has_links=True,
        has_event_coreference=True,
    )


def items_of(document: str, items: Items) -> Prediction:
    """The items in the shapes of a prediction."""
    scores = {f"c{i}": c.score for i, c in enumerate(items.claims) if c.score is not None}
    types: dict[str, str] = {}
    for mention in items.mentions:
        if mention.entity is not None:
            types.setdefault(mention.entity, mention.type)
    return Prediction(
        document=document,
        mentions=tuple(
            DatelineMention(
                id=f"m{i}", spans=_spans(m.span), type=m.type, attributes={}, entity=m.entity
            )
            for i, m in enumerate(items.mentions)
        ),
        entities=tuple(
            DatelineEntity(id=name, type=kind, name=name, links=_links(items.links.get(name)))
            for name, kind in types.items()
        ),
        events=tuple(
            DatelineEvent(
                id=f"e{i}",
                trigger=_spans(e.span),
                type=e.type,
                arguments=tuple(
                    Argument(role=role, mention=f"m{filler}") for role, filler in e.arguments
                ),
                attributes={},
                cluster=e.cluster,
            )
            for i, e in enumerate(items.events)
        ),
        claims=tuple(
            DatelineClaim(
                id=f"c{i}",
                spans=_spans(c.span),
                act=ACT,
                claimer=CLAIMER,
                cue=None,
                events=(),
                attributes={ATTRIBUTE: c.value},
            )
            for i, c in enumerate(items.claims)
        ),
        scores={ATTRIBUTE: {VALUE: scores}} if scores else {},
    )


def _spans(span: str) -> tuple[Span, ...]:
    return tuple(Span(start=s, end=e, text=TEXT[s:e]) for s, e in ranges(span))


def _links(entry: str | None) -> tuple[Link, ...]:
    return () if entry is None else (Link(kb="kb", id=None if entry == NIL else entry),)
