"""The kinds of errors that are planted in gold.

Each function changes the gold of one document, given as JSON values, and returns the id of the item
and what was changed, or None if what it drew at random does not fit. Labels are those of this
repository's ontology.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import combinations
from typing import Any, NamedTuple

from dateline.ontology.labels import Ontology

Item = dict[str, Any]
Found = tuple[str, str] | None

SIMILAR_TYPES = ("PERSON", "GROUP", "ORGANIZATION")
PARTICIPANTS = ("agent", "target", "victim", "theme")
OPPOSITES = {
    "certain_positive": "certain_negative",
    "certain_negative": "certain_positive",
    "unknown": "certain_positive",
}
OTHER_ACTS = {
    "DENY": "CONFIRM", "CONFIRM": "DENY", "ASSERT": "PREDICT", "PROMISE": "PREDICT",
    "PREDICT": "PROMISE", "EVALUATE": "ACCUSE", "ACCUSE": "EVALUATE",
}  # fmt: skip
ORDERS = ("BEFORE", "INCLUDES")


class Draft(NamedTuple):
    """The gold of one document as JSON values, and what chooses."""

    gold: Item
    ontology: Ontology
    chance: random.Random

    def one_of(self, field: str) -> Item | None:
        """An item at random; None if there is none."""
        items = self.gold.get(field) or ()
        return self.chance.choice(items) if items else None

    def chain(self, mention: Item) -> list[Item]:
        """All mentions of the entity of a mention."""
        return [m for m in self.gold["mentions"] if m.get("entity") == mention.get("entity")]


def words(item: Item) -> str:
    """The first fragment of an item."""
    text: str = (item.get("trigger") or item["spans"])[0]["text"]
    return text


def type_of_entity(draft: Draft) -> Found:
    mention = draft.one_of("mentions")
    if mention is None or mention["type"] not in SIMILAR_TYPES or not mention.get("entity"):
        return None
    other = draft.chance.choice([name for name in SIMILAR_TYPES if name != mention["type"]])
    for member in (
        *draft.chain(mention),
        *(e for e in draft.gold["entities"] if e["id"] == mention["entity"]),
    ):
        member["type"] = other
    return mention["id"], f"{words(mention)}: {other}"


def missing_mention(draft: Draft) -> Found:
    mention = draft.one_of("mentions")
    if mention is None or len(draft.chain(mention)) < 2:
        return None
    draft.gold["mentions"].remove(mention)
    return mention["id"], words(mention)


def span_of_mention(draft: Draft) -> Found:
    mention = draft.one_of("mentions")
    if mention is None or len(mention["spans"]) > 1 or " " not in words(mention):
        return None
    whole = words(mention)
    _, _, rest = whole.partition(" ")
    (span,) = mention["spans"]
    span.update(start=span["end"] - len(rest), text=rest)
    return mention["id"], whole


def wrong_chain(draft: Draft) -> Found:
    mention = draft.one_of("mentions")
    if mention is None or len(draft.chain(mention)) < 2 or mention["attributes"]["level"] == "name":
        return None
    others = [
        entity
        for entity in draft.gold["entities"]
        if entity["type"] == mention["type"] and entity["id"] != mention["entity"]
    ]
    if not others:
        return None
    other = draft.chance.choice(others)
    mention["entity"] = other["id"]
    return mention["id"], f"{words(mention)}: {other['name']}"


def type_of_event(draft: Draft) -> Found:
    event = draft.one_of("events")
    if event is None or event.get("cluster"):
        return None
    roles = {argument["role"] for argument in event.get("arguments", ())}
    fitting = [
        name
        for name, kind in draft.ontology.event_types.items()
        if name != event["type"] and roles <= kind.roles.keys()
    ]
    if not fitting:
        return None
    event["type"] = draft.chance.choice(sorted(fitting))
    return event["id"], f"{words(event)}: {event['type']}"


def missing_event(draft: Draft) -> Found:
    event = draft.one_of("events")
    if event is None or event.get("cluster"):
        return None
    draft.gold["events"].remove(event)
    return event["id"], words(event)


def roles_swapped(draft: Draft) -> Found:
    event = draft.one_of("events")
    arguments = [a for a in (event or {}).get("arguments", ()) if "mention" in a]
    pairs = [(a, b) for a, b in combinations(arguments, 2) if a["role"] != b["role"]]
    if event is None or not pairs:
        return None
    one, two = draft.chance.choice(pairs)
    one["role"], two["role"] = two["role"], one["role"]
    return event["id"], f"{words(event)}: {one['role']} and {two['role']} swapped"


def missing_argument(draft: Draft) -> Found:
    event = draft.one_of("events")
    arguments = [a for a in (event or {}).get("arguments", ()) if a["role"] in PARTICIPANTS]
    if event is None or not arguments:
        return None
    gone = draft.chance.choice(arguments)
    event["arguments"].remove(gone)
    return event["id"], f"{words(event)}: no {gone['role']}"


def factuality(draft: Draft) -> Found:
    event = draft.one_of("events")
    values = [v for v in (event or {}).get("factuality", ()) if v["value"] in OPPOSITES]
    if event is None or not values:
        return None
    value = draft.chance.choice(values)
    value["value"] = OPPOSITES[value["value"]]
    return event["id"], f"{words(event)}: {value['source']} {value['value']}"


def claimer(draft: Draft) -> Found:
    claim = draft.one_of("claims")
    if claim is None:
        return None
    mentions = {mention["id"]: mention.get("entity") for mention in draft.gold["mentions"]}
    others = {
        other["claimer"]
        for other in draft.gold["claims"]
        if other["claimer"] in mentions
        and mentions[other["claimer"]] != mentions.get(claim["claimer"])
    }
    if not others:
        return None
    claim["claimer"] = draft.chance.choice(sorted(others))
    return claim["id"], f"{words(claim)}: {claim['claimer']}"


def act(draft: Draft) -> Found:
    claim = draft.one_of("claims")
    if claim is None or claim["act"] not in OTHER_ACTS:
        return None
    claim["act"] = OTHER_ACTS[claim["act"]]
    return claim["id"], f"{words(claim)}: {claim['act']}"


def missing_claim(draft: Draft) -> Found:
    claim = draft.one_of("claims")
    if claim is None:
        return None
    draft.gold["claims"].remove(claim)
    return claim["id"], words(claim)


def order_of_events(draft: Draft) -> Found:
    relation = draft.one_of("event_relations")
    if relation is None or relation["type"] not in ORDERS:
        return None
    relation["source"], relation["target"] = relation["target"], relation["source"]
    return f"{relation['source']}-{relation['target']}", f"{relation['type']} reversed"


KINDS: dict[str, Callable[[Draft], Found]] = {
    "type of an entity": type_of_entity,
    "missing mention": missing_mention,
    "span of a mention": span_of_mention,
    "mention in a wrong chain": wrong_chain,
    "type of an event": type_of_event,
    "missing event": missing_event,
    "roles swapped": roles_swapped,
    "missing argument": missing_argument,
    "factuality": factuality,
    "claimer": claimer,
    "act": act,
    "missing claim": missing_claim,
    "order of events": order_of_events,
}
