"""Read a built dataset back, straight from its Parquet files: no cache, no copy."""

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
from dateline.errors import DatelineError


def load(
    config: str = DEFAULT_CONFIG, split: str | None = None, *, path: str | Path = "dist"
) -> Dataset | DatasetDict:
    """Load a config of the dataset that `dateline build` wrote to ``path``.

    Returns the Dataset of a split, or a DatasetDict of all splits where none is named, equal to
    what ``datasets.load_dataset(path, config, split=split)`` returns. Raises DatelineError,
    naming what there is, for an unknown config or split, and where ``path`` is no built
    dataset.
    """
    path = Path(path)
    declared = declared_tables(path)
    if config not in declared:
        raise DatelineError(
            f"{path}: has no config {config!r} with rows; it has {', '.join(declared) or 'none'}."
        )
    info = declared[config]
    splits = list(info.splits or ())
    if split is None:
        return DatasetDict({name: _read(path, config, name, info) for name in splits})
    if split not in splits:
        raise DatelineError(
            f"{path}: {config!r} has no split {split!r} with rows; it has {', '.join(splits)}."
        )
    return _read(path, config, split, info)


def declared_tables(path: Path) -> Mapping[str, DatasetInfo]:
    """The features and splits of each config of a built dataset.

    Raises DatelineError where ``path`` is no built dataset.
    """
    if not (path / CARD).is_file():
        raise DatelineError(
            f"{path / CARD}: there is no such file. Run `dateline build --out {path}`."
        )
    try:
        declared: dict[str, DatasetInfo] = DatasetInfosDict.from_directory(path)
    except (yaml.YAMLError, ValueError, TypeError, KeyError) as error:
        raise DatelineError(
            f"{path / CARD}: its YAML cannot be read: {error}. Build it again."
        ) from None
    if not declared:
        raise DatelineError(
            f"{path / CARD}: declares no dataset. Run `dateline build --out {path}`."
        )
    return declared


def declared_version(path: Path) -> str | None:
    """The version that the card of a built dataset names; None where it names none."""
    data = DatasetCard.load(path / CARD).data
    versions = {c.get("version") for c in MetadataConfigs.from_dataset_card_data(data).values()}
    return versions.pop() if len(versions) == 1 else None


def table_file(path: Path, config: str, split: str) -> Path:
    """The file of a config and split that the card declares.

    Raises DatelineError where it is not there.
    """
    file = path / config / f"{split}.parquet"
    if not file.is_file():
        raise DatelineError(
            f"{file}: is declared in {CARD} but is not there. Build the dataset again."
        )
    return file


def _read(path: Path, config: str, split: str, info: DatasetInfo) -> Dataset:
    file = table_file(path, config, split)
    # The card's features name the labels; on disk they are strings, which the cast makes numbers.
    table = table_cast(pq.read_table(file), info.features.arrow_schema)
    return Dataset(InMemoryTable(table), info=info.copy(), split=NamedSplit(split))
