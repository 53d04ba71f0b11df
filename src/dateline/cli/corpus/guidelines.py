"""``dateline guidelines``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import Command, Settings, echo, pass_settings
from dateline.errors import DatelineError, InvalidInputError
from dateline.rendering.listing import counted

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus


@click.command(cls=Command)
@click.option(
    "--write", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Update the label section of this page, or create the page.",
)  # fmt: skip
@click.option(
    "--check", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Exit with 1 if the label section of this page is out of date.",
)  # fmt: skip
@click.option(
    "--require-examples", type=click.IntRange(min=1), metavar="N",
    help="Exit with 1 if a label has fewer than N examples or N counterexamples.",
)  # fmt: skip
@click.option(
    "--record", metavar="REASON", help="Record the rules of this version in schema/rules.json."
)
@click.option(
    "--editorial", is_flag=True,
    help="With --record: only the wording is new, so annotations need no check.",
)  # fmt: skip
@pass_settings
def guidelines(
    settings: Settings,
    write: Path | None,
    check: Path | None,
    require_examples: int | None,
    record: str | None,
    editorial: bool,
) -> None:
    """Print the definitions of all labels, as Markdown.

    They are generated from schema/ontology.schema.json. In a page of guidelines, they are between
    two comments, and the rest of the page is never changed. Before them are the version, which is
    x-version of the ontology, and the hash of all rules and of docs/guidelines.md. --record keeps
    which rules a version has changed, so that `dateline validate` and `dateline reopen` find
    annotations that were made before.

    \b
    Examples:
      dateline guidelines --write docs/guidelines.md
      dateline guidelines --require-examples 2
      dateline guidelines --record "Weapons include drones"
    """
    if editorial and record is None:
        raise click.UsageError("--editorial needs --record.")
    if (write, check, require_examples, record) == (None,) * 4:
        echo(_labels(_corpus(settings)), nl=False)
    if check is not None:
        _check(_corpus(settings), check)
    if require_examples is not None:
        _require_examples(settings, require_examples)
    if write is not None:
        _write(settings, write)
    if record is not None:
        _record(settings, record, editorial=editorial)


def _corpus(settings: Settings) -> Corpus:
    from dateline.corpus.store import Corpus

    return Corpus(settings.root)


def _labels(corpus: Corpus) -> str:
    from dateline.corpus.guidelines import guidelines_of
    from dateline.ontology.guidelines import guidelines as labels

    return labels(corpus.ontology, guidelines_of(corpus))


def _check(corpus: Corpus, page: Path) -> None:
    from dateline.ontology.guidelines_page import BLOCK
    from dateline.rendering.generated_blocks import block

    if block(_text(page), BLOCK, str(page)) != _labels(corpus).strip("\n"):
        raise DatelineError(
            f"{page}: is out of date with schema/ontology.schema.json; run "
            f"`dateline guidelines --write {page}`."
        )


def _require_examples(settings: Settings, least: int) -> None:
    from dateline.ontology.label_lists import label_lists
    from dateline.ontology.rules import title_of

    lists = label_lists(_corpus(settings).ontology)
    lacking = [
        f"{title_of(kind, label.name)}: {counted(len(label.examples), 'example')}, "
        f"{counted(len(label.counterexamples), 'counterexample')}"
        for kind, labels in lists.items()
        for label in labels
        if min(len(label.examples), len(label.counterexamples)) < least
    ]
    for line in lacking:
        echo(line)
    total = sum(map(len, lists.values()))
    settings.say(
        f"{len(lacking):,} of {counted(total, 'label')} lack examples: each needs {least} under "
        "examples and x-counterexamples."
    )
    if lacking:
        raise click.exceptions.Exit(1)


def _write(settings: Settings, page: Path) -> None:
    from dateline.files.writing import locked, remove_leftovers_of, write_if_changed
    from dateline.ontology.guidelines_page import BLOCK
    from dateline.rendering.generated_blocks import marks, with_block

    corpus = _corpus(settings)
    with locked(corpus.root):
        remove_leftovers_of(page)
        text = _text(page) if page.is_file() else f"# Guidelines\n\n## Labels\n\n{marks(BLOCK)}"
        content = with_block(text, BLOCK, _labels(corpus), str(page)).encode()
        changed = write_if_changed(page, content)
    settings.say(f"{page}: {'updated' if changed else 'unchanged'}")


def _record(settings: Settings, reason: str, *, editorial: bool) -> None:
    from dateline.corpus.guidelines import RECORD, CurrentGuidelines
    from dateline.files.writing import locked

    corpus = _corpus(settings)
    with locked(corpus.root):
        current = CurrentGuidelines(corpus)
        today = datetime.now(UTC).date().isoformat()
        recorded = current.record_version(reason, today, editorial=editorial)
    version = current.version.version
    if recorded is None:
        settings.say(f"{RECORD}: has these rules already; nothing was recorded.")
    else:
        rules = counted(len(recorded.rules), "rule")
        settings.say(f"{RECORD}: {version} recorded, with {rules} new, changed or removed.")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"{path}: is not UTF-8: {error.reason} at byte {error.start}."
        ) from None
