"""The labels, choices, relations and text controls that occur in another project's results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from typing import Literal

from dateline.label_studio.convert.problems import quoted
from dateline.label_studio.convert.region_ids import with_ids
from dateline.label_studio.result_rows import Row, rows_of, string, strings, text_of, value_of
from dateline.model import Struct
from dateline.rendering.listing import counted

ANSWERS = ("choices", "textarea", "number")
"""Types of rows that answer a question about a region or the whole text."""

Kind = Literal["label", "choice", "text", "relation", "type"]


class SourceLabel(Struct, frozen=True, order=True):
    """A label or a choice of a control, a relation, a control for texts or numbers, or a type of
    row.
    """

    kind: Kind
    control: str
    name: str


class SourceLabelCount(Struct, frozen=True):
    """How often a label occurs, with the first text that has it.

    ``of_the_text`` means that it is never about a region, always about the whole text.
    """

    label: SourceLabel
    count: int
    quote: str
    of_the_text: bool

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
        whole = ", about the whole text" if self.of_the_text else ""
        return f"{counted(self.count, 'time')}{example}{whole}"


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
        case "textarea" | "number":
            return [SourceLabel(kind="text", control=control, name="")]
        case _:
            return [SourceLabel(kind="type", control="", name=string(kind))]


def is_of_the_text(row: Row, labelled: Container[str]) -> bool:
    """Whether an answer is about the whole text: it has no offsets and no label."""
    return (
        row.get("type") in ANSWERS
        and string(row.get("id")) not in labelled
        and not {"start", "end"} & value_of(row).keys()
    )


def count_labels(results: Iterable[object]) -> list[SourceLabelCount]:
    """All labels that occur in the results, sorted."""
    counts: Counter[SourceLabel] = Counter()
    of_the_text: Counter[SourceLabel] = Counter()
    quotes: dict[SourceLabel, str] = {}
    for result in results:
        rows, _ = with_ids(rows_of(result))
        labelled = {row["id"] for row in rows if row.get("type") == "labels"}
        regions: dict[str, str] = {}
        for row in rows:
            if (name := string(row.get("id"))) and isinstance(row.get("value"), dict):
                regions.setdefault(name, text_of(row))
        for row in rows:
            region = row.get("from_id") if row.get("type") == "relation" else row.get("id")
            quote = regions.get(string(region), "")
            for label in labels_of(row):
                counts[label] += 1
                of_the_text[label] += is_of_the_text(row, labelled)
                if quote:
                    quotes.setdefault(label, quote)
    return [
        SourceLabelCount(
            label=label,
            count=counts[label],
            quote=quotes.get(label, ""),
            of_the_text=of_the_text[label] == counts[label],
        )
        for label in sorted(counts)
    ]
