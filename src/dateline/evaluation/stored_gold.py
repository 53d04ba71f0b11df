"""The gold of a dataset, read from Arrow tables without making an object of each item."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import copy
from heapq import merge
from itertools import pairwise
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dateline.dataset.arrow_values import rows_of
from dateline.errors import InvalidInputError
from dateline.evaluation.columns.arrow_items import DERIVED, ArrowItems, integers, list_sizes
from dateline.evaluation.gold_documents import (
    BATCH,
    BatchedDocuments,
    GoldBatch,
    GoldDocument,
    RangeColumns,
    gold_batches,
)
from dateline.evaluation.units import META, value_of, values_of
from dateline.model import CONTENT_FIELDS
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text
from dateline.text import escaped

Found = TypeVar("Found")

ArrowTable: TypeAlias = "pa.Table | pq.ParquetFile"

COLUMNS = (
    "id", "text", "text_length", "text_sha256", "split", "sentences", "tokens", "annotated",
    "layers", *CONTENT_FIELDS,
)  # fmt: skip
"""The columns that documents and their gold are made of."""


class StoredDocuments(BatchedDocuments):
    """The annotated documents of tables with the columns of the config ``documents``."""

    def __init__(self, tables: Sequence[ArrowTable], name: str) -> None:
        """Raises InvalidInputError if there are columns missing, or an id is duplicated."""
        self._tables = tables
        self._chosen: pa.Array | None = None
        for table in tables:
            missing = {"text", "annotated", "layers"} - {*column_names(table)}
            if missing:
                raise InvalidInputError(
                    f"the dataset lacks the columns {', '.join(sorted(missing))}. "
                    'Load its config "documents".'
                )
        by_table = [_column(_annotated(_read(t, ["id", "annotated"])), "id") for t in tables]
        ids = [found for some in by_table for found in some]
        self._numbers = {found: number for number, found in enumerate(sorted(ids))}
        self._are_sorted = all(a <= b for some in by_table for a, b in pairwise(some))
        if len(self._numbers) < len(ids):
            duplicate = next(a for a, b in pairwise(sorted(ids)) if a == b)
            raise InvalidInputError(f'{name}: the id "{escaped(duplicate)}" is duplicated.')

    def only(self, names: Collection[str]) -> StoredDocuments:
        """Those of the documents that have one of these ids."""
        found = copy(self)
        chosen = [name for name in self._numbers if name in names]
        found._numbers = {name: number for number, name in enumerate(chosen)}
        found._chosen = pa.array(chosen, pa.string())
        return found

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all documents."""
        return frozenset(self._numbers)

    def __len__(self) -> int:
        """The number of documents."""
        return len(self._numbers)

    def __contains__(self, document: object) -> bool:
        """Whether this is one of the documents."""
        return any(document == found for found in self)

    def __iter__(self) -> Iterator[GoldDocument]:
        """Make each document in turn, sorted by id."""
        by_id = attrgetter("id")
        if self._are_sorted:
            yield from merge(*map(self._documents, self._tables), key=by_id)
        else:
            yield from sorted((d for t in self._tables for d in self._documents(t)), key=by_id)

    def batches(self) -> Iterator[GoldBatch]:
        """The documents in batches, in the order of the tables."""
        if any(_is_former(table) for table in self._tables):
            yield from gold_batches(tuple(self))
            return
        for batch in (batch for table in self._tables for batch in _batches(table)):
            if self._chosen is not None:
                batch = batch.filter(pc.is_in(batch.column("id"), self._chosen))
            ids, hashes, layers = (_column(batch, n) for n in ("id", "text_sha256", "layers"))
            yield GoldBatch(
                numbers=np.array([self._numbers[found] for found in ids], np.int64),
                texts=[
                    Text(id=name, text=text or "", text_sha256=digest, withheld=withheld)
                    for name, digest, (text, withheld) in zip(
                        ids, hashes, _texts(batch), strict=True
                    )
                ],
                layers=layers,
                sentences=_ranges(batch.column("sentences")),
                tokens=_ranges(batch.column("tokens")),
                items=ArrowItems.of(batch),
            )

    def _documents(self, table: ArrowTable) -> Iterator[GoldDocument]:
        return (found for found in _documents(table) if found.id in self._numbers)

    def value(self, column: str, argument: str) -> Mapping[str, str]:
        """The value of a column, such as ``source.publisher``, of the documents that have one.

        A key of the column ``meta`` may be named alone. Raises InvalidInputError, which names the
        argument, if there is no such column, or it has not single values.
        """
        return dict(self._in_rows(column, lambda row: value_of(row, column, argument)))

    def values(self, column: str, argument: str) -> Mapping[str, tuple[str, ...]]:
        """The same, for columns with several values too."""
        return dict(self._in_rows(column, lambda row: values_of(row, column, argument)))

    def _in_rows(
        self, column: str, read: Callable[[Any], Found | None]
    ) -> Iterator[tuple[str, Found]]:
        for table in self._tables:
            needed = {"id", "annotated", column.partition(".")[0], META}
            names = [name for name in column_names(table) if name in needed]
            rows = _annotated(_read(table, names))
            if column in names:
                rows = rows.filter(pc.is_valid(rows.column(column)))
            for row in rows.to_pylist():
                try:
                    found = read(row)
                except InvalidInputError:
                    # The error names all columns.
                    found = read(next(rows_of(table, column_names(table))))
                if found is not None and found != ():
                    yield row["id"], found


def all_ids(tables: Sequence[ArrowTable]) -> frozenset[str]:
    """The ids of all documents of tables, annotated or not."""
    return frozenset(found for table in tables for found in _column(_read(table, ["id"]), "id"))


def column_names(table: ArrowTable) -> list[str]:
    """The names of all columns of a table."""
    names: list[str] = _schema(table).names
    return names


def _documents(table: ArrowTable) -> Iterator[GoldDocument]:
    names = [name for name in COLUMNS if name in column_names(table)]
    for row in rows_of(table, names, ranges=("sentences", "tokens")):
        if row["annotated"]:
            yield GoldDocument(
                id=row["id"],
                text=row["text"] or "",
                withheld=row.get("text_length", 0) if row["text"] is None else None,
                text_sha256=row["text_sha256"],
                split=row["split"],
                sentences=tuple(row["sentences"]),
                tokens=tuple(row["tokens"]),
                layers=tuple(row["layers"]),
                items=_items(row),
            )


def _items(row: Mapping[str, Any]) -> Prediction:
    fields = {name: row[name] for name in CONTENT_FIELDS if name in row}
    if "event_relations" in fields:
        fields["event_relations"] = [
            {name: value for name, value in relation.items() if name != DERIVED}
            for relation in fields["event_relations"]
            if not relation.get(DERIVED)
        ]
    items = [item for name, found in fields.items() if name != "attributes" for item in found]
    arguments = (one for item in fields.get("events", ()) for one in item["arguments"])
    for item in (fields, *items, *arguments):
        if "attributes" in item:
            # A column has every attribute; null means that it was not given.
            given = item["attributes"] or {}
            item["attributes"] = {key: value for key, value in given.items() if value is not None}
        for field in ("spans", "trigger", "cue"):
            for span in item.get(field) or ():
                # Quotes of a withheld text are null; offsets are enough to score.
                span["text"] = span["text"] or ""
    for entity in fields.get("entities", ()):
        entity["name"] = entity["name"] or ""
        if "link" in entity:
            # In a dataset of format 1.0, an entity has one link or none.
            entity["links"] = [link] if (link := entity.pop("link")) else []
    return msgspec.convert({"document": row["id"], **fields}, Prediction)


def _is_former(table: ArrowTable) -> bool:
    """Whether entities have one link, as in format 1.0."""
    schema = _schema(table)
    return "entities" in schema.names and any(
        field.name == "link" for field in schema.field("entities").type.value_type
    )


def _schema(table: ArrowTable) -> pa.Schema:
    return table.schema_arrow if isinstance(table, pq.ParquetFile) else table.schema


def _read(table: ArrowTable, columns: Sequence[str]) -> pa.Table:
    if isinstance(table, pq.ParquetFile):
        return table.read([*columns], use_threads=False)
    return table.select([*columns])


def _column(table: pa.Table | pa.RecordBatch, name: str) -> list[Any]:
    found: list[Any] = table.column(name).to_pylist()
    return found


def _annotated(table: Any) -> Any:
    """The annotated rows of a table or batch."""
    is_annotated = table.column("annotated")
    every = pc.all(is_annotated, skip_nulls=False).as_py()
    return table if every else table.filter(is_annotated)


def _batches(table: ArrowTable) -> Iterator[pa.RecordBatch]:
    """The annotated rows of a table, as far as they are needed for scoring."""
    if isinstance(table, pq.ParquetFile):
        paths = [table.metadata.schema.column(n).path for n in range(len(table.metadata.schema))]
        names = list(filter(_is_scored, paths))
        # Threads take more memory, and more time in total.
        found = table.iter_batches(BATCH, columns=names, use_threads=False)
    else:
        names = [name for name in COLUMNS if name in column_names(table)]
        found = table.select(names).to_batches(max_chunksize=BATCH)
    yield from map(_annotated, found)


def _is_scored(path: str) -> bool:
    """Whether a column of a Parquet file is needed; quotes and names of entities are not."""
    steps = path.split(".")
    top, last = steps[0], steps[-1]
    if top == "entities" and "attributes" not in steps and "links" not in steps:
        return last in ("id", "type")
    is_quote = last == "text" and top in CONTENT_FIELDS and "attributes" not in steps
    return top in COLUMNS and not is_quote


def _texts(batch: pa.RecordBatch) -> Iterator[tuple[str | None, int | None]]:
    """The text of each document, None and its length if it is withheld."""
    has_length = "text_length" in batch.schema.names
    lengths = _column(batch, "text_length") if has_length else [0] * batch.num_rows
    for text, length in zip(_column(batch, "text"), lengths, strict=True):
        yield text, length if text is None else None


def _ranges(lists: pa.Array) -> RangeColumns:
    items = lists.flatten()
    start, end = (integers(items.field(name)) for name in ("start", "end"))
    return RangeColumns(list_sizes(lists), start, end)
