"""The options of commands that talk to Label Studio, and what they select."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from dateline.cli.shared import (
    Settings,
    annotators_option,
    documents_option,
    names_option,
    pass_settings,
)
from dateline.errors import InvalidInputError, NotFoundError
from dateline.extras import extra
from dateline.text import whole_number

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus
    from dateline.label_studio.plan.plan import Plan
    from dateline.label_studio.server.client import Server
    from dateline.label_studio.server.responses import Project

F = TypeVar("F", bound=Callable[..., object])
Option = Callable[[Callable[..., None]], Callable[..., None]]
"""What adds an option to a command."""


@dataclass(frozen=True)
class Target:
    """The server, the projects and the documents that the options of a command select."""

    settings: Settings
    url: str
    token: str | None
    title: str | None
    documents: tuple[str, ...]
    annotators: tuple[str, ...]
    timeout: float | None
    backoff: float | None
    allow_http: bool
    plan_file: Path | None = None

    @cached_property
    def corpus(self) -> Corpus:
        """The corpus."""
        from dateline.corpus.store import Corpus

        return Corpus(self.settings.root)

    def chosen_documents(self) -> list[str]:
        """The documents named, or all. Raises NotFoundError if one does not exist."""
        known = self.corpus.document_ids()
        check_known(self.documents, known)
        if not known:
            raise NotFoundError(
                f"{self.corpus.documents}: there are no documents; `dateline ingest` adds some."
            )
        return [*(self.documents or known)]

    def titles(self, *, left: bool = True) -> dict[str, str | None]:
        """The titles of the projects, each with its annotator if it has only one.

        Without ``left``, those of annotators who have left the plan are left out.
        """
        from dateline.corpus.annotators import check_pseudonym
        from dateline.label_studio.sync.push import project_title, title_for

        title = self.title or project_title(self.corpus.ontology)
        for annotator in self.annotators:
            check_pseudonym(annotator, f"--annotators {annotator}")
        names = self.annotators
        if self.plan_file is not None and self.plan is not None:
            planned = [member.name for member in self.plan.annotators]
            unknown = [name for name in names if name not in planned]
            if unknown:
                raise NotFoundError(
                    f"{self.plan_file}: {unknown[0]} is not in the plan, which has "
                    f"{', '.join(planned)}. `dateline studio assign` adds annotators."
                )
            names = tuple(n for n in names or planned if left or n in self.plan.team())
        return {title_for(title, name): name for name in names} or {title: None}

    @cached_property
    def plan(self) -> Plan | None:
        """The plan of ``--plan``, or that of the corpus, if there is one."""
        from dateline.label_studio.plan.plan import plan_path, read_plan

        path = self.plan_file or plan_path(self.corpus)
        return read_plan(path) if self.plan_file or path.is_file() else None

    def gold_questions(self) -> set[str]:
        """Documents that annotators start empty, if each has a project by the plan."""
        is_planned = self.plan_file is not None or bool(self.annotators)
        return self.plan.gold_questions() if is_planned and self.plan is not None else set()

    def documents_of(self, annotator: str | None) -> list[str]:
        """The chosen documents; with ``--plan``, those that the annotator got."""
        chosen = self.chosen_documents()
        if self.plan_file is None or self.plan is None or annotator is None:
            return chosen
        planned = {one.document for one in self.plan.of(annotator)}
        return [name for name in chosen if name in planned]

    def pseudonyms(self, users: tuple[str, ...]) -> dict[int, str]:
        """Pseudonyms by user number: those on record for the server, and NUMBER=PSEUDONYM."""
        from dateline.corpus.annotators import read_users

        return {**read_users(self.corpus, self.url), **pseudonyms_by_user(users, "--users")}

    def connect(self) -> AbstractContextManager[Server]:
        """A connection to the server; asks for the token if none was given."""
        from dateline.label_studio.server.connection import DEFAULT_TIMEOUT, connect

        retry = None
        if self.backoff is not None:
            with extra("studio"):
                from dateline.label_studio.server.retry import RetryPolicy

            retry = RetryPolicy.starting_at(self.backoff)
        timeout = DEFAULT_TIMEOUT if self.timeout is None else self.timeout
        token = _token(self.token)
        return connect(
            self.url,
            token,
            timeout,
            retry,
            notify=self.settings.say,
            allow_http=self.allow_http,
        )


def server_options(command: Callable[..., None]) -> Callable[..., None]:
    """Pass the command a Target, made from the options that select a server and a project."""
    return _passing_target(command, _SERVER)


def project_options(command: Callable[..., None]) -> Callable[..., None]:
    """Pass the command a Target, made from the options that select projects."""
    return _passing_target(command, (*_SERVER, *_projects()))


def target_options(command: Callable[..., None]) -> Callable[..., None]:
    """Pass the command a Target, made from the options that select one."""
    return _passing_target(command, (*_SERVER, *_documents(), *_projects()))


def _passing_target(
    command: Callable[..., None],
    options: Sequence[Option],
) -> Callable[..., None]:
    @functools.wraps(command)
    def run(
        settings: Settings,
        url: str,
        token: str | None,
        title: str | None,
        timeout: float | None,
        backoff: float | None,
        allow_http: bool,
        documents: tuple[str, ...] = (),
        documents_from: Path | None = None,
        annotators: tuple[str, ...] = (),
        plan_file: Path | None = None,
        **others: object,
    ) -> None:
        if documents_from is not None:
            documents = tuple(dict.fromkeys([*documents, *ids_in(documents_from)]))
        target = Target(
            settings,
            url,
            token,
            title,
            documents,
            annotators,
            timeout,
            backoff,
            allow_http,
            plan_file,
        )
        command(target, **others)

    decorated: Callable[..., None] = pass_settings(run)
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def _documents() -> tuple[Option, ...]:
    return (
        documents_option(),
        documents_from_option("Only the documents whose ids are in this file, one on each line."),
    )


def _projects() -> tuple[Option, ...]:
    return (
        annotators_option('Use a project for each annotator, called "TITLE · NAME".'),
        click.option(
            "--plan",
            "plan_file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Use the projects of the annotators in a plan of `dateline studio assign`.",
        ),
    )


def documents_from_option(text: str) -> Callable[[F], F]:
    """The option ``--documents-from``; `ids_in` reads the file."""
    return click.option(
        "--documents-from",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help=text,
    )


def url_option(command: F) -> F:
    """The option ``--url``."""
    return click.option(
        "--url",
        envvar="LABEL_STUDIO_URL",
        show_envvar=True,
        default="http://localhost:8080",
        show_default=True,
        help="Address of the server.",
    )(command)


_SERVER: tuple[Option, ...] = (
    url_option,
    click.option(
        "--token",
        envvar="LABEL_STUDIO_API_KEY",
        show_envvar=True,
        help="Access token. Prefer the environment variable: shells keep a history.",
    ),
    click.option(
        "--project",
        "title",
        metavar="TITLE",
        help="Title of the project.  [default: the ontology's title]",
    ),
    click.option(
        "--timeout",
        metavar="SECONDS",
        type=click.FloatRange(0, min_open=True),
        help="Time limit for one response of the server.  [default: 600]",
    ),
    click.option(
        "--allow-http",
        is_flag=True,
        envvar="DATELINE_ALLOW_HTTP",
        show_envvar=True,
        help="Send the token unencrypted, over plain http, to a server on another machine.",
    ),
    click.option("--backoff", type=click.FloatRange(0), envvar="DATELINE_BACKOFF", hidden=True),
)


def users_option(command: F) -> F:
    """The option ``--users``."""
    return names_option(
        "--users",
        "USER=PSEUDONYM",
        "Pseudonyms of the server's users, by number.  "
        "[default: from `dateline annotators map`, or user-NUMBER]",
    )(command)


def pseudonyms_by_user(users: tuple[str, ...], hint: str) -> dict[int, str]:
    """Pseudonyms by user number, from NUMBER=PSEUDONYM; ``hint`` is the parameter's name."""
    pseudonyms: dict[int, str] = {}
    for pair in users:
        user, equals, name = pair.partition("=")
        number = whole_number(user)
        if not equals or number is None:
            raise click.BadParameter(f"{pair!r} is not NUMBER=PSEUDONYM.", param_hint=hint)
        if pseudonyms.setdefault(number, name) != name:
            raise click.BadParameter(f"user {user} has two pseudonyms.", param_hint=hint)
    return pseudonyms


def listen_option(text: str, default: str) -> Callable[[F], F]:
    """The option ``--listen``; `host_and_port` reads it."""
    return click.option(
        "--listen", metavar="HOST:PORT", default=default, show_default=True, help=text
    )


def uncertain_first_option(text: str) -> Callable[[F], F]:
    """The option ``--uncertain-first``."""
    return click.option("--uncertain-first", is_flag=True, help=text)


def host_and_port(listen: str) -> tuple[str, int]:
    """The value of ``--listen``; port 0 is any free one."""
    host, colon, port = listen.rpartition(":")
    number = whole_number(port)
    if not colon or not host or number is None or number > 65535:
        raise click.BadParameter(f"{listen!r} is not HOST:PORT.", param_hint="--listen")
    return host, number


def existing_project(server: Server, title: str) -> Project:
    """The project of this title. Raises NotFoundError if there is none."""
    project = server.find_project(title)
    if project is None:
        raise NotFoundError(
            f'{server.address}: there is no project "{title}"; `dateline studio push` creates it.'
        )
    return project


def check_known(documents: Iterable[str], known: Collection[str]) -> None:
    """Raise NotFoundError for a document that is not among those known."""
    there = frozenset(known)
    for name in documents:
        if name not in there:
            raise NotFoundError(f"{name}: there is no file corpus/{name}.json.")


def ids_in(path: Path) -> list[str]:
    """The ids in a file; blank lines and lines that start with # are skipped."""
    from dateline.files.lines import read_lines

    lines = (line.strip() for _, line in read_lines(path))
    ids = [line for line in lines if line and not line.startswith("#")]
    if not ids:
        raise InvalidInputError(f"{path}: has no ids. Write one document id on each line.")
    return ids


def _token(token: str | None) -> str:
    if token:
        return token.strip()
    if not sys.stdin.isatty():
        raise InvalidInputError(
            "No token: set LABEL_STUDIO_API_KEY to the one from Account & Settings in Label Studio "
            "(`dateline studio server credentials` prints a local server's)."
        )
    return str(click.prompt("Token (Account & Settings in Label Studio)", hide_input=True)).strip()
