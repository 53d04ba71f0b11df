"""``dateline studio return``."""

from __future__ import annotations

import click

from dateline.cli.annotation.connection import (
    Target,
    check_known,
    existing_project,
    server_options,
)
from dateline.cli.interrupts import prompt_exit
from dateline.cli.shared import Command


@click.command("return", cls=Command)
@click.argument("annotator")
@click.argument("document")
@server_options
@click.option("--comment", metavar="TEXT", help="What to correct, and why; the annotator reads it.")
@click.option("--done", is_flag=True, help="Take the comment off the page: nothing is to correct.")
@prompt_exit()
def return_(target: Target, annotator: str, document: str, comment: str | None, done: bool) -> None:
    """Return an annotation to its annotator, with a comment.

    The page shows the comment above the labels until the next one, or until --done; the annotation
    itself is not touched. `dateline studio status --state returned,revised` lists what was
    returned, and what was submitted again since. Uses the annotator's own project "TITLE · NAME",
    if there is one.

    \b
    Examples:
      dateline studio return ana text-17 --comment "The second claim is the minister's."
      dateline studio return ana text-17 --done
    """
    from dateline.label_studio.sync.push import project_title, title_for
    from dateline.label_studio.sync.review import return_annotation

    comment = comment.strip() if comment else None
    if bool(comment) == done:
        raise click.UsageError("Give either a --comment or --done.")
    check_known([document], target.corpus.document_ids())
    title = target.title or project_title(target.corpus.ontology)
    with target.connect() as server:
        own = server.find_project(title_for(title, annotator))
        project = own or existing_project(server, title)
        returned = return_annotation(
            target.corpus,
            server,
            project,
            annotator,
            document,
            comment,
            target.pseudonyms(()),
            annotator if own else None,
        )
    state = "returned to" if comment else "comment removed for"
    target.settings.say(f"{document}: annotation {returned.annotation} {state} {annotator}")
    if comment and returned.others:
        target.settings.say(
            f"{', '.join(returned.others)} can read the comment too: they annotate the same task."
        )
