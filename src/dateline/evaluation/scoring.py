"""Scores of predictions against gold: counts, rates, intervals, and their signature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.evaluation.columns.scoring_input import MatchingOptions, ScoringInput
from dateline.evaluation.gold import Gold, gold_of_corpus, gold_of_dataset, read_gold
from dateline.evaluation.measures.groups import (
    BLANC,
    CONLL,
    GROUPS,
    STATISTICS,
    F,
    Group,
    MeasureCounts,
)
from dateline.evaluation.signature import Signature, sign
from dateline.metrics.counts import (
    GOLD,
    HIT_GOLD,
    HIT_PREDICTED,
    PREDICTED,
    Counts,
    defined,
    f_score,
    macro_f,
    precision,
    recall,
)
from dateline.metrics.resampling import draws, interval, resampled_sums
from dateline.model import LAYERS, Struct
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem
from dateline.predictions.reading import as_prediction, read_predictions

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

    Goldlike: TypeAlias = str | Path | Corpus | Gold | Dataset | DatasetDict
    Predictionlike: TypeAlias = str | Path | Iterable[Prediction | Mapping[str, Any]]

for module in ("entities", "coreference", "events", "claims"):
    import_module(f"dateline.evaluation.measures.{module}")  # which puts its groups into the table

RESAMPLES, SEED = 1000, 13
FEW = 10
"""Up to so many documents an interval is no more than a hint, and that is said."""


class Rates(Struct, frozen=True):
    """Counts and the rates made of them; None is undefined, as a precision without predictions."""

    hit_gold: float
    gold: float
    hit_predicted: float
    predicted: float
    precision: float | None
    recall: float | None
    f: float | None


class Score(Struct, frozen=True):
    """A measure of one group.

    ``value`` is the number to cite: F of the sums for most, a mean where ``statistic`` says so, and
    what BLANC and CoNLL define. ``interval`` is its 95 % bootstrap interval over documents, None
    with fewer than two. ``total`` is None for BLANC and CoNLL, whose classes are not to be added
    up. ``macro`` is the mean F of labels, None where there is one label only.
    """

    group: str
    measure: str
    statistic: str
    value: float | None
    interval: tuple[float, float] | None
    total: Rates | None
    macro: float | None
    macro_interval: tuple[float, float] | None
    labels: Mapping[str, Rates]
    documents: Mapping[str, Rates]


class Report(Struct, frozen=True):
    """All scores, with what they rest on: signature, what was wrong, and what to keep in mind."""

    signature: Signature
    scores: tuple[Score, ...]
    problems: tuple[PredictionProblem, ...]
    notes: tuple[str, ...]

    def score(self, group: str, measure: str) -> Score:
        """One score by its group and measure. Raises KeyError where it was not computed."""
        for score in self.scores:
            if (score.group, score.measure) == (group, measure):
                return score
        raise KeyError(f"{group}: {measure}")


class Counted(NamedTuple):
    """A measure with its counts on the documents that are scored, before any rate."""

    group: str
    measured: MeasureCounts
    document_ids: tuple[str, ...]

    @property
    def name(self) -> str:
        """Group and measure."""
        return f"{self.group}: {self.measured.name}"


def score(
    predictions: Predictionlike,
    gold: Goldlike,
    *,
    layers: Sequence[str] = (),
    split: str | None = None,
    ontology: Ontology | None = None,
    options: MatchingOptions | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    per_document: bool = False,
) -> Report:
    """Score predictions against gold.

    ``predictions`` is a file of JSON Lines, or predictions as structs or dicts. ``gold`` is the
    folder of a corpus or of a built dataset, a Corpus, or a loaded Dataset of the config
    ``documents``; ``ontology`` says which labels that has, where it is not the one that came with
    the package. ``layers`` are layers or groups of measures; without any, those that the
    predictions say anything of. Offsets are code points, end exclusive.

    Raises DatelineError where predictions are about other documents or texts, or are not of the
    right shape.
    """
    against = as_gold(gold, split, ontology)
    inputs = ScoringInput(against, as_predictions(predictions), options)
    return report(
        against, inputs, chosen(layers, inputs), resamples, seed, per_document=per_document
    )


def report(
    gold: Gold,
    inputs: ScoringInput,
    groups: Sequence[Group],
    resamples: int = RESAMPLES,
    seed: int = SEED,
    *,
    per_document: bool = False,
) -> Report:
    """The scores of a pair on some groups of measures."""
    drawn: dict[int, Any] = {}
    scores = []
    for counted in count(inputs, groups):
        number = len(counted.document_ids)
        if number not in drawn:
            drawn[number] = draws(number, resamples, seed) if number > 1 and resamples else None
        scores.append(_score(counted, drawn[number], per_document=per_document))
    return Report(
        signature=sign(gold, inputs, tuple(group.name for group in groups), resamples, seed),
        scores=tuple(scores),
        problems=tuple(inputs.problems),
        notes=tuple(_notes(inputs, groups)),
    )


def count(inputs: ScoringInput, groups: Iterable[Group]) -> list[Counted]:
    """The counts of every measure, on the documents that the gold has annotated on its layer."""
    if inputs.options.given_triggers:
        _refuse_other_triggers(inputs)
    found = []
    for group in groups:
        kept = inputs.annotated(group.layer)
        names = tuple(np.array(inputs.document_ids, object)[kept])
        for measured in group.measure(inputs):
            found.append(
                Counted(group.name, measured._replace(counts=measured.counts[kept]), names)
            )
    return found


def chosen(layers: Sequence[str], inputs: ScoringInput) -> list[Group]:
    """The groups that some layers or groups name; without any, those that are predicted.

    Raises DatelineError where a name is neither.
    """
    known = {*LAYERS, *GROUPS}
    for name in layers:
        if name not in known:
            raise DatelineError(
                f"--layer {name}: is neither a layer nor a group of measures. Layers are "
                f"{', '.join(LAYERS)}; groups are {', '.join(GROUPS)}."
            )
    groups = [
        group
        for group in GROUPS.values()
        if group.name in layers
        or (not layers and group.has_items(inputs.predicted))
        or (
            group.layer in layers
            and (group.has_items(inputs.gold) or group.has_items(inputs.predicted))
        )
    ]
    if not groups:
        raise DatelineError(
            "the predictions say nothing that could be scored; name a layer with --layer."
        )
    return groups


def as_gold(gold: Goldlike, split: str | None = None, ontology: Ontology | None = None) -> Gold:
    """Gold from whatever holds it. Raises DatelineError where it holds none."""
    if isinstance(gold, Gold):
        return gold
    if isinstance(gold, Corpus):
        return gold_of_corpus(gold, split)
    if isinstance(gold, str | Path):
        return read_gold(Path(gold), split, ontology)
    parts = list(gold.values()) if isinstance(gold, dict) else [gold]
    if split is not None:
        parts = [part for part in parts if str(part.split) == split]
    return gold_of_dataset(parts, ontology, split)


def as_predictions(predictions: Predictionlike) -> Iterable[Prediction]:
    """Predictions from a file or from values. Raises DatelineError where one has another shape."""
    if isinstance(predictions, str | Path):
        return read_predictions(Path(predictions))
    return (as_prediction(value, number) for number, value in enumerate(predictions))


def rates(counts: Counts) -> Rates:
    """The rates of four counts."""
    return Rates(
        hit_gold=float(counts[HIT_GOLD]),
        gold=float(counts[GOLD]),
        hit_predicted=float(counts[HIT_PREDICTED]),
        predicted=float(counts[PREDICTED]),
        precision=defined(precision(counts)),
        recall=defined(recall(counts)),
        f=defined(f_score(counts)),
    )


def _score(counted: Counted, drawn: Any, *, per_document: bool) -> Score:
    measured = counted.measured
    statistic = STATISTICS[measured.statistic]
    total = measured.counts.sum(axis=0)
    has_macro = measured.statistic == F and len(measured.labels) > 1
    sums = None if drawn is None else resampled_sums(measured.counts, drawn)
    documents = measured.counts.sum(axis=1)
    return Score(
        group=counted.group,
        measure=measured.name,
        statistic=measured.statistic,
        value=defined(statistic(total)),
        interval=None if sums is None else interval(statistic(sums)),
        total=None if measured.statistic in (BLANC, CONLL) else rates(total.sum(axis=0)),
        macro=defined(macro_f(total)) if has_macro else None,
        macro_interval=interval(macro_f(sums)) if has_macro and sums is not None else None,
        labels={
            label: rates(counts)
            for label, counts in zip(measured.labels, total, strict=True)
            if label and counts.any()
        },
        documents={
            name: rates(counts)
            for name, counts in zip(counted.document_ids, documents, strict=True)
        }
        if per_document
        else {},
    )


def _notes(inputs: ScoringInput, groups: Sequence[Group]) -> Iterable[str]:
    if inputs.missing:
        shown = ", ".join(inputs.missing[:5]) + (", …" if len(inputs.missing) > 5 else "")
        yield (
            f"{len(inputs.missing)} of {inputs.document_count} documents have no prediction, so "
            f"all of their gold counts as missed: {shown}"
        )
    if inputs.document_count == 1:
        yield "one document: a score on one text says little about any other, and has no interval"
    elif inputs.document_count <= FEW:
        yield f"{inputs.document_count} documents only: the intervals are a hint and no more"
    unscored = [g.name for g in GROUPS.values() if g not in groups and g.has_items(inputs.gold)]
    if unscored:
        yield (
            "in the gold, and not scored because it is neither predicted nor asked for: "
            f"{', '.join(unscored)}"
        )
    for group in groups:
        left_out = int(np.count_nonzero(~inputs.annotated(group.layer)))
        if left_out:
            yield f"{group.name}: {left_out} documents without gold on this layer were left out"


def _refuse_other_triggers(inputs: ScoringInput) -> None:
    found = inputs.event_matches
    right = int(np.count_nonzero(found.exact & found.typed))
    if not right == len(inputs.gold.events) == len(inputs.predicted.events):
        raise DatelineError(
            f"the triggers were given, so predicted events must be the gold ones; {right} of "
            f"{len(inputs.gold.events)} gold triggers are predicted with their types, and "
            f"{len(inputs.predicted.events) - right} others."
        )
