"""References within and between the schema files of a corpus: checks and resolves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dateline.files.reading import DEPTH
from dateline.json_pointer import pointer_of
from dateline.ontology.schemas import Schema
from dateline.text import whole_number

LARGEST = 200_000
"""Values that a schema may have once its references are resolved."""

DATA = ("const", "enum", "examples", "default")
"""Keywords whose values are not schemas."""

Place = tuple[str | int, ...]
"""The steps from the root of a schema to a part of it."""

_BASES = {"$schema", "$id", "$anchor", "$dynamicRef", "$dynamicAnchor"}
"""Keywords that change what a reference means, or what is retrieved from where."""


def bad_references(schemas: Mapping[str, Schema], name: str) -> Iterator[str]:
    """References to elsewhere, to nothing, and in a circle."""
    # How many references follow each other from a place that has been visited.
    finished: dict[tuple[str, str], int] = {}
    open_: list[tuple[str, str]] = []

    depths = [0]

    def visit(file: str, node: Any, path: Place) -> Iterator[str]:
        if isinstance(node, dict):
            for key in _BASES & node.keys() if path else ():
                if isinstance(node[key], str):
                    yield f"{pointer_of((*path, key))}: only the file as a whole can have {key}"
            reference = node.get("$ref")
            if isinstance(reference, str) and path[-1:] != ("properties",):
                yield from follow(file, reference, path)
            for key, item in node.items():
                if key not in DATA:
                    yield from visit(file, item, (*path, key))
        elif isinstance(node, list):
            for position, item in enumerate(node):
                yield from visit(file, item, (*path, position))

    def follow(file: str, reference: str, path: Place) -> Iterator[str]:
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


def resolved(schema: Schema) -> Any:
    """The schema with all references within it replaced by what they refer to.

    Raises OverflowError if it would have more than `LARGEST` values.
    """
    return _Resolver(schema).resolved(schema)


def original_pointer(schema: Schema, path: Place) -> str:
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
            key: item if key in DATA else self.resolved(item)
            for key, item in node.items()
            if key != "$ref"
        }
        if target is not None and isinstance(target[2], dict):
            found = {**self.resolved(target[2]), **found}
        return found


def _is_local(node: Mapping[str, Any]) -> bool:
    reference = node.get("$ref")
    return isinstance(reference, str) and reference.startswith("#")
