"""``dateline leaderboard``."""

from __future__ import annotations

from pathlib import Path

import click

from dateline.cli.shared import Command, Settings, pass_settings
from dateline.errors import DatelineError


@click.command(cls=Command)
@click.option("--write", "task", flag_value="write", help="Bring table and page up to date.")
@click.option(
    "--check", "task", flag_value="check",
    help="Exit with 1 if table or page are not up to date, or a result is of another gold.",
)  # fmt: skip
@click.option(
    "--run", "task", flag_value="run",
    help="Let all systems of benchmarks/systems.toml predict again, score them, and --write.",
)  # fmt: skip
@click.option(
    "--add", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Score these predictions, keep the result, and --write.",
)  # fmt: skip
@click.option("--name", help="With --add: what to call the result's file.")
@click.option("--title", help="With --add: what readers call the system.  [default: the name]")
@click.option("--note", default="", help="With --add: what readers have to know.")
@pass_settings
def leaderboard(
    settings: Settings,
    task: str | None,
    add: Path | None,
    name: str | None,
    title: str | None,
    note: str,
) -> None:
    """Print the scores of systems side by side, or keep them up to date.

    Results lie in benchmarks/results/. The table stands between marks in README.md if they are
    there, and every measure in benchmarks/leaderboard.html. Results of another gold, or by other
    rules, stand apart.

    \b
    Example:
      dateline leaderboard --run
      dateline leaderboard --add mine.jsonl --name mine --title "My system"
      dateline leaderboard --check
    """
    from dateline.corpus.store import Corpus
    from dateline.evaluation.gold import gold_of_corpus
    from dateline.evaluation.leaderboard import boards as board
    from dateline.evaluation.leaderboard.results import read_results, result_of, write_result
    from dateline.evaluation.leaderboard.systems import FILE, read_systems, run_systems
    from dateline.evaluation.tables.html import page
    from dateline.evaluation.tables.scores import markdown_parts

    if add is not None and (task is not None or name is None):
        raise DatelineError("--add needs --name, and goes with neither --run, --write nor --check.")
    corpus = Corpus(settings.root)
    listed = read_systems(corpus)
    gold = gold_of_corpus(corpus, listed.split)
    if task == "run":
        if not listed.systems:
            raise DatelineError(f"{FILE}: lists no system to run.")
        for system, result in run_systems(corpus, listed, gold):
            written = write_result(corpus, system, result)
            settings.say(f"{system}: {'a new result' if written else 'the same result as before'}")
    if add is not None and name is not None:
        write_result(corpus, name, result_of(gold, add, title or name, note))
    results, today = read_results(corpus), board.todays_signature(gold)
    ceiling = board.todays_ceiling(corpus, gold, listed.ceiling) if listed.ceiling else None
    found = board.boards(results, today, ceiling)
    notes = board.notes(corpus, gold, listed, results)
    short = list(board.headline_tables(found, listed.ceiling))
    lead = [*notes, board.LEGEND]
    body = markdown_parts(lead, short)
    shown = page("Leaderboard", lead, [*short, *board.detail_tables(found)])
    if task == "check":
        late = board.stale(results, listed.systems, today)
        if late:
            raise DatelineError(
                f"benchmarks/results: {', '.join(late)} is of another gold or other rules, or not "
                "there; run `dateline leaderboard --run`."
            )
        _check(corpus.root, body, shown)
    elif task is None and add is None:
        click.echo(body, nl=False)
    else:
        for paragraph in notes:
            settings.say(f"Note: {paragraph}")
        _write(settings, corpus.root, body, shown)


def _check(root: Path, body: str, shown: str) -> None:
    from dateline.evaluation.leaderboard.boards import BLOCK, PAGE
    from dateline.rendering.generated_blocks import block

    readme = _readme(root)
    path = root / PAGE
    stale = []
    if readme is not None and block(readme, BLOCK, "README.md") != body.strip("\n"):
        stale.append("README.md")
    if not path.is_file() or path.read_text(encoding="utf-8") != shown:
        stale.append(PAGE)
    if stale:
        raise DatelineError(
            f"{' and '.join(stale)}: not up to date; run `dateline leaderboard --write`."
        )


def _write(settings: Settings, root: Path, body: str, shown: str) -> None:
    from dateline.corpus.store import write_if_changed
    from dateline.evaluation.leaderboard.boards import BLOCK, PAGE
    from dateline.rendering.generated_blocks import with_block

    contents = {PAGE: shown}
    readme = _readme(root)
    if readme is not None:
        contents["README.md"] = with_block(readme, BLOCK, body, "README.md")
    for name, content in contents.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        changed = write_if_changed(root / name, content.encode())
        settings.say(f"{name}: {'brought up to date' if changed else 'is up to date'}")


def _readme(root: Path) -> str | None:
    """The README, where it has marks for the table."""
    from dateline.evaluation.leaderboard.boards import BLOCK
    from dateline.rendering.generated_blocks import marks

    path = root / "README.md"
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    return text if marks(BLOCK).splitlines()[0] in text else None
