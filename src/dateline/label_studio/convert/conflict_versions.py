"""Versions of relations that a curator chooses with a key, because drawing them needs the mouse.

The mark of a conflict has, for each version, what it changes in the rows that the curator starts
from. Reading the result makes these changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from dateline.label_studio.config.controls import CONFLICT_CHANGES, CONFLICT_VERSION
from dateline.label_studio.result_rows import Row, Rows, relation_row, strings, text_of, value_of
from dateline.model import Struct

_Key = tuple[str, ...]
"""Source, target and label of a relation; or the id of a region and the control of its row."""


class RowChange(Struct, frozen=True):
    """What a version removes from the rows, and adds to them."""

    removed: tuple[_Key, ...]
    added: tuple[Row, ...]

    @property
    def is_on_relations(self) -> bool:
        """Whether relations are changed."""
        return any(len(key) == 3 for key in (*self.removed, *map(_key, self.added)))


def change_between(rows: Rows, others: Rows) -> RowChange:
    """What makes the rows the others."""
    before, after = ({_key(row): row for row in _single(some)} for some in (rows, others))
    return RowChange(
        removed=tuple(key for key in before if before[key] != after.get(key)),
        added=tuple(row for key, row in after.items() if row != before.get(key)),
    )


def written(versions: Mapping[str, RowChange]) -> str:
    """The versions as text, for a field of the page that nobody sees."""
    return msgspec.json.encode(versions).decode()


def chosen_versions(rows: Rows) -> Mapping[str, RowChange | None]:
    """The version that was chosen at marks, by the id of the mark; None if it has no such one."""
    offered = {_id(row): row for row in rows if row.get("from_name") == CONFLICT_CHANGES}
    return {
        _id(row): _version(offered.get(_id(row), {}), choice)
        for row in rows
        if row.get("from_name") == CONFLICT_VERSION
        for choice in strings(value_of(row).get("choices"))
    }


def with_chosen_versions(rows: Rows) -> Rows:
    """The rows as the chosen versions have them; relations whose ends were deleted are left out."""
    changes = [change for change in chosen_versions(rows).values() if change is not None]
    if not changes:
        return rows
    removed = {key for change in changes for key in change.removed}
    found = {_key(row): row for row in _single(rows) if _key(row) not in removed}
    added = {_key(row): row for change in changes for row in change.added}
    rows = [*found.values(), *added.values()]
    places = {_id(row) for row in rows if row.get("type") == "labels"}
    ends = {key: key[:2] if len(key) == 3 else key[:1] for key in added}
    return [
        *(row for key, row in found.items() if key not in added),
        *(row for key, row in added.items() if places.issuperset(ends[key])),
    ]


def _version(row: Row, choice: str) -> RowChange | None:
    try:
        return msgspec.json.decode(text_of(row), type=dict[str, RowChange]).get(choice)
    except msgspec.MsgspecError:
        return None


def _single(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, those of relations with several labels as one for each label."""
    for row in rows:
        labels = strings(row.get("labels", []))
        if row.get("type") == "relation" and labels:
            ends = str(row.get("from_id")), str(row.get("to_id"))
            yield from (relation_row(*ends, [label], row.get("direction")) for label in labels)
        else:
            yield row


def _key(row: Row) -> _Key:
    if row.get("type") == "relation":
        return str(row.get("from_id")), str(row.get("to_id")), "".join(strings(row.get("labels")))
    return _id(row), str(row.get("from_name"))


def _id(row: Row) -> str:
    return str(row.get("id"))
