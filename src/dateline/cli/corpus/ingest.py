"""``dateline ingest``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from dateline.cli.shared import Command, Settings, echo, pass_settings


@click.command(cls=Command)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@pass_settings
def ingest(settings: Settings, paths: tuple[Path, ...]) -> None:
    """Turn seed texts into documents.

    PATHS are seeds (NAME.txt) or folders of seeds. Without PATHS, all of seeds/ is ingested. An
    optional file seeds/NAME.toml gives the title, language, [source] publisher, url, published, and
    [rights] license, holder, redistribute_text; seeds/seeds.toml gives what is the same for all
    seeds. Sentences and tokens are found by the rules for the language, unless NAME.conllu or
    NAME.tokens.json gives them. Invalid seeds are refused with a reason, and the others are still
    ingested. Exits with 1 if a seed was refused.

    \b
    Example:
      dateline ingest
      dateline ingest seeds/000_debecc4f8dbd1735.txt
    """
    from dateline.corpus.store import Corpus
    from dateline.ingest.ingest import ingest as ingest_seeds
    from dateline.ingest.seeds import find_seeds, ignored_files
    from dateline.rendering.listing import listed

    corpus = Corpus(settings.root)
    seeds = find_seeds(corpus, (path.absolute() for path in paths))
    counts: Counter[str] = Counter()
    warned: dict[str, list[str]] = {}
    outcomes = ingest_seeds(corpus, seeds)
    for outcome in settings.progress(outcomes, "Ingesting", total=len(seeds)):
        counts[outcome.result] += 1
        for warning in outcome.warnings:
            warned.setdefault(warning, []).append(outcome.seed)
        if outcome.result == "refused":
            echo(f"{outcome.seed}: {outcome.message}", err=True)
        elif outcome.result != "unchanged":
            settings.say(f"{outcome.seed}: {outcome.result}")
    for warning, names in warned.items():
        echo(f"warning: {', '.join(listed(names, 3))}: {warning}", err=True)
    if not paths:
        for path in ignored_files(corpus):
            settings.say(f"{corpus.relative(path)}: ignored, does not belong to a seed NAME.txt")
    if not seeds:
        settings.say(f"There are no seeds in {corpus.seeds}; add a text as NAME.txt.")
    results = ("added", "updated", "unchanged", "refused")
    settings.say(", ".join(f"{counts[result]} {result}" for result in results))
    if counts["refused"]:
        raise click.exceptions.Exit(1)
