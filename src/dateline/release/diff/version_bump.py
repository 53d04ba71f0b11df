"""The version bump that changes require, by the rules of Croissant 1.1.

A patch has the same data, reformatted or described better. A minor version adds data and leaves
existing data unchanged. A major version changes or removes data, or has it in other columns, as
another version of the format does.
"""

from __future__ import annotations

from collections.abc import Iterable

from dateline.model import Struct
from dateline.release.diff.changes import Change, FieldChange
from dateline.release.diff.schema_diff import is_wording
from dateline.release.version import Level

UNPUBLISHED = frozenset(
    {
        *("provenance.created", "provenance.updated", "provenance.label_studio"),
        *("provenance.guidelines", "provenance.note", "schema_version", "seed.file", "split_given"),
        "contrast.changes",
    }
)
"""Fields of files that are not columns of the dataset, so readers see no difference."""

DATA_SCHEMAS = frozenset({"ontology", "document", "annotation", "dataset"})
"""Schemas of the data; other schemas describe predictions and releases."""


class Bump(Struct, frozen=True):
    """The lowest level that changes allow, and the changes that require it."""

    level: Level
    because: tuple[Change, ...]


def least_bump(changes: Iterable[Change]) -> Bump:
    """The lowest level that these changes allow; a patch without changes."""
    by_level: dict[Level, list[Change]] = {level: [] for level in Level}
    for change in changes:
        by_level[level_of(change)].append(change)
    level = max((level for level, found in by_level.items() if found), default=Level.PATCH)
    return Bump(level=level, because=tuple(by_level[level]))


def level_of(change: Change) -> Level:
    """The lowest level that this change allows."""
    match change.kind:
        case "retired id":
            # The removal of the item is a change of its own.
            return Level.PATCH
        case "schema" if change.id.partition("/")[0] not in DATA_SCHEMAS:
            return Level.PATCH
    match change.action:
        case "added":
            return Level.MINOR
        case "removed":
            return Level.MAJOR
    return max(_level_of_field(change, field) for field in change.fields)


def _level_of_field(change: Change, field: FieldChange) -> Level:
    if is_wording(field.field) if change.kind == "schema" else _is_unpublished(field.field):
        return Level.PATCH
    if change.kind == "annotation" and _is_added(field):
        return Level.MINOR
    return Level.MAJOR


def _is_unpublished(name: str) -> bool:
    return any(name == field or name.startswith(f"{field}.") for field in UNPUBLISHED)


def _is_added(field: FieldChange) -> bool:
    """Whether an annotation has more than before: another layer, or attribute of the document."""
    if field.field == "layers":
        return {*field.before} <= {*field.after}
    return field.field.startswith("attributes.") and field.before is None
