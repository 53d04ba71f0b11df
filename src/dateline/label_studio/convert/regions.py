"""Reads Label Studio's result rows into regions and arcs, and says what cannot be read.

The server checks nothing, so any row may be anything: whatever is irregular becomes a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard

from dateline.label_studio.page.controls import ANSWERS, CLAIM, CLAIMER, CONTROLS, CUE
from dateline.model import Span, Struct
from dateline.ontology.former_names import new_names
from dateline.ontology.labels import Ontology
from dateline.text import excerpt

Row = Mapping[str, Any]
"""A row of a result as the server gives it: a region's label or attribute, or a relation."""


class Problem(Struct, frozen=True):
    """Something irregular in a result: the region's id, what is wrong, and the text marked.

    ``repaired`` means that nothing was lost: the right reading is certain.
    """

    region: str
    message: str
    quote: str = ""
    repaired: bool = False

    @property
    def line(self) -> str:
        """The problem in one line that any terminal can show."""
        where = f"region {self.region}: " if self.region else ""
        quote = f" («{excerpt(self.quote, 0, len(self.quote))}»)" if self.quote else ""
        line = f"{where}{self.message}"
        return excerpt(line, 0, len(line), len(line)) + quote


class Region(Struct, frozen=True):
    """A labelled stretch of text; ``control`` is the name of its ``Labels`` control."""

    id: str
    control: str
    label: str
    span: Span
    choices: dict[str, str]
    answers: dict[str, str]


class Arc(Struct, frozen=True):
    """A labelled relation from one region to another."""

    label: str
    source: str
    target: str


class Page(Struct, frozen=True):
    """What an annotator left on the page."""

    regions: Mapping[str, Region]
    arcs: Sequence[Arc]
    problems: Sequence[Problem]


def shown(text: str) -> str:
    """A stretch of text as the page quotes it: each line-end character as a literal ``\\n``."""
    return re.sub(r"[\r\n]", r"\\n", text)


def read_page(result: object, text: str, ontology: Ontology) -> Page:
    """The regions and arcs of a result about this text."""
    reader = _Reader(text, ontology)
    rows = reader.rows(result)
    for row in rows:
        if row.get("type") == "labels":
            reader.label(row)
    for row in rows:
        if row.get("type") not in ("labels", "relation"):
            reader.attribute(row)
    arcs = [arc for row in rows if row.get("type") == "relation" for arc in reader.relation(row)]
    return Page(regions=reader.regions, arcs=arcs, problems=reader.problems)


class _Reader:
    def __init__(self, text: str, ontology: Ontology) -> None:
        self._text = text
        self._labels = {c.labels: ontology.layers[c.layer].label_names for c in CONTROLS}
        self._labels[CUE] = (CUE,)
        self._choices = {
            controls.attribute(attribute.name): (
                controls.labels,
                tuple(value.name for value in attribute.values),
            )
            for controls in CONTROLS
            for attribute in ontology.layers[controls.layer].attributes
        }
        self._choices[CLAIMER] = (CLAIM.labels, tuple(c.name for c in ontology.claimers))
        self._renamed = {c.labels: new_names(ontology.layers[c.layer].labels) for c in CONTROLS}
        self._renamed[CLAIMER] = new_names(ontology.claimers)
        for controls in CONTROLS:
            for attribute in ontology.layers[controls.layer].attributes:
                renamed = new_names(attribute.values)
                self._renamed[controls.attribute(attribute.name)] = renamed
        self.regions: dict[str, Region] = {}
        self.problems: list[Problem] = []

    def rows(self, result: object) -> list[Row]:
        if not isinstance(result, list):
            self._report("", "the result is not a list of rows")
            return []
        rows: list[Row] = [row for row in result if isinstance(row, dict)]
        if len(rows) < len(result):
            self._report("", f"{len(result) - len(rows)} rows of the result are not objects")
        return rows

    def label(self, row: Row) -> None:
        name, control, value = _text(row.get("id")), _text(row.get("from_name")), _value(row)
        quote = _text(value.get("text"))
        labels = self._current(control, _texts(value.get("labels")))
        if not name:
            self._report("", "a region without an id", quote)
        elif control not in self._labels:
            self._report(name, f"its control «{control}» is not one of this corpus's page", quote)
        elif not labels:
            self._report(name, "the region has no label", quote)
        elif labels[0] not in self._labels[control]:
            self._report(name, f"«{labels[0]}» is no {control} label of the ontology", quote)
        elif name in self.regions:
            other = self.regions[name]
            self._report(
                name,
                f"has two labels, {other.label} and {labels[0]}; only {other.label} is taken",
                other.span.text,
            )
        else:
            if len(labels) > 1:
                self._report(
                    name, f"has several labels ({', '.join(labels)}); the first is taken", quote
                )
            span = self._span(name, value)
            if span is not None:
                self.regions[name] = Region(
                    id=name, control=control, label=labels[0], span=span, choices={}, answers={}
                )

    def attribute(self, row: Row) -> None:
        name, control, value = _text(row.get("id")), _text(row.get("from_name")), _value(row)
        region = self.regions.get(name)
        if control in self._choices:
            owner, legal = self._choices[control]
            said = value.get("choices")
        elif control in ANSWERS:
            owner, legal = ANSWERS[control], None
            said = value.get("text")
        else:
            self._report(name, f"its control «{control}» is not one of this corpus's page")
            return
        if region is None:
            self._report(name, f"«{control}» is given for a region that has no label of its own")
        elif region.control != owner:
            self._report(
                name, f"«{control}» is given, but the region is no {owner}", region.span.text
            )
        elif _texts(said):
            self._answer(region, control, self._current(control, _texts(said)), legal)
        elif said not in (None, "", [], [""]):
            self._report(name, f"«{control}» is {said!r}, not a text", region.span.text)

    def _answer(
        self, region: Region, control: str, given: Sequence[str], legal: Sequence[str] | None
    ) -> None:
        kept = region.answers if legal is None else region.choices
        quote = region.span.text
        if legal is not None and given[0] not in legal:
            self._report(region.id, f"«{given[0]}» is no choice of «{control}»", quote)
            return
        values = [*filter(None, [kept.get(control)]), *given]
        if len(values) > 1:
            said = ", ".join(values)
            self._report(
                region.id, f"«{control}» is given twice ({said}); the first is taken", quote
            )
        kept[control] = values[0]

    def _current(self, control: str, names: Sequence[str]) -> Sequence[str]:
        """The names as the ontology has them now, where they were others before."""
        renamed = self._renamed.get(control, {})
        return [renamed.get(name, name) for name in names]

    def relation(self, row: Row) -> Iterable[Arc]:
        source, target = _text(row.get("from_id")), _text(row.get("to_id"))
        labels = _texts(row.get("labels"))
        where = f"the relation from «{source}» to «{target}»"
        quote = self.regions[source].span.text if source in self.regions else ""
        missing = [name for name in (source, target) if name not in self.regions]
        if missing:
            self._report(
                source, f"{where} ({', '.join(labels) or 'no label'}) leads to no labelled region",
                quote,
            )  # fmt: skip
            return
        if not labels:
            self._report(source, f"{where} has no label", quote)
        if row.get("direction") == "left":
            source, target = target, source
        elif row.get("direction") == "bi":
            self._report(source, f"{where} points both ways; it is read as drawn", quote)
        for label in dict.fromkeys(labels):
            yield Arc(label=label, source=source, target=target)

    def _span(self, name: str, value: Row) -> Span | None:
        start, end, quote = value.get("start"), value.get("end"), value.get("text")
        if not _is_offset(start) or not _is_offset(end):
            self._report(name, f"its offsets are {start!r} and {end!r}, not two integers")
            return None
        found = self._text[start:end] if start < end <= len(self._text) else None
        if isinstance(quote, str) and (found is None or shown(found) != quote):
            span = self._utf16_span(start, end)
            if span is not None and shown(span.text) == quote:
                self._report(
                    name, f"[{start}, {end}] counts UTF-16 units; [{span.start}, {span.end}] meant",
                    span.text, repaired=True,
                )  # fmt: skip
                return span
            if found is not None:
                self._report(name, f"is quoted as «{quote}»; the offsets are taken", found)
        if found is None:
            self._report(name, f"[{start}, {end}] is empty or leaves the text", _text(quote))
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
            Problem(region=region, message=message, quote=quote, repaired=repaired)
        )


def _is_offset(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str) and item]


def _value(row: Row) -> Row:
    value = row.get("value")
    return value if isinstance(value, dict) else {}
