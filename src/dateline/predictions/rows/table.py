"""Predictions as rows of an Arrow table, which is read from many lines of JSON at once.

Reading and scoring them is faster than with a struct for each, and the same: lines that Arrow might
read differently are not read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.json as pj

from dateline.predictions.prediction import Prediction
from dateline.predictions.rows.schema import names_of_null

EXACT = 2**53
"""Integers below are equal to a double."""

_decode = msgspec.json.Decoder(Prediction).decode


class RowBlock:
    """Lines of a file that were read at once: a table with a row for each line."""

    def __init__(self, table: pa.RecordBatch, lines: Sequence[bytes]) -> None:
        self.table, self.lines = table, lines

    def rows(self) -> Iterator[PredictionRow]:
        """The predictions of all lines."""
        documents, hashes = (
            self.table.column(name).to_pylist() for name in ("document", "text_sha256")
        )
        for position, (document, text_sha256) in enumerate(zip(documents, hashes, strict=True)):
            yield PredictionRow(self, position, document, text_sha256)


class PredictionRow(NamedTuple):
    """A prediction that is a row of a block, with its document as in `Prediction`."""

    block: RowBlock
    position: int
    document: str
    text_sha256: str | None

    def prediction(self) -> Prediction:
        """The prediction as a struct."""
        # Repeated keys, which this decoder accepts, are not in tables.
        return _decode(self.block.lines[self.position])


def table_of(rows: Sequence[PredictionRow]) -> pa.RecordBatch:
    """The table of rows of one block."""
    table = rows[0].block.table
    if len(rows) == table.num_rows:
        return table
    return table.take(pa.array([row.position for row in rows], pa.int64()))


def read_rows(lines: Sequence[bytes], schema: pa.Schema) -> pa.RecordBatch | None:
    """A row for each line; None if only the strict reader can tell what a line says."""
    # If so, each line begins and ends with an object; if there are as many as lines, it has one.
    if not all(line.startswith(b"{") and line.endswith(b"}") for line in lines):
        return None
    content = b"\n".join(lines)
    if _has_wrong_null(content, schema) or not _is_utf8(content):
        return None
    reading = pj.ReadOptions(use_threads=False, block_size=len(content) + 1)
    parsing = pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    try:
        table = pj.read_json(pa.BufferReader(content), reading, parsing)
    except (pa.ArrowException, OverflowError):
        return None
    batches = table.combine_chunks().to_batches()
    if table.num_rows != len(lines) or len(batches) != 1:
        return None
    (batch,) = batches
    is_exact = all(map(_is_exact, batch.columns, schema))
    return batch if is_exact else None


def _has_wrong_null(content: bytes, schema: pa.Schema) -> bool:
    """Whether there may be a null that does not say the same as leaving out a field.

    In Arrow it does. Between two objects, it crashes the parser.
    """
    count, at = 0, content.find(b"null")
    while at >= 0:
        # It may be part of a word.
        count += not content[at - 1 : at].isalpha()
        at = content.find(b"null", at + 4)
    if not count:
        return False
    names = b"|".join(re.escape(name.encode()) for name in names_of_null(schema))
    return len(re.findall(rb'"(?:%b)"[ \t]*:[ \t]*null' % names, content)) < count


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_exact(column: pa.Array, field: pa.Field) -> bool:
    """Whether a column has all values that must be given, and numbers as they are written."""
    if column.null_count and not field.nullable:
        return False
    kind = field.type
    if pa.types.is_list(kind):
        return _is_exact(column.flatten(), kind.value_field)
    if pa.types.is_struct(kind):
        return all(map(_is_exact, column.flatten(), kind))
    if pa.types.is_floating(kind):
        # Arrow's own conversion imports pandas.
        numbers = np.from_dlpack(column.drop_null())
        return bool((np.abs(numbers) < EXACT).all())
    return True
