"""``dateline studio watch``."""

from __future__ import annotations

import signal
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import click

from dateline.cli.annotation.connection import (
    Target,
    existing_project,
    host_and_port,
    listen_option,
    target_options,
    users_option,
)
from dateline.cli.annotation.outcome import Outcome
from dateline.cli.interrupts import GRACE, REQUEST_GRACE, prompt_exit
from dateline.cli.shared import Command
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.label_studio.server.client import Server
    from dateline.label_studio.sync.watch import Wakeups

LONGEST = 600.0
"""Maximum number of seconds between attempts while the server does not respond."""


@click.command(cls=Command)
@target_options
@users_option
@click.option(
    "--every",
    metavar="SECONDS",
    type=click.FloatRange(0, min_open=True),
    default=30.0,
    show_default=True,
    help="Polling interval, in seconds.",
)
@click.option(
    "--webhook",
    metavar="URL",
    help="Address of this machine that the server calls after a change; starts a pull.",
)
@listen_option("Where calls to --webhook arrive on this machine.", "127.0.0.1:8099")
def watch(
    target: Target, users: tuple[str, ...], every: float, webhook: str | None, listen: str
) -> None:
    """Pull repeatedly until stopped with Ctrl+C.

    If the server goes away, waits for it to come back. Ctrl+C and SIGTERM stop the command within
    two seconds, even during a pull: all files are complete, and the next pull does the rest.

    The server calls a webhook only once for a change, and not for drafts, so the command also
    pulls at the polling interval.

    \b
    Examples:
      dateline studio watch --users 2=ana
      dateline studio watch --webhook https://desk.example.org/changed --listen 127.0.0.1:8099
    """
    outcome = Outcome(target.settings, immediately=True)
    grace = GRACE if webhook is None else REQUEST_GRACE
    try:
        with prompt_exit(0, (signal.SIGINT, signal.SIGTERM), grace), ExitStack() as stack:
            from dateline.label_studio.sync.watch import Wakeups, listening

            wakeups = Wakeups()
            if webhook is not None:
                stack.enter_context(listening(*host_and_port(listen), wakeups))
            _pull_repeatedly(target, users, every, webhook, outcome, wakeups, stack)
    except KeyboardInterrupt:
        outcome.finish()


def _pull_repeatedly(
    target: Target,
    users: tuple[str, ...],
    every: float,
    webhook: str | None,
    outcome: Outcome,
    wakeups: Wakeups,
    stack: ExitStack,
) -> None:
    from dateline.label_studio.sync.annotation_pull import PullOptions
    from dateline.label_studio.sync.pull import pull

    pseudonyms = target.pseudonyms(users)
    names = frozenset(target.chosen_documents())
    titles = target.titles()

    def pull_all(server: Server, *, add_webhooks: bool) -> None:
        for title, annotator in titles.items():
            project = existing_project(server, title)
            if webhook is not None and add_webhooks:
                stack.callback(_remove_webhook, target, server.add_webhook(project, webhook))
            options = PullOptions(pseudonyms=pseudonyms, annotator=annotator)
            outcome.show(pull(target.corpus, server, project, names, options))

    # The first pull must succeed: if it never worked, waiting would not help.
    with target.connect() as server:
        pull_all(server, add_webhooks=True)
    target.settings.say("watching; Ctrl+C stops")
    pause = every
    while True:
        wakeups.wait(pause)
        try:
            with target.connect() as server:
                pull_all(server, add_webhooks=False)
            pause = every
        except DatelineError as error:
            pause = min(2 * pause, LONGEST)
            target.settings.say(f"{error}\nTrying again in {pause:.0f} s.")


def _remove_webhook(target: Target, number: int) -> None:
    with suppress(DatelineError), target.connect() as server:
        server.remove_webhook(number)
