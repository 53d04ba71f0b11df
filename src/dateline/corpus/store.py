"""The corpus on disk: find, read and write its files.

A corpus is a folder that contains ``schema/``, ``seeds/``, ``corpus/`` and ``annotations/``. JSON
is written in a canonical form, so that equal content gives equal bytes and a changed mention is one
changed line. Files are replaced atomically.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.names import inside
from dateline.files.reading import MalformedError, decode_json_as, read_bytes, read_json
from dateline.files.writing import write_if_changed
from dateline.model import Annotation, Document, canonical
from dateline.ontology.format import check_schemas
from dateline.ontology.labels import Ontology
from dateline.ontology.reading import read_ontology
from dateline.ontology.schemas import SCHEMA_NAMES, Schema

T = TypeVar("T")


class Corpus:
    """A corpus folder and its files."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    @property
    def seeds(self) -> Path:
        """Folder of the seed texts."""
        return self.root / "seeds"

    @property
    def documents(self) -> Path:
        """Folder of the documents."""
        return self.root / "corpus"

    @property
    def annotations(self) -> Path:
        """Folder of the annotations, with a subfolder for each annotator."""
        return self.root / "annotations"

    @cached_property
    def schemas(self) -> Mapping[str, Schema]:
        """The schemas by name. Raises NotFoundError or InvalidInputError."""
        check_schemas(self.unchecked_schemas)
        return self.unchecked_schemas

    @cached_property
    def unchecked_schemas(self) -> Mapping[str, Schema]:
        """The schemas by name, of any format. Raises NotFoundError or InvalidInputError."""
        return {name: _read_schema(self.root / "schema" / file_name(name)) for name in SCHEMA_NAMES}

    @cached_property
    def ontology(self) -> Ontology:
        """The labels that the schemas define. Raises NotFoundError or InvalidInputError."""
        return read_ontology(self.schemas)

    def document_path(self, document: str) -> Path:
        """Path of a document, by its id."""
        return self.documents / f"{document}.json"

    def annotation_path(self, annotator: str, document: str) -> Path:
        """Path of an annotator's annotation of a document."""
        return self.annotations / annotator / f"{document}.json"

    def document_ids(self) -> list[str]:
        """Ids of all documents, sorted. Raises InvalidInputError for a link out of the corpus."""
        return sorted(path.stem for path in inside(self.root, self.documents).glob("*.json"))

    def annotators(self) -> list[str]:
        """Annotators who have annotated any document, sorted.

        A folder that is a link out of the corpus is among them, so that nobody overlooks it.
        """
        return sorted(
            folder.name
            for folder in self._annotator_folders()
            if self.is_elsewhere(folder) or any(True for _ in folder.glob("*.json"))
        )

    def annotators_of(self, document: str) -> list[str]:
        """Annotators who have annotated this document, sorted."""
        name = f"{document}.json"
        folders = self._annotator_folders()
        return sorted(f.name for f in folders if not self.is_elsewhere(f) and (f / name).exists())

    def annotation_paths(self) -> list[Path]:
        """Paths of all annotations, sorted, without those in links out of the corpus."""
        folders = [f for f in self._annotator_folders() if not self.is_elsewhere(f)]
        return sorted(path for folder in folders for path in folder.glob("*.json"))

    def read_document(self, document: str) -> Document:
        """Read a document. Raises NotFoundError or InvalidInputError."""
        return read_struct(inside(self.root, self.document_path(document)), Document)

    def read_annotation(self, annotator: str, document: str) -> Annotation:
        """Read an annotation. Raises NotFoundError or InvalidInputError."""
        path = inside(self.root, self.annotation_path(annotator, document))
        return read_struct(path, Annotation)

    def write_document(self, document: Document) -> bool:
        """Write a document in canonical form; True if the file changed."""
        path = inside(self.root, self.document_path(document.id))
        return write_if_changed(path, canonical_json(document))

    def write_annotation(self, annotation: Annotation) -> bool:
        """Write an annotation in canonical order and form; True if the file changed."""
        path = self.annotation_path(annotation.annotator, annotation.document)
        inside(self.root, path)
        return write_if_changed(path, canonical_json(canonical(annotation)))

    def relative(self, path: Path) -> str:
        """The path relative to the corpus root, if it is inside; with forward slashes."""
        with contextlib.suppress(ValueError):
            return path.relative_to(self.root).as_posix()
        return path.as_posix()

    def is_elsewhere(self, folder: Path) -> bool:
        """Whether a folder is a link out of the corpus or to nothing, which is not followed."""
        if not folder.is_symlink() or folder.is_file():
            return False
        try:
            return not inside(self.root, folder).exists()
        except InvalidInputError:
            return True

    def _annotator_folders(self) -> list[Path]:
        folders = inside(self.root, self.annotations).glob("*")
        return [folder for folder in folders if self.is_elsewhere(folder) or folder.is_dir()]


def file_name(schema: str) -> str:
    """File name of a schema in ``schema/``."""
    return f"{schema}.schema.json"


def read_struct(path: Path, kind: type[T]) -> T:
    """Read a JSON file into a struct. Raises NotFoundError or InvalidInputError."""
    try:
        return decode_json_as(read_bytes(path), kind)
    except MalformedError as error:
        raise InvalidInputError(
            f"{path}: {error.problem}. Run `dateline validate` for a list of all errors."
        ) from None


def canonical_json(value: msgspec.Struct | Mapping[str, Any]) -> bytes:
    """Canonical JSON: a line for each field, and for each object in a list.

    Lists of ranges are on one line. UTF-8, without escapes, with a final line feed.
    """
    fields = msgspec.json.decode(msgspec.json.encode(value), type=dict[str, msgspec.Raw])
    lines = [msgspec.json.encode(key) + b": " + _field(raw) for key, raw in fields.items()]
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


def schema_json(schema: Schema) -> bytes:
    """A schema as a file: indented by two spaces, in the order of its keys."""
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


def _read_schema(path: Path) -> Schema:
    try:
        schema = read_json(path)
    except NotFoundError:
        raise NotFoundError(
            f"{path.parents[1]}: is not a corpus, because it has no schema/{path.name}. Name the "
            "folder of a corpus with `dateline --root DIR`, or create one with `dateline init DIR`."
        ) from None
    name = path.name.removesuffix(".schema.json")
    if not isinstance(schema, dict) or schema.get("$id") != f"urn:dateline:{name}":
        raise InvalidInputError(
            f'{path}: expected an object with "$id": "urn:dateline:{name}", as in the file that '
            "`dateline init` creates."
        )
    return schema


def _field(value: msgspec.Raw) -> bytes:
    content = bytes(value)
    if not content.startswith(b"[{"):
        return _on_one_line(content)
    items = msgspec.json.decode(content, type=list[msgspec.Raw])
    return b"[\n" + b",\n".join(b"  " + _on_one_line(bytes(item)) for item in items) + b"\n]"


def _on_one_line(content: bytes) -> bytes:
    return msgspec.json.format(content, indent=0)
