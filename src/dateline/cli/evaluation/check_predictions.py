"""``dateline check-predictions`` and ``dateline convert-predictions``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import Command, Settings, pass_settings
from dateline.rendering.listing import counted

if TYPE_CHECKING:
    from dateline.predictions.checking import Checked, Problem

PLACES = 3
"""Places that are listed of one and the same problem."""
COLORS = {"refused": "red", "wrong": "red", "noted": "yellow"}


@click.command(cls=Command, name="check-predictions")
@click.argument("predictions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--gold", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="A built dataset whose documents were predicted.  [default: this corpus's documents]",
)  # fmt: skip
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@pass_settings
def check_predictions(
    settings: Settings, /, predictions: Path, gold: Path | None, output_format: str
) -> None:
    """Say everything that is wrong with a file of predictions.

    Each thing found says what becomes of it. A line that is refused keeps the file from being
    scored; an item that is wrong is scored and cannot be right; what is noted is scored as it
    stands. Exits with 1 if anything is refused or wrong.

    \b
    Example:
      dateline check-predictions predictions.jsonl
      dateline check-predictions predictions.jsonl --gold dist --format json
    """
    from dateline.corpus.store import Corpus
    from dateline.predictions.checking import check_predictions as check

    texts = None
    if gold is not None:
        from dateline.evaluation.gold import read_gold, texts_of_gold

        texts = {text.id: text for text in texts_of_gold(read_gold(gold))}
    found = check(predictions, Corpus(settings.root), texts)
    if output_format == "json":
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    else:
        _print(found)
    settings.say(
        f"{counted(found.lines, 'line')}: {counted(found.items, 'item')} counted, "
        f"{found.wrong} of them as wrong; {found.refused} are refused; "
        f"{len(found.missing)} documents have no prediction"
    )
    if not found.is_clean:
        raise click.exceptions.Exit(1)


def _print(found: Checked) -> None:
    alike: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in found.problems:
        key = problem.fate, re.sub(r"\d+", "", problem.pointer), problem.message
        alike.setdefault(key, []).append(problem)
    for problems in alike.values():
        for problem in problems[:PLACES]:
            place = f"line {problem.line} {problem.document} {problem.pointer}".rstrip()
            item = f" ({problem.id})" if problem.id else ""
            click.echo(f"{click.style(place, bold=True)}{item}")
        if len(problems) > PLACES:
            click.echo(f"and {len(problems) - PLACES} more places; --format json lists them all")
        first = problems[0]
        click.echo(f"  {click.style(first.fate, fg=COLORS[first.fate])}: {first.message}")
        if first.hint:
            click.echo(f"    {first.hint}")


@click.command(cls=Command, name="convert-predictions")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--from", "form", type=click.Choice(["bio", "pairs"]), required=True,
    help="bio: a token and its tag on each line; pairs: JSON Lines with labels and words.",
)  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option(
    "--layer", type=click.Choice(["entities", "events"]), default="entities", show_default=True,
    help="What the labels are: types of mentions, or of events with their triggers.",
)  # fmt: skip
@click.option(
    "--repair", type=click.Choice(["begin", "drop"]), default="begin", show_default=True,
    help="bio: whether an inside tag that follows nothing of its label begins a span.",
)  # fmt: skip
@click.option(
    "--places", type=click.Choice(["first", "every"]), default="first", show_default=True,
    help="pairs: words that stand at several places get the next each time, or every one.",
)  # fmt: skip
@pass_settings
def convert_predictions(
    settings: Settings, /, file: Path, form: str, out: Path, layer: str, repair: str, places: str
) -> None:
    """Make predictions of tags or of labelled words, and say what stands in no text.

    What is not found stays in the predictions as what cannot be right, so that leaving the text
    costs precision.

    \b
    Example:
      dateline convert-predictions tagged.conll --from bio --out predictions.jsonl
      dateline convert-predictions answers.jsonl --from pairs --out predictions.jsonl
    """
    import msgspec

    from dateline.corpus.store import Corpus, write_atomically
    from dateline.predictions.formats.bio import read_bio
    from dateline.predictions.formats.label_pairs import read_pairs

    corpus = Corpus(settings.root)
    texts = {name: corpus.read_document(name).text for name in corpus.document_ids()}
    if form == "bio":
        found = list(read_bio(file, texts, layer, repair))
    else:
        found = list(read_pairs(file, texts, layer, places))
    write_atomically(out, msgspec.json.Encoder().encode_lines([p for p, _ in found]))
    for _, alignment in found:
        for words in alignment.lost:
            click.echo(f"{alignment.document}: «{words}» was not found in the text")
        settings.say(
            f"{alignment.document}: {alignment.exact} found as they are, {alignment.loose} but for "
            f"case, blanks or quotation marks, {alignment.ambiguous} at several places, "
            f"{len(alignment.lost)} not at all; {alignment.repaired} tags repaired"
        )
