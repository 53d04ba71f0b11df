"""Reading Label Studio's result rows into regions and arcs.

The server checks nothing, so a row may be anything: everything irregular becomes a problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dateline.annotations.differences import format_value
from dateline.label_studio.config.controls import (
    CLAIM,
    CUE,
    SAME,
    SAME_LETTERS,
    chained_controls,
    controls_of,
)
from dateline.label_studio.config.questions import (
    Question,
    questions_by_control,
    values_control,
)
from dateline.label_studio.convert.answers import LABELS, read_answer
from dateline.label_studio.convert.placing import Place, Written, place_regions
from dateline.label_studio.convert.problems import ResultProblem, with_article
from dateline.label_studio.convert.region_ids import with_ids
from dateline.label_studio.result_rows import Row, Rows, string, strings, text_of, value_of
from dateline.model import AttributeValue, Span, Spans, Struct
from dateline.ontology.former_names import new_names
from dateline.ontology.labels import Ontology


class Region(Struct, frozen=True):
    """A labelled part of the text, with one span, or several once its fragments are joined.

    ``control`` is the name of its ``Labels`` control; ``answers`` are the answers to questions
    about it, by control.
    """

    id: str
    control: str
    label: str
    spans: Spans
    answers: dict[str, AttributeValue]

    @property
    def marked(self) -> tuple[str, str]:
        """Its control and its label."""
        return self.control, self.label

    @property
    def text(self) -> str:
        """The text of all spans."""
        return " ".join(span.text for span in self.spans)

    def problem(self, message: str, effect: str = "") -> ResultProblem:
        """Something irregular about this region."""
        return ResultProblem(region=self.id, message=message, quote=self.text, effect=effect)


UNLABELLED = ""
"""The label of an arc whose label was not chosen."""


class Arc(Struct, frozen=True):
    """A labelled relation from one region to another, or in ``both`` directions."""

    label: str
    source: str
    target: str
    both: bool = False


class ResultRegions(Struct, frozen=True):
    """The regions of a result by id, the arcs between them, and everything irregular.

    ``document`` are the answers to questions about the whole text, by control. ``lost`` are the
    region and the label of arcs whose other end could not be read.
    """

    regions: Mapping[str, Region]
    document: Mapping[str, AttributeValue]
    arcs: Sequence[Arc]
    problems: Sequence[ResultProblem]
    lost: frozenset[tuple[str, str]] = frozenset()


def read_regions(result: object, text: str, ontology: Ontology) -> ResultRegions:
    """The regions and arcs of a result for this text."""
    reader = _Reader(text, ontology)
    rows = reader.rows(result)
    further = reader.further_labels
    labels = [row for row in rows if row.get("type") == LABELS]
    reader.labels([row for row in labels if string(row.get("from_name")) not in further])
    for row in rows:
        if row.get("type") not in (LABELS, "relation"):
            reader.answer(row)
    for row in labels:
        if string(row.get("from_name")) in further:
            reader.further_label(row)
    arcs = [arc for row in rows if row.get("type") == "relation" for arc in reader.relation(row)]
    return ResultRegions(
        regions=reader.regions,
        document=reader.document,
        arcs=arcs,
        problems=reader.problems,
        lost=frozenset(reader.lost_arcs),
    )


class _Reader:
    def __init__(self, text: str, ontology: Ontology) -> None:
        self._text = text
        present = controls_of(ontology)
        self._labels = {c.labels: ontology.labels_of(c.layer) for c in present}
        if CLAIM in present:
            self._labels[CUE] = (CUE,)
        self._chained = {c.labels for c in chained_controls(ontology)}
        self._questions = questions_by_control(ontology)
        asked = self._questions.values()
        # Whether the ontology has a default now does not matter for what was drawn before.
        self._values = {values_control(q.control): q for q in asked if q.kind == "label"}
        self.further_labels = {SAME, *self._values}
        self._new_names = {
            **{c.labels: new_names(ontology.layers[c.layer].labels) for c in present},
            **{name: new_names(question.values) for name, question in self._questions.items()},
        }
        self.regions: dict[str, Region] = {}
        self.document: dict[str, AttributeValue] = {}
        self.problems: list[ResultProblem] = []
        self.lost_arcs: set[tuple[str, str]] = set()
        self._unread: set[str] = set()

    def rows(self, result: object) -> Rows:
        if not isinstance(result, list):
            self._report("", "the result is not a list of rows")
            return []
        rows: Rows = [row for row in result if isinstance(row, dict)]
        if len(rows) < len(result):
            self._report("", f"{len(result) - len(rows)} rows of the result are not objects")
        named, notes = with_ids(rows)
        self.problems += notes
        return named

    def labels(self, rows: Rows) -> None:
        written = [
            Written(start=value.get("start"), end=value.get("end"), quote=text_of(row))
            for row in rows
            for value in [value_of(row)]
        ]
        note, places = place_regions(self._text, written)
        if note:
            self._report("", note, repaired=True)
        for row, place in zip(rows, places, strict=True):
            self._label(row, place)

    def _label(self, row: Row, place: Place) -> None:
        name, control, quote = string(row.get("id")), string(row.get("from_name")), text_of(row)
        labels = self._current(control, _texts(value_of(row).get("labels")))
        if control not in self._labels:
            self._fail(name, f'the corpus has no control "{control}"', quote)
        elif not labels:
            self._fail(name, "the region has no label", quote)
        elif labels[0] not in self._labels[control]:
            self._fail(name, f'"{labels[0]}" is not a label of "{control}"', quote)
        else:
            span = self._span(name, place)
            if span is None:
                return
            region = Region(id=name, control=control, label=labels[0], spans=(span,), answers={})
            other = self.regions.setdefault(name, region)
            if other.control != control or other.label != labels[0]:
                self._report(
                    name,
                    f"has two labels, {other.label} and {labels[0]}",
                    other.text,
                    effect=f"{other.label} is used",
                )
            elif other.spans != region.spans:
                self._report(
                    name,
                    f'is in two places, "{other.text}" and "{span.text}"',
                    effect="the first is used",
                )
            elif len(labels) > 1:
                message = f"has several labels ({', '.join(labels)})"
                self._report(name, message, quote, effect="the first is used")

    def _span(self, name: str, place: Place) -> Span | None:
        found = place.range
        if place.message and found is None:
            self._fail(name, place.message)
        elif place.message:
            self._report(name, place.message, effect=place.effect, repaired=place.repaired)
        if found is None:
            return None
        return Span(start=found[0], end=found[1], text=self._text[slice(*found)])

    def further_label(self, row: Row) -> None:
        """Give a region the letter that it has in common with others, or a value."""
        name, control = string(row.get("id")), string(row.get("from_name"))
        labels = _texts(value_of(row).get(LABELS))
        region, question = self.regions.get(name), self._values.get(control)
        if region is None:
            if not self._is_unread(name):
                self._fail(name, "the region has no label", text_of(row))
        elif question is not None and region.control == question.labels:
            # The page of an older project may also have an answer that was chosen before.
            region.answers.pop(question.control, None)
            self._answer(question, value_of(row), region.answers, region)
        elif question is None and region.control in self._chained and {*labels} <= {*SAME_LETTERS}:
            if labels:
                region.answers.setdefault(SAME, labels[0])
        else:
            shown = ", ".join(labels)
            self._report(name, f'"{shown}" of "{control}" cannot be used here', region.text)

    def answer(self, row: Row) -> None:
        name, control, value = string(row.get("id")), string(row.get("from_name")), value_of(row)
        region, question = self.regions.get(name), self._questions.get(control)
        if question is None:
            self._report(name, f'the corpus has no control "{control}"')
        elif question.labels is None:
            self._answer(question, value, self.document)
        elif region is None:
            if not self._is_unread(name):
                of_the_text = not {"start", "end"} & value.keys()
                what = "the whole text" if of_the_text else "a region that has no label"
                self._report(name, f'"{control}" is set for {what}')
        elif region.control != question.labels:
            self._report(
                name,
                f'"{control}" is set, but the region is not {with_article(question.labels)}',
                region.text,
            )
        else:
            self._answer(question, value, region.answers, region)

    def _answer(
        self,
        question: Question,
        value: Mapping[str, Any],
        kept: dict[str, AttributeValue],
        region: Region | None = None,
    ) -> None:
        control = question.control
        name, quote = (region.id, region.text) if region is not None else ("", "")
        read = read_answer(question, value, self._new_names[control])
        if read.problem:
            self._report(name, read.problem, quote)
        values = [*dict.fromkeys([*([kept[control]] if control in kept else []), *read.values])]
        if len(values) > 1:
            message = f'"{control}" has several values ({", ".join(map(format_value, values))})'
            self._report(name, message, quote, effect="the first is used")
        if values:
            kept[control] = values[0]

    def _current(self, control: str, names: Sequence[str]) -> Sequence[str]:
        """The current names in the ontology of what may have been renamed, without duplicates."""
        renamed = self._new_names.get(control, {})
        return [*dict.fromkeys(renamed.get(name, name) for name in names)]

    def relation(self, row: Row) -> Iterable[Arc]:
        source, target = string(row.get("from_id")), string(row.get("to_id"))
        labels = [*dict.fromkeys(_texts(row.get("labels")))]
        where = f'the relation from "{source}" to "{target}"'
        quote = self.regions[source].text if source in self.regions else ""
        if source not in self.regions or target not in self.regions:
            if self._is_unread(source) or self._is_unread(target):
                self.lost_arcs |= {(end, label) for end in (source, target) for label in labels}
            else:
                label = ", ".join(labels) or "no label"
                message = f"{where} ({label}) has an end without a labelled region"
                self._report(source, message, quote)
            return
        direction = row.get("direction")
        if direction == "left":
            source, target = target, source
        for label in labels or [UNLABELLED]:
            yield Arc(label=label, source=source, target=target, both=direction == "bi")

    def _fail(self, name: str, message: str, quote: str = "") -> None:
        """Report that a region could not be read; this also explains what refers to it."""
        self._unread.add(name)
        effect = "left out, with its choices, texts and relations"
        self._report(name, message, quote, effect=effect)

    def _is_unread(self, name: str) -> bool:
        return name in self._unread and name not in self.regions

    def _report(
        self,
        region: str,
        message: str,
        quote: str = "",
        *,
        effect: str = "",
        repaired: bool = False,
    ) -> None:
        self.problems.append(
            ResultProblem(
                region=region, message=message, quote=quote, effect=effect, repaired=repaired
            )
        )


def _texts(value: object) -> list[str]:
    return [text for text in strings(value) if text]
