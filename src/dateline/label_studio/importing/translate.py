"""Translating result rows of another labelling page by a mapping; rows may have any shape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dateline.annotations.components import components
from dateline.label_studio.config.controls import CLAIMER, ENTITY, ENTITY_ID, EVENT_CLUSTER
from dateline.label_studio.config.questions import questions_by_control
from dateline.label_studio.config.relations import CONTINUES
from dateline.label_studio.convert.answers import foreign_answer
from dateline.label_studio.convert.problems import ResultProblem, quoted
from dateline.label_studio.convert.region_ids import note_on, renamed, with_ids
from dateline.label_studio.importing.mapping import LabelMapping
from dateline.label_studio.importing.source_labels import ANSWERS, is_of_the_text, labels_of
from dateline.label_studio.importing.target_labels import TargetLabel
from dateline.label_studio.result_rows import (
    Row,
    Rows,
    relation_row,
    rows_of,
    string,
    strings,
    value_of,
    value_row,
)
from dateline.model import Struct
from dateline.ontology.labels import Ontology
from dateline.rendering.listing import counted


class Translated(Struct, frozen=True):
    """Rows of this corpus's page, problems, and the number of rows dropped with ignored regions."""

    rows: Rows
    problems: tuple[ResultProblem, ...]
    dropped: int


def translate(result: object, mapping: LabelMapping, ontology: Ontology) -> Translated:
    """The result's rows in the labels of this corpus.

    Labels that are not mapped are left out; the caller has checked that there are none.
    """
    rows, notes = with_ids(rows_of(result))
    translator = _Translator(rows, mapping, ontology)
    translator.problems += notes
    for row in rows:
        if row.get("type") == "labels":
            translator.label(row)
    if translator.has_several_texts():
        return Translated(rows=[], problems=tuple(translator.problems), dropped=0)
    for row in rows:
        if row.get("type") in ANSWERS:
            translator.answer(row)
    translator.name_chains()
    for row in rows:
        if row.get("type") == "relation":
            translator.relation(row)
    translator.fill_in()
    translator.note_same()
    return Translated(
        rows=translator.rows, problems=tuple(translator.problems), dropped=translator.dropped
    )


class _Translator:
    def __init__(self, rows: Rows, mapping: LabelMapping, ontology: Ontology) -> None:
        self._mapping = mapping
        self._questions = questions_by_control(ontology)
        self._labelled = {row["id"] for row in rows if row.get("type") == "labels"}
        self._controls: dict[str, str] = {}
        self._ignored: set[str] = set()
        self._objects: set[str] = set()
        self._answered: set[tuple[str, str]] = set()
        self._of_the_text: set[str] = set()
        self._fragments: list[tuple[str, str]] = []
        self._related = {
            string(row.get(end))
            for row in rows
            if row.get("type") == "relation"
            for end in ("from_id", "to_id")
        }
        self._chains: list[tuple[str, str, list[str]]] = []
        self._drawn: dict[str, str] = {}
        self._same: dict[str, str] = {}
        self.rows: Rows = []
        self.problems: list[ResultProblem] = []
        self.dropped = 0

    def label(self, row: Row) -> None:
        name, value = string(row.get("id")), value_of(row)
        labels: dict[str, dict[str, None]] = {}
        for target in self._targets(row):
            labels.setdefault(target.control, {})[target.name] = None
        if labels:
            self._objects.add(str(row.get("to_name")))
        if not labels or row.get("to_name") != (self._mapping.object or row.get("to_name")):
            self.dropped += bool(labels)
            self._ignored.add(name)
            return
        place = {key: value.get(key) for key in ("start", "end", "text")}
        if [*labels] == [ENTITY.labels] and self._is_drawn_again(name, str((place, labels))):
            return
        for control, names in labels.items():
            self._controls.setdefault(name, control)
            self._row(name, control, "labels", {**place, "labels": [*names]})

    def _is_drawn_again(self, name: str, drawn: str) -> bool:
        """Whether another mention has this place and label, so that the two can be read as one.

        If relations refer to both, they may be meant as two.
        """
        first = self._drawn.setdefault(drawn, name)
        if first == name or name in self._controls or {first, name} <= self._related:
            return False
        if name in self._related:
            self._related.add(first)
        self._same[name] = first
        return True

    def has_several_texts(self) -> bool:
        """Report regions of several texts, unless the mapping names the object to import."""
        if self._mapping.object is not None or len(self._objects) <= 1:
            return False
        names = ", ".join(sorted(self._objects))
        message = (
            f'there are regions of several texts ({names}); set "object" in the mapping\'s '
            "[document] table to one of them"
        )
        self.problems.append(ResultProblem(region="", message=message))
        return True

    def answer(self, row: Row) -> None:
        name, value = self._name(row.get("id")), value_of(row)
        if self._is_ignored(name):
            self.dropped += 1
            return
        chosen: dict[str, dict[str, None]] = {}
        for target in self._targets(row, self._controls.get(name)):
            chosen.setdefault(target.control, {})[target.name] = None
        of_the_text = is_of_the_text(row, self._labelled)
        for control, names in chosen.items():
            question = self._questions[control]
            if of_the_text and question.labels is not None:
                self._report_of_the_text(row)
                return
            self._answered.add((name if question.labels else "", control))
            if control in (ENTITY_ID, EVENT_CLUSTER) and strings(value.get("text")):
                self._chains.append((name, control, strings(value.get("text"))))
            else:
                self._row(name, control, *foreign_answer(question.kind, value, [*names]))

    def name_chains(self) -> None:
        """Add the texts that name entities and event instances, which may be any, as ids."""
        chains = [
            (name, control, [t.strip() for t in some]) for name, control, some in self._chains
        ]
        given = {text for _, _, some in chains for text in some if text}
        new_names = renamed(given, {*self._controls})
        for name, control, some in chains:
            self._row(name, control, "textarea", {"text": [new_names.get(t, t) for t in some]})
        self.problems += note_on(new_names, "entities or event instances")

    def note_same(self) -> None:
        """Report mentions that were drawn again."""
        if self._same:
            message = f"{counted(len(self._same), 'mention')} with the place and label of another, "
            self.problems.append(
                ResultProblem(region="", message=message + "read as one", repaired=True)
            )

    def _report_of_the_text(self, row: Row) -> None:
        control = string(row.get("from_name"))
        if control not in self._of_the_text:
            self._of_the_text.add(control)
            message = (
                f"{quoted(control)} is about the whole text (no offsets, no label), and not about "
                "a region; map it to an attribute of the document, or add "
                f"{quoted(control)} to controls in the mapping's [ignore] table"
            )
            self.problems.append(ResultProblem(region="", message=message, effect="left out"))

    def relation(self, row: Row) -> None:
        source, target = self._name(row.get("from_id")), self._name(row.get("to_id"))
        if self._is_ignored(source) or self._is_ignored(target):
            self.dropped += 1
            return
        labels: dict[bool, dict[str, None]] = {}
        for label in self._targets(row):
            labels.setdefault(label.reverse, {})[label.name] = None
            if label.name == CLAIMER:
                self._answered |= {(source, CLAIMER), (target, CLAIMER)}
            if label.name == CONTINUES and {source, target} <= self._controls.keys():
                self._fragments.append((source, target))
        for reverse, names in labels.items():
            ends = (target, source) if reverse else (source, target)
            self.rows.append(relation_row(*ends, [*names], row.get("direction")))

    def fill_in(self) -> None:
        """Add the defaults of what the text, or a region and its fragments, leave empty."""
        for control, value in self._mapping.defaults.items():
            if self._questions[control].labels is None and ("", control) not in self._answered:
                self._row("", control, "choices", {"choices": [value]})
        for names in components(self._controls, self._fragments):
            head = names[0]
            for control, value in self._mapping.defaults.items():
                answered = any((name, control) in self._answered for name in names)
                if self._questions[control].labels == self._controls[head] and not answered:
                    self._row(head, control, "choices", {"choices": [value]})

    def _targets(self, row: Row, region: str | None = None) -> Iterable[TargetLabel]:
        """The targets of a row's labels; of alternatives, the one that fits the kind of region."""
        for label in labels_of(row):
            targets = self._mapping.of(label) or ()
            if label.kind == "choice" and len(targets) > 1:
                fitting = [t for t in targets if self._questions[t.control].labels == region]
                yield from fitting or targets[:1]
            else:
                yield from targets

    def _name(self, given: object) -> str:
        """The id of a region; of mentions that are read as one, that of the first."""
        name = string(given)
        return self._same.get(name, name) if name not in self._controls else name

    def _is_ignored(self, name: str) -> bool:
        return name in self._ignored and name not in self._controls

    def _row(self, name: str, control: str, kind: str, value: dict[str, Any]) -> None:
        self.rows.append(value_row(name, control, kind, value))
