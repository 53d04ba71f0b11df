"""What kind of errors a system makes, where they come from, and what they look like in the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from dateline.evaluation.columns.annotation_columns import EVENT, AnnotationColumns
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.columns.shared_ids import argument_ids
from dateline.evaluation.gold import Gold
from dateline.metrics.span_matching import match
from dateline.metrics.spans import Spans, distinct_rows
from dateline.model import LAYERS, Range, Struct
from dateline.predictions.label_index import LabelIndex
from dateline.text import excerpt

RIGHT, TYPE, BOUNDARY, BOTH, MISSED, SPURIOUS = (
    "right",
    "type",
    "boundary",
    "boundary and type",
    "missed",
    "spurious",
)
AROUND = 40
"""Code points shown on either side of an error."""
KINDS = (RIGHT, TYPE, BOUNDARY, BOTH, MISSED, SPURIOUS)
"""What becomes of an item: found, found with another label, found elsewhere, both, or not matched.

After Chinchor and Sundheim, "MUC-5 Evaluation Metrics", MUC-5 1993, on one optimal assignment."""

WATERFALL = (
    "gold arguments",
    "trigger missed",
    "trigger of another type",
    "filler not attached",
    "wrong role",
    "right",
)


class Example(Struct, frozen=True):
    """An error in its context; a label is empty where the side has no such item.

    Where the predicted place is another, its words stand beside its label.
    """

    kind: str
    document: str
    start: int
    gold: str
    predicted: str
    context: str


class LayerErrors(Struct, frozen=True):
    """The errors on a layer's items: kinds by label, and which label was taken for which.

    Kinds are counted by the gold label, spurious items by the predicted one. ``confusions`` has
    gold labels, then predicted labels, of items that were matched.
    """

    layer: str
    kinds: Mapping[str, Mapping[str, int]]
    confusions: Mapping[str, Mapping[str, int]]
    examples: tuple[Example, ...]


class Errors(Struct, frozen=True):
    """The errors on every layer, and where gold arguments were lost, step by step."""

    layers: tuple[LayerErrors, ...]
    waterfall: Mapping[str, int]
    arguments: tuple[Example, ...]


def errors(
    gold: Gold, inputs: ScoringInput, layers: Collection[str] = LAYERS, examples: int = 5
) -> Errors:
    """The errors of a pair on some layers.

    ``examples`` of each kind are shown, the first in the text.
    """
    texts = [document.text for document in gold.documents]
    found = []
    for layer, spans in (("entities", "mentions"), ("events", "events"), ("claims", "claims")):
        kept = inputs.annotated(layer)
        sides = [getattr(side, spans) for side in (inputs.gold, inputs.predicted)]
        ours, theirs = (side.take(np.flatnonzero(kept[side.document])) for side in sides)
        if layer in layers and (len(ours) or len(theirs)):
            made = _Layer(layer, ours, theirs, inputs.ontology_index.types[layer])
            found.append(made.errors(inputs.document_ids, texts, examples))
    steps, lost = _waterfall(inputs, texts, examples) if "events" in layers else ({}, [])
    return Errors(layers=tuple(found), waterfall=steps, arguments=tuple(lost))


class _Layer:
    def __init__(self, layer: str, gold: Spans, predicted: Spans, names: LabelIndex) -> None:
        self._layer = layer
        self._gold, self._predicted = (
            gold.take(distinct_rows(gold)),
            predicted.take(distinct_rows(predicted)),
        )
        self._names = names
        self._found = match(self._gold, self._predicted)

    def errors(self, documents: Sequence[str], texts: Sequence[str], examples: int) -> LayerErrors:
        labels = self._names.labels
        kinds: dict[str, Counter[str]] = {}
        confusions: dict[str, Counter[str]] = {}
        shown: list[Example] = []
        taken: Counter[str] = Counter()
        for kind, gold, predicted in self._items():
            mine = labels[self._gold.label[gold]] if gold is not None else ""
            theirs = labels[self._predicted.label[predicted]] if predicted is not None else ""
            kinds.setdefault(mine or theirs, Counter())[kind] += 1
            if mine and theirs:
                confusions.setdefault(mine, Counter())[theirs] += 1
            if kind != RIGHT and taken[kind] < examples:
                taken[kind] += 1
                spans, row = (
                    (self._gold, gold) if gold is not None else (self._predicted, predicted)
                )
                said = theirs
                if kind in (BOUNDARY, BOTH) and predicted is not None:
                    text = texts[int(self._predicted.document[predicted])]
                    said = f"{theirs}: {excerpt(text, *_bounds(self._predicted, predicted))}"
                shown.append(_example(kind, spans, row, documents, texts, mine, said))
        order = {label: number for number, label in enumerate(labels)}
        return LayerErrors(
            layer=self._layer,
            kinds={
                label: {kind: kinds[label][kind] for kind in KINDS}
                for label in sorted(kinds, key=order.__getitem__)
            },
            confusions={
                label: dict(confusions[label].most_common())
                for label in sorted(confusions, key=order.__getitem__)
            },
            examples=tuple(sorted(shown, key=lambda e: KINDS.index(e.kind))),
        )

    def _items(self) -> Iterator[tuple[str, int | None, int | None]]:
        found = self._found
        left = set(range(len(self._gold)))
        spurious = set(range(len(self._predicted)))
        for gold, predicted, exact, typed in zip(*found, strict=True):
            left.discard(int(gold))
            spurious.discard(int(predicted))
            kind = (RIGHT if typed else TYPE) if exact else (BOUNDARY if typed else BOTH)
            yield kind, int(gold), int(predicted)
        for row in sorted(left):
            yield MISSED, row, None
        for row in sorted(spurious):
            yield SPURIOUS, None, row


def _waterfall(
    inputs: ScoringInput, texts: Sequence[str], examples: int
) -> tuple[Mapping[str, int], list[Example]]:
    """Each gold argument gets one fate, the first thing that went wrong on the way to it."""
    kept = inputs.annotated("events")
    gold, predicted = argument_ids(inputs)
    places = inputs.place_ids.of_predicted[EVENT]
    triggers = set(zip(inputs.predicted.events.document.tolist(), places.tolist(), strict=True))
    events = {
        (document, place, label)
        for document, place, label in zip(
            inputs.predicted.events.document.tolist(),
            places.tolist(),
            inputs.predicted.events.label.tolist(),
            strict=True,
        )
    }
    attached = set(
        zip(*(c.tolist() for c in predicted._replace(role=predicted.filler)), strict=True)
    )
    whole = set(zip(*(column.tolist() for column in predicted), strict=True))
    steps: Counter[str] = Counter()
    shown: list[Example] = []
    seen = set()
    for row, argument in enumerate(zip(*(column.tolist() for column in gold), strict=True)):
        document, label, trigger, _, filler = argument
        if not kept[document] or argument in seen:
            continue
        seen.add(argument)
        if (document, trigger) not in triggers:
            fate = "trigger missed"
        elif (document, trigger, label) not in events:
            fate = "trigger of another type"
        elif (document, label, trigger, filler, filler) not in attached:
            fate = "filler not attached"
        elif argument not in whole:
            fate = "wrong role"
        else:
            fate = "right"
        steps["gold arguments"] += 1
        steps[fate] += 1
        if fate != "right" and steps[fate] <= examples:
            shown.append(_lost(inputs, row, fate, texts))
    return {step: steps[step] for step in WATERFALL}, sorted(
        shown, key=lambda e: WATERFALL.index(e.kind)
    )


def _lost(inputs: ScoringInput, row: int, fate: str, texts: Sequence[str]) -> Example:
    side: AnnotationColumns = inputs.gold
    event, filler = int(side.arguments.event[row]), int(side.arguments.filler[row])
    role = inputs.ontology_index.roles.labels[int(side.arguments.role[row])]
    label = inputs.ontology_index.types["events"].labels[int(side.events.label[event])]
    filled = (side.mentions, side.events, side.claims)[int(side.arguments.kind[row])]
    text = texts[int(filled.document[filler])]
    words = excerpt(text, *_bounds(filled, filler))
    name = f"{label}, {role}: {words}"
    return _example(fate, side.events, event, inputs.document_ids, texts, name, "")


def _example(
    kind: str,
    spans: Spans,
    row: int | None,
    documents: Sequence[str],
    texts: Sequence[str],
    gold: str,
    predicted: str,
) -> Example:
    row = row or 0
    document = int(spans.document[row])
    start, end = _bounds(spans, row)
    text = texts[document]
    return Example(
        kind=kind,
        document=documents[document],
        start=start,
        gold=gold,
        predicted=predicted,
        context=_in_context(text, start, end) if end <= len(text) else "nowhere in the text",
    )


def _in_context(text: str, start: int, end: int) -> str:
    """The place in brackets, with whole words around it."""
    text = text.replace("\n", " ")
    first, last = max(start - AROUND, 0), min(end + AROUND, len(text))
    before, after = excerpt(text, first, start), excerpt(text, end, last)
    if first:
        before = f"…{before[before.find(' ') + 1 :]}"
    if last < len(text):
        after = f"{after[: after.rfind(' ') + 1].rstrip()}…"
    return f"{before}[{excerpt(text, start, end)}]{after}"


def _bounds(spans: Spans, row: int) -> Range:
    """Where the first fragment starts and the last ends."""
    return int(spans.start[spans.offsets[row]]), int(spans.end[spans.offsets[row + 1] - 1])
