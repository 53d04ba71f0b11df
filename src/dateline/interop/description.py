"""The tables of formats: what each can hold, and what is lost, from the declarations."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.interop.format import FILLERS, Chains, Format, Holds, Placing
from dateline.interop.units import KINDS
from dateline.rendering.tables import Table, markdown_table


def formats_tables(formats: Iterable[Format]) -> list[Table]:
    """A table of the formats with what is lost in each, and one of the kinds that each holds."""
    formats = list(formats)
    rows = [
        (
            form.name,
            form.title,
            _directions(form),
            "; ".join(_limits(form)),
            " ".join((form.notes, *_choices(form))).strip(),
        )
        for form in formats
    ]
    columns = ("format", "title", "in, out", "what is lost of what it holds", "notes")
    kinds = [(kind, *(_held(form, kind) for form in formats)) for kind in KINDS]
    names = ("kind", *(form.name for form in formats))
    return [
        Table("Formats", columns, rows, texts=len(columns)),
        Table("What each format holds", names, kinds, texts=len(names)),
    ]


def formats_block(formats: Iterable[Format]) -> str:
    """The tables in Markdown, for the page of formats."""
    return "\n\n".join(f"**{t.title}**\n\n{markdown_table(t)}" for t in formats_tables(formats))


def _held(form: Format, kind: str) -> str:
    fields = sorted(form.holds.metadata) if kind == "metadata" else []
    return "yes" if kind in form.holds.kinds else ", ".join(fields)


def _directions(form: Format) -> str:
    directions = (("in", form.reader), ("out", form.writer))
    found = ", ".join(name for name, function in directions if function)
    return f"{found} (extra {form.extra})" if form.extra else found


def _choices(form: Format) -> Iterable[str]:
    for choice in form.choices:
        values = " or ".join(choice.values)
        yield f"Option {choice.name}: {choice.meaning}, {values}."
    for name, meaning in form.reading.items():
        yield f"Option {name} of import: {meaning}."


def _limits(form: Format) -> Iterable[str]:
    """What is lost of the kinds that the format holds."""
    holds = form.holds
    if holds.text == "tokens":
        yield "the text is rebuilt from tokens"
    if holds.text == "sentences":
        yield "the text between sentences"
    if holds.text == "lines":
        yield "CR LF and CR at line ends"
    if holds.not_in_text:
        yield "control characters"
    if not holds.labels:
        yield "mentions have no types"
    if holds.flat_labels:
        yield "of mentions that overlap, the longest has a type, others that of their chain if any"
    for kind, placing in (
        ("mentions", holds.mentions),
        ("events", holds.triggers),
        ("claims", holds.claims),
        ("cues", holds.cues),
    ):
        limits = list(_placing(placing))
        if kind in holds.kinds and limits:
            yield f"{kind}: {', '.join(limits)}"
    for kind, field, chains in (
        ("coreference", "entities", holds.entities),
        ("event coreference", "event instances", holds.events),
    ):
        limits = list(_chains(chains, entities=field == "entities"))
        if kind in holds.kinds and limits:
            yield f"{field}: {', '.join(limits)}"
    yield from _joins(holds)
    if {"entity links", "event links"} & holds.kinds:
        yield from () if holds.nil else ("links: no NIL",)
        yield from () if holds.dates else ("links: no dates",)
    if not holds.ids:
        yield "ids are not kept"


def _placing(placing: Placing) -> Iterable[str]:
    if placing.discontinuous != "kept":
        yield {
            "envelope": "discontinuous ones from the first to the last fragment",
            "first": "of discontinuous ones the first fragment",
            "left out": "no discontinuous ones",
        }[placing.discontinuous]
    if placing.overlap != "any":
        yield {"nested": "none that cross", "none": "of those that overlap, the longest"}[
            placing.overlap
        ]
    if not placing.duplicates:
        yield "no two with the same place and label"
    if not placing.same_place:
        yield "no two with the same place"
    if not placing.within_tokens:
        yield "widened to whole tokens"
    if not placing.between_tokens:
        yield "shortened to tokens"
    if not placing.across_sentences:
        yield "none across sentences"
    if not placing.line_ends:
        yield "without line ends at their borders"


def _joins(holds: Holds) -> Iterable[str]:
    if "arguments" in holds.kinds and holds.fillers != FILLERS:
        yield f"arguments: only {' and '.join(sorted(f'{kind}s' for kind in holds.fillers))}"
    if not holds.joins_sentences:
        yield "relations and arguments: none across sentences"


def _chains(chains: Chains, *, entities: bool) -> Iterable[str]:
    if chains.singletons != "all":
        yield "no chains of one" if chains.singletons == "none" else "chains of one if linked"
    if not chains.crossing:
        yield "none that cross in a chain"
    if not chains.loose:
        yield "only mentions in a chain"
    if chains.one_type:
        yield "chains of one type"
    if entities and not chains.empty:
        yield "none without mentions"
    if entities and not chains.named:
        yield "type and name of the first mention"
