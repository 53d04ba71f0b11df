"""``dateline studio``: the way to Label Studio and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.annotation.connection import (
    chosen_documents,
    connect_to,
    connection,
    people_option,
    project_of,
    pseudonyms_of,
    titles_of,
)
from dateline.cli.annotation.curation import CURATION, how_to_go_on, to_curate
from dateline.cli.interrupts import prompt_exit
from dateline.cli.shared import Group, Settings, pass_settings
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.label_studio.sync.puller import Settling
    from dateline.label_studio.sync.push import Pushed


def _chosen_layers(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    chosen = [name.strip() for name in value.split(",")]
    unknown = [name for name in chosen if name not in _LAYERS]
    if unknown:
        raise click.BadParameter(f"«{unknown[0]}» is none of {', '.join(_LAYERS)}")
    return tuple(layer for layer in _LAYERS if layer in chosen)


_LAYERS = ("entities", "events", "claims")

_layers_option = click.option(
    "--layers",
    metavar="LAYERS",
    default=",".join(_LAYERS),
    show_default=True,
    callback=_chosen_layers,
    help="Layers to label, with commas between; the others are shown as context.",
)


@click.group(
    cls=Group,
    sections={
        "Commands": {
            "config": "annotation.studio:config",
            "push": "annotation.studio:push",
            "pull": "annotation.studio:pull",
            "status": "annotation.studio_follow:status",
            "watch": "annotation.studio_follow:watch",
            "import": "annotation.studio_import:import_export",
        }
    },
)
def studio() -> None:
    """Annotate in Label Studio."""


@studio.command()
@_layers_option
@pass_settings
def config(settings: Settings, layers: tuple[str, ...]) -> None:
    """Print the labelling configuration that the ontology makes, as XML.

    \b
    Example:
      dateline studio config > page.xml
    """
    from dateline.corpus.store import Corpus
    from dateline.label_studio.config.labelling_config import labelling_config

    click.echo(labelling_config(Corpus(settings.root).ontology, layers), nl=False)


@studio.command()
@connection
@click.option(
    "--from",
    "source",
    metavar="WHO|FILE",
    help="Offer what an annotator (or «gold») says, or a file of predictions, to start from.",
)
@click.option(
    "--conflicts",
    metavar="NAME,NAME",
    help="Offer what these annotators say to a curator, with marks where they differ.",
)
@_layers_option
@pass_settings
@prompt_exit()
def push(
    settings: Settings,
    url: str,
    token: str | None,
    title: str | None,
    documents: tuple[str, ...],
    annotators: tuple[str, ...],
    source: str | None,
    conflicts: str | None,
    layers: tuple[str, ...],
) -> None:
    """Bring documents into a project, which is made if it is not there.

    Only adds. Documents that are there already are left alone, and so is everything that annotators
    have done; a push can be repeated. With --annotators, each of them gets the documents in a
    project of their own. With --conflicts, a curator gets what several annotators say in one, in
    the project «TITLE · curation»; `dateline adjudicate --as` takes the decisions from there.

    \b
    Example:
      export LABEL_STUDIO_URL=http://localhost:8080
      export LABEL_STUDIO_API_KEY=...
      dateline studio push --from gold
      dateline studio push --from predictions.jsonl
      dateline studio push --annotators ana,bo
      dateline studio push --conflicts ana,bo
    """
    from dateline.corpus.store import Corpus
    from dateline.label_studio.sync.push import Source, project_title, title_for
    from dateline.label_studio.sync.push import push as push_documents

    corpus = Corpus(settings.root)
    names = chosen_documents(corpus, documents)
    start: Source | None = Path(source) if source and source.endswith(".jsonl") else source
    if conflicts is not None:
        if source is not None:
            raise DatelineError(
                "--from and --conflicts: say one of the two; each is what to start from."
            )
        start, names, layers = to_curate(corpus, conflicts, documents)
        if not annotators:
            title = title_for(title or project_title(corpus.ontology), CURATION)
    titles = titles_of(corpus, title, annotators)
    refused: list[str] = []
    with connect_to(settings, url, token) as server:
        for each in titles:
            pushed = push_documents(corpus, server, each, names, start, layers)
            settings.say(_summary(pushed))
            refused += pushed.refused
    if conflicts is not None:
        settings.say(how_to_go_on(conflicts, titles))
    if refused:
        raise DatelineError("Not pushed:\n" + "\n".join(f"  {message}" for message in refused))


@studio.command()
@connection
@people_option
@click.option(
    "--layer",
    "layers",
    multiple=True,
    type=click.Choice(_LAYERS),
    help="Layer that annotators were asked to look at; may be repeated.  [default: all]",
)
@click.option(
    "--kind",
    type=click.Choice(["human", "model"]),
    help="Who decided.  [default: as annotations/annotators.json says, or human]",
)
@click.option(
    "--ours", "settling", flag_value="ours", default="stop",
    help="Where both sides have changed, keep our file.",
)  # fmt: skip
@click.option(
    "--theirs", "settling", flag_value="theirs",
    help="Where both sides have changed, take the server's.",
)  # fmt: skip
@click.option(
    "--merge", "settling", flag_value="merge",
    help="Where both sides have changed, keep the edits of both.",
)  # fmt: skip
@click.option("--prune", is_flag=True, help="Remove here what was deleted on the server.")
@click.option("--full", is_flag=True, help="Ask for everything, not only for what has changed.")
@pass_settings
@prompt_exit()
def pull(
    settings: Settings,
    url: str,
    token: str | None,
    title: str | None,
    documents: tuple[str, ...],
    annotators: tuple[str, ...],
    pseudonyms: tuple[str, ...],
    layers: tuple[str, ...],
    kind: str | None,
    settling: Settling,
    prune: bool,
    full: bool,
) -> None:
    """Bring what annotators submitted into annotations/PSEUDONYM/.

    Asks only for what has changed since the last pull. A file that was edited here is never
    overwritten: where both sides have changed, nothing is written, unless you choose --ours,
    --theirs or --merge, and the command says what differs and exits with 1. No name and no address
    is kept.

    \b
    Example:
      dateline studio pull --annotator 2=ana --annotator 3=bo
      dateline studio pull --annotators ana,bo
    """
    from dateline.cli.annotation.outcome import Outcome
    from dateline.corpus.store import Corpus
    from dateline.label_studio.sync.pull import pull as pull_annotations
    from dateline.label_studio.sync.puller import Wishes

    corpus = Corpus(settings.root)
    people = pseudonyms_of(corpus, url, pseudonyms)
    names = frozenset(chosen_documents(corpus, documents))
    titles = titles_of(corpus, title, annotators)
    outcome = Outcome(settings)
    with connect_to(settings, url, token) as server:
        for each, only in titles.items():
            pulled = pull_annotations(
                corpus,
                server,
                project_of(server, each),
                names,
                Wishes(pseudonyms=people, layers=layers or None, kind=kind, only=only),
                settling=settling,
                prune=prune,
                full=full,
                track=lambda tasks: settings.progress(tasks, "Pulling", total=len(names)),
            )
            outcome.tell(pulled)
    outcome.end()


def _summary(pushed: Pushed) -> str:
    state = "created" if pushed.created else "found"
    if pushed.reconfigured:
        state = "found, its labels brought up to date"
    lines = [
        f"project «{pushed.project.title}» {state}",
        f"documents: {len(pushed.added)} added, {pushed.present} there already",
    ]
    if pushed.predictions or pushed.predictions_present:
        lines.append(
            f"annotations to start from: {pushed.predictions} added, "
            f"{pushed.predictions_present} there already"
        )
    return "\n".join(lines)
