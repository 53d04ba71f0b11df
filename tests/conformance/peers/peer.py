"""What is known about a peer, and what several of them share."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec

from dateline.evaluation.columns.scoring_input import MatchingOptions

from ..documents import Case, Document, Items, Mention, points, ranges

Numbers: TypeAlias = Mapping[str, Sequence[float | None]]
"""Precision, recall and F by the peer's measure, or F alone; None where the peer has no number."""


class Place(NamedTuple):
    """Where a peer is: its clone, the interpreter that runs it, and a folder for its input."""

    clone: Path
    python: Path
    scratch: Path


class Peer(NamedTuple):
    """A scorer to compare with, in one of its modes.

    ``run`` scores a case with the peer. ``measures`` gives Dateline's name for each of the peer's
    measures. ``covers`` reduces a document to what the peer can score by its own definition; without
    it, the peer is only run on cases about differences. ``tolerance`` is the peer's rounding.
    """

    name: str
    source: str
    layers: tuple[str, ...]
    run: Callable[[Case, Place], Numbers]
    measures: Mapping[str, str]
    covers: Callable[[Document], Document | None] | None = None
    options: MatchingOptions = MatchingOptions()
    tolerance: float = 1e-6

    def covered(self, case: Case) -> Case | None:
        """The part of a case that the peer can score."""
        if self.covers is None:
            return None
        documents = [self.covers(document) for document in case.documents]
        kept = tuple(document for document in documents if document is not None)
        return Case(case.id, kept) if kept else None


def output_of(command: Sequence[str | Path], folder: Path | None = None, given: str = "") -> str:
    """What a peer prints. Raises CalledProcessError if it fails."""
    found = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout


def both_sides(change: Callable[[Items], Items]) -> Callable[[Document], Document]:
    """Change gold and predictions alike."""

    def changed(document: Document) -> Document:
        return Document(change(document.gold), change(document.predicted))

    return changed


def contiguous(mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions in one fragment."""
    return [m for m in mentions if len(ranges(m.span)) == 1]


def apart(mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions that share no text with an earlier one."""
    kept: list[Mention] = []
    for mention in mentions:
        if all(points(mention.span).isdisjoint(points(other.span)) for other in kept):
            kept.append(mention)
    return kept


def only_mentions(mentions: Iterable[Mention], items: Items) -> Items:
    """The items with some of their mentions, and nothing that refers to others."""
    return msgspec.structs.replace(items, mentions=tuple(mentions), events=(), claims=())
