"""Documents with the annotations of some annotators, as the rows of a corpus or a dataset."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from heapq import merge
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from dateline.corpus.store import Corpus
from dateline.dataset.rows import RowMaker
from dateline.dataset.stored import CARD, StoredDataset, neither, tables_explained
from dateline.errors import InvalidInputError, NotFoundError
from dateline.model import CONTENT_FIELDS, GOLD, Document
from dateline.ontology.labels import Ontology
from dateline.ontology.schemas import meta_keys
from dateline.validation.required import valid_annotations

ANNOTATIONS = "annotations"
"""The config that has the annotations of all annotators."""

Content = Mapping[str, Any]
"""``layers`` and the fields of an annotation, as in a row: items are mappings, spans are lists."""


class AnnotatedRow(NamedTuple):
    """A document; ``text`` is None if it is withheld. ``contents`` is by annotator."""

    id: str
    split: str
    text: str | None
    sentences: Sequence[tuple[int, int]]
    contents: Mapping[str, Content]


class Source(Protocol):
    """Where documents are read from."""

    ontology: Ontology

    def rows(
        self, annotators: Collection[str], documents: Collection[str] = (), split: str | None = None
    ) -> Iterator[AnnotatedRow]:
        """The documents, sorted by id, with the annotations of these annotators that exist.

        ``documents`` and ``split`` restrict them. Raises NotFoundError for a name of any of these
        that there is not.
        """


def source_at(path: Path) -> Source:
    """The corpus folder or the built dataset at a path.

    Raises DatelineError if it is neither, or a dataset without an ontology.
    """
    if (path / "schema").is_dir():
        return CorpusRows(Corpus(path))
    if (path / CARD).is_file():
        return DatasetRows(path)
    raise neither(path)


class CorpusRows:
    """The rows of a corpus folder; its files are checked as they are read."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self.ontology = corpus.ontology

    def rows(
        self, annotators: Collection[str], documents: Collection[str] = (), split: str | None = None
    ) -> Iterator[AnnotatedRow]:
        """See `Source`. Raises InvalidInputError for files with errors."""
        _known(annotators, self._corpus.annotators(), "annotator")
        maker = RowMaker(self.ontology, meta_keys(self._corpus.schemas))
        splits = set()
        for valid in valid_annotations(self._corpus, documents or None, annotators):
            document = valid.document
            splits.add(document.split)
            if split in (None, document.split):
                rows = {n: maker.annotation_row(a) for n, a in valid.annotations.items()}
                yield _annotated(document, msgspec.to_builtins(rows))
        if split is not None and not documents:
            _known([split], splits, "split")


class DatasetRows:
    """The rows of a dataset that `dateline build` wrote."""

    def __init__(self, path: Path) -> None:
        """Raises InvalidInputError if the dataset has no ontology."""
        self._dataset = StoredDataset(path)
        found = self._dataset.ontology
        if found is None:
            raise InvalidInputError(
                f"{path}: has no ontology, because it is of format 1.0. Build it again."
            )
        self.ontology = found

    def rows(
        self, annotators: Collection[str], documents: Collection[str] = (), split: str | None = None
    ) -> Iterator[AnnotatedRow]:
        """See `Source`. Raises InvalidInputError if the tables have other columns."""
        from dateline.dataset.arrow_values import rows_of  # noqa: PLC0415 (PyArrow is slow to import)

        tables = self._dataset.tables()
        if split is not None:
            _known([split], tables, "split")
        with tables_explained(self._dataset.path):
            contents = self._contents(annotators) if {*annotators} - {GOLD} else {}
            found = set()
            chosen = [table.data for name, table in tables.items() if split in (None, name)]
            columns = ("id", "split", "text", "sentences", "annotated", "layers", *CONTENT_FIELDS)
            by_table = [
                rows_of(
                    table,
                    [name for name in columns if name in table.schema_arrow.names],
                    ranges=["sentences"],
                )
                for table in chosen
            ]
            for row in merge(*by_table, key=lambda row: row["id"]):
                if documents and row["id"] not in documents:
                    continue
                found.add(row["id"])
                content = dict(contents.get(row["id"], {}))
                if GOLD in annotators and row["annotated"]:
                    content[GOLD] = row
                yield AnnotatedRow(row["id"], row["split"], row["text"], row["sentences"], content)
        _known(documents, found, "document")

    def _contents(self, annotators: Collection[str]) -> dict[str, dict[str, Content]]:
        """The annotations of annotators by document, without gold."""
        from dateline.dataset.arrow_values import rows_of  # noqa: PLC0415

        found: dict[str, dict[str, Content]] = {}
        known = {GOLD}
        for table in self._dataset.tables(ANNOTATIONS).values():
            names = table.data.schema_arrow.names
            columns = ("annotator", "document", "layers", *CONTENT_FIELDS)
            for row in rows_of(table.data, [name for name in columns if name in names]):
                annotator = row["annotator"]
                known.add(annotator)
                if annotator in annotators and annotator != GOLD:
                    found.setdefault(row["document"], {})[annotator] = row
        _known(annotators, known, "annotator")
        return found


def _annotated(document: Document, contents: Mapping[str, Content]) -> AnnotatedRow:
    return AnnotatedRow(document.id, document.split, document.text, document.sentences, contents)


def _known(names: Collection[str], known: Collection[str], kind: str) -> None:
    for name in names:
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            shown = f" {kind.capitalize()}s: {there}." if kind != "document" else ""
            raise NotFoundError(f'There is no {kind} "{name}".{shown}')
