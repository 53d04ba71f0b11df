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
from dateline.files.reading import DEPTH
from dateline.json_pointer import pointer_of
from dateline.model import FORMER_VERSION
from dateline.ontology.derived_schemas import DERIVED, derived_schemas
from dateline.ontology.patterns import searcher
from dateline.ontology.schemas import Schema, format_version
from dateline.rendering.listing import listed
from dateline.text import whole_number

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

FORMATS = ("ontology", "document")
SHOWN = 20
"""Problems that a message lists."""
LARGEST = 200_000
"""Values that a schema may have once its references are resolved."""

_Path = tuple[str | int, ...]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BASES = {"$schema", "$id", "$anchor", "$dynamicRef", "$dynamicAnchor"}
"""Keywords that change what a reference means, or what is retrieved from where."""
_DATA = ("const", "enum", "examples", "default")
"""Keywords whose values are not schemas."""


def check_schemas(schemas: Mapping[str, Schema]) -> None:
    """Check the schemas of a corpus, given by name ("ontology", "document" and so on).

    Raises InvalidInputError naming file, JSON Pointer, value and fix of every problem of the first
    schema that has any.
    """
    if "annotation" in schemas:
        _refuse_other_layers(schemas)
    for name in schemas:
        problems = dict.fromkeys(_problems(schemas, name))
        if problems:
            shown = "\n".join(f"  {line}" for line in listed(problems, SHOWN))
            raise InvalidInputError(
                f"schema/{name}.schema.json: cannot be used:\n{shown}\n"
                "Compare it with the file that `dateline init` writes."
            )


def _refuse_other_layers(schemas: Mapping[str, Schema]) -> None:
    if format_version(schemas) == FORMER_VERSION:
        raise InvalidInputError(
            f"schema/annotation.schema.json: the corpus has the format {FORMER_VERSION}. Run "
            "`dateline migrate --dry-run` to see what changes, and `dateline migrate`."
        )
    wanted = derived_schemas(schemas["ontology"])
    for name in DERIVED:
        if _without_comments(schemas[name]) != _without_comments(wanted[name]):
            raise InvalidInputError(
                f"schema/{name}.schema.json: does not fit the layers that schema/"
                "ontology.schema.json declares. Run `dateline migrate`, which writes it anew from "
                "the ontology."
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
        or [*_bad_references(schemas, name), *_bad_patterns(schema, ())]
        or (list(_not_in_format(schemas, name)) if name in FORMATS else [])
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


def _bad_patterns(node: Any, path: _Path) -> Iterator[str]:
    if isinstance(node, dict):
        patterns = node.get("x-boilerplate", [])
        for pattern in (node.get("pattern"), *(patterns if isinstance(patterns, list) else [])):
            if isinstance(pattern, str):
                try:
                    searcher(pattern)
                except InvalidInputError as error:
                    yield f"{pointer_of(path)}: {error}"
        for key, item in node.items():
            if key not in _DATA:
                yield from _bad_patterns(item, (*path, key))
    elif isinstance(node, list):
        for position, item in enumerate(node):
            yield from _bad_patterns(item, (*path, position))


def _bad_references(schemas: Mapping[str, Schema], name: str) -> Iterator[str]:
    """References to elsewhere, to nothing, and in a circle."""
    # How many references follow each other from a place that has been visited.
    finished: dict[tuple[str, str], int] = {}
    open_: list[tuple[str, str]] = []

    depths = [0]

    def visit(file: str, node: Any, path: _Path) -> Iterator[str]:
        if isinstance(node, dict):
            for key in _BASES & node.keys() if path else ():
                if isinstance(node[key], str):
                    yield f"{pointer_of((*path, key))}: only the file as a whole can have {key}"
            reference = node.get("$ref")
            if isinstance(reference, str) and path[-1:] != ("properties",):
                yield from follow(file, reference, path)
            for key, item in node.items():
                if key not in _DATA:
                    yield from visit(file, item, (*path, key))
        elif isinstance(node, list):
            for position, item in enumerate(node):
                yield from visit(file, item, (*path, position))

    def follow(file: str, reference: str, path: _Path) -> Iterator[str]:
        place = pointer_of((*path, "$ref"))
        target = _target(schemas, file, reference)
        if target is None:
            yield f"{place}: {reference!r} is not a place in one of the corpus's schemas"
            return
        where, pointer, node = target
        if (where, pointer) in open_:
            yield f"{place}: {reference!r} is a circular reference"
        elif (where, pointer) in finished:
            depths[-1] = max(depths[-1], finished[where, pointer] + 1)
        elif len(open_) < DEPTH:
            open_.append((where, pointer))
            depths.append(0)
            # What is wrong in another file is reported with that file.
            found = visit(where, node, tuple(pointer.split("/")[1:]))
            yield from (problem for problem in found if where == name)
            finished[open_.pop()] = depth = depths.pop()
            depths[-1] = max(depths[-1], depth + 1)
        else:
            depths[-1] = DEPTH
        if depths[-1] >= DEPTH:
            yield f"{place}: more than {DEPTH} references follow each other"

    yield from visit(name, schemas[name], ())


def _target(
    schemas: Mapping[str, Schema], file: str, reference: str
) -> tuple[str, str, Any] | None:
    """File, JSON Pointer and content of what a reference points to; None if it is nothing here."""
    address, _, pointer = reference.partition("#")
    if address:
        file = address.removeprefix("urn:dateline:")
        if not address.startswith("urn:dateline:") or file not in schemas:
            return None
    if pointer and not pointer.startswith("/"):
        return None
    node: Any = schemas[file]
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict) and step in node:
            node = node[step]
        elif isinstance(node, list):
            position = whole_number(step)
            if position is None or position >= len(node):
                return None
            node = node[position]
        else:
            return None
    return file, pointer, node


def _not_in_format(schemas: Mapping[str, Schema], name: str) -> Iterator[str]:
    try:
        resolved = _Resolver(schemas[name]).resolved(schemas[name])
    except OverflowError:
        yield f"/: has more than {LARGEST:,} values once its references are resolved"
        return
    if _fast_validator(name).is_valid(resolved):
        return
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (only to explain)

    for error in Draft202012Validator(format_schema(name)).iter_errors(resolved):
        path = tuple(error.absolute_path)
        label = _label_at(resolved, path)
        subject = f" ({label})" if label else ""
        yield f"{_original_pointer(schemas[name], path) or '/'}{subject}: {_wording(error)}"


class _Resolver:
    """Resolves the references within one schema, up to a size."""

    def __init__(self, schema: Schema) -> None:
        self._schemas = {"": schema}
        self._left = LARGEST

    def resolved(self, node: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise OverflowError
        if isinstance(node, list):
            return [self.resolved(item) for item in node]
        if not isinstance(node, dict):
            return node
        target = _target(self._schemas, "", node["$ref"]) if _is_local(node) else None
        found = {
            key: item if key in _DATA else self.resolved(item)
            for key, item in node.items()
            if key != "$ref"
        }
        if target is not None and isinstance(target[2], dict):
            found = {**self.resolved(target[2]), **found}
        return found


def _is_local(node: Mapping[str, Any]) -> bool:
    reference = node.get("$ref")
    return isinstance(reference, str) and reference.startswith("#")


def _original_pointer(schema: Schema, path: _Path) -> str:
    """Where in the file a place of the resolved schema is written."""
    node: Any = schema
    pointer = ""
    for step in path:
        while isinstance(node, dict) and step not in node and _is_local(node):
            target = _target({"": schema}, "", node["$ref"])
            if target is None:
                break
            _, pointer, node = target
        pointer += pointer_of((step,))
        node = node[step]
    return pointer


def _label_at(resolved: Any, path: _Path) -> str:
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
        expected = expected.get("properties", {}).get(missing, {})
        message = f'"{missing}" is missing'
    elif error.validator == "type":
        kinds: Any = error.validator_value
        wanted = kinds if isinstance(kinds, str) else " or ".join(kinds)
        message = f"is {_shown(error.instance)}, expected {wanted}"
    elif error.validator == "const":
        message = f"is {_shown(error.instance)}, expected {_shown(error.validator_value)}"
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
    return f"{message}. {hint}".rstrip() if isinstance(hint, str) else message


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
