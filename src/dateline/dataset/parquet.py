"""Writes rows to Parquet files in batches, and reads them.

Rows pass through JSON because pyarrow's JSON reader is the fastest way from structs to nested Arrow
and a strict one: a value of the wrong type or a field without a column is an error. Arrow's
conversion from Python objects would coerce the value and drop the field.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.json as paj
import pyarrow.parquet as pq

from dateline.dataset.columns import Row
from dateline.errors import InvalidInputError
from dateline.model import Struct

BATCH_BYTES = 8 << 20
"""Size of the JSON that is written as one row group; limits the memory of a writer."""

BLOCK_BYTES = 1 << 20
"""Size of the JSON that one thread reads at a time; at least one row."""

BATCH_ROWS = 1_000
"""Rows that are read at a time."""

_encoder = msgspec.json.Encoder()


class WrittenTable(Struct, frozen=True):
    """A Parquet file: its rows, its size in memory (Arrow) and on disk, in bytes, and its hash."""

    rows: int
    arrow_bytes: int
    file_bytes: int
    sha256: str


WrittenTables = Mapping[str, Mapping[str, WrittenTable]]
"""Tables by config and split; only those with rows."""


def tables_sha256(tables: WrittenTables) -> str:
    """SHA-256 over all Parquet files of a dataset."""
    digest = hashlib.sha256()
    for name, splits in tables.items():
        for split, written in splits.items():
            digest.update(f"{name}/{split} {written.sha256}\n".encode())
    return digest.hexdigest()


class RowWriter:
    """Writes the rows of one config and split. Without rows, no file is written.

    ``worker`` writes one batch while the next is collected.
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
        """Add rows; writes a batch when enough rows were added."""
        lines = _encoder.encode_lines(rows)
        self._longest = max(self._longest, len(lines))
        self._buffer += lines
        if len(self._buffer) >= BATCH_BYTES:
            self._flush()

    def close(self) -> WrittenTable | None:
        """Write the remaining rows and close the file; None if there were no rows."""
        if self._buffer:
            self._flush()
        self._wait()
        if self._writer is None:
            return None
        self._writer.close()
        with self._path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return WrittenTable(
            rows=self._rows,
            arrow_bytes=self._arrow_bytes,
            file_bytes=self._path.stat().st_size,
            sha256=digest,
        )

    def abandon(self) -> None:
        """Close the file after an error."""
        with contextlib.suppress(Exception):
            self._wait()
        if self._writer is not None:
            self._writer.close()

    def _flush(self) -> None:
        # Waiting for the previous batch limits memory to two batches and keeps their order.
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
            table = json_lines_to_table(lines, self._schema, longest)
        except pa.ArrowInvalid as error:
            raise InvalidInputError(
                f"{self._path.parent.name}: a row does not fit the columns: {error}. Do not change "
                "schema/annotation.schema.json and schema/document.schema.json; a corpus defines "
                "labels in schema/ontology.schema.json only."
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


def json_lines_to_table(lines: bytes | bytearray, schema: pa.Schema, longest: int = 0) -> pa.Table:
    """Convert JSON Lines to a table with this schema; no line may have more bytes than ``longest``.

    Raises ArrowInvalid for a value of the wrong type and for a field without a column.
    """
    return paj.read_json(
        pa.BufferReader(lines),
        read_options=paj.ReadOptions(block_size=max(BLOCK_BYTES, longest + 1)),
        parse_options=paj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )


def iter_rows(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file as JSON values."""
    for batch in pq.ParquetFile(file).iter_batches(BATCH_ROWS):
        yield from batch.to_pylist()
