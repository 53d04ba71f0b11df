"""``dateline studio status``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from dateline.cli.annotation.connection import Target, existing_project, target_options
from dateline.cli.annotation.outcome import not_valid
from dateline.cli.interrupts import prompt_exit
from dateline.cli.shared import (
    Command,
    Settings,
    echo,
    echo_json,
    format_option,
    names_option,
    site_option,
)
from dateline.errors import InvalidInputError
from dateline.rendering.printable import printable_markup

if TYPE_CHECKING:
    from dateline.label_studio.sync.status import DocumentState, Total
    from dateline.rendering.tables import Table

WEEKS = 8
"""Weeks that the terminal shows, the latest ones; the page has all."""


@click.command(cls=Command)
@target_options
@click.option("--list", "list_documents", is_flag=True, help="Show each document's state too.")
@names_option("--state", "STATE", "List documents in these states, and give only them as JSON.")
@format_option("text", "json", "html")
@site_option()
@prompt_exit()
def status(
    target: Target,
    list_documents: bool,
    state: tuple[str, ...],
    output_format: str,
    site: str | None,
) -> None:
    """Show how many documents are annotated, by annotator and week.

    JSON output has the state of each document for each annotator, with the time of its submission
    and the seconds that the annotator had it open. Label Studio counts these seconds, pauses
    included. Documents with several tasks are named. If annotations that were pulled have errors,
    the command names them and exits with 1. States:

    \b
    not pushed      the document is not in the project
    to do           nothing was annotated
    in progress     there is a draft
    skipped         the annotator skipped it
    submitted       not pulled yet
    pulled          up to date
    stale           changed on the server since it was pulled
    deleted         deleted on the server since it was pulled
    different text  the text on the server is not the document's
    returned        `dateline studio return` sent it back, and it was not changed since
    revised         the annotator has submitted it again since it was returned

    The last two are in addition to another state.

    \b
    Examples:
      dateline studio status
      dateline studio status --list --documents a,b
      dateline studio status --state submitted,stale
      dateline studio status --annotators ana,bo --format json
      dateline studio status --plan annotations/plan.json --format html > progress.html
    """
    from dateline.label_studio.sync.status import REVIEWS, STATES, not_pushed
    from dateline.label_studio.sync.status import status as document_states

    for name in state:
        if name not in (*STATES, *REVIEWS):
            allowed = ", ".join((*STATES, *REVIEWS))
            raise click.UsageError(f"--state {name}: is unknown. Allowed: {allowed}.")
    titles = target.titles()
    states: list[DocumentState] = []
    with target.connect() as server:
        for title, annotator in titles.items():
            names = target.documents_of(annotator)
            if target.plan_file and annotator and server.find_project(title) is None:
                states += not_pushed(names, annotator)
                continue
            project = existing_project(server, title)
            states += document_states(target.corpus, server, project, names, annotator)
    chosen = [one for one in states if not state or {one.state, one.review} & {*state}]
    listed = [_document_table(chosen)] if list_documents or state else []
    if output_format == "json":
        echo_json(chosen)
    elif output_format == "html":
        from dateline.dataset.description.citation import title_of_corpus
        from dateline.rendering.header import header_of
        from dateline.rendering.html import html_page

        header = header_of(title_of_corpus(target.corpus), site)
        shown = [*_tables(states, None), *listed]
        echo(printable_markup(html_page("Progress", header, [], shown)))
    else:
        from dateline.rendering.tables import print_tables

        print_tables([*listed, *_tables(states, WEEKS)])
    _check(target.settings, states)


def _check(settings: Settings, states: Sequence[DocumentState]) -> None:
    from dateline.label_studio.sync.tasks import several_tasks

    for name, tasks in {s.document: s.tasks for s in states if len(s.tasks) > 1}.items():
        settings.say(f"{name}: {several_tasks(tasks)}")
    invalid: dict[str, list[str]] = {}
    for state in states:
        if state.errors:
            invalid.setdefault(state.annotator or "", []).append(state.document)
    if invalid:
        raise InvalidInputError("\n".join(not_valid(invalid)))


def _document_table(states: Sequence[DocumentState]) -> Table:
    from dateline.rendering.site_links import document_link
    from dateline.rendering.tables import Linked, Table

    rows = sorted(
        (
            Linked(state.document, document_link(state.document)),
            state.annotator or "—",
            state.state,
            f"{state.review}: {state.comment}" if state.review else "—",
        )
        for state in states
    )
    return Table("Documents", ("document", "annotator", "state", "review"), rows, texts=4)


def _tables(states: Sequence[DocumentState], weeks: int | None) -> Iterator[Table]:
    """Totals by annotator and state, and what was submitted in the latest weeks, or in all."""
    from dateline.label_studio.sync.status import REVIEWS, STATES, totals, weekly_totals
    from dateline.rendering.tables import Table

    used = [name for name in STATES if any(state.state == name for state in states)]
    reviewed = [name for name in REVIEWS if any(state.review == name for state in states)]
    rows = [
        (
            name or "—",
            f"{total.documents:,}",
            *(f"{total.states.get(state, 0):,}" for state in used),
            *(f"{total.reviews.get(review, 0):,}" for review in reviewed),
            _time(total),
        )
        for name, total in totals(states).items()
    ]
    yield Table("Annotators", ("annotator", "documents", *used, *reviewed, "time"), rows)
    weekly = weekly_totals(states)
    every = sorted({week for week, _ in weekly})
    shown = every if weeks is None else every[-weeks:]
    by_week = [
        (week, annotator, f"{total.documents:,}", _time(total))
        for (week, annotator), total in weekly.items()
        if week in shown
    ]
    if by_week:
        earlier = len(every) - len(shown)
        title = f"Submitted by week{f', without {earlier} earlier weeks' if earlier else ''}"
        yield Table(title, ("week", "annotator", "documents", "time"), by_week, texts=2)


def _time(total: Total) -> str:
    """Hours and minutes, and the mean of a document, such as ``3 h 20 min, 4.0 min each``."""
    if not total.timed:
        return "—"
    hours, minutes = divmod(round(total.seconds / 60), 60)
    each = total.seconds / 60 / total.timed
    return f"{f'{hours:,} h ' if hours else ''}{minutes} min, {each:.1f} min each"
