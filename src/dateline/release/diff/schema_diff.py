"""Compares two versions of a corpus's schemas.

A new label, field or allowed type is an addition. Any other change, except of titles, colors and
the like, may change the meaning of existing data.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dateline.json_pointer import pointer_of
from dateline.ontology.derived_schemas import DERIVED
from dateline.ontology.former_format import upgraded_schemas
from dateline.ontology.reading import read_ontology
from dateline.ontology.schemas import REQUIRED, Schema, format_version
from dateline.release.diff.changes import Action, Change, FieldChange

_WORDS = frozenset({"title", "description", "examples", "default", "$comment", "$schema"})
_BINDING = frozenset({"x-fillers", REQUIRED, "x-share"})
"""Keywords of this project that restrict the data; the others are for people and tools."""

_NAMED = frozenset({"properties", "$defs"})
_ALTERNATIVES = frozenset({"oneOf", "anyOf"})
_SETS = frozenset({"enum", "type", "x-fillers"})
_KEYWORDS = frozenset({"$ref", "const", "items", *_NAMED, *_ALTERNATIVES, *_SETS})

_FORMAT = "annotation/properties/schema_version"

Path = tuple[str, ...]


def schema_changes(before: Mapping[str, Schema], after: Mapping[str, Schema]) -> Iterator[Change]:
    """Changes between schemas, given by name; the id of a change is a JSON Pointer.

    Schemas that follow from the ontology are not compared. Another version of the format is one
    change, and what follows from it is none.
    """
    if before and after:
        yield from _format_change(before, after)
        before, after = upgraded_schemas(before), upgraded_schemas(after)
    for name in sorted({*before, *after} - {*DERIVED}):
        if name not in before or name not in after:
            yield _change("added" if name in after else "removed", (name,))
        else:
            yield from _compared(before[name], after[name], (name,))
    if before and after and before != after:
        yield from _class_labels(before, after)


def format_change(changes: Iterable[Change]) -> FieldChange | None:
    """The versions of the format before and after, if it is one of these changes."""
    for change in changes:
        if (change.kind, change.id) == ("schema", _FORMAT):
            return change.fields[0]
    return None


def is_wording(keyword: str) -> bool:
    """Whether a keyword is for people and tools, and does not restrict the data."""
    return keyword in _WORDS or (keyword.startswith("x-") and keyword not in _BINDING)


def _format_change(before: Mapping[str, Schema], after: Mapping[str, Schema]) -> Iterator[Change]:
    former, present = format_version(before), format_version(after)
    if former != present:
        field = FieldChange(field="const", before=former, after=present)
        yield _change("changed", tuple(_FORMAT.split("/")), (field,))


def _compared(before: Mapping[str, Any], after: Mapping[str, Any], path: Path) -> Iterator[Change]:
    if _is_group(before) and _is_group(after):
        yield from _grown(before, after, path)
        return
    fields = []
    for key in {**before, **after}:
        old, new, place = before.get(key), after.get(key), (*path, key)
        if old == new:
            continue
        if key in _NAMED:
            yield from _grown(old or {}, new or {}, place)
        elif key in _ALTERNATIVES and isinstance(old, list) and isinstance(new, list):
            yield from _grown(_by_name(old), _by_name(new), place)
        elif key in _SETS and old is not None and new is not None:
            yield from _grown(dict.fromkeys(_names(old)), dict.fromkeys(_names(new)), place)
        elif isinstance(old, dict) and isinstance(new, dict) and not is_wording(key):
            yield from _compared(old, new, place)
        else:
            fields.append(FieldChange(field=key, before=old, after=new))
    if fields:
        yield _change("changed", path, tuple(fields))


def _grown(before: Mapping[str, Any], after: Mapping[str, Any], path: Path) -> Iterator[Change]:
    for name in {**before, **after}:
        if name not in after:
            yield _change("removed", (*path, name))
        elif name not in before:
            yield _change("added", (*path, name))
        elif isinstance(before[name], dict) and isinstance(after[name], dict):
            yield from _compared(before[name], after[name], (*path, name))
        elif before[name] != after[name]:
            value = FieldChange(field=name, before=before[name], after=after[name])
            yield _change("changed", path, (value,))


def _class_labels(before: Mapping[str, Schema], after: Mapping[str, Schema]) -> Iterator[Change]:
    """ClassLabel columns in which a number stands for another label than before."""
    old = _numbered({**after, **before})
    for column, labels in _numbered({**before, **after}).items():
        former = old.get(column, ())
        if tuple(labels[: len(former)]) != tuple(former):
            order = FieldChange(field="order of labels", before=former, after=labels)
            yield _change("changed", ("dataset", *column), (order,))


def _numbered(schemas: Mapping[str, Schema]) -> dict[tuple[str, str], Sequence[str]]:
    ontology = read_ontology(schemas)
    labels: dict[tuple[str, str], Sequence[str]] = {
        ("entities", "ner_tags"): ontology.labels_of("entities"),
        ("claims", "act"): ontology.labels_of("claims"),
    }
    for attribute in ontology.attributes_of("claims"):
        if attribute.required:
            labels["claims", f"attributes.{attribute.name}"] = attribute.value_names
    return {column: names for column, names in labels.items() if names}


def _is_group(node: Any) -> bool:
    """Whether a node is a mapping from names to schemas, not a schema."""
    return (
        isinstance(node, dict)
        and bool(node)
        and all(isinstance(value, dict) for value in node.values())
        and not node.keys() & _KEYWORDS
    )


def _by_name(entries: Sequence[Any]) -> dict[str, Any]:
    return {_entry_name(entry): entry for entry in entries}


def _entry_name(entry: Any) -> str:
    """The name of an alternative: its constant, or the target of its reference."""
    if isinstance(entry, dict):
        kind = entry.get("properties", {}).get("type", {})
        for holder, key in ((entry, "const"), (kind, "const"), (entry, "$ref")):
            if isinstance(holder, dict) and key in holder:
                return str(holder[key])
    return json.dumps(entry, sort_keys=True)


def _names(value: Any) -> list[str]:
    return [str(name) for name in (value if isinstance(value, list) else [value])]


def _change(action: Action, path: Path, fields: tuple[FieldChange, ...] = ()) -> Change:
    schema, *place = path
    return Change(
        kind="schema",
        action=action,
        document="",
        annotator="",
        id=f"{schema}{pointer_of(place)}",
        quote="",
        fields=fields,
    )
