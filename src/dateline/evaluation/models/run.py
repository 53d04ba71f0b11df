"""Runs of models over texts: in batches, resumable, with a record of the run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec

from dateline.corpus.store import canonical_json
from dateline.errors import ConflictError
from dateline.evaluation.models.interface import Model, PredictionFailure
from dateline.files.writing import write_atomically
from dateline.model import Struct
from dateline.predictions.texts import Text

Watch = Callable[[Iterable[Text]], Iterable[Text]]


class RunRecord(Struct, frozen=True):
    """Which model was run on which texts, with what result, duration and cost.

    ``failed`` maps documents without a prediction to the reason. ``seconds`` and ``cost`` are sums
    over interrupted runs. Times are ISO 8601 in UTC.
    """

    model: str
    version: str | None
    settings: Mapping[str, Any]
    source: str
    dateline: str
    started: str
    ended: str | None
    seconds: float
    predicted: int
    failed: Mapping[str, str]
    cost: Mapping[str, float]

    def is_of_same_run(self, other: RunRecord) -> bool:
        """Whether model, version, settings and source are the same."""
        this, that = (
            (r.model, r.version, dict(r.settings), r.source, r.dateline) for r in (self, other)
        )
        return this == that


def record_path(out: Path) -> Path:
    """The path of the run record, next to the predictions."""
    return out.with_suffix(".run.json")


def run(
    name: str,
    model: Model,
    texts: Iterable[Text],
    source: str,
    out: Path,
    batch: int = 16,
    watch: Watch = iter,
) -> RunRecord:
    """Predict the texts that are not in ``out`` yet, and append the predictions.

    The file is complete after each batch of texts, so an interrupted run can be resumed. ``watch``
    wraps the texts, for example in a progress bar. Raises ConflictError if ``out`` is of another
    run.
    """
    record = RunRecord(
        model=name,
        version=model.version,
        settings=msgspec.json.decode(msgspec.json.encode(model.settings)),
        source=source,
        dateline=version("dateline"),
        started=_now(),
        ended=None,
        seconds=0.0,
        predicted=0,
        failed={},
        cost={},
    )
    done: set[str] = set()
    if out.exists():
        record = _resumed(record, out)
        done = _whole_lines(out)
    else:
        write_atomically(out, b"")
    _write(record, out)
    before = dict(record.cost)
    left = (text for text in watch(texts) if text.id not in done)
    with out.open("ab") as file:
        clock = time.perf_counter()
        for some in iter(lambda: tuple(islice(left, batch)), ()):
            lines, failed = _predicted(model, some)
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
            done.update(text.id for text in some if text.id not in failed)
            passed, clock = time.perf_counter() - clock, time.perf_counter()
            record = msgspec.structs.replace(
                record,
                seconds=round(record.seconds + passed, 3),
                predicted=len(done),
                failed={**record.failed, **failed},
                cost={
                    key: before.get(key, 0) + model.cost.get(key, 0)
                    for key in dict.fromkeys(chain(before, model.cost))
                },
            )
            _write(record, out)
    record = msgspec.structs.replace(record, ended=_now(), predicted=len(done))
    _write(record, out)
    return record


def _predicted(model: Model, texts: tuple[Text, ...]) -> tuple[bytes, dict[str, str]]:
    encoder = msgspec.json.Encoder()
    lines, failed = [], {}
    for text, found in zip(texts, model.predict(texts), strict=True):
        if isinstance(found, PredictionFailure):
            failed[text.id] = found.reason
        else:
            lines.append(encoder.encode(found) + b"\n")
    return b"".join(lines), failed


def _resumed(record: RunRecord, out: Path) -> RunRecord:
    path = record_path(out)
    try:
        old = msgspec.json.decode(path.read_bytes(), type=RunRecord)
    except (OSError, msgspec.MsgspecError):
        raise ConflictError(
            f"{out}: exists, but {path.name} is not a valid record of its run. Choose "
            "another output file, or restart the run."
        ) from None
    if not old.is_of_same_run(record):
        raise ConflictError(
            f"{out}: is from another run ({old.model}, {old.source}), see {path.name}. Choose "
            "another output file, or restart the run."
        )
    # Failed texts are tried again.
    return msgspec.structs.replace(old, failed={}, ended=None)


def _whole_lines(out: Path) -> set[str]:
    """Ids of the documents in the file; an incomplete last line is removed from it."""
    content = out.read_bytes()
    end = content.rfind(b"\n") + 1
    if end < len(content):
        write_atomically(out, content[:end])
    return set(_documents(content[:end]))


def _documents(content: bytes) -> Iterator[str]:
    for line in content.splitlines():
        yield msgspec.json.decode(line)["document"]


def _write(record: RunRecord, out: Path) -> None:
    write_atomically(record_path(out), canonical_json(record))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
