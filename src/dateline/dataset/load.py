"""Loads a built dataset from its Parquet files, without a cache or a copy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq
from datasets import Dataset, DatasetDict, DatasetInfo
from datasets.info import DatasetInfosDict
from datasets.splits import NamedSplit
from datasets.table import InMemoryTable, table_cast
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCardData

from dateline.dataset.stored import (
    DEFAULT_CONFIG,
    no_config,
    no_dataset,
    no_split,
    read_metadata,
    shown,
    table_file,
    tables_explained,
    unreadable_card,
)
from dateline.files.names import inside, plain_name


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
        raise no_config(path, config, declared)
    info = declared[config]
    splits = list(info.splits or ())
    if split is None:
        return DatasetDict({name: _read(path, config, name, info) for name in splits})
    if split not in splits:
        raise no_split(path, config, split, dict.fromkeys(splits))
    return _read(path, config, split, info)


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
        raise unreadable_card(path, shown(error)) from None
    for name, split in names:
        inside(path, path / plain_name(name, "config") / f"{plain_name(split, 'split')}.parquet")
    if not declared:
        raise no_dataset(path)
    return declared


def declared_version(path: Path) -> str | None:
    """The version in the card of a built dataset; None if it has none."""
    try:
        configs = MetadataConfigs.from_dataset_card_data(card_metadata(path)).values()
        versions = {str(config["version"]) for config in configs if "version" in config}
    except Exception as error:
        raise unreadable_card(path, shown(error)) from None
    return versions.pop() if len(versions) == 1 else None


def card_metadata(path: Path) -> DatasetCardData:
    """The metadata in the card of a dataset. Raises as `read_metadata` does."""
    values = read_metadata(path)
    try:
        return DatasetCardData(ignore_metadata_errors=True, **values)
    except (TypeError, ValueError) as error:
        raise unreadable_card(path, shown(error)) from None


def texts_by_document(path: Path) -> dict[str, str]:
    """The texts of a built dataset by document id, except withheld ones. Not verified."""
    found: dict[str, str] = {}
    for file in sorted((path / DEFAULT_CONFIG).glob("*.parquet")):
        table = pq.read_table(file, columns=["id", "text"])
        rows = zip(*(table.column(name).to_pylist() for name in table.column_names), strict=True)
        found.update((name, text) for name, text in rows if text is not None)
    return found


def _read(path: Path, config: str, split: str, info: DatasetInfo) -> Dataset:
    file = table_file(path, config, split)
    # Labels are strings on disk; the cast converts them to the numbers of the ClassLabels.
    with tables_explained(path):
        table = table_cast(pq.read_table(file), info.features.arrow_schema)
    return Dataset(InMemoryTable(table), info=info.copy(), split=NamedSplit(split))
