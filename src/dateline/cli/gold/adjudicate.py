"""``dateline adjudicate``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from dateline.cli.gold.curator import case_lines, decide_cases, now, progress
from dateline.cli.shared import (
    Command,
    Settings,
    documents_option,
    dry_run_option,
    echo,
    format_option,
    pass_settings,
)
from dateline.errors import DatelineError, InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from dateline.adjudication.adjudicate import Adjudication
    from dateline.adjudication.cases.case import Case, Curator, Decision
    from dateline.corpus.store import Corpus

Kind = Literal["human", "model"]


@click.command(cls=Command)
@click.argument("annotators", nargs=-1, required=True, metavar="ANNOTATOR...")
@documents_option(
    "Only these documents.  [default: all that two or more of the annotators have annotated]"
)
@click.option("--curator", metavar="NAME", help="Pseudonym of the curator, for the log.")
@click.option(
    "--kind",
    type=click.Choice(["human", "model"]),
    help="Kind of curator.  [default: from annotations/annotators.json]",
)
@click.option(
    "--strategy",
    "strategy_name",
    default="unanimous",
    show_default=True,
    metavar="NAME",
    help="Rule that decides cases first: unanimous (none), majority, or prefer:ANNOTATOR.",
)
@click.option(
    "--decisions",
    "decisions_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Apply decisions from a file in the format of the log, without asking.",
)
@click.option(
    "--from-curator",
    metavar="NAME",
    help="Decide like this curator's own annotation, pulled from Label Studio.",
)
@click.option("--reopen", multiple=True, metavar="CASE", help="Case to decide again; repeatable.")
@click.option("--reason", metavar="TEXT", help="Reason for manual corrections, for the log.")
@click.option("--replace", is_flag=True, help="Overwrite gold, even if corrections are lost.")
@click.option("--list", "list_only", is_flag=True, help="List the open cases, and write nothing.")
@click.option("--all", "list_all", is_flag=True, help="With --list: list decided cases too.")
@format_option("text", "json")
@dry_run_option()
@pass_settings
def adjudicate(
    settings: Settings,
    annotators: tuple[str, ...],
    documents: tuple[str, ...],
    curator: str | None,
    kind: Kind | None,
    strategy_name: str,
    decisions_file: Path | None,
    from_curator: str | None,
    reopen: tuple[str, ...],
    reason: str | None,
    replace: bool,
    list_only: bool,
    list_all: bool,
    output_format: str,
    dry_run: bool,
) -> None:
    """Merge annotations into gold.

    Each document is adjudicated by the annotations of those who annotated it, two at least.
    Documents that are left out are reported; if there are no others, the exit code is 1. Items and
    fields on which all annotators agree are merged. Each disagreement is a case, to be decided in
    the terminal, by --decisions, by --from-curator or by --strategy. Decisions are logged at once
    in annotations/gold/DOCUMENT.log.jsonl, so you can quit and continue later. Gold is written when
    no case is open, and if no file has changed since it was read. Items of gold keep their ids, and
    manual corrections of gold are kept and logged.

    \b
    Examples:
      dateline adjudicate ana bo --curator cy
      dateline adjudicate ana bo --list --format json
      dateline adjudicate ana bo --curator cy --decisions decisions.jsonl
      dateline adjudicate ana bo --from-curator cy
    """
    from dateline.adjudication.adjudicate import Adjudication
    from dateline.adjudication.decision_log import read_decisions
    from dateline.adjudication.selection import select_documents
    from dateline.adjudication.strategy import strategy
    from dateline.corpus.store import Corpus
    from dateline.files.writing import locked
    from dateline.validation.engine import Checker

    corpus = Corpus(settings.root)
    selection = select_documents(corpus, annotators, documents)
    chosen, checker = strategy(strategy_name, annotators), Checker(corpus)
    for message in selection.left_out:
        settings.say(message)

    def opened(document: str) -> Adjudication:
        # Nobody writes while the files are read, but a person may take hours to decide.
        with locked(corpus.root) if interactive else nullcontext():
            names = selection.documents[document]
            found = Adjudication(
                corpus, document, names, chosen, reopen, dry_run=dry_run, checker=checker
            )
        if found.log.is_torn:
            settings.say(
                f"{found.log.path}: ignored the unfinished last line, left by an interrupted "
                "command."
            )
        return found

    interactive = False
    if list_only:
        _list(settings, map(opened, selection.documents), list_all, output_format)
        return
    given = read_decisions(decisions_file) if decisions_file else []
    for document in sorted({decision.document for decision in given} - {*selection.documents}):
        settings.say(f"{document}: ignored the decisions on it; it is not being adjudicated.")
    interactive = not (decisions_file or from_curator or dry_run) and sys.stdin.isatty()
    name = curator or from_curator
    who = _curator(corpus, name, kind, reason) if name is not None else None
    if who is None and (interactive or any(decision.lacks_curator for decision in given)):
        raise InvalidInputError("Decisions need a curator. Name a pseudonym: --curator NAME.")
    unfinished = 0
    with nullcontext() if interactive or dry_run else locked(corpus.root):
        for document in selection.documents:
            try:
                adjudication = opened(document)
                for decision in adjudication.apply(_with_curator(given, who)):
                    settings.say(
                        f"{decision.document}: ignored the decision on {decision.case}: there is "
                        "no such case, or its options have changed."
                    )
                if from_curator is not None and who is not None:
                    _adopt(corpus, adjudication, from_curator, who)
                _tell_notes(settings, adjudication, interactive)
                if interactive and who and not decide_cases(corpus.root, adjudication, who):
                    return
                with locked(corpus.root) if interactive else nullcontext():
                    unfinished += not _write_gold(settings, adjudication, who, replace, dry_run)
            except DatelineError as error:
                # The next document's first case would clear the message off the terminal.
                if interactive or len(selection.documents) == 1:
                    raise
                echo(f"Error: {error}", err=True)
                unfinished += 1
    if unfinished:
        raise click.exceptions.Exit(1)


def _tell_notes(settings: Settings, adjudication: Adjudication, interactive: bool) -> None:
    """Show the notes that no case shows."""
    if notes := adjudication.notes_without_case():
        for _, note in notes:
            settings.say(f"{adjudication.document.id}: {note}")
        if interactive:
            click.pause()  # the first case would clear them off the terminal


def _list(
    settings: Settings, adjudications: Iterable[Adjudication], list_all: bool, output_format: str
) -> None:
    from dateline.adjudication.cases.case_text import decision_text

    rows = []
    for adjudication in adjudications:
        _tell_notes(settings, adjudication, interactive=False)
        decided = adjudication.resolution.decided if list_all else ()
        for case, decision in [*decided, *((case, None) for case in adjudication.resolution.open)]:
            if output_format == "json":
                rows.append(_row(adjudication, case, decision))
                continue
            for line in case_lines(adjudication, case):
                echo(line)
            if decision is not None:
                echo(f"  {decision_text(decision)}")
            echo()
        if output_format == "text":
            echo(progress(adjudication))
    if output_format == "json":
        echo(json.dumps(rows, indent=2, ensure_ascii=False))


def _row(adjudication: Adjudication, case: Case, decision: Decision | None) -> dict[str, Any]:
    import msgspec

    fields = msgspec.to_builtins(case)
    row = {"document": adjudication.document.id, "case": fields.pop("id"), **fields}
    row["context"] = adjudication.annotated.context(case.ranges)
    if notes := adjudication.annotated.notes(case.ranges):
        row["notes"] = [f"{name}: {words}" for name, words in notes]
    if decision is not None:
        row["decision"] = {
            key: value
            for key, value in msgspec.to_builtins(decision).items()
            if key not in ("document", "case", "options", "quote")
        }
    return row


def _curator(corpus: Corpus, name: str, kind: Kind | None, reason: str | None) -> Curator:
    from dateline.adjudication.cases.case import Curator
    from dateline.corpus.annotators import check_signature, read_register

    check_signature(name, reason)
    known = read_register(corpus).get(name)
    if known is not None and kind not in (None, known.kind):
        raise InvalidInputError(
            f'--kind {kind}: in annotations/annotators.json "{name}" is {known.kind}.'
        )
    found = known.kind if known is not None else kind
    if found is None:
        raise InvalidInputError(
            f'"{name}" is not in annotations/annotators.json. Run `dateline annotators add {name} '
            "--kind human` (or `--kind model`), or give --kind here."
        )
    return Curator(name=name, kind=found, reason=reason)


def _with_curator(decisions: Sequence[Decision], curator: Curator | None) -> Sequence[Decision]:
    import msgspec

    if curator is None:
        return decisions
    return [
        msgspec.structs.replace(decision, curator=curator.name, role=curator.kind, when=now())
        if decision.lacks_curator
        else decision
        for decision in decisions
    ]


def _adopt(corpus: Corpus, adjudication: Adjudication, name: str, curator: Curator) -> None:
    from dateline.validation.required import valid_document

    path = corpus.annotation_path(name, adjudication.document.id)
    if not path.is_file():
        raise NotFoundError(
            f"{corpus.relative(path)}: there is no such file. Pull the curator's annotation first."
        )
    found = valid_document(corpus, adjudication.document.id, [name])
    adjudication.adopt(found.annotations[name], curator, now())


def _write_gold(
    settings: Settings,
    adjudication: Adjudication,
    curator: Curator | None,
    replace: bool,
    dry_run: bool,
) -> bool:
    if adjudication.resolution.open:
        adjudication.save_decisions()
        echo(progress(adjudication))
        return False
    changed = adjudication.write_gold(now(), curator, replace)
    written = "would be written" if dry_run else "written"
    settings.say(
        f"{adjudication.document.id}: gold {written if changed else 'unchanged'}, "
        f"{len(adjudication.resolution.decided)} cases decided"
    )
    return True
