"""Read sidecar files: ``seeds/<id>.toml``, with title, language, source and rights of a seed.

``seeds/seeds.toml`` has the same fields except the title, for all seeds whose own file has none.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dateline.corpus.unread_files import SEED_DEFAULTS
from dateline.dates import parse_date
from dateline.errors import InvalidInputError
from dateline.files.reading import MalformedError, decode_toml
from dateline.ingest.seeds import read_regular_file
from dateline.model import Rights, Source
from dateline.ontology.schemas import Schema, part_of
from dateline.text import escaped

# What a field must be, by table and field; fields of the file itself are under "".
FIELDS: Mapping[str, Mapping[str, str]] = {
    "": {"title": "a string", "language": 'a string such as "en"'},
    "source": {
        "publisher": "a string",
        "url": 'a string such as "https://example.org/article"',
        "published": "a date such as 2025-04-28",
    },
    "rights": {
        "license": 'a string such as "CC-BY-4.0"',
        "holder": "a string",
        "redistribute_text": "true or false",
    },
}


def read_metadata(root: Path, path: Path, schema: Schema) -> dict[str, Any]:
    """Title, language, source and rights of a document, as fields of `Document`.

    Fields that neither file has are None, or the defaults that the document schema has for
    rights. Types and dates are checked, and other rules of the schema are not. Raises
    InvalidInputError, whose message starts with the name of the sidecar.
    """
    defaults, sidecar = _read(root, path.with_name(SEED_DEFAULTS)), _read(root, path)
    if "title" in defaults:
        raise InvalidInputError(
            f'{SEED_DEFAULTS}: "title" is for one seed; move it to {path.name}.'
        )
    source, rights = (
        {**defaults.get(table, {}), **sidecar.get(table, {})} for table in ("source", "rights")
    )
    return {
        "title": sidecar.get("title"),
        "language": sidecar.get("language", defaults.get("language")),
        "source": Source(**{field: source.get(field) for field in FIELDS["source"]}),
        "rights": Rights(
            license=rights.get("license", _default(schema, "license")),
            holder=rights.get("holder"),
            redistribute_text=rights.get(
                "redistribute_text", _default(schema, "redistribute_text")
            ),
        ),
    }


def _read(root: Path, path: Path) -> Mapping[str, Any]:
    try:
        content = read_regular_file(root, path)
        if content is None:
            return {}
        tables = decode_toml(content)
    except MalformedError as error:
        quote = f": {json.dumps(error.quote, ensure_ascii=False)}" if error.quote else ""
        raise InvalidInputError(
            f"{path.name}: {error.problem}{quote}. Fix it, or remove the file."
        ) from None
    except InvalidInputError as error:
        raise InvalidInputError(f"{path.name}: {error}") from None
    return _checked(path.name, tables)


def _checked(file: str, tables: Mapping[str, Any]) -> Mapping[str, Any]:
    allowed = [*FIELDS[""], *(table for table in FIELDS if table)]
    found: dict[str, Any] = {}
    for key, value in tables.items():
        if key not in allowed:
            raise InvalidInputError(
                f"{file}: {_shown(key)} is unknown. Allowed: {', '.join(allowed)}."
            )
        if key in FIELDS[""]:
            found[key] = _value(file, key, value, FIELDS[""][key])
            continue
        if not isinstance(value, dict):
            raise InvalidInputError(f'{file}: "{key}" must be a table; write it as [{key}].')
        for field in value:
            if field not in FIELDS[key]:
                raise InvalidInputError(
                    f"{file}: {_shown(f'{key}.{field}')} is unknown. "
                    f"Allowed: {', '.join(FIELDS[key])}."
                )
        found[key] = {
            field: _value(file, f"{key}.{field}", value[field], FIELDS[key][field])
            for field in value
        }
    return found


def _value(file: str, key: str, value: object, expected: str) -> object:
    """The value, a date as text. Raises InvalidInputError where it is not what is expected."""
    if expected == "true or false":
        fits = isinstance(value, bool)
    elif expected.startswith("a date"):
        day = _day(value)
        if day is not None:
            return day
        fits = False
    else:
        fits = isinstance(value, str)
    if not fits:
        raise InvalidInputError(f'{file}: "{key}" is {_shown(value)}, expected {expected}.')
    if isinstance(value, str) and any(unicodedata.category(c) == "Cc" for c in value):
        raise InvalidInputError(
            f'{file}: "{key}" is {_shown(value)}, which has a line break or another control '
            "character; remove it."
        )
    return value


def _day(value: object) -> str | None:
    """A date in ISO 8601, as YYYY-MM-DD; None if it is not one, or is not in the calendar."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return parse_date(value).isoformat() if isinstance(value, str) else None
    except InvalidInputError:
        return None


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = text if len(text) <= 60 else f"{text[:59]}…"
    return escaped(text)


def _default(schema: Schema, field: str) -> Any:
    return part_of(schema, "properties", "rights", "properties", field)["default"]
