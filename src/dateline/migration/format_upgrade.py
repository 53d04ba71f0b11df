"""Brings a corpus to the present format, and its derived schemas in line with its ontology.

Format 1.0 had the same layers in every corpus. Nothing is lost: ids, waivers, logs and results of
Label Studio stay as they are. A corpus of the present format is unchanged, unless its ontology
declares other layers than before, or files of the former format were added to it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from dateline.annotations.former_format import upgraded_annotation
from dateline.corpus.former_format import upgraded_document
from dateline.corpus.store import Corpus, canonical_json, file_name, schema_json
from dateline.errors import InvalidInputError
from dateline.files.names import inside
from dateline.files.reading import MalformedError, converted, decode_json, read_bytes
from dateline.files.writing import sha256, write_together
from dateline.model import FORMER_VERSION, Annotation, Document, Struct, canonical
from dateline.ontology.derived_schemas import DERIVED, derived_schemas
from dateline.ontology.format import FORMATS, check_schemas
from dateline.ontology.former_format import SETTINGS, declaring_entities, set_part, upgraded_schemas
from dateline.ontology.schemas import SCHEMA_NAMES, Schema, format_version

T = TypeVar("T", bound=msgspec.Struct)

_WRITTEN = {
    "annotation": {
        "f68a607f285d82bcd39742aa4551cff9c9c8300f56dd5e5c83f532aa4a733d67",
        "f3b6150838c69acbf1e20fcbcc2804b375c98f6f5fcef03b8f47846bc4805d22",
        "346a2633d6aea6ee8197b5314a56329e9847ba84d8e2703452e5933e0368d56e",
    },
    "prediction": {
        "3e353614ed75c30f8710afb4b3904b5bcc51f5a1169dd7c8cbcf82e33ad8ef37",
        "46afb2d8d4380b8affc28bf933a019742d475c064b762e25b71a5f15403602b6",
    },
    "document": {"034f3ef8d1a545a10119b19cdb469376c5b4005d6ada5493d4d35688cd5d43b3"},
    "release": {
        "cf42135daec785e718d0e39eef84ce0efd9843e006fb64e80b51826d67c3e21e",
        "804049db4943ad96fb0564ff61586b92e9f1ed4072e5563bbfc34f295bdc34a1",
    },
}
"""SHA-256 of the schemas that ``dateline init`` has written in format 1.0, settings aside."""


class Migration(Struct, frozen=True):
    """The files that a migration changes: content before, None if there is none, and after."""

    files: Mapping[Path, tuple[bytes | None, bytes]]

    def write(self, corpus: Corpus) -> None:
        """Write the files, all or none. Call it while holding `locked`."""
        if self.files:
            write_together(corpus.root, {path: new for path, (_, new) in self.files.items()})


def plan_migration(corpus: Corpus, *, replace_schemas: bool = False) -> Migration:
    """What is to be changed to bring a corpus to the present format.

    Raises InvalidInputError for a file that cannot be read, and for a schema that somebody has
    changed although it is none to change, unless ``replace_schemas``; NotFoundError if the folder
    is not a corpus.
    """
    wanted = {
        corpus.root / "schema" / file_name(name): schema_json(schema)
        for name, schema in _schemas(corpus, replace_schemas=replace_schemas).items()
    }
    for name in corpus.document_ids():
        path = inside(corpus.root, corpus.document_path(name))
        if document := _upgraded(path, Document, upgraded_document):
            wanted[path] = canonical_json(document)
    for path in corpus.annotation_paths():
        if annotation := _upgraded(inside(corpus.root, path), Annotation, upgraded_annotation):
            wanted[path] = canonical_json(canonical(annotation))
    before = {path: path.read_bytes() if path.is_file() else None for path in wanted}
    return Migration(
        files={
            path: (before[path], content)
            for path, content in wanted.items()
            if before[path] != content
        }
    )


def _schemas(corpus: Corpus, *, replace_schemas: bool) -> Mapping[str, Schema]:
    """The schemas to write: all in the place of those of format 1.0, else those that derive."""
    schemas = corpus.unchecked_schemas
    is_former = format_version(schemas) == FORMER_VERSION
    ontology = schemas["ontology"]
    ontology = declaring_entities(ontology) if is_former else ontology
    check_schemas({**{name: schemas[name] for name in FORMATS}, "ontology": ontology})
    written: Iterable[str] = DERIVED
    if is_former:
        if not replace_schemas:
            _refuse_changes(schemas)
        schemas = upgraded_schemas(schemas)
        written = SCHEMA_NAMES
    else:
        schemas = {**schemas, **derived_schemas(ontology)}
    check_schemas(schemas)
    return {name: schemas[name] for name in written}


def _refuse_changes(schemas: Mapping[str, Schema]) -> None:
    for name, written in _WRITTEN.items():
        if _fingerprint(name, schemas[name]) not in written:
            raise InvalidInputError(
                f"schema/{file_name(name)}: differs from what `dateline init` wrote, apart from "
                "settings, and would be replaced. Compare it with version control; if the change "
                "is not needed any more, run `dateline migrate --replace-schemas`."
            )


def _fingerprint(name: str, schema: Schema) -> str:
    bare = copy.deepcopy(dict(schema))
    for place in SETTINGS if name == "document" else ():
        set_part(bare, place, None)
    return sha256(msgspec.json.encode(bare, order="sorted"))


def _upgraded(path: Path, kind: type[T], upgrade: Callable[[Any], Any]) -> T | None:
    """The content of a file in the present format; None if it has that format."""
    try:
        value = decode_json(read_bytes(path))
        upgraded = upgrade(value)
        return None if upgraded is value else converted(upgraded, kind)
    except MalformedError as error:
        raise InvalidInputError(
            f"{path}: {error.problem}. Nothing was changed. Fix the file, or restore it from "
            "version control."
        ) from None
