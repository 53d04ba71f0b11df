"""A run of a model over texts: in batches, resumable, with a record of what was run."""

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

from dateline.corpus.store import canonical_json, write_atomically
from dateline.errors import DatelineError
from dateline.evaluation.models.interface import Model, PredictionFailedError
from dateline.model import Struct
from dateline.predictions.texts import Text

Watch = Callable[[Iterable[Text]], Iterable[Text]]


class Record(Struct, frozen=True):
    """What was run, on what, and what it took; enough to run it again.

    ``failed`` are texts without a prediction, with the reason. ``seconds`` and ``cost`` are summed
    up over interrupted runs. Times are ISO 8601 in UTC.
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

    def is_of_same_run(self, other: Record) -> bool:
        """Whether both say that the same model read the same texts in the same way."""
        mine, theirs = (
            (r.model, r.version, dict(r.settings), r.source, r.dateline) for r in (self, other)
        )
        return mine == theirs


def record_path(out: Path) -> Path:
    """Where the record of a file of predictions lies."""
    return out.with_suffix(".run.json")


def run(
    name: str,
    model: Model,
    texts: Iterable[Text],
    source: str,
    out: Path,
    batch: int = 16,
    watch: Watch = iter,
) -> Record:
    """Predict the texts that ``out`` does not have yet, and append them to it.

    After each batch the file is whole, and an interrupted run goes on where it stopped. Raises
    DatelineError where ``out`` holds something else than a part of this very run.
    """
    record = Record(
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
        if isinstance(found, PredictionFailedError):
            failed[text.id] = str(found)
        else:
            lines.append(encoder.encode(found) + b"\n")
    return b"".join(lines), failed


def _resumed(record: Record, out: Path) -> Record:
    path = record_path(out)
    try:
        old = msgspec.json.decode(path.read_bytes(), type=Record)
    except (OSError, msgspec.MsgspecError):
        raise DatelineError(
            f"{out}: is there already, and {path.name} does not say which run it is of. Choose "
            "another --out, or start afresh with --restart."
        ) from None
    if not old.is_of_same_run(record):
        raise DatelineError(
            f"{out}: is of another run ({old.model}, {old.source}), as {path.name} says. Choose "
            "another --out, or start afresh with --restart."
        )
    # What failed is tried again.
    return msgspec.structs.replace(old, failed={}, ended=None)


def _whole_lines(out: Path) -> set[str]:
    """Ids of the documents that the file has; a last line that was cut off is taken out of it."""
    content = out.read_bytes()
    end = content.rfind(b"\n") + 1
    if end < len(content):
        write_atomically(out, content[:end])
    return set(_documents(content[:end]))


def _documents(content: bytes) -> Iterator[str]:
    for line in content.splitlines():
        yield msgspec.json.decode(line)["document"]


def _write(record: Record, out: Path) -> None:
    write_atomically(record_path(out), canonical_json(record))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
