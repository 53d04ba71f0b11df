"""Error analysis: kinds of errors by label, confusions, lost arguments, and examples in context."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from dateline.evaluation.columns.annotation_columns import EVENT
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.columns.shared_ids import argument_ids, event_ids
from dateline.evaluation.error_kinds import (
    BOTH,
    BOUNDARY,
    CORRECT,
    KINDS,
    MISSED,
    SPURIOUS,
    TYPE,
    Example,
    KindCounts,
    LayerErrors,
)
from dateline.evaluation.gold import Gold
from dateline.evaluation.placeless_errors import errors_without_place
from dateline.metrics.counts import IntArray
from dateline.metrics.span_matching import Matching, match_distinct
from dateline.metrics.spans import Spans
from dateline.model import LAYERS, Range, Struct
from dateline.text import excerpt

GOLD_ARGUMENTS = "gold arguments"
TRIGGER_MISSED, WRONG_EVENT_TYPE = "trigger missed", "wrong event type"
FILLER_MISSED, WRONG_ROLE = "argument missed", "wrong role"
WATERFALL = (
    GOLD_ARGUMENTS, TRIGGER_MISSED, WRONG_EVENT_TYPE, FILLER_MISSED, WRONG_ROLE, CORRECT,
)  # fmt: skip
"""Steps at which gold arguments are lost; each is counted at the first step that went wrong."""

T = TypeVar("T")
CONTEXT = 40
"""Code points shown before and after an error."""
WITHHELD = "text withheld; `dateline hydrate` restores it"
"""Shown in place of the context of an error."""


class ErrorAnalysis(Struct, frozen=True):
    """The errors on each layer, and at which step gold arguments were lost."""

    layers: tuple[LayerErrors, ...]
    waterfall: Mapping[str, int]
    arguments: tuple[Example, ...]


def analyze_errors(
    gold: Gold, inputs: ScoringInput, layers: Collection[str] = LAYERS, examples: int = 5
) -> ErrorAnalysis:
    """Break down the errors on some layers, with up to ``examples`` of each kind, in text order.

    Examples are spread evenly over all errors of their kind.
    """
    documents = [
        _Document(document.id, document.text, document.length) for document in gold.documents
    ]
    found = []
    for layer, column in (("entities", "mentions"), ("events", "events"), ("claims", "claims")):
        if layer not in layers or layer not in inputs.ontology.layers:
            continue
        annotated = inputs.annotated(layer)
        gold_spans, predicted_spans = (
            spans.take(annotated[spans.document])
            for spans in (getattr(inputs.gold, column), getattr(inputs.predicted, column))
        )
        if len(gold_spans) or len(predicted_spans):
            labels = inputs.ontology_index.types[layer].labels
            found.append(
                _layer_errors(layer, gold_spans, predicted_spans, labels, documents, examples)
            )
    found += [one for one in errors_without_place(inputs, layers) if one.kinds]
    has_arguments = "events" in layers and bool(inputs.ontology.roles)
    steps, lost = _waterfall(inputs, documents, examples) if has_arguments else ({}, [])
    return ErrorAnalysis(layers=tuple(found), waterfall=steps, arguments=tuple(lost))


class _Document(NamedTuple):
    """A document; the text is shorter than ``length`` if it is withheld."""

    id: str
    text: str
    length: int

    def words(self, start: int, end: int) -> str:
        if len(self.text) < self.length:
            return f"[{start}, {end}]"
        return excerpt(self.text, start, end)

    def context(self, start: int, end: int) -> str:
        if end > self.length:
            return "not in the text"
        return WITHHELD if len(self.text) < self.length else _in_context(self.text, start, end)


def _layer_errors(
    layer: str,
    gold: Spans,
    predicted: Spans,
    labels: Sequence[str],
    documents: Sequence[_Document],
    limit: int,
) -> LayerErrors:
    gold, predicted, matching, *_ = match_distinct(gold, predicted)
    counts = KindCounts(labels, KINDS)
    found: dict[str, list[tuple[int | None, int | None]]] = {}
    for kind, gold_row, predicted_row in _classified(len(gold), len(predicted), matching):
        counts.add(kind, _label(gold, gold_row, labels), _label(predicted, predicted_row, labels))
        found.setdefault(kind, []).append((gold_row, predicted_row))
    examples = []
    for kind in sorted(found.keys() - {CORRECT}, key=KINDS.index):
        for gold_row, predicted_row in _spread(found[kind], limit):
            shown = _label(predicted, predicted_row, labels)
            if kind in (BOUNDARY, BOTH) and predicted_row is not None:
                shown += f": {_words(predicted, predicted_row, documents)}"
            spans, row = (gold, gold_row) if gold_row is not None else (predicted, predicted_row)
            gold_label = _label(gold, gold_row, labels)
            examples.append(_example(kind, spans, row or 0, documents, gold_label, shown))
    return counts.errors(layer, tuple(examples))


def _label(spans: Spans, row: int | None, labels: Sequence[str]) -> str:
    return labels[spans.label[row]] if row is not None else ""


def _spread(found: Sequence[T], limit: int) -> list[T]:
    """Up to ``limit`` of them, from the first to the last part."""
    if len(found) <= limit:
        return [*found]
    return [found[(2 * number + 1) * len(found) // (2 * limit)] for number in range(limit)]


def _classified(
    gold_count: int, predicted_count: int, matching: Matching
) -> Iterator[tuple[str, int | None, int | None]]:
    """The kind of each pair and each unmatched item, with its gold and predicted row."""
    kinds = {
        (True, True): CORRECT, (True, False): TYPE, (False, True): BOUNDARY, (False, False): BOTH,
    }  # fmt: skip
    columns = (column.tolist() for column in matching)
    for gold_row, predicted_row, is_exact, is_typed in zip(*columns, strict=True):
        yield kinds[is_exact, is_typed], gold_row, predicted_row
    for row in np.setdiff1d(np.arange(gold_count), matching.gold).tolist():
        yield MISSED, row, None
    for row in np.setdiff1d(np.arange(predicted_count), matching.predicted).tolist():
        yield SPURIOUS, None, row


def _waterfall(
    inputs: ScoringInput, documents: Sequence[_Document], limit: int
) -> tuple[Mapping[str, int], list[Example]]:
    """Count each gold argument at the first step that went wrong."""
    annotated = inputs.annotated("events")
    gold, predicted = argument_ids(inputs, event_ids(inputs))
    events = inputs.predicted.events
    places = inputs.place_ids.of_predicted[EVENT]
    gold_places = inputs.place_ids.of_gold[EVENT][inputs.gold.arguments.event].tolist()
    triggers = _rows(events.document, places)
    typed_triggers = _rows(events.document, places, events.label)
    fillers = _rows(predicted.document, predicted.label, predicted.event, predicted.filler)
    arguments = _rows(*predicted)
    lost: dict[str, list[int]] = {step: [] for step in WATERFALL}
    seen = set()
    for row, argument in enumerate(zip(*(column.tolist() for column in gold), strict=True)):
        document, label, event, _, filler = argument
        trigger = gold_places[row]
        if not annotated[document] or argument in seen:
            continue
        seen.add(argument)
        if (document, trigger) not in triggers:
            step = TRIGGER_MISSED
        elif (document, trigger, label) not in typed_triggers:
            step = WRONG_EVENT_TYPE
        elif (document, label, event, filler) not in fillers:
            step = FILLER_MISSED
        elif argument not in arguments:
            step = WRONG_ROLE
        else:
            step = CORRECT
        lost[GOLD_ARGUMENTS].append(row)
        lost[step].append(row)
    examples = [
        _lost_argument(inputs, row, step, documents)
        for step in WATERFALL
        if step not in (GOLD_ARGUMENTS, CORRECT)
        for row in _spread(lost[step], limit)
    ]
    return {step: len(rows) for step, rows in lost.items()}, examples


def _rows(*columns: IntArray) -> set[tuple[int, ...]]:
    return set(zip(*(column.tolist() for column in columns), strict=True))


def _lost_argument(
    inputs: ScoringInput, row: int, step: str, documents: Sequence[_Document]
) -> Example:
    gold, index = inputs.gold, inputs.ontology_index
    arguments = gold.arguments
    event = int(arguments.event[row])
    event_type = index.types["events"].labels[gold.events.label[event]]
    role = index.roles.labels[arguments.role[row]]
    fillers = (gold.mentions, gold.events, gold.claims)[arguments.kind[row]]
    words = _words(fillers, int(arguments.filler[row]), documents)
    return _example(step, gold.events, event, documents, f"{event_type}, {role}: {words}", "")


def _example(
    kind: str,
    spans: Spans,
    row: int,
    documents: Sequence[_Document],
    gold: str,
    predicted: str,
) -> Example:
    document = documents[spans.document[row]]
    start, end = _bounds(spans, row)
    return Example(
        kind=kind,
        document=document.id,
        start=start,
        end=end,
        gold=gold,
        predicted=predicted,
        context=document.context(start, end),
    )


def _words(spans: Spans, row: int, documents: Sequence[_Document]) -> str:
    document = documents[int(spans.document[row])]
    return document.words(*_bounds(spans, row))


def _in_context(text: str, start: int, end: int) -> str:
    """The span in brackets, with whole words before and after it."""
    text = text.replace("\n", " ")
    first, last = max(start - CONTEXT, 0), min(end + CONTEXT, len(text))
    before, after = excerpt(text, first, start), excerpt(text, end, last)
    if first:
        before = f"…{before[before.find(' ') + 1 :]}"
    if last < len(text):
        after = f"{after[: after.rfind(' ') + 1].rstrip()}…"
    return f"{before}[{excerpt(text, start, end)}]{after}"


def _bounds(spans: Spans, row: int) -> Range:
    """The start of the first fragment and the end of the last."""
    return int(spans.start[spans.offsets[row]]), int(spans.end[spans.offsets[row + 1] - 1])
