"""The items of an annotation as they are in a row: mappings, with spans and references by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dateline.model import Range
from dateline.search.rows import Content

Item = Mapping[str, Any]
"""An item as it is in a row."""


class Items:
    """The items of an annotation by id, and what they refer to."""

    def __init__(self, content: Content) -> None:
        fields = ("mentions", "events", "claims")
        self.by_id: dict[str, Item] = {
            item["id"]: item for field in fields for item in content.get(field) or ()
        }
        self._entities = {entity["id"]: entity for entity in content.get("entities") or ()}

    def ranges(self, item: Item) -> tuple[Range, ...]:
        """The fragments of an item, of an event its trigger; of a relation those of both ends."""
        if "source" in item:
            return tuple(sorted({found for end in self.ends(item) for found in end}))
        return ranges_of(item["trigger"] if "trigger" in item else item["spans"])

    def ends(self, relation: Item) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
        """The fragments of the source and of the target of a relation."""
        source, target = (self.by_id[relation[end]] for end in ("source", "target"))
        return self.ranges(source), self.ranges(target)

    def filler(self, argument: Item) -> Item:
        """The mention, event or claim that fills a role."""
        return self.by_id[argument.get("mention") or argument.get("event") or argument["claim"]]

    def filler_type(self, argument: Item) -> str:
        """The entity type of the mention that fills a role, or ``event`` or ``claim``."""
        if argument.get("mention"):
            return label_of(self.filler(argument))
        return "event" if argument.get("event") else "claim"

    def claimer_type(self, claim: Item) -> str:
        """The entity type of the mention that is the claimer, or another claimer."""
        mention = self.by_id.get(claim["claimer"])
        return label_of(mention) if mention else claim["claimer"]

    def claimer_names(self, claim: Item) -> list[str]:
        """The text of the claimer and the name of its entity, as far as they are not withheld."""
        mention = self.by_id.get(claim["claimer"])
        if mention is None:
            return []
        names = (text_of(mention["spans"]), *(one["name"] for one in self.entity(mention)))
        return [name for name in names if name]

    def entity(self, mention: Item) -> list[Item]:
        """The entity of a mention, if it has one."""
        found = self._entities.get(mention.get("entity"))
        return [found] if found else []


def label_of(item: Item) -> str:
    """The label of an item or a relation: a claim's act, or the type."""
    label: str = item["act"] if "act" in item else item["type"]
    return label


def ranges_of(spans: Iterable[Item]) -> tuple[Range, ...]:
    """Start and end offsets of each span."""
    return tuple((span["start"], span["end"]) for span in spans)


def text_of(spans: Iterable[Item]) -> str | None:
    """The text of the fragments, joined by a space; None if it is withheld."""
    texts = [span["text"] for span in spans]
    return None if None in texts else " ".join(texts)


def attributes_of(item: Item) -> dict[str, Any]:
    """The attributes that are given, by name: a column has all of them, null for the others."""
    given = sorted((item.get("attributes") or {}).items())
    return {name: value for name, value in given if value is not None}


def without_nulls(item: Item) -> Item:
    """The item without attributes that are not given."""
    shown = dict(item)
    if "attributes" in shown:
        shown["attributes"] = attributes_of(item)
    if "arguments" in shown:
        shown["arguments"] = [without_nulls(argument) for argument in shown["arguments"]]
    return shown
