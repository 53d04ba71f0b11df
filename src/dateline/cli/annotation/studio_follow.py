"""``dateline studio status`` and ``dateline studio watch``."""

from __future__ import annotations

import signal
from collections import Counter
from contextlib import ExitStack, suppress
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
from dateline.cli.interrupts import GRACE, prompt_exit
from dateline.cli.shared import Command, Settings, format_option, pass_settings
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.label_studio.sync.status import Standing

LONGEST = 600.0
"""Seconds between attempts at most, while the server does not answer."""
WEBHOOK_GRACE = 10.0
"""Seconds that a stopped watch has to remove its webhooks from the server."""


@click.command(cls=Command)
@connection
@format_option("text", "json")
@pass_settings
@prompt_exit()
def status(
    settings: Settings,
    url: str,
    token: str | None,
    title: str | None,
    documents: tuple[str, ...],
    annotators: tuple[str, ...],
    output_format: str,
) -> None:
    """Show where each annotator stands with each document.

    to do, in progress (a draft), skipped, submitted (and not pulled yet), pulled, stale (changed
    there since it was pulled), deleted (pulled, and no more there), other text, or not pushed.

    \b
    Example:
      dateline studio status
      dateline studio status --annotators ana,bo --format json
    """
    from dateline.corpus.store import Corpus
    from dateline.label_studio.sync.status import status as standings_of

    corpus = Corpus(settings.root)
    names = chosen_documents(corpus, documents)
    found: list[Standing] = []
    with connect_to(settings, url, token) as server:
        for each, only in titles_of(corpus, title, annotators).items():
            found += standings_of(corpus, server, project_of(server, each), names, only)
    if output_format == "json":
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("document", "annotator", "state")
    for standing in sorted(found, key=lambda s: (s.document, s.annotator or "")):
        cells = (standing.document, standing.annotator or "—", standing.state)
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)
    counts = Counter(standing.state for standing in found)
    settings.say(", ".join(f"{count} {state}" for state, count in counts.most_common()))


@click.command(cls=Command)
@connection
@people_option
@click.option(
    "--every",
    type=click.FloatRange(0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds between two looks.",
)
@click.option(
    "--webhook",
    metavar="URL",
    help="Have the server call this address of ours when something changes, and look at once.",
)
@click.option(
    "--listen",
    metavar="HOST:PORT",
    default="127.0.0.1:8099",
    show_default=True,
    help="Where calls to --webhook arrive on this machine.",
)
@pass_settings
def watch(
    settings: Settings,
    url: str,
    token: str | None,
    title: str | None,
    documents: tuple[str, ...],
    annotators: tuple[str, ...],
    pseudonyms: tuple[str, ...],
    every: float,
    webhook: str | None,
    listen: str,
) -> None:
    """Keep pulling until stopped with Ctrl+C.

    Pulls as `dateline studio pull` does, again and again. A server that goes away is waited for.
    Ctrl+C and SIGTERM stop it within two seconds, even in the middle of a pull: files are whole,
    and the next pull does the rest.

    With --webhook, the server calls when something has changed; since it calls only once, and tells
    nothing of drafts, there is a look from time to time all the same.

    \b
    Example:
      dateline studio watch --annotator 2=ana
      dateline studio watch --webhook https://desk.example.org/changed --listen 127.0.0.1:8099
    """
    from dateline.cli.annotation.outcome import Outcome

    outcome = Outcome(settings, at_once=True)
    grace = GRACE if webhook is None else WEBHOOK_GRACE
    try:
        with prompt_exit(0, (signal.SIGINT, signal.SIGTERM), grace), ExitStack() as stack:
            from dateline.corpus.store import Corpus
            from dateline.label_studio.sync.pull import pull
            from dateline.label_studio.sync.puller import Wishes
            from dateline.label_studio.sync.watch import Wakeups, listening

            corpus = Corpus(settings.root)
            people = pseudonyms_of(corpus, url, pseudonyms)
            names = frozenset(chosen_documents(corpus, documents))
            titles = titles_of(corpus, title, annotators)
            wakeups = Wakeups()
            if webhook is not None:
                stack.enter_context(listening(*_place(listen), wakeups))
            hooked, pause = webhook is None, 0.0
            while True:
                try:
                    with connect_to(settings, url, token) as server:
                        for each, only in titles.items():
                            project = project_of(server, each)
                            if webhook is not None and not hooked:
                                number = server.add_webhook(project, webhook)
                                stack.callback(_unhook, settings, url, token, number)
                            wishes = Wishes(pseudonyms=people, only=only)
                            outcome.tell(pull(corpus, server, project, names, wishes))
                    if not pause:
                        settings.say("watching; Ctrl+C stops")
                    hooked, pause = True, every
                except DatelineError as fault:
                    if not pause:
                        raise  # it has never worked, so waiting would not help
                    pause = min(2 * pause, LONGEST)
                    settings.say(f"{fault}\nTrying again in {pause:.0f} s.")
                wakeups.wait(pause)
    except KeyboardInterrupt:
        outcome.end()


def _place(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise click.BadParameter(f"«{listen}» is not HOST:PORT", param_hint="--listen")
    return host, int(port)


def _unhook(settings: Settings, url: str, token: str | None, number: int) -> None:
    with suppress(DatelineError), connect_to(settings, url, token) as server:
        server.remove_webhook(number)
