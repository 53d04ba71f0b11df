"""``dateline find``."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli.search.shared import dataset_option
from dateline.cli.shared import (
    Command,
    Settings,
    documents_option,
    echo,
    echo_data,
    echo_json,
    format_option,
    highlighted,
    names_option,
    pass_settings,
    site_option,
    styled,
)

if TYPE_CHECKING:
    from dateline.search.finding import Found

F = TypeVar("F", bound=Callable[..., object])

DEFAULT_WIDTH = 120
"""Width in cells where the output is not a terminal."""
NARROWEST, WIDEST = 12, 60
"""Limits of the context on each side that is chosen by the width, in cells."""
KEYWORD = 20
"""Cells that are left for keywords."""


class LabelsType(click.ParamType[tuple[str, ...]]):
    """Labels separated by commas; without a value any label, an empty tuple."""

    name = "labels"

    def convert(
        self, value: Any, _param: click.Parameter | None, _ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split the value."""
        if isinstance(value, tuple):
            return value
        return tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))


class PairType(click.ParamType[tuple[str, str | None]]):
    """A name, and a value after ``=``."""

    name = "pair"

    def __init__(self, form: str, *, needs_value: bool) -> None:
        self.form = form
        self.needs_value = needs_value

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str | None]:
        """Split the value; fails if a part that is needed is empty."""
        if isinstance(value, tuple):
            return value
        name, equals, given = value.partition("=")
        if not name or (not given if equals else self.needs_value):
            self.fail(f"{value!r}: expected {self.form}.", param, ctx)
        return name.strip(), given.strip() if equals else None


def _kind_option(flag: str, metavar: str, text: str) -> Callable[[F], F]:
    return click.option(
        flag, flag.removeprefix("--"), type=LabelsType(), is_flag=False, flag_value="",
        metavar=f"[{metavar},...]", help=text,
    )  # fmt: skip


@click.command(cls=Command)
@_kind_option("--mention", "TYPE", "Find mentions, of these entity types if any are named.")
@_kind_option("--event", "TYPE", "Find events, of these types if any are named.")
@_kind_option("--claim", "ACT", "Find claims, with these speech acts if any are named.")
@_kind_option("--relation", "TYPE", "Find relations of mentions, events or claims.")
@click.option(
    "--text", metavar="REGEX", help="Find passages that match, or items in a sentence with one."
)
@click.option("--quote", metavar="REGEX", help="Only items whose own text matches somewhere.")
@click.option(
    "--role", "roles", type=PairType("ROLE or ROLE=TYPE", needs_value=False), multiple=True,
    metavar="ROLE[=TYPE]",
    help="Only events with this argument, and with this filler: an entity type, event or claim. "
    "Repeat it for events that have all of several.",
)  # fmt: skip
@names_option("--claimer", "NAME", "Only claims by these: entity types, or others such as AUTHOR.")
@click.option(
    "--claimer-name", metavar="REGEX",
    help="Only claims whose claimer has a matching text, or its entity a matching name.",
)  # fmt: skip
@click.option(
    "--attribute", "attributes", type=PairType("NAME=VALUE", needs_value=True), multiple=True,
    metavar="NAME=VALUE",
    help="Only items with this attribute: mentions also by that of their entity, events by that of "
    "an argument, all items by that of their document. Repeat it for several.",
)  # fmt: skip
@names_option(
    "--disagree", "NAME",
    "Only items that one of two annotators has and the other has not, such as ana,bo: with the "
    "same spans, label, attributes, arguments, claimer, cue and events.",
)  # fmt: skip
@click.option("--annotator", metavar="NAME", help="Whose annotations to search.  [default: gold]")
@documents_option()
@click.option("--split", metavar="NAME", help="Only documents of this split.")
@dataset_option
@format_option("text", "json", "jsonl")
@click.option(
    "--context", type=click.IntRange(1, 1000), metavar="CELLS",
    help="Width of the text on each side.  [default: what fits the terminal]",
)  # fmt: skip
@site_option("Show the link of each result in the site that `dateline view --out DIR` has made.")
@pass_settings
def find(
    settings: Settings,
    mention: tuple[str, ...] | None,
    event: tuple[str, ...] | None,
    claim: tuple[str, ...] | None,
    relation: tuple[str, ...] | None,
    text: str | None,
    quote: str | None,
    roles: tuple[tuple[str, str | None], ...],
    claimer: tuple[str, ...],
    claimer_name: str | None,
    attributes: tuple[tuple[str, str], ...],
    disagree: tuple[str, ...],
    annotator: str | None,
    documents: tuple[str, ...],
    split: str | None,
    dataset: Path | str | None,
    output_format: str,
    context: int | None,
    site: str | None,
) -> None:
    """Find items and passages, and show them in context.

    Items are mentions, events, claims and relations. Passages are found by their text alone.

    All conditions must be met. With several kinds of items, or a kind and --text, each result is
    an item of one of the kinds that shares a sentence with an item of each other kind, and with a
    match of --text. --role implies --event, and --claimer implies --claim. With --quote,
    --attribute or --disagree alone, items of all kinds are found.

    REGEX is a regular expression, such as "(?i)troops?". What is found is shown in [brackets].

    \b
    Examples:
      dateline find --text "cease-?fire"
      dateline find --event ATTACK --role agent=GPE --role target
      dateline find --claim DENY --claimer-name Putin --split train
      dateline find --mention PERSON --event DIE
      dateline find --disagree ana,bo --event --format jsonl
    """
    import msgspec

    from dateline.dataset.sources import local_folder
    from dateline.dataset.stored import DEFAULT_CONFIG
    from dateline.model import GOLD
    from dateline.rendering.header import site_address
    from dateline.search.conditions import Conditions
    from dateline.search.description import as_json
    from dateline.search.finding import find as search
    from dateline.search.rows import ANNOTATIONS, source_at

    if disagree and (len(disagree) != 2 or annotator is not None):
        problem = "expected two annotators, such as ana,bo" if annotator is None else (
            "names two annotators; leave out --annotator"
        )  # fmt: skip
        raise click.BadParameter(f"{problem}.", param_hint="--disagree")
    kinds = {"mention": mention, "event": event, "claim": claim, "relation": relation}
    conditions = Conditions(
        labels={kind: labels for kind, labels in kinds.items() if labels is not None},
        text=text,
        quote=quote,
        roles=roles,
        claimers=claimer,
        claimer_name=claimer_name,
        attributes=tuple((name, value or "") for name, value in attributes),
        disagree=(disagree[0], disagree[1]) if disagree else None,
    )
    address = None if site is None else site_address(site)
    # What is downloaded of a dataset on the Hub.
    configs = (DEFAULT_CONFIG, ANNOTATIONS) if annotator or disagree else (DEFAULT_CONFIG,)
    with local_folder(dataset or settings.root, configs) as folder:
        found = search(
            source_at(folder),
            conditions,
            annotator=annotator or GOLD,
            documents=documents,
            split=split,
        )
        if output_format == "json":
            echo_json([as_json(one, address) for one in found])
        elif output_format == "jsonl":
            for one in found:
                echo_data(msgspec.json.encode(as_json(one, address)).decode())
        else:
            _show_all(settings, found, context, address)


def _show_all(
    settings: Settings, found: Iterator[Found], context: int | None, site: str | None
) -> None:
    """Print the results document by document, and how many there are."""
    from dateline.rendering.listing import counted

    results = documents = 0
    for _, group in groupby(found, key=lambda one: one.row.id):
        of_document = [*group]
        results, documents = results + len(of_document), documents + 1
        _show(of_document, context, site)
    settings.say(f"{counted(results, 'result')} in {counted(documents, 'document')}")


def _show(found: Sequence[Found], context: int | None, site: str | None) -> None:
    """Print the results in a document, with the keywords below each other."""
    from dateline.rendering.concordance import in_context, padded
    from dateline.search.description import details, link_of, name_of

    row = found[0].row
    echo(styled(row.id, bold=True), f" ({row.split})")
    heads = [(name_of(one), one.label or "") for one in found]
    widths = [max(map(len, column)) + 2 for column in zip(*heads, strict=True)]
    around = context or _context(sum(widths))
    for one, head in zip(found, heads, strict=True):
        start = "  " + "".join(map(padded, head, widths))
        if row.text is None:
            places = ", ".join(f"[{first}, {last}]" for first, last in one.ranges)
            echo(f"{start}{places} (the text is withheld)")
        else:
            line = in_context(row.text, one.ranges, around)
            before = padded(line.before, around, left=True)
            echo(start, highlighted([(before, False), *line.shown, (line.after, False)]))
        if described := details(one):
            echo(" " * len(start), styled(described, dim=True))
        if site is not None:
            echo(" " * len(start), styled(link_of(one, site), dim=True))


def _context(head: int) -> int:
    """The cells of context on each side that fit the terminal beside the head of a line."""
    width = shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns
    return min(max((width - head - KEYWORD) // 2, NARROWEST), WIDEST)
