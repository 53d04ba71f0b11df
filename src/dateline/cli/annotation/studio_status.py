"""``dateline studio status``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from dateline.cli.annotation.connection import Target, existing_project, target_options
from dateline.cli.interrupts import prompt_exit
from dateline.cli.shared import Command, echo_json, format_option

if TYPE_CHECKING:
    from dateline.label_studio.sync.status import DocumentState


@click.command(cls=Command)
@target_options
@format_option("text", "json")
@prompt_exit()
def status(target: Target, output_format: str) -> None:
    """Show the state of each document for each annotator.

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

    \b
    Example:
      dateline studio status
      dateline studio status --annotators ana,bo --format json
    """
    from dateline.label_studio.sync.status import status as document_states

    names = target.chosen_documents()
    titles = target.titles()
    states: list[DocumentState] = []
    with target.connect() as server:
        for title, annotator in titles.items():
            project = existing_project(server, title)
            states += document_states(target.corpus, server, project, names, annotator)
    if output_format == "json":
        echo_json(states)
        return
    from dateline.rendering.tables import Table, print_tables

    rows = sorted((state.document, state.annotator or "—", state.state) for state in states)
    print_tables([Table("", ("document", "annotator", "state"), rows, texts=3)])
    counts = Counter(state.state for state in states)
    target.settings.say(", ".join(f"{count} {name}" for name, count in counts.most_common()))
