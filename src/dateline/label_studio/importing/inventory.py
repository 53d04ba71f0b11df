"""What occurs in results made with another labelling page: labels, choices, relations, texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from dateline.model import Struct
from dateline.text import excerpt

Kind = Literal["label", "choice", "text", "relation", "type"]


class Thing(Struct, frozen=True, order=True):
    """A label, choice or relation of a control; a text control; or a type of row."""

    kind: Kind
    control: str
    name: str


class Occurrence(Struct, frozen=True):
    """How often a thing occurs, with the first text that it was said of."""

    thing: Thing
    count: int
    quote: str

    @property
    def line(self) -> str:
        """The thing with its control, count and example, for a terminal."""
        thing = self.thing
        of = f" of «{_shown(thing.control)}»" if thing.control else ""
        name = "" if thing.kind == "text" else f" «{_shown(thing.name)}»"
        quote = f", such as «{_shown(self.quote)}»" if self.quote else ""
        return f"{thing.kind}{name}{of}: {times(self.count)}{quote}"


def times(count: int) -> str:
    """A count in words of a message."""
    return f"{count:,} time{'' if count == 1 else 's'}"


def things(row: dict[str, Any]) -> list[Thing]:
    """What a row says, in its own page's words; rows of types that mean no text are named so."""
    kind, control, value = row.get("type"), row.get("from_name"), row.get("value")
    control = control if isinstance(control, str) else ""
    value = value if isinstance(value, dict) else {}
    match kind:
        case "relation":
            names = strings(row.get("labels")) or [""]
            return [Thing(kind="relation", control="", name=name) for name in names]
        case "labels":
            names = strings(value.get("labels")) or [""]
            return [Thing(kind="label", control=control, name=name) for name in names]
        case "choices":
            names = strings(value.get("choices"))
            return [Thing(kind="choice", control=control, name=name) for name in names]
        case "textarea":
            return [Thing(kind="text", control=control, name="")]
        case _:
            return [Thing(kind="type", control="", name=kind if isinstance(kind, str) else "")]


def inventory(results: Iterable[object]) -> list[Occurrence]:
    """Everything that occurs in the results, sorted."""
    counts: dict[Thing, int] = {}
    quotes: dict[Thing, str] = {}
    for result in results:
        regions: dict[str, str] = {}
        for row in rows_of(result):
            name, value = row.get("id"), row.get("value")
            if isinstance(name, str) and isinstance(value, dict):
                regions.setdefault(name, text_of(value))
        for row in rows_of(result):
            region = row.get("from_id") if row.get("type") == "relation" else row.get("id")
            quote = regions.get(region, "") if isinstance(region, str) else ""
            for thing in things(row):
                counts[thing] = counts.get(thing, 0) + 1
                if quote:
                    quotes.setdefault(thing, quote)
    return [Occurrence(thing=t, count=counts[t], quote=quotes.get(t, "")) for t in sorted(counts)]


def rows_of(result: object) -> Iterator[dict[str, Any]]:
    """The rows of a result; what is no object counts as a row that says nothing."""
    for row in result if isinstance(result, list) else ():
        yield row if isinstance(row, dict) else {}


def strings(value: object) -> list[str]:
    """The texts in a list, or the one text that stands in its place."""
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str)]


def text_of(value: dict[str, Any]) -> str:
    """The quoted text of a region; in a row of a text control, that is the answer instead."""
    return next(iter(strings(value.get("text"))), "")


def _shown(text: str) -> str:
    return excerpt(text, 0, len(text))
