"""What two annotations have in common: their content up to ids, and their chains."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec

from dateline.files.writing import sha256
from dateline.interop.source import SourceDocument
from dateline.model import CONTENT_FIELDS, Annotation, Document

REFERENCES = ("id", "entity", "cluster", "source", "target", "mention", "event", "claim", "claimer")
ROUNDS = 4


def content_of(annotation: Annotation, *, ids: bool) -> dict[str, Any]:
    """The content of an annotation; without ``ids``, by what identifies items but for their ids.

    Ids are replaced by hashes of what the items are and of what they are joined with, refined
    several times (Weisfeiler and Leman 1968).
    """
    fields = {name: msgspec.to_builtins(getattr(annotation, name)) for name in CONTENT_FIELDS}
    if ids:
        return fields
    items = [item for name in CONTENT_FIELDS if name != "attributes" for item in fields[name]]
    names = {item["id"] for item in items if "id" in item}
    names |= {item["cluster"] for item in items if item.get("cluster")}
    colours = dict.fromkeys(names, "")
    for _ in range(ROUNDS):
        found: dict[str, list[str]] = defaultdict(list)
        for item in items:
            coloured = _coloured(item, colours)
            for place, name in _references(item):
                if name in names:
                    found[name].append(f"{place} {coloured}")
        colours = {name: sha256(repr(sorted(found[name])).encode()) for name in names}
    return {
        "attributes": fields["attributes"],
        **{
            name: sorted(_coloured(item, colours) for item in fields[name])
            for name in CONTENT_FIELDS
            if name != "attributes"
        },
    }


def _references(item: Any, place: str = "") -> list[tuple[str, str]]:
    if isinstance(item, dict):
        return [
            found
            for key, value in item.items()
            if key != "attributes"
            for found in (
                [(f"{place}{key}", value)]
                if key in REFERENCES and isinstance(value, str)
                else _references(value, f"{place}{key}.")
            )
        ]
    if isinstance(item, list | tuple):
        return [
            found
            for part in item
            for found in ([(place, part)] if isinstance(part, str) else _references(part, place))
        ]
    return []


def _coloured(item: Any, colours: dict[str, str]) -> str:
    def renamed(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: v if k == "attributes" else renamed(v, k) for k, v in value.items()}
        if isinstance(value, list | tuple):
            parts = [renamed(part, key) for part in value]
            return sorted(parts, key=repr) if key in ("events", "arguments") else parts
        is_reference = key in REFERENCES or key == "events"
        return colours.get(value, value) if is_reference and isinstance(value, str) else value

    return repr(renamed(item))


def chains_by_token(document: Document | SourceDocument, annotation: Annotation) -> set:
    """The chains as sets of their mentions, by the numbers of the first and the last token."""
    tokens = document.tokens or ()
    starts = {start: number for number, (start, _) in enumerate(tokens)}
    ends = {end: number for number, (_, end) in enumerate(tokens)}
    found = defaultdict(set)
    for mention in annotation.mentions:
        if mention.entity is not None:
            place = starts[mention.spans[0].start], ends[mention.spans[-1].end]
            found[mention.entity].add(place)
    return {frozenset(chain) for chain in found.values()}
