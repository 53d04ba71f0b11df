"""Compares what a contrast declares with what its gold changes."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from dateline.annotations.contrasts.changes import (
    LAYER_OF_ITEM,
    FoundChange,
    compared_layers,
    gold_changes,
)
from dateline.annotations.contrasts.quotes import Quotes
from dateline.annotations.contrasts.text_edit import TextEdit
from dateline.annotations.differences import format_value
from dateline.model import Annotation, AttributeValue, Document, GoldChange, Struct

ENDS = {"relation": "mention", "eventRelation": "event", "claimRelation": "claim"}
"""What a relation joins, by its name in a declaration."""


class UnconfirmedChange(Struct, frozen=True):
    """A declared change that is not in gold: its number, from 0, and the reason."""

    number: int
    reason: str


class Comparison(Struct, frozen=True):
    """What is not as declared: changes of gold that are not declared, and the reverse.

    The quotes of undeclared changes are those to declare.
    """

    undeclared: tuple[FoundChange, ...]
    unconfirmed: tuple[UnconfirmedChange, ...]


def compare_with_declared(
    original: tuple[Document, Annotation],
    contrast: tuple[Document, Annotation],
    declared: Sequence[GoldChange],
) -> Comparison:
    """Compare the gold of a contrast with that of its original, in the layers that both have.

    Each declared change stands for one found change.
    """
    (before, old), (after, new) = original, contrast
    quotes = Quotes((before.text, after.text), (old, new))
    found = gold_changes(old, new, TextEdit(before, after))
    layers = compared_layers(old, new)
    unconfirmed, open_changes = [], [*found]
    # A declaration with a label may not lose its item to one that fits any label.
    for number in sorted(range(len(declared)), key=lambda n: declared[n].label is None):
        change = declared[number]
        fitting = next((one for one in open_changes if _fits(change, one, quotes)), None)
        if fitting is not None:
            open_changes.remove(fitting)
        elif LAYER_OF_ITEM[change.item] in layers:
            reason = _reason(change, open_changes, quotes)
            unconfirmed.append(UnconfirmedChange(number=number, reason=reason))
    return Comparison(
        undeclared=tuple(_to_declare(one, quotes) for one in open_changes if not one.implied),
        unconfirmed=tuple(sorted(unconfirmed, key=lambda one: one.number)),
    )


def _fits(declared: GoldChange, found: FoundChange, quotes: Quotes) -> bool:
    return (
        _same(declared, found.change)
        and _value(declared.before) == _value(found.change.before)
        and _value(declared.after) == _value(found.change.after)
        and quotes.fits(declared.quote, found.quoted)
        and quotes.fits(declared.target, found.target)
    )


def _same(declared: GoldChange, found: GoldChange) -> bool:
    """Whether both are about the same field, or the whole, of items with the same label."""
    fields = ("item", "field", "role", "source", "added", "removed")
    same = all(getattr(declared, field) == getattr(found, field) for field in fields)
    return same and declared.label in (None, found.label)


def _value(value: AttributeValue | None) -> object:
    return tuple(sorted(value)) if isinstance(value, tuple) else value


def _reason(change: GoldChange, found: Sequence[FoundChange], quotes: Quotes) -> str:
    kind = ENDS.get(change.item, change.item)
    for quote in (change.quote, change.target):
        if quote is not None:
            problem = quotes.problem(kind, quote, in_contrast=not change.removed)
            if problem is not None:
                return problem
    for one in found:
        if (
            _same(change, one.change)
            and quotes.fits(change.quote, one.quoted)
            and quotes.fits(change.target, one.target)
        ):
            before, after = format_value(one.change.before), format_value(one.change.after)
            return f"gold changes it from {before} to {after}"
    if change.added or change.removed:
        return "gold has it in the original and in the contrast"
    return "gold does not change it"


def _to_declare(found: FoundChange, quotes: Quotes) -> FoundChange:
    change, quoted, target = found.change, found.quoted, found.target
    if quoted is not None:
        needs_label = target is not None or not quotes.has_one_label(quoted)
        change = replace(
            change,
            quote=quotes.shortest(quoted),
            target=quotes.shortest(target) if target is not None else None,
            label=change.label if needs_label else None,
        )
    return replace(found, change=change)
