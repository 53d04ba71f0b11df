"""Rename labels in the ontology's schema; the old name is kept as a former name."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dateline.errors import InvalidInputError, NotFoundError
from dateline.json_pointer import resolve_pointer
from dateline.model import Struct
from dateline.ontology.schemas import (
    ITEM_DEFINITIONS,
    LABEL_DEFINITIONS,
    REQUIRED,
    UNLABELLED,
    Schema,
)
from dateline.rendering.suggestions import most_similar

_LABELLED: Mapping[str, str] = {
    "mention": "entity",
    "entity": "entity",
    "relation": "relation",
    "event": "event",
    "claim": "act",
}
"""The kind of the labels of items, by definition of the item."""

Kinds = Mapping[str, list[tuple[Any, Any]]]
"""By kind of label: each entry, and the part of it that has the name as ``const``."""


class LabelRename(Struct, frozen=True):
    """A new name for a label; ``kind`` may be None if only one kind has a label of this name."""

    kind: str | None
    old: str
    new: str


def parse_rename(text: str) -> LabelRename:
    """Parse ``KIND:OLD=NEW`` or ``OLD=NEW``. Raises InvalidInputError."""
    names, equals, new = text.partition("=")
    kind, colon, old = names.partition(":")
    if not colon:
        kind, old = "", names
    if not equals or not old or not new or old == new:
        raise InvalidInputError(
            f'"{text}": expected OLD=NEW or KIND:OLD=NEW, with two different names.'
        )
    return LabelRename(kind=kind or None, old=old, new=new)


def rename_in_schema(schema: Schema, renames: Iterable[LabelRename]) -> Schema:
    """A copy of the ontology's schema with labels renamed wherever they occur.

    A label that already has its new name stays as it is. Raises NotFoundError for a label that
    does not exist, and InvalidInputError for a name that is ambiguous or already in use.
    """
    changed = copy.deepcopy(dict(schema))
    for rename in renames:
        _rename(changed, rename)
    return changed


def _rename(schema: dict[str, Any], rename: LabelRename) -> None:
    kinds = _kinds(schema)
    if rename.kind is not None and rename.kind not in kinds:
        raise InvalidInputError(
            f'"{rename.kind}" is not a kind of label. Allowed: {", ".join(kinds)}.'
        )
    found = [
        kind
        for kind, entries in kinds.items()
        if rename.kind in (None, kind)
        and any(holder.get("const") == rename.old for _, holder in entries)
    ]
    if not found and any(
        holder.get("const") == rename.new and rename.old in entry.get("x-formerly", ())
        for kind, entries in kinds.items()
        if rename.kind in (None, kind)
        for entry, holder in entries
    ):
        return
    if not found:
        what = f"{rename.kind} label" if rename.kind else "label"
        names = (
            str(holder.get("const"))
            for kind, entries in kinds.items()
            if rename.kind in (None, kind)
            for _, holder in entries
        )
        similar = most_similar(rename.old, names)
        guess = f'Did you mean "{similar}"? ' if similar else ""
        raise NotFoundError(
            f'schema/ontology.schema.json: there is no {what} "{rename.old}". {guess}`dateline '
            "ontology` shows all labels."
        )
    if len(found) > 1:
        choices = " or ".join(f"{kind}:{rename.old}={rename.new}" for kind in found)
        raise InvalidInputError(f'"{rename.old}" is ambiguous; write {choices}.')
    if any(holder.get("const") == rename.new for _, holder in kinds[found[0]]):
        raise InvalidInputError(
            f'"{rename.new}" is already a label. To merge two labels, remove one from the ontology '
            "by hand, and add its name to x-formerly of the other."
        )
    for entry, holder in kinds[found[0]]:
        if holder.get("const") == rename.old:
            holder["const"] = rename.new
            # A former name that becomes the current name again is not a former name any more.
            former = [n for n in entry.get("x-formerly", ()) if n not in (rename.old, rename.new)]
            entry["x-formerly"] = [*former, rename.old]
    _rename_references(schema, kinds, found[0], rename)


def _rename_references(
    schema: dict[str, Any], kinds: Kinds, kind: str, rename: LabelRename
) -> None:
    """Rename a label of a kind wherever another part of the schema names it."""

    def renamed(name: str) -> str:
        return rename.new if name == rename.old else name

    for holder, key in _references(schema, kinds, kind):
        if isinstance(named := holder.get(key, []), list):
            named[:] = map(renamed, named)
        else:
            holder[key] = {renamed(name): value for name, value in named.items()}
        if key == "x-then" and key in holder:
            holder[key] = {name: renamed(value) for name, value in holder[key].items()}


def _references(schema: dict[str, Any], kinds: Kinds, kind: str) -> Iterator[tuple[Any, str]]:
    """The parts of the schema that may name labels of a kind, and the key that names them."""
    for entry, _ in kinds[kind]:
        yield from ((entry, key) for key in ("x-neighbours", "x-excludes", "x-then"))
    if kind == "entity":
        for role, _ in kinds["role"]:
            yield from ((role, key) for key in ("x-fillers", *UNLABELLED))
        for relation, _ in kinds.get("relation", ()):
            yield from ((relation, key) for key in ("x-source", "x-target"))
    if kind == "claimer":
        yield _follow(schema, schema["$defs"].get("factuality", {})), REQUIRED
    if kind == "role":
        yield from ((relation, "x-from-roles") for relation, _ in kinds.get("eventRelation", ()))
    for item, labels in _LABELLED.items():
        if labels == kind:
            attributes = _attributes(schema, schema["$defs"].get(item, {}))
            yield from ((attribute, "x-labels") for attribute in attributes.values())


def _kinds(schema: dict[str, Any]) -> Kinds:
    definitions = schema["$defs"]
    events = [_follow(schema, entry) for entry in definitions.get("event", {}).get("oneOf", ())]
    roles: dict[int, Any] = {}
    for event in events:
        arguments = event["properties"]["arguments"]["items"]["properties"]
        for role in _entries(schema, arguments["role"]):
            roles[id(role)] = role
    lists = {
        **{
            kind: definitions[item]["properties"][field]
            for kind, item, field in (
                ("entity", "mention", "type"),
                ("relation", "relation", "type"),
                ("act", "claim", "act"),
            )
            if item in definitions
        },
        **{name: definitions[name] for name in LABEL_DEFINITIONS.values() if name in definitions},
        **{
            f"{item}.{name}": node
            for item in ITEM_DEFINITIONS
            for name, attribute in _attributes(schema, definitions.get(item, {})).items()
            # Those of other kinds have nothing to rename.
            if "oneOf" in _follow(schema, node := attribute.get("items", attribute))
        },
    }
    return {
        **{kind: [(e, e) for e in _entries(schema, node)] for kind, node in lists.items()},
        "event": [(event, event["properties"]["type"]) for event in events],
        "role": [(role, role) for role in roles.values()],
    }


def _attributes(schema: dict[str, Any], item: Any) -> dict[str, Any]:
    """Attributes of an item by name."""
    attributes = _follow(schema, item.get("properties", {}).get("attributes", {}))
    nodes = attributes.get("properties", {})
    return {name: _follow(schema, node) for name, node in nodes.items()}


def _entries(schema: dict[str, Any], node: Any) -> list[Any]:
    return [_follow(schema, entry) for entry in _follow(schema, node)["oneOf"]]


def _follow(schema: dict[str, Any], node: Any) -> Any:
    """The node itself that this one refers to, not a copy, so that it can be changed."""
    while node.get("$ref", "").startswith("#/"):
        node = resolve_pointer(schema, node["$ref"][1:])
    return node
