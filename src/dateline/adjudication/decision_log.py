"""The log of decisions and of what was written by them: lines of JSON, only ever added to."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from dateline.adjudication.cases import Decision
from dateline.adjudication.manual_edits import Written
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.model import GOLD


def log_path(corpus: Corpus, document: str) -> Path:
    """Where the decisions on a document are kept."""
    return corpus.annotations / GOLD / f"{document}.log.jsonl"


def read_decisions(path: Path) -> list[Decision]:
    """The decisions of a file, in order. Raises DatelineError naming the line that is none."""
    return [record for record in _records(path) if isinstance(record, Decision)]


def last_written(path: Path) -> Written | None:
    """How gold was when it was last written, if a log says so. Raises DatelineError as above."""
    found = [record for record in _records(path) if isinstance(record, Written)]
    return found[-1] if found else None


def append(path: Path, records: Iterable[Decision | Written]) -> None:
    """Add to the log, and see to it that it is on the disk."""
    lines = b"".join(msgspec.json.encode(record) + b"\n" for record in records)
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())


def _records(path: Path) -> list[Decision | Written]:
    records: list[Decision | Written] = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                fields = msgspec.json.decode(line, type=dict[str, Any])
                if "merged" in fields:
                    records.append(msgspec.convert(fields, type=Written))
                else:
                    records.append(msgspec.convert(fields, type=Decision))
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise DatelineError(
                    f"{path}, line {number}: {error}. A decision has at least document, case and "
                    "choice or value, as in the log; an unfinished last line can be deleted."
                ) from None
    return records
