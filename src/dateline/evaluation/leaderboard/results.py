"""Results of systems, as files that a leaderboard is made of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from dateline.corpus.store import Corpus, canonical_json, read_struct, write_if_changed
from dateline.errors import DatelineError
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.gold import Gold
from dateline.evaluation.models.run import RunRecord, record_path
from dateline.evaluation.scoring import Score, as_predictions, chosen, report
from dateline.evaluation.signature import Signature
from dateline.model import Struct


class Result(Struct, frozen=True):
    """How a system scored, and how its predictions were made, where that is known.

    ``flawed`` is how many predicted items were not as they should be. All else is as in a report,
    but nothing of the texts is here, so that results can be passed on where texts may not be.
    """

    title: str
    note: str
    run: RunRecord | None
    flawed: int
    signature: Signature
    scores: tuple[Score, ...]
    notes: tuple[str, ...]


def result_of(gold: Gold, predictions: Path, title: str, note: str = "") -> Result:
    """Score a file of predictions, with the record of its run where that lies beside it.

    Raises DatelineError where the predictions cannot be scored.
    """
    inputs = ScoringInput(gold, as_predictions(predictions))
    found = report(gold, inputs, chosen((), inputs), per_document=True)
    record = record_path(predictions)
    return Result(
        title=title,
        note=note,
        run=read_struct(record, RunRecord) if record.is_file() else None,
        flawed=len(found.problems),
        signature=found.signature,
        scores=found.scores,
        notes=found.notes,
    )


def read_results(corpus: Corpus) -> Mapping[str, Result]:
    """All results by name, sorted. Raises DatelineError where a file is malformed."""
    return {p.stem: read_struct(p, Result) for p in sorted(_folder(corpus).glob("*.json"))}


def write_result(corpus: Corpus, name: str, result: Result) -> bool:
    """Write a result, unless the one that is there differs in nothing but when it was made.

    Returns whether it was written. Raises DatelineError where the name would lie elsewhere.
    """
    path = _folder(corpus) / f"{name}.json"
    if path.parent != _folder(corpus) or not name or name.startswith("."):
        raise DatelineError(f"«{name}» cannot name a result; use letters, digits and hyphens.")
    if path.is_file() and _timeless(read_struct(path, Result)) == _timeless(result):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_if_changed(path, canonical_json(result))


def _folder(corpus: Corpus) -> Path:
    return corpus.root / "benchmarks" / "results"


def _timeless(result: Result) -> Result:
    if result.run is None:
        return result
    run = msgspec.structs.replace(result.run, started="", ended=None, seconds=0.0)
    return msgspec.structs.replace(result, run=run)
