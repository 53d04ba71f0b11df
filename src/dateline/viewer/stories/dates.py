"""Dates that annotations have as values of attributes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from dateline.model import Attributes, Struct
from dateline.ontology.labels import Ontology
from dateline.ontology.patterns import searcher

_DATE = re.compile(r"(\d{4})(?:-W(\d\d)|-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d))?)?)?")


class StatedDate(Struct, frozen=True, order=True):
    """When something was: the first day and time of it, for sorting, and the value as it is."""

    start: str
    text: str

    @property
    def shown(self) -> str:
        """The value for people, such as ``2024-11-03 to 2024-11-05``."""
        return self.text.replace("/", " to ").replace("T", " ")


def date_attributes(ontology: Ontology) -> tuple[str, ...]:
    """The attributes of mentions that are dates: texts whose pattern has dates and no words."""
    return tuple(
        attribute.name
        for attribute in ontology.attributes_of("entities")
        if attribute.kind == "text"
        and attribute.pattern
        and searcher(attribute.pattern)("2024-11-03")
        and not searcher(attribute.pattern)("word")
    )


def stated_dates(attributes: Attributes, names: tuple[str, ...]) -> Iterator[StatedDate]:
    """The dates among the attributes of a mention; the first day of a week or a range counts."""
    for name in names:
        text = attributes.get(name)
        found = _DATE.match(text) if isinstance(text, str) else None
        if found is not None and isinstance(text, str):
            year, week, month, day, time = found.groups()
            if week:
                try:
                    start = datetime.date.fromisocalendar(int(year), int(week), 1).isoformat()
                except ValueError:
                    continue
            else:
                start = "-".join(part for part in (year, month, day) if part)
            yield StatedDate(start=f"{start}T{time}" if time else start, text=text)
