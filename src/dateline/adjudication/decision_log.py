"""The log of decisions and of written gold: JSON Lines that are only appended to."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from dateline.adjudication.cases.case import Decision
from dateline.adjudication.manual_edits import GoldRecord
from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError
from dateline.model import GOLD


def log_path(corpus: Corpus, document: str) -> Path:
    """The log file of a document."""
    return corpus.annotations / GOLD / f"{document}.log.jsonl"


def read_decisions(path: Path) -> list[Decision]:
    """The decisions of a log, in order. Raises InvalidInputError naming an invalid line."""
    return [record for record in _records(path) if isinstance(record, Decision)]


def last_written(path: Path) -> GoldRecord | None:
    """The last record of written gold, if any. Raises InvalidInputError naming an invalid line."""
    found = [record for record in _records(path) if isinstance(record, GoldRecord)]
    return found[-1] if found else None


def append(path: Path, records: Iterable[Decision | GoldRecord]) -> None:
    """Append to a log, and flush it to disk."""
    lines = b"".join(msgspec.json.encode(record) + b"\n" for record in records)
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())


def _records(path: Path) -> list[Decision | GoldRecord]:
    records: list[Decision | GoldRecord] = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                fields = msgspec.json.decode(line, type=dict[str, Any])
                if "merged" in fields:
                    records.append(msgspec.convert(fields, type=GoldRecord))
                else:
                    records.append(msgspec.convert(fields, type=Decision))
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise InvalidInputError(
                    f"{path}, line {number}: {error}. A decision has at least document, case, and "
                    "choice or value. An unfinished last line can be deleted."
                ) from None
    return records
