"""Rows of another labelling page as rows of ours, by a mapping. Pure; rows may be of any shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from dateline.label_studio.convert.regions import Problem, shown
from dateline.label_studio.convert.rows import Rows, mint
from dateline.label_studio.importing.inventory import rows_of, strings, text_of, things
from dateline.label_studio.importing.mapping import LabelMapping, Target, owners
from dateline.label_studio.page.controls import CLAIMER, TEXT
from dateline.model import Struct
from dateline.ontology.labels import Ontology

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Translated(Struct, frozen=True):
    """Rows of our page, what cannot be trusted, and how many rows went with ignored regions."""

    rows: Rows
    problems: tuple[Problem, ...]
    dropped: int


def translate(result: object, text: str, mapping: LabelMapping, ontology: Ontology) -> Translated:
    """The rows that say on our page what the result says on another.

    What the mapping does not know is left out; whoever calls this has looked for that before.
    """
    translator = _Translator(text, mapping, owners(ontology))
    rows = list(rows_of(result))
    for row in rows:
        if row.get("type") == "labels":
            translator.label(row)
    translator.check_objects()
    for row in rows:
        if row.get("type") in ("choices", "textarea"):
            translator.answer(row)
    for row in rows:
        if row.get("type") == "relation":
            translator.relation(row)
    translator.fill_in()
    return Translated(
        rows=translator.rows, problems=tuple(translator.problems), dropped=translator.dropped
    )


class _Translator:
    def __init__(self, text: str, mapping: LabelMapping, owners: Mapping[str, str]) -> None:
        # Where every character is one UTF-16 unit, offsets cannot have been counted otherwise.
        self._ambiguous = any(ord(character) > 0xFFFF for character in text)
        self._mapping = mapping
        self._owners = owners
        self._controls: dict[str, str] = {}
        self._ignored: set[str] = set()
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()
        self._objects: set[str] = set()
        self._said: set[tuple[str, str]] = set()
        self.rows: Rows = []
        self.problems: list[Problem] = []
        self.dropped = 0

    def label(self, row: dict[str, Any]) -> None:
        name, value = self._name(row.get("id")), _object(row.get("value"))
        labels: dict[str, list[str]] = {}
        for target in self._targets(row):
            labels.setdefault(target.control, []).append(target.name)
        if labels:
            self._objects.add(str(row.get("to_name")))
        if not labels or row.get("to_name") != (self._mapping.object or row.get("to_name")):
            self.dropped += bool(labels)
            self._ignored.add(name)
            return
        place = {"start": value.get("start"), "end": value.get("end")}
        if strings(value.get("text")):
            place["text"] = shown(text_of(value))
        elif self._ambiguous:
            message = "has no quoted text, so nobody can tell what its offsets count"
            self.problems.append(Problem(region=name, message=message))
        for control, names in labels.items():
            self._controls.setdefault(name, control)
            self._row(name, control, "labels", {**place, "labels": names})

    def check_objects(self) -> None:
        """Offsets into two texts cannot be told apart unless somebody says which is ours."""
        if self._mapping.object is None and len(self._objects) > 1:
            names = ", ".join(sorted(self._objects))
            message = f"regions of several texts ({names}); name ours in [document] as «object»"
            self.problems.append(Problem(region="", message=message))

    def answer(self, row: dict[str, Any]) -> None:
        name, value = self._name(row.get("id")), _object(row.get("value"))
        if self._is_ignored(name):
            self.dropped += 1
            return
        chosen: dict[str, list[str]] = {}
        for target in self._targets(row, self._controls.get(name)):
            chosen.setdefault(target.control, []).append(target.name)
        for control, names in chosen.items():
            self._said.add((name, control))
            if row.get("type") == "choices":
                self._row(name, control, "choices", {"choices": names})
            else:
                self._row(name, control, "textarea", {"text": value.get("text")})

    def relation(self, row: dict[str, Any]) -> None:
        source, target = self._name(row.get("from_id")), self._name(row.get("to_id"))
        if self._is_ignored(source) or self._is_ignored(target):
            self.dropped += 1
            return
        labels: dict[bool, list[str]] = {}
        for label in self._targets(row):
            labels.setdefault(label.reverse, []).append(label.name)
            if label.name == CLAIMER:
                self._said |= {(source, CLAIMER), (target, CLAIMER)}
        for reverse, names in labels.items():
            ends = (target, source) if reverse else (source, target)
            self.rows.append(
                {
                    "type": "relation",
                    "from_id": ends[0],
                    "to_id": ends[1],
                    "direction": row.get("direction"),
                    "labels": names,
                }
            )

    def fill_in(self) -> None:
        """Give each region the defaults of its controls that it says nothing on."""
        for name, labels in self._controls.items():
            for control, value in self._mapping.defaults.items():
                if self._owners.get(control) == labels and (name, control) not in self._said:
                    self._row(name, control, "choices", {"choices": [value]})

    def _targets(self, row: dict[str, Any], region: str | None = None) -> Iterable[Target]:
        """What a row's things are here; of alternatives, the one that fits the kind of region."""
        for thing in things(row):
            targets = self._mapping.of(thing) or ()
            fitting = [t for t in targets if self._owners.get(t.control) == region]
            if thing.kind == "choice" and len(targets) > 1:
                yield from fitting or targets[:1]
            else:
                yield from targets

    def _is_ignored(self, name: str) -> bool:
        return name in self._ignored and name not in self._controls

    def _row(self, name: str, control: str, kind: str, value: dict[str, Any]) -> None:
        self.rows.append(
            {"id": name, "from_name": control, "to_name": TEXT, "type": kind, "value": value}
        )

    def _name(self, given: object) -> str:
        """The region's id, or one that can serve where that cannot."""
        written = given if isinstance(given, str) else ""
        if written and written not in self._names:
            usable = _ID.fullmatch(written) is not None
            self._names[written] = mint(
                written if usable else f"r{len(self._names) + 1}", self._taken
            )
        return self._names.get(written, "")


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
