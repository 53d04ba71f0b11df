"""What all commands share: --root and --quiet, common options, errors, progress, lazy loading."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from io import TextIOWrapper
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal, NoReturn, TextIO, TypeVar

import click

from dateline.cli.interrupts import INTERRUPTED, raise_on_interrupt
from dateline.errors import DatelineError, NotFoundError
from dateline.model import LAYERS
from dateline.rendering.printable import ISOLATES, STDOUT, isolated, printable

F = TypeVar("F", bound=Callable[..., object])
T = TypeVar("T")


class Styled(str):
    """Text with styles for the terminal, which `echo` does not escape; made by `styled`."""

    __slots__ = ()


def styled(text: str, **style: Any) -> Styled:
    """The text in the style of ``click.style``; what could control a terminal is escaped."""
    return Styled(click.style(printable(text), **style))


def highlighted(parts: Sequence[tuple[str, bool]]) -> str:
    """The parts as one text; at a terminal, those with True are bold."""
    whole = printable("".join(text for text, _ in parts))
    if not sys.stdout.isatty():
        return whole
    is_bold = iter([bold for text, bold in parts for _ in printable(text)])
    # A right-to-left passage is isolated as a whole, whether or not a part of it is bold.
    marked = [(c, c not in ISOLATES and next(is_bold)) for c in isolated(whole)]
    runs = ((k, "".join(c for c, _ in run)) for k, run in groupby(marked, key=itemgetter(1)))
    return Styled("".join(click.style(t, fg="green", bold=True) if k else t for k, t in runs))


def echo(*parts: str, nl: bool = True, err: bool = False) -> None:
    """Print the parts as one text; what could control a terminal is escaped (`printable`).

    At a terminal, right-to-left passages are isolated. Messages to a stderr that cannot be written
    to are dropped: they change no result.
    """
    at_terminal = (sys.stderr if err else sys.stdout).isatty()
    text = "".join(
        part if isinstance(part, Styled) else _shown(part, at_terminal=at_terminal)
        for part in parts
    )
    try:
        click.echo(text, nl=nl, err=err)
    except OSError as error:
        if not err:
            raise OSError(error.errno, error.strerror, STDOUT) from None
        _discard(sys.stderr)


def _shown(text: str, *, at_terminal: bool) -> str:
    return isolated(printable(text)) if at_terminal else printable(text)


def echo_json(value: object, order: Literal["sorted"] | None = None) -> None:
    """Print a value as indented JSON."""
    import msgspec

    echo_data(msgspec.json.format(msgspec.json.encode(value, order=order), indent=2).decode())


def echo_data(text: str, *, nl: bool = True) -> None:
    """Print JSON or CSV, which may be copied from a terminal: escaped, but nothing is isolated."""
    echo(Styled(printable(text)), nl=nl)


def find_root(start: Path) -> Path:
    """The nearest corpus folder, from ``start`` upwards; ``start`` if there is none."""
    for folder in (start, *start.parents):
        if (folder / "schema" / "ontology.schema.json").is_file():
            return folder
    return start


@dataclass
class Settings:
    """The options that every command takes."""

    given_root: Path | None = None
    quiet: bool = False

    @cached_property
    def root(self) -> Path:
        """The corpus folder: ``--root``, or the nearest one from the current folder upwards.

        Raises NotFoundError if the current folder was deleted.
        """
        try:
            return self.given_root.resolve() if self.given_root else find_root(Path.cwd())
        except FileNotFoundError:
            raise NotFoundError(
                "The current folder was deleted. Change to another one, or give --root DIR as an "
                "absolute path."
            ) from None

    def say(self, message: str) -> None:
        """Print a message to stderr, unless ``--quiet`` is given. Results go to stdout instead."""
        if not self.quiet:
            echo(message, err=True)

    def progress(self, items: Iterable[T], label: str, total: int | None = None) -> Iterable[T]:
        """The same items, with a progress bar if stderr is a terminal."""
        if self.quiet or not sys.stderr.isatty():
            return items
        from rich.console import Console
        from rich.progress import track

        return track(
            items, description=label, total=total, console=Console(stderr=True), transient=True
        )


pass_settings = click.make_pass_decorator(Settings, ensure=True)


def format_option(*formats: str) -> Callable[[F], F]:
    """The option ``--format``, passed as ``output_format``; the first format is the default."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="Output format.",
    )


DATASET = "DIR|ORG/NAME[@REVISION]"


class DatasetType(click.ParamType["Path | str"]):
    """A folder, or the name of a dataset on the Hub."""

    name = "dataset"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path | str:
        """The folder if there is one, else the name; fails if the value is neither."""
        from dateline.dataset.sources import is_hub_name

        if isinstance(value, Path) or Path(value).is_dir():
            return Path(value)
        if not is_hub_name(value):
            self.fail(
                f"{value!r} is neither a folder nor the name of a dataset (ORG/NAME@REVISION).",
                param, ctx,
            )  # fmt: skip
        return str(value)


class Names(click.ParamType[tuple[str, ...]]):
    """Names separated by commas, as a tuple without duplicates: ``--documents a,b``."""

    name = "names"

    def __init__(self, allowed: Collection[str] | None = None) -> None:
        self.allowed = allowed

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split the value; fails on an empty name and on one that is not allowed."""
        if isinstance(value, tuple):
            return value
        names = tuple(dict.fromkeys(name.strip() for name in value.split(",")))
        if "" in names:
            self.fail(f"{value!r} has an empty name; write names as a,b,c.", param, ctx)
        for name in names:
            if self.allowed is not None and name not in self.allowed:
                self.fail(f"{name!r} is unknown. Allowed: {', '.join(self.allowed)}.", param, ctx)
        return names


def names_option(
    flag: str, metavar: str, text: str, allowed: Collection[str] | None = None
) -> Callable[[F], F]:
    """An option that takes names separated by commas; an empty tuple if not given."""
    return click.option(
        flag,
        type=Names(allowed),
        default=(),
        metavar=f"{metavar}[,{metavar}...]",
        help=text,
    )


def layers_option(
    text: str = "Only these layers.  [default: all]", allowed: Collection[str] | None = LAYERS
) -> Callable[[F], F]:
    """The option ``--layers``; with ``allowed=None`` it takes any name."""
    return names_option("--layers", "LAYER", text, allowed)


def documents_option(text: str = "Only these documents.  [default: all]") -> Callable[[F], F]:
    """The option ``--documents``, by ids."""
    return names_option("--documents", "ID", text)


def annotators_option(text: str) -> Callable[[F], F]:
    """The option ``--annotators``, by pseudonyms."""
    return names_option("--annotators", "NAME", text)


def dry_run_option(text: str = "Show what would change, and write nothing.") -> Callable[[F], F]:
    """The option ``--dry-run``."""
    return click.option("--dry-run", is_flag=True, help=text)


def site_option(
    text: str = "HTML: link the page to the site that `dateline view --out DIR` has made.",
) -> Callable[[F], F]:
    """The option ``--site``, a URL or a folder."""
    return click.option("--site", metavar="URL|DIR", help=text)


template_option = click.option(
    "--template", is_flag=True, help="Print a mapping to fill in, and import nothing."
)

by_guidelines_option = click.option(
    "--by-guidelines",
    is_flag=True,
    help="The annotators followed the guidelines of this corpus; record their version.",
)

kind_option = click.option(
    "--kind",
    type=click.Choice(["human", "model"]),
    help="Who annotated: a person or a model.  [default: human]",
)

draft_option = click.option(
    "--draft", is_flag=True, help="Write annotations with problems as drafts."
)


def _set_root(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Settings).given_root = value


def _set_quiet(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Settings).quiet = True


def _shared_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--root"],
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            expose_value=False,
            callback=_set_root,
            metavar="DIR",
            help="Corpus to work on.  [default: this folder or the nearest corpus above it]",
        ),
        click.Option(
            ["-q", "--quiet"],
            is_flag=True,
            expose_value=False,
            callback=_set_quiet,
            help="Print results and errors only.",
        ),
    ]


@contextmanager
def _errors_as_messages() -> Iterator[None]:
    """Turn expected errors into a printable message and an exit code."""
    try:
        yield
    except click.ClickException as error:
        vars(error)["message"] = _shown(error.message, at_terminal=sys.stderr.isatty())
        raise
    except DatelineError as error:
        message = _shown(str(error), at_terminal=sys.stderr.isatty())
        raise click.ClickException(message) from None
    except BrokenPipeError:
        # The reader of the output, such as `head`, has exited.
        _discard(sys.stdout)
        _discard(sys.stderr)
        raise click.exceptions.Exit(1) from None
    except OSError as error:
        raise click.ClickException(printable(_describe(error))) from None
    except UnicodeEncodeError as error:
        if not "\ud800" <= error.object[error.start : error.start + 1] <= "\udfff":
            raise
        near = error.object[max(0, error.start - 40) : error.start + 40]
        raise click.ClickException(
            f'"{printable(near)}" has bytes that are not UTF-8. Write it in UTF-8.'
        ) from None


def _describe(error: OSError) -> str:
    """The file and the reason, such as ``corpus/a.json: Permission denied.``."""
    files = " -> ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    if files == STDOUT:
        _discard(sys.stdout)
    reason = f"{error.strerror or error}."
    return f"{files}: {reason}" if files else f"The operating system reports: {reason}"


def _discard(stream: TextIO) -> None:
    """Drop what the stream still holds, and all that follows, so that exiting does not fail."""
    with suppress(OSError, ValueError):  # not a file, as in tests
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _open_streams() -> None:
    """Put the null device in place of closed standard streams; escape what others cannot encode."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # It takes the lowest free number: else the next file would be taken for the stream.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class Command(click.Command):
    """A command that takes the shared options and turns expected errors into messages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_shared_options())

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the arguments; errors become messages."""
        with _errors_as_messages():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. A DatelineError or an OSError becomes a message and exit code 1."""
        raise_on_interrupt()
        with _errors_as_messages():
            return super().invoke(ctx)


class Group(click.Group):
    """A group of commands that take the shared options, before the command's name too.

    ``sections`` maps a heading of the help to commands, and each command to the place where it is
    defined, ``"module:attribute"`` below ``dateline.cli``. These commands are imported when needed.
    """

    command_class = Command
    group_class = type

    def __init__(
        self, *args: Any, sections: Mapping[str, Mapping[str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_shared_options())
        self.sections = sections or {}
        self._places = {
            name: place for row in self.sections.values() for name, place in row.items()
        }

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the group, even if standard streams are closed or cannot encode a character."""
        # Annotations are trees; looking for cycles in thousands of them takes a third of the time.
        gc.set_threshold(100_000, 50, 50)
        _open_streams()
        return super().main(*args, **kwargs)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the arguments; errors become messages."""
        with _errors_as_messages():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. Ctrl+C exits with 130, as shells expect, and without a traceback."""
        try:
            with _errors_as_messages():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            _exit_interrupted(ctx)
        except click.Abort as abort:
            if not isinstance(abort.__context__, KeyboardInterrupt):
                raise
            _exit_interrupted(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order of the sections."""
        return list(dict.fromkeys((*self._places, *super().list_commands(ctx))))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported if needed."""
        if cmd_name in self._places and cmd_name not in self.commands:
            module, _, attribute = self._places[cmd_name].partition(":")
            command = getattr(import_module(f"dateline.cli.{module}"), attribute)
            self.add_command(command, cmd_name)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed; click suggests similar names among the loaded ones."""
        if args[0] not in self.list_commands(ctx):
            for name in self._places:
                self.get_command(ctx, name)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a list of commands for each section, and one for those that are in none."""
        names = self.list_commands(ctx)
        others = [name for name in names if name not in self._places]
        width = max(map(len, names), default=0)
        for heading, section in (*self.sections.items(), ("Commands", others)):
            rows = []
            for name in section:
                command = self.get_command(ctx, name)
                if command is not None and not command.hidden:
                    summary = command.get_short_help_str(formatter.width - width - 4)
                    rows.append((name.ljust(width), summary))
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


def _exit_interrupted(ctx: click.Context) -> NoReturn:
    echo("\nInterrupted.", err=True)
    ctx.exit(INTERRUPTED)
