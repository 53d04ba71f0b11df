"""Verifies the history, a checkout or a dataset against the manifest of a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from dateline.corpus.store import Corpus
from dateline.corpus.withheld_labels import commitment, withheld_labels
from dateline.dataset.load import declared_tables, texts_by_document
from dateline.dataset.parquet import iter_rows
from dateline.dataset.row_hash import RowHash
from dateline.dataset.stored import (
    COMMITMENT,
    DEFAULT_CONFIG,
    ONTOLOGY,
    StoredDataset,
    tables_explained,
)
from dateline.dataset.withholding import WORDINGS, Row, Value, document_of, restored, withheld
from dateline.errors import InvalidInputError
from dateline.files.reading import read_bytes
from dateline.files.writing import sha256
from dateline.model import Struct
from dateline.ontology.reading import FILE
from dateline.release.diff.revision import is_item
from dateline.release.history import ReleasedVersion, differences, released_files
from dateline.release.manifest import FOLDER, RELEASE, Manifest, ReleasedTable, read_manifest
from dateline.text import sha256_of_text


class Verification(Struct, frozen=True):
    """What was compared with the manifest, and the differences.

    ``files`` counts the files of a checkout or the tables of a dataset; ``texts`` and ``withheld``
    count the documents with and without their text.
    """

    files: int
    texts: int
    withheld: int
    problems: tuple[str, ...]


def verify_release(corpus: Corpus, release: ReleasedVersion, manifest: Manifest) -> Verification:
    """Compare the files that the commit of a release has, and its manifest, with a manifest."""
    problems = differences(manifest, released_files(corpus, release))
    if release.manifest != manifest:
        problems.append(
            f"{FOLDER}/{release.version}.json: has another content in commit {release.commit[:9]}"
        )
    return _verification_of_files(manifest, problems)


def verify_checkout(corpus: Corpus, manifest: Manifest) -> Verification:
    """Compare every schema, document and annotation on disk with the manifest."""
    return _verification_of_files(manifest, differences(manifest, _files_on_disk(corpus, manifest)))


def verify_dataset(folder: Path, manifest: Manifest) -> Verification:
    """Compare rows and ontology of a dataset with the manifest, and texts with their hashes.

    The dataset may be built, downloaded, or downloaded and hydrated. Every quote is compared with
    the text at its offsets. Raises NotFoundError if the folder is not a dataset.

    If it withholds labels of some splits, the tables of these are compared with its own manifest.
    """
    declared = {
        (config, split)
        for config, info in declared_tables(folder).items()
        for split in info.splits or ()
    }
    with tables_explained(folder):
        return _verified(folder, _with_own_tables(folder, manifest), declared)


def verify_commitment(folder: Path, corpus: Corpus) -> str | None:
    """Whether a dataset commits to the withheld labels of this corpus; the problem, if not.

    None also if the dataset withholds no labels, or the corpus does not have the setting.
    """
    found, labels = StoredDataset(folder).withheld_labels, withheld_labels(corpus)
    if found is None or labels is None or commitment(corpus, labels) == found:
        return None
    return f"{COMMITMENT}: is not a commitment to the annotations of this corpus, with its salt"


def _with_own_tables(folder: Path, manifest: Manifest) -> Manifest:
    """The manifest with the tables of withheld splits as the dataset's own copy has them."""
    withheld = StoredDataset(folder).withheld_labels
    if withheld is None:
        return manifest
    own = read_manifest(folder / RELEASE)
    return msgspec.structs.replace(
        manifest,
        tables=(
            *(table for table in manifest.tables if table.split not in withheld.splits),
            *(table for table in own.tables if table.split in withheld.splits),
        ),
    )


def _verified(folder: Path, manifest: Manifest, declared: set[tuple[str, str]]) -> Verification:
    expected = {(table.config, table.split): table for table in manifest.tables}
    texts = texts_by_document(folder)
    extra = sorted(declared - expected.keys())
    problems = list(_problems_of_ontology(folder, manifest))
    problems += [f"{config}/{split}: is not in the release" for config, split in extra]
    for (config, split), table in expected.items():
        file = folder / config / f"{split}.parquet"
        if (config, split) not in declared or not file.is_file():
            problems.append(f"{config}/{split}: is missing")
        else:
            problems += _problems_of_table(file, table, texts)
    documents = {document.id for document in manifest.documents}
    return Verification(
        files=len(expected),
        texts=len(texts),
        withheld=len(documents - texts.keys()),
        problems=tuple(problems),
    )


def _verification_of_files(manifest: Manifest, problems: list[str]) -> Verification:
    return Verification(
        files=sum(1 for _ in manifest.files()),
        texts=len(manifest.documents),
        withheld=0,
        problems=tuple(problems),
    )


def _files_on_disk(corpus: Corpus, manifest: Manifest) -> dict[str, str]:
    """The SHA-256 of the files of the release, and of all documents and annotations, by path."""
    paths = {file.path for file in manifest.files()}
    for folder in (corpus.documents, corpus.annotations):
        found = (corpus.relative(file) for file in folder.rglob("*.json"))
        paths.update(path for path in found if is_item(path))
    # A manifest from elsewhere may name any path.
    inside = (
        path for path in sorted(paths) if not path.startswith("/") and ".." not in path.split("/")
    )
    files = {path: corpus.root / path for path in inside}
    return {path: sha256(read_bytes(file)) for path, file in files.items() if file.is_file()}


def _problems_of_ontology(folder: Path, manifest: Manifest) -> Iterator[str]:
    try:
        # Not read: the ontology of an older release may have a form that is refused today.
        file = StoredDataset(folder).ontology_file
    except InvalidInputError as error:
        yield str(error)
        return
    # A dataset of format 1.0 does not carry its ontology.
    released = {schema.path: schema.sha256 for schema in manifest.schemas}
    if file is not None and sha256(read_bytes(file)) != released.get(FILE):
        yield f"{ONTOLOGY}: differs from {FILE} of the release"


def _problems_of_table(file: Path, table: ReleasedTable, texts: Mapping[str, str]) -> Iterator[str]:
    content, place, number = RowHash(), f"{table.config}/{table.split}", 0
    for row in iter_rows(file):
        text = texts.get(document_of(row))
        number += 1
        content.add(row, text)
        if text is not None and (problem := _problem_of_row(table.config, row, text)):
            yield f"{place}: {row.get('id', document_of(row))}: {problem}"
    if number != table.rows:
        yield f"{place}: has {number:,} rows, expected {table.rows:,}"
    elif content.sha256 != table.sha256:
        yield f"{place}: its rows differ from those of the release"


def _problem_of_row(config: str, row: Row, text: str) -> str:
    if config == DEFAULT_CONFIG and sha256_of_text(text) != row["text_sha256"]:
        return "its text does not match its text_sha256"
    expected = restored(withheld(row, text), text)
    for name, value in row.items():
        if not _matches(name, expected[name], value):
            return f"{name} differs from the text at its offsets"
    return ""


def _matches(name: str, expected: Value, value: Value) -> bool:
    """Whether a value is the one restored from the text; some titles cannot be restored."""
    if isinstance(value, Mapping):
        return all(_matches(inner, expected[inner], value[inner]) for inner in value)
    if isinstance(value, list) and isinstance(expected, list):
        pairs = zip(expected, value, strict=True)
        return all(_matches(name, one, other) for one, other in pairs)
    return bool(expected == value) or (name in WORDINGS and expected is None)
