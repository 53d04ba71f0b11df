"""Files of tokens with BIO tags, as CoNLL-2003 and token classifiers write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dateline.errors import DatelineError
from dateline.model import Range
from dateline.predictions.formats.placement import Alignment, align_tokens, prediction_of
from dateline.predictions.prediction import Prediction

BEGIN, DROP = "begin", "drop"
REPAIRS = (BEGIN, DROP)
"""What becomes of an inside tag that follows nothing of its label: it begins a span, or is none."""

_DOCUMENT = re.compile(
    r"#\s*begin document\s*\(?(?P<begun>[^);\s]+)|"
    r"#\s*(?:document|newdoc id|doc_id|id|sent_id)\s*[=:]\s*(?P<named>\S+)|"
    r"-DOCSTART-\s*(?P<started>\S*)"
)
_TAG = re.compile(r"(?P<border>[BIESUL])-(?P<label>.+)")


def read_bio(
    path: Path, texts: Mapping[str, str], layer: str, repair: str = BEGIN
) -> Iterator[tuple[Prediction, Alignment]]:
    """Predictions from a file with a token and its tag on each line, the tag in the last column.

    Blank lines end sentences. A line such as «# document = NAME», «# id = NAME/3», «#begin document
    (NAME)» or «-DOCSTART- NAME» says which document follows; a file without any is about the only
    one there is. Tags are BIO, IOB1, BIOES or BILOU. Raises DatelineError, naming the line, for
    anything else.
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
            Alignment(
                document=name,
                exact=len(found) - len(lost),
                loose=0,
                ambiguous=0,
                lost=tuple(lost),
                repaired=repaired,
            ),
        )


def _by_document(path: Path, texts: Mapping[str, str]) -> dict[str, list[tuple[str, int, str]]]:
    """Token, number of the line, and tag, by document; a blank line is an empty token."""
    found: dict[str, list[tuple[str, int, str]]] = {}
    current = next(iter(texts)) if len(texts) == 1 else ""
    for number, line in enumerate(_lines(path), 1):
        named = _DOCUMENT.match(line)
        if named:
            name = named["begun"] or named["named"] or named["started"] or ""
            # Sentences of the dataset are called «document/number».
            name = name if name in texts else name.rpartition("/")[0] or name
            if name in texts:
                current = name
            elif named["started"] is None:
                raise DatelineError(f"{path}, line {number}: «{name}» is no document here.")
            continue
        columns = line.split("\t") if "\t" in line else line.split()
        if not line.strip():
            if current:
                found.setdefault(current, []).append(("", number, "O"))
            continue
        if len(columns) < 2:
            if line.startswith("#"):
                continue
            raise DatelineError(f"{path}, line {number}: «{line}» has no tag; write token and tag.")
        if not current:
            raise DatelineError(
                f"{path}, line {number}: no line says which document this is; put "
                "«# document = NAME» before its first token."
            )
        found.setdefault(current, []).append((columns[0], number, columns[-1].strip()))
    return found


def _lines(path: Path) -> Sequence[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise DatelineError(
            f"{path}: is not UTF-8: {error.reason} at byte {error.start}."
        ) from None


def _decode(
    path: Path, tags: Sequence[tuple[int, str]], repair: str
) -> tuple[list[tuple[str, int, int]], int]:
    """Labels with their first token and one past their last, and how many tags were repaired."""
    spans: list[tuple[str, int, int]] = []
    repaired = 0
    label, start, closed = "", 0, True
    for position, (number, tag) in enumerate([*tags, (0, "O")]):
        match = _TAG.fullmatch(tag)
        if match is None and tag not in ("O", "0", "_"):
            raise DatelineError(
                f"{path}, line {number}: «{tag}» is no tag; write O, or B-, I-, E-, S-, U- or L- "
                "and a label."
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
