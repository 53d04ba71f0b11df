"""``dateline adjudicate``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.gold.curator import Role, context, count, hear, lines, now
from dateline.cli.shared import Command, Settings, pass_settings
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.adjudication.adjudicate import Adjudication
    from dateline.adjudication.cases import Case, Decision
    from dateline.adjudication.manual_edits import Signed
    from dateline.corpus.store import Corpus


@click.command(cls=Command)
@click.argument("annotators", nargs=-1, required=True, metavar="ANNOTATOR...")
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="DOCUMENT",
    help="Document to adjudicate; may be repeated.  [default: all that all of them annotated]",
)
@click.option("--curator", metavar="PSEUDONYM", help="Who decides; stands in the log.")
@click.option(
    "--role",
    type=click.Choice(["human", "model"]),
    help="What the curator is.  [default: as annotations/annotators.json says]",
)
@click.option(
    "--strategy",
    "strategy_name",
    default="unanimous",
    show_default=True,
    metavar="NAME",
    help="What is settled by rule: unanimous, majority or prefer:ANNOTATOR.",
)
@click.option(
    "--decisions",
    "decisions_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Decisions to take over, one JSON object a line, as the log has them; asks nothing.",
)
@click.option(
    "--as",
    "curated_by",
    metavar="ANNOTATOR",
    help="Decide as this annotation has it: that of a curator in Label Studio.",
)
@click.option("--reason", metavar="TEXT", help="Why gold was corrected by hand; stands in the log.")
@click.option(
    "--replace", is_flag=True, help="Write gold even if what was changed in it by hand is lost."
)
@click.option("--reopen", multiple=True, metavar="CASE", help="Case to decide anew.")
@click.option("--list", "listed", is_flag=True, help="Only list the open cases.")
@click.option("--settled", is_flag=True, help="With --list: list what is decided too.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the list.",
)
@pass_settings
def adjudicate(
    settings: Settings,
    annotators: tuple[str, ...],
    documents: tuple[str, ...],
    curator: str | None,
    role: Role | None,
    strategy_name: str,
    decisions_file: Path | None,
    curated_by: str | None,
    reason: str | None,
    replace: bool,
    reopen: tuple[str, ...],
    listed: bool,
    settled: bool,
    output_format: str,
) -> None:
    """Make gold of what several annotators say.

    What they agree on is merged; the rest is shown case by case, with the text around. Each
    decision is kept at once in annotations/gold/DOCUMENT.log.jsonl, so you can quit and go on
    later. Gold is written when the last case is decided, and is left alone until then. Items that
    gold had before keep their ids; what was corrected in it by hand stays, and is logged.

    \b
    Example:
      dateline adjudicate ana bo --curator cy
      dateline adjudicate ana bo --list --format json
      dateline adjudicate ana bo --curator cy --decisions decisions.jsonl
      dateline adjudicate ana bo --as cy
    """
    from dateline.adjudication.adjudicate import Adjudication, comparable
    from dateline.adjudication.cases import unsigned
    from dateline.adjudication.decision_log import read_decisions
    from dateline.adjudication.manual_edits import Signed
    from dateline.adjudication.strategy import strategy
    from dateline.corpus.store import Corpus

    corpus = Corpus(settings.root)
    chosen = strategy(strategy_name, annotators)
    names = comparable(corpus, annotators, documents)
    under_way = (Adjudication(corpus, name, annotators, chosen, reopen) for name in names)
    if listed:
        _list(under_way, settled, output_format)
        return
    given = read_decisions(decisions_file) if decisions_file else []
    ask = decisions_file is None and curated_by is None and sys.stdin.isatty()
    curator = curator or curated_by
    if curator is not None or ask or any(unsigned(decision) for decision in given):
        role = _role(corpus, curator, role)
    signed = Signed(curator=curator, role=role, reason=reason) if curator and role else None
    unsettled = 0
    for adjudication in under_way:
        unfit = adjudication.take(_signed(given, curator, role))
        for decision in unfit:
            settings.say(f"{decision.document}: fits no case, or not as it is now: {decision.case}")
        if curated_by is not None and signed is not None:
            _follow(corpus, adjudication, curated_by, signed)
        if (
            ask
            and curator is not None
            and role is not None
            and not hear(adjudication, curator, role)
        ):
            return
        unsettled += not _finished(settings, adjudication, signed, replace)
    if unsettled:
        raise click.exceptions.Exit(1)


def _list(under_way: Iterable[Adjudication], settled: bool, output_format: str) -> None:
    rows = []
    for adjudication in under_way:
        decided = adjudication.settlement.decided if settled else ()
        for case, decision in [*decided, *((case, None) for case in adjudication.settlement.open)]:
            if output_format == "json":
                rows.append(_row(adjudication, case, decision))
                continue
            for line in lines(adjudication, case):
                click.echo(line)
            if decision is not None:
                click.echo(f"  {_said(decision)}")
            click.echo()
        if output_format == "text":
            click.echo(count(adjudication))
    if output_format == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))


def _row(adjudication: Adjudication, case: Case, decision: Decision | None) -> dict[str, Any]:
    import msgspec

    fields = msgspec.to_builtins(case)
    row = {"document": adjudication.document.id, "case": fields.pop("id"), **fields}
    row["context"] = context(adjudication, case)
    if decision is not None:
        row["decision"] = {
            key: value
            for key, value in msgspec.to_builtins(decision).items()
            if key not in ("document", "case", "options", "quote")
        }
    return row


def _said(decision: Decision) -> str:
    chosen = (
        f"{decision.value!r}" if decision.choice is None else ", ".join(decision.choice) or "none"
    )
    who = f"{decision.curator or decision.by}"
    return f"decided: {chosen}, by {who}" + (f": {decision.reason}" if decision.reason else "")


def _role(corpus: Corpus, curator: str | None, role: Role | None) -> Role:
    from dateline.corpus.annotators import read_register

    if curator is None:
        raise DatelineError("Who decides? Name a pseudonym: --curator NAME.")
    known = read_register(corpus).get(curator)
    if known is not None and role not in (None, known.kind):
        raise DatelineError(
            f"--role {role}: annotations/annotators.json has «{curator}» as {known.kind}."
        )
    found = known.kind if known is not None else role
    if found is None:
        raise DatelineError(
            f"--curator {curator}: is not in annotations/annotators.json; say what decides with "
            "--role human or --role model, or add them there."
        )
    return found


def _signed(
    decisions: Sequence[Decision], curator: str | None, role: Role | None
) -> list[Decision]:
    import msgspec

    from dateline.adjudication.cases import unsigned

    return [
        msgspec.structs.replace(decision, curator=curator, role=role, when=now())
        if unsigned(decision)
        else decision
        for decision in decisions
    ]


def _follow(corpus: Corpus, adjudication: Adjudication, curated_by: str, signed: Signed) -> None:
    path = corpus.annotation_path(curated_by, adjudication.document.id)
    if not path.is_file():
        raise DatelineError(
            f"{corpus.relative(path)}: there is no such file; pull what was curated first."
        )
    curated = corpus.read_annotation(curated_by, adjudication.document.id)
    adjudication.follow(curated, signed, now())


def _finished(
    settings: Settings, adjudication: Adjudication, signed: Signed | None, replace: bool
) -> bool:
    if adjudication.settlement.open:
        click.echo(count(adjudication))
        return False
    changed = adjudication.finish(now(), signed, replace)
    state = "written" if changed else "unchanged"
    settings.say(
        f"{adjudication.document.id}: gold {state}, "
        f"{len(adjudication.settlement.decided)} cases decided"
    )
    return True
