"""Builds the dataset: validates the corpus and writes it, as a whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from dateline.corpus.guidelines import guidelines_of
from dateline.corpus.store import Corpus, canonical_json
from dateline.corpus.withheld_labels import Commitment
from dateline.dataset.columns import EntityRow, Row
from dateline.dataset.description.card import CardContent, Counts, render
from dateline.dataset.description.citation import read_citation
from dateline.dataset.description.croissant import CROISSANT, croissant
from dateline.dataset.description.responsible_ai import responsible_ai
from dateline.dataset.features import STORIES, configs
from dateline.dataset.output_folder import refuse_foreign_files, replaced_folder
from dateline.dataset.parquet import RowWriter, WrittenTable, WrittenTables, tables_sha256
from dateline.dataset.rows import RowMaker
from dateline.dataset.stored import CARD, COMMITMENT, ONTOLOGY
from dateline.dataset.stories import Stories
from dateline.dataset.tag_losses import TagLosses
from dateline.dataset.withholding import withheld
from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.reading import read_bytes
from dateline.files.writing import sha256
from dateline.model import GOLD, Document, Struct
from dateline.ontology.reading import FILE
from dateline.ontology.schemas import meta_keys, split_shares
from dateline.rendering.listing import listed
from dateline.validation.contexts import DocumentFacts
from dateline.validation.engine import Checker
from dateline.validation.incidents import Incident

Progress = Callable[[Sequence[str]], Iterable[str]]
"""Passes document ids through to show progress, as ``rich.progress.track`` does."""


class Built(Struct, frozen=True):
    """The tables of a dataset, and what the BIO tags in it leave out."""

    tables: WrittenTables
    tags: TagLosses


def withhold_nothing(_document: Document) -> bool:
    """Include every text, for use on one's own machine."""
    return False


def build(
    corpus: Corpus,
    out: Path,
    progress: Progress = iter,
    withhold: Callable[[Document], bool] = withhold_nothing,
) -> Built:
    """Write the dataset of a corpus to the folder ``out``, replacing an earlier build.

    ``withhold`` decides which documents go without their text.

    Raises InvalidInputError if the corpus has errors, NotFoundError if it has no documents, and
    ConflictError if ``out`` contains anything but a build. ``out`` is then unchanged.
    """
    refuse_foreign_files(out)
    with replaced_folder(out) as folder:
        return write_dataset(corpus, folder, progress, withhold)


def write_dataset(
    corpus: Corpus,
    folder: Path,
    progress: Progress = iter,
    withhold: Callable[[Document], bool] = withhold_nothing,
    commitment: Commitment | None = None,
) -> Built:
    """Write the dataset of a corpus into an empty folder. Raises errors as `build` does.

    ``commitment`` is to labels that were removed from the corpus.
    """
    splits = tuple(split_shares(corpus.schemas))
    _check_split_names(splits)
    tables = configs(corpus.schemas, corpus.ontology)
    citation, answers = read_citation(corpus.root), responsible_ai(corpus.root)
    ontology = read_bytes(corpus.root / FILE)
    with ThreadPoolExecutor(max_workers=1) as worker:
        writers = {
            (name, split): RowWriter(folder / name / f"{split}.parquet", table.schema, worker)
            for name, table in tables.items()
            for split in splits
        }
        files, counts = _write(corpus, writers, progress, withhold)
    content = CardContent(
        ontology=corpus.ontology,
        citation=citation,
        configs=tables,
        files=files,
        counts=counts,
        content_sha256=tables_sha256(files),
        ontology_sha256=sha256(ontology),
        guidelines=guidelines_of(corpus),
        responsible_ai=answers,
        commitment=commitment,
    )
    if commitment is not None:
        (folder / COMMITMENT).write_bytes(canonical_json(commitment))
    for name, text in ((CARD, render(content)), (CROISSANT, croissant(content))):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / ONTOLOGY).write_bytes(ontology)
    return Built(tables=files, tags=counts.tags)


def _check_split_names(splits: Iterable[str]) -> None:
    for split in splits:
        if not re.fullmatch(r"\w+", split):
            raise InvalidInputError(
                f'schema/document.schema.json: the split "{split}" cannot be loaded under that '
                "name. Use letters, digits and underscores."
            )


def _write(
    corpus: Corpus,
    writers: Mapping[tuple[str, str], RowWriter],
    progress: Progress,
    withhold: Callable[[Document], bool],
) -> tuple[WrittenTables, Counts]:
    maker, counts = RowMaker(corpus.ontology, meta_keys(corpus.schemas)), Counts()
    checker, facts = Checker(corpus), dict[str, DocumentFacts]()
    stories = Stories(corpus.ontology)
    errors: list[str] = []
    try:
        for checked in checker.check_documents(progress(corpus.document_ids())):
            errors += _errors(checked.incidents)
            if not errors and len(checked.annotations) < checked.annotation_files:
                errors.append(f"{checked.id}: an annotation of it cannot be read")
            if not errors and checked.document is None:
                errors.append(f"corpus/{checked.id}.json: cannot be read")
            if checked.document is not None:
                facts[checked.id] = DocumentFacts.of(checked.document, checked.annotations)
            if checked.document is None or errors:
                # After an error, only further errors matter.
                continue
            document, hidden = checked.document, withhold(checked.document)
            counts.add(document, checked.annotations, withheld=hidden)
            stories.add(document, checked.annotations.get(GOLD))
            made = maker.rows(document, checked.annotations)
            if GOLD in checked.annotations:
                sentences = [row for row in made.get("entities", ()) if isinstance(row, EntityRow)]
                counts.tags.add(len(checked.annotations[GOLD].mentions), sentences)
            for name, rows in made.items():
                if rows:
                    shown = _withheld(rows, document.text) if hidden else rows
                    writers[name, document.split].add(shown)
        errors += _errors(checker.check_corpus_wide(facts).incidents)
        _check_errors(errors)
        _check_documents(corpus, counts)
        for split, stories_of_split in stories.rows().items():
            writers[STORIES, split].add(stories_of_split)
        files = _close(writers)
    except BaseException:
        for writer in writers.values():
            writer.abandon()
        raise
    return files, counts


def _close(writers: Mapping[tuple[str, str], RowWriter]) -> WrittenTables:
    files: dict[str, dict[str, WrittenTable]] = {name: {} for name, _ in writers}
    for (name, split), writer in writers.items():
        written = writer.close()
        if written is not None:
            files[name][split] = written
    return files


def _withheld(rows: Sequence[Row], text: str) -> list[dict[str, Any]]:
    return [withheld(row, text) for row in msgspec.to_builtins(rows)]


def _errors(incidents: Iterable[Incident]) -> list[str]:
    return [
        f"{incident.file} {incident.pointer}: {incident.code} {incident.message}"
        for incident in incidents
        if incident.level == "error"
    ]


def _check_errors(errors: Sequence[str]) -> None:
    if errors:
        raise InvalidInputError(
            f"the corpus has {len(errors):,} error{'s' if len(errors) > 1 else ''}, so nothing was "
            "built:\n"
            + "\n".join(f"  {line}" for line in listed(errors, 5))
            + "\nRun `dateline validate` to see how to fix them."
        )


def _check_documents(corpus: Corpus, counts: Counts) -> None:
    if not counts.documents:
        raise NotFoundError(
            f"{corpus.documents}: there are no documents, and a dataset without rows cannot be "
            "loaded. Put texts into seeds/ and run `dateline ingest`."
        )
