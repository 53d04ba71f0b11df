"""Rows to a Parquet file, a batch at a time.

Rows go through JSON because pyarrow's reader is both the fastest way from structs to nested Arrow
and a strict one: a value of another type or a field without a column is an error, where Arrow's
own conversion from Python objects would coerce the one and drop the other.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.json as paj
import pyarrow.parquet as pq

from dateline.dataset.row_types import Row
from dateline.errors import DatelineError
from dateline.model import Struct

BATCH_BYTES = 8 << 20
"""JSON that is gathered before it is written as a row group; bounds the memory of a writer."""

BLOCK_BYTES = 1 << 20
"""JSON that one thread reads at a time; a row must fit."""

_encoder = msgspec.json.Encoder()


class Written(Struct, frozen=True):
    """A Parquet file that was written: its rows, its size in Arrow and on disk, and its hash."""

    rows: int
    arrow_bytes: int
    file_bytes: int
    sha256: str


Files = Mapping[str, Mapping[str, Written]]
"""What was written, by config and split; only those with rows."""


def content_hash(files: Files) -> str:
    """SHA-256 over all Parquet files of a dataset."""
    digest = hashlib.sha256()
    for name, splits in files.items():
        for split, written in splits.items():
            digest.update(f"{name}/{split} {written.sha256}\n".encode())
    return digest.hexdigest()


class RowWriter:
    """Writes the rows of one config and split. No file is made where no row comes.

    Batches are written by ``worker``, one at a time, while the next is gathered.
    """

    def __init__(self, path: Path, schema: pa.Schema, worker: Executor) -> None:
        self._path = path
        self._schema = schema
        self._worker = worker
        self._pending: Future[None] | None = None
        self._buffer = bytearray()
        self._longest = 0
        self._writer: pq.ParquetWriter | None = None
        self._rows = 0
        self._arrow_bytes = 0

    def add(self, rows: Sequence[Row] | Sequence[Mapping[str, Any]]) -> None:
        """Take some rows, and write all that were taken if they fill a batch."""
        lines = _encoder.encode_lines(rows)
        self._longest = max(self._longest, len(lines))
        self._buffer += lines
        if len(self._buffer) >= BATCH_BYTES:
            self._flush()

    def close(self) -> Written | None:
        """Write what is left and close the file; None where there was no row."""
        if self._buffer:
            self._flush()
        self._wait()
        if self._writer is None:
            return None
        self._writer.close()
        with self._path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Written(
            rows=self._rows,
            arrow_bytes=self._arrow_bytes,
            file_bytes=self._path.stat().st_size,
            sha256=digest,
        )

    def abandon(self) -> None:
        """Close the file as it is, because the build has failed."""
        with contextlib.suppress(Exception):
            self._wait()
        if self._writer is not None:
            self._writer.close()

    def _flush(self) -> None:
        # Waiting for the batch before bounds memory to two batches, and keeps them in order.
        self._wait()
        self._pending = self._worker.submit(self._write, self._buffer, self._longest)
        self._buffer = bytearray()
        self._longest = 0

    def _wait(self) -> None:
        if self._pending is not None:
            pending, self._pending = self._pending, None
            pending.result()

    def _write(self, lines: bytearray, longest: int) -> None:
        try:
            table = read_rows(lines, self._schema, longest)
        except pa.ArrowInvalid as error:
            raise DatelineError(
                f"{self._path.parent.name}: a row does not fit the columns: {error}. "
                "Has schema/annotation.schema.json or schema/document.schema.json been changed? "
                "Only the labels in schema/ontology.schema.json are a corpus's own."
            ) from None
        if self._writer is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = pq.ParquetWriter(
                self._path,
                self._schema,
                compression="zstd",
                write_page_index=True,
                use_content_defined_chunking=True,
            )
        self._writer.write_table(table)
        self._rows += table.num_rows
        self._arrow_bytes += table.nbytes


def read_rows(lines: bytes | bytearray, schema: pa.Schema, longest: int = 0) -> pa.Table:
    """JSON Lines as a table of just this schema; ``longest`` bounds the bytes of one line.

    Raises ArrowInvalid for a value of another type and for a field that is no column.
    """
    return paj.read_json(
        pa.BufferReader(lines),
        read_options=paj.ReadOptions(block_size=max(BLOCK_BYTES, longest + 1)),
        parse_options=paj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )
