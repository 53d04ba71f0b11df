"""Contrast consistency: the share of contrast sets in which a system is right on all members.

Gardner et al., "Evaluating Models' Local Decision Boundaries via Contrast Sets", Findings of EMNLP
2020.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dateline.annotations.contrasts.alignment import align
from dateline.evaluation.columns.annotation_columns import (
    MISSING_ROW,
    AnnotationColumns,
    RelationRows,
)
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.counting import CountedMeasure
from dateline.evaluation.gold import Gold
from dateline.evaluation.measures.groups import MEAN, F, Group, MeasureCounts
from dateline.evaluation.report import FEWEST_RELIABLE, Consistency
from dateline.metrics.counts import (
    GOLD,
    HIT_GOLD,
    HIT_PREDICTED,
    PREDICTED,
    BoolArray,
    IntArray,
)
from dateline.metrics.spans import Spans, overlaps

SMALLEST_ERROR = 1e-6
"""Credit for parts of chains is a fraction, so sums of it are not exact."""


class ContrastSets:
    """The contrast sets of gold, which has contrasts and their originals.

    ``members`` are the numbers of the original and of its contrasts, by the original's id.
    ``left_out`` are contrasts whose original has no gold here, or whose set lacks a text.
    ``edited`` are the edited sentences of all members.
    """

    def __init__(self, gold: Gold) -> None:
        self.gold = gold
        columns = gold.columns
        numbers = {name: number for number, name in enumerate(columns.document_ids)}
        withheld = {name for name, text in columns.texts.items() if text.withheld is not None}
        contrasts: dict[str, list[str]] = {}
        for name, original in sorted(gold.contrasts.items()):
            contrasts.setdefault(original, []).append(name)
        self.members: dict[str, list[int]] = {}
        self.left_out: list[str] = []
        texts = _Texts(gold)
        edited: set[tuple[int, int, int]] = set()
        for original, names in contrasts.items():
            if original not in numbers or withheld & {original, *names}:
                self.left_out += names
                continue
            first, *others = self.members[original] = [numbers[n] for n in (original, *names)]
            for other in others:
                edited |= texts.edited_sentences(first, other)
        self.edited = Spans.of((document, 0, [(s, e)]) for document, s, e in sorted(edited))


def unpredicted(gold: Gold, runs: Sequence[ScoringInput]) -> list[set[str]]:
    """For each run, the contrasts of this gold that it has no prediction for."""
    return [{*run.missing} & gold.contrasts.keys() for run in runs]


def contrast_consistency(
    sets: ContrastSets, runs: Sequence[ScoringInput], groups: Sequence[Group]
) -> Iterator[CountedMeasure]:
    """By each primary measure but those of rankings, and by joint attributes, which sets are right.

    The documents of what is counted are the originals, one for each set.

    A set is right if the score of each member is 1 on the items in its edited sentences: none is
    missed, and none is spurious. Sets without gold items there are not counted, and neither are
    those with a member that is not annotated on the layer.
    """
    inputs = [only_in(run, sets.edited) for run in runs]
    for group in groups:
        is_annotated = runs[0].annotated(group.layer)
        kept = {
            name: members for name, members in sets.members.items() if is_annotated[members].all()
        }
        measured = [
            {one.name: one for one in group.measure(run) if group.is_decisive(one.name)}
            for run in inputs
        ]
        for name, first in measured[0].items():
            of_runs = [run[name] for run in measured if name in run]
            if first.statistic != MEAN and len(of_runs) == len(runs):
                yield from _counted(group.name, name, of_runs, kept)


def consistency(measure: CountedMeasure, units: Mapping[str, str]) -> Consistency:
    """The share of sets that are right."""
    average = next(measure.averages(units))
    return Consistency(
        group=measure.group,
        measure=measure.measure,
        sets=len(measure.document_ids),
        right=float(measure.counts[..., HIT_GOLD].mean(axis=0).sum()),
        reliable=len(measure.document_ids) >= FEWEST_RELIABLE,
        value=average.value,
        interval=average.interval,
        deviation=average.deviation,
    )


def only_in(run: ScoringInput, sentences: Spans) -> ScoringInput:
    """The input with all items outside of these sentences in further documents, out of the way."""
    size = run.document_count
    gold, predicted = (_moved_out(side, sentences, size) for side in (run.gold, run.predicted))
    return run.with_columns(gold, predicted, run.document_ids * 2)


def _counted(
    group: str,
    name: str,
    of_runs: Sequence[MeasureCounts],
    members: Mapping[str, Sequence[int]],
) -> Iterator[CountedMeasure]:
    items = np.stack([one.counts for one in of_runs])
    missed = items[..., GOLD] - items[..., HIT_GOLD]
    spurious = items[..., PREDICTED] - items[..., HIT_PREDICTED]
    right: BoolArray = np.asarray(np.maximum(missed, spurious) < SMALLEST_ERROR)
    has_gold = items[0, ..., GOLD].sum(axis=-1) > 0
    counted = {original: some for original, some in members.items() if has_gold[some].any()}
    if not counted:
        return
    is_right = np.stack([right[:, some].all(axis=(1, 2)) for some in counted.values()], axis=1)
    counts = np.ones((*is_right.shape, 1, 4))
    counts[..., [HIT_GOLD, HIT_PREDICTED]] = is_right[..., None, None]
    yield CountedMeasure(group, name, False, ("",), F, counts, tuple(counted))


def _moved_out(side: AnnotationColumns, edited: Spans, size: int) -> AnnotationColumns:
    """The columns with items that touch no edited sentence in document d + size instead of d."""
    mentions, events, claims = (
        _is_outside(spans, edited) for spans in (side.mentions, side.events, side.claims)
    )
    moved_claims = _in_other(side.claims, claims, size)
    return side._replace(
        mentions=_in_other(side.mentions, mentions, size),
        events=_in_other(side.events, events, size),
        claims=moved_claims,
        cues=side.cues.in_documents(moved_claims.document[side.cues.label]),
        # A chain ends with its document.
        chain=2 * side.chain + mentions,
        cluster=2 * side.cluster + events,
        relations=_with_source(side.relations, mentions, size),
        event_relations=_with_source(side.event_relations, events, size),
        claim_relations=_with_source(side.claim_relations, claims, size),
    )


def _is_outside(spans: Spans, edited: Spans) -> BoolArray:
    found = np.ones(len(spans), np.bool_)
    found[overlaps(spans, edited)[0]] = False
    return found


def _in_other(spans: Spans, is_moved: BoolArray, size: int) -> Spans:
    return spans.in_documents(spans.document + size * is_moved)


def _with_source(rows: RelationRows, is_moved: BoolArray, size: int) -> RelationRows:
    """Relations in the documents of their sources; those of a missing source stay."""
    there = rows.source != MISSING_ROW
    document = rows.document.copy()
    document[there] += size * is_moved[rows.source[there]]
    return rows._replace(document=document)


class _Texts:
    """Words and sentences of documents, by their numbers."""

    def __init__(self, gold: Gold) -> None:
        self._texts = [text.text for text in gold.columns.texts.values()]
        self._tokens, self._sentences = gold.columns.tokens, gold.columns.sentences

    def edited_sentences(self, one: int, other: int) -> set[tuple[int, int, int]]:
        """Document, start and end of the sentences of two texts that an edit changes.

        They are those with an edited word, and those of the other text that have the other words of
        such a sentence.
        """
        (before, sentences), (after, other_sentences) = self._words(one), self._words(other)
        edited: set[tuple[int, int, int]] = set()
        kept: list[set[tuple[int, int, int]]] = []
        for left, right in align(before, after):
            if left is not None and right is not None and before[left] == after[right]:
                kept.append({sentences[left], other_sentences[right]})
                continue
            if left is not None:
                edited.add(sentences[left])
            if right is not None:
                edited.add(other_sentences[right])
        return edited.union(*(ends for ends in kept if ends & edited))

    def _words(self, number: int) -> tuple[list[str], list[tuple[int, int, int]]]:
        """The words of a document, and the sentence of each."""
        text = self._texts[number]
        starts, ends = _ranges_of(self._sentences, number)
        token_starts, token_ends = _ranges_of(self._tokens, number)
        words = [text[s:e] for s, e in zip(token_starts, token_ends, strict=True)]
        at = np.maximum(np.searchsorted(starts, token_starts, side="right") - 1, 0)
        return words, [(number, int(starts[n]), int(ends[n])) for n in at]


def _ranges_of(spans: Spans, document: int) -> tuple[IntArray, IntArray]:
    first, last = np.searchsorted(spans.document, [document, document + 1])
    return spans.start[first:last], spans.end[first:last]
