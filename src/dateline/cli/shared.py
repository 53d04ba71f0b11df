"""What every command shares: --root and --quiet anywhere, faults as messages, progress."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar

import click

from dateline.errors import DatelineError
from dateline.model import LAYERS

F = TypeVar("F", bound=Callable[..., object])
T = TypeVar("T")


def find_root(start: Path) -> Path:
    """The nearest folder, from ``start`` upwards, that is a corpus; ``start`` where none is."""
    for folder in (start, *start.parents):
        if (folder / "schema" / "ontology.schema.json").is_file():
            return folder
    return start


@dataclass
class Settings:
    """The options that every command takes."""

    root: Path = field(default_factory=lambda: find_root(Path.cwd()))
    quiet: bool = False

    def say(self, message: str) -> None:
        """Tell the user how it went, unless they asked for quiet. Results go to stdout instead."""
        if not self.quiet:
            click.echo(message, err=True)

    def progress(self, items: Iterable[T], label: str, total: int | None = None) -> Iterable[T]:
        """The same items, with a progress bar on stderr if a person is watching."""
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
    """An option that takes names separated by commas; empty where it is not given."""
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
    """The option ``--layers``; pass ``allowed=None`` where other groups may be named too."""
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


def _set_root(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Settings).root = value.resolve()


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


class Command(click.Command):
    """A command that takes the shared options and turns faults into messages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_shared_options())

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. A DatelineError becomes a message and exit code 1."""
        try:
            return super().invoke(ctx)
        except DatelineError as fault:
            raise click.ClickException(str(fault)) from None
        except BrokenPipeError:
            # The reader of our output, such as `head`, has seen enough.
            sys.stderr.close()
            ctx.exit(1)
        except OSError as error:
            # Rights, a full disk and the like: the user's to fix, not ours.
            place = error.filename or "the output"
            raise click.ClickException(f"{place}: {error.strerror or error}.") from None


class Group(click.Group):
    """A group whose commands take the shared options, before the command's name too."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_shared_options())

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the group; a terminal that lacks a character gets an escape, not a failure."""
        # Annotations are trees; looking for cycles in thousands of them takes a third of the time.
        gc.set_threshold(100_000, 50, 50)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return super().main(*args, **kwargs)
