"""Loads a built dataset from its Parquet files, without a cache or a copy."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq
from datasets import Dataset, DatasetDict, DatasetInfo
from datasets.info import DatasetInfosDict
from datasets.splits import NamedSplit
from datasets.table import InMemoryTable, table_cast
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCardData

from dateline.dataset.description.card import CARD, DEFAULT_CONFIG, ONTOLOGY
from dateline.errors import DatelineError, InvalidInputError, NotFoundError
from dateline.files.names import inside, plain_name
from dateline.files.reading import decode_yaml, read_bytes, read_text
from dateline.files.writing import sha256
from dateline.ontology.labels import Ontology
from dateline.ontology.reading import read_ontology_file
from dateline.text import excerpt

_METADATA = re.compile(r"---\r?\n(.*?)\r?\n---(?:\r?\n|$)", re.S)
_UNREADABLE = "its tables are not those of a dataset that this program builds:"


def load(
    config: str = DEFAULT_CONFIG, split: str | None = None, *, path: str | Path = "dist"
) -> Dataset | DatasetDict:
    """Load a config of the dataset that `dateline build` wrote to ``path``.

    Returns the Dataset of a split, or without ``split`` a DatasetDict of all splits, equal to the
    result of ``datasets.load_dataset(path, config, split=split)``.

    Raises NotFoundError for an unknown config or split, or if ``path`` is not a built dataset, and
    InvalidInputError if its card cannot be read.
    """
    path = Path(path)
    declared = declared_tables(path)
    if config not in declared:
        raise _no_config(path, config, declared)
    info = declared[config]
    splits = list(info.splits or ())
    if split is None:
        return DatasetDict({name: _read(path, config, name, info) for name in splits})
    if split not in splits:
        raise NotFoundError(
            f'{path}: config "{config}" has no split "{split}" with rows. Splits: '
            f"{', '.join(splits)}."
        )
    return _read(path, config, split, info)


class StoredTable(NamedTuple):
    """A table of a built dataset, still on disk: labels are strings, and nothing is decoded."""

    data: pq.ParquetFile
    info: DatasetInfo
    split: str

    @property
    def column_names(self) -> list[str]:
        """Names of all columns."""
        names: list[str] = self.data.schema_arrow.names
        return names


def stored(path: Path, config: str = DEFAULT_CONFIG) -> dict[str, StoredTable]:
    """The tables of a config by split. Raises as `load` does."""
    declared = declared_tables(path)
    if config not in declared:
        raise _no_config(path, config, declared)
    info = declared[config]
    found = {}
    for split in info.splits or ():
        with tables_explained(path):
            file = pq.ParquetFile(table_file(path, config, split))
        found[split] = StoredTable(file, info, split)
    return found


def declared_tables(path: Path) -> Mapping[str, DatasetInfo]:
    """The features and splits of each config of a built dataset.

    Raises NotFoundError if ``path`` is not a built dataset, and InvalidInputError if its card
    cannot be read.
    """
    data = card_metadata(path)
    try:
        declared: dict[str, DatasetInfo] = DatasetInfosDict.from_dataset_card_data(data)
        names = [(name, split) for name, info in declared.items() for split in info.splits or ()]
        for info in declared.values():
            info.features.arrow_schema  # noqa: B018 (fails on features that there are not)
    except Exception as error:
        raise InvalidInputError(
            f"{path / CARD}: its metadata cannot be read: {shown(error)}. Build or download the "
            "dataset again."
        ) from None
    for name, split in names:
        inside(path, path / plain_name(name, "config") / f"{plain_name(split, 'split')}.parquet")
    if not declared:
        raise InvalidInputError(
            f"{path / CARD}: declares no dataset. Run `dateline build --out {path}`."
        )
    return declared


def declared_ontology(path: Path) -> Ontology | None:
    """The ontology that a built dataset carries; None if an older version has built it.

    Raises InvalidInputError if the file is missing, is not the one that the card declares, or is
    not an ontology.
    """
    file = declared_ontology_file(path)
    return None if file is None else read_ontology_file(file, is_former=_is_former(path))


def _is_former(path: Path) -> bool:
    """Whether a dataset has format 1.0, in which an entity has one link."""
    documents = declared_tables(path).get(DEFAULT_CONFIG)
    entities = documents.features.get("entities") if documents is not None else None
    return "link" in (getattr(entities, "feature", None) or ())


def declared_ontology_file(path: Path) -> Path | None:
    """The file of the ontology that a built dataset carries; None if an older version has built it.

    Raises InvalidInputError if the file is missing, or is not the one that the card declares.
    """
    declared = card_metadata(path).get("ontology")
    if declared is None:
        return None
    file = inside(path, path / ONTOLOGY)
    expected = declared.get("sha256") if isinstance(declared, Mapping) else None
    if not file.is_file():
        problem = f"is declared in {CARD} but is missing"
    elif sha256(read_bytes(file)) != expected:
        problem = f"is not the file that {CARD} declares: its SHA-256 differs"
    else:
        return file
    raise InvalidInputError(f"{file}: {problem}. Build or download the dataset again.")


def declared_version(path: Path) -> str | None:
    """The version in the card of a built dataset; None if it has none."""
    try:
        configs = MetadataConfigs.from_dataset_card_data(card_metadata(path)).values()
        versions = {str(config["version"]) for config in configs if "version" in config}
    except Exception as error:
        raise InvalidInputError(
            f"{path / CARD}: its metadata cannot be read: {shown(error)}. Build or download the "
            "dataset again."
        ) from None
    return versions.pop() if len(versions) == 1 else None


def card_metadata(path: Path) -> DatasetCardData:
    """The metadata in the card of a dataset, read strictly.

    Raises NotFoundError if there is no card, and InvalidInputError if it cannot be read.
    """
    try:
        card = read_text(path / CARD)
    except NotFoundError:
        raise NotFoundError(
            f"{path / CARD}: there is no such file. Run `dateline build --out {path}`."
        ) from None
    found = _METADATA.match(card)
    try:
        values = decode_yaml(found[1].encode()) if found else {}
        return DatasetCardData(ignore_metadata_errors=True, **values)
    except (InvalidInputError, TypeError, ValueError) as error:
        raise InvalidInputError(
            f"{path / CARD}: its metadata cannot be read: {shown(error)}. Build or download the "
            "dataset again."
        ) from None


def shown(error: Exception) -> str:
    """What a library reports about a file from outside: one line, bounded."""
    text = str(error) or type(error).__name__
    return excerpt(text, 0, len(text), 200)


@contextlib.contextmanager
def tables_explained(folder: Path) -> Iterator[None]:
    """Turn the errors of libraries that read tables of a dataset into InvalidInputErrors."""
    try:
        yield
    except DatelineError:
        raise
    except OSError as error:
        if error.errno is not None:
            raise
        raise InvalidInputError(f"{folder}: {_UNREADABLE} {shown(error)}") from None
    except Exception as error:
        raise InvalidInputError(f"{folder}: {_UNREADABLE} {shown(error)}") from None


def texts_by_document(path: Path) -> dict[str, str]:
    """The texts of a built dataset by document id, except withheld ones. Not verified."""
    found: dict[str, str] = {}
    for file in sorted((path / DEFAULT_CONFIG).glob("*.parquet")):
        table = pq.read_table(file, columns=["id", "text"])
        rows = zip(*(table.column(name).to_pylist() for name in table.column_names), strict=True)
        found.update((name, text) for name, text in rows if text is not None)
    return found


def table_file(path: Path, config: str, split: str) -> Path:
    """The file of a config and split that the card declares.

    Raises NotFoundError if it is missing.
    """
    file = path / plain_name(config, "config") / f"{plain_name(split, 'split')}.parquet"
    if not inside(path, file).is_file():
        raise NotFoundError(
            f"{file}: is declared in {CARD} but is missing. Build the dataset again."
        )
    return file


def _no_config(path: Path, config: str, declared: Mapping[str, DatasetInfo]) -> NotFoundError:
    return NotFoundError(
        f'{path}: has no config "{config}" with rows. Configs: {", ".join(declared)}.'
    )


def _read(path: Path, config: str, split: str, info: DatasetInfo) -> Dataset:
    file = table_file(path, config, split)
    # Labels are strings on disk; the cast converts them to the numbers of the ClassLabels.
    with tables_explained(path):
        table = table_cast(pq.read_table(file), info.features.arrow_schema)
    return Dataset(InMemoryTable(table), info=info.copy(), split=NamedSplit(split))
