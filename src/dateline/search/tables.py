"""The tables that statements are about: the rows of a corpus or a dataset in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec
import pyarrow as pa

from dateline.corpus.store import Corpus
from dateline.dataset.columns import Row
from dateline.dataset.parquet import json_lines_to_table
from dateline.dataset.rows import RowMaker
from dateline.dataset.sources import local_folder
from dateline.dataset.stored import (
    CARD,
    DEFAULT_CONFIG,
    StoredDataset,
    neither,
    tables_explained,
)
from dateline.errors import InvalidInputError
from dateline.model import GOLD
from dateline.ontology.schemas import meta_keys
from dateline.search.rows import ANNOTATIONS
from dateline.validation.required import valid_annotations


class Rows(Protocol):
    """What is needed of a ``datasets.Dataset``."""

    def with_format(self, type: str) -> Mapping[Any, Any] | Sequence[Any]:  # noqa: A002
        """The same dataset, whose slices are Arrow tables with the format "arrow"."""


class Tables(NamedTuple):
    """The rows of the config ``documents``, and of ``annotations`` if there are any."""

    documents: pa.Table
    annotations: pa.Table | None


def tables_at(source: str | Path) -> Tables:
    """The tables of a corpus folder, a built dataset, or a dataset on the Hub.

    Raises DatelineError if it is none of these, or has errors.
    """
    with local_folder(source, (DEFAULT_CONFIG, ANNOTATIONS)) as folder:
        return _tables_in(folder)


def _tables_in(path: Path) -> Tables:
    if (path / "schema").is_dir():
        return _of_corpus(Corpus(path))
    if not (path / CARD).is_file():
        raise neither(path)
    dataset = StoredDataset(path)
    by_config = [dataset.tables(config).values() for config in (DEFAULT_CONFIG, ANNOTATIONS)]
    with tables_explained(path):
        return Tables(*(pa.concat_tables(table.data.read() for table in ts) for ts in by_config))


def tables_of(documents: Rows | Mapping[str, Rows]) -> Tables:
    """The tables of the config ``documents`` of a dataset in memory, or of all its splits.

    Raises InvalidInputError for another config.
    """
    splits = documents.values() if isinstance(documents, Mapping) else [documents]
    table = pa.concat_tables(split.with_format("arrow")[:] for split in splits)
    missing = {"id", "text", "sentences", "tokens"} - {*table.column_names}
    if missing:
        raise InvalidInputError(
            f"the dataset lacks the columns {', '.join(sorted(missing))}. "
            f'Load its config "{DEFAULT_CONFIG}".'
        )
    return Tables(table, None)


def _of_corpus(corpus: Corpus) -> Tables:
    # A built dataset has its columns in its files, and need not wait for this import.
    from dateline.dataset.features import configs  # noqa: PLC0415

    maker = RowMaker(corpus.ontology, meta_keys(corpus.schemas))
    documents, annotations = list[Row](), list[Row]()
    for valid in valid_annotations(corpus):
        documents.append(maker.document_row(valid.document, valid.annotations.get(GOLD)))
        annotations += map(maker.annotation_row, valid.annotations.values())
    declared = configs(corpus.schemas, corpus.ontology)
    return Tables(
        _table(documents, declared[DEFAULT_CONFIG].schema),
        _table(annotations, declared[ANNOTATIONS].schema),
    )


def _table(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    if not rows:
        return schema.empty_table()
    lines = [msgspec.json.encode(row) for row in rows]
    return json_lines_to_table(b"\n".join(lines), schema, max(map(len, lines)))
