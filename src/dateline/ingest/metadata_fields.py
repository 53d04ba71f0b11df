"""The fields of a seed's metadata: their names, and what their values must be.

Names are those of the files: ``title``, ``source.url``, and ``meta.KEY`` for the keys that the
document schema of the corpus declares.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple

from dateline.corpus.languages import language_tag
from dateline.dates import parse_date
from dateline.errors import InvalidInputError
from dateline.files.reading import MalformedError, converted
from dateline.model import GoldChange, MetaValue
from dateline.ontology.schemas import (
    Schema,
    contrast_kinds,
    meta_declarations,
    resolve,
    split_shares,
)
from dateline.rendering.listing import listed
from dateline.text import escaped

Kind = Literal["text", "day", "boolean", "number", "integer", "label", "language", "changes"]

Value = MetaValue | tuple[GoldChange, ...]
"""The value of a field; only `CHANGES` has several."""

CHANGES = "contrast.changes"
"""The field with what the gold of a contrast changes."""


class Field(NamedTuple):
    """What a value must be, in code and in words; ``labels`` are the values of a label."""

    kind: Kind
    expected: str
    labels: tuple[str, ...] = ()


_TEXT = Field("text", "a string")
_DAY = Field("day", "a date such as 2025-04-28")
_BOOLEAN = Field("boolean", "true or false")
_BY_TYPE = {
    "string": _TEXT,
    "boolean": _BOOLEAN,
    "number": Field("number", "a number"),
    "integer": Field("integer", "a whole number"),
}
_FIELDS: Mapping[str, Field] = {
    "title": _TEXT,
    "language": Field("language", 'a BCP 47 tag such as "en" or "zh-Hant"'),
    "date": _DAY,
    "split": _TEXT,
    "group": _TEXT,
    "duplicate": _BOOLEAN,
    "source.publisher": _TEXT,
    "source.url": Field("text", 'a string such as "https://example.org/article"'),
    "source.published": _DAY,
    "rights.license": Field("text", 'a string such as "CC-BY-4.0"'),
    "rights.holder": _TEXT,
    "rights.redistribute_text": _BOOLEAN,
    "contrast.of": _TEXT,
    CHANGES: Field("changes", "tables [[contrast.changes]]"),
}
TABLES = ("source", "rights", "meta", "contrast")
"""The fields with a dot in their names are in these tables."""


def fields_of(schemas: Mapping[str, Schema]) -> Mapping[str, Field]:
    """All fields by name, for a corpus with these schemas."""
    keys = meta_declarations(schemas)
    kinds = contrast_kinds(schemas)
    return {
        **_FIELDS,
        "split": _label(tuple(split_shares(schemas))),
        "contrast.kind": _label(kinds) if kinds else _TEXT,
        **{f"meta.{key}": _declared(schemas["document"], node) for key, node in keys.items()},
    }


def check_name(place: str, name: str, fields: Mapping[str, Field]) -> None:
    """Raise InvalidInputError if there is no such field; ``place`` is named in the message."""
    if name in fields:
        return
    table, dot, _ = name.partition(".")
    if dot and table in TABLES:
        within = [f.removeprefix(f"{table}.") for f in fields if f.startswith(f"{table}.")]
        if table == "meta":
            fix = "Declare it in schema/document.schema.json, at /properties/meta/properties."
            allowed = f"Allowed: {', '.join(within)}. {fix}" if within else fix
        else:
            allowed = f"Allowed: {', '.join(within)}."
    else:
        allowed = f"Allowed: {', '.join([*(f for f in fields if '.' not in f), *TABLES])}."
    raise InvalidInputError(f"{place}: {shown(name)} is unknown. {allowed}")


def checked(place: str, name: str, value: object, field: Field) -> Value:
    """The value, a date as text, a language as BCP 47 has it.

    Raises InvalidInputError where it is not what is expected.
    """
    if field.kind == "changes":
        return _changes(place, value)
    found = _day(value) if field.kind == "day" else value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match field.kind:
        case "boolean":
            fits = isinstance(value, bool)
        case "number":
            fits = is_number and math.isfinite(value)  # type: ignore[arg-type]
        case "integer":
            fits = is_number and isinstance(value, int) and abs(value) < 2**63
        case "label":
            fits = value in field.labels
        case "language":
            found = _language(value)
            fits = found is not None
        case _:
            fits = isinstance(found, str)
    if not fits:
        raise InvalidInputError(f'{place}: "{name}" is {shown(value)}, expected {field.expected}.')
    if isinstance(found, str) and any(unicodedata.category(c) == "Cc" for c in found):
        raise InvalidInputError(
            f'{place}: "{name}" is {shown(value)}, which has a line break or another control '
            "character; remove it."
        )
    assert isinstance(found, str | bool | int | float)  # noqa: S101 (as was checked)
    return found


def parsed(place: str, name: str, text: str, field: Field) -> Value:
    """The value that a cell of a table has. Raises InvalidInputError as `checked` does."""
    value: object = text
    if field.kind == "boolean":
        value = {"true": True, "false": False}.get(text.lower(), text)
    elif field.kind in ("number", "integer"):
        number = number_in(text)
        value = text if number is None else number
    return checked(place, name, value, field)


def number_in(text: str) -> int | float | None:
    """The number that a text is, an integer if it has no fraction; None without a finite number."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def shown(value: object) -> str:
    """A value as it may be quoted in a message."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = text if len(text) <= 60 else f"{text[:59]}…"
    return escaped(text)


def _declared(schema: Schema, node: Schema) -> Field:
    if "oneOf" in node:
        return _label(tuple(resolve(schema, entry)["const"] for entry in node["oneOf"]))
    if "enum" in node:
        return _label(tuple(node["enum"]))
    return _BY_TYPE[node["type"]]


def _changes(place: str, value: object) -> tuple[GoldChange, ...]:
    try:
        return converted(value, tuple[GoldChange, ...])
    except MalformedError as error:
        raise InvalidInputError(f'{place}: "{CHANGES}": {error.problem}.') from None


def _label(names: tuple[str, ...]) -> Field:
    return Field("label", f"one of: {', '.join(listed(names, 10))}", names)


def _language(value: object) -> str | None:
    try:
        return language_tag(value) if isinstance(value, str) else None
    except InvalidInputError:
        return None


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
