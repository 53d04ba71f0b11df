"""Upgrades the JSON of annotations from schema version 1.0 to 2.0.

In 2.0, entities have a list of links instead of one, and what is empty is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dateline.model import FORMER_VERSION, SCHEMA_VERSION

_LISTS: Mapping[str, Any] = {
    name: []
    for name in (
        *("mentions", "entities", "events", "event_relations", "claims", "claim_relations"),
        "retired",
    )
}
_ITEMS: Mapping[str, Mapping[str, Any]] = {
    "mentions": {"attributes": {}, "entity": None},
    "entities": {},
    "events": {"arguments": [], "attributes": {}, "cluster": None},
    "claims": {"cue": None, "events": [], "attributes": {}},
}
"""The lists of items with fields that 2.0 leaves out if they have this empty value."""


def upgraded_annotation(value: Any) -> Any:
    """The JSON value of an annotation in version 2.0; nothing is lost, and ids and order are kept.

    A value that is not an annotation of version 1.0 is returned as it is.
    """
    if not isinstance(value, dict) or value.get("schema_version") != FORMER_VERSION:
        return value
    upgraded = {**value, "schema_version": SCHEMA_VERSION}
    for name, empty in _ITEMS.items():
        if isinstance(items := value.get(name), list):
            upgraded[name] = [_without(_with_links(item), empty) for item in items]
    return _without(upgraded, _LISTS)


def _with_links(item: Any) -> Any:
    """An entity with a list of links; other items have none, and are returned as they are."""
    if not isinstance(item, dict) or "link" not in item or "links" in item:
        return item
    others = {name: inner for name, inner in item.items() if name != "link"}
    return others if item["link"] is None else {**others, "links": [item["link"]]}


def _without(value: Any, empty: Mapping[str, Any]) -> Any:
    """The object without the fields that have their empty value."""
    if not isinstance(value, dict):
        return value
    return {
        name: inner for name, inner in value.items() if name not in empty or inner != empty[name]
    }
