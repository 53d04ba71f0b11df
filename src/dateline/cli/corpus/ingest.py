"""``dateline ingest``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from dateline.cli.shared import Command, Settings, echo, names_option, pass_settings
from dateline.cli.text_warnings import show_warnings

FIXES = ("html", "mojibake", "wrap")


@click.command(cls=Command)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--language",
    metavar="TAG",
    help="Language of the seeds for which no file gives one, such as en.",
)
@click.option(
    "--allow-duplicates",
    is_flag=True,
    help="Ingest texts that another document has, too.",
)
@names_option(
    "--fix",
    "FIX",
    "Fix texts: html drops tags and decodes entities, mojibake restores characters that were "
    "decoded wrongly, wrap joins hard-wrapped lines.",
    FIXES,
)
@pass_settings
def ingest(
    settings: Settings,
    paths: tuple[Path, ...],
    language: str | None,
    fix: tuple[str, ...],
    *,
    allow_duplicates: bool,
) -> None:
    """Turn seed texts into documents.

    PATHS are seeds (NAME.txt) or folders of seeds. Without PATHS, all of seeds/ is ingested.
    Metadata are optional: seeds/NAME.toml has those of one seed, seeds/seeds.csv a row for each of
    many, and seeds/seeds.toml what is the same for all (see `dateline docs files`). Sentences and
    tokens are found by the rules for the language, unless NAME.conllu or NAME.tokens.json gives
    them. Texts are changed only by --fix, and every change is recorded. Invalid seeds are refused
    with a reason, and the others are still ingested. Exits with 1 if a seed was refused.

    \b
    Examples:
      dateline ingest
      dateline ingest --language en --fix mojibake,wrap,html
      dateline ingest seeds/strike.txt
    """
    from dateline.corpus.store import Corpus
    from dateline.ingest.ingest import ingest as ingest_seeds
    from dateline.ingest.seeds import find_seeds, ignored_files
    from dateline.ingest.text_warnings import TextWarning

    corpus = Corpus(settings.root)
    seeds = find_seeds(corpus, (path.absolute() for path in paths))
    counts: Counter[str] = Counter()
    warned: dict[TextWarning, list[str]] = {}
    outcomes = ingest_seeds(
        corpus, seeds, language=language, allow_duplicates=allow_duplicates, fixes=fix
    )
    for outcome in settings.progress(outcomes, "Ingesting", total=len(seeds)):
        counts[outcome.result] += 1
        for warning in outcome.warnings:
            warned.setdefault(warning, []).append(outcome.seed)
        if outcome.result == "refused":
            echo(f"{outcome.seed}: {outcome.message}", err=True)
        elif outcome.result != "unchanged":
            settings.say(f"{outcome.seed}: {outcome.result}")
    show_warnings(warned, can_fix=True)
    if not paths:
        for path in ignored_files(corpus):
            settings.say(f"{corpus.relative(path)}: ignored, does not belong to a seed NAME.txt")
    if not seeds:
        settings.say(f"There are no seeds in {corpus.seeds}; add a text as NAME.txt.")
    results = ("added", "updated", "unchanged", "refused")
    settings.say(", ".join(f"{counts[result]} {result}" for result in results))
    if counts["added"] and not corpus.annotation_paths():
        settings.say("Next: `dateline studio push` to annotate, or `dateline build` for a dataset.")
    if counts["refused"]:
        raise click.exceptions.Exit(1)
