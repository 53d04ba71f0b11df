"""A downloaded dataset whose texts were withheld, written again with the reader's texts in it."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as pq
from datasets import DatasetInfo

from dateline.corpus.boilerplate import remove
from dateline.dataset.content_hash import BATCH
from dateline.dataset.description.card import CARD, DEFAULT_CONFIG, rewritten, texts_note
from dateline.dataset.features import schema_on_disk
from dateline.dataset.load import declared_tables, table_file
from dateline.dataset.output_folder import MADE, refuse_foreign, replacing
from dateline.dataset.parquet import RowWriter, Written
from dateline.dataset.withholding import Row
from dateline.errors import DatelineError
from dateline.model import Dropped, Struct
from dateline.release.hydration.hydrate import Reader, readings
from dateline.text import sha256_of_text


class Hydrated(Struct, frozen=True):
    """What became of the texts: how many were filled in, and what is said of the others."""

    documents: int
    filled: int
    complaint: str


def hydrate_folder(folder: Path, copies: Path, out: Path) -> Hydrated:
    """Write the dataset in ``folder`` to ``out``, with the texts that ``copies`` has of it.

    ``copies`` holds a text for each document, ``ID.txt``: the text itself, or the seed that it was
    made from, whose dropped ranges the dataset knows. A title comes from a sidecar ``ID.toml``
    where the text does not have it. Raises DatelineError where the folder is no dataset, holds
    nothing that was withheld, or ``out`` holds anything but a build.
    """
    tables = declared_tables(folder)
    if not copies.is_dir():
        raise DatelineError(f"{copies}: there is no such folder.")
    refuse_foreign(out)
    documents = _documents(folder, tables)
    reader = Reader(lambda name: _copy(copies, name, documents[name]))
    with replacing(out) as new:
        files: dict[str, dict[str, Written]] = {config: {} for config in tables}
        with ThreadPoolExecutor(max_workers=1) as worker:
            for config, info in tables.items():
                for split in info.splits or ():
                    source = pq.ParquetFile(table_file(folder, config, split))
                    path = new / config / f"{split}.parquet"
                    writer = RowWriter(path, schema_on_disk(info.features), worker)
                    for batch in source.iter_batches(BATCH):
                        writer.add([_row(reader, copies, row) for row in batch.to_pylist()])
                    written = writer.close()
                    if written is not None:
                        files[config][split] = written
        note = texts_note(documents=len(documents), hydrated=reader.found)
        card = (folder / CARD).read_text(encoding="utf-8")
        (new / CARD).write_text(rewritten(card, files, note), encoding="utf-8", newline="\n")
        for name in sorted(MADE - {CARD}):
            if (folder / name).is_file():
                shutil.copyfile(folder / name, new / name)
    return Hydrated(documents=len(documents), filled=reader.found, complaint=reader.complaint())


def _documents(folder: Path, tables: Mapping[str, DatasetInfo]) -> dict[str, Row]:
    """What is known of each document's text, by id."""
    columns = ["id", "text_sha256", "text_available", "seed"]
    found: dict[str, Row] = {}
    info = tables.get(DEFAULT_CONFIG)
    for split in (info.splits or ()) if info else ():
        file = table_file(folder, DEFAULT_CONFIG, split)
        if not {*columns} <= {*pq.read_schema(file).names}:
            raise DatelineError(
                f"{file}: was made before texts could be withheld; it has all it ever had."
            )
        found.update((row["id"], row) for row in pq.read_table(file, columns=columns).to_pylist())
    if all(row["text_available"] for row in found.values()):
        raise DatelineError(f"{folder}: no text is withheld in it, so there is nothing to fill in.")
    return found


def _row(reader: Reader, copies: Path, row: Row) -> Row:
    filled = reader.filled(row)
    if filled is not row and "title" in filled and filled["title"] is None:
        return {**filled, "title": _title(copies / f"{filled['id']}.toml")}
    return filled


def _copy(copies: Path, name: str, document: Row) -> str | None:
    path = copies / f"{name}.txt"
    if not path.is_file():
        return None
    text = path.read_bytes().decode("utf-8", errors="replace")
    if any(sha256_of_text(reading) == document["text_sha256"] for reading in readings(text)):
        return text
    dropped = [Dropped(**cut, reason="") for cut in document["seed"]["dropped"]]
    return remove(text, dropped)


def _title(sidecar: Path) -> str | None:
    if not sidecar.is_file():
        return None
    try:
        title = tomllib.loads(sidecar.read_text(encoding="utf-8")).get("title")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DatelineError(f"{sidecar}: is not TOML in UTF-8: {error}.") from None
    return title if isinstance(title, str) else None
