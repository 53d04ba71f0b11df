"""Results of systems, stored as files in benchmarks/results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from dateline.corpus.store import Corpus, canonical_json, read_struct
from dateline.errors import InvalidInputError
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.gold import Gold
from dateline.evaluation.models.run import RunRecord, record_path
from dateline.evaluation.report import Score
from dateline.evaluation.scoring import as_predictions, score_groups, select_groups
from dateline.evaluation.signature import Signature
from dateline.files.writing import write_if_changed
from dateline.model import Struct


class Result(Struct, frozen=True):
    """The scores of a system, and the record of its run if there is one.

    ``problems`` is the number of predicted items with problems. A result has nothing of the texts,
    so it can be published even if the texts cannot.
    """

    title: str
    note: str
    run: RunRecord | None
    problems: int
    signature: Signature
    scores: tuple[Score, ...]
    notes: tuple[str, ...]

    @property
    def by_measure(self) -> Mapping[tuple[str, str], Score]:
        """The scores by group and measure."""
        return {(score.group, score.measure): score for score in self.scores}

    @property
    def seen_documents(self) -> list[str]:
        """Scored documents that the model was trained on, as far as its settings list them."""
        trained_on = self.run.settings.get("documents", ()) if self.run is not None else ()
        return sorted(set(trained_on) & {name for score in self.scores for name in score.documents})


def result_of(gold: Gold, predictions: Path, title: str, note: str = "") -> Result:
    """Score a file of predictions; its run record is included if there is one next to it.

    Raises DatelineError if the predictions cannot be scored.
    """
    inputs = ScoringInput(gold, as_predictions(predictions))
    found = score_groups(gold, inputs, select_groups((), inputs), per_document=True)
    record = record_path(predictions)
    return Result(
        title=title,
        note=note,
        run=read_struct(record, RunRecord) if record.is_file() else None,
        problems=len(found.problems),
        signature=found.signature,
        scores=found.scores,
        notes=found.notes,
    )


def read_results(corpus: Corpus) -> Mapping[str, Result]:
    """All results by name, sorted. Raises DatelineError if a file is malformed."""
    return {p.stem: read_struct(p, Result) for p in sorted(_folder(corpus).glob("*.json"))}


def write_result(corpus: Corpus, name: str, result: Result) -> bool:
    """Write a result, unless the stored one differs only in its times.

    Returns whether it was written. Raises InvalidInputError if the name is not a file name.
    """
    path = _folder(corpus) / f"{name}.json"
    if path.parent != _folder(corpus) or not name or name.startswith("."):
        raise InvalidInputError(
            f"{name!r} cannot be the name of a result; use letters, digits and hyphens."
        )
    if path.is_file() and _without_times(read_struct(path, Result)) == _without_times(result):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_if_changed(path, canonical_json(result))


def _folder(corpus: Corpus) -> Path:
    return corpus.root / "benchmarks" / "results"


def _without_times(result: Result) -> Result:
    if result.run is None:
        return result
    run = msgspec.structs.replace(result.run, started="", ended=None, seconds=0.0)
    return msgspec.structs.replace(result, run=run)
