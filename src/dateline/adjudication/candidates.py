"""Which mentions, events and claims gold has, and where in the text they lie."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateline.adjudication.cases import Case, Option, What
from dateline.adjudication.open_cases import Docket
from dateline.annotations.items import TextItem, label_of, ranges_of, spans_of, text_items
from dateline.annotations.matching import Group, Groups, group
from dateline.model import Annotation, Document, Range, Span, Spans, Struct
from dateline.ontology.labels import Ontology
from dateline.text import excerpt

LAYER: Mapping[What, str] = {"mention": "entities", "event": "events", "claim": "claims"}


class Inputs(Struct, frozen=True):
    """What is adjudicated: annotations of one document, by annotator, and their groups."""

    document: Document
    annotations: Mapping[str, Annotation]
    ontology: Ontology
    groups: Groups

    @classmethod
    def of(
        cls, document: Document, annotations: Sequence[Annotation], ontology: Ontology
    ) -> Inputs:
        """Group the annotations' items."""
        by_name = {a.annotator: a for a in sorted(annotations, key=lambda a: a.annotator)}
        return cls(
            document=document,
            annotations=by_name,
            ontology=ontology,
            groups=group(annotations),
        )

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that all of them annotated."""
        return next(iter(self.annotations.values())).layers

    def spans(self, ranges: Sequence[Sequence[int]]) -> Spans:
        """Ranges of the text as spans."""
        text = self.document.text
        return tuple(Span(start=start, end=end, text=text[start:end]) for start, end in ranges)

    def quote(self, ranges: Sequence[Sequence[int]]) -> str:
        """What stands at ranges of the text, to show to a person."""
        text = self.document.text
        return "«" + " … ".join(excerpt(text, start, end) for start, end in ranges) + "»"

    def accept_ranges(self, value: Any) -> list[list[int]]:
        """A list of [start, end], sorted, disjoint and inside the text. Raises ValueError."""
        try:
            ranges = [[start, end] for start, end in value]
            flat = [offset for pair in ranges for offset in pair]
            fits = all(type(offset) is int for offset in flat) and flat == sorted(set(flat))
        except (TypeError, ValueError):
            ranges, fits = [], False
        if not ranges or not fits or flat[0] < 0 or flat[-1] > len(self.document.text):
            raise ValueError("is no list of [start, end], sorted, apart, and inside the text")
        return ranges


@dataclass(eq=False)
class Thing:
    """A mention, event or claim that gold has or may have.

    ``kept`` is None while nobody has decided; ``spans`` are the first annotator's until then.
    """

    what: What
    items: Mapping[str, TextItem]
    spans: Spans
    kept: bool | None

    @property
    def ref(self) -> str:
        """What it is called in cases: «ANNOTATOR:ID» of the first annotator who has it."""
        return reference(*next(iter(self.items.items())))

    @property
    def key(self) -> str:
        """The items that it is made of, as ids of cases name it."""
        return f"{self.what}/{key({name: item.id for name, item in self.items.items()})}"

    @property
    def place(self) -> tuple[Range, ...]:
        """Where it lies."""
        return ranges_of(self.spans)

    def has(self, annotator: str) -> bool:
        """Whether this annotator has it."""
        return annotator in self.items


class Roll:
    """All things, by annotator and id."""

    def __init__(self, things: Sequence[Thing]) -> None:
        self.things = sorted(things, key=lambda thing: (thing.place, thing.ref))
        self._by_item = {
            (name, item.id): thing for thing in things for name, item in thing.items.items()
        }

    def of(self, annotator: str, id_: str) -> Thing:
        """What an annotator's item is part of."""
        return self._by_item[annotator, id_]

    def kept(self, what: What) -> Iterator[Thing]:
        """Those that gold has, in the order of the text."""
        return (thing for thing in self.things if thing.what == what and thing.kept)

    def named(self, ref: Any, whats: Collection[What]) -> Thing:
        """The thing that «ANNOTATOR:ID» means.

        Raises ValueError unless it is one of these kinds, and kept.
        """
        annotator, _, id_ = ref.partition(":") if isinstance(ref, str) else ("", "", "")
        thing = self._by_item.get((annotator, id_))
        if thing is None or thing.what not in whats or not thing.kept:
            raise ValueError(f"{ref!r} is no {' or '.join(whats)} that is kept")
        return thing


def hear_things(inputs: Inputs, docket: Docket) -> Roll:
    """Ask what is there, and where it begins and ends."""
    kinds: tuple[tuple[What, tuple[Group, ...]], ...] = (
        ("mention", inputs.groups.mentions),
        ("event", inputs.groups.events),
        ("claim", inputs.groups.claims),
    )
    items = {
        (name, id_): item
        for name, annotation in inputs.annotations.items()
        for id_, item in text_items(annotation).items()
    }
    return Roll(
        [
            thing
            for what, groups in kinds
            for found in groups
            for thing in _hear(
                what, {name: items[name, id_] for name, id_ in found.items()}, inputs, docket
            )
        ]
    )


def reference(annotator: str, item: Any) -> str:
    """How cases call an annotator's item."""
    return f"{annotator}:{item.id}"


def key(ids: Group) -> str:
    """A group as ids of cases name it."""
    return "+".join(f"{name}:{id_}" for name, id_ in ids.items())


def _hear(
    what: What, items: Mapping[str, TextItem], inputs: Inputs, docket: Docket
) -> Iterator[Thing]:
    thing = Thing(what, items, spans_of(next(iter(items.values()))), kept=True)
    # A layer that nobody annotated holds what the others refer to, and is no matter of opinion.
    if LAYER[what] in inputs.layers:
        answer = docket.ask(_presence(thing, inputs))
        thing.kept = None if answer is None else answer[0]
    spans = docket.ask(_extent(thing, inputs), inputs.accept_ranges) if thing.kept else None
    if spans is None:
        yield thing
    elif len(spans) == 1:
        thing.spans = inputs.spans(spans[0])
        yield thing
    else:
        for ranges in spans:
            own = {name: item for name, item in items.items() if _ranges(item) == ranges}
            yield Thing(what, own, inputs.spans(ranges), kept=True)


def _presence(thing: Thing, inputs: Inputs) -> Case:
    return Case(
        id=f"{thing.key}/presence",
        kind="presence",
        what=thing.what,
        detail="",
        place=thing.place,
        options={
            name: Option(
                value=name in thing.items,
                text=f"{label_of(thing.items[name])} {inputs.quote(_ranges(thing.items[name]))}"
                if name in thing.items
                else "not there",
            )
            for name in inputs.annotations
        },
    )


def _extent(thing: Thing, inputs: Inputs) -> Case:
    ranges = {name: _ranges(item) for name, item in thing.items.items()}
    every = [pair for some in ranges.values() for pair in some]
    return Case(
        id=f"{thing.key}/span",
        kind="span",
        what=thing.what,
        detail="",
        place=((min(start for start, _ in every), max(end for _, end in every)),),
        options={
            name: Option(value=some, text=inputs.quote(some)) for name, some in ranges.items()
        },
        several=True,
    )


def _ranges(item: TextItem) -> list[list[int]]:
    return [[start, end] for start, end in ranges_of(spans_of(item))]
