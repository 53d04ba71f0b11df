"""Tables of text, shown in the terminal, in Markdown and in HTML."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dateline.rendering.markdown import escape
from dateline.rendering.printable import STDOUT, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

NARROW = 100
"""Width in characters below which tables have no lines between their columns."""
DEFAULT_WIDTH = 80
"""Width in characters where the terminal's is unknown."""
UNLIMITED = 10_000
"""Width in characters that no table needs."""


class Linked(str):
    """A cell that is a link in the site of a corpus; ``link`` is relative to the site's folder."""

    link: str

    def __new__(cls, text: str, link: str) -> Linked:
        """The text with its link."""
        made = super().__new__(cls, text)
        made.link = link
        return made


class Table(NamedTuple):
    """A title, column names, and rows of cells; the first ``texts`` columns are left-aligned."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    texts: int = 1


def print_tables(tables: Iterable[Table], *, stderr: bool = False) -> None:
    """Print tables to the terminal, each followed by a blank line.

    A table that is too wide is printed as a list: a block of lines "column: value" for each row.
    """
    from rich.console import Console  # noqa: PLC0415

    try:
        _print(tables, Console(stderr=stderr))
    except OSError as error:
        raise OSError(error.errno, error.strerror, "standard error" if stderr else STDOUT) from None


def text_tables(tables: Iterable[Table], width: int = NARROW - 1) -> str:
    """Tables as plain text."""
    from rich.console import Console  # noqa: PLC0415

    printed = io.StringIO()
    _print(tables, Console(file=printed, width=width, color_system=None))
    return "\n".join(line.rstrip() for line in printed.getvalue().splitlines()).strip("\n")


def markdown_table(table: Table) -> str:
    """A table in Markdown without its title; text is escaped."""
    lines = [
        "| " + " | ".join(table.columns) + " |",
        "|" + "---|" * table.texts + "---:|" * (len(table.columns) - table.texts),
    ]
    lines += ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in table.rows]
    return "\n".join(lines)


def markdown_page(title: str, lead: Iterable[str], tables: Iterable[Table], signature: str) -> str:
    """A Markdown page with a title, paragraphs, tables, and a signature to cite."""
    titled = (f"## {escape(table.title)}\n\n{markdown_table(table)}" for table in tables)
    return (
        "\n\n".join([f"# {escape(title)}", *map(escape, lead), *titled, escape(signature)]) + "\n"
    )


def markdown_parts(lead: Iterable[str], tables: Sequence[Table]) -> str:
    """Tables and then paragraphs, for a section of a page; several tables have titles."""
    shown = [
        f"**{escape(table.title)}**\n\n{markdown_table(table)}"
        if len(tables) > 1
        else markdown_table(table)
        for table in tables
    ]
    return "\n\n".join([*shown, *map(escape, lead)]) + "\n"


def _print(tables: Iterable[Table], console: Console) -> None:
    from rich.text import Text  # noqa: PLC0415

    if console.width < 1:
        console.width = DEFAULT_WIDTH  # COLUMNS=0 means that the width is unknown
    for table in tables:
        if table.title:
            console.print(Text(printable(table.title), style="bold italic"))
        shown = _rich_table(table, console)
        # The minimum is the width at which no word is broken and no number is cut off.
        if (
            console.measure(shown, options=console.options.update(width=UNLIMITED)).minimum
            > console.width
        ):
            console.print(Text(_as_list(table)), soft_wrap=True)
        else:
            console.print(shown)
        console.print()


def _rich_table(table: Table, console: Console) -> RichTable:
    from rich import box  # noqa: PLC0415
    from rich.table import Table as RichTable  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    shown = RichTable()
    if console.width < NARROW:
        # Lines between the columns would take the room that names of measures need.
        shown.box, shown.padding, shown.show_edge = box.SIMPLE_HEAD, (0, 0, 0, 0), False
    for position, column in enumerate(table.columns):
        if position < table.texts:
            shown.add_column(Text(printable(column)), overflow="fold")
        else:
            shown.add_column(Text(printable(column)), justify="right", no_wrap=True)
    for row in table.rows:
        shown.add_row(*(Text(printable(cell)) for cell in row))
    return shown


def _as_list(table: Table) -> str:
    blocks = (
        "\n".join(f"{column}: {cell}" for column, cell in zip(table.columns, row, strict=True))
        for row in table.rows
    )
    return printable("\n\n".join(blocks))
