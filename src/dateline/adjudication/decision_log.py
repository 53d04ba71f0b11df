"""The log of decisions and of written gold: JSON Lines to which lines are only added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from dateline.adjudication.cases.case import Decision
from dateline.adjudication.manual_edits import GoldRecord, same_options
from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, InvalidInputError
from dateline.files.reading import MalformedError, decode_json, read_bytes
from dateline.files.writing import write_atomically
from dateline.model import GOLD, Struct
from dateline.rendering.listing import counted

GO_ON = "Decisions are kept in the log. Look at the changes, and run the command again to go on."

Record = Decision | GoldRecord


class DecisionLog(Struct, frozen=True):
    """A log as it was read.

    ``content`` is the file's, empty if there is none. ``lines`` are the whole lines of it; they
    differ if an interrupted write left a part of a line at the end.
    """

    path: Path
    content: bytes
    lines: bytes
    records: tuple[Record, ...]

    @property
    def is_torn(self) -> bool:
        """Whether the last line is unfinished; the next write removes it."""
        return not self.lines.startswith(self.content)

    @property
    def decisions(self) -> list[Decision]:
        """The decisions, in order."""
        return [record for record in self.records if isinstance(record, Decision)]

    @property
    def decisions_of_gold(self) -> list[Decision]:
        """The decisions when gold was last written, in order; all if it was not."""
        written = [n for n, r in enumerate(self.records) if isinstance(r, GoldRecord)]
        end = written[-1] if written else len(self.records)
        return [record for record in self.records[:end] if isinstance(record, Decision)]

    @property
    def last_written(self) -> GoldRecord | None:
        """The last record of written gold, if any."""
        found = [record for record in self.records if isinstance(record, GoldRecord)]
        return found[-1] if found else None

    def extended(self, records: Iterable[Record]) -> DecisionLog:
        """The log with more records, to be written."""
        new = tuple(records)
        content = self.lines + b"".join(msgspec.json.encode(record) + b"\n" for record in new)
        return DecisionLog(
            path=self.path, content=content, lines=content, records=self.records + new
        )

    def since(self, before: DecisionLog) -> Sequence[Record]:
        """The records that were added since the log was read; all if it was changed otherwise."""
        if self.lines.startswith(before.lines):
            return self.records[len(before.records) :]
        return self.records


def log_path(corpus: Corpus, document: str) -> Path:
    """The log file of a document."""
    return corpus.annotations / GOLD / f"{document}.log.jsonl"


def read_log(path: Path) -> DecisionLog:
    """Read a log, which need not exist. Raises InvalidInputError naming an invalid line."""
    content = read_bytes(path) if path.exists() else b""
    *lines, rest = content.split(b"\n")
    if rest.strip() and _is_json(rest):
        lines.append(rest)  # only the line end is missing
    return DecisionLog(
        path=path,
        content=content,
        lines=b"".join(line + b"\n" for line in lines),
        records=tuple(_records(path, lines)),
    )


def read_decisions(path: Path) -> list[Decision]:
    """The decisions of a file in the format of the log, in order.

    Raises InvalidInputError naming an invalid line.
    """
    records = _records(path, read_bytes(path).split(b"\n"))
    return [record for record in records if isinstance(record, Decision)]


def add_decisions(log: DecisionLog, decisions: Sequence[Decision]) -> DecisionLog:
    """Write decisions to the log as it was read, and return it. Call it while holding `locked`.

    Raises ConflictError if the log has changed since it was read. Before that, it saves the
    decisions on cases that nobody else has decided in the meantime.
    """
    present = read_log(log.path)
    added = present.since(log)
    by_others = {d.case: d for d in added if isinstance(d, Decision)}
    new = present.extended(d for d in decisions if d.case not in by_others)
    if new.content != present.content:
        write_atomically(new.path, new.content)
    if present.content != log.content:
        dropped = [
            f"  {d.case} was decided by {_author(other)}; the decision of {_author(d)} was dropped"
            for d in decisions
            if (other := by_others.get(d.case)) and not is_same(other, d)
        ]
        problem = f"{log.path}: another command has added {counted(len(added), 'line')}"
        lines = [f"{problem}, so gold was not written.", *dropped, GO_ON]
        raise ConflictError("\n".join(lines))
    return new


def is_same(one: Decision, other: Decision) -> bool:
    """Whether two decisions are the same; time and display texts aside."""
    if not same_options(one, other):
        return False
    bare = [msgspec.structs.replace(d, when=None, options=None, quote=None) for d in (one, other)]
    return bare[0] == bare[1]


def _author(decision: Decision) -> str:
    return decision.curator or decision.by


def _records(path: Path, lines: Iterable[bytes]) -> list[Record]:
    records = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                records.append(_record(line))
            except MalformedError as error:
                place = f"{path}, line {number}"
                raise InvalidInputError(
                    f"{place}: {error.problem.removeprefix('line 1, ')}. A decision has at least "
                    "document, case, and choice or value."
                ) from None
    return records


def _record(line: bytes) -> Record:
    fields = decode_json(line)
    kind: type[Record] = Decision
    if isinstance(fields, dict) and "merged" in fields:
        kind = GoldRecord
    elif isinstance(fields, dict) and not fields.keys() & {"choice", "value", "options"}:
        # The log leaves out a value of null, but has the options then.
        raise MalformedError("has neither choice nor value")
    try:
        return msgspec.convert(_upgraded(fields), kind)
    except msgspec.ValidationError as error:
        raise MalformedError(str(error)) from None


def _upgraded(fields: Any) -> Any:
    """A record of format 1.0 as it is now: cases on links had one link, or null for none."""
    if not isinstance(fields, dict) or not str(fields.get("case")).endswith("/link"):
        return fields
    upgraded = dict(fields)
    if "value" in fields:
        upgraded["value"] = _as_list(fields["value"])
    if isinstance(options := fields.get("options"), dict):
        upgraded["options"] = {
            name: {**option, "value": _as_list(option.get("value"))}
            if isinstance(option, dict)
            else option
            for name, option in options.items()
        }
    return upgraded


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_json(line: bytes) -> bool:
    try:
        decode_json(line)
    except MalformedError:
        return False
    return True
