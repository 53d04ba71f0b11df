"""``dateline studio``: the way to Label Studio and back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

import click

from dateline.cli.base import Group, Settings, pass_settings
from dateline.fault import Fault

if TYPE_CHECKING:
    from dateline.store import Corpus
    from dateline.studio.client import Server
    from dateline.studio.puller import Notice, Settling
    from dateline.studio.push import Pushed

F = TypeVar("F", bound=Callable[..., object])


def _connection(command: F) -> F:
    """The options of every command that talks to a server."""
    for option in reversed(
        (
            click.option(
                "--url", envvar="LABEL_STUDIO_URL", show_envvar=True, show_default=True,
                default="http://localhost:8080", help="Address of the server.",
            ),
            click.option(
                "--token", envvar="LABEL_STUDIO_API_KEY", show_envvar=True,
                help="Access token. Better given in the environment, where no history keeps it.",
            ),
            click.option(
                "--project", "title", metavar="TITLE",
                help="Title of the project.  [default: the ontology's title]",
            ),
            click.option(
                "--document", "documents", multiple=True, metavar="ID",
                help="Only this document; may be repeated.",
            ),
            click.option(
                "--timeout", metavar="SECONDS", type=click.FloatRange(0, min_open=True),
                expose_value=False, callback=_remember,
                help="How long to wait for one answer.  [default: 600]",
            ),
            click.option(
                "--backoff", type=click.FloatRange(0), envvar="DATELINE_BACKOFF", hidden=True,
                expose_value=False, callback=_remember,
                help="Seconds before a second attempt; they double with each further one.",
            ),
        )
    ):  # fmt: skip
        command = option(command)
    return command


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


def _remember(ctx: click.Context, param: click.Parameter, value: float | None) -> None:
    if value is not None and param.name is not None:
        ctx.meta[f"{__name__}.{param.name}"] = value


def _connect(settings: Settings, url: str, token: str | None) -> AbstractContextManager[Server]:
    """A connection as the options of the running command ask for; tells of second attempts."""
    from dateline.studio.client import SECONDS, connect
    from dateline.studio.retry import Patience

    meta = click.get_current_context().meta
    backoff = meta.get(f"{__name__}.backoff")
    return connect(
        url,
        _token(token),
        timeout=meta.get(f"{__name__}.timeout", SECONDS),
        patience=Patience() if backoff is None else Patience(base=backoff, longest=60 * backoff),
        say=settings.say,
    )


@click.group(cls=Group)
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
    from dateline.store import Corpus
    from dateline.studio.config import labelling_config

    click.echo(labelling_config(Corpus(settings.root).ontology, layers), nl=False)


@studio.command()
@_connection
@click.option(
    "--from",
    "annotator",
    metavar="ANNOTATOR",
    help="Offer what this annotator says (or «gold») to start from.",
)
@_layers_option
@pass_settings
def push(
    settings: Settings,
    url: str,
    token: str | None,
    title: str | None,
    documents: tuple[str, ...],
    annotator: str | None,
    layers: tuple[str, ...],
) -> None:
    """Bring documents into a project, which is made if it is not there.

    Only adds. Documents that are there already are left alone, and so is everything that annotators
    have done; a push can be repeated.

    \b
    Example:
      export LABEL_STUDIO_URL=http://localhost:8080
      export LABEL_STUDIO_API_KEY=...
      dateline studio push --from gold
    """
    from dateline.store import Corpus
    from dateline.studio.push import project_title
    from dateline.studio.push import push as push_documents

    corpus = Corpus(settings.root)
    names = _documents(corpus, documents)
    title = title or project_title(corpus.ontology)
    with _connect(settings, url, token) as server:
        pushed = push_documents(corpus, server, title, names, annotator, layers)
    settings.say(_summary(pushed))
    if pushed.refused:
        raise Fault("Not pushed:\n" + "\n".join(f"  {message}" for message in pushed.refused))


@studio.command()
@_connection
@click.option(
    "--annotator",
    "pseudonyms",
    multiple=True,
    metavar="USER=PSEUDONYM",
    help="Pseudonym of the server's user of this number; may be repeated.  [default: user-NUMBER]",
)
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
    help="Who decided: a person, or a program.  [default: human]",
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
def pull(
    settings: Settings,
    url: str,
    token: str | None,
    title: str | None,
    documents: tuple[str, ...],
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
    """
    from dateline.store import Corpus
    from dateline.studio.pull import pull as pull_annotations
    from dateline.studio.puller import Wishes
    from dateline.studio.push import project_title

    corpus = Corpus(settings.root)
    wishes = Wishes(pseudonyms=_pseudonyms(pseudonyms), layers=layers or None, kind=kind)
    names = frozenset(_documents(corpus, documents))
    title = title or project_title(corpus.ontology)
    with _connect(settings, url, token) as server:
        project = server.find_project(title)
        if project is None:
            raise Fault(f"{url}: there is no project «{title}». `dateline studio push` makes it.")
        pulled = pull_annotations(
            corpus,
            server,
            project,
            names,
            wishes,
            settling=settling,
            prune=prune,
            full=full,
            track=lambda tasks: settings.progress(tasks, "Pulling", total=len(names)),
        )
    for notice in pulled.notices:
        if notice.level != "refused":
            settings.say(_line(notice))
    for file in pulled.written:
        click.echo(file)
    for file in pulled.removed:
        settings.say(f"{file}: removed, for it is no more on the server")
    settings.say(f"annotations: {len(pulled.written)} written, {pulled.unchanged} unchanged")
    refused = [notice for notice in pulled.notices if notice.level == "refused"]
    if refused:
        raise Fault("Not pulled:\n" + "\n".join(f"  {_line(notice)}" for notice in refused))


def _documents(corpus: Corpus, chosen: tuple[str, ...]) -> list[str]:
    known = corpus.document_ids()
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise Fault(f"--document {unknown[0]}: there is no file corpus/{unknown[0]}.json.")
    if not known:
        raise Fault(f"{corpus.documents}: holds no documents; `dateline ingest` makes them.")
    return list(dict.fromkeys(chosen)) or known


def _token(token: str | None) -> str:
    if token:
        return token.strip()
    if not sys.stdin.isatty():
        raise Fault(
            "No token: set LABEL_STUDIO_API_KEY to the one from Account & Settings in Label Studio "
            "(`scripts/label-studio credentials` prints a local server's)."
        )
    return str(click.prompt("Token (Account & Settings in Label Studio)", hide_input=True)).strip()


def _pseudonyms(given: tuple[str, ...]) -> dict[int, str]:
    pseudonyms: dict[int, str] = {}
    for pair in given:
        user, equals, name = pair.partition("=")
        if not equals or not user.isdecimal():
            raise click.BadParameter(f"«{pair}» is not NUMBER=PSEUDONYM", param_hint="--annotator")
        pseudonyms[int(user)] = name
    return pseudonyms


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


def _line(notice: Notice) -> str:
    of = f" ({notice.annotator})" if notice.annotator else ""
    return f"{notice.document}{of}: {notice.message}"
