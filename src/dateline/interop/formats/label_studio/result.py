"""Reading the result of one annotation, whose rows may have any shape.

A project does not say what its labels are, so every region is read as a mention, every choice, text
or number as an attribute with the name of its control, and every relation as one of mentions.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from dateline.interop.losses import Outcome
from dateline.interop.source import UNLABELLED, UNLABELLED_RELATION, SourceLoss, spans_at
from dateline.label_studio.convert.answers import LABELS
from dateline.label_studio.convert.placing import Written, place_regions
from dateline.label_studio.convert.region_ids import mint, with_ids
from dateline.label_studio.result_rows import Row, rows_of, string, strings, text_of, value_of
from dateline.model import Attributes, AttributeValue, Mention, Relation, Spans, Struct

_ANSWERS = ("choices", "textarea", "number")
"""Types of rows that answer a question about a region or the whole text."""
_CHOSEN = ("choices", LABELS)
"""Types of rows with values that were chosen from a list."""
_IGNORED = "its control is ignored"


class Page(Struct, frozen=True):
    """The labelling page of a project.

    ``types`` are the types of mentions by control and label. Regions of other objects than
    ``shown`` are left out, by default of all but the one that has most; so are rows of the controls
    ``ignored``. Labels of the controls ``attributes`` are values of an attribute. ``other_rows``
    are types of rows that nobody misses.
    """

    types: Mapping[tuple[str, str], str]
    shown: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    other_rows: tuple[str, ...] = ()


def types_of(
    results: Iterable[object], attributes: Container[str] = ()
) -> Mapping[tuple[str, str], str]:
    """The type of mentions by control and label; with the control if another one has the label.

    Labels of the controls ``attributes`` are no types.
    """
    controls: dict[str, set[str]] = defaultdict(set)
    for row in (row for result in results for row in rows_of(result)):
        control = string(row.get("from_name"))
        if row.get("type") == LABELS and control not in attributes:
            for label in _labels(row):
                controls[label].add(control)
    return {
        (control, label): (f"{control}.{label}" if len(some) > 1 and label else label) or UNLABELLED
        for label, some in controls.items()
        for control in some
    }


def fits(row: Row, text: str) -> bool:
    """Whether the text has the quote of a region at its offsets, counted in code points."""
    start, end = (value_of(row).get(offset) for offset in ("start", "end"))
    return isinstance(start, int) and isinstance(end, int) and text[start:end] == text_of(row)


class ResultReader:
    """Reads the rows of an annotation of a text: mentions and relations, and attributes by owner.

    The owner of attributes is a mention, or empty for the whole text.
    """

    def __init__(self, text: str, result: object, page: Page, annotator: str) -> None:
        self._text, self._page, self._annotator = text, page, annotator
        self.mentions: dict[str, Mention] = {}
        self.relations: dict[tuple[str, str, str], Relation] = {}
        self.attributes: dict[str, Attributes] = {}
        self.losses: list[SourceLoss] = []
        self._at_place: dict[str, list[str]] = {}
        rows, _ = with_ids(rows_of(result))
        regions = [row for row in rows if row.get("type") == LABELS and not self._is_answer(row)]
        self._given = {string(row.get("id")) for row in regions}
        self._taken = {string(row.get("id")) for row in rows}
        self._regions(regions)
        self._answers([row for row in rows if self._is_answer(row)])
        for number, row in enumerate(rows, 1):
            kind = row.get("type")
            if kind == "relation":
                self._relation(row)
            elif kind not in (LABELS, *_ANSWERS):
                self._other(string(kind), string(row.get("id")) or str(number))

    def _is_answer(self, row: Row) -> bool:
        kind = row.get("type")
        return kind in _ANSWERS or (
            kind == LABELS and string(row.get("from_name")) in self._page.attributes
        )

    def _other(self, kind: str, name: str) -> None:
        """Leave out a row of another type; it is missed if it is a region with labels."""
        is_missed = kind.endswith("labels") and kind not in self._page.other_rows
        reason = "such rows are not imported"
        if is_missed:
            reason += f"; to leave them out, give the option types={kind}, or list {kind} in types "
            reason += "under [ignore] in the mapping"
        self._lose(kind or "rows", name, reason, is_wrong=is_missed)

    def _lose(
        self,
        kind: str,
        name: str,
        reason: str,
        *,
        is_wrong: bool = False,
        outcome: Outcome = "left out",
        labels: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.losses.append(
            SourceLoss(
                kind=kind,
                name=name,
                reason=reason,
                outcome=outcome,
                annotator=self._annotator,
                is_wrong=is_wrong,
                labels=tuple(labels),
            )
        )

    def _regions(self, rows: Sequence[Row]) -> None:
        shown = self._shown(rows)
        written = [
            Written(start=value.get("start"), end=value.get("end"), quote=text_of(row))
            for row in rows
            for value in [value_of(row)]
        ]
        _, places = place_regions(self._text, written)
        for row, place in zip(rows, places, strict=True):
            name, control = string(row.get("id")), string(row.get("from_name"))
            types = [self._page.types[control, label] for label in _labels(row)]
            if control in self._page.ignored:
                self._lose("mentions", name, _IGNORED)
            elif string(row.get("to_name")) not in shown:
                self._lose("mentions", name, f'is not in the text that "{shown[0]}" shows')
            elif place.range is None or (place.message and not place.repaired):
                labels = [("entity", type_) for type_ in types]
                self._lose("mentions", name, place.message, is_wrong=True, labels=labels)
            else:
                self._region(name, spans_at(self._text, [place.range]), types, place.message)

    def _region(self, name: str, spans: Spans, types: Iterable[str], moved: str) -> None:
        """Read a region; with several labels, as several mentions."""
        there = self._at_place.setdefault(name, [])
        if there and self.mentions[there[0]].spans != spans:
            reason = "is in two places, of which the first is read"
            self._lose("mentions", name, reason, is_wrong=True)
            return
        for type_ in types:
            if any(self.mentions[other].type == type_ for other in there):
                continue
            new = mint(f"{name}_{len(there) + 1}", self._taken) if there else name
            self.mentions[new] = Mention(id=new, spans=spans, type=type_)
            there.append(new)
            if moved:
                self._lose("mentions", new, moved, outcome="approximated")

    def _shown(self, rows: Iterable[Row]) -> tuple[str, ...]:
        """The objects whose regions are read: by default, the one that most regions are of.

        Regions with their quote at their offsets count most.
        """
        if self._page.shown:
            return self._page.shown
        found: Counter[str] = Counter()
        for row in rows:
            found[string(row.get("to_name"))] += 1 + 1000 * fits(row, self._text)
        return (max(found, key=lambda name: found[name], default=""),)

    def _answers(self, rows: Iterable[Row]) -> None:
        found: dict[str, dict[str, list[AttributeValue]]] = defaultdict(lambda: defaultdict(list))
        kinds: dict[tuple[str, str], str] = {}
        for row in rows:
            name, control, kind = (string(row.get(k)) for k in ("id", "from_name", "type"))
            owner = "" if _is_of_the_text(row, self._given) else name
            unit = "mention attributes" if owner else "document attributes"
            shown = f"{owner}.{control}" if owner else control
            lose = partial(
                self._lose,
                unit,
                shown,
                labels=[("attribute", f"{unit.partition(' ')[0]}.{control}")],
            )
            values = _values(kind, value_of(row))
            if values == []:
                continue
            if control in self._page.ignored:
                lose(_IGNORED)
            elif values is None or not control:
                lose("has no value that can be read", is_wrong=True)
            elif owner and owner not in self._given:
                lose("is of a region that has no label", is_wrong=True)
            elif owner and owner not in self.mentions:
                lose(f"{owner} is left out")
            elif kinds.setdefault((owner, control), kind) != kind:
                lose("has a value of another kind already", is_wrong=True)
            else:
                found[owner][control] += values
        for owner, by_control in found.items():
            self.attributes[owner] = {
                control: _joined(kinds[owner, control], values)
                for control, values in by_control.items()
            }
            for name in self._at_place.get(owner, ()):
                self.mentions[name] = replace(
                    self.mentions[name], attributes=self.attributes[owner]
                )

    def _relation(self, row: Row) -> None:
        """Read a relation; one that points both ways as two."""
        drawn = string(row.get("from_id")), string(row.get("to_id"))
        ways = {"left": (drawn[::-1],), "bi": (drawn, drawn[::-1])}.get(
            string(row.get("direction")), (drawn,)
        )
        for label in dict.fromkeys(_labels(row)):
            for source, target in dict.fromkeys(ways):
                type_ = label or UNLABELLED_RELATION
                self._relate(Relation(type=type_, source=source, target=target))

    def _relate(self, relation: Relation) -> None:
        ends = dict.fromkeys((relation.source, relation.target))
        missing = [end for end in ends if end not in self.mentions]
        unknown = [end for end in missing if end not in self._given]
        if unknown:
            reason = f"has an end without a labelled region ({', '.join(unknown)})"
            labels = [("relation", relation.type)]
            self._lose("relations", relation.name, reason, is_wrong=True, labels=labels)
        elif missing:
            self._lose("relations", relation.name, f"{missing[0]} is left out")
        elif self.relations.setdefault(relation.key, relation) is not relation:
            self._lose("relations", relation.name, "is given twice")


def _labels(row: Row) -> list[str]:
    """The labels of a region or of a relation, of which an empty one stands for none."""
    given = row.get("labels") if row.get("type") == "relation" else value_of(row).get("labels")
    return strings(given) or [""]


def _is_of_the_text(row: Row, labelled: Container[str]) -> bool:
    """Whether an answer is about the whole text: it has no offsets and no label."""
    return string(row.get("id")) not in labelled and not {"start", "end"} & value_of(row).keys()


def _values(kind: str, value: Mapping[str, Any]) -> list[AttributeValue] | None:
    """What a row answers, empty if nothing; None if it cannot be read."""
    if kind == "number":
        given = value.get("number")
        if given is None:
            return []
        is_number = isinstance(given, int | float) and not isinstance(given, bool)
        return [given] if is_number and math.isfinite(given) else None
    given = value.get(kind if kind in _CHOSEN else "text")
    texts = [text for text in strings(given) if text]
    return [*texts] if texts or given in (None, "", [], [""]) else None


def _joined(kind: str, values: Sequence[AttributeValue]) -> AttributeValue:
    """The values of all rows as one: several choices, lines of a text, or the last number."""
    if kind == "number":
        return values[-1]
    texts = [*dict.fromkeys(map(str, values))]
    if kind in _CHOSEN and len(texts) > 1:
        return tuple(sorted(texts))
    return "\n".join(texts)
