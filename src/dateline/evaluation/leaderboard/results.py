"""Results of systems, stored as files in benchmarks/results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from dateline.corpus.store import Corpus, canonical_json, read_struct
from dateline.evaluation.gold import Gold
from dateline.evaluation.models.run import RunRecord, record_path
from dateline.evaluation.report import ContrastScores, Score
from dateline.evaluation.scoring import read_runs, score_runs, select_groups
from dateline.evaluation.signature import Signature
from dateline.files.names import inside, plain_name
from dateline.files.opening import opened_stream
from dateline.files.writing import sha256
from dateline.model import Struct

FOLDER = "benchmarks/results"


class Result(Struct, frozen=True):
    """The scores of a system, and the record of its run if there is one.

    ``problems`` is the number of predicted items with problems, ``predictions`` the SHA-256 of the
    file that was scored. A result has nothing of the texts, so it can be published even if the
    texts cannot.
    """

    title: str
    note: str
    run: RunRecord | None
    problems: int
    signature: Signature
    scores: tuple[Score, ...]
    notes: tuple[str, ...]
    units: Mapping[str, str] = {}
    contrasts: ContrastScores | None = None
    predictions: str | None = None

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
    runs = read_runs(predictions, gold)
    found = score_runs(gold, runs, select_groups((), runs), per_document=True)
    record = record_path(predictions)
    with opened_stream(predictions) as file:
        digest = sha256(file.read())
    return Result(
        title=title,
        note=note,
        run=read_struct(record, RunRecord) if record.is_file() else None,
        problems=len(found.problems),
        signature=found.signature,
        scores=found.scores,
        notes=found.notes,
        units=found.units,
        contrasts=found.contrasts,
        predictions=digest,
    )


def read_results(corpus: Corpus) -> Mapping[str, Result]:
    """All results by name, sorted. Raises DatelineError if a file is malformed."""
    folder = inside(corpus.root, corpus.root / FOLDER)
    paths = sorted(folder.glob("*.json"), key=lambda path: path.stem)
    return {path.stem: read_struct(path, Result) for path in paths}


def with_results(old: Mapping[str, Result], new: Mapping[str, Result]) -> Mapping[str, Result]:
    """Old and new results by name, sorted; an old one stays if the new one has other times only."""
    kept = {
        name: old[name]
        for name in old.keys() & new.keys()
        if _without_times(old[name]) == _without_times(new[name])
    }
    return dict(sorted({**old, **new, **kept}.items()))


def result_files(corpus: Corpus, results: Mapping[str, Result]) -> dict[Path, bytes]:
    """The files of some results. Raises InvalidInputError if a name is not a plain one."""
    return {
        corpus.root / FOLDER / f"{plain_name(name, 'the result')}.json": canonical_json(result)
        for name, result in results.items()
    }


def _without_times(result: Result) -> Result:
    if result.run is None:
        return result
    run = msgspec.structs.replace(result.run, started="", ended=None, seconds=0.0)
    return msgspec.structs.replace(result, run=run)
