"""Loads a built dataset from its Parquet files, without a cache or a copy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq
import yaml
from datasets import Dataset, DatasetDict, DatasetInfo
from datasets.info import DatasetInfosDict
from datasets.splits import NamedSplit
from datasets.table import InMemoryTable, table_cast
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCard

from dateline.dataset.description.card import CARD, DEFAULT_CONFIG
from dateline.errors import InvalidInputError, NotFoundError


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
        raise NotFoundError(
            f'{path}: has no config "{config}" with rows. Configs: {", ".join(declared)}.'
        )
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


def declared_tables(path: Path) -> Mapping[str, DatasetInfo]:
    """The features and splits of each config of a built dataset.

    Raises NotFoundError if ``path`` is not a built dataset, and InvalidInputError if its card
    cannot be read.
    """
    if not (path / CARD).is_file():
        raise NotFoundError(
            f"{path / CARD}: there is no such file. Run `dateline build --out {path}`."
        )
    try:
        declared: dict[str, DatasetInfo] = DatasetInfosDict.from_directory(path)
    except (yaml.YAMLError, ValueError, TypeError, KeyError) as error:
        raise InvalidInputError(
            f"{path / CARD}: its YAML cannot be read: {error}. Build the dataset again."
        ) from None
    if not declared:
        raise InvalidInputError(
            f"{path / CARD}: declares no dataset. Run `dateline build --out {path}`."
        )
    return declared


def declared_version(path: Path) -> str | None:
    """The version in the card of a built dataset; None if it has none."""
    data = DatasetCard.load(path / CARD).data
    versions = {c.get("version") for c in MetadataConfigs.from_dataset_card_data(data).values()}
    return versions.pop() if len(versions) == 1 else None


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
    file = path / config / f"{split}.parquet"
    if not file.is_file():
        raise NotFoundError(
            f"{file}: is declared in {CARD} but is missing. Build the dataset again."
        )
    return file


def _read(path: Path, config: str, split: str, info: DatasetInfo) -> Dataset:
    file = table_file(path, config, split)
    # Labels are strings on disk; the cast converts them to the numbers of the ClassLabels.
    table = table_cast(pq.read_table(file), info.features.arrow_schema)
    return Dataset(InMemoryTable(table), info=info.copy(), split=NamedSplit(split))
