"""Restores the withheld texts of a downloaded dataset folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as pq
from datasets import DatasetInfo

from dateline.corpus.text_forms import possible_texts
from dateline.dataset.description.card import rewritten, texts_note
from dateline.dataset.features import schema_on_disk
from dateline.dataset.load import declared_tables
from dateline.dataset.output_folder import BUILT_FILES, refuse_foreign_files, replaced_folder
from dateline.dataset.parquet import RowWriter, WrittenTable, iter_rows
from dateline.dataset.stored import CARD, DEFAULT_CONFIG, table_file, tables_explained
from dateline.dataset.withholding import Row
from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.names import inside
from dateline.files.reading import read_bytes, read_text, read_toml
from dateline.files.writing import write_atomically
from dateline.model import Dropped, Struct
from dateline.release.hydration.hydrate import TextRestorer
from dateline.text import excerpt, sha256_of_text


class HydrationResult(Struct, frozen=True):
    """How many of the documents' texts were restored, and why the others were not."""

    documents: int
    restored: int
    problem: str


def hydrate_folder(folder: Path, texts: Path, out: Path) -> HydrationResult:
    """Write the dataset in ``folder`` to ``out``, with its withheld texts restored.

    ``texts`` contains a file ``ID.txt`` for each document, or one with its original id: the text
    itself, or the seed it was made from. A sidecar ``ID.toml`` provides a title that the text
    cannot restore.

    Raises NotFoundError if there is no folder ``texts`` or no dataset, InvalidInputError if
    nothing is withheld, and ConflictError if ``out`` contains anything but a dataset.
    """
    tables = declared_tables(folder)
    if not texts.is_dir():
        raise NotFoundError(f"{texts}: there is no such folder.")
    refuse_foreign_files(out)
    with tables_explained(folder):
        documents = _documents(folder, tables)
    restorer = TextRestorer(lambda name: _read_copy(texts, documents.get(name)))
    with replaced_folder(out) as new, tables_explained(folder):
        files: dict[str, dict[str, WrittenTable]] = {config: {} for config in tables}
        with ThreadPoolExecutor(max_workers=1) as worker:
            for config, info in tables.items():
                for split in info.splits or ():
                    path = new / config / f"{split}.parquet"
                    writer = RowWriter(path, schema_on_disk(info.features), worker)
                    for row in iter_rows(table_file(folder, config, split)):
                        writer.add([_restore(restorer, texts, row)])
                    written = writer.close()
                    if written is not None:
                        files[config][split] = written
        note = texts_note(documents=len(documents), hydrated=restorer.restored_texts)
        card = read_text(folder / CARD)
        (new / CARD).write_text(rewritten(card, files, note), encoding="utf-8", newline="\n")
        for name in sorted(BUILT_FILES - {CARD}):
            if (folder / name).is_file():
                write_atomically(new / name, read_bytes(inside(folder, folder / name)))
    return HydrationResult(
        documents=len(documents), restored=restorer.restored_texts, problem=restorer.problem
    )


def _documents(folder: Path, tables: Mapping[str, DatasetInfo]) -> dict[str, Row]:
    """The columns about each document's text, by document id."""
    columns = ["id", "text_sha256", "text_available", "seed"]
    found: dict[str, Row] = {}
    info = tables.get(DEFAULT_CONFIG)
    for split in (info.splits or ()) if info else ():
        file = table_file(folder, DEFAULT_CONFIG, split)
        if not {*columns} <= {*pq.read_schema(file).names}:
            raise InvalidInputError(
                f"{file}: was built by a version that could not withhold texts, so there is "
                "nothing to restore."
            )
        present = [*columns, *({"original_id"} & {*pq.read_schema(file).names})]
        found.update((row["id"], row) for row in pq.read_table(file, columns=present).to_pylist())
    if all(row["text_available"] for row in found.values()):
        raise InvalidInputError(f"{folder}: no text is withheld, so there is nothing to restore.")
    return found


def _read_copy(texts: Path, document: Row | None) -> str | None:
    if document is None:
        return None
    path = _copy_of(texts, document, "txt")
    try:
        text = read_bytes(path).decode("utf-8", errors="replace")
    except NotFoundError:
        return None
    wanted = document["text_sha256"]
    dropped = [Dropped(**cut, reason="") for cut in document["seed"]["dropped"]]
    found = (t for t in possible_texts(text, dropped) if sha256_of_text(t) == wanted)
    return next(found, text)


def _restore(restorer: TextRestorer, texts: Path, row: Row) -> Row:
    restored = restorer.restore(row)
    if restored is not row and "title" in restored and restored["title"] is None:
        return {**restored, "title": _read_title(_copy_of(texts, restored, "toml"))}
    return restored


def _copy_of(texts: Path, row: Row, extension: str) -> Path:
    """The reader's file for a document, by its id or else by its original id."""
    document, original = str(row["id"]), row.get("original_id")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", document):
        raise InvalidInputError(
            f'the document id "{excerpt(document)}" is not one that a corpus '
            "can have, so no copy of its text is read."
        )
    path = texts / f"{document}.{extension}"
    if original is None or path.exists() or not re.fullmatch(r"[^/\\\x00]+", original):
        return path
    return texts / f"{original}.{extension}"


def _read_title(sidecar: Path) -> str | None:
    try:
        title = read_toml(sidecar).get("title")
    except NotFoundError:
        return None
    return title if isinstance(title, str) else None
