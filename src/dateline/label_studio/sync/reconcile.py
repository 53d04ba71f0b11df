"""What to do with an annotation that was changed both here and on the server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from dateline.annotations.differences import Difference, differences
from dateline.annotations.merging import merge
from dateline.model import Annotation, Document, Struct
from dateline.rendering.listing import listed
from dateline.validation.engine import Checker

OnConflict = Literal["refuse", "ours", "theirs", "merge"]
"""``refuse``: write nothing and report. ``ours``: keep the file here. ``theirs``: take the
server's. ``merge``: keep the changes of both, unless they contradict each other."""

SHOWN = 12
"""How many differences or errors a message lists."""


class Reconciled(Struct, frozen=True):
    """The annotation to keep, None if the conflict is refused, and a message."""

    annotation: Annotation | None
    message: str | None = None


class Sides(Struct, frozen=True):
    """An annotation here and on the server, and the one that both started from, if it is known.

    ``reason`` tells why this is a conflict: ``edited here, and on the server too``.
    """

    base: Annotation | None
    ours: Annotation
    theirs: Annotation
    reason: str


def reconcile(
    sides: Sides, document: Document, file: str, on_conflict: OnConflict, checker: Checker
) -> Reconciled:
    """Resolve a conflict as the user chose."""
    match on_conflict:
        case "ours":
            return Reconciled(
                annotation=sides.ours, message=f"{sides.reason}; the file here is kept"
            )
        case "theirs":
            return Reconciled(annotation=sides.theirs)
        case "merge":
            return _merge(sides, document, file, checker)
    lines = map(_describe, differences(sides.ours, sides.theirs))
    return Reconciled(
        annotation=None,
        message=f"{file} {sides.reason}; nothing was written.{indented(lines)}\n"
        "    Set on_conflict to ours, theirs or merge; to keep both, pull under another pseudonym.",
    )


def indented(lines: Iterable[str]) -> str:
    """The first lines of a list, each on a line of its own below a message."""
    return "".join(f"\n    {line}" for line in listed(lines, SHOWN))


def _merge(sides: Sides, document: Document, file: str, checker: Checker) -> Reconciled:
    if sides.base is None:
        return Reconciled(
            annotation=None,
            message=f"{file} {sides.reason}, so it is unknown which side changed what, and nothing "
            "was written; set on_conflict to ours or theirs, or pull under another pseudonym.",
        )
    merged = merge(sides.base, sides.ours, sides.theirs)
    problems = [conflict.message for conflict in merged.conflicts] or _new_errors(
        merged.annotation, document, (sides.ours, sides.theirs), checker
    )
    if problems:
        return Reconciled(
            annotation=None,
            message=f"{file} {sides.reason}, and the two cannot be merged; nothing was written."
            f"{indented(problems)}\n    Fix these here or on the server and pull again, or set "
            "on_conflict to ours or theirs.",
        )
    return Reconciled(annotation=merged.annotation, message=f"{sides.reason}; both were merged")


def _new_errors(
    merged: Annotation, document: Document, sides: Iterable[Annotation], checker: Checker
) -> list[str]:
    """Errors of the merged annotation that neither side has."""
    known = {i.message for side in sides for i in checker.check_annotation(side, document)}
    return [
        f"{i.code} {i.subject or i.pointer}: {i.message}"
        for i in checker.check_annotation(merged, document)
        if i.level == "error" and i.message not in known
    ]


def _describe(difference: Difference) -> str:
    quote = f' "{difference.quote}"' if difference.quote else ""
    item = f"{difference.kind} {difference.id}{quote}"
    if difference.right is None:
        return f"{item}: only here"
    if difference.left is None:
        return f"{item}: only on the server, as {difference.right}"
    field = f" {difference.field}" if difference.field else ""
    return f"{item}{field}: {difference.left} here, {difference.right} on the server"
