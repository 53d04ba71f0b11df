"""The items of an annotation, by the rules of the guidelines that they were annotated by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from dateline.annotations.items import items_by_id, quote_of
from dateline.model import LAYERS, RELATION_FIELDS, Annotation, Attributes, Struct
from dateline.ontology.rules import Rule, title_of

_RELATION_KINDS: Mapping[str, str] = {
    "relations": "relation",
    "event_relations": "eventRelation",
    "claim_relations": "claimRelation",
}
_LAYERS: Mapping[str, tuple[str, ...]] = {
    "document": ("document",),
    **dict.fromkeys(("mention", "entity"), ("entities",)),
    "relation": ("relations",),
    **dict.fromkeys(("event", "role", "argument", "factuality", "eventRelation"), ("events",)),
    **dict.fromkeys(("act", "claim", "claimRelation"), ("claims",)),
    "claimer": ("events", "claims"),
}
"""Layers by the first word of a rule's kind; other rules are about all layers."""


class RuledItem(Struct, frozen=True):
    """An item that a rule is about.

    ``kind`` is ``mention``, ``entity``, ``event``, ``argument`` or ``factuality`` (with the id of
    the event), ``claim``, ``document`` or a kind of relation. Relations and documents have no
    ``id``.
    """

    kind: str
    id: str | None
    label: str
    quote: str


def layers_of(rule: Rule) -> tuple[str, ...]:
    """The layers that a rule is about."""
    return _LAYERS.get(rule.kind.partition(".")[0].partition(" ")[0], LAYERS)


def items_by_rule(annotation: Annotation) -> Mapping[str, list[RuledItem]]:
    """The items that each rule is about, by the rule's title."""
    found: defaultdict[str, list[RuledItem]] = defaultdict(list)
    for title, item in _pairs(annotation):
        if item not in found[title]:
            found[title].append(item)
    return found


def _pairs(annotation: Annotation) -> Iterator[tuple[str, RuledItem]]:
    quotes = {id_: quote_of(item) for id_, item in items_by_id(annotation).items()}

    def item(
        kind: str, id_: str | None, label: str, quote: str, *titles: str, **attributes: Attributes
    ) -> Iterator[tuple[str, RuledItem]]:
        ruled = RuledItem(kind=kind, id=id_, label=label, quote=quote)
        for title in (*titles, *_of_attributes(attributes)):
            yield title, ruled

    yield from item("document", None, "", "", document=annotation.attributes)
    for m in annotation.mentions:
        titles = ("mention", title_of("entity", m.type))
        yield from item("mention", m.id, m.type, quotes[m.id], *titles, mention=m.attributes)
    for e in annotation.entities:
        yield from item("entity", e.id, e.type, quotes[e.id], entity=e.attributes)
    for v in annotation.events:
        titles = ("event", title_of("event", v.type))
        yield from item("event", v.id, v.type, quotes[v.id], *titles, event=v.attributes)
        for argument in v.arguments:
            label, filler = f"{v.type}.{argument.role}", quotes.get(argument.filler, "")
            title, quote = (
                title_of(f"role of {v.type}", argument.role),
                f"{quotes[v.id]} → {filler}",
            )
            yield from item("argument", v.id, label, quote, title, argument=argument.attributes)
        for given in v.factuality:
            titles = (title_of("factuality", given.value), title_of("claimer", given.source))
            yield from item("factuality", v.id, given.value, quotes[v.id], "factuality", *titles)
    for c in annotation.claims:
        labels = (title_of("act", c.act), title_of("claimer", c.claimer))
        yield from item("claim", c.id, c.act, quotes[c.id], "claim", *labels, claim=c.attributes)
    for field in RELATION_FIELDS:
        kind = _RELATION_KINDS[field]
        for r in getattr(annotation, field):
            quote = f"{quotes.get(r.source, '')} → {quotes.get(r.target, '')}"
            title = title_of(kind, r.type)
            yield from item(kind, None, r.name, quote, kind, title, **{kind: r.attributes})


def _of_attributes(attributes: Mapping[str, Attributes]) -> Iterator[str]:
    """The titles of the rules about attributes, given by definition, and about their labels."""
    for definition, values in attributes.items():
        for name, value in values.items():
            yield f"{definition}.{name}"
            for label in value if isinstance(value, tuple) else (value,):
                if isinstance(label, str):
                    yield title_of(f"{definition}.{name}", label)
