"""Ids of regions: every row gets ids that an annotation may use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from dateline.label_studio.convert.problems import ResultProblem, quoted
from dateline.label_studio.result_rows import Row, Rows, strings, value_of
from dateline.rendering.listing import listed

ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
"""Ids that an annotation may use."""
MAX_LENGTH = 64

_FIELDS = ("id", "from_id", "to_id")
_SHOWN = 5


def mint(name: str, taken: set[str]) -> str:
    """The name, cut to the length of an id and numbered until it is new; adds it to ``taken``."""
    new, number = name[:MAX_LENGTH], 1
    while new in taken:
        number += 1
        end = f"_{number}"
        new = name[: MAX_LENGTH - len(end)] + end
    taken.add(new)
    return new


def with_ids(rows: Rows) -> tuple[Rows, list[ResultProblem]]:
    """The rows with ids that an annotation may use, and a note on ids that were replaced.

    An integer becomes its text. A labelled region without an id gets one, which a choice or text
    without an id at the same place has too. The same rows always get the same ids.
    """
    given = {name for row in rows for field in _FIELDS if (name := _text(row.get(field)))}
    taken: set[str] = set()
    new_names = renamed(given, taken)
    at_place: dict[str, dict[str, str]] = {}
    for row in rows:
        if row.get("type") == "labels" and not _text(row.get("id")):
            same_place = at_place.setdefault(_place(row), {})
            labels = f"{row.get('from_name')} {strings(value_of(row).get('labels'))}"
            if labels not in same_place:
                same_place[labels] = mint(_place(row) or "r", taken)
    named = [_named(row, new_names, at_place) for row in rows]
    return named, list(note_on(new_names, "regions"))


def renamed(names: Iterable[str], taken: set[str]) -> dict[str, str]:
    """The names that are not ids, with new ones; adds all names to ``taken``."""
    names = set(names)
    taken |= {name for name in names if ID.fullmatch(name)}
    return {
        name: mint(re.sub(r"[^A-Za-z0-9_.-]", "_", name), taken)
        for name in sorted(names)
        if not ID.fullmatch(name)
    }


def note_on(new_names: Mapping[str, str], what: str) -> Iterator[ResultProblem]:
    """A note on new ids, if there are any."""
    if new_names:
        changes = ", ".join(
            listed((f"{quoted(old)} is {new}" for old, new in new_names.items()), _SHOWN)
        )
        message = (
            f'some ids of {what} are not up to 64 letters, digits, ".", "_" and "-" and were '
            f"replaced: {changes}"
        )
        yield ResultProblem(region="", message=message, repaired=True)


def _named(row: Row, new_names: dict[str, str], at_place: dict[str, dict[str, str]]) -> Row:
    ids = {field: _text(row.get(field)) for field in _FIELDS if field in row}
    ids = {field: new_names.get(name, name) for field, name in ids.items()}
    if not ids.get("id") and row.get("type") != "relation":
        same_place = at_place.get(_place(row), {})
        if row.get("type") == "labels":
            labels = f"{row.get('from_name')} {strings(value_of(row).get('labels'))}"
            ids["id"] = same_place[labels]
        elif len(same_place) == 1:
            (ids["id"],) = same_place.values()
    return {**row, **ids}


def _place(row: Row) -> str:
    """The offsets of a region as an id, empty if they are not integers."""
    value = value_of(row)
    offsets = (value.get("start"), value.get("end"))
    return "r{}-{}".format(*offsets) if all(type(offset) is int for offset in offsets) else ""


def _text(given: object) -> str:
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    return given if isinstance(given, str) else ""
