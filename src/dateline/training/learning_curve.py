"""Learning curves: a recipe on growing shares of the training groups, scored on other splits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Annotated, Any, NamedTuple

import msgspec

from dateline.corpus.store import Corpus, canonical_json, read_struct
from dateline.errors import InvalidInputError, NotFoundError
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.gold import Gold, gold_of_corpus
from dateline.evaluation.models.loading import load_model
from dateline.evaluation.models.run import RunRecord, record_path, run
from dateline.evaluation.models.training_record import TrainingRecord, read_training_record
from dateline.evaluation.scoring import as_predictions, score_groups, select_groups
from dateline.files.writing import write_atomically
from dateline.model import Struct
from dateline.predictions.texts import texts_of_corpus
from dateline.training.recipe import RecipeOptions, hash_of, share_of
from dateline.training.recipes import Recipe

FILE = "learning-curve.json"
"""The curve, in the folder with its models and predictions."""

SHARES = (10, 25, 50, 100)
"""Shares of the groups of the training split, in percent."""


class LearntScore(Struct, frozen=True):
    """A score by a primary measure, with its 95% interval, as `dateline score` gives them."""

    group: str
    measure: str
    value: float | None
    interval: tuple[float, float] | None


class SplitScores(Struct, frozen=True):
    """The scores of a model on a split, with their signature and the record of the predictions."""

    signature_line: str
    scores: tuple[LearntScore, ...]
    run: RunRecord


class LearningStep(Struct, frozen=True):
    """A model that was trained on a share of the groups, in percent, and its scores by split.

    ``groups`` is their number; a document without a group is one alone.
    """

    share: int
    groups: int
    training: TrainingRecord
    splits: Mapping[str, SplitScores]


class LearningCurve(Struct, frozen=True):
    """The steps of a recipe, by share."""

    recipe: str
    steps: Annotated[tuple[LearningStep, ...], msgspec.Meta(min_length=1)]

    @property
    def signature_line(self) -> str:
        """The signatures of the scores, one for each split."""
        return "\n".join(one.signature_line for one in self.steps[-1].splits.values())

    def to_dict(self) -> dict[str, Any]:
        """The curve as plain values for JSON."""
        return dict(msgspec.to_builtins(self))


def learning_curve(
    corpus: Corpus,
    recipe: Recipe,
    options: RecipeOptions,
    out: Path,
    *,
    shares: Sequence[int] = SHARES,
    score_splits: Sequence[str] = ("validation", "test"),
    log: IO[str],
) -> LearningCurve:
    """Train a model on each share of the groups of the training split, and score it.

    ``shares`` are percentages; the groups of a smaller one are among those of a larger one, and
    ``options.seed`` chooses them. The folder ``out`` gets models, predictions and the curve. Models
    that are there already, of the same options and gold, are not trained again, and interrupted
    predictions are resumed. All shares are scored on the layers that any of them predicts.

    Raises DatelineError as the recipe does, and if a split that is scored is trained on.
    """
    for name in score_splits:
        if name == options.split:
            raise InvalidInputError(f"score_splits has {name!r}, which is the training split.")
    whole = gold_of_corpus(corpus, options.split)
    validation = hash_of(gold_of_corpus(corpus, options.validation_split))
    scored = {name: gold_of_corpus(corpus, name) for name in score_splits}
    steps = []
    for share in sorted({*shares}):
        of_share = msgspec.structs.replace(options, share=share)
        train = share_of(whole, of_share)
        groups = len({train.units.get(one.id, (one.id,)) for one in train.documents})
        log.write(f"{share}% of groups: {groups}, {len(train.documents)} documents\n")
        model, predictions = _paths(out, share, scored)
        record = _trained_before(model, recipe, of_share, (hash_of(train), validation))
        if record is None:
            for path in predictions.values():
                path.unlink(missing_ok=True)
                record_path(path).unlink(missing_ok=True)
            record = recipe.train(corpus, of_share, model, log)
        runs = {
            name: _predicted(corpus, f"{recipe.name}:{model}", name, path)
            for name, path in predictions.items()
        }
        steps.append(_Step(share, groups, record, predictions, runs))
    scores = {
        name: _scores(gold, [step.predictions[name] for step in steps])
        for name, gold in scored.items()
    }
    curve = LearningCurve(
        recipe=recipe.name,
        steps=tuple(
            LearningStep(
                share=step.share,
                groups=step.groups,
                training=step.training,
                splits={
                    name: SplitScores(
                        signature_line=scores[name][number].signature,
                        scores=scores[name][number].scores,
                        run=found,
                    )
                    for name, found in step.runs.items()
                },
            )
            for number, step in enumerate(steps)
        ),
    )
    write_atomically(out / FILE, canonical_json(curve))
    return curve


def read_learning_curve(path: Path) -> LearningCurve:
    """The curve in a file or in its folder. Raises DatelineError if it is malformed."""
    return read_struct(path / FILE if path.is_dir() else path, LearningCurve)


class _Step(NamedTuple):
    """A model of a share of the groups, with its predictions and the records of them by split."""

    share: int
    groups: int
    training: TrainingRecord
    predictions: Mapping[str, Path]
    runs: Mapping[str, RunRecord]


class _Scored(NamedTuple):
    signature: str
    scores: tuple[LearntScore, ...]


def _paths(out: Path, share: int, splits: Iterable[str]) -> tuple[Path, dict[str, Path]]:
    """The folder of a model, and the files of its predictions by split."""
    return out / f"share-{share}", {name: out / f"share-{share}.{name}.jsonl" for name in splits}


def _trained_before(
    model: Path, recipe: Recipe, options: RecipeOptions, gold: tuple[str, str]
) -> TrainingRecord | None:
    """The record of a model, if it was trained in the same way on the same gold."""
    record = read_training_record(model)
    if record is None:
        return None
    settings = msgspec.json.decode(msgspec.json.encode(options))
    wanted = recipe.name, settings, *gold
    found = record.recipe, dict(record.settings), record.train.gold, record.validation.gold
    return record if found == wanted else None


def _predicted(corpus: Corpus, name: str, split: str, out: Path) -> RunRecord:
    def no_gold() -> Gold:
        raise NotFoundError(f"{name}: learns nothing when it predicts.")

    model = load_model(name, {}, corpus.ontology, no_gold)
    return run(name, model, texts_of_corpus(corpus, split), f"corpus, split {split}", out)


def _scores(gold: Gold, predictions: Sequence[Path]) -> list[_Scored]:
    """The scores of several systems, on the layers that any of them predicts."""
    inputs = [ScoringInput(gold, as_predictions(path, gold.ontology)) for path in predictions]
    groups = select_groups((), inputs)
    reports = [score_groups(gold, [one], groups) for one in inputs]
    return [
        _Scored(
            str(report.signature),
            tuple(
                LearntScore(
                    group=one.group, measure=one.measure, value=one.value, interval=one.interval
                )
                for one in report.primary
            ),
        )
        for report in reports
    ]
