"""What was found, as text and as JSON."""

from __future__ import annotations

from typing import Any

from dateline.model import GOLD
from dateline.rendering.site_links import item_link, passage_link
from dateline.search.finding import Found
from dateline.search.items import Item, Items, text_of
from dateline.text import excerpt


def as_json(found: Found, site: str | None = None) -> dict[str, Any]:
    """What was found as a JSON object, with its link if there is a site.

    ``item`` is the item as in a row of the dataset.
    """
    text = found.row.text
    return {
        "document": found.row.id,
        "split": found.row.split,
        "annotator": found.annotator,
        "kind": found.kind,
        "id": found.id,
        "label": found.label,
        "spans": [
            {"start": start, "end": end, "text": None if text is None else text[start:end]}
            for start, end in found.ranges
        ],
        "text": found.text,
        "sentences": list(found.sentences),
        "item": found.item,
        **({} if site is None else {"link": link_of(found, site)}),
    }


def link_of(found: Found, site: str) -> str:
    """The link of an item, of the source of a relation, or of a passage, in a site."""
    document = found.row.id
    item = found.id or (found.item and found.item["source"])
    link = item_link(document, item) if item else passage_link(document, *found.ranges[0])
    return f"{site.rstrip('/')}/{link}"


def name_of(found: Found) -> str:
    """The id of an item, the ends of a relation, or the offsets of a passage."""
    item = found.item
    if item is None:
        ((start, end),) = found.ranges
        return f"{start}–{end}"
    name: str = found.id or f"{item['source']}→{item['target']}"
    return name if found.annotator == GOLD else f"{found.annotator} {name}"


def details(found: Found) -> str:
    """The arguments of an event, or claimer and cue of a claim; empty for other items."""
    if found.item is None or found.annotator is None or found.kind not in ("event", "claim"):
        return ""
    items = Items(found.row.contents[found.annotator])
    if found.kind == "event":
        return ", ".join(
            f"{argument['role']}: {_quoted(items.filler(argument))} ({items.filler_type(argument)})"
            for argument in found.item["arguments"]
        )
    claimer = items.by_id.get(found.item["claimer"])
    by = items.claimer_type(found.item)
    cue = found.item.get("cue")
    shown = f"claimer: {_quoted(claimer)} ({by})" if claimer else f"claimer: {by}"
    return f"{shown}, cue: {_excerpt(text_of(cue))}" if cue else shown


def _quoted(item: Item) -> str:
    return _excerpt(text_of(item["trigger"] if "trigger" in item else item["spans"]))


def _excerpt(text: str | None) -> str:
    return "text withheld" if text is None else f'"{excerpt(text)}"'
