"""Makes entities and event instances of relations and attributes that a mapping reads so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from dateline.annotations.components import components
from dateline.annotations.link_text import parse_links
from dateline.interop.importing.joining import Lose
from dateline.interop.importing.labels import ATTRIBUTE, SourceLabel
from dateline.interop.importing.mapping import (
    ENTITY_ID,
    ENTITY_LINK,
    ENTITY_NAME,
    EVENT_CLUSTER,
    EVENT_LINK,
    LabelMapping,
)
from dateline.interop.representation import written
from dateline.label_studio.convert.region_ids import mint, renamed
from dateline.model import Entity, Link, Mention


class ChainKind(NamedTuple):
    """A kind of chains: the attributes that tell of it, its links, and how its names end."""

    id: str
    name: str
    link: str
    links: str
    suffix: str


ENTITY_CHAIN = ChainKind(ENTITY_ID, ENTITY_NAME, ENTITY_LINK, "entity links", "entity")
EVENT_CHAIN = ChainKind(EVENT_CLUSTER, "", EVENT_LINK, "event links", "cluster")


class ChainMaker:
    """Makes the chains of one annotation, whose items have the ids ``taken``."""

    def __init__(self, mapping: LabelMapping, taken: set[str], lose: Lose) -> None:
        self._mapping, self._taken, self._lose = mapping, taken, lose

    def chained(
        self, kind: ChainKind, items: Sequence[Mention], pairs: Iterable[tuple[str, str]]
    ) -> tuple[list[Mention], dict[str, list[Mention]]]:
        """The items with the name of their chain as entity, and the chains by name.

        Items are in one chain if they are a pair, or have the same chain in the source or by an
        attribute. An item with a name or a link alone is a chain of its own.
        """
        names = {item.id: item.entity for item in items if item.entity}
        texts = {item.id: text for item in items if (text := self._answer(item, kind.id))}
        new_names = renamed({*names.values(), *texts.values()}, self._taken)
        for item, text in texts.items():
            name = new_names.get(text, text)
            if names.setdefault(item, name) != name:
                self._lose("mention attributes", f"{item} {kind.id}", "the source has another one")
        first: dict[str, str] = {}
        joined = [(item, first.setdefault(name, item)) for item, name in names.items()]
        joined += pairs
        by_id = {item.id: item for item in items}
        chains: dict[str, list[Mention]] = {}
        for members in components(by_id, joined) if joined else ([name] for name in by_id):
            known = next((names[member] for member in members if member in names), None)
            if known is None and len(members) == 1 and not self._tells(kind, by_id[members[0]]):
                continue
            name = known or mint(f"{members[0][:50]}.{kind.suffix}", self._taken)
            chains[name] = [replace(by_id[member], entity=name) for member in members]
        made = {item.id: item for members in chains.values() for item in members}
        return [made.get(item.id, item) for item in items], chains

    def entity(self, known: Entity | None, name: str, members: Sequence[Mention]) -> Entity:
        """The entity of a chain, without a type if the source does not have it."""
        links = self.links(ENTITY_CHAIN, members)
        full = [(item.id, text) for item in members if (text := self._answer(item, ENTITY_NAME))]
        found = known or Entity(id=name, type="", name=full[0][1] if full else "")
        for item, text in full:
            if text != found.name:
                self._lose("mention attributes", f"{item} {ENTITY_NAME}", "has another name")
        return replace(found, links=tuple(dict.fromkeys((*found.links, *links))))

    def links(self, kind: ChainKind, members: Sequence[Mention]) -> tuple[Link, ...]:
        """The links that the members of a chain have."""
        found: dict[Link, None] = {}
        for item in members:
            if text := self._answer(item, kind.link):
                links = parse_links(text)
                if links is None:
                    self._lose(kind.links, f"{item.id} {text}", "is not a link; write KB:ID")
                found.update(dict.fromkeys(links or ()))
        return tuple(found)

    def _tells(self, kind: ChainKind, item: Mention) -> bool:
        return bool(self._answer(item, kind.name) or self._answer(item, kind.link))

    def _answer(self, item: Mention, word: str) -> str:
        """The value of the attribute that the mapping reads as part of a chain."""
        for name, value in item.attributes.items():
            label = SourceLabel(ATTRIBUTE, f"mention.{name}")
            if word and self._mapping.moved.get(label) == word:
                return " ".join(written(value)).strip()
        return ""
