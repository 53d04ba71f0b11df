"""Gives a label of the ontology's schema another name, and keeps the old one as a former name."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

from dateline.errors import DatelineError
from dateline.json_pointer import resolve_pointer
from dateline.model import Struct
from dateline.ontology.schemas import Schema


class NewName(Struct, frozen=True):
    """A label's new name; ``kind`` is None where only one kind of label has the old one."""

    kind: str | None
    old: str
    new: str


def parse_new_name(text: str) -> NewName:
    """A new name written as ``KIND:OLD=NEW`` or ``OLD=NEW``.

    Raises DatelineError where it is neither.
    """
    names, equals, new = text.partition("=")
    kind, colon, old = names.partition(":")
    if not colon:
        kind, old = "", names
    if not equals or not old or not new or old == new:
        raise DatelineError(
            f"«{text}»: write it as OLD=NEW or KIND:OLD=NEW, with two names that differ."
        )
    return NewName(kind=kind or None, old=old, new=new)


def with_new_names(schema: Schema, wanted: Iterable[NewName]) -> Schema:
    """The ontology's schema with these labels renamed, in every place that has them.

    Raises DatelineError where a label is not there, or where several kinds of label have the name.
    """
    changed = copy.deepcopy(dict(schema))
    for name in wanted:
        _rename(changed, name)
    return changed


def _rename(schema: dict[str, Any], wanted: NewName) -> None:
    kinds = _kinds(schema)
    if wanted.kind is not None and wanted.kind not in kinds:
        raise DatelineError(f"«{wanted.kind}» is no kind of label; there are {', '.join(kinds)}.")
    written = f"{wanted.old}={wanted.new}"
    found = [
        kind
        for kind, entries in kinds.items()
        if wanted.kind in (None, kind)
        and any(holder.get("const") == wanted.old for _, holder in entries)
    ]
    if not found:
        of = f" of kind {wanted.kind}" if wanted.kind else ""
        raise DatelineError(
            f"«{wanted.old}»: schema/ontology.schema.json has no label{of} of this name; "
            "`dateline ontology` shows all."
        )
    if len(found) > 1:
        choices = " or ".join(f"{kind}:{written}" for kind in found)
        raise DatelineError(f"«{wanted.old}» is the name of several labels; write {choices}.")
    if any(holder.get("const") == wanted.new for _, holder in kinds[found[0]]):
        raise DatelineError(
            f"«{wanted.new}» is a label already. To merge two, remove the one from the ontology by "
            "hand, and put its name into x-formerly of the other."
        )
    for entry, holder in kinds[found[0]]:
        if holder.get("const") == wanted.old:
            holder["const"] = wanted.new
            # A label that gets back the name that it once had does not have it as a former one.
            former = [n for n in entry.get("x-formerly", ()) if n not in (wanted.old, wanted.new)]
            entry["x-formerly"] = [*former, wanted.old]
    for entry, _ in kinds[found[0]]:
        if wanted.old in entry.get("x-neighbours", {}):
            entry["x-neighbours"] = {
                wanted.new if name == wanted.old else name: difference
                for name, difference in entry["x-neighbours"].items()
            }
    if found[0] == "entity":
        for _, role in kinds["role"]:
            role["x-fillers"] = [
                wanted.new if filler == wanted.old else filler for filler in role["x-fillers"]
            ]


def _kinds(schema: dict[str, Any]) -> dict[str, list[tuple[Any, Any]]]:
    """By kind of label: each entry, and the part of it that holds the name."""
    definitions = schema["$defs"]
    events = [_follow(schema, entry) for entry in definitions["event"]["oneOf"]]
    roles: dict[int, Any] = {}
    for event in events:
        arguments = event["properties"]["arguments"]["items"]["properties"]
        for role in _entries(schema, arguments["role"]):
            roles[id(role)] = role
    lists = {
        "entity": definitions["mention"]["properties"]["type"],
        "act": definitions["claim"]["properties"]["act"],
        "claimer": definitions["claimer"],
        "eventRelation": definitions["eventRelation"],
        "claimRelation": definitions["claimRelation"],
        **{
            f"{item}.{name}": node
            for item in ("mention", "event", "claim")
            for name, node in _attributes(schema, definitions[item])
        },
    }
    return {
        **{kind: [(e, e) for e in _entries(schema, node)] for kind, node in lists.items()},
        "event": [(event, event["properties"]["type"]) for event in events],
        "role": [(role, role) for role in roles.values()],
    }


def _attributes(schema: dict[str, Any], item: Any) -> Iterator[tuple[str, Any]]:
    attributes = _follow(schema, item["properties"].get("attributes", {}))
    yield from attributes.get("properties", {}).items()


def _entries(schema: dict[str, Any], node: Any) -> list[Any]:
    return [_follow(schema, entry) for entry in _follow(schema, node)["oneOf"]]


def _follow(schema: dict[str, Any], node: Any) -> Any:
    """The node that this one refers to, itself and no copy, so that it can be changed."""
    while node.get("$ref", "").startswith("#/"):
        node = resolve_pointer(schema, node["$ref"][1:])
    return node
