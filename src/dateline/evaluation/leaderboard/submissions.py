"""Submissions: predictions that are stored with their results, so that anybody can check them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dateline.corpus.store import Corpus
from dateline.evaluation.gold import Gold
from dateline.evaluation.leaderboard.results import Result, result_of
from dateline.evaluation.models.run import record_path
from dateline.files.names import inside
from dateline.files.opening import opened_stream
from dateline.files.reading import read_bytes
from dateline.files.writing import sha256

FOLDER = "benchmarks/submissions"


def submission_files(corpus: Corpus, name: str, predictions: Path) -> dict[Path, bytes | None]:
    """The files of a submission: a copy of the predictions and of their run record.

    Without a record, that of an earlier submission is removed.
    """
    copy, record = corpus.root / FOLDER / f"{name}.jsonl", record_path(predictions)
    with opened_stream(predictions) as file:
        files: dict[Path, bytes | None] = {copy: file.read()}
    if record.is_file():
        files[record_path(copy)] = read_bytes(record)
    elif record_path(copy).exists():
        files[record_path(copy)] = None
    return files


def problems(
    corpus: Corpus, gold: Gold, results: Mapping[str, Result], systems: Collection[str]
) -> Iterator[str]:
    """What is wrong with results of submissions; ``systems`` are names of other results.

    Each submission is scored again, and all of its result must be the same, but for rounding.
    """
    folder = inside(corpus.root, corpus.root / FOLDER)
    submitted = {path.stem: path for path in sorted(folder.glob("*.jsonl"))}
    for name in results.keys() - submitted.keys() - {*systems}:
        yield f"benchmarks/results/{name}.json: has no predictions, {FOLDER}/{name}.jsonl"
    for name, predictions in submitted.items():
        place = corpus.relative(predictions)
        result = results.get(name)
        if result is None:
            yield f"{place}: has no result"
        elif sha256(read_bytes(predictions)) != result.predictions:
            yield f"{place}: is not the file that was scored; its SHA-256 differs"
        else:
            again = result_of(gold, predictions, result.title, result.note)
            differs = _difference(msgspec.to_builtins(result), msgspec.to_builtins(again))
            if differs is not None:
                yield f"benchmarks/results/{name}.json{differs}: is not the score of {place}"


def _difference(one: Any, other: Any, place: str = "") -> str | None:
    """The first place at which two JSON values differ by more than rounding."""
    if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys():
        parts = ((f"{place}/{key}", one[key], other[key]) for key in one)
    elif (
        isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other)
    ):
        parts = ((f"{place}/{i}", *both) for i, both in enumerate(zip(one, other, strict=True)))
    elif isinstance(one, float) and isinstance(other, float):
        return None if math.isclose(one, other, abs_tol=1e-9) else place
    else:
        return None if one == other else place
    return next(
        (found for key, a, b in parts if (found := _difference(a, b, key)) is not None), None
    )
