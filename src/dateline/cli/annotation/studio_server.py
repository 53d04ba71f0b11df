"""``dateline studio server``."""

from __future__ import annotations

import click

from dateline.cli.shared import Group, Settings, echo, pass_settings
from dateline.label_studio.local_server.environment import install as install_environment
from dateline.label_studio.local_server.local_server import DEFAULT_PORT, LocalServer

NOT_RUNNING = 3
"""Exit code of ``status`` if the server is not running."""


@click.group(cls=Group)
def server() -> None:
    """Run a Label Studio server for the corpus on this machine.

    It listens on 127.0.0.1 only. Its data and its account are in .dateline/label-studio of the
    corpus; Label Studio itself is installed in a virtual environment in the user's cache folder, or
    in the one that DATELINE_LABEL_STUDIO_VENV names.

    \b
    Examples:
      dateline studio server start
      eval "$(dateline studio server credentials)"
      dateline studio push
    """


@server.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port on 127.0.0.1.",
)
@pass_settings
def start(settings: Settings, port: int) -> None:
    """Start the server, and install it if needed.

    Waits until it answers.

    \b
    Example:
      dateline studio server start --port 8081
    """
    from dateline.corpus.store import Corpus

    corpus = Corpus(settings.root)
    _ = corpus.schemas  # raises an error if the folder is not a corpus
    local = LocalServer(corpus.root)
    pid = local.pid()
    if pid is not None:
        settings.say(f"Label Studio is already running at {local.access().address} (process {pid})")
        return
    access = local.start(port, settings.say)
    settings.say(
        f"Label Studio is running at {access.address}\n"
        f"  user              {access.username}\n"
        "  password, token   dateline studio server credentials\n"
        "  stop              dateline studio server stop"
    )


@server.command()
@pass_settings
def stop(settings: Settings) -> None:
    """Stop the server; its data is kept.

    \b
    Example:
      dateline studio server stop
    """
    stopped = LocalServer(settings.root).stop()
    settings.say("Label Studio stopped" if stopped else "Label Studio is not running")


@server.command()
@click.pass_context
@pass_settings
def status(settings: Settings, ctx: click.Context) -> None:
    """Show whether the server is running.

    Exits with 3 if it is not, and with 1 if it does not answer.

    \b
    Example:
      dateline studio server status
    """
    local = LocalServer(settings.root)
    pid = local.pid()
    if pid is None:
        echo("Label Studio is not running")
        ctx.exit(NOT_RUNNING)
    address = local.access().address
    if not local.answers():
        echo(f"Label Studio at {address} (process {pid}) does not answer; its log is {local.log}")
        ctx.exit(1)
    echo(f"Label Studio is running at {address} (process {pid})")


@server.command()
@pass_settings
def credentials(settings: Settings) -> None:
    """Print address, user, password and token.

    They are printed as shell commands.

    \b
    Example:
      eval "$(dateline studio server credentials)"
    """
    access = LocalServer(settings.root).access()
    echo(
        f"# user {access.username}, password {access.password}\n"
        f"export LABEL_STUDIO_URL={access.address}\n"
        f"export LABEL_STUDIO_API_KEY={access.token}"
    )


@server.command()
@pass_settings
def install(settings: Settings) -> None:
    """Install Label Studio without starting it, and print the folder.

    \b
    Example:
      dateline studio server install
    """
    echo(str(install_environment(settings.say)))
