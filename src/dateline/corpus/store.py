"""The corpus on disk: find, read and write its files.

A corpus is any folder with this layout: ``schema/``, ``seeds/``, ``corpus/``, ``annotations/``.
JSON is written in one canonical form, so that equal content means equal bytes and a changed
mention is one changed line; files are replaced whole or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TypeVar

import msgspec

from dateline.errors import DatelineError
from dateline.model import Annotation, Document, canonical
from dateline.ontology.labels import Ontology
from dateline.ontology.reading import read_ontology
from dateline.ontology.schemas import SCHEMA_NAMES, Schema

T = TypeVar("T")


class Corpus:
    """A corpus folder and the files in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def seeds(self) -> Path:
        """Where the maintainer drops texts."""
        return self.root / "seeds"

    @property
    def documents(self) -> Path:
        """Where ingested documents lie."""
        return self.root / "corpus"

    @property
    def annotations(self) -> Path:
        """Where annotations lie, a folder for each annotator."""
        return self.root / "annotations"

    @cached_property
    def schemas(self) -> Mapping[str, Schema]:
        """The schema files by name. Raises DatelineError where one is missing or is not JSON."""
        return {name: _read_schema(self.root / "schema" / file_name(name)) for name in SCHEMA_NAMES}

    @cached_property
    def ontology(self) -> Ontology:
        """What the schema files say of labels. Raises DatelineError where they cannot serve."""
        return read_ontology(self.schemas)

    def document_path(self, document: str) -> Path:
        """Where the document of this id lies."""
        return self.documents / f"{document}.json"

    def annotation_path(self, annotator: str, document: str) -> Path:
        """Where an annotator's annotation of a document lies."""
        return self.annotations / annotator / f"{document}.json"

    def document_ids(self) -> list[str]:
        """Ids of all documents, sorted."""
        return sorted(path.stem for path in self.documents.glob("*.json"))

    def annotators(self) -> list[str]:
        """All who have annotated something, sorted."""
        return sorted({path.parent.name for path in self.annotations.glob("*/*.json")})

    def annotators_of(self, document: str) -> list[str]:
        """Those who have annotated this document, sorted."""
        return sorted(path.parent.name for path in self.annotations.glob(f"*/{document}.json"))

    def read_document(self, document: str) -> Document:
        """Read a document. Raises DatelineError where it is missing or malformed."""
        return read_struct(self.document_path(document), Document)

    def read_annotation(self, annotator: str, document: str) -> Annotation:
        """Read an annotation. Raises DatelineError where it is missing or malformed."""
        return read_struct(self.annotation_path(annotator, document), Annotation)

    def write_document(self, document: Document) -> bool:
        """Write a document in canonical form; True if the file changed."""
        return write_if_changed(self.document_path(document.id), canonical_json(document))

    def write_annotation(self, annotation: Annotation) -> bool:
        """Write an annotation in canonical order and form; True if the file changed."""
        path = self.annotation_path(annotation.annotator, annotation.document)
        return write_if_changed(path, canonical_json(canonical(annotation)))

    def relative(self, path: Path) -> str:
        """The path as the user knows it: from the corpus root where it lies below that."""
        with contextlib.suppress(ValueError):
            return path.relative_to(self.root).as_posix()
        return path.as_posix()


def file_name(schema: str) -> str:
    """File name of a schema, below ``schema/``."""
    return f"{schema}.schema.json"


@contextlib.contextmanager
def packaged_schemas() -> Iterator[Path]:
    """The folder of schemas that came with the package, to start a corpus from."""
    packaged = resources.files("dateline") / "schema"
    # An editable installation has no copy in the package: the checkout's own folder serves.
    found = packaged if packaged.is_dir() else Path(__file__).parents[3] / "schema"
    with resources.as_file(found) as folder:
        yield folder


def start_corpus(root: Path) -> None:
    """Write the schemas and the folders of a new corpus.

    Raises DatelineError where schemas are already.
    """
    schema = root / "schema"
    if schema.exists():
        raise DatelineError(
            f"{schema}: is there already, and is not overwritten; choose another folder."
        )
    for folder in ("seeds", "corpus", "annotations"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    write_atomically(root / ".gitignore", b"dist/\n.dist.*/\n.dateline/\n")
    with packaged_schemas() as packaged:
        for name in SCHEMA_NAMES:
            write_atomically(schema / file_name(name), (packaged / file_name(name)).read_bytes())


def read_struct(path: Path, kind: type[T]) -> T:
    """Read a JSON file into a struct.

    Raises DatelineError naming the file, the place and the hint.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        raise DatelineError(f"{path}: there is no such file.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DatelineError(
            f"{path}: {error}. `dateline validate` says everything that is wrong."
        ) from None


def canonical_json(value: msgspec.Struct) -> bytes:
    """The one way that a struct is written: a line for each field, and for each item of a list.

    Lists of ranges stay on one line; UTF-8, not escaped, with a line feed at the end.
    """
    fields = msgspec.json.decode(msgspec.json.encode(value), type=dict[str, msgspec.Raw])
    lines = [msgspec.json.encode(key) + b": " + _field(raw) for key, raw in fields.items()]
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


def sha256(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write the file unless it holds just this already; True if it was written."""
    if path.is_file() and path.read_bytes() == content:
        return False
    write_atomically(path, content)
    return True


def write_atomically(path: Path, content: bytes) -> None:
    """Write to a temporary file beside the path, then replace: readers see old or new, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    written = Path(temporary)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written.chmod(0o644)
        written.replace(path)
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def _read_schema(path: Path) -> Schema:
    try:
        schema = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise DatelineError(
            f"{path}: there is no such file. A corpus needs its five schemas; "
            "`dateline init DIR` writes them, and `--root DIR` says where a corpus lies."
        ) from None
    except ValueError as error:
        raise DatelineError(f"{path}: is not JSON: {error}.") from None
    name = path.name.removesuffix(".schema.json")
    if not isinstance(schema, dict) or schema.get("$id") != f"urn:dateline:{name}":
        raise DatelineError(
            f'{path}: is not the schema of that name; it must be an object with "$id": '
            f'"urn:dateline:{name}", as in the file that `dateline init` writes.'
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
