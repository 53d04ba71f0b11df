"""Read the metadata of seeds: ``seeds/NAME.toml``, ``seeds/seeds.csv`` and ``seeds/seeds.toml``.

What a seed's own file does not give comes from its row in ``seeds.csv``, then from ``seeds.toml``,
which is for all seeds.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dateline.corpus.seed_names import SEED_DEFAULTS, SEED_TABLE, document_id
from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError
from dateline.files.reading import BYTE_ORDER_MARK, MalformedError, decode_text, decode_toml
from dateline.ingest.metadata_fields import (
    CHANGES,
    TABLES,
    Value,
    check_name,
    checked,
    fields_of,
    parsed,
    shown,
)
from dateline.ingest.seeds import read_regular_file
from dateline.model import Contrast, MetaValue, Rights, Source, Struct
from dateline.ontology.schemas import part_of

Values = dict[str, Value]
"""Values by the name of their field, such as ``source.url``."""


class Metadata(Struct, frozen=True):
    """What is said about a seed; what nobody has said is None, or a default of the schema."""

    title: str | None
    language: str | None
    date: str | None
    group: str | None
    contrast: Contrast | None
    split: str | None
    duplicate: bool
    meta: dict[str, MetaValue]
    source: Source
    rights: Rights


class MetadataReader:
    """Reads the metadata of the seeds of a corpus.

    ``seeds.csv`` and ``seeds.toml`` are those of the corpus ``target``, by default the same. Types,
    dates and labels are checked, and other rules of the schema are not. Raises InvalidInputError if
    ``seeds.toml`` or the structure of ``seeds.csv`` is wrong.
    """

    def __init__(self, corpus: Corpus, target: Corpus | None = None) -> None:
        self._seeds = corpus.seeds
        self._schemas = corpus.schemas
        self._fields = fields_of(corpus.schemas)
        rights = part_of(corpus.schemas["document"], "properties", "rights", "properties")
        self._rights = {
            name: part_of(rights, name)["default"] for name in ("license", "redistribute_text")
        }
        try:
            shared = (target or corpus).seeds
            self._defaults = self._read_defaults(shared / SEED_DEFAULTS)
            self._rows = self._read_table(shared / SEED_TABLE)
        except InvalidInputError as error:
            raise InvalidInputError(f"{corpus.relative(corpus.seeds)}/{error}") from None

    def read(self, seed: Path) -> Metadata:
        """The metadata of a seed. Raises InvalidInputError, whose message names the file."""
        values: Values = {
            **self._defaults,
            **self._row(seed.stem),
            **self._read_toml(seed.with_suffix(".toml")),
        }
        tables: dict[str, dict[str, Any]] = {table: {} for table in TABLES}
        for name, value in values.items():
            table, dot, key = name.partition(".")
            if dot:
                tables[table][key] = value
        fields: dict[str, Any] = values
        source = Source(**tables["source"])
        return Metadata(
            title=fields.get("title"),
            language=fields.get("language"),
            date=fields.get("date", source.published),
            group=fields.get("group"),
            contrast=self._contrast(seed, tables["contrast"]),
            split=fields.get("split"),
            duplicate=fields.get("duplicate", False),
            meta=dict(sorted(tables["meta"].items())),
            source=source,
            rights=Rights(**{**self._rights, **tables["rights"]}),
        )

    def _read_defaults(self, path: Path) -> Values:
        defaults = self._read_toml(path)
        for name in defaults:
            if name == "title" or name.startswith("contrast."):
                raise InvalidInputError(
                    f'{path.name}: "{name}" is for one seed; move it to NAME.toml, or to '
                    f"{SEED_TABLE}."
                )
        return defaults

    def _contrast(self, seed: Path, table: Mapping[str, Any]) -> Contrast | None:
        if not table:
            return None
        for key in ("of", "kind"):
            if key not in table:
                raise InvalidInputError(
                    f'{seed.stem}.toml: "contrast.{key}" is missing. A contrast has "of", the name '
                    'of its original, and "kind".'
                )
        original = table["of"].removesuffix(".txt")
        return Contrast(**{**table, "of": document_id(original, self._schemas)})

    def _read_toml(self, path: Path) -> Values:
        content = self._read(path)
        if content is None:
            return {}
        try:
            tables = decode_toml(content)
        except MalformedError as error:
            quote = f": {json.dumps(error.quote, ensure_ascii=False)}" if error.quote else ""
            raise InvalidInputError(
                f"{path.name}: {error.problem}{quote}. Fix it, or remove the file."
            ) from None
        return {
            name: checked(path.name, name, value, self._fields[name])
            for name, value in self._flat(path.name, tables)
        }

    def _flat(self, file: str, tables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for key, value in tables.items():
            if key in TABLES and not isinstance(value, dict):
                raise InvalidInputError(f'{file}: "{key}" must be a table; write it as [{key}].')
            if "." in key:
                raise InvalidInputError(f"{file}: {shown(key)} is quoted; write it without quotes.")
            named = {f"{key}.{k}": v for k, v in value.items()} if key in TABLES else {key: value}
            for name, item in named.items():
                check_name(file, name, self._fields)
                yield name, item

    def _read_table(self, path: Path) -> Mapping[str, tuple[str, Mapping[str, str]]]:
        """The cells of each seed that are not empty, and the place of its row."""
        content = self._read(path)
        if content is None:
            return {}
        rows: dict[str, tuple[str, Mapping[str, str]]] = {}
        try:
            text = decode_text(content.removeprefix(BYTE_ORDER_MARK))
            for number, row in self._table_rows(path, text):
                place = f"{path.name}: line {number}"
                seed = row.pop("seed").removesuffix(".txt")
                folders = (path.parent, self._seeds)
                if not seed or not any((f / f"{seed}.txt").exists() for f in folders):
                    raise InvalidInputError(f"{place}: there is no seed {shown(f'{seed}.txt')}.")
                if seed in rows:
                    raise InvalidInputError(
                        f"{place}: {shown(seed)} has a row already; merge both."
                    )
                rows[seed] = place, {name: cell for name, cell in row.items() if cell}
        except MalformedError as error:
            raise InvalidInputError(f"{path.name}: {error.problem}.") from None
        return rows

    def _table_rows(self, path: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows, with the number of their last line."""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = next(reader, [])
            self._check_header(path, header)
            for cells in reader:
                if any(cells):
                    if len(cells) != len(header):
                        raise MalformedError(
                            f"line {reader.line_num}: has {len(cells)} cells, and the header has "
                            f"{len(header)}"
                        )
                    yield reader.line_num, dict(zip(header, cells, strict=True))
        except csv.Error as error:
            raise MalformedError(f"line {reader.line_num}: {error}") from None

    def _check_header(self, path: Path, header: list[str]) -> None:
        place = f"{path.name}: line 1"
        if "seed" not in header:
            raise InvalidInputError(
                f'{place}: has no column "seed". Name the columns, separated by commas, such as '
                "seed,split,group,language."
            )
        for name in header:
            if header.count(name) > 1:
                raise InvalidInputError(f"{place}: the column {shown(name)} is duplicated.")
            if name == CHANGES:
                raise InvalidInputError(f'{place}: "{name}" is not for a table; use NAME.toml.')
            if name != "seed":
                check_name(place, name, self._fields)

    def _row(self, seed: str) -> Values:
        place, cells = self._rows.get(seed, ("", {}))
        return {name: parsed(place, name, cell, self._fields[name]) for name, cell in cells.items()}

    def _read(self, path: Path) -> bytes | None:
        try:
            return read_regular_file(path.parent.parent, path)
        except InvalidInputError as error:
            raise InvalidInputError(f"{path.name}: {error}") from None
