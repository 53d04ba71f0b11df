"""The loss report: for each kind of unit, how many were kept, approximated and left out, and why.

``kept + approximated + left out`` is the number of units of the source, for every kind: the report
is computed from what is there before and after, and a loss without a reason is an error of the
program.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec

from dateline.errors import DatelineError
from dateline.interop.spool import Spool
from dateline.interop.units import KINDS, Unit
from dateline.model import Struct

Outcome = Literal["approximated", "left out"]
AROUND = ("segmentation", "metadata")
"""Kinds that are neither a text nor its annotation. Their loss is reported, and never an error."""

EXAMPLES = 3
"""Names of units that a line of the text report shows."""


class Loss(Struct, frozen=True):
    """A unit of a document that was approximated or left out, and how or why."""

    document: str
    kind: str
    name: str
    outcome: Outcome
    reason: str


class KindCount(Struct, frozen=True):
    """The units of a kind: of the source, kept as they are, approximated, and left out."""

    source: int
    kept: int
    approximated: int
    left_out: int


class LossReport(NamedTuple):
    """The outcome of an export or an import of a format."""

    format: str
    direction: Literal["export", "import"]
    counts: Mapping[str, KindCount]
    losses: Spool[Loss]

    @property
    def refused(self) -> list[Loss]:
        """What is lost of texts and annotations, which is an error where nothing may be."""
        return [loss for loss in self.losses if loss.kind not in AROUND]

    def json(self) -> Iterator[bytes]:
        """The report as JSON, in pieces; each loss is a line."""
        head = {"format": self.format, "direction": self.direction, "counts": self.counts}
        yield msgspec.json.format(msgspec.json.encode(head), indent=2).removesuffix(b"\n}")
        yield b',\n  "losses": ['
        for number, loss in enumerate(self.losses):
            yield (b",\n    " if number else b"\n    ") + msgspec.json.encode(loss)
        yield b"\n  ]\n}\n" if self.losses else b"]\n}\n"


class LossError(DatelineError):
    """Something of texts or annotations would be lost, and may not; ``report`` tells what."""

    def __init__(self, message: str, report: LossReport) -> None:
        super().__init__(message)
        self.report = report


class Reasons:
    """Collects how units of a document are approximated, and why they are left out."""

    def __init__(self) -> None:
        self._given: dict[tuple[Outcome, str, str], list[str]] = {}

    def approximate(self, kind: str, name: str, how: str) -> None:
        """Add how a unit is approximated, which counts unless it is left out."""
        self._given.setdefault(("approximated", kind, name), []).append(how)

    def leave_out(self, kind: str, name: str, reason: str) -> None:
        """Add why a unit is left out."""
        self._given.setdefault(("left out", kind, name), []).append(reason)

    def of(self, unit: Unit, outcome: Outcome) -> str:
        """The reasons of an outcome of a unit; empty if there are none."""
        return "; ".join(dict.fromkeys(self._given.get((outcome, *unit.key), ())))


def compared(
    document: str,
    before: Iterable[Unit],
    after: Iterable[Unit],
    reasons: Reasons,
    held: Iterable[str],
) -> Iterator[Loss]:
    """The losses between the units before and after.

    What needs an item that is left out goes with it, and what is of a kind that is not ``held``
    needs no other reason. Raises AssertionError for a loss that has none.
    """
    held = {*held}
    left = {unit.key: unit.value for unit in after}
    present = {name for _, name in left}
    for unit in before:
        if unit.key not in left:
            outcome: Outcome = "left out"
        elif left[unit.key] != unit.value:
            outcome = "approximated"
        else:
            continue
        reason = reasons.of(unit, outcome)
        if outcome == "left out" and unit.kind not in held:
            reason = NOT_HELD
        elif outcome == "left out" and not reason:
            reason = next((f"{n} is left out" for n in unit.needs if n not in present), "")
        if not reason:
            raise AssertionError(f"{document}: {unit.kind} {unit.name} is {outcome} for no reason")
        yield Loss(
            document=document, kind=unit.kind, name=unit.name, outcome=outcome, reason=reason
        )


NOT_HELD = "the format has no place for them"


class LossCounter:
    """Adds up the losses of documents to a report."""

    def __init__(self) -> None:
        self._source: Counter[str] = Counter()
        self._outcomes: dict[Outcome, Counter[str]] = {
            "approximated": Counter(),
            "left out": Counter(),
        }
        self._losses = Spool(Loss)

    def add(self, counts: Mapping[str, int], losses: Iterable[Loss]) -> None:
        """Add the numbers of units of a source by kind, and what is lost of them."""
        self._source.update(counts)
        for loss in losses:
            self._outcomes[loss.outcome][loss.kind] += 1
            self._losses.append(loss)

    def report(self, format_name: str, direction: Literal["export", "import"]) -> LossReport:
        """The report on everything that was added."""
        first = ("documents", *KINDS)
        order = [*first, *sorted(self._source.keys() - {*first})]
        counts = {}
        for kind in order:
            if source := self._source[kind]:
                approximated = self._outcomes["approximated"][kind]
                left_out = self._outcomes["left out"][kind]
                counts[kind] = KindCount(
                    source=source,
                    kept=source - approximated - left_out,
                    approximated=approximated,
                    left_out=left_out,
                )
        return LossReport(
            format=format_name, direction=direction, counts=counts, losses=self._losses
        )


def reason_lines(losses: Iterable[Loss]) -> list[str]:
    """A line for each kind, outcome and reason, with the number of units and examples."""
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], list[str]] = {}
    for loss in losses:
        # Reasons name other items: what differs by item is shown once, with the first example.
        key = loss.kind, loss.outcome, _general(loss.reason)
        counts[key] += 1
        if counts[key] <= EXAMPLES:
            examples.setdefault(key, []).append(f"{loss.document}: {loss.name}")
    lines = []
    for (kind, outcome, reason), names in examples.items():
        count = counts[kind, outcome, reason]
        shown = ", ".join(names) + (", ..." if count > EXAMPLES else "")
        lines.append(f"{kind}, {count:,} {outcome}: {reason} ({shown})")
    return lines


def _general(reason: str) -> str:
    return "what they need is left out" if reason.endswith(" is left out") else reason
