"""Finds items by a plain loop over the rows of a dataset, independently of the package."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dateline.search.conditions import Conditions

FIELDS = {
    "mention": ("mentions",),
    "event": ("events",),
    "claim": ("claims",),
    "relation": ("relations", "event_relations", "claim_relations"),
}
LAYER = {
    "mentions": "entities",
    "events": "events",
    "claims": "claims",
    "relations": "relations",
    "event_relations": "events",
    "claim_relations": "claims",
}

Key = tuple[str, str | None, str, str, tuple[tuple[int, int], ...]]
"""Document, annotator, field, id or ends, and offsets."""


class Plain:
    """The rows of the configs ``documents`` and ``annotations`` of a built dataset."""

    def __init__(self, dist: Path) -> None:
        def rows(config: str) -> list[dict[str, Any]]:
            return [r for f in dist.glob(f"{config}/*") for r in pq.read_table(f).to_pylist()]

        self.documents = rows("documents")
        for document in self.documents:
            document["sentences"] = [(s["start"], s["end"]) for s in document["sentences"]]
            document["by"] = {}
        by_id = {document["id"]: document for document in self.documents}
        for row in rows("annotations"):
            by_id[row["document"]]["by"][row["annotator"]] = row


def plain_loop(plain: Plain, conditions: Conditions, annotator: str = "gold") -> set[Key]:
    """What a search finds; conditions are those that the ontology of the corpus allows."""
    return {
        key
        for document in plain.documents
        for name in conditions.disagree or (annotator,)
        for key in _in_annotation(document, name, conditions)
    }


def _in_annotation(document: dict[str, Any], name: str, conditions: Conditions) -> set[Key]:
    text = document["text"]
    passages = (
        [((m.start(), m.end()),) for m in re.finditer(conditions.text, text) if m.group()]
        if conditions.text
        else []
    )
    kinds = [*conditions.labels]
    if conditions.roles and "event" not in kinds:
        kinds.append("event")
    if (conditions.claimers or conditions.claimer_name) and "claim" not in kinds:
        kinds.append("claim")
    asked = list(kinds)
    if not kinds and (conditions.quote or conditions.disagree):
        kinds = [*FIELDS]
    if not kinds:
        return {(document["id"], None, "text", "", place) for place in passages}
    annotation = document["by"].get(name)
    if annotation is None:
        return set()
    found = {kind: _of_kind(document, name, kind, conditions) for kind in kinds}
    results = set()
    for kind, items in found.items():
        for item in items:
            others = [[one[-1] for one in found[k]] for k in asked if k != kind]
            others += [passages] if conditions.text else []
            here = _sentences(document, item[-1])
            if all(any(here & _sentences(document, o) for o in other) for other in others):
                results.add(item)
    return results


def _of_kind(document: dict[str, Any], name: str, kind: str, conditions: Conditions) -> list[Key]:
    annotation = document["by"][name]
    found = []
    for field in FIELDS[kind]:
        for item in annotation.get(field, []):
            ranges = _ranges(item, annotation)
            quote = " ".join(document["text"][a:b] for a, b in ranges)
            if (
                _label(item) in (conditions.labels.get(kind) or [_label(item)])
                and (not conditions.quote or re.search(conditions.quote, quote))
                and all(
                    str((item.get("attributes") or {}).get(n)) == v
                    for n, v in conditions.attributes
                )
                and (kind != "event" or _has_roles(item, annotation, conditions))
                and (kind != "claim" or _has_claimer(item, annotation, conditions))
                and (not conditions.disagree or _differs(document, name, field, item, conditions))
            ):
                ends = item.get("id") or f"{item['source']}→{item['target']}"
                found.append((document["id"], name, field, ends, ranges))
    return found


def _sentences(document: dict[str, Any], ranges: Any) -> set[int]:
    return {
        number
        for number, (start, end) in enumerate(document["sentences"])
        if any(a < end and start < b for a, b in ranges)
    }


def _by_id(annotation: dict[str, Any], name: str | None) -> dict[str, Any] | None:
    if "ids" not in annotation:
        fields = ("mentions", "events", "claims")
        annotation["ids"] = {item["id"]: item for f in fields for item in annotation[f]}
    return annotation["ids"].get(name)


def _ranges(item: dict[str, Any], annotation: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    if "source" in item:
        ends = [_by_id(annotation, item[end]) for end in ("source", "target")]
        return tuple(sorted({r for end in ends for r in _ranges(end, annotation)}))
    return tuple((s["start"], s["end"]) for s in item.get("trigger") or item["spans"])


def _label(item: dict[str, Any]) -> str:
    return item.get("act") or item["type"]


def _has_roles(event: dict[str, Any], annotation: dict[str, Any], conditions: Conditions) -> bool:
    arguments = []
    for argument in event.get("arguments", []):
        mention = _by_id(annotation, argument["mention"])
        filler = mention["type"] if mention else "event" if argument["event"] else "claim"
        arguments += [(argument["role"], filler), (argument["role"], None)]
    return all(role in arguments for role in conditions.roles)


def _has_claimer(claim: dict[str, Any], annotation: dict[str, Any], conditions: Conditions) -> bool:
    mention = _by_id(annotation, claim["claimer"])
    label = mention["type"] if mention else claim["claimer"]
    names = []
    if mention:
        names = [" ".join(s["text"] for s in mention["spans"])]
        names += [
            e["name"] for e in annotation.get("entities", []) if e["id"] == mention.get("entity")
        ]
    return (not conditions.claimers or label in conditions.claimers) and (
        not conditions.claimer_name or any(re.search(conditions.claimer_name, one) for one in names)
    )


def _differs(
    document: dict[str, Any], name: str, field: str, item: dict[str, Any], conditions: Conditions
) -> bool:
    (other,) = {*(conditions.disagree or ())} - {name}
    mine, theirs = document["by"][name], document["by"].get(other)
    if theirs is None or LAYER[field] not in {*mine["layers"]} & {*theirs["layers"]}:
        return False
    content = f"content of {field}"
    if content not in theirs:
        theirs[content] = [_content(one, theirs) for one in theirs[field]]
    return _content(item, mine) not in theirs[content]


def _content(item: dict[str, Any], annotation: dict[str, Any]) -> str:
    """An item as JSON in which places are in the place of ids."""

    def place(name: str) -> Any:
        found = _by_id(annotation, name)
        return [_label(found), _ranges(found, annotation)] if found else name

    shown = {
        "label": _label(item),
        "ends": [place(item[e])[1] for e in ("source", "target")] if "source" in item else [],
        "ranges": [] if "source" in item else _ranges(item, annotation),
        "attributes": item.get("attributes"),
        "arguments": sorted(
            json.dumps(
                [a["role"], place(a["mention"] or a["event"] or a["claim"]), a["attributes"]]
            )
            for a in item.get("arguments", [])
        ),
        "claimer": place(item["claimer"]) if "claimer" in item else None,
        "cue": [(s["start"], s["end"]) for s in item.get("cue") or []],
        "events": sorted(json.dumps(place(e)) for e in item.get("events", [])),
    }
    return json.dumps(shown, sort_keys=True)
