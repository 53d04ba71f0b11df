"""TextEE and EvmEval: triggers, arguments and event coreference."""

from __future__ import annotations

import json
import re

import msgspec

from ..documents import Case, Document, Event, Items, bounds, points, ranges
from .peer import Numbers, Peer, Place, both_sides, output_of

# TextEE, https://github.com/ej0cl6/TextEE

TEXTEE = {
    "trigger_id": "triggers: TI",
    "trigger_cls": "triggers: TC",
    "argument_id": "arguments: AI",
    "argument_cls": "arguments: AC",
    "argument_attached_id": "arguments: AI+",
    "argument_attached_cls": "arguments: AC+",
}
_TEXTEE_SCRIPT = """
import json, sys, types
sys.modules["ipdb"] = types.ModuleType("ipdb")  # imported, never used
sys.path.insert(0, sys.argv[1])
import scorer
gold, predicted = json.load(sys.stdin)
print(json.dumps(scorer.compute_scores(predicted, gold, "E2E")))
"""


def _contiguous(items: Items) -> Items:
    """Events whose trigger is in one fragment, and their arguments in one fragment."""
    short = {i for i, m in enumerate(items.mentions) if len(ranges(m.span)) == 1}
    events = tuple(
        msgspec.structs.replace(
            event, arguments=tuple(pair for pair in event.arguments if pair[1] in short)
        )
        for event in items.events
        if len(ranges(event.span)) == 1
    )
    return msgspec.structs.replace(items, events=events, claims=())


def run_textee(case: Case, place: Place) -> Numbers:
    sides = [
        [_window(number, getattr(document, side)) for number, document in enumerate(case.documents)]
        for side in ("gold", "predicted")
    ]
    printed = output_of(
        [place.python, "-c", _TEXTEE_SCRIPT, place.clone / "TextEE"], given=json.dumps(sides)
    )
    scores = json.loads(printed)
    return {
        name: [scores[name][rate] / 100 for rate in ("precision", "recall", "f1")]
        for name in TEXTEE
    }


def _window(number: int, items: Items) -> dict[str, object]:
    return {
        "doc_id": f"d{number}",
        "wnd_id": f"d{number}",
        "events": [
            {
                "trigger": [*bounds(event.span), event.type, ""],
                "arguments": [
                    [*bounds(items.mentions[filler].span), role, ""]
                    for role, filler in event.arguments
                ],
            }
            for event in items.events
        ],
    }


# EvmEval, https://github.com/hunterhector/EvmEval

EVMEVAL = {"plain": "triggers: TI", "mention_type": "triggers: TC"}
EVMEVAL_COREFERENCE = {
    "muc": "event-coreference: MUC",
    "bcub": "event-coreference: B3",
    "ceafm": "event-coreference: CEAFm",
    "ceafe": "event-coreference: CEAFe",
    "blanc": "event-coreference: BLANC",
}


def _triggers(document: Document) -> Document | None:
    """Triggers with one type; predicted ones are at a gold trigger or share no text with any.

    EvmEval gives partial credit for overlap, and does not count the predictions in a document
    without gold events.
    """
    gold = _distinct(document.gold.events)
    spans = {event.span for event in gold}
    predicted = [
        event
        for event in _distinct(document.predicted.events)
        if event.span in spans or all(points(event.span).isdisjoint(points(s)) for s in spans)
    ]
    return Document(Items(events=tuple(gold)), Items(events=tuple(predicted))) if gold else None


def _triggers_of_one_type(document: Document) -> Document | None:
    """As above, with the gold type wherever the trigger is a gold one.

    For EvmEval, events are the same only if their types are.
    """
    found = _triggers(document)
    if found is None:
        return None
    types = {event.span: event.type for event in found.gold.events}
    predicted = tuple(
        msgspec.structs.replace(event, type=types.get(event.span, event.type))
        for event in found.predicted.events
    )
    return Document(found.gold, Items(events=predicted))


def _distinct(events: tuple[Event, ...]) -> list[Event]:
    """The first event of each trigger that shares no text with an earlier one."""
    kept: list[Event] = []
    for event in events:
        if all(points(event.span).isdisjoint(points(other.span)) for other in kept):
            kept.append(msgspec.structs.replace(event, arguments=()))
    return kept


def run_evmeval(case: Case, place: Place) -> Numbers:
    paths = {side: place.scratch / f"{side}.tbf" for side in ("gold", "predicted")}
    for side, path in paths.items():
        path.write_text(_tbf(case, side))
    coref, report = place.scratch / "coref", place.scratch / "report"
    script = place.clone / "scorer_v1.8.py"
    flags = ["-g", paths["gold"], "-s", paths["predicted"], "-c", coref, "-o", report]
    output_of([place.python, script, *flags])
    return _evmeval_numbers(report.read_text())


def _evmeval_numbers(report: str) -> Numbers:
    found: dict[str, list[float | None]] = {}
    final = report.partition("=Final Mention Detection Results=")[2]
    for line in final.splitlines():
        cells = line.split("\t")
        name = cells[0].strip()
        if name in ("plain", "mention_type") and len(cells) == 7:
            found[name] = [_number(cell) / 100 for cell in cells[1:4]]
        coreference = re.search(r"Metric : (\w+)\tScore\t([\d.]+)", line)
        if coreference:
            found[coreference.group(1)] = [None, None, float(coreference.group(2)) / 100]
    return found


def _number(cell: str) -> float:
    value = float(cell)
    return 0.0 if value != value else value  # NaN is undefined


def _tbf(case: Case, side: str) -> str:
    lines = []
    for number, document in enumerate(case.documents):
        events = getattr(document, side).events
        lines.append(f"#BeginOfDocument d{number}")
        clusters: dict[str, list[str]] = {}
        for i, event in enumerate(events):
            span = ";".join(f"{a},{b}" for a, b in ranges(event.span))
            lines.append(f"x\td{number}\tE{i}\t{span}\tword\t{event.type}\tActual")
            if event.cluster:
                clusters.setdefault(event.cluster, []).append(f"E{i}")
        for name, members in clusters.items():
            if len(members) > 1:
                lines.append(f"@Coreference\t{name}\t{','.join(members)}")
        lines.append("#EndOfDocument")
    return "\n".join(lines) + "\n"


PEERS = (
    Peer(
        "TextEE",
        "TextEE",
        ("triggers", "arguments"),
        run_textee,
        TEXTEE,
        both_sides(_contiguous),
    ),
    Peer("EvmEval", "EvmEval", ("triggers",), run_evmeval, EVMEVAL, _triggers, tolerance=0.6e-4),
    Peer(
        "EvmEval-coreference",
        "EvmEval",
        ("event-coreference",),
        run_evmeval,
        EVMEVAL_COREFERENCE,
        _triggers_of_one_type,
        tolerance=1.01e-4,  # its coreference scorer cuts percentages off after two decimals
    ),
)
