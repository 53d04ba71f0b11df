"""Brings a corpus to the present format, and its derived schemas in line with its ontology.

Format 1.0 had the same layers in every corpus. Nothing is lost: ids, waivers, logs and results of
Label Studio stay as they are. A corpus of the present format is unchanged, unless its ontology
declares other layers than before.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from dateline.annotations.former_format import upgraded_annotation
from dateline.corpus.former_format import upgraded_document
from dateline.corpus.store import Corpus, canonical_json, file_name, schema_json
from dateline.errors import InvalidInputError
from dateline.files.names import inside
from dateline.files.reading import MalformedError, converted, decode_json, read_bytes, read_json
from dateline.files.writing import sha256, write_together
from dateline.model import FORMER_VERSION, Annotation, Document, Struct, canonical
from dateline.ontology.derived_schemas import DERIVED, derived_schemas
from dateline.ontology.format import check_schemas
from dateline.ontology.former_format import SETTINGS, set_part, upgraded_schemas
from dateline.ontology.schemas import Schema, format_version

T = TypeVar("T", bound=msgspec.Struct)

_WRITTEN = {
    "annotation": "346a2633d6aea6ee8197b5314a56329e9847ba84d8e2703452e5933e0368d56e",
    "prediction": "46afb2d8d4380b8affc28bf933a019742d475c064b762e25b71a5f15403602b6",
    "document": "034f3ef8d1a545a10119b19cdb469376c5b4005d6ada5493d4d35688cd5d43b3",
    "release": "804049db4943ad96fb0564ff61586b92e9f1ed4072e5563bbfc34f295bdc34a1",
}
"""SHA-256 of the schemas that ``dateline init`` wrote in format 1.0, settings aside."""


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
    wanted: dict[Path, bytes] = {}
    schemas: Mapping[str, Schema] = {
        name: _read_schema(corpus, name) for name in (*_WRITTEN, "ontology")
    }
    is_former = format_version(schemas) == FORMER_VERSION
    if is_former:
        if not replace_schemas:
            _refuse_changes(schemas)
        schemas = upgraded_schemas(schemas)
    schemas = {**schemas, **derived_schemas(schemas["ontology"])}
    check_schemas(schemas)
    for name in schemas if is_former else DERIVED:
        wanted[corpus.root / "schema" / file_name(name)] = schema_json(schemas[name])
    if is_former:
        for name in corpus.document_ids():
            path = inside(corpus.root, corpus.document_path(name))
            wanted[path] = canonical_json(_read(path, Document, upgraded_document))
        for path in corpus.annotation_paths():
            annotation = _read(inside(corpus.root, path), Annotation, upgraded_annotation)
            wanted[path] = canonical_json(canonical(annotation))
    before = {path: path.read_bytes() if path.is_file() else None for path in wanted}
    return Migration(
        files={
            path: (before[path], content)
            for path, content in wanted.items()
            if before[path] != content
        }
    )


def _refuse_changes(schemas: Mapping[str, Schema]) -> None:
    for name, written in _WRITTEN.items():
        if _fingerprint(name, schemas[name]) != written:
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


def _read_schema(corpus: Corpus, name: str) -> Schema:
    schema = read_json(corpus.root / "schema" / file_name(name))
    if not isinstance(schema, dict):
        raise InvalidInputError(f"schema/{file_name(name)}: expected an object.")
    return schema


def _read(path: Path, kind: type[T], upgrade: Callable[[Any], Any]) -> T:
    try:
        return converted(upgrade(decode_json(read_bytes(path))), kind)
    except MalformedError as error:
        raise InvalidInputError(
            f"{path}: {error.problem}. Nothing was changed. Fix the file, or restore it from "
            "version control."
        ) from None
