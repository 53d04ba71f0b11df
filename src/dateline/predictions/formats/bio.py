"""Files of tokens with BIO tags, as CoNLL-2003 and token classifiers write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dateline.errors import InvalidInputError
from dateline.model import Range
from dateline.predictions.formats.placement import PlacementReport, align_tokens, prediction_of
from dateline.predictions.prediction import Prediction

BEGIN, DROP = "begin", "drop"
REPAIRS = (BEGIN, DROP)
"""What to do with an inside tag that follows no tag of its label: begin a span, or drop the tag."""

_DOCUMENT = re.compile(
    r"#\s*begin document\s*\(?(?P<begun>[^);\s]+)|"
    r"#\s*(?:document|newdoc id|doc_id|id|sent_id)\s*[=:]\s*(?P<named>\S+)|"
    r"-DOCSTART-\s*(?P<started>\S*)"
)
_TAG = re.compile(r"(?P<border>[BIESUL])-(?P<label>.+)")


def read_bio(
    path: Path, texts: Mapping[str, str], layer: str, repair: str = BEGIN
) -> Iterator[tuple[Prediction, PlacementReport]]:
    """Read predictions from a file with a token and its tag on each line, the tag last.

    A blank line ends a sentence. A line such as ``# document = NAME``, ``# id = NAME/3``,
    ``#begin document (NAME)`` or ``-DOCSTART- NAME`` names the document that follows; without any,
    ``texts`` must have one document only. Tags are BIO, IOB1, BIOES or BILOU. Raises
    InvalidInputError that names the line if it is anything else.
    """
    for name, rows in _by_document(path, texts).items():
        tokens = [token for token, _, _ in rows]
        aligned = align_tokens(texts[name], [token for token in tokens if token])
        places = [next(aligned) if token else None for token in tokens]
        found, lost = [], []
        spans, repaired = _decode(path, [(number, tag) for _, number, tag in rows], repair)
        for label, first, last in spans:
            some = places[first:last]
            place = _whole(some)
            words = " ".join(tokens[first:last])
            found.append((label, words, place))
            if place is None:
                lost.append(words)
        yield (
            prediction_of(name, texts[name], found, layer),
            PlacementReport(
                document=name,
                exact=len(found) - len(lost),
                loose=0,
                ambiguous=0,
                lost=tuple(lost),
                repaired=repaired,
            ),
        )


def _by_document(path: Path, texts: Mapping[str, str]) -> dict[str, list[tuple[str, int, str]]]:
    """Token, line number and tag of each line, by document; a blank line is an empty token."""
    found: dict[str, list[tuple[str, int, str]]] = {}
    current = next(iter(texts)) if len(texts) == 1 else ""
    for number, line in enumerate(_lines(path), 1):
        named = _DOCUMENT.match(line)
        if named:
            name = named["begun"] or named["named"] or named["started"] or ""
            # The dataset numbers the sentences of a document as NAME/3.
            name = name if name in texts else name.rpartition("/")[0] or name
            if name in texts:
                current = name
            elif named["started"] is None:
                raise InvalidInputError(f'{path}, line {number}: "{name}" is not a document here.')
            continue
        columns = line.split("\t") if "\t" in line else line.split()
        if not line.strip():
            if current:
                found.setdefault(current, []).append(("", number, "O"))
            continue
        if len(columns) < 2:
            if line.startswith("#"):
                continue
            raise InvalidInputError(
                f'{path}, line {number}: "{line}" has no tag. Expected a token and its tag.'
            )
        if not current:
            raise InvalidInputError(
                f"{path}, line {number}: no document is named. Add a line "
                '"# document = NAME" before its first token.'
            )
        found.setdefault(current, []).append((columns[0], number, columns[-1].strip()))
    return found


def _lines(path: Path) -> Sequence[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"{path}: is not UTF-8: {error.reason} at byte {error.start}."
        ) from None


def _decode(
    path: Path, tags: Sequence[tuple[int, str]], repair: str
) -> tuple[list[tuple[str, int, int]], int]:
    """Label, first token and end token (exclusive) of each span; and the number of repairs."""
    spans: list[tuple[str, int, int]] = []
    repaired = 0
    label, start, closed = "", 0, True
    for position, (number, tag) in enumerate([*tags, (0, "O")]):
        match = _TAG.fullmatch(tag)
        if match is None and tag not in ("O", "0", "_"):
            raise InvalidInputError(
                f'{path}, line {number}: "{tag}" is not a tag. Allowed: O, or B-, I-, E-, S-, U- '
                "or L- with a label."
            )
        border = match["border"] if match else "O"
        continues = match is not None and border in "IEL" and not closed and match["label"] == label
        if not continues and not closed:
            spans.append((label, start, position))
            closed = True
        if match is None or continues:
            if continues and border in "EL":
                spans.append((label, start, position + 1))
                closed = True
            continue
        if border in "IEL":
            repaired += 1
            if repair == DROP:
                continue
        label, start, closed = match["label"], position, False
        if border in "SU":
            spans.append((label, start, position + 1))
            closed = True
    return spans, repaired


def _whole(places: Sequence[Range | None]) -> Range | None:
    if any(place is None for place in places):
        return None
    known = [place for place in places if place is not None]
    return known[0][0], known[-1][1]
