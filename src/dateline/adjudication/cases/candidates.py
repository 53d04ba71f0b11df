"""Candidates: the mentions, events and claims that gold may have, and their spans."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.case import Case, ItemKind, Option
from dateline.adjudication.cases.case_list import CaseList
from dateline.annotations.grouping import Group
from dateline.annotations.items import TextItem, label_of, ranges_of, spans_of, text_items
from dateline.model import Range, Spans

LAYER_OF: Mapping[ItemKind, str] = {"mention": "entities", "event": "events", "claim": "claims"}


@dataclass(eq=False)
class Candidate:
    """A mention, event or claim of one or more annotators that gold may have.

    ``kept`` is None while that is open; ``spans`` are the first annotator's until then.
    """

    kind: ItemKind
    items: Mapping[str, TextItem]
    spans: Spans
    kept: bool | None

    @property
    def ref(self) -> str:
        """Its name in cases: ``ANNOTATOR:ID`` of the first annotator who has it."""
        name, item = next(iter(self.items.items()))
        return f"{name}:{item.id}"

    @property
    def key(self) -> str:
        """The items that it is made of, as part of a case's id."""
        return f"{self.kind}/{group_key({name: item.id for name, item in self.items.items()})}"

    @property
    def ranges(self) -> tuple[Range, ...]:
        """Its place in the text."""
        return ranges_of(self.spans)


class Candidates:
    """All candidates of a document, in the order of the text."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._sorted = sorted(candidates, key=lambda one: (one.ranges, one.ref))
        self._by_item = {
            (name, item.id): candidate
            for candidate in candidates
            for name, item in candidate.items.items()
        }

    def of_item(self, annotator: str, id_: str) -> Candidate:
        """The candidate that an annotator's item belongs to."""
        return self._by_item[annotator, id_]

    def kept(self, kind: ItemKind) -> Iterator[Candidate]:
        """The candidates of a kind that gold has."""
        return (one for one in self._sorted if one.kind == kind and one.kept)

    def named(self, ref: Any, kinds: Collection[ItemKind]) -> Candidate:
        """The kept candidate named ``ANNOTATOR:ID``, of one of these kinds. Raises ValueError."""
        annotator, _, id_ = ref.partition(":") if isinstance(ref, str) else ("", "", "")
        candidate = self._by_item.get((annotator, id_))
        if candidate is None or candidate.kind not in kinds or not candidate.kept:
            raise ValueError(f"{ref!r} is not a {' or '.join(kinds)} that was kept")
        return candidate


def collect_candidates(cases: CaseList) -> Candidates:
    """Collect the cases on which items gold has, and on their spans."""
    annotated = cases.annotated
    groups: dict[ItemKind, tuple[Group, ...]] = {
        "mention": annotated.groups.mentions,
        "event": annotated.groups.events,
        "claim": annotated.groups.claims,
    }
    items = {
        (name, id_): item
        for name, annotation in annotated.annotations.items()
        for id_, item in text_items(annotation).items()
    }
    return Candidates(
        [
            candidate
            for kind, some in groups.items()
            for group in some
            for candidate in _of_group(
                kind, {name: items[name, id_] for name, id_ in group.items()}, cases
            )
        ]
    )


def group_key(group: Group) -> str:
    """A group of items as part of a case's id."""
    return "+".join(f"{name}:{id_}" for name, id_ in group.items())


def _of_group(
    kind: ItemKind, items: Mapping[str, TextItem], cases: CaseList
) -> Iterator[Candidate]:
    """The candidates of matched items: one, or several if more than one span is chosen."""
    annotated = cases.annotated
    candidate = Candidate(kind, items, spans_of(next(iter(items.values()))), kept=True)
    # Items of a layer that nobody annotated are context, and not decided on.
    if LAYER_OF[kind] in annotated.layers:
        answer = cases.resolve(_presence_case(candidate, annotated))
        candidate.kept = None if answer is None else answer[0]
    spans = (
        cases.resolve(_span_case(candidate, annotated), annotated.validate_ranges)
        if candidate.kept
        else None
    )
    if spans is None:
        yield candidate
    elif len(spans) == 1:
        candidate.spans = annotated.spans(spans[0])
        yield candidate
    else:
        for ranges in spans:
            own = {name: item for name, item in items.items() if _ranges(item) == ranges}
            yield Candidate(kind, own, annotated.spans(ranges), kept=True)


def _presence_case(candidate: Candidate, annotated: AnnotatedDocument) -> Case:
    options = {}
    for name in annotated.annotations:
        item = candidate.items.get(name)
        text = f"{label_of(item)} {annotated.quote(_ranges(item))}" if item else "not there"
        options[name] = Option(value=item is not None, text=text)
    return Case(
        id=f"{candidate.key}/presence",
        kind="presence",
        item_kind=candidate.kind,
        detail="",
        ranges=candidate.ranges,
        options=options,
    )


def _span_case(candidate: Candidate, annotated: AnnotatedDocument) -> Case:
    ranges = {name: _ranges(item) for name, item in candidate.items.items()}
    every = [pair for some in ranges.values() for pair in some]
    return Case(
        id=f"{candidate.key}/span",
        kind="span",
        item_kind=candidate.kind,
        detail="",
        ranges=((min(start for start, _ in every), max(end for _, end in every)),),
        options={
            name: Option(value=some, text=annotated.quote(some)) for name, some in ranges.items()
        },
        allows_several=True,
    )


def _ranges(item: TextItem) -> list[list[int]]:
    return [[start, end] for start, end in ranges_of(spans_of(item))]
