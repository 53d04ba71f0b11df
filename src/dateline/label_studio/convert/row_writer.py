"""Writing Label Studio's result rows: regions, their attributes, and relations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dateline.label_studio.config.controls import CONFLICT, CUE, LayerControls
from dateline.label_studio.config.questions import Question, attribute_control
from dateline.label_studio.config.relations import CONTINUES
from dateline.label_studio.convert.answers import row_type, row_value
from dateline.label_studio.convert.placing import as_displayed
from dateline.label_studio.convert.region_ids import mint
from dateline.label_studio.convert.relations import CARRIED
from dateline.label_studio.result_rows import Rows, relation_row, value_row
from dateline.model import Attributes, AttributeValue, Relation, Spans


class RowWriter:
    """Collects rows; ``ids`` are reserved for the annotation's own mentions, events and claims.

    ``questions`` are by control; what is not among them asks for a text.
    """

    def __init__(self, ids: Iterable[str], questions: Mapping[str, Question] | None = None) -> None:
        self._taken = set(ids)
        self._questions = questions or {}
        self._rows: Rows = []
        self._offsets: dict[str, dict[str, int]] = {}
        self._joined: dict[tuple[str, str], dict[str, None]] = {}
        self._carried: dict[tuple[str, str], dict[str, Attributes]] = {}

    def regions(
        self,
        controls: LayerControls,
        name: str,
        spans: Spans,
        label: str,
        attributes: Attributes,
    ) -> list[str]:
        """Write a region with its attributes for each span; returns the ids of the regions."""
        regions = self._regions(controls.labels, name, spans, label)
        for region in regions:
            # Repeated for each fragment: the page requires them on every labelled region.
            self.attributes(region, controls.item, attributes)
        return regions

    def attributes(self, region: str, item: str, attributes: Attributes) -> None:
        """Write the attributes of what a region stands for."""
        for attribute, value in attributes.items():
            self.answer(region, attribute_control(item, attribute), value)

    def cue(self, claim: str, spans: Spans) -> None:
        """Write the regions of a claim's cue, and its relation to the claim."""
        name = mint(f"{claim}.{CUE}", self._taken)
        self._regions(CUE, name, spans, CUE)
        self.join(claim, name, CUE)

    def mark(self, name: str, spans: Spans, label: str) -> str:
        """Write a mark for a curator; returns the id of its first region."""
        return self._regions(CONFLICT, mint(name, self._taken), spans, label)[0]

    def answer(self, region: str, control: str, value: AttributeValue) -> None:
        """Write the answer to a question about a region."""
        question = self._questions.get(control) or _text_question(control)
        self._row(region, question.page_control, row_type(question), row_value(question, value))

    def document(self, item: str, attributes: Attributes) -> None:
        """Write the attributes of the whole text."""
        for attribute, value in attributes.items():
            name = mint(attribute_control(item, attribute), self._taken)
            self._offsets[name] = {}
            self.answer(name, attribute_control(item, attribute), value)

    def join(self, source: str, target: str, label: str) -> None:
        """Write a relation."""
        self._joined.setdefault((source, target), {})[label] = None

    def carry(self, relation: Relation) -> None:
        """Write attributes of a relation or an argument that the page cannot show."""
        ends = (relation.source, relation.target)
        self._carried.setdefault(ends, {})[relation.type] = relation.attributes

    def result(self) -> Rows:
        """All rows: regions and attributes first, then relations."""
        # The page keeps one relation for a pair of regions, so one row has all labels of a pair.
        return self._rows + [
            relation_row(*ends, [*labels], "right")
            | ({CARRIED: self._carried[ends]} if ends in self._carried else {})
            for ends, labels in self._joined.items()
        ]

    def _regions(self, control: str, name: str, spans: Spans, label: str) -> list[str]:
        regions: list[str] = []
        for number, span in enumerate(spans, 1):
            region = name if number == 1 else mint(f"{name}.{number}", self._taken)
            self._offsets[region] = {"start": span.start, "end": span.end}
            self._row(
                region, control, "labels", {"text": as_displayed(span.text), "labels": [label]}
            )
            if regions:
                self.join(regions[-1], region, CONTINUES)
            regions.append(region)
        return regions

    def _row(self, region: str, control: str, kind: str, value: dict[str, Any]) -> None:
        self._rows.append(value_row(region, control, kind, {**self._offsets[region], **value}))


def _text_question(control: str) -> Question:
    return Question(control=control, layer="", labels=None, field=control, title="")
