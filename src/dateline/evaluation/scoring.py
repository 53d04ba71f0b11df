"""Scores predictions against gold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import numpy as np

from dateline.corpus.store import Corpus
from dateline.dataset.sources import is_hub_name, local_folder
from dateline.errors import InvalidInputError
from dateline.evaluation.columns.scoring_input import MatchingOptions, ScoringInput
from dateline.evaluation.concerns import concerning
from dateline.evaluation.contrast_sets import (
    ContrastSets,
    consistency,
    contrast_consistency,
    unpredicted,
)
from dateline.evaluation.counting import CountedMeasure, count_runs
from dateline.evaluation.gold import (
    DatasetTable,
    Gold,
    gold_of_corpus,
    gold_of_dataset,
    ontology_at,
    read_gold,
    with_ontology,
)
from dateline.evaluation.measures.groups import BLANC, CONLL, GROUPS, Group
from dateline.evaluation.report import (
    FEWEST_RELIABLE,
    ContrastScores,
    FieldScore,
    Report,
    RunCounts,
    Score,
    rates,
)
from dateline.evaluation.signature import sign
from dateline.model import LAYERS
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem
from dateline.predictions.reading import Found, PredictionFile, as_prediction
from dateline.rendering.listing import counted, listed

GoldSource: TypeAlias = (
    str | Path | Corpus | Gold | DatasetTable | Mapping[str, DatasetTable]  # a DatasetDict
)
OntologySource: TypeAlias = str | Path | Ontology
PredictionSource: TypeAlias = str | Path | Iterable[Prediction | Mapping[str, Any]]

SHOWN = 5
"""How many documents or measures a note lists."""


class Runs:
    """The predictions of several runs of one system, such as one for each random seed.

    ``Runs("seed1.jsonl", "seed2.jsonl")``; each run is what `score` takes as predictions.
    """

    def __init__(self, *runs: PredictionSource) -> None:
        """Raises InvalidInputError if there are no runs."""
        if not runs:
            raise InvalidInputError("there are no runs; name at least one file of predictions.")
        self.runs = runs


def score(
    predictions: PredictionSource | Runs,
    gold: GoldSource,
    *,
    layers: str | Sequence[str] = (),
    split: str | None = None,
    ontology: OntologySource | None = None,
    options: MatchingOptions | None = None,
    group_by: str | None = None,
    by: str | Sequence[str] = (),
    per_document: bool = False,
) -> Report:
    """Score predictions against gold.

    ``predictions`` is the path of a JSON Lines file, or predictions as structs or dicts. Their
    offsets are Unicode code points, end exclusive. With several `Runs` of a system, a score is the
    mean of its runs. ``gold`` is the path of a corpus or of a built dataset, the name of a dataset
    on the Hub (``"ORG/NAME@REVISION"``), a Corpus, or a Dataset or DatasetDict of the config
    ``documents``. The latter do not carry their ontology: ``ontology`` is the path of the
    ontology.schema.json, corpus or built dataset that has it.

    ``layers`` are layers or groups of measures such as ``"coreference"``, by default all that are
    predicted. ``split`` scores the documents of one split. ``group_by`` names a column of the
    config ``documents``, such as ``"source.publisher"``: documents with the same value are one unit
    for intervals and tests; by default the column ``group``, if there is one. ``by`` names columns
    or keys of ``meta``, such as ``"genre"``: primary measures have a score for each of their values
    too. ``per_document`` adds the counts of each document to the report, which `compare` needs.

    Raises DatelineError if a prediction has not the right shape, or is about a document or text
    that the gold does not have.
    """
    fields = (by,) if isinstance(by, str) else tuple(dict.fromkeys(by))
    found = as_gold(gold, split, ontology, group_by, fields)
    runs = read_runs(predictions, found, options)
    groups = select_groups(layers, runs)
    return score_runs(found, runs, groups, per_document=per_document)


def score_runs(
    gold: Gold, runs: Sequence[ScoringInput], groups: Sequence[Group], *, per_document: bool = False
) -> Report:
    """The scores of some groups of measures, as means of one or more runs; contrasts apart."""
    report = score_groups(gold, runs, groups, per_document=per_document)
    return _with_contrasts(report, gold.contrast_sets, runs, groups)


def score_groups(
    gold: Gold, runs: Sequence[ScoringInput], groups: Sequence[Group], *, per_document: bool = False
) -> Report:
    """The same without the scores on contrasts."""
    scores, left_out = [], []
    # One group after the other, as the counts of thousands of documents by label are large.
    for group in groups:
        counted, missing = count_runs(runs, [group])
        scores += [_score(one, gold, per_document=per_document) for one in counted]
        left_out += missing
    return Report(
        signature=sign(gold, runs[0], tuple(group.name for group in groups), len(runs)),
        scores=tuple(scores),
        problems=tuple(_problems_of(gold, runs, groups)),
        notes=tuple(_notes(gold, runs, groups, left_out)),
        units=gold.units if per_document else {},
    )


def read_runs(
    predictions: PredictionSource | Runs, gold: Gold, options: MatchingOptions | None = None
) -> list[ScoringInput]:
    """The columns of each run of a system, or of its single run."""
    sources = predictions.runs if isinstance(predictions, Runs) else (predictions,)
    return [
        ScoringInput(gold, as_predictions(source, gold.ontology), options) for source in sources
    ]


def select_groups(layers: str | Sequence[str], runs: Sequence[ScoringInput]) -> list[Group]:
    """The groups of measures by the names of layers or groups; without names, those predicted.

    Raises InvalidInputError for a name that is neither, or is not declared by the ontology, or if
    nothing is left to score.
    """
    names = (layers,) if isinstance(layers, str) else tuple(layers)
    ontology = runs[0].ontology
    declared = {name: group for name, group in GROUPS.items() if group.is_declared(ontology)}
    for name in names:
        if name not in (*ontology.layers, *declared):
            problem = "is neither a layer nor a group of measures"
            if name in (*LAYERS, *GROUPS):
                problem = "is not declared by the ontology of the gold"
            raise InvalidInputError(
                f"layers: {name!r} {problem}. Allowed layers: {', '.join(ontology.layers)}. "
                f"Allowed groups: {', '.join(declared)}."
            )
    groups = []
    for group in declared.values():
        predicted = any(group.has_items(run.predicted) for run in runs)
        if (
            group.name in names
            or (not names and predicted)
            or (group.layer in names and (predicted or group.has_items(runs[0].gold)))
        ):
            groups.append(group)
    if not groups:
        raise InvalidInputError(
            "the predictions have no items to score. Name layers to score them as missed."
        )
    return groups


def as_gold(
    gold: GoldSource,
    split: str | None = None,
    ontology: OntologySource | None = None,
    group_by: str | None = None,
    by: Sequence[str] = (),
) -> Gold:
    """Gold from any source. Raises DatelineError if it has none, or has other labels."""
    if isinstance(ontology, str | Path):
        ontology = ontology_at(Path(ontology))
    if isinstance(gold, Gold):
        return with_ontology(gold, ontology)
    if isinstance(gold, Corpus):
        return with_ontology(gold_of_corpus(gold, split, group_by=group_by, by=by), ontology)
    if isinstance(gold, str | Path):
        with local_folder(gold) as folder:
            found = read_gold(folder, split, ontology, group_by, by)
        return msgspec.structs.replace(found, name=gold) if is_hub_name(gold) else found
    parts = list(gold.values()) if isinstance(gold, Mapping) else [gold]
    return gold_of_dataset(parts, ontology, split, group_by=group_by, by=by)


def as_predictions(predictions: PredictionSource, ontology: Ontology) -> Iterable[Found]:
    """Predictions from a file or from values, with warnings about what was read.

    The ``ontology`` is that of the gold. Iterating raises InvalidInputError for a wrong shape.
    """
    if isinstance(predictions, str | Path):
        return PredictionFile(Path(predictions), ontology)
    return (
        found for number, value in enumerate(predictions) for found in as_prediction(value, number)
    )


def _with_contrasts(
    report: Report, gold: Gold | None, runs: Sequence[ScoringInput], groups: Sequence[Group]
) -> Report:
    """The report with the scores on contrasts, if there are any that a run has a prediction for."""
    of_sets = [one for run in runs if (one := run.contrast_sets()) is not None]
    if gold is None:
        return report
    notes = [*report.notes]
    missing = unpredicted(gold, of_sets)
    if all(len(names) == len(gold.contrasts) for names in missing):
        notes.append(f"no prediction is for one of the {len(gold.contrasts)} contrasts")
        return msgspec.structs.replace(report, notes=tuple(notes))
    if any(missing):
        names = ", ".join(listed(sorted(set().union(*missing)), SHOWN))
        notes.append(f"contrasts without a prediction, all of whose gold counts as missed: {names}")
    sets = ContrastSets(gold)
    if sets.left_out:
        notes.append(
            "contrasts whose original has no gold here, or whose set has withheld texts, do not "
            f"count for contrast consistency: {', '.join(listed(sets.left_out, SHOWN))}"
        )
    measures = [one for one in count_runs(of_sets, groups)[0] if one.primary]
    on_contrasts, on_originals = (
        tuple(_score(one.of_documents(names), gold, per_document=False) for one in measures)
        for names in (gold.contrasts.keys(), {*gold.contrasts.values()})
    )
    right = contrast_consistency(sets, of_sets, groups) if sets.members else ()
    found = _problems_of(gold, of_sets, groups)
    problems = (one for one in found if one.document in gold.contrasts)
    return msgspec.structs.replace(
        report,
        contrasts=ContrastScores(
            documents=len(gold.contrasts),
            scores=on_contrasts,
            of_originals=on_originals,
            consistency=tuple(consistency(one, gold.units) for one in right),
        ),
        problems=(*report.problems, *problems),
        notes=tuple(notes),
    )


def _problems_of(
    gold: Gold, runs: Iterable[ScoringInput], groups: Iterable[Group]
) -> Iterator[PredictionProblem]:
    layers = {group.layer for group in groups}
    problems = (problem for run in runs for problem in run.problems)
    return concerning(problems, layers, gold.ontology.layers)


def _score(counted: CountedMeasure, gold: Gold, *, per_document: bool) -> Score:
    average, *others = counted.averages(gold.units)
    macro = others[0] if others else None
    total = counted.counts.mean(axis=0).sum(axis=0)
    return Score(
        group=counted.group,
        measure=counted.measure,
        primary=counted.primary,
        statistic=counted.statistic,
        value=average.value,
        interval=average.interval,
        runs=average.of_runs if len(average.counts) > 1 else (),
        deviation=average.deviation,
        total=None if counted.statistic in (BLANC, CONLL) else rates(total.sum(axis=0)),
        macro_f1=macro.value if macro else None,
        macro_f1_interval=macro.interval if macro else None,
        macro_f1_deviation=macro.deviation if macro else None,
        labels={
            label: rates(counts)
            for label, counts in zip(counted.labels, total, strict=True)
            if label and counts.any()
        },
        documents={
            name: rates(counts)
            for name, counts in zip(
                counted.document_ids, counted.counts.mean(axis=0).sum(axis=1), strict=True
            )
        }
        if per_document
        else {},
        counts=_label_counts(counted) if per_document else {},
        by={
            field: dict(_by_value(counted, values, gold.units))
            for field, values in gold.fields.items()
        }
        if counted.primary
        else {},
    )


def _by_value(
    counted: CountedMeasure, values: Mapping[str, tuple[str, ...]], units: Mapping[str, str]
) -> Iterator[tuple[str, FieldScore]]:
    """The scores of documents with the same value, sorted by it; without one, it is empty."""
    for value, some in counted.by_value(values):
        average = next(some.averages(units))
        total = some.counts.mean(axis=0).sum(axis=(0, 1))
        pooled = None if counted.statistic in (BLANC, CONLL) else rates(total)
        gold = some.gold_items
        yield (
            value,
            FieldScore(
                documents=len(some.document_ids),
                gold=gold,
                reliable=gold >= FEWEST_RELIABLE,
                value=average.value,
                interval=average.interval,
                deviation=average.deviation,
                total=pooled,
            ),
        )


def _label_counts(counted: CountedMeasure) -> Mapping[str, Mapping[str, RunCounts]]:
    """Counts by document and label; without labels that a document does not have."""
    by_document = counted.counts.transpose(1, 2, 0, 3)
    # Scores of several classes, such as CoNLL, need all of them.
    kept = np.asarray((by_document > 0).any(axis=(-1, -2)))
    kept |= counted.statistic in (BLANC, CONLL)
    return {
        name: {
            label: tuple(map(tuple, of_label.tolist()))
            for label, of_label, is_kept in zip(counted.labels, of_document, of_kept, strict=True)
            if is_kept
        }
        for name, of_document, of_kept in zip(counted.document_ids, by_document, kept, strict=True)
    }


def _notes(
    gold: Gold, runs: Sequence[ScoringInput], groups: Sequence[Group], left_out: Sequence[str]
) -> Iterator[str]:
    documents = len(gold.documents)
    for number, run in enumerate(runs, start=1):
        of_run = f"run {number}: " if len(runs) > 1 else ""
        if run.missing:
            yield (
                f"{of_run}{len(run.missing)} of {documents} documents have no prediction, so "
                f"all of their gold counts as missed: {', '.join(listed(run.missing, SHOWN))}"
            )
        if run.unscored:
            yield (
                f"{of_run}{counted(len(run.unscored), 'prediction')} for documents without gold "
                f"here {'was' if len(run.unscored) == 1 else 'were'} left out: "
                f"{', '.join(listed(run.unscored, SHOWN))}"
            )
    units = len({gold.units.get(name, (name,)) for name in runs[0].document_ids})
    if units == 1:
        unit = "document" if documents == 1 else "group of documents"
        yield f"one {unit}: the scores have no interval and say little about other texts"
    elif units < documents:
        yield (
            f"documents with the same {gold.unit_column!r} are one unit for intervals and tests: "
            f"{units:,} units of {documents:,} documents"
        )
    if left_out:
        names = ", ".join(listed(left_out, SHOWN))
        yield f"not predicted in every run, so not scored: {names}"
    unscored = [
        group.name
        for group in GROUPS.values()
        if group not in groups
        and group.is_declared(gold.ontology)
        and group.has_items(runs[0].gold)
        and not any(group.has_items(run.predicted) for run in runs)
    ]
    if runs[0].withheld:
        yield (
            f"the texts of {counted(runs[0].withheld, 'document')} are withheld, so items are "
            "scored by their offsets and quotes are not checked; `dateline hydrate` restores texts"
        )
    if unscored:
        yield f"in the gold, but not predicted and not scored: {', '.join(unscored)}"
    for group in groups:
        without = int(np.count_nonzero(~runs[0].annotated(group.layer)))
        if without:
            yield f"{group.name}: {without} documents without gold on this layer were left out"
