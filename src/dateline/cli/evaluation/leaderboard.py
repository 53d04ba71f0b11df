"""``dateline leaderboard``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import Command, Settings, echo, echo_json, format_option, pass_settings
from dateline.errors import ConflictError, InvalidInputError

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus
    from dateline.evaluation.gold import Gold
    from dateline.evaluation.leaderboard.systems import Systems
    from dateline.rendering.tables import Table

PAGE = "benchmarks/leaderboard.html"
README = "README.md"
BLOCK = "leaderboard"
"""The name of the marks in the README between which the table is written."""


@click.command(cls=Command)
@click.option(
    "--run", "task", flag_value="run",
    help="Run and score all systems of benchmarks/systems.toml, then --write.",
)  # fmt: skip
@click.option("--write", "task", flag_value="write", help="Write the table and the page.")
@click.option(
    "--check", "task", flag_value="check",
    help="Exit with 1 if a result, the table or the page is outdated.",
)  # fmt: skip
@click.option(
    "--add", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Score these predictions, store the result, then --write.",
)  # fmt: skip
@click.option("--name", help="With --add: name of the result's file.")
@click.option("--title", help="With --add: title of the system.  [default: the name]")
@click.option("--note", default="", help="With --add: note for readers of the scores.")
@format_option("text", "json", "md", "html")
@pass_settings
def leaderboard(
    settings: Settings,
    task: str | None,
    add: Path | None,
    name: str | None,
    title: str | None,
    note: str,
    output_format: str,
) -> None:
    """Show or update the leaderboard.

    Results are stored in benchmarks/results. The main measures are written to README.md, if it has
    marks for them, and all measures to benchmarks/leaderboard.html. Results with another gold or
    other rules are shown in tables of their own.

    \b
    Example:
      dateline leaderboard
      dateline leaderboard --run
      dateline leaderboard --add mine.jsonl --name mine --title "My system"
      dateline leaderboard --check
    """
    from dateline.corpus.store import Corpus
    from dateline.evaluation.gold import gold_of_corpus
    from dateline.evaluation.leaderboard.results import result_of, write_result
    from dateline.evaluation.leaderboard.systems import FILE, read_systems, run_systems

    if add is not None and (task is not None or name is None):
        raise click.UsageError("--add requires --name, and excludes --run, --write and --check.")
    corpus = Corpus(settings.root)
    listed = read_systems(corpus)
    gold = gold_of_corpus(corpus, listed.split)
    if task == "run":
        if not listed.systems:
            raise InvalidInputError(f"{FILE}: there is no system to run.")
        for system, result in run_systems(corpus, listed, gold):
            written = write_result(corpus, system, result)
            settings.say(f"{system}: {'new result' if written else 'result unchanged'}")
    if add is not None and name is not None:
        write_result(corpus, name, result_of(gold, add, title or name, note))
    if task is None and add is None:
        _show(corpus, gold, listed, output_format)
    else:
        _update(settings, corpus, gold, listed, check=task == "check")


def _show(corpus: Corpus, gold: Gold, listed: Systems, output_format: str) -> None:
    from dateline.evaluation.leaderboard.results import read_results

    if output_format == "json":
        echo_json(read_results(corpus))
        return
    notes, short, detailed = _content(corpus, gold, listed)
    if output_format == "html":
        echo(_page(notes, [*short, *detailed]), nl=False)
    elif output_format == "md":
        echo(_readme_block(notes, short), nl=False)
    else:
        from dateline.rendering.tables import print_tables

        print_tables(short)
        echo("\n\n".join(notes))


def _update(
    settings: Settings, corpus: Corpus, gold: Gold, listed: Systems, *, check: bool
) -> None:
    """Write the table and the page, or with ``check`` raise ConflictError if they are outdated."""
    from dateline.evaluation.leaderboard.comparable import current_signature, outdated
    from dateline.evaluation.leaderboard.results import read_results
    from dateline.files.writing import write_if_changed
    from dateline.rendering.generated_blocks import marks, with_block

    if check:
        late = outdated(read_results(corpus), listed.systems, current_signature(gold))
        if late:
            raise ConflictError(
                f"benchmarks/results: {', '.join(late)}: missing, or scored with another gold or "
                "other rules; run `dateline leaderboard --run`."
            )
    notes, short, detailed = _content(corpus, gold, listed)
    contents = {PAGE: _page(notes, [*short, *detailed])}
    readme = corpus.root / README
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    if marks(BLOCK).splitlines()[0] in text:
        contents[README] = with_block(text, BLOCK, _readme_block(notes, short), README)
    if check:
        stale = [name for name, content in contents.items() if _read(corpus, name) != content]
        if stale:
            raise ConflictError(
                f"{' and '.join(stale)}: outdated; run `dateline leaderboard --write`."
            )
        return
    for name, content in contents.items():
        (corpus.root / name).parent.mkdir(parents=True, exist_ok=True)
        changed = write_if_changed(corpus.root / name, content.encode())
        settings.say(f"{name}: {'updated' if changed else 'unchanged'}")


def _read(corpus: Corpus, name: str) -> str:
    path = corpus.root / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _content(
    corpus: Corpus, gold: Gold, listed: Systems
) -> tuple[list[str], list[Table], list[Table]]:
    """Notes, tables of the main measures, and tables of all measures."""
    from dateline.evaluation.ceiling import annotator_scores
    from dateline.evaluation.columns.scoring_input import MatchingOptions
    from dateline.evaluation.leaderboard.comparable import current_signature, group_comparable
    from dateline.evaluation.leaderboard.results import read_results
    from dateline.evaluation.leaderboard.tables import (
        LEGEND,
        detail_tables,
        headline_tables,
        notes,
    )

    results = read_results(corpus)
    agreement = None
    if listed.ceiling:
        documents = [document.id for document in gold.documents]
        agreement = annotator_scores(corpus, *listed.ceiling, documents, MatchingOptions())
    groups = group_comparable(results, current_signature(gold), agreement)
    return (
        [*notes(corpus, gold, listed, results), LEGEND],
        list(headline_tables(groups, listed.ceiling)),
        list(detail_tables(groups)),
    )


def _readme_block(notes: Sequence[str], tables: Sequence[Table]) -> str:
    from dateline.rendering.tables import markdown_parts

    return markdown_parts(notes, tables)


def _page(notes: Sequence[str], tables: Sequence[Table]) -> str:
    from dateline.rendering.html import html_page

    return html_page("Leaderboard", notes, tables)
