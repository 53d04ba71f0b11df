"""The labels, choices, relations and text controls that occur in another project's results."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from dateline.label_studio.convert.problems import quoted
from dateline.label_studio.result_rows import Row, rows_of, string, strings, value_of
from dateline.model import Struct
from dateline.rendering.listing import counted

Kind = Literal["label", "choice", "text", "relation", "type"]


class SourceLabel(Struct, frozen=True, order=True):
    """A label or a choice of a control, a relation, a text control, or a type of row."""

    kind: Kind
    control: str
    name: str


class SourceLabelCount(Struct, frozen=True):
    """How often a label occurs, with the first text that has it."""

    label: SourceLabel
    count: int
    quote: str

    @property
    def line(self) -> str:
        """The label with its control, count and example, for a terminal."""
        name = "" if self.label.kind == "text" else f" {quoted(self.label.name)}"
        control = f" of {quoted(self.label.control)}" if self.label.control else ""
        return f"{self.label.kind}{name}{control}: {self.count_and_example}"

    @property
    def count_and_example(self) -> str:
        """The count, and the example if there is one."""
        example = f", such as {quoted(self.quote)}" if self.quote else ""
        return f"{counted(self.count, 'time')}{example}"


def labels_of(row: Row) -> list[SourceLabel]:
    """The labels in a row; a row of an unsupported type has that type as its label."""
    kind, control, value = row.get("type"), string(row.get("from_name")), value_of(row)
    match kind:
        case "relation":
            names = strings(row.get("labels")) or [""]
            return [SourceLabel(kind="relation", control="", name=name) for name in names]
        case "labels":
            names = strings(value.get("labels")) or [""]
            return [SourceLabel(kind="label", control=control, name=name) for name in names]
        case "choices":
            names = strings(value.get("choices"))
            return [SourceLabel(kind="choice", control=control, name=name) for name in names]
        case "textarea":
            return [SourceLabel(kind="text", control=control, name="")]
        case _:
            return [SourceLabel(kind="type", control="", name=string(kind))]


def count_labels(results: Iterable[object]) -> list[SourceLabelCount]:
    """All labels that occur in the results, sorted."""
    counts: dict[SourceLabel, int] = {}
    quotes: dict[SourceLabel, str] = {}
    for result in results:
        regions: dict[str, str] = {}
        for row in rows_of(result):
            if (name := string(row.get("id"))) and isinstance(row.get("value"), dict):
                regions.setdefault(name, text_of(row))
        for row in rows_of(result):
            region = row.get("from_id") if row.get("type") == "relation" else row.get("id")
            quote = regions.get(string(region), "")
            for label in labels_of(row):
                counts[label] = counts.get(label, 0) + 1
                if quote:
                    quotes.setdefault(label, quote)
    return [
        SourceLabelCount(label=label, count=counts[label], quote=quotes.get(label, ""))
        for label in sorted(counts)
    ]


def text_of(row: Row) -> str:
    """The quoted text of a region; in a row of a text control, its answer."""
    return next(iter(strings(value_of(row).get("text"))), "")
