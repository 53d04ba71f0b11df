"""Timing, tables and JSON reports of the benchmarks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

TEXT_COLUMNS = (
    "task",
    "peer",
    "scores",
    "interval",
    "systems",
    "test",
    "tested",
    "correction",
    "annotators",
    "named",
)

rounds_option = click.option(
    "--rounds", default=3, show_default=True, help="Measurements of each task."
)
seed_option = click.option(
    "--seed", default=13, show_default=True, help="Seed of the synthetic data."
)
json_option = click.option(
    "--json", "report", type=click.Path(dir_okay=False, path_type=Path), help="Report to write."
)


def seconds(action: Callable[[], object]) -> float:
    """The duration of an action."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(title=title, title_justify="left")
    for column in columns:
        is_text = column in TEXT_COLUMNS
        table.add_column(
            column,
            justify="left" if is_text else "right",
            overflow="fold" if is_text else "ellipsis",
        )
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def write_report(path: Path | None, **content: object) -> None:
    """Write the results as JSON, if a path is given."""
    if path is not None:
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
