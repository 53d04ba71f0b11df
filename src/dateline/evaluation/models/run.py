"""Runs of models over texts: in batches, resumable, with a record of the run."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from dateline.corpus.store import canonical_json
from dateline.errors import ConflictError, InvalidInputError, NotFoundError
from dateline.evaluation.models.interface import Model, PredictionFailure
from dateline.evaluation.models.secrets import failure_of, without_secrets
from dateline.files.reading import MalformedError, decode_json, decode_json_as, read_bytes
from dateline.files.writing import remove_leftovers_of, sha256, write_atomically
from dateline.model import Struct
from dateline.predictions.annotations import pseudonym_of
from dateline.predictions.prediction import Prediction
from dateline.predictions.reading import prediction_line
from dateline.predictions.texts import Text
from dateline.text import excerpt, redacted

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
    secrets: Collection[str] = (),
) -> RunRecord:
    """Predict the texts that are not in ``out`` yet, and append the predictions.

    The file is complete after each batch of texts, so a run that was interrupted or killed can be
    resumed. ``watch`` wraps the texts, for example in a progress bar. ``secrets`` are replaced in
    all that is written. Raises ConflictError if ``out`` is of another run, or another run is
    writing it, and a DatelineError if the model raises an exception.
    """
    record = _new_record(name, model, source, secrets)
    with _opened(out) as file:
        done = _whole_lines(out, file)
        for path in (out, record_path(out)):
            remove_leftovers_of(path)
        record = _resumed(record, out, has_lines=bool(done))
        _write(record, out)
        before = dict(record.cost)
        left = (text for text in watch(texts) if text.id not in done)
        clock = time.perf_counter()
        for some in iter(lambda: tuple(islice(left, batch)), ()):
            lines, failed, cost = _predicted(name, model, some, secrets)
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
                    key: before.get(key, 0) + cost.get(key, 0)
                    for key in dict.fromkeys(chain(before, cost))
                },
            )
            _write(record, out)
        record = msgspec.structs.replace(record, ended=_now(), predicted=len(done))
        _write(record, out)
    return record


def model_version(name: str, model: Model, secrets: Collection[str] = ()) -> str:
    """A short name of a model that changes with its version and its settings."""
    record = _new_record(name, model, "", secrets)
    always_same = msgspec.structs.replace(record, started="")
    return f"{pseudonym_of(record.model)}@{sha256(canonical_json(always_same))[:12]}"


def predicted_lines(
    name: str, model: Model, texts: Sequence[Text], secrets: Collection[str] = ()
) -> Iterator[bytes | PredictionFailure]:
    """For each text its prediction, as a line of a file without the line end, or the failure.

    ``secrets`` are replaced in messages. Raises a DatelineError if the model raises an exception,
    or returns something else.
    """
    try:
        for text, found in zip(texts, model.predict(texts), strict=True):
            if isinstance(found, PredictionFailure):
                yield PredictionFailure(redacted(found.reason, secrets))
            else:
                yield _line(found, text)
    except Exception as error:  # a plug-in may raise anything
        raise failure_of(name, error, secrets) from None


def _new_record(name: str, model: Model, source: str, secrets: Collection[str]) -> RunRecord:
    try:
        settings = msgspec.json.decode(msgspec.json.encode(model.settings))
        return RunRecord(
            model=without_secrets(name, secrets),
            version=without_secrets(model.version, secrets),
            settings=without_secrets(settings, secrets),
            source=source,
            dateline=version("dateline"),
            started=_now(),
            ended=None,
            seconds=0.0,
            predicted=0,
            failed={},
            cost={},
        )
    except Exception as error:  # a plug-in may raise anything, or have settings of any kind
        raise failure_of(name, error, secrets) from None


@contextlib.contextmanager
def _opened(out: Path) -> Iterator[BinaryIO]:
    """The file of predictions, to read and to append; no other run can open it meanwhile."""
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.exists() and not out.is_file():
        raise InvalidInputError(f"{out}: is not a regular file.")
    with out.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConflictError(f"{out}: another run is writing it; wait for its end.") from None
        yield file


def _predicted(
    name: str, model: Model, texts: tuple[Text, ...], secrets: Collection[str]
) -> tuple[bytes, dict[str, str], Mapping[str, float]]:
    """Lines of predictions, reasons of failures, and the cost of the model so far."""
    lines, failed = [], {}
    for text, found in zip(texts, predicted_lines(name, model, texts, secrets), strict=True):
        if isinstance(found, PredictionFailure):
            failed[text.id] = found.reason
        else:
            lines.append(found + b"\n")
    try:
        cost = msgspec.convert(model.cost, dict[str, float])
    except Exception as error:  # a plug-in may raise anything
        raise failure_of(name, error, secrets) from None
    return b"".join(lines), failed, cost


def _line(found: Prediction, text: Text) -> bytes:
    if not isinstance(found, Prediction) or found.document != text.id:
        raise InvalidInputError(
            f"the model returned {excerpt(repr(found), 0, 1000)} for {text.id}. Expected a "
            "Prediction of this document, or a PredictionFailure."
        )
    return found.to_json()


def _resumed(record: RunRecord, out: Path, *, has_lines: bool) -> RunRecord:
    """The record to go on with: the old one if it is of the same run."""
    path = record_path(out)
    try:
        old = decode_json_as(read_bytes(path), RunRecord)
    except (NotFoundError, InvalidInputError):
        if not has_lines:
            # A run that was killed when it began; there is nothing to lose.
            return record
        raise ConflictError(
            f"{out}: exists, but {path.name} is not a valid record of its run. Choose "
            "another output file, or restart the run."
        ) from None
    if old.is_of_same_run(record):
        # Failed texts are tried again.
        return msgspec.structs.replace(old, failed={}, ended=None)
    if not has_lines:
        return record
    raise ConflictError(
        f"{out}: is from another run ({old.model}, {old.source}), see {path.name}. Choose "
        "another output file, or restart the run."
    )


def _whole_lines(out: Path, file: BinaryIO) -> set[str]:
    """Ids of the documents in the file; an incomplete last line is cut off."""
    file.seek(0)
    content = file.read()
    end = content.rfind(b"\n") + 1
    found = set()
    for number, line in enumerate(content[:end].split(b"\n")[:-1], 1):
        try:
            read = prediction_line(number, decode_json(line))
            problem = "" if read.rejection is None else read.rejection.message
        except MalformedError as error:
            read, problem = None, error.problem
        if read is None or read.read is None:
            raise ConflictError(
                f"{out}, line {number}: is not a prediction: {problem}. Remove the line to "
                "predict its document again, choose another output file, or restart the run."
            )
        found.add(read.read.document)
    file.truncate(end)
    return found


def _write(record: RunRecord, out: Path) -> None:
    write_atomically(record_path(out), canonical_json(record))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
