"""Labelled words without offsets, as language models return them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from dateline.errors import InvalidInputError
from dateline.model import Range
from dateline.predictions.formats.placement import PlacementReport, prediction_of
from dateline.predictions.formats.words import Placer
from dateline.predictions.prediction import Prediction
from dateline.predictions.reading import read_json_lines

FIRST, EVERY = "first", "every"
PLACES = (FIRST, EVERY)
"""Which place is given to words that occur several times: the next occurrence, or every one."""


class LabelledWords(msgspec.Struct, frozen=True):
    """The words that a model labelled in a document, as pairs of label and words."""

    document: str
    pairs: tuple[Any, ...]


def read_pairs(
    path: Path, texts: Mapping[str, str], layer: str, places: str = FIRST
) -> Iterator[tuple[Prediction, PlacementReport]]:
    """Read predictions from JSON Lines of ``{"document": ..., "pairs": [[label, words], ...]}``.

    A pair may also be an object with ``label`` and ``text``. Words are searched as whole words in
    the order of the list, see `Placer`. Raises InvalidInputError that names the line if
    it is anything else.
    """
    for line in read_json_lines(path, LabelledWords, values=False):
        number, read = line.number, line.read
        if line.rejection is not None:
            raise InvalidInputError(f"{path}, {line.rejection}")
        if read is None:
            continue
        try:
            pairs = [_pair(pair) for pair in read.pairs]
        except msgspec.ValidationError as error:
            raise InvalidInputError(f"{path}, line {number} /pairs: {error}.") from None
        if read.document not in texts:
            raise InvalidInputError(
                f'{path}, line {number}: "{read.document}" is not a document here.'
            )
        yield find_pairs(read.document, texts[read.document], pairs, layer, places)


def find_pairs(
    document: str, text: str, pairs: Sequence[tuple[str, str]], layer: str, places: str = FIRST
) -> tuple[Prediction, PlacementReport]:
    """Place pairs of label and words in a text; return the prediction and how they were found.

    With `FIRST`, pairs are placed in their order, see `Placer`; with `EVERY`, at all places.
    """
    placer = Placer(text)
    found: list[tuple[str, str, Range | None]] = []
    lost: list[str] = []
    exact = loose = ambiguous = 0
    seen: set[tuple[str, str]] = set()
    for label, words in pairs:
        if places == EVERY:
            if (label, words) in seen:
                continue
            seen.add((label, words))
            where, verbatim = placer.every(words)
            several = len(where) > 1
        else:
            placed = placer.next(words, label)
            where = () if placed is None else (placed.place,)
            verbatim, several = (placed.verbatim, placed.several) if placed else (False, False)
        if not where:
            lost.append(words)
            found.append((label, words, None))
        ambiguous += several
        exact += len(where) if verbatim else 0
        loose += 0 if verbatim else len(where)
        found += [(label, words, place) for place in where]
    return prediction_of(document, text, found, layer), PlacementReport(
        document=document, exact=exact, loose=loose, ambiguous=ambiguous, lost=tuple(lost)
    )


def _pair(pair: Any) -> tuple[str, str]:
    if isinstance(pair, dict):
        pair = [pair.get("label"), pair.get("text")]
    return msgspec.convert(pair, tuple[str, str])
