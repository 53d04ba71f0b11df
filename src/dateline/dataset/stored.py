"""The files of a built dataset, read without `datasets`, which is slow to import."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dateline.corpus.withheld_labels import Commitment
from dateline.errors import DatelineError, InvalidInputError, NotFoundError
from dateline.files.names import inside, plain_name
from dateline.files.reading import (
    MalformedError,
    converted,
    decode_yaml,
    read_bytes,
    read_json,
    read_text,
)
from dateline.files.writing import sha256
from dateline.ontology.labels import Ontology
from dateline.ontology.reading import read_ontology_file
from dateline.text import excerpt

if TYPE_CHECKING:
    import pyarrow.parquet as pq

CARD = "README.md"
MARKER = "<!-- Written by `dateline build`, which replaces this folder as a whole. -->"
"""A line of the card."""
ONTOLOGY = "ontology.schema.json"
"""The ontology of the corpus, in the dataset as in its folder ``schema``."""
DEFAULT_CONFIG = "documents"
COMMITMENT = "withheld_labels.json"
"""The splits whose labels are withheld, and the commitment to these; only if there are some."""

_METADATA = re.compile(r"---\r?\n(.*?)\r?\n---(?:\r?\n|$)", re.S)
_UNREADABLE = "its tables are not those of a dataset that this program builds:"


class StoredTable(NamedTuple):
    """A table on disk: labels are strings, and nothing is decoded."""

    data: pq.ParquetFile
    split: str
    version: str | None


class StoredDataset:
    """A dataset that `dateline build` wrote to a folder, as its card declares it."""

    def __init__(self, path: Path) -> None:
        """Raises NotFoundError if there is no card, and InvalidInputError if it is unreadable."""
        self.path = path
        self._metadata = read_metadata(path)

    def tables(self, config: str = DEFAULT_CONFIG) -> dict[str, StoredTable]:
        """The tables of a config by split.

        Raises DatelineError if there is no such config, or a file is missing or not Parquet.
        """
        import pyarrow.parquet as pq  # noqa: PLC0415

        if not self._infos:
            raise no_dataset(self.path)
        if config not in self._infos:
            raise no_config(self.path, config, self._infos)
        info = self._infos[config]
        found = {}
        for split in _names(info.get("splits")):
            with tables_explained(self.path):
                file = pq.ParquetFile(table_file(self.path, config, split))
            version = info.get("version")
            found[split] = StoredTable(file, split, None if version is None else str(version))
        return found

    @property
    def ontology(self) -> Ontology | None:
        """The ontology that the dataset carries; None if an older version has built it.

        Raises InvalidInputError if the file is missing, is not the one that the card declares, or
        is not an ontology.
        """
        file = self.ontology_file
        return None if file is None else read_ontology_file(file, is_former=self._is_former)

    @property
    def ontology_file(self) -> Path | None:
        """The file of the ontology; None if an older version has built the dataset.

        Raises InvalidInputError if the file is missing, or is not the one that the card declares.
        """
        declared = self._metadata.get("ontology")
        if declared is None:
            return None
        file = inside(self.path, self.path / ONTOLOGY)
        expected = declared.get("sha256") if isinstance(declared, Mapping) else None
        if not file.is_file():
            problem = f"is declared in {CARD} but is missing"
        elif sha256(read_bytes(file)) != expected:
            problem = f"is not the file that {CARD} declares: its SHA-256 differs"
        else:
            return file
        raise InvalidInputError(f"{file}: {problem}. Build or download the dataset again.")

    @property
    def withheld_labels(self) -> Commitment | None:
        """The commitment to withheld labels; None if all labels are published.

        Raises InvalidInputError if the file is malformed.
        """
        file = inside(self.path, self.path / COMMITMENT)
        if not file.is_file():
            return None
        try:
            return converted(read_json(file), Commitment)
        except MalformedError as error:
            raise InvalidInputError(
                f"{file}: {error.problem}. Download the dataset again."
            ) from None

    @cached_property
    def _infos(self) -> Mapping[str, Mapping[str, Any]]:
        """The metadata of each config."""
        declared = self._metadata.get("dataset_info") or []
        infos = [declared] if isinstance(declared, Mapping) else declared
        if not isinstance(infos, list) or not all(isinstance(info, Mapping) for info in infos):
            raise unreadable_card(self.path, "dataset_info is not a list of configs")
        return {str(info.get("config_name", "default")): info for info in infos}

    @property
    def _is_former(self) -> bool:
        """Whether the dataset has format 1.0, in which an entity has one link."""
        features = self._infos.get(DEFAULT_CONFIG, {}).get("features")
        for feature in features if isinstance(features, list) else ():
            if isinstance(feature, Mapping) and feature.get("name") == "entities":
                return "link" in _names(feature.get("list"))
        return False


def read_metadata(path: Path) -> Mapping[str, Any]:
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
    except InvalidInputError as error:
        raise unreadable_card(path, shown(error)) from None
    if not isinstance(values, Mapping) or not all(isinstance(name, str) for name in values):
        raise unreadable_card(path, "it is not a mapping of names to values")
    return values


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


def no_dataset(path: Path) -> InvalidInputError:
    """The error for a card that declares no dataset."""
    return InvalidInputError(
        f"{path / CARD}: declares no dataset. Run `dateline build --out {path}`."
    )


def neither(path: Path) -> NotFoundError:
    """The error for a folder that has neither a corpus nor a dataset."""
    return NotFoundError(
        f"{path}: is neither a corpus nor a built dataset. Expected a folder with schema/, or one "
        "that `dateline build` wrote."
    )


def no_config(path: Path, config: str, declared: Mapping[str, Any]) -> NotFoundError:
    """The error for a config that a dataset does not have."""
    return NotFoundError(
        f'{path}: has no config "{config}" with rows. Configs: {", ".join(declared)}.'
    )


def no_split(path: Path, config: str, split: str, splits: Mapping[str, Any]) -> NotFoundError:
    """The error for a split that a config does not have."""
    return NotFoundError(
        f'{path}: config "{config}" has no split "{split}" with rows. Splits: {", ".join(splits)}.'
    )


def unreadable_card(path: Path, problem: str) -> InvalidInputError:
    """The error for a card whose metadata cannot be read."""
    return InvalidInputError(
        f"{path / CARD}: its metadata cannot be read: {problem}. Build or download the dataset "
        "again."
    )


def shown(error: BaseException) -> str:
    """What a library reports about a file from outside: one line, bounded."""
    text = str(error) or type(error).__name__
    return excerpt(text, width=200)


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


def _names(parts: Any) -> list[str]:
    """The names of splits or features."""
    found = parts if isinstance(parts, list) else []
    return [str(part.get("name")) for part in found if isinstance(part, Mapping)]
