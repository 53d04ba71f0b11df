"""The terminal of a curator: one case at a time, with the text around it, decided by a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import click

from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.adjudication.adjudicate import Adjudication
    from dateline.adjudication.cases import Case, Decision

Role = Literal["human", "model"]


def hear(adjudication: Adjudication, curator: str, role: Role) -> bool:
    """Ask for a decision on each open case; False when the curator wants to stop."""
    import msgspec

    skipped: set[str] = set()
    reason: str | None = None
    while waiting := [c for c in adjudication.settlement.open if c.id not in skipped]:
        case = waiting[0]
        _show(adjudication, case, reason)
        key = click.getchar()
        if key == "q":
            return False
        if key == "s":
            skipped.add(case.id)
        elif key == "r":
            reason = click.prompt("Reason", default="", show_default=False) or None
        else:
            decision = _decision(adjudication, case, key)
            if decision is None:
                continue
            signed = msgspec.structs.replace(
                decision, curator=curator, role=role, reason=reason, when=now()
            )
            try:
                adjudication.decide(case, signed)
            except DatelineError as fault:
                click.echo(str(fault))
                click.pause()
                continue
            reason = None
    return True


def lines(adjudication: Adjudication, case: Case) -> Iterator[str]:
    """The case as a person reads it."""
    what = f"{case.what.replace('_', ' ')} {adjudication.inputs.quote(case.place)}"
    yield click.style(f"{case.kind} {case.detail}".strip(), bold=True) + f" of the {what}"
    yield f"  {context(adjudication, case)}"
    for number, (option, names) in enumerate(case.by_value(), 1):
        yield f"  {number}  {', '.join(names)}: {click.style(option.text, bold=True)}"
    yield click.style(f"  {case.id}", dim=True)


def context(adjudication: Adjudication, case: Case) -> str:
    """The sentences that the case is in, with the place in brackets."""
    from dateline.text import excerpt, passage

    document = adjudication.document
    start, end = passage(document.sentences, case.place)
    pieces = []
    for place_start, place_end in case.place:
        if place_start >= start:
            pieces.append(excerpt(document.text, start, place_start, 300))
            pieces.append(f"[{excerpt(document.text, place_start, place_end, 600)}]")
            start = place_end
    return "".join([*pieces, excerpt(document.text, start, end, 300)])


def count(adjudication: Adjudication) -> str:
    """How far it has come."""
    open_, decided = adjudication.settlement.open, adjudication.settlement.decided
    more = ", and there may be more" if adjudication.settlement.waiting else ""
    return f"{adjudication.document.id}: {len(decided)} decided, {len(open_)} open{more}"


def now() -> str:
    """The time, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _show(adjudication: Adjudication, case: Case, reason: str | None) -> None:
    click.clear()
    click.echo(count(adjudication))
    for line in lines(adjudication, case):
        click.echo(line)
    if reason:
        click.echo(f"  reason: {reason}")
    keys = [f"1-{len(case.by_value())} choose"] if case.options else []
    keys += ["b both"] * case.several + ["n neither"] * case.none
    click.echo("  " + "   ".join([*keys, "o other", "r reason first", "s skip", "q quit"]))


def _decision(adjudication: Adjudication, case: Case, key: str) -> Decision | None:
    """What a key decides, or None where it means nothing here."""
    from dateline.adjudication.cases import Decision

    def decision(choice: tuple[str, ...] | None, value: Any = None) -> Decision:
        document = adjudication.document.id
        return Decision(document=document, case=case.id, choice=choice, value=value)

    options = case.by_value()
    if key.isdecimal() and 1 <= int(key) <= len(options):
        return decision(options[int(key) - 1][1])
    if key == "b" and case.several:
        return decision(tuple(case.options))
    if key == "n" and case.none:
        return decision(())
    if key == "o":
        return decision(None, _other(adjudication, case))
    return None


def _other(adjudication: Adjudication, case: Case) -> Any:
    """What the curator types: one of the labels, words of the text, or a value as in the log."""
    hint = f" ({', '.join(case.values)})" if case.values else ""
    given = str(click.prompt(f"Instead{hint}"))
    try:
        return json.loads(given)
    except ValueError:
        pass
    start = adjudication.document.text.find(given, max(0, case.place[0][0] - len(given)))
    if case.kind in ("span", "cue") and start >= 0:
        return [[start, start + len(given)]]
    return given
