"""What commands that talk to Label Studio share: their options, and a connection as these ask."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

import click

from dateline.cli.shared import Settings
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus
    from dateline.label_studio.server.client import Server
    from dateline.label_studio.server.responses import Project

F = TypeVar("F", bound=Callable[..., object])


def connection(command: F) -> F:
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
                "--document", "--documents", "documents", multiple=True, metavar="ID",
                callback=_split, help="Only this document; several with commas, or repeated.",
            ),
            click.option(
                "--annotators", metavar="NAME,NAME", multiple=True, callback=_split,
                help="A project for each of these annotators alone, called «TITLE · NAME».",
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


def people_option(command: F) -> F:
    """The option ``--annotator``, which gives users of the server their pseudonyms."""
    return click.option(
        "--annotator", "pseudonyms", multiple=True, metavar="USER=PSEUDONYM",
        help="Pseudonym of the server's user of this number; may be repeated.  "
        "[default: as `dateline annotators map` says, or user-NUMBER]",
    )(command)  # fmt: skip


def _split(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    names = (name.strip() for value in values for name in value.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def _remember(ctx: click.Context, param: click.Parameter, value: float | None) -> None:
    if value is not None and param.name is not None:
        ctx.meta[f"{__name__}.{param.name}"] = value


def connect_to(settings: Settings, url: str, token: str | None) -> AbstractContextManager[Server]:
    """A connection as the options of the running command ask for; tells of second attempts."""
    from dateline.label_studio.server.connection import DEFAULT_TIMEOUT, connect
    from dateline.label_studio.server.retry import RetryPolicy

    meta = click.get_current_context().meta
    backoff = meta.get(f"{__name__}.backoff")
    return connect(
        url,
        token_of(token),
        timeout=meta.get(f"{__name__}.timeout", DEFAULT_TIMEOUT),
        retry=RetryPolicy() if backoff is None else RetryPolicy.starting_at(backoff),
        notify=settings.say,
    )


def chosen_documents(corpus: Corpus, chosen: tuple[str, ...]) -> list[str]:
    """The documents that the user names, or all. Raises DatelineError where one is not there."""
    known = corpus.document_ids()
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise DatelineError(f"--document {unknown[0]}: there is no file corpus/{unknown[0]}.json.")
    if not known:
        raise DatelineError(
            f"{corpus.documents}: holds no documents; `dateline ingest` makes them."
        )
    return list(dict.fromkeys(chosen)) or known


def token_of(token: str | None) -> str:
    """The token given, or one that is asked for. Raises DatelineError where nobody can be asked."""
    if token:
        return token.strip()
    if not sys.stdin.isatty():
        raise DatelineError(
            "No token: set LABEL_STUDIO_API_KEY to the one from Account & Settings in Label Studio "
            "(`scripts/label-studio credentials` prints a local server's)."
        )
    return str(click.prompt("Token (Account & Settings in Label Studio)", hide_input=True)).strip()


def pseudonyms_of(corpus: Corpus, url: str, given: tuple[str, ...]) -> dict[int, str]:
    """Pseudonyms by the number of the server's user: those on record, and NUMBER=PSEUDONYM."""
    from dateline.corpus.annotators import read_users

    return {**read_users(corpus, url), **numbered(given, "--annotator")}


def numbered(given: tuple[str, ...], hint: str) -> dict[int, str]:
    """Pseudonyms by number, from NUMBER=PSEUDONYM; ``hint`` is where they were given."""
    pseudonyms: dict[int, str] = {}
    for pair in given:
        user, equals, name = pair.partition("=")
        if not equals or not user.isdecimal():
            raise click.BadParameter(f"«{pair}» is not NUMBER=PSEUDONYM", param_hint=hint)
        pseudonyms[int(user)] = name
    return pseudonyms


def titles_of(
    corpus: Corpus, title: str | None, annotators: tuple[str, ...]
) -> dict[str, str | None]:
    """Titles of the projects that are meant, each with the annotator whose alone it is.

    Raises DatelineError where an annotator's name cannot serve as a pseudonym.
    """
    from dateline.corpus.annotators import check_pseudonym
    from dateline.label_studio.sync.push import project_title, title_for

    title = title or project_title(corpus.ontology)
    for annotator in annotators:
        check_pseudonym(annotator, f"--annotators {annotator}")
    return {title_for(title, name): name for name in annotators} or {title: None}


def project_of(server: Server, title: str) -> Project:
    """The project of this title. Raises DatelineError where there is none."""
    project = server.find_project(title)
    if project is None:
        raise DatelineError(
            f"{server.address}: there is no project «{title}». `dateline studio push` makes it."
        )
    return project
