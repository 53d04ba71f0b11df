"""``dateline query``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.interrupts import prompt_exit
from dateline.cli.search.shared import dataset_option
from dateline.cli.shared import Command, Settings, echo_data, pass_settings

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("text", "csv", "json", "jsonl", "parquet")
ROWS = 1_000
"""Rows that are printed as text."""


@click.command(cls=Command)
@click.argument("statement", required=False)
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="File with the statement.",
)  # fmt: skip
@click.option("--show-schema", is_flag=True, help="List the columns of all views.")
@dataset_option
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write the result to this file.",
)  # fmt: skip
@click.option(
    "--format", "output_format", type=click.Choice(FORMATS),
    help="Output format.  [default: by the ending of --out, else text]",
)  # fmt: skip
@click.option(
    "--memory", type=click.FloatRange(0.05, 10_000), default=2, show_default=True, metavar="GB",
    help="Memory that the statement and its result may use, in gigabytes.",
)  # fmt: skip
@pass_settings
def query(
    settings: Settings,
    statement: str | None,
    file: Path | None,
    show_schema: bool,
    dataset: Path | str | None,
    out: Path | None,
    output_format: str | None,
    memory: float,
) -> None:
    """Answer a question in SQL.

    STATEMENT is a SELECT in the SQL of DuckDB, or - for standard input. There is a view for each
    kind of item: documents, sentences, tokens, mentions, entities, events, arguments, claims and
    others, of gold; views in the schema `annotators` have the items of all annotators. The
    statement can neither read nor write files. `dateline docs finding` has examples.

    \b
    Examples:
      dateline query "SELECT type, count(*) AS n FROM mentions GROUP BY ALL ORDER BY n DESC"
      dateline query "SELECT * FROM claims" --dataset dist --out claims.parquet
      dateline query --file question.sql --format csv
      dateline query --show-schema
    """
    from dateline.search.sql import SCHEMA, run_alone
    from dateline.search.tables import tables_at

    if (statement is not None) + (file is not None) + show_schema != 1:
        raise click.UsageError("Expected one of STATEMENT, --file and --show-schema.")
    chosen = output_format or _format_of(out)
    if chosen == "parquet" and out is None:
        raise click.UsageError("--format parquet needs --out FILE.")
    if chosen == "text" and out is not None:
        raise click.UsageError(
            "--out: give --format, or a name that ends in .csv, .json, .jsonl or .parquet."
        )
    asked = SCHEMA if show_schema else _statement(statement, file)
    tables = tables_at(dataset or settings.root)
    with prompt_exit():
        result = run_alone(asked, tables, memory)
    if chosen == "text":
        _print(settings, result)
        return
    from dateline.search.results import encoded

    if out is None:
        for piece in encoded(result, chosen):
            echo_data(piece.decode(), nl=False)
        return
    from dateline.files.writing import write_atomically

    write_atomically(out, encoded(result, chosen))
    settings.say(f"Wrote {result.num_rows:,} rows to {out}")


def _format_of(out: Path | None) -> str:
    """The format that the ending of a file's name stands for; text if there is none."""
    ending = out.suffix.removeprefix(".") if out else "text"
    return ending if ending in FORMATS else "text"


def _statement(statement: str | None, file: Path | None) -> str:
    from dateline.files.opening import STANDARD_INPUT, opened_stream
    from dateline.files.reading import read_text

    if file is not None:
        return read_text(file)
    if statement == str(STANDARD_INPUT):
        with opened_stream(STANDARD_INPUT) as stream:
            return stream.read().decode(errors="replace")
    return statement or ""


def _print(settings: Settings, result: pa.Table) -> None:
    from dateline.rendering.listing import counted
    from dateline.rendering.tables import print_tables
    from dateline.search.results import table

    print_tables([table(result, ROWS)])
    shown = counted(result.num_rows, "row")
    if result.num_rows > ROWS:
        shown += f", of which {ROWS:,} are shown; --out FILE writes all of them"
    settings.say(shown)
