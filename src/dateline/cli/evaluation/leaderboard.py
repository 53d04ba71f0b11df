"""``dateline leaderboard``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.shared import (
    Command,
    Settings,
    echo,
    echo_json,
    format_option,
    pass_settings,
    site_option,
)
from dateline.errors import ConflictError, InvalidInputError

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus
    from dateline.evaluation.gold import Gold
    from dateline.evaluation.leaderboard.results import Result
    from dateline.evaluation.leaderboard.systems import Systems
    from dateline.rendering.header import Header
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
    help="Exit with 1 if a result, the table or the page is outdated, or a submission has other "
    "scores than its result says.",
)  # fmt: skip
@click.option(
    "--add", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Submission: score these predictions, store them with their run record and the result, "
    "then --write.",
)  # fmt: skip
@click.option("--name", help="With --add: name of the result's file.")
@click.option("--title", help="With --add: title of the system.  [default: the name]")
@click.option("--note", default="", help="With --add: note for readers of the scores.")
@format_option("text", "json", "md", "html", "csv", "latex")
@site_option()
@pass_settings
def leaderboard(
    settings: Settings,
    task: str | None,
    add: Path | None,
    name: str | None,
    title: str | None,
    note: str,
    output_format: str,
    site: str | None,
) -> None:
    """Show or update the leaderboard.

    Results are stored in benchmarks/results, predictions that were added in
    benchmarks/submissions. The main measures are written to README.md, if it has
    marks for them, and all measures to benchmarks/leaderboard.html. Results with another gold or
    other rules are shown in tables of their own.

    \b
    Examples:
      dateline leaderboard
      dateline leaderboard --run
      dateline leaderboard --add mine.jsonl --name mine --title "My system"
      dateline leaderboard --check
    """
    from dateline.corpus.store import Corpus
    from dateline.evaluation.gold import gold_of_corpus
    from dateline.evaluation.leaderboard.results import read_results, result_of
    from dateline.evaluation.leaderboard.submissions import submission_files
    from dateline.evaluation.leaderboard.systems import FILE, read_systems, run_systems
    from dateline.files.names import plain_name

    if (add is not None) != (name is not None) or (add is not None and task is not None):
        raise click.UsageError("--add requires --name, and excludes --run, --write and --check.")
    corpus = Corpus(settings.root)
    listed = read_systems(corpus)
    gold = gold_of_corpus(corpus, listed.split)
    new: dict[str, Result] = {}
    copies: dict[Path, bytes | None] = {}
    if task == "run":
        if not listed.systems:
            raise InvalidInputError(f"{FILE}: there is no system to run.")
        new = dict(run_systems(corpus, listed, gold))
    elif add is not None and name is not None:
        if plain_name(name, "--name") in listed.systems:
            raise InvalidInputError(
                f"--name {name}: is a system of {FILE}, which --run scores. Choose another name."
            )
        new = {name: result_of(gold, add, title or name, note)}
        copies = submission_files(corpus, name, add)
    if task == "check":
        _check(corpus, gold, listed)
    elif task is not None or add is not None:
        _write(settings, corpus, gold, listed, new, copies)
    else:
        _show(corpus, gold, listed, read_results(corpus), output_format, site)


def _show(
    corpus: Corpus,
    gold: Gold,
    listed: Systems,
    results: Mapping[str, Result],
    output_format: str,
    site: str | None,
) -> None:
    if output_format == "json":
        echo_json(_with_ranks(gold, results))
        return
    if output_format == "csv":
        from dateline.evaluation.tables.records import scores_csv

        echo(scores_csv({n: (str(r.signature), r.scores) for n, r in results.items()}), nl=False)
        return
    notes, short, detailed = _content(corpus, gold, listed, results)
    if output_format == "latex":
        from dateline.evaluation.leaderboard.comparable import current_signature
        from dateline.rendering.latex import latex_tables

        echo(latex_tables(notes, short, str(current_signature(gold))), nl=False)
    elif output_format == "html":
        from dateline.dataset.description.citation import title_of_corpus
        from dateline.rendering.header import header_of

        header = header_of(title_of_corpus(corpus), site)
        echo(_page(header, notes, [*short, *detailed]), nl=False)
    elif output_format == "md":
        echo(_readme_block(notes, short), nl=False)
    else:
        from dateline.rendering.tables import print_tables

        print_tables(short)
        echo("\n\n".join(notes))


def _with_ranks(gold: Gold, results: Mapping[str, Result]) -> dict[str, dict[str, Any]]:
    """The results as plain values, each with its ranks by primary measure."""
    import msgspec

    from dateline.evaluation.leaderboard.comparable import current_signature, group_comparable
    from dateline.evaluation.leaderboard.ranks import ranks

    found = {}
    for group in group_comparable(results, current_signature(gold)):
        for name, of_measure in ranks(group.results).items():
            places = {": ".join(key): place for key, place in of_measure.items()}
            found[name] = {"ranks": places, **msgspec.to_builtins(results[name])}
    return found


def _check(corpus: Corpus, gold: Gold, listed: Systems) -> None:
    """Raise ConflictError if results, the table or the page are outdated, or a result is wrong."""
    from dateline.evaluation.leaderboard.comparable import current_signature, outdated
    from dateline.evaluation.leaderboard.results import read_results
    from dateline.evaluation.leaderboard.submissions import problems

    results = read_results(corpus)
    late = outdated(results, listed.systems, current_signature(gold))
    if late:
        raise ConflictError(
            f"benchmarks/results: {', '.join(late)}: missing, or scored with another gold or "
            "other rules; run `dateline leaderboard --run`."
        )
    wrong = list(problems(corpus, gold, results, listed.systems))
    if wrong:
        raise ConflictError(
            "\n".join(wrong)
            + "\nAdd submissions with `dateline leaderboard --add FILE --name NAME`."
        )
    contents = _pages(corpus, gold, listed, results)
    stale = [name for name, content in contents.items() if _read(corpus, name) != content]
    if stale:
        raise ConflictError(f"{' and '.join(stale)}: outdated; run `dateline leaderboard --write`.")


def _write(
    settings: Settings,
    corpus: Corpus,
    gold: Gold,
    listed: Systems,
    new: Mapping[str, Result],
    copies: Mapping[Path, bytes | None],
) -> None:
    """Write the new results, their predictions, the table and the page: all of them or none."""
    from dateline.evaluation.leaderboard.results import read_results, result_files, with_results
    from dateline.files.writing import locked, write_together

    with locked(corpus.root):
        old = read_results(corpus)
        results = with_results(old, new)
        changed = {name for name in new if old.get(name) != results[name]}
        contents = _pages(corpus, gold, listed, results)
        updated = {name for name, content in contents.items() if _read(corpus, name) != content}
        files: dict[Path, bytes | Path | None] = {
            **copies,
            **result_files(corpus, {name: results[name] for name in changed}),
        }
        files |= {corpus.root / name: contents[name].encode() for name in updated}
        write_together(corpus.root, files)
    for name in new:
        settings.say(f"{name}: {'new result' if name in changed else 'result unchanged'}")
    for name in contents:
        settings.say(f"{name}: {'updated' if name in updated else 'unchanged'}")


def _pages(
    corpus: Corpus, gold: Gold, listed: Systems, results: Mapping[str, Result]
) -> dict[str, str]:
    """The content of the page, and of the README if it has marks for the table, by name."""
    from dateline.dataset.description.citation import title_of_corpus
    from dateline.rendering.generated_blocks import marks, with_block
    from dateline.rendering.header import Header

    notes, short, detailed = _content(corpus, gold, listed, results)
    contents = {PAGE: _page(Header(title_of_corpus(corpus)), notes, [*short, *detailed])}
    text = _read(corpus, README)
    if marks(BLOCK).splitlines()[0] in text:
        contents[README] = with_block(text, BLOCK, _readme_block(notes, short), README)
    return contents


def _read(corpus: Corpus, name: str) -> str:
    from dateline.files.names import inside
    from dateline.files.reading import read_text

    path = inside(corpus.root, corpus.root / name)
    return read_text(path) if path.exists() else ""


def _content(
    corpus: Corpus, gold: Gold, listed: Systems, results: Mapping[str, Result]
) -> tuple[list[str], list[Table], list[Table]]:
    """Notes, tables of the main measures, and tables of all measures.

    The last have counts of gold items, so there are none if the labels of the split are withheld.
    """
    from dateline.corpus.withheld_labels import withheld_labels
    from dateline.evaluation.ceiling import annotator_scores
    from dateline.evaluation.columns.scoring_input import MatchingOptions
    from dateline.evaluation.leaderboard.comparable import current_signature, group_comparable
    from dateline.evaluation.leaderboard.tables import (
        LEGEND,
        ceiling_title,
        detail_tables,
        headline_tables,
        notes,
    )

    labels = withheld_labels(corpus)
    are_withheld = labels is not None and (listed.split is None or listed.split in labels.splits)
    agreement = None
    if listed.ceiling:
        documents = [document.id for document in gold.documents]
        agreement = annotator_scores(corpus, *listed.ceiling, documents, MatchingOptions())
    groups = group_comparable(results, current_signature(gold), agreement)
    return (
        [*notes(corpus, gold, listed, results), LEGEND],
        list(headline_tables(groups, listed.ceiling and ceiling_title(corpus, listed.ceiling))),
        [] if are_withheld else list(detail_tables(groups)),
    )


def _readme_block(notes: Sequence[str], tables: Sequence[Table]) -> str:
    from dateline.rendering.tables import markdown_parts

    return markdown_parts(notes, tables)


def leaderboard_page(corpus: Corpus) -> Callable[[Header], str] | None:
    """What makes the page of the present results; None if there are none."""
    from dateline.evaluation.gold import gold_of_corpus
    from dateline.evaluation.leaderboard.results import read_results
    from dateline.evaluation.leaderboard.systems import read_systems

    results = read_results(corpus)
    if not results:
        return None
    listed = read_systems(corpus)
    notes, short, detailed = _content(corpus, gold_of_corpus(corpus, listed.split), listed, results)
    return lambda header: _page(header, notes, [*short, *detailed])


def _page(header: Header, notes: Sequence[str], tables: Sequence[Table]) -> str:
    from dateline.rendering.html import html_page

    return html_page("Leaderboard", header, notes, tables)
