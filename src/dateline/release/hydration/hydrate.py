"""Fills withheld texts in again from a reader's copy, each proved by its hash."""

from __future__ import annotations

import itertools
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import pyarrow as pa
from datasets import Dataset, DatasetDict
from datasets.table import InMemoryTable

from dateline.corpus.boilerplate import BYTE_ORDER_MARK
from dateline.dataset.content_hash import BATCH
from dateline.dataset.withholding import Row, document_of, lacks_text, restored
from dateline.errors import DatelineError
from dateline.text import sha256_of_text

Lookup = Mapping[str, str] | Callable[[str], str | None]
"""A text by its document's id; nothing where the reader has none."""

SHOWN = 5


class Reader:
    """A reader's copies of texts, and what was found of them."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup.get if isinstance(lookup, Mapping) else lookup
        self._proved: dict[str, str] = {}
        self.missing: set[str] = set()
        self.mismatching: set[str] = set()

    @property
    def found(self) -> int:
        """How many texts were found and proved."""
        return len(self._proved)

    def text_of(self, document: str, sha256: str) -> str | None:
        """The text of this hash; None, and remembered, where the copy is missing or is another."""
        if document not in self._proved:
            copy = self._lookup(document)
            if copy is None:
                self.missing.add(document)
                return None
            text = next((t for t in readings(copy) if sha256_of_text(t) == sha256), None)
            if text is None:
                self.mismatching.add(document)
                return None
            self._proved[document] = text
        return self._proved[document]

    def complaint(self) -> str:
        """What was not found; empty where all was."""
        return "; ".join(
            f"{problem}: {', '.join(sorted(names)[:SHOWN])}"
            + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")
            for problem, names in (
                ("no text is there for", self.missing),
                ("the text is not the annotated one of", self.mismatching),
            )
            if names
        )

    def filled(self, row: Row) -> Row:
        """The row with its text, where that was withheld and is found."""
        if not lacks_text(row):
            return row
        try:
            text = self.text_of(document_of(row), row["text_sha256"])
            return row if text is None else restored(row, text)
        except KeyError as error:
            raise DatelineError(
                f"the dataset has no column {error}, which is needed to fill texts in; hydrate it "
                "before columns are removed or renamed."
            ) from None


def hydrate(
    dataset: Dataset | DatasetDict,
    lookup: Lookup,
    on_mismatch: Literal["raise", "mark"] = "raise",
) -> Dataset | DatasetDict:
    """Fill in the texts that a published dataset withholds, from one's own copy of them.

    ``dataset`` is any config, or a split of it, with all of its columns. ``lookup`` gives the text
    of a document by its id: a mapping, or a function that returns None where there is none. A text
    is taken only if its SHA-256 is the one in the dataset; line ends, a byte order mark, and how
    accents are composed may differ.

    Returns a dataset of the same features, equal to the one before texts were withheld. Where a
    text is missing or is another, raises DatelineError naming the documents, or, with
    ``"mark"``, warns and leaves their rows as they are, their texts null.
    """
    reader = Reader(lookup)
    if isinstance(dataset, DatasetDict):
        filled = DatasetDict({name: _filled(split, reader) for name, split in dataset.items()})
    else:
        filled = _filled(dataset, reader)
    complaint = reader.complaint()
    if complaint and on_mismatch == "raise":
        raise DatelineError(f'{complaint}. With on_mismatch="mark" their rows stay as they are.')
    if complaint:
        warnings.warn(complaint, stacklevel=2)
    return filled


def readings(copy: str) -> Iterator[str]:
    """The texts that a copy may be of: with other line ends, accents, and blank ends."""
    starts = dict.fromkeys((copy, copy.removeprefix(BYTE_ORDER_MARK)))
    forms: list[Callable[[str], str]] = [
        lambda text: text,
        lambda text: unicodedata.normalize("NFC", text),
        lambda text: unicodedata.normalize("NFD", text),
    ]
    ends = ("\n", "\r\n", "\r")
    for start, form in itertools.product(starts, forms):
        text = form(start)
        yield text
        plain = text.replace("\r\n", "\n").replace("\r", "\n")
        for end in ends:
            for body in (plain, plain.rstrip("\n"), plain.rstrip("\n") + "\n"):
                yield body.replace("\n", end)


def _filled(dataset: Dataset, reader: Reader) -> Dataset:
    batches = dataset.with_format("arrow").iter(BATCH)
    schema = dataset.features.arrow_schema
    tables = [
        pa.Table.from_pylist([reader.filled(row) for row in batch.to_pylist()], schema=schema)
        for batch in batches
    ]
    table = pa.concat_tables(tables) if tables else schema.empty_table()
    return Dataset(InMemoryTable(table), info=dataset.info.copy(), split=dataset.split)
