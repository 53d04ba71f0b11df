"""What files are valid, judged by other libraries than the ones that the package uses."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import jsonschema
from jsonschema.validators import extend
from referencing import Registry, Resource

from ..corpora import SCHEMA

NAMES = ("ontology", "document", "annotation", "prediction", "release")


def strict_json(content: bytes) -> Any:
    """The value of JSON text. Raises ValueError for what RFC 8259 and I-JSON do not allow."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in items}) < len(items):
            raise ValueError("a key is repeated")
        return dict(items)

    def constant(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    text = content.decode("utf-8")
    if text.startswith("\ufeff"):
        raise ValueError("byte order mark")
    value = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    json.dumps(value, ensure_ascii=False).encode("utf-8")  # no half of a surrogate pair
    return value


def is_json(content: bytes) -> bool:
    try:
        strict_json(content)
    except (ValueError, RecursionError):
        return False
    return True


@cache
def _validator(name: str) -> Any:
    paths = {n: SCHEMA / f"{n}.schema.json" for n in NAMES}
    schemas = {n: json.loads(path.read_bytes()) for n, path in paths.items()}
    resources = [(s["$id"], Resource.from_contents(s)) for s in schemas.values()]

    def pattern(_validator: object, wanted: str, value: object, _schema: object) -> Iterator[Any]:
        # "$" of ECMA-262 is the end; Python's also matches before a last line break.
        if isinstance(value, str) and not re.search(wanted.replace("$", r"\Z"), value):
            yield jsonschema.ValidationError(f"{value!r} does not match {wanted}")

    kind = extend(jsonschema.Draft202012Validator, {"pattern": pattern})
    return kind(schemas[name], registry=Registry().with_resources(resources))


def schema_problem(name: str, content: bytes) -> str | None:
    """Why the content is not JSON of this schema; None if it is."""
    try:
        value = strict_json(content)
    except (ValueError, RecursionError) as error:
        return f"is not JSON: {error}"
    error = next(_validator(name).iter_errors(value), None)
    return f"{error.json_path}: {error.message}"[:200] if error else None


def document_problem(content: bytes) -> str | None:
    problem = schema_problem("document", content)
    if problem:
        return problem
    document = strict_json(content)
    text = document["text"]
    if hashlib.sha256(text.encode()).hexdigest() != document["text_sha256"]:
        return "text_sha256 is not that of the text"
    for day in (document["source"].get("published"), document.get("date")):
        if day is not None and not _is_day(day):
            return f"{day}: no such day"
    for field in ("sentences", "tokens"):
        position = 0
        for start, end in document[field]:
            if not position <= start < end <= len(text):
                return f"{field}: {start}, {end}"
            position = end
    return None


def annotation_problem(content: bytes, text: str) -> str | None:
    problem = schema_problem("annotation", content)
    if problem:
        return problem
    annotation = strict_json(content)
    if annotation["text_sha256"] != hashlib.sha256(text.encode()).hexdigest():
        return "text_sha256 is that of another text"
    items = [i for field in ("mentions", "entities", "events", "claims") for i in annotation[field]]
    if len({item["id"] for item in items}) < len(items):
        return "an id is repeated"
    return quote_problem(annotation, text)


def quote_problem(value: Any, text: str) -> str | None:
    """A span in the value, at any depth, whose quote is not at its offsets."""
    level = [value]
    while level:
        node = level.pop()
        if isinstance(node, Mapping) and {"start", "end", "text"} <= node.keys():
            # In JSON Schema, 3.0 is an integer.
            start, end = int(node["start"]), int(node["end"])
            if text[start:end] != node["text"]:
                return f"{start}, {end}: is not {node['text']!r}"
        children = node.values() if isinstance(node, Mapping) else node
        level.extend(child for child in children if isinstance(child, dict | list))
    return None


def sidecar_problem(content: bytes) -> str | None:
    try:
        tables = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return f"is not TOML: {error}"
    fields = {"source": {"publisher", "url", "published"}, "rights": {"license", "holder"}}
    for key, value in tables.items():
        if key in fields:
            if not isinstance(value, dict):
                return f"{key} must be a table"
            for field, inner in value.items():
                if field == "redistribute_text" and key == "rights":
                    fits = isinstance(inner, bool)
                elif field == "published" and key == "source":
                    fits = isinstance(inner, date) or (isinstance(inner, str) and _is_day(inner))
                else:
                    fits = field in fields[key] and isinstance(inner, str)
                if not fits:
                    return f"{key}.{field} must not be a {type(inner).__name__}"
        elif not _is_field(key, value):
            return f"{key} must not be {value!r}"
    return None


def _is_field(name: str, value: object) -> bool:
    if name == "date":
        return isinstance(value, date) or (isinstance(value, str) and _is_day(value))
    if name == "duplicate":
        return isinstance(value, bool)
    if name == "split":
        return value in ("train", "validation", "test")
    return name in ("title", "language", "group") and isinstance(value, str) and value != ""


def table_problem(content: bytes) -> str | None:
    """Why the content is not a table of metadata as it must be."""
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
        header, *rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if any(row)
        ]
    except (ValueError, csv.Error) as error:
        return f"is not CSV: {error}"
    if "seed" not in header or len({*header}) < len(header):
        return "columns"
    for row in rows:
        if len(row) != len(header):
            return "cells"
        seed, values = "", {}
        for name, cell in zip(header, row, strict=True):
            if name == "seed":
                seed = cell
            elif cell:
                values[name] = (
                    {"true": True, "false": False}.get(cell.lower(), cell)
                    if name == "duplicate"
                    else cell
                )
        if seed not in ("fuzz", "fuzz.txt", "summit", "summit.txt"):
            return f"no seed {seed!r}"
        if seed.startswith("fuzz"):
            for name, value in values.items():
                if not _is_field(name, value):
                    return f"{name}: {value!r}"
    return None


def seed_problem(content: bytes) -> str | None:
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        return str(error)
    return "NUL" if "\0" in text else None if text.strip() else "empty"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
