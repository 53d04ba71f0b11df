"""The log of decisions: a line of JSON for each, only ever added to."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from dateline.adjudication.case import Decision
from dateline.fault import Fault
from dateline.model import GOLD
from dateline.store import Corpus


def log_path(corpus: Corpus, document: str) -> Path:
    """Where the decisions on a document are kept."""
    return corpus.annotations / GOLD / f"{document}.log.jsonl"


def read_decisions(path: Path) -> list[Decision]:
    """The decisions of a file, in order. Raises Fault naming the line that is none."""
    decisions = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                decisions.append(msgspec.json.decode(line, type=Decision))
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise Fault(
                    f"{path}, line {number}: {error}. A decision has at least document, case and "
                    "choice or value, as in the log; an unfinished last line can be deleted."
                ) from None
    return decisions


def append_decisions(path: Path, decisions: Iterable[Decision]) -> None:
    """Add decisions to the log, and see to it that they are on the disk."""
    lines = b"".join(msgspec.json.encode(decision) + b"\n" for decision in decisions)
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
