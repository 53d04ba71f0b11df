"""A hash of what a table says, whatever wrote it, with or without the texts of its documents.

Files of equal content differ from one version of pyarrow to the next. What is hashed here is the
rows themselves, less what is withheld where a text may not be passed on, so that a dataset has one
hash with all of its texts and without any.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from dateline.dataset.description.card import DEFAULT_CONFIG
from dateline.dataset.withholding import Row, document_of, withheld

BATCH = 1_000
"""Rows that are in memory as Python values at a time."""

_encoder = msgspec.json.Encoder(order="deterministic")


class ContentHash:
    """The hash of a table's rows, in their order, in the making."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, row: Row, text: str | None) -> None:
        """Take a row; ``text`` is its document's, or None where it is withheld from the row."""
        self._digest.update(_encoder.encode(row if text is None else withheld(row, text)))
        self._digest.update(b"\n")

    @property
    def sha256(self) -> str:
        """SHA-256 of the rows so far, in hexadecimal."""
        return self._digest.hexdigest()


def rows_of(file: Path) -> Iterator[Row]:
    """The rows of a Parquet file, as JSON has them."""
    for batch in pq.ParquetFile(file).iter_batches(BATCH):
        yield from batch.to_pylist()


def content_sha256(file: Path, texts: Mapping[str, str]) -> str:
    """The hash of a table, given the texts that it has, by document."""
    content = ContentHash()
    for row in rows_of(file):
        content.add(row, texts.get(document_of(row)))
    return content.sha256


def texts_of(folder: Path) -> dict[str, str]:
    """The texts that a dataset has, by document; not proved."""
    found: dict[str, str] = {}
    for file in sorted((folder / DEFAULT_CONFIG).glob("*.parquet")):
        table = pq.read_table(file, columns=["id", "text"])
        rows = zip(*(table.column(name).to_pylist() for name in table.column_names), strict=True)
        found.update((name, text) for name, text in rows if text is not None)
    return found
