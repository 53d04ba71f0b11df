"""Reading Label Studio's result rows into regions and arcs.

The server checks nothing, so a row may be anything: everything irregular becomes a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeGuard

from dateline.label_studio.config.controls import ANSWERS, CONTROLS, CUE, choice_controls
from dateline.label_studio.convert.problems import ResultProblem, with_article
from dateline.label_studio.result_rows import Row, string, strings, value_of
from dateline.model import Span, Spans, Struct
from dateline.ontology.former_names import new_names
from dateline.ontology.labels import Ontology


class Region(Struct, frozen=True):
    """A labelled part of the text, with one span, or several once its fragments are joined.

    ``control`` is the name of its ``Labels`` control; ``choices`` and ``answers`` are the values of
    its ``Choices`` and text controls.
    """

    id: str
    control: str
    label: str
    spans: Spans
    choices: dict[str, str]
    answers: dict[str, str]

    @property
    def text(self) -> str:
        """The text of all spans."""
        return " ".join(span.text for span in self.spans)


class Arc(Struct, frozen=True):
    """A labelled relation from one region to another."""

    label: str
    source: str
    target: str


class ResultRegions(Struct, frozen=True):
    """The regions of a result by id, the arcs between them, and everything irregular."""

    regions: Mapping[str, Region]
    arcs: Sequence[Arc]
    problems: Sequence[ResultProblem]


def as_displayed(text: str) -> str:
    r"""A span of text as the page quotes it: each line-end character as a literal ``\n``."""
    return re.sub(r"[\r\n]", r"\\n", text)


def read_regions(result: object, text: str, ontology: Ontology) -> ResultRegions:
    """The regions and arcs of a result for this text."""
    reader = _Reader(text, ontology)
    rows = reader.rows(result)
    for row in rows:
        if row.get("type") == "labels":
            reader.label(row)
    for row in rows:
        if row.get("type") not in ("labels", "relation"):
            reader.attribute(row)
    arcs = [arc for row in rows if row.get("type") == "relation" for arc in reader.relation(row)]
    return ResultRegions(regions=reader.regions, arcs=arcs, problems=reader.problems)


class _Reader:
    def __init__(self, text: str, ontology: Ontology) -> None:
        self._text = text
        self._labels = {c.labels: ontology.layers[c.layer].label_names for c in CONTROLS}
        self._labels[CUE] = (CUE,)
        self._choices = choice_controls(ontology)
        self._new_names = {
            **{c.labels: new_names(ontology.layers[c.layer].labels) for c in CONTROLS},
            **{name: new_names(choices.values) for name, choices in self._choices.items()},
        }
        self.regions: dict[str, Region] = {}
        self.problems: list[ResultProblem] = []

    def rows(self, result: object) -> list[Row]:
        if not isinstance(result, list):
            self._report("", "the result is not a list of rows")
            return []
        rows: list[Row] = [row for row in result if isinstance(row, dict)]
        if len(rows) < len(result):
            self._report("", f"{len(result) - len(rows)} rows of the result are not objects")
        return rows

    def label(self, row: Row) -> None:
        name, control, value = string(row.get("id")), string(row.get("from_name")), value_of(row)
        quote = string(value.get("text"))
        labels = self._current(control, _texts(value.get("labels")))
        if not name:
            self._report("", "the region has no id", quote)
        elif control not in self._labels:
            self._report(name, f'the corpus has no control "{control}"', quote)
        elif not labels:
            self._report(name, "the region has no label", quote)
        elif labels[0] not in self._labels[control]:
            self._report(name, f'"{labels[0]}" is not a label of "{control}"', quote)
        elif name in self.regions:
            other = self.regions[name]
            self._report(
                name,
                f"has two labels, {other.label} and {labels[0]}; {other.label} is used",
                other.text,
            )
        else:
            if len(labels) > 1:
                self._report(
                    name, f"has several labels ({', '.join(labels)}); the first is used", quote
                )
            span = self._span(name, value)
            if span is not None:
                self.regions[name] = Region(
                    id=name, control=control, label=labels[0], spans=(span,), choices={}, answers={}
                )

    def attribute(self, row: Row) -> None:
        name, control, value = string(row.get("id")), string(row.get("from_name")), value_of(row)
        region = self.regions.get(name)
        allowed: Sequence[str] | None = None
        if control in self._choices:
            labels = self._choices[control].labels
            allowed = [choice.name for choice in self._choices[control].values]
            given = value.get("choices")
        elif control in ANSWERS:
            labels = ANSWERS[control]
            given = value.get("text")
        else:
            self._report(name, f'the corpus has no control "{control}"')
            return
        if region is None:
            self._report(name, f'"{control}" is set for a region that has no label')
        elif region.control != labels:
            self._report(
                name,
                f'"{control}" is set, but the region is not {with_article(labels)}',
                region.text,
            )
        elif _texts(given):
            self._answer(region, control, self._current(control, _texts(given)), allowed)
        elif given not in (None, "", [], [""]):
            self._report(name, f'"{control}" is {given!r}, not a text', region.text)

    def _answer(
        self, region: Region, control: str, given: Sequence[str], allowed: Sequence[str] | None
    ) -> None:
        kept = region.answers if allowed is None else region.choices
        quote = region.text
        if allowed is not None and given[0] not in allowed:
            self._report(region.id, f'"{given[0]}" is not a choice of "{control}"', quote)
            return
        values = [*filter(None, [kept.get(control)]), *given]
        if len(values) > 1:
            message = f'"{control}" has several values ({", ".join(values)}); the first is used'
            self._report(region.id, message, quote)
        kept[control] = values[0]

    def _current(self, control: str, names: Sequence[str]) -> Sequence[str]:
        """The current names in the ontology of what may have been renamed."""
        renamed = self._new_names.get(control, {})
        return [renamed.get(name, name) for name in names]

    def relation(self, row: Row) -> Iterable[Arc]:
        source, target = string(row.get("from_id")), string(row.get("to_id"))
        labels = _texts(row.get("labels"))
        where = f'the relation from "{source}" to "{target}"'
        quote = self.regions[source].text if source in self.regions else ""
        if source not in self.regions or target not in self.regions:
            label = ", ".join(labels) or "no label"
            self._report(source, f"{where} ({label}) has an end without a labelled region", quote)
            return
        if not labels:
            self._report(source, f"{where} has no label", quote)
        if row.get("direction") == "left":
            source, target = target, source
        elif row.get("direction") == "bi":
            self._report(source, f"{where} points both ways; it is read as drawn", quote)
        for label in dict.fromkeys(labels):
            yield Arc(label=label, source=source, target=target)

    def _span(self, name: str, value: Mapping[str, object]) -> Span | None:
        start, end, quote = value.get("start"), value.get("end"), value.get("text")
        if not _is_offset(start) or not _is_offset(end):
            self._report(name, f"its offsets are {start!r} and {end!r}, not two integers")
            return None
        found = self._text[start:end] if start < end <= len(self._text) else None
        if isinstance(quote, str) and (found is None or as_displayed(found) != quote):
            span = self._utf16_span(start, end)
            if span is not None and as_displayed(span.text) == quote:
                message = f"[{start}, {end}] in UTF-16 units was read as [{span.start}, {span.end}]"
                self._report(name, message, span.text, repaired=True)
                return span
            if found is not None:
                self._report(name, f'is quoted as "{quote}"; the offsets are used', found)
        if found is None:
            self._report(name, f"[{start}, {end}] is empty or beyond the text", string(quote))
            return None
        return Span(start=start, end=end, text=found)

    def _utf16_span(self, start: int, end: int) -> Span | None:
        units = self._text.encode("utf-16-le")
        try:
            first = len(units[: 2 * start].decode("utf-16-le"))
            last = len(units[: 2 * end].decode("utf-16-le"))
        except UnicodeDecodeError:
            return None
        if not first < last or 2 * end > len(units):
            return None
        return Span(start=first, end=last, text=self._text[first:last])

    def _report(
        self, region: str, message: str, quote: str = "", *, repaired: bool = False
    ) -> None:
        self.problems.append(
            ResultProblem(region=region, message=message, quote=quote, repaired=repaired)
        )


def _is_offset(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _texts(value: object) -> list[str]:
    return [text for text in strings(value) if text]
