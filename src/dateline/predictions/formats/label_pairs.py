"""Labels with words, as language models give them, without offsets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from dateline.errors import DatelineError
from dateline.model import Range
from dateline.predictions.formats.placement import Alignment, occurrences, prediction_of
from dateline.predictions.prediction import Prediction

FIRST, EVERY = "first", "every"
PLACES = (FIRST, EVERY)
"""Which place words get that stand at several: each time they are given the next, or all at once.
"""


class Line(msgspec.Struct, frozen=True):
    """A line of the file: a document, and pairs of label and words."""

    document: str
    pairs: tuple[Any, ...]


def read_pairs(
    path: Path, texts: Mapping[str, str], layer: str, places: str = FIRST
) -> Iterator[tuple[Prediction, Alignment]]:
    """Predictions from JSON Lines of ``{"document": …, "pairs": [[label, words], …]}``.

    A pair may also be an object with ``label`` and ``text``. Words are looked for as they are, then
    whatever their case, blanks and quotation marks. Raises DatelineError, naming the line, for
    anything else.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                content = msgspec.json.decode(line, type=Line)
                pairs = [_pair(pair) for pair in content.pairs]
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise DatelineError(f"{path}, line {number}: {error}.") from None
            if content.document not in texts:
                raise DatelineError(
                    f"{path}, line {number}: «{content.document}» is no document here."
                )
            yield find_pairs(content.document, texts[content.document], pairs, layer, places)


def find_pairs(
    document: str, text: str, pairs: Sequence[tuple[str, str]], layer: str, places: str = FIRST
) -> tuple[Prediction, Alignment]:
    """Pairs of label and words as a prediction, and how they were found in the text."""
    found: list[tuple[str, str, Range | None]] = []
    lost: list[str] = []
    exact = loose = ambiguous = 0
    given: dict[tuple[str, str], int] = {}
    for label, words in pairs:
        where, just_so = occurrences(text, words)
        turn = given[label, words] = given.get((label, words), -1) + 1
        if not where or (places == FIRST and turn >= len(where)):
            lost.append(words)
            found.append((label, words, None))
            continue
        if places == EVERY and turn:
            continue
        ambiguous += len(where) > 1
        chosen = where if places == EVERY else [where[turn]]
        exact += len(chosen) if just_so else 0
        loose += 0 if just_so else len(chosen)
        found += [(label, words, place) for place in chosen]
    return prediction_of(document, text, found, layer), Alignment(
        document=document, exact=exact, loose=loose, ambiguous=ambiguous, lost=tuple(lost)
    )


def _pair(pair: Any) -> tuple[str, str]:
    if isinstance(pair, dict):
        pair = [pair.get("label"), pair.get("text")]
    return msgspec.convert(pair, tuple[str, str])
