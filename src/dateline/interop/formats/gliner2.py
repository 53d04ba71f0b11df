"""Training data of GLiNER2: JSON Lines with an example for each document.

Mentions are entities, and an event is a structure with its trigger and a field for each role. All
have offsets, as a text alone would stand for each place where it occurs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dateline.interop.format import Format, Holds, Output, Placing
from dateline.interop.formats.gliner import LABELS, shown_labels
from dateline.interop.rows import write_rows
from dateline.model import Annotation, Document, Event, Spans

TRIGGER = "trigger"


def _write(output: Output) -> None:
    layers = ("entities", "relations", "events")
    names = {layer: shown_labels(output, layer) for layer in layers}
    types = output.ontology.labels_of("entities")
    rows = (_row(document, whole, names, types) for document, whole in output.items)
    write_rows(output.target, rows)


def _row(
    document: Document,
    whole: Annotation,
    names: Mapping[str, Mapping[str, str]],
    types: tuple[str, ...],
) -> dict[str, Any]:
    def shown(layer: str, label: str) -> str:
        return names[layer].get(label, label)

    # A type without mentions is an example of a text that has none.
    looked_for = types if "entities" in whole.layers else ()
    entities: dict[str, list[Any]] = {shown("entities", label): [] for label in looked_for}
    places = {mention.id: _place(mention.spans) for mention in whole.mentions}
    for mention in whole.mentions:
        entities.setdefault(shown("entities", mention.type), []).append(places[mention.id])
    relations = [
        {shown("relations", r.type): {"head": places[r.source], "tail": places[r.target]}}
        for r in whole.relations
    ]
    structures = [{shown("events", e.type): _fields(e, places)} for e in whole.events]
    events = {name: {"mode": "natural", "anchor": TRIGGER} for one in structures for name in one}
    output = {
        "entities": entities,
        "relations": relations,
        "json_structures": structures,
        "record_metadata": events,
    }
    kept = {key: value for key, value in output.items() if value}
    return {"document": document.id, "input": document.text, "output": kept}


def _fields(event: Event, places: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {TRIGGER: _place(event.trigger)}
    for argument in event.arguments:
        fields.setdefault(argument.role, []).append(places[argument.filler])
    return fields


def _place(spans: Spans) -> dict[str, Any]:
    (span,) = spans
    return {"text": span.text, "start": span.start, "end": span.end}


_PLACING = Placing(discontinuous="left out")

FORMAT = Format(
    name="gliner2",
    title="GLiNER2",
    suffix=".jsonl",
    holds=Holds(
        kinds=frozenset({"texts", "mentions", "relations", "events", "arguments"}),
        unwritable=f"^{TRIGGER}$",
        mentions=_PLACING,
        triggers=_PLACING,
        fillers=frozenset({"mention"}),
    ),
    writer=_write,
    choices=(LABELS,),
    notes="Training data. An event is a structure of its trigger and its arguments.",
)
