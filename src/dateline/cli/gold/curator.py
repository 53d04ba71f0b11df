"""The curator's terminal: one case at a time, with its context, decided by a key."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.shared import echo, styled
from dateline.errors import InvalidInputError
from dateline.rendering.printable import printable

if TYPE_CHECKING:
    from dateline.adjudication.adjudicate import Adjudication
    from dateline.adjudication.cases.case import Case, Curator, Decision


def decide_cases(root: Path, adjudication: Adjudication, curator: Curator) -> bool:
    """Ask for a decision on each open case; False if the curator quits.

    The corpus is locked only to save a decision, not while the curator thinks. Raises ConflictError
    if a file changes in the meantime.
    """
    import msgspec

    from dateline.corpus.annotators import check_no_address
    from dateline.files.writing import locked

    skipped: set[str] = set()
    reason: str | None = None
    while remaining := [c for c in adjudication.resolution.open if c.id not in skipped]:
        case = remaining[0]
        _show(adjudication, case, reason)
        key = click.getchar()
        if key == "q":
            return False
        if key == "s":
            skipped.add(case.id)
        elif key == "r":
            reason = click.prompt("Reason", default="", show_default=False) or None
            try:
                check_no_address(reason, "Reason")
            except InvalidInputError as error:
                reason = None
                echo(str(error))
                click.pause()
        else:
            problem = ""
            for decision in _decisions(adjudication, case, key):
                signed = msgspec.structs.replace(
                    decision, curator=curator.name, role=curator.kind, reason=reason, when=now()
                )
                try:
                    with locked(root):
                        adjudication.decide(case, signed)
                except InvalidInputError as error:
                    problem = problem or str(error)
                else:
                    problem, reason = "", None
                    break
            if problem:
                echo(problem)
                click.pause()
    return True


def case_lines(adjudication: Adjudication, case: Case) -> Iterator[str]:
    """The case with its context, styled for a terminal."""
    from dateline.adjudication.cases.case_text import case_notes, case_options, case_title

    yield styled(case_title(case, adjudication.annotated), bold=True)
    yield f"  {adjudication.annotated.context(case.ranges)}"
    for number, option in enumerate(case_options(case), 1):
        yield f"  {number}  {option}"
    for note in case_notes(case, adjudication.annotated):
        yield f"     {note}"
    yield styled(f"  {case.id}", dim=True)


def progress(adjudication: Adjudication) -> str:
    """The numbers of decided and open cases."""
    open_, decided = adjudication.resolution.open, adjudication.resolution.decided
    more = ", and there may be more" if adjudication.resolution.incomplete else ""
    return f"{adjudication.document.id}: {len(decided)} decided, {len(open_)} open{more}"


def now() -> str:
    """The current time, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _show(adjudication: Adjudication, case: Case, reason: str | None) -> None:
    click.clear()
    echo(progress(adjudication))
    for line in case_lines(adjudication, case):
        echo(line)
    if reason:
        echo(f"  reason: {reason}")
    last = len(case.distinct_options())
    keys = [f"1-{last} choose"] if last else []
    keys += ["a all"] * case.allows_several + ["n none"] * case.allows_none
    keys += ["o other value", "r add a reason", "s skip", "q quit"]
    echo("  " + "   ".join(keys))


def _decisions(adjudication: Adjudication, case: Case, key: str) -> list[Decision]:
    """The decision that a key means, or several of which the first possible one is meant."""
    from dateline.adjudication.cases.case import Decision

    def decision(choice: tuple[str, ...] | None, value: Any = None) -> Decision:
        document = adjudication.document.id
        return Decision(document=document, case=case.id, choice=choice, value=value)

    choices = dict(case.choices())
    name = {"a": "all", "n": "none"}.get(key, key)
    if name in choices:
        return [decision(choices[name])]
    if key == "o":
        return [decision(None, value) for value in _other_values(adjudication, case)]
    return []


def _other_values(adjudication: Adjudication, case: Case) -> Iterator[Any]:
    """What the curator types may mean: JSON as in the log, words of the text, a label or a text."""
    from dateline.files.reading import MalformedError, decode_json

    allowed = f" ({', '.join(case.allowed_values)})" if case.allowed_values else ""
    given = str(click.prompt(printable(f"Other value{allowed}")))
    with contextlib.suppress(MalformedError):
        yield decode_json(given.encode("utf-8", "surrogateescape"))
    start = adjudication.document.text.find(given, max(0, case.ranges[0][0] - len(given)))
    if case.kind in ("span", "cue") and start >= 0:
        yield [[start, start + len(given)]]
    yield given
