"""Writes Label Studio's result rows: regions, their attributes, and what joins them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dateline.label_studio.convert.regions import shown
from dateline.label_studio.page.controls import CONFLICT, CONTINUES, CUE, TEXT, LayerControls
from dateline.model import Spans

Rows = list[dict[str, Any]]


class RowWriter:
    """Collects rows; ``ids`` are those of the items, so that no other region is called so."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._taken = set(ids)
        self._rows: Rows = []
        self._offsets: dict[str, dict[str, int]] = {}
        self._joined: dict[tuple[str, str], list[str]] = {}

    def item(
        self,
        controls: LayerControls,
        name: str,
        spans: Spans,
        label: str,
        attributes: Mapping[str, str],
    ) -> None:
        """Write an item's regions, a region for each fragment, with its attributes."""
        for region in self._regions(controls.labels, name, spans, label):
            # Fragments repeat the attributes: the page asks for them on every labelled region.
            for attribute, value in attributes.items():
                self.choice(region, controls.attribute(attribute), value)

    def cue(self, claim: str, spans: Spans) -> None:
        """Write the regions of a claim's cue and join them to the claim."""
        name = mint(f"{claim}.{CUE}", self._taken)
        self._regions(CUE, name, spans, CUE)
        self.join(claim, name, CUE)

    def mark(self, name: str, spans: Spans) -> str:
        """Write a mark for a curator; the id of its first region."""
        return self._regions(CONFLICT, mint(name, self._taken), spans, CONFLICT)[0]

    def choice(self, region: str, control: str, value: str) -> None:
        """Write what is chosen for a region."""
        self._row(region, control, "choices", {"choices": [value]})

    def answer(self, region: str, control: str, value: str) -> None:
        """Write what is typed in for a region."""
        self._row(region, control, "textarea", {"text": [value]})

    def join(self, source: str, target: str, label: str) -> None:
        """Write a relation."""
        self._joined.setdefault((source, target), []).append(label)

    def result(self) -> Rows:
        """All rows: regions and attributes first, then relations."""
        # The page keeps one relation for a pair, so all that joins the two is one row's labels.
        return self._rows + [
            {
                "type": "relation",
                "from_id": source,
                "to_id": target,
                "direction": "right",
                "labels": labels,
            }
            for (source, target), labels in self._joined.items()
        ]

    def _regions(self, control: str, name: str, spans: Spans, label: str) -> list[str]:
        regions: list[str] = []
        for number, span in enumerate(spans, 1):
            region = name if number == 1 else mint(f"{name}.{number}", self._taken)
            self._offsets[region] = {"start": span.start, "end": span.end}
            self._row(region, control, "labels", {"text": shown(span.text), "labels": [label]})
            if regions:
                self.join(regions[-1], region, CONTINUES)
            regions.append(region)
        return regions

    def _row(self, region: str, control: str, kind: str, value: dict[str, Any]) -> None:
        self._rows.append(
            {
                "id": region,
                "from_name": control,
                "to_name": TEXT,
                "type": kind,
                "value": {**self._offsets[region], **value},
            }
        )


def mint(name: str, taken: set[str]) -> str:
    """The name, changed as little as it takes to be new; it counts as taken from then on."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name
