"""``dateline import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.interop.shared import (
    OptionType,
    format_argument,
    report_option,
    show_report,
    strict_option,
    write_report,
)
from dateline.cli.shared import (
    Command,
    Settings,
    by_guidelines_option,
    draft_option,
    dry_run_option,
    echo,
    kind_option,
    layers_option,
    names_option,
    pass_settings,
    template_option,
)
from dateline.cli.text_warnings import show_warnings

if TYPE_CHECKING:
    from dateline.interop.importing.options import Imported


class SourcePath(click.ParamType[tuple[str, Path]]):
    """A path, or ``ANNOTATOR=PATH``."""

    name = "path"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        """Split the value; a path that exists is not split."""
        if isinstance(value, tuple):
            return value
        annotator, equals, path = value.partition("=")
        if not equals or Path(value).exists():
            annotator, path = "", value
        if not Path(path).exists():
            self.fail(f"{path!r} does not exist.", param, ctx)
        return annotator, Path(path)


@click.command("import", cls=Command)
@format_argument
@click.argument("paths", type=SourcePath(), nargs=-1, required=True, metavar="[NAME=]PATH...")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Create a corpus in this new folder.  [default: add to the corpus]",
)
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file that maps the labels of the source.  [default: same names]",
)
@template_option
@names_option(
    "--annotators",
    "NAME=PSEUDONYM",
    "Pseudonyms of annotators that the source names; if it has only one, PSEUDONYM is enough.",
)
@click.option(
    "--option",
    "reading",
    type=OptionType(),
    multiple=True,
    help="An option of the format; see `dateline formats`.",
)
@click.option("--language", metavar="TAG", help="Language of the texts, such as en or zh-Hant.")
@layers_option("Layers that were annotated.  [default: those with mapped labels]")
@kind_option
@by_guidelines_option
@draft_option
@click.option("--allow-duplicates", is_flag=True, help="Import texts that occur several times.")
@click.option(
    "--known-texts", is_flag=True, help="Leave out documents whose text the corpus does not have."
)
@strict_option
@dry_run_option("Show what would be imported, and write nothing.")
@report_option
@pass_settings
def import_(
    settings: Settings,
    format_name: str,
    paths: tuple[tuple[str, Path], ...],
    out: Path | None,
    mapping: Path | None,
    template: bool,
    annotators: tuple[str, ...],
    reading: tuple[tuple[str, str], ...],
    language: str | None,
    layers: tuple[str, ...],
    kind: str | None,
    by_guidelines: bool,
    draft: bool,
    allow_duplicates: bool,
    known_texts: bool,
    strict: bool,
    dry_run: bool,
    report: Path | None,
) -> None:
    """Import texts and annotations.

    With --out, makes a corpus with texts, tokens, splits, annotations and a draft of the ontology.
    Otherwise the texts and annotations are added to the corpus, and labels that it does not have
    must be mapped. The annotations of several people are paths with their pseudonyms:
    ana=FOLDER bo=FOLDER. All or nothing is imported, and existing files are never overwritten.

    \b
    Examples:
      dateline import conll2003 eng.train eng.testa --out news --language en
      dateline import brat ana=round1/ana bo=round1/bo --template > mapping.toml
      dateline import label-studio export.json --mapping mapping.toml --annotators 3=ana,9=bo
    """
    from dateline.corpus.guidelines import guidelines_of
    from dateline.corpus.store import Corpus
    from dateline.interop.importing import importer
    from dateline.interop.importing.labels import count_labels
    from dateline.interop.importing.mapping import Targets
    from dateline.interop.importing.mapping_file import mapping_template, read_mapping
    from dateline.interop.importing.options import ImportOptions
    from dateline.interop.importing.sources import SourceDocuments, find_sources, read_sources
    from dateline.interop.losses import LossError
    from dateline.interop.registry import format_of

    if template and mapping is not None:
        raise click.UsageError("Give either --mapping FILE or --template.")
    for given, option in ((by_guidelines, "--by-guidelines"), (known_texts, "--known-texts")):
        if given and out is not None:
            raise click.UsageError(f"{option} is not for a new corpus.")
    form = format_of(format_name)
    corpus = Corpus(settings.root)
    targets = Targets(corpus.ontology) if out is None else None
    labels = read_mapping(mapping, targets) if mapping else None
    sources = find_sources(form, paths)
    chosen = {**(labels.reading if labels else {}), **_options(reading)}
    documents = SourceDocuments(settings.progress(read_sources(form, sources, chosen), "Reading"))
    if template:
        echo(mapping_template(count_labels(documents.annotations), targets), nl=False)
        return
    options = ImportOptions(
        mapping=labels,
        pseudonyms=_pseudonyms(paths, annotators),
        language=language,
        layers=layers,
        kind=kind or "human",
        guidelines=guidelines_of(corpus) if by_guidelines else None,
        draft=draft,
        strict=strict,
        allow_duplicates=allow_duplicates,
        known_texts=known_texts,
        dry_run=dry_run,
    )

    progress = settings.progress
    try:
        if out is None:
            result = importer.import_into_existing(form, documents, corpus, options, progress)
        else:
            result = importer.import_into_new(form, documents, out, options, progress)
    except LossError as error:
        write_report(report, error.report)
        raise
    write_report(report, result.report)
    show_report(settings, result.report)
    show_warnings(result.warnings)
    for file in result.written:
        echo(file)
    _summarize(settings, result, out, dry_run=dry_run)
    if kind is None and result.annotations > result.unchanged:
        settings.say(
            f"{'To be recorded' if dry_run else 'Recorded'} as annotations of a person; "
            "use --kind model if a model made them."
        )


def _summarize(settings: Settings, result: Imported, out: Path | None, *, dry_run: bool) -> None:
    """Say what was imported, and how to check it; ``out`` is the folder of a new corpus."""
    import shlex

    from dateline.rendering.listing import counted

    numbers = ((result.drafts, "draft"), (result.unchanged, "unchanged"))
    folder = out or settings.given_root
    root = f"--root {shlex.quote(str(folder))} " if folder else ""
    states = ", ".join(f"{number:,} {what}" for number, what in numbers if number)
    settings.say(
        f"{'Would import' if dry_run else 'Imported'} {counted(result.documents, 'document')} "
        f"({result.new:,} new) and {counted(result.annotations, 'annotation')}"
        + (f" by {', '.join(result.annotators)}" if result.annotators else "")
        + (f" ({states})" if states else "")
        + (f" into the new corpus {out}. " if out else ". ")
        + ("Nothing was written." if dry_run else f"Check them with: dateline {root}validate")
    )


def _options(given: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    """The values of each option."""
    return {name: tuple(v for n, v in given if n == name) for name in dict.fromkeys(dict(given))}


def _pseudonyms(paths: tuple[tuple[str, Path], ...], annotators: tuple[str, ...]) -> dict[str, str]:
    """Pseudonyms by the annotator of the source, that of a path by itself, of an only one by ""."""
    found = {name: name for name, _ in paths if name}
    for pair in annotators:
        name, _, pseudonym = pair.rpartition("=")
        if found.setdefault(name, pseudonym) != pseudonym:
            who = f'"{name}"' if name else "the only annotator"
            raise click.BadParameter(f"{who} has two pseudonyms.", param_hint="--annotators")
    return found
