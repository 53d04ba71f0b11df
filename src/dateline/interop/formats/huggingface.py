"""Hugging Face datasets for token classification: columns of tokens and of tags.

They are Parquet files, a folder of them, or a folder that ``save_to_disk`` of `datasets` has made.
The names of tags that are numbers are in the features, which are in the files or in README.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from msgspec.structs import replace

from dateline.dataset.token_index import OUTSIDE
from dateline.errors import InvalidInputError, NotFoundError
from dateline.interop.format import Format, Holds
from dateline.interop.importing.sources import split_of
from dateline.interop.source import DOCUMENT_FIELDS, SourceDocument
from dateline.interop.tags import TAG, TAGGED, spans_of_labels, spans_of_tags, tagged_document

_TOKENS = ("tokens", "words", "token", "word", "text")
_TAGS = ("ner_tags", "ner", "tags", "ner_tag", "labels", "label", "entities")
"""Names of columns, the first of which is taken that is there."""

_ROWS = 1000
_ONE_SHARD = re.compile(r"-00000-of-00001$")
_SHARD = re.compile(r"(?!data-)(.+)-\d{5}-of-\d{5}")
"""The name of a file of a split, as `datasets` writes them."""


class _Table(NamedTuple):
    """A table: its path and name, its split, its features, and how to read columns in batches."""

    path: Path
    name: str
    split: str | None
    features: Any
    batches: Any


class _Columns(NamedTuple):
    tokens: str
    tags: str
    document: str | None
    names: Sequence[str] | None


def _read(path: Path) -> Iterator[SourceDocument]:
    found = False
    for table in _tables(path):
        found = True
        columns = _columns(table)
        spans = spans_of_tags if _has_borders(table, columns) else spans_of_labels
        for name, sentences in _documents(table, columns):
            yield replace(tagged_document(name, sentences, spans), split=table.split)
    if not found:
        raise NotFoundError(f"{path}: has no Parquet files, and no dataset of save_to_disk.")


def _tables(path: Path) -> Iterator[_Table]:
    """The tables of a file or a folder, with the split that the name tells."""
    if path.is_file():
        yield _parquet(path)
    elif (path / "dataset_dict.json").is_file() or (path / "state.json").is_file():
        yield from _saved(path)
    else:
        for file in sorted(path.rglob("*.parquet")):
            yield _parquet(file)


def _parquet(path: Path) -> _Table:
    from datasets import Features  # noqa: PLC0415 (slow to import)
    from pyarrow import ArrowException, parquet  # noqa: PLC0415

    try:
        file = parquet.ParquetFile(path)
        features = Features.from_arrow_schema(file.schema_arrow)
    except (ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        _refuse(path, f"is not a Parquet file that can be read: {_line(error)}")
    features = {**features, **_card(path, features)}
    name, split = _ONE_SHARD.sub("", path.stem), split_of(path)
    if split is None and (split := split_of(path.parent)):
        name = f"{path.parent.name}-{name}"
    elif split is None and (sharded := _SHARD.fullmatch(path.stem)):
        split = sharded[1]
    return _Table(
        path,
        name,
        split,
        features,
        lambda columns: file.iter_batches(batch_size=_ROWS, columns=columns),
    )


def _card(path: Path, features: Any) -> dict[str, Any]:
    """The features that README.md of the dataset declares for columns of numbers."""
    from datasets.info import DatasetInfosDict  # noqa: PLC0415

    for folder in path.resolve().parents[:2]:
        infos = {}
        with suppress(Exception):  # a README.md of something else
            infos = DatasetInfosDict.from_directory(folder)
        for info in infos.values():
            if info.features and {*features} <= {*info.features}:
                declared = ((name, info.features[name]) for name in features)
                return {n: f for n, f in declared if _names(f) and _has_numbers(features[n])}
    return {}


def _saved(path: Path) -> Iterator[_Table]:
    from datasets import Dataset, load_from_disk  # noqa: PLC0415

    try:
        loaded = load_from_disk(str(path))
    except Exception as error:  # whatever `datasets` raises for files that are not its own
        _refuse(path, f"cannot be loaded by datasets: {_line(error)}")
    one = isinstance(loaded, Dataset)
    parts = {path: loaded} if one else {path / name: part for name, part in loaded.items()}
    for folder, dataset in parts.items():
        arrow = dataset.with_format("arrow")

        def batches(columns: list[str], arrow: Any = arrow) -> Iterator[Any]:
            return iter(arrow.select_columns(columns).iter(batch_size=_ROWS))

        split = split_of(folder) or (None if one else folder.name)
        yield _Table(folder, folder.name, split, dataset.features, batches)


def _item_type(feature: Any) -> str:
    """The type of the items of a column of lists; empty for other columns."""
    item = feature[0] if isinstance(feature, list) else getattr(feature, "feature", None)
    return str(getattr(item, "dtype", ""))


def _has_numbers(feature: Any) -> bool:
    return _item_type(feature).startswith(("int", "uint"))


def _names(feature: Any) -> Sequence[str] | None:
    """The names of a column of lists of class labels."""
    item = feature[0] if isinstance(feature, list) else getattr(feature, "feature", None)
    found: Sequence[str] | None = getattr(item, "names", None)
    return found


def _columns(table: _Table) -> _Columns:
    """The columns to read. Raises InvalidInputError if it is not clear which they are."""
    texts, tagged = [], []
    for name, feature in table.features.items():
        if _item_type(feature) in ("string", "large_string"):
            texts.append(name)
        elif _has_numbers(feature):
            tagged.append(name)
    tokens = _chosen(table, "tokens", _TOKENS, [n for n in texts if n not in _TAGS] or texts)
    tags = _chosen(table, "tags", _TAGS, [*tagged, *(n for n in texts if n != tokens)])
    names = _names(table.features[tags])
    if names is None and tags in tagged:
        _refuse(
            table.path,
            f'the tags in "{tags}" are numbers without names. Keep the features in the file '
            "(datasets writes them with to_parquet) or in README.md, or write tags as text",
        )
    document = next((name for name in DOCUMENT_FIELDS if name in table.features), None)
    return _Columns(tokens, tags, document, names)


def _chosen(table: _Table, what: str, usual: Iterable[str], there: Sequence[str]) -> str:
    named = [name for name in usual if name in there]
    if not named and len(there) != 1:
        columns = ", ".join(there) or ", ".join(table.features)
        problem = "several columns could be" if there else "no column has"
        advice = f'Rename that with the {what} to "{next(iter(usual))}"'
        _refuse(table.path, f"{problem} the {what}, which are lists: {columns}. {advice}")
    return (named or [*there])[0]


def _has_borders(table: _Table, columns: _Columns) -> bool:
    """Whether tags have borders such as B-; if no tag has one, tags are labels."""
    names = {*(columns.names or ())}
    if not names:
        for batch in table.batches([columns.tags]):
            names |= {tag for tags in batch.column(columns.tags).to_pylist() for tag in tags or ()}
    return any(map(TAG.fullmatch, map(str, names))) or names <= {OUTSIDE}


def _documents(
    table: _Table, columns: _Columns
) -> Iterator[tuple[str, list[list[tuple[str, str]]]]]:
    """The sentences of each document: of rows that follow one another, or of one row."""
    stem = table.name
    if columns.document is None:
        for number, _, rows in _rows(table, columns):
            yield f"{stem}-{number}", [rows]
        return
    seen: set[str] = set()
    for name, group in groupby(_rows(table, columns), key=lambda row: row[1]):
        first, *others = group
        whole = name if name and name not in seen else f"{stem}-{first[0]}"
        seen.add(name)
        yield whole, [first[2], *(rows for _, _, rows in others)]


def _rows(table: _Table, columns: _Columns) -> Iterator[tuple[int, str, list[tuple[str, str]]]]:
    """Number, document, and tokens with tags of the rows that have tokens."""
    wanted = [columns.tokens, columns.tags, *filter(None, [columns.document])]
    number = 0
    for batch in table.batches(wanted):
        read = [batch.column(name).to_pylist() for name in wanted]
        for tokens, tags, *document in zip(*read, strict=True):
            number += 1
            if len(tokens or ()) != len(tags or ()):
                problem = f"has {len(tokens or ())} tokens and {len(tags or ())} tags"
                _refuse(table.path, f"row {number}: {problem}. Correct it")
            rows = [
                (token, _tag(table, columns, number, tag))
                for token, tag in zip(tokens or (), tags or (), strict=True)
                if token and token.strip()
            ]
            if rows:
                yield number, str(document[0]) if document and document[0] else "", rows


def _tag(table: _Table, columns: _Columns, number: int, tag: Any) -> str:
    if columns.names is not None:
        if tag is None or not 0 <= tag < len(columns.names):
            problem = f"the tag {tag} is none of the {len(columns.names)} names"
            _refuse(table.path, f'row {number}, "{columns.tags}": {problem}')
        return str(columns.names[tag])
    return str(tag or OUTSIDE)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _refuse(path: Path, problem: str) -> NoReturn:
    raise InvalidInputError(f"{path}: {problem}.")


FORMAT = Format(
    name="huggingface",
    title="Hugging Face token classification",
    endings=(".parquet",),
    holds=Holds(
        kinds=frozenset({"texts", "segmentation", "mentions"}),
        text="tokens",
        mentions=TAGGED,
    ),
    reader=_read,
    notes=(
        "Parquet files, or folders of datasets. A row is a document; with a column document_id or "
        "doc_id, a sentence. Tags without B- and I- are labels, and neighbours with the same one a "
        "mention."
    ),
)
