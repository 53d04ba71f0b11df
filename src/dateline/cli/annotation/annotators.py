"""``dateline annotators``: the list of annotators, and their user numbers on a server."""

from __future__ import annotations

import datetime
from typing import Literal

import click

from dateline.cli.annotation.connection import pseudonyms_by_user, url_option
from dateline.cli.shared import Group, Settings, echo, format_option, pass_settings


@click.group(cls=Group)
def annotators() -> None:
    """List annotators, and add or change them.

    annotations/annotators.json is part of the corpus; it has no names or e-mail addresses. Which
    user of a server has which pseudonym is stored in .dateline/, outside version control.
    """


@annotators.command("list")
@format_option("text", "json")
@pass_settings
def list_annotators(settings: Settings, output_format: str) -> None:
    """Show all annotators, with the number of their documents.

    Exits with 1 if an annotation has errors.

    \b
    Example:
      dateline annotators list
    """
    from dateline.corpus.annotators import Annotator, annotation_files, kind_of, read_register
    from dateline.corpus.store import Corpus
    from dateline.validation.required import valid_annotations

    corpus = Corpus(settings.root)
    known = dict(read_register(corpus))
    present = corpus.annotators()
    for _ in valid_annotations(corpus):
        pass  # it raises an error if any annotation is not valid
    rows = []
    for name in sorted({*known, *present} - {"gold"}):
        listed: Annotator | None = known.get(name)
        rows.append(
            {
                "pseudonym": name,
                "kind": listed.kind if listed else None,
                "since": listed.since if listed else None,
                "note": listed.note if listed else None,
                "documents": len(annotation_files(corpus, name)) if name in present else 0,
            }
        )
    if output_format == "json":
        import json

        echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    from dateline.rendering.tables import Table, print_tables

    columns = ("pseudonym", "kind", "since", "documents", "note")
    cells = []
    for row in rows:
        shown = row | {"kind": row["kind"] or "not listed"}
        cells.append(tuple(str("" if shown[c] is None else shown[c]) for c in columns))
    print_tables([Table("", columns, cells, texts=len(columns))])
    for name in sorted({*present} - {*known, "gold"}):
        kind = kind_of(corpus, name)
        settings.say(
            f"{name} is not listed and counts as a {kind} by the provenance of the annotations; "
            f"run `dateline annotators add {name} --kind {kind}`."
        )


@annotators.command()
@click.argument("pseudonym")
@click.option("--kind", type=click.Choice(["human", "model"]), help="A person, or a program.")
@click.option("--since", metavar="DAY", help="Date, such as 2026-01-31.  [default: today]")
@click.option("--note", metavar="TEXT", help="Note for readers of the corpus, without names.")
@pass_settings
def add(
    settings: Settings,
    pseudonym: str,
    kind: Literal["human", "model"] | None,
    since: str | None,
    note: str | None,
) -> None:
    """Add an annotator or curator to the list, or change an entry.

    \b
    Example:
      dateline annotators add ana --kind human
    """
    from dateline.corpus.annotators import (
        Annotator,
        check_date,
        check_pseudonym,
        read_register,
        write_annotator,
    )
    from dateline.corpus.store import Corpus
    from dateline.errors import InvalidInputError
    from dateline.files.writing import locked

    corpus = Corpus(settings.root)
    check_pseudonym(pseudonym, f'"{pseudonym}"')
    if since is not None:
        check_date(since, "--since")
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    with locked(corpus.root):
        old = read_register(corpus).get(pseudonym)
        found = kind or (old.kind if old else None)
        if found is None:
            raise InvalidInputError(
                f"{pseudonym}: is that a person or a program? Add --kind human or --kind model."
            )
        annotator = Annotator(
            pseudonym=pseudonym,
            kind=found,
            since=since or (old.since if old else today),
            note=note or (old.note if old else None),
        )
        changed = write_annotator(corpus, annotator)
    settings.say(f"{pseudonym}: {'written' if changed else 'unchanged'}")


@annotators.command("map")
@click.argument("users", nargs=-1, required=True, metavar="USER=PSEUDONYM...")
@url_option
@pass_settings
def map_users(settings: Settings, users: tuple[str, ...], url: str) -> None:
    """Store the pseudonyms of a server's users, by user number.

    `dateline studio pull` and `watch` use them on this machine, so --users is not needed.

    \b
    Example:
      dateline annotators map 2=ana 3=bo --url http://localhost:8080
    """
    from dateline.corpus.annotators import read_register, write_users
    from dateline.corpus.store import Corpus
    from dateline.files.writing import locked

    corpus = Corpus(settings.root)
    names = pseudonyms_by_user(users, "USER=PSEUDONYM")
    with locked(corpus.root):
        changed = write_users(corpus, url, names)
    settings.say(f"{url}: {'written' if changed else 'unchanged'}")
    for name in sorted({*names.values()} - {*read_register(corpus)}):
        settings.say(
            f"{name} is not listed yet; run `dateline annotators add {name} --kind human`, or "
            "`--kind model`."
        )
