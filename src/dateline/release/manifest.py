"""The manifest of a release, ``releases/VERSION.json``: its files and tables with their hashes.

Its format is ``schema/release.schema.json``. It names no commit: the commit of a release is the
one that adds its manifest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from semver import Version

from dateline.corpus.store import Corpus, file_name
from dateline.dates import parse_date
from dateline.errors import InvalidInputError
from dateline.files.reading import MalformedError, converted, decode_json, read_bytes, read_json
from dateline.files.writing import sha256
from dateline.model import Struct
from dateline.ontology.schemas import Schema
from dateline.packaged import packaged
from dateline.release.version import is_version, parse_version
from dateline.rendering.suggestions import sentences
from dateline.validation.schema import SchemaValidator

FOLDER = "releases"

RELEASE = "release.json"
"""The copy of the manifest in a published dataset."""


class HashedFile(Struct, frozen=True):
    """A file, relative to the corpus root, with the SHA-256 of its bytes."""

    path: str
    sha256: str


class ReleasedDocument(Struct, frozen=True):
    """A document and its annotations."""

    id: str
    split: str
    document: HashedFile
    annotations: tuple[HashedFile, ...]


class ReleasedTable(Struct, frozen=True):
    """A table of the dataset; its hash is the same with and without texts."""

    config: str
    split: str
    rows: int
    sha256: str


class RetiredDocument(Struct, frozen=True):
    """A document of an earlier release that was removed."""

    id: str
    text_sha256: str


class RetiredAnnotation(Struct, frozen=True):
    """An annotation of an earlier release that was removed, with all ids it ever used."""

    annotator: str
    document: str
    ids: tuple[str, ...]


class RetiredItems(Struct, frozen=True):
    """Removed documents and annotations, whose ids must not be used again."""

    documents: tuple[RetiredDocument, ...] = ()
    annotations: tuple[RetiredAnnotation, ...] = ()


class Manifest(Struct, frozen=True):
    """The contents of a release. ``date`` is an ISO 8601 date."""

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
    """The path of the manifest of a version."""
    return corpus.root / FOLDER / f"{version}.json"


def released_versions(corpus: Corpus) -> list[Version]:
    """The versions with a manifest, oldest first."""
    stems = (path.stem for path in (corpus.root / FOLDER).glob("*.json"))
    return sorted(parse_version(stem) for stem in stems if is_version(stem) and stem[0] != "v")


def read_manifest(path: Path, schemas: Mapping[str, Schema] | None = None) -> Manifest:
    """Read a manifest and check it against the release schema.

    With ``schemas``, splits and ids must be those that the schemas of its corpus allow; without
    them, the corpus is unknown. Raises NotFoundError if the file is missing, and InvalidInputError
    naming file, place, value and fix if it is malformed.
    """
    try:
        instance = decode_json(read_bytes(path))
        _check_schema(path, instance, schemas)
        manifest = converted(instance, Manifest)
    except MalformedError as error:
        raise InvalidInputError(f"{path}: is not a manifest: {error.problem}.") from None
    try:
        parse_version(manifest.version)
        parse_date(manifest.date)
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: {error}.".replace("..", ".")) from None
    return manifest


def _check_schema(path: Path, instance: object, schemas: Mapping[str, Schema] | None) -> None:
    validator = SchemaValidator(schemas, "release") if schemas else _of_any_corpus()
    first, *others = [*validator.findings(instance), None]
    if first is not None:
        more = f" It has {len(others):,} errors; this is the first." if len(others) > 1 else ""
        raise InvalidInputError(
            f"{path}: {first.pointer or '/'}: {sentences(first.message, first.hint)}{more}"
        )


@cache
def _of_any_corpus() -> SchemaValidator:
    """A validator of manifests that knows neither the splits nor the ids of their corpus."""
    with packaged("schema") as folder:
        release = read_json(folder / file_name("release"))
    text = {"type": "string", "minLength": 1}
    document = {"properties": {"split": text}, "$defs": {"documentId": text}}
    annotation = {"properties": {"annotator": text}, "$defs": {"id": text}}
    dialect = {"$schema": release["$schema"]}
    return SchemaValidator(
        {
            "release": release,
            "document": {"$id": "urn:dateline:document", **dialect, **document},
            "annotation": {"$id": "urn:dateline:annotation", **dialect, **annotation},
        },
        "release",
    )


def hashed_file(corpus: Corpus, path: Path) -> HashedFile:
    """A file of the corpus with its present hash."""
    return HashedFile(path=corpus.relative(path), sha256=sha256(read_bytes(path)))
