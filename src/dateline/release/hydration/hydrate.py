"""Restores withheld texts from a reader's own copies, each verified by its hash."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Literal

import pyarrow as pa
from datasets import Dataset, DatasetDict
from datasets.table import InMemoryTable

from dateline.corpus.text_forms import possible_texts
from dateline.dataset.parquet import BATCH_ROWS
from dateline.dataset.withholding import Row, document_of, lacks_text, restored
from dateline.errors import InvalidInputError, NotFoundError
from dateline.rendering.listing import listed
from dateline.text import sha256_of_text

TextLookup = Mapping[str, str] | Callable[[str], str | None]
"""Texts by document id; None or missing if the reader has no copy."""


class TextRestorer:
    """Restores the texts of rows from a reader's copies, and keeps which copies did not help."""

    def __init__(self, lookup: TextLookup) -> None:
        self._lookup = lookup.get if isinstance(lookup, Mapping) else lookup
        self._verified: dict[str, str] = {}
        self._missing: set[str] = set()
        self._mismatching: set[str] = set()

    @property
    def restored_texts(self) -> int:
        """The number of texts that were found and verified."""
        return len(self._verified)

    @property
    def problem(self) -> str:
        """The documents whose text was not restored, with the reason; empty if there are none."""
        return "; ".join(
            f"{problem}: {', '.join(listed(sorted(names), 5))}"
            for problem, names in (
                ("no text for", self._missing),
                ("the text is not the annotated one for", self._mismatching),
            )
            if names
        )

    def restore(self, row: Row) -> Row:
        """The row with its text; unchanged if nothing is withheld or there is no matching copy.

        Raises InvalidInputError if the row lacks a column that is needed.
        """
        if not lacks_text(row):
            return row
        try:
            text = self._text_of(document_of(row), row["text_sha256"])
            return row if text is None else restored(row, text)
        except KeyError as error:
            raise InvalidInputError(
                f"the dataset has no column {error}, which is needed to restore texts. Hydrate the "
                "dataset before you remove or rename columns."
            ) from None

    def _text_of(self, document: str, sha256: str) -> str | None:
        if document not in self._verified:
            copy = self._lookup(document)
            if copy is None:
                self._missing.add(document)
                return None
            text = next((t for t in possible_texts(copy) if sha256_of_text(t) == sha256), None)
            if text is None:
                self._mismatching.add(document)
                return None
            self._verified[document] = text
        return self._verified[document]


def hydrate(
    dataset: Dataset | DatasetDict,
    lookup: TextLookup,
    on_mismatch: Literal["raise", "mark"] = "raise",
) -> Dataset | DatasetDict:
    """Restore the texts that a published dataset withholds, from your own copies.

    ``dataset`` is a config, or a split of it, with all of its columns. ``lookup`` maps a document
    id to a text: a mapping, or a function that returns None if there is no copy. A copy is
    accepted only if its SHA-256 is the one in the dataset; line ends, a byte order mark and the
    Unicode normalization may differ.

    Returns a dataset with the same features, equal to the one before texts were withheld. If
    copies are missing or do not match, raises NotFoundError naming the documents, or, with
    ``on_mismatch="mark"``, warns and leaves their rows unchanged. Raises InvalidInputError if a
    column is missing.
    """
    restorer = TextRestorer(lookup)
    if isinstance(dataset, DatasetDict):
        filled = DatasetDict({name: _hydrated(split, restorer) for name, split in dataset.items()})
    else:
        filled = _hydrated(dataset, restorer)
    if restorer.problem:
        if on_mismatch == "raise":
            raise NotFoundError(
                f'{restorer.problem}. Pass on_mismatch="mark" to leave their rows unchanged.'
            )
        warnings.warn(f"{restorer.problem}; these rows are left as they are.", stacklevel=2)
    return filled


def _hydrated(dataset: Dataset, restorer: TextRestorer) -> Dataset:
    batches = dataset.with_format("arrow").iter(BATCH_ROWS)
    schema = dataset.features.arrow_schema
    tables = [
        pa.Table.from_pylist([restorer.restore(row) for row in batch.to_pylist()], schema=schema)
        for batch in batches
    ]
    table = pa.concat_tables(tables) if tables else schema.empty_table()
    return Dataset(InMemoryTable(table), info=dataset.info.copy(), split=dataset.split)
