"""The manifest of a release: what belongs to it, proved by hash.

It lies in ``releases/VERSION.json`` and fits ``schema/release.schema.json``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from dateline.corpus.snapshot import Snapshot
from dateline.corpus.store import Corpus, read_struct
from dateline.files.writing import sha256
from dateline.model import Struct
from dateline.release.version import VERSION, Version, parse_version

FOLDER = "releases"

RELEASE = "release.json"
"""The copy of its manifest that a published dataset has."""


class HashedFile(Struct, frozen=True):
    """A file below the corpus root, with the SHA-256 of its bytes."""

    path: str
    sha256: str


class ReleasedDocument(Struct, frozen=True):
    """A document's file and those of its annotations."""

    id: str
    split: str
    document: HashedFile
    annotations: tuple[HashedFile, ...]


class ReleasedTable(Struct, frozen=True):
    """The rows of a config and split of the dataset; the hash leaves out what tells the text."""

    config: str
    split: str
    rows: int
    sha256: str


class RetiredDocument(Struct, frozen=True):
    """A document that an earlier release had."""

    id: str
    text_sha256: str


class RetiredAnnotation(Struct, frozen=True):
    """An annotation that an earlier release had, with all ids that were ever in it."""

    annotator: str
    document: str
    ids: tuple[str, ...]


class RetiredItems(Struct, frozen=True):
    """What earlier releases had and this one has not; nothing else may get these ids."""

    documents: tuple[RetiredDocument, ...] = ()
    annotations: tuple[RetiredAnnotation, ...] = ()


class Manifest(Struct, frozen=True):
    """All that belongs to a release. ``date`` is an ISO 8601 date."""

    version: str
    previous: str | None
    date: str
    tool: str
    schemas: tuple[HashedFile, ...]
    documents: tuple[ReleasedDocument, ...]
    tables: tuple[ReleasedTable, ...]
    counts: Mapping[str, int]
    retired: RetiredItems

    def files(self) -> Iterator[HashedFile]:
        """Every file of the release."""
        yield from self.schemas
        for document in self.documents:
            yield document.document
            yield from document.annotations


def manifest_path(corpus: Corpus, version: Version) -> Path:
    """Where the manifest of a version lies."""
    return corpus.root / FOLDER / f"{version}.json"


def released_versions(corpus: Corpus) -> list[Version]:
    """The versions that have a manifest, the oldest first."""
    stems = (path.stem for path in (corpus.root / FOLDER).glob("*.json"))
    return sorted(parse_version(stem) for stem in stems if re.fullmatch(VERSION, stem))


def read_manifest(path: Path) -> Manifest:
    """Read a manifest. Raises DatelineError where it is missing or malformed."""
    return read_struct(path, Manifest)


def hashed_file(corpus: Corpus, path: Path) -> HashedFile:
    """A file of the corpus as it is now."""
    return HashedFile(path=corpus.relative(path), sha256=sha256(path.read_bytes()))


def retired_items(earlier: RetiredItems, before: Snapshot, after: Snapshot) -> RetiredItems:
    """What is retired after a release, given what was before it and the files that changed."""
    documents = {document.id: document for document in earlier.documents}
    for name, document in before.documents.items():
        if name not in after.documents:
            documents[name] = RetiredDocument(id=name, text_sha256=document.text_sha256)
    annotations = {(a.annotator, a.document): {*a.ids} for a in earlier.annotations}
    for key, annotation in before.annotations.items():
        if key not in after.annotations:
            gone = {*annotation.ids(), *annotation.retired}
            annotations.setdefault(key, set()).update(gone)
    return RetiredItems(
        documents=tuple(documents[name] for name in sorted(documents)),
        annotations=tuple(
            RetiredAnnotation(annotator=annotator, document=document, ids=tuple(sorted(ids)))
            for (annotator, document), ids in sorted(annotations.items())
        ),
    )
