"""``dateline convert-predictions``."""

from __future__ import annotations

from pathlib import Path

import click

from dateline.cli.shared import Command, Settings, echo, pass_settings
from dateline.text import excerpt


@click.command(cls=Command, name="convert-predictions")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--from", "source_format", type=click.Choice(["bio", "pairs"]), required=True,
    help="bio: a token and its tag on each line; pairs: JSON Lines with labels and words.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE",
    help="File to write the predictions to (.jsonl).",
)  # fmt: skip
@click.option(
    "--layer", type=click.Choice(["entities", "events"]), default="entities", show_default=True,
    help="What the labels are: types of mentions, or types of events with their triggers.",
)  # fmt: skip
@click.option(
    "--repair", type=click.Choice(["begin", "drop"]), default="begin", show_default=True,
    help="bio: begin a span at an inside tag that follows no tag of its label, or drop the tag.",
)  # fmt: skip
@click.option(
    "--places", type=click.Choice(["first", "every"]), default="first", show_default=True,
    help="pairs: place words that occur several times at the next occurrence, or at every one.",
)  # fmt: skip
@pass_settings
def convert_predictions(
    settings: Settings,
    /,
    file: Path,
    source_format: str,
    out: Path,
    layer: str,
    repair: str,
    places: str,
) -> None:
    """Convert BIO tags or labelled words to predictions.

    Words that are not in the text are reported. They stay in the predictions, where they cannot
    match gold and cost precision.

    \b
    Examples:
      dateline convert-predictions tagged.conll --from bio --out predictions.jsonl
      dateline convert-predictions answers.jsonl --from pairs --out predictions.jsonl
    """
    from dateline.corpus.store import Corpus
    from dateline.files.writing import write_atomically
    from dateline.predictions.formats.bio import read_bio
    from dateline.predictions.formats.label_pairs import read_pairs

    corpus = Corpus(settings.root)
    corpus.ontology.chosen_layers([layer])
    texts = {name: corpus.read_document(name).text for name in corpus.document_ids()}
    if source_format == "bio":
        found = list(read_bio(file, texts, layer, repair))
    else:
        found = list(read_pairs(file, texts, layer, places))
    write_atomically(out, b"".join(p.to_json() + b"\n" for p, _ in found))
    for _, placement in found:
        for words in placement.lost:
            shown = excerpt(words)
            echo(
                f'{placement.document}: "{shown}" is not in the text, or is listed more often '
                "than it is there"
            )
        settings.say(
            f"{placement.document}: {placement.exact} found verbatim, {placement.loose} found with "
            f"other case, blanks or quotation marks, {placement.ambiguous} found at several "
            f"places, {len(placement.lost)} not found; {placement.repaired} tags repaired"
        )
