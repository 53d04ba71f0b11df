"""Scores predictions against gold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, InvalidInputError
from dateline.evaluation.columns.scoring_input import MatchingOptions, ScoringInput
from dateline.evaluation.gold import (
    DatasetTable,
    Gold,
    gold_of_corpus,
    gold_of_dataset,
    ontology_at,
    read_gold,
    with_ontology,
)
from dateline.evaluation.measures.groups import (
    BLANC,
    CONLL,
    GROUPS,
    STATISTICS,
    F,
    Group,
    MeasureCounts,
)
from dateline.evaluation.report import Report, Score, rates
from dateline.evaluation.signature import sign
from dateline.metrics.counts import defined, macro_f
from dateline.metrics.resampling import draws, interval, resampled_sums
from dateline.model import LAYERS
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.reading import as_prediction, read_predictions
from dateline.rendering.listing import listed

GoldSource: TypeAlias = (
    str | Path | Corpus | Gold | DatasetTable | Mapping[str, DatasetTable]  # a DatasetDict
)
OntologySource: TypeAlias = str | Path | Ontology
PredictionSource: TypeAlias = str | Path | Iterable[Prediction | Mapping[str, Any]]

for module in ("entities", "coreference", "events", "claims"):
    import_module(f"dateline.evaluation.measures.{module}")  # adds its groups to GROUPS

RESAMPLES, SEED = 1000, 13
FEW = 10
"""Number of documents up to which a note warns that intervals are unreliable."""
SHOWN = 5
"""How many documents a note lists."""


class CountedMeasure(NamedTuple):
    """A measure with its counts on the documents that are scored."""

    group: str
    measured: MeasureCounts
    document_ids: tuple[str, ...]

    @property
    def name(self) -> str:
        """Group and measure."""
        return f"{self.group}: {self.measured.name}"


def score(
    predictions: PredictionSource,
    gold: GoldSource,
    *,
    layers: str | Sequence[str] = (),
    split: str | None = None,
    ontology: OntologySource | None = None,
    options: MatchingOptions | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    per_document: bool = False,
) -> Report:
    """Score predictions against gold.

    ``predictions`` is the path of a JSON Lines file, or predictions as structs or dicts. Their
    offsets are Unicode code points, end exclusive. ``gold`` is the path of a corpus or of a built
    dataset, a Corpus, or a Dataset or DatasetDict of the config ``documents``. The latter do not
    carry their ontology: ``ontology`` is the path of the ontology.schema.json, corpus or built
    dataset that has it.

    ``layers`` are layers or groups of measures such as ``"coreference"``, by default all that are
    predicted. ``split`` scores the documents of one split. ``resamples`` and ``seed`` are those of
    the bootstrap intervals. ``per_document`` adds the counts of each document to the report, which
    `compare` needs.

    Raises DatelineError if a prediction has not the right shape, or is about a document or text
    that the gold does not have.
    """
    found = as_gold(gold, split, ontology)
    inputs = ScoringInput(found, as_predictions(predictions), options)
    groups = select_groups(layers, inputs)
    return score_groups(found, inputs, groups, resamples, seed, per_document=per_document)


def score_groups(
    gold: Gold,
    inputs: ScoringInput,
    groups: Sequence[Group],
    resamples: int = RESAMPLES,
    seed: int = SEED,
    *,
    per_document: bool = False,
) -> Report:
    """The scores of some groups of measures."""
    drawn: dict[int, Any] = {}
    scores = []
    for counted in count_groups(inputs, groups):
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


def count_groups(inputs: ScoringInput, groups: Iterable[Group]) -> list[CountedMeasure]:
    """The counts of each measure, on the documents whose gold was annotated on its layer."""
    if inputs.options.given_triggers:
        _refuse_other_triggers(inputs)
    found = []
    for group in groups:
        kept = inputs.annotated(group.layer)
        names = tuple(np.array(inputs.document_ids, object)[kept])
        for measured in group.measure(inputs):
            found.append(
                CountedMeasure(group.name, measured._replace(counts=measured.counts[kept]), names)
            )
    return found


def select_groups(layers: str | Sequence[str], inputs: ScoringInput) -> list[Group]:
    """The groups of measures by the names of layers or groups; without names, those predicted.

    Raises InvalidInputError for a name that is neither, or if nothing is left to score.
    """
    names = (layers,) if isinstance(layers, str) else tuple(layers)
    for name in names:
        if name not in (*LAYERS, *GROUPS):
            raise InvalidInputError(
                f"layers: {name!r} is neither a layer nor a group of measures. "
                f"Allowed layers: {', '.join(LAYERS)}. Allowed groups: {', '.join(GROUPS)}."
            )
    gold, predicted = inputs.gold, inputs.predicted
    groups = [
        group
        for group in GROUPS.values()
        if group.name in names
        or (not names and group.has_items(predicted))
        or (group.layer in names and (group.has_items(gold) or group.has_items(predicted)))
    ]
    if not groups:
        raise InvalidInputError(
            "the predictions have no items to score. Name layers to score them as missed."
        )
    return groups


def as_gold(
    gold: GoldSource, split: str | None = None, ontology: OntologySource | None = None
) -> Gold:
    """Gold from any source. Raises DatelineError if it has none, or has other labels."""
    if isinstance(ontology, str | Path):
        ontology = ontology_at(Path(ontology))
    if isinstance(gold, Gold):
        return with_ontology(gold, ontology)
    if isinstance(gold, Corpus):
        return with_ontology(gold_of_corpus(gold, split), ontology)
    if isinstance(gold, str | Path):
        return read_gold(Path(gold), split, ontology)
    parts = list(gold.values()) if isinstance(gold, Mapping) else [gold]
    if split is not None:
        parts = [part for part in parts if str(part.split) == split]
    return gold_of_dataset(parts, ontology, split)


def as_predictions(predictions: PredictionSource) -> Iterator[Prediction]:
    """Predictions from a file or from values. Raises InvalidInputError for a wrong shape."""
    if isinstance(predictions, str | Path):
        return read_predictions(Path(predictions))
    return (as_prediction(value, number) for number, value in enumerate(predictions))


def _score(counted: CountedMeasure, drawn: Any, *, per_document: bool) -> Score:
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
        macro_f1=defined(macro_f(total)) if has_macro else None,
        macro_f1_interval=interval(macro_f(sums)) if has_macro and sums is not None else None,
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


def _notes(inputs: ScoringInput, groups: Sequence[Group]) -> Iterator[str]:
    if inputs.missing:
        yield (
            f"{len(inputs.missing)} of {inputs.document_count} documents have no prediction, so "
            f"all of their gold counts as missed: {', '.join(listed(inputs.missing, SHOWN))}"
        )
    if inputs.document_count == 1:
        yield "one document: the scores have no interval and say little about other texts"
    elif inputs.document_count <= FEW:
        yield f"only {inputs.document_count} documents: the intervals are unreliable"
    unscored = [g.name for g in GROUPS.values() if g not in groups and g.has_items(inputs.gold)]
    if unscored:
        yield f"in the gold, but not predicted and not scored: {', '.join(unscored)}"
    for group in groups:
        left_out = int(np.count_nonzero(~inputs.annotated(group.layer)))
        if left_out:
            yield f"{group.name}: {left_out} documents without gold on this layer were left out"


def _refuse_other_triggers(inputs: ScoringInput) -> None:
    found = inputs.event_matches
    gold, predicted = len(inputs.gold.events), len(inputs.predicted.events)
    right = int(np.count_nonzero(found.exact & found.typed))
    if not right == gold == predicted:
        raise ConflictError(
            "with given triggers, the predicted events must be those of the gold: "
            f"{right} of {gold} gold triggers are predicted with their type, and "
            f"{predicted - right} other triggers."
        )
