"""Read sidecar files: ``seeds/<id>.toml``, with title, language, source and rights of a seed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dateline.errors import InvalidInputError
from dateline.model import Rights, Source
from dateline.ontology.schemas import Schema

KEYS = ("title", "language", "source", "rights")
SECTIONS = {"source": Source.__struct_fields__, "rights": Rights.__struct_fields__}


def read_metadata(path: Path, schema: Schema) -> dict[str, Any]:
    """Title, language, source and rights of a document, as fields of `Document`.

    Fields that the sidecar does not have are None, or the defaults that the document schema has for
    rights. Values are not checked against the schema. Raises InvalidInputError.
    """
    sidecar = _read(path)
    source, rights = sidecar.get("source", {}), sidecar.get("rights", {})
    return {
        "title": sidecar.get("title"),
        "language": sidecar.get("language"),
        "source": Source(**{field: source.get(field) for field in SECTIONS["source"]}),
        "rights": Rights(
            license=rights.get("license", _default(schema, "license")),
            holder=rights.get("holder"),
            redistribute_text=rights.get(
                "redistribute_text", _default(schema, "redistribute_text")
            ),
        ),
    }


def _read(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        sidecar = tomllib.loads(path.read_bytes().decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path.name}: is not TOML in UTF-8: {error}.") from None
    _check_keys(path, sidecar)
    published = sidecar.get("source", {}).get("published")
    if isinstance(published, date):
        day = published.date() if isinstance(published, datetime) else published
        sidecar["source"]["published"] = day.isoformat()
    return sidecar


def _check_keys(path: Path, sidecar: Mapping[str, Any]) -> None:
    for key, value in sidecar.items():
        if key not in KEYS:
            raise InvalidInputError(f'{path.name}: "{key}" is unknown. Allowed: {", ".join(KEYS)}.')
        if key in SECTIONS:
            if not isinstance(value, dict):
                raise InvalidInputError(
                    f'{path.name}: "{key}" must be a table; write it as [{key}].'
                )
            for field in value:
                if field not in SECTIONS[key]:
                    raise InvalidInputError(
                        f'{path.name}: "{key}.{field}" is unknown. '
                        f"Allowed: {', '.join(SECTIONS[key])}."
                    )


def _default(schema: Schema, field: str) -> Any:
    return schema["properties"]["rights"]["properties"][field]["default"]
