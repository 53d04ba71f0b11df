"""A hash of the rows of a table that does not depend on the program that wrote the file.

Parquet files with equal rows differ between versions of pyarrow. This hash covers the rows
themselves, without the text of their document, so a dataset has one hash with and without texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from dateline.dataset.parquet import iter_rows
from dateline.dataset.withholding import Row, document_of, withheld

_encoder = msgspec.json.Encoder(order="deterministic")


class RowHash:
    """The hash of a table's rows, updated row by row, in order."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, row: Row, text: str | None) -> None:
        """Add a row. ``text`` is the text of its document, None if the row lacks it."""
        self._digest.update(_encoder.encode(row if text is None else withheld(row, text)))
        self._digest.update(b"\n")

    @property
    def sha256(self) -> str:
        """SHA-256 of the rows so far, in hexadecimal."""
        return self._digest.hexdigest()


def table_sha256(file: Path, texts: Mapping[str, str]) -> str:
    """The row hash of a Parquet file; ``texts`` are the texts of the dataset by document id."""
    rows = RowHash()
    for row in iter_rows(file):
        rows.add(row, texts.get(document_of(row)))
    return rows.sha256
