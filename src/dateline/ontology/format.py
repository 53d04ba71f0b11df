"""Checks the schema files of a corpus before anything trusts them.

They are edited by hand, so each must be a JSON Schema of Draft 2020-12 whose references stay within
the corpus and are not circular. What the package reads from the ontology, and from the settings in
the document schema, must have the format that ``format.schema.json`` describes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from dateline.errors import InvalidInputError
from dateline.json_pointer import pointer_of
from dateline.model import FORMER_VERSION
from dateline.ontology.consistency import inconsistencies
from dateline.ontology.derived_schemas import DERIVED, derived_schema
from dateline.ontology.patterns import searcher
from dateline.ontology.references import (
    DATA,
    LARGEST,
    Place,
    bad_references,
    original_pointer,
    resolved,
)
from dateline.ontology.schemas import Schema, format_version
from dateline.rendering.listing import listed
from dateline.rendering.suggestions import sentences

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

FORMATS = ("ontology", "document")
SHOWN = 20
"""Problems that a message lists."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def check_schemas(schemas: Mapping[str, Schema]) -> None:
    """Check the schemas of a corpus, given by name ("ontology", "document" and so on).

    Raises InvalidInputError naming file, JSON Pointer, value and fix of every problem of the first
    schema that has any.
    """
    if "annotation" in schemas and format_version(schemas) == FORMER_VERSION:
        raise InvalidInputError(
            f"schema/annotation.schema.json: the corpus has the format {FORMER_VERSION}. Run "
            "`dateline migrate --dry-run` to see what changes, and `dateline migrate`."
        )
    for name in sorted(schemas, key=lambda name: name not in FORMATS):
        if name in DERIVED:
            _refuse_other_layers(schemas, name)
        if problems := dict.fromkeys(_problems(schemas, name)):
            shown = "\n".join(f"  {line}" for line in listed(problems, SHOWN))
            raise InvalidInputError(
                f"schema/{name}.schema.json: cannot be used:\n{shown}\n"
                "`dateline docs ontology-format` describes the format."
            )


def _refuse_other_layers(schemas: Mapping[str, Schema], name: str) -> None:
    wanted = derived_schema(name, schemas["ontology"])
    if _without_comments(schemas[name]) != _without_comments(wanted):
        raise InvalidInputError(
            f"schema/{name}.schema.json: does not fit the layers that schema/ontology.schema.json "
            "declares. Run `dateline migrate`, which derives it from the ontology."
        )


def _without_comments(node: Any, *, named: bool = False) -> Any:
    """A schema without what only people read; ``named`` are the members of properties."""
    if isinstance(node, list):
        return [_without_comments(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_comments(item, named=key in ("properties", "$defs") and not named)
        for key, item in node.items()
        if named or key not in ("title", "description", "examples")
    }


def format_schema(name: str) -> Schema:
    """The format of a schema file that a corpus may change, as a JSON Schema."""
    return {"$ref": f"#/$defs/{name}", "$defs": _formats()["$defs"]}


def _problems(schemas: Mapping[str, Schema], name: str) -> list[str]:
    # Each check needs what the one before it has found to be right.
    schema = schemas[name]
    return (
        list(_not_json_schema(schema))
        or [*bad_references(schemas, name), *_bad_patterns(schema, ())]
        or (list(_not_in_format(schema, name)) if name in FORMATS else [])
        or (list(_inconsistent(schema)) if name == "ontology" else [])
    )


def _not_json_schema(schema: Schema) -> Iterator[str]:
    dialect = schema.get("$schema", _DIALECT)
    if dialect != _DIALECT:
        yield f"/$schema: is {_shown(dialect)}, expected {_shown(_DIALECT)}"
    if _draft().is_valid(schema):
        return
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (only to explain)

    errors = list(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema))
    for error in errors:
        yield f"{pointer_of(error.absolute_path) or '/'}: {_wording(error)}"
    if not errors:
        yield "/: is not a JSON Schema of Draft 2020-12"


def _bad_patterns(node: Any, path: Place) -> Iterator[str]:
    if isinstance(node, dict):
        patterns = node.get("x-boilerplate", [])
        for pattern in (node.get("pattern"), *(patterns if isinstance(patterns, list) else [])):
            if isinstance(pattern, str):
                try:
                    searcher(pattern)
                except InvalidInputError as error:
                    yield f"{pointer_of(path)}: {error}"
        for key, item in node.items():
            if key not in DATA:
                yield from _bad_patterns(item, (*path, key))
    elif isinstance(node, list):
        for position, item in enumerate(node):
            yield from _bad_patterns(item, (*path, position))


def _inconsistent(schema: Schema) -> Iterator[str]:
    for place, problem in inconsistencies(resolved(schema)):
        end = "" if problem.endswith("?") else "."
        yield f"{original_pointer(schema, place)}: {problem}{end}"


def _not_in_format(schema: Schema, name: str) -> Iterator[str]:
    try:
        whole = resolved(schema)
    except OverflowError:
        yield f"/: has more than {LARGEST:,} values once its references are resolved"
        return
    if _fast_validator(name).is_valid(whole):
        return
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (only to explain)

    for error in Draft202012Validator(format_schema(name)).iter_errors(whole):
        path = tuple(error.absolute_path)
        label = _label_at(whole, path)
        subject = f" ({label})" if label else ""
        yield f"{original_pointer(schema, path) or '/'}{subject}: {_wording(error)}"


def _label_at(resolved: Any, path: Place) -> str:
    """The name of the innermost label around a place, for people."""
    name, node = "", resolved
    for step in (None, *path):
        node = node if step is None else node[step]
        if isinstance(node, dict):
            kind = node.get("properties")
            kind = kind.get("type") if isinstance(kind, dict) else None
            named = node.get("const", kind.get("const") if isinstance(kind, dict) else None)
            name = named if isinstance(named, str) else name
    return name


def _wording(error: ValidationError) -> str:
    """What is wrong, and the fix, which the format gives as the description of what it expects."""
    expected: Any = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "required":
        required: Any = error.validator_value
        instance: Any = error.instance
        missing = next(name for name in required if name not in instance)
        expected = _expected_of(expected, missing) or expected
        message = f'"{missing}" is missing'
    elif error.validator == "type":
        kinds: Any = error.validator_value
        wanted = kinds if isinstance(kinds, str) else " or ".join(kinds)
        message = f"is {_shown(error.instance)}, expected {wanted}"
    elif error.validator == "const":
        message = f"is {_shown(error.instance)}, expected {_shown(error.validator_value)}"
    elif error.validator == "enum":
        choices: Any = error.validator_value
        message = f"is {_shown(error.instance)}, expected one of {', '.join(map(str, choices))}"
    elif error.validator == "anyOf" and any(inner.validator == "enum" for inner in error.context):
        return next(_wording(inner) for inner in error.context if inner.validator == "enum")
    elif error.validator == "pattern":
        message = f"is {_shown(error.instance)}, which does not fit"
    elif error.validator in ("minLength", "minItems"):
        message = "is empty"
    elif error.validator == "uniqueItems":
        message = "has a duplicate"
    else:
        message = (
            f"{_shown(error.instance)}: {error.message}"
            if len(error.message) < 200
            else (f"is {_shown(error.instance)}, which does not fit")
        )
    hint = expected.get("description", "") if isinstance(expected, dict) else ""
    return sentences(message, hint) if isinstance(hint, str) else message


def _expected_of(expected: Any, name: str) -> Any:
    """What the format expects of a property, following references; None if it does not say."""
    while isinstance(expected, dict):
        if name in (properties := expected.get("properties", {})):
            return properties[name]
        expected = _formats()["$defs"].get(expected.get("$ref", "").rpartition("/")[2])
    return None


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 60 else f"{text[:60]}…"


@cache
def _draft() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": _DIALECT})


@cache
def _formats() -> dict[str, Any]:
    file = resources.files("dateline.ontology") / "format.schema.json"
    formats: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return formats


@cache
def _fast_validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(dict(format_schema(name)))
