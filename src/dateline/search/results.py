"""The result of a statement as text, CSV, JSON or Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from dateline.errors import InvalidInputError
from dateline.rendering.tables import Table

_BATCH = 10_000
"""Rows that are made at a time."""

_PIECE = 1 << 16
"""Characters of CSV that are given at a time, or a few more."""

# Sums of integers are decimals in Arrow; in JSON they are numbers.
_encoder = msgspec.json.Encoder(decimal_format="number")


def table(result: pa.Table, rows: int) -> Table:
    """The first rows as a table; numbers are aligned to the right if no text is after them."""
    numeric = [pa.types.is_integer(t) or pa.types.is_floating(t) or pa.types.is_decimal(t)
               for t in result.schema.types]  # fmt: skip
    texts = max(
        (number + 1 for number, is_number in enumerate(numeric) if not is_number), default=0
    )
    cells = [tuple(map(_cell, row)) for row in _rows(result.slice(0, rows))]
    return Table("", tuple(result.column_names), cells, texts)


def encoded(result: pa.Table, output_format: str) -> Iterator[bytes]:
    """The result in a format other than text, in pieces.

    Lists and structs are JSON in CSV. Raises InvalidInputError if the format needs different names
    of columns and two are the same.
    """
    if output_format == "csv":
        yield from _csv(result)
        return
    names = result.column_names
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise InvalidInputError(
            f'Two columns have the name "{repeated}". Give one of them another name with AS.'
        )
    if output_format == "parquet":
        buffer = io.BytesIO()
        pq.write_table(result, buffer, compression="zstd")
        yield buffer.getvalue()
        return
    rows = (_encoder.encode(dict(zip(names, row, strict=True))) for row in _rows(result))
    if output_format == "jsonl":
        yield from (row + b"\n" for row in rows)
    else:
        yield b"["
        yield from (b",\n" * (number > 0) + row for number, row in enumerate(rows))
        yield b"]\n"


def _csv(result: pa.Table) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(result.column_names)
    for row in _rows(result):
        writer.writerow(map(_cell, row))
        if buffer.tell() > _PIECE:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _rows(result: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in result.to_batches(max_chunksize=_BATCH):
        try:
            # Columns may have the same name.
            columns = [column.to_pylist() for column in batch.columns]
        except (ArithmeticError, ValueError, pa.ArrowException) as error:
            raise InvalidInputError(
                f"A value cannot be shown: {error}. Convert it with CAST(... AS VARCHAR)."
            ) from None
        yield from zip(*columns, strict=True)


def _cell(value: Any) -> str:
    """A value as text; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    text = _encoder.encode(value)
    return msgspec.json.decode(text, type=str) if text[:1] == b'"' else text.decode()
