"""``dateline view``."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import (
    Command,
    Settings,
    annotators_option,
    documents_option,
    echo,
    pass_settings,
)
from dateline.errors import InvalidInputError
from dateline.rendering.listing import counted, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dateline.corpus.store import Corpus
    from dateline.model import Annotation

PORT = 8090


@click.command(cls=Command)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the site to this folder; an earlier site there is replaced.",
)
@click.option(
    "--serve",
    is_flag=True,
    help="Show the site at an address of this machine, until Ctrl-C.  [default without --out]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="Port on 127.0.0.1; 0 is any free one.",
)
@documents_option()
@annotators_option("Whose annotation to show; two are side by side.  [default: gold]")
@click.option(
    "--predictions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Show these predictions beside gold, with what differs; only their documents.",
)
@click.option(
    "--reports/--no-reports",
    default=True,
    help="Include the datasheet, agreement and leaderboard of the corpus, as far as it has them, "
    "unless --documents or --predictions restrict the site.  [default: --reports]",
)
@click.option(
    "--all-texts",
    is_flag=True,
    help="With --out, include texts that must not be shared, and withheld labels.",
)
@pass_settings
def view(
    settings: Settings,
    out: Path | None,
    serve: bool,
    port: int,
    documents: tuple[str, ...],
    annotators: tuple[str, ...],
    predictions: Path | None,
    reports: bool,
    all_texts: bool,
) -> None:
    """Read the annotated corpus in a browser.

    Makes a static site: a list of documents with filters, reports on the corpus, and a page for
    each document with its annotation, in which every item has a link such as
    documents/DOCUMENT.html#e12. Its pages open from a folder, and load nothing from anywhere.

    Without --out, the site has all texts and is for this machine only. With --out, texts whose
    rights forbid sharing, and labels that are withheld, are left out unless --all-texts is given.

    \b
    Examples:
      dateline view
      dateline view --out site
      dateline view --annotators ana,bo
      dateline view --predictions predictions.jsonl
    """
    from dateline.cli.corpus.site_reports import site_reports
    from dateline.corpus.store import Corpus
    from dateline.corpus.withheld_labels import withheld_labels, without_labels
    from dateline.viewer.build import Options, build_site

    if len(annotators) > 2:
        raise click.UsageError("--annotators: name one or two annotators.")
    if predictions is not None and len(annotators) > 1:
        raise click.UsageError("--predictions: name one annotator to compare with, or none.")
    corpus = Corpus(settings.root)
    options = Options(
        documents=documents,
        annotators=annotators,
        withhold=out is not None and not all_texts,
        predictions=_predicted(corpus, predictions) if predictions else None,
    )
    labels = withheld_labels(corpus) if options.withhold else None
    with (
        nullcontext(out) if out else tempfile.TemporaryDirectory() as chosen,
        without_labels(corpus, labels) as seen,
    ):
        folder = Path(chosen) if out else Path(chosen) / "site"
        is_whole = not documents and predictions is None
        made = site_reports(settings, seen) if reports and is_whole else ()
        site = build_site(
            seen, folder, options, lambda ids: settings.progress(ids, "Writing"), made
        )
        if site.unreadable:
            settings.say(
                f"Left out: {', '.join(listed(site.unreadable, 10))}. Their files in corpus/ do "
                "not match the schema; run `dateline validate`."
            )
        if site.withheld:
            settings.say(f"Texts withheld: {', '.join(listed(site.withheld, 10))}")
        if out:
            settings.say(f"Wrote {counted(site.documents, 'document')}: {out / 'index.html'}")
        if serve or not out:
            _serve(settings, folder, port)


def _predicted(corpus: Corpus, path: Path) -> Mapping[str, Annotation]:
    """The predictions by document, with the layers that the file has."""
    from dateline.annotations.layers import limited
    from dateline.predictions.annotations import read_as_annotations
    from dateline.predictions.rules import used_layers

    found = read_as_annotations(corpus, path)
    used = used_layers(found.values())
    return {name: limited(one, used) for name, one in found.items()} if used else found


def _serve(settings: Settings, folder: Path, port: int) -> None:
    from dateline.viewer.serving import address_of, site_server

    try:
        server = site_server(folder, port)
    except OSError as error:
        raise InvalidInputError(
            f"port {port} cannot be used: {error.strerror}. Choose another one with --port."
        ) from None
    with server:
        settings.say("Stop with Ctrl-C.")
        echo(address_of(server))
        with suppress(KeyboardInterrupt):
            server.serve_forever()
