"""Files of tokens with BIO tags, as CoNLL-2003 and token classifiers write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dateline.errors import InvalidInputError
from dateline.files.lines import read_lines
from dateline.model import Range
from dateline.predictions.formats.placement import PlacementReport, align_tokens, prediction_of
from dateline.predictions.prediction import Prediction
from dateline.text import excerpt

BEGIN, DROP = "begin", "drop"
REPAIRS = (BEGIN, DROP)
"""What to do with an inside tag that follows no tag of its label: begin a span, or drop the tag."""

_DOCUMENT = re.compile(
    r"#\s*begin document\s*\(?(?P<begun>[^);\s]+)|"
    r"#\s*(?:document|newdoc id|doc_id|id)\s*[=:]\s*(?P<named>\S+)|"
    r"#\s*sent_id\s*[=:]\s*(?P<sentence>\S+)"
)
_START = "-DOCSTART-"
_COMMENT = re.compile(r"#+(\s.*)?|#\s*end document\b.*", re.DOTALL)
_OUTSIDE = frozenset({"O", "0", "_"})
_TAG = re.compile(r"(?P<border>[BIESUL])-(?P<label>.+)")


def read_bio(
    path: Path, texts: Mapping[str, str], layer: str, repair: str = BEGIN
) -> Iterator[tuple[Prediction, PlacementReport]]:
    """Read predictions from a file with a token and its tag on each line.

    Columns are separated by tabs, or by spaces in a line without a tab. The token is in the first,
    the tag in the last column, or in the only one that has tags. A blank line ends a sentence, and
    ``# `` begins a comment. A line such as ``# document = NAME``, ``# id = NAME/3``,
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


class _Line(NamedTuple):
    """A line with its number and its columns; a blank one has none."""

    number: int
    text: str
    columns: tuple[str, ...]


def _by_document(path: Path, texts: Mapping[str, str]) -> dict[str, list[tuple[str, int, str]]]:
    """Token, line number and tag of each line, by document; a blank line is an empty token."""
    lines = [_Line(number, text, _columns(text)) for number, text in read_lines(path)]
    width = Counter(len(line.columns) for line in lines if line.columns).most_common(1)
    names = _DocumentNames(path, texts)
    found: dict[str, list[_Line]] = {}
    for line in lines:
        if names.read(line, started=names.current in found):
            continue
        if not line.columns:
            if names.current:
                found.setdefault(names.current, []).append(line)
        # In a file of as many columns, "#" with a tag is a token.
        elif _COMMENT.fullmatch(line.text) and not (
            len(line.columns) == width[0][0] > 1 and _is_tag(line.columns[-1])
        ):
            continue
        elif len(line.columns) < 2:
            raise InvalidInputError(
                f'{path}, line {line.number}: "{excerpt(line.text)}" has no tag. Expected a token '
                'and its tag; a comment begins with "# ".'
            )
        elif not names.current:
            raise InvalidInputError(
                f"{path}, line {line.number}: no document is named. Add a line "
                '"# document = NAME" before its first token.'
            )
        else:
            found.setdefault(names.current, []).append(line)
    column = _tag_column([line for some in found.values() for line in some if line.columns])
    return {
        name: [
            (columns[0], number, columns[column]) if columns else ("", number, "O")
            for number, _, columns in some
        ]
        for name, some in found.items()
    }


class _DocumentNames:
    """Follows the lines that name a document; ``current`` is the document of the next tokens."""

    def __init__(self, path: Path, texts: Mapping[str, str]) -> None:
        self.current = next(iter(texts)) if len(texts) == 1 else ""
        self._path, self._texts = path, texts
        self._by_sentences = False

    def read(self, line: _Line, *, started: bool) -> bool:
        """Whether the line names a document; ``started`` if the current one has tokens.

        Raises InvalidInputError for the name of an unknown document.
        """
        if line.columns and line.columns[0] == _START:
            given = [name for name in (c.strip("()") for c in line.columns[1:]) if _is_name(name)]
            if given:
                self._switch(given[0], line)
            elif started and len(self._texts) > 1:
                self.current = ""
            return True
        named = _DOCUMENT.match(line.text)
        if named is None:
            return False
        if named["sentence"] is None:
            self._switch(named["begun"] or named["named"], line)
        # Sentences may be numbered in some other way in a document that is named elsewhere.
        elif self._by_sentences or self._known(named["sentence"]) or not self.current:
            self._switch(named["sentence"], line)
            self._by_sentences = True
        return True

    def _switch(self, name: str, line: _Line) -> None:
        known = self._known(name)
        if not known:
            raise InvalidInputError(
                f'{self._path}, line {line.number}: "{excerpt(name)}" is not a document here.'
            )
        self.current = known

    def _known(self, name: str) -> str:
        # The dataset numbers the sentences of a document as NAME/3.
        return next((n for n in (name, name.rpartition("/")[0]) if n in self._texts), "")


def _columns(line: str) -> tuple[str, ...]:
    """The columns of a line, separated by tabs or spaces; tokens may have other blanks."""
    if not line.strip():
        return ()
    stripped = line.strip(" \t")
    parts = re.split(r"\t+", stripped) if "\t" in stripped else re.split(" +", stripped)
    return tuple(part.strip(" ") for part in parts)


def _tag_column(lines: Sequence[_Line]) -> int:
    """The last column, unless it has no label and another one has all the tags."""
    if not lines or any(_TAG.fullmatch(line.columns[-1]) for line in lines):
        return -1
    found = [
        column
        for column in range(1, min(len(line.columns) for line in lines) - 1)
        if all(_is_tag(line.columns[column]) for line in lines)
        and any(_TAG.fullmatch(line.columns[column]) for line in lines)
    ]
    only_outside = all(line.columns[-1] == "O" for line in lines)
    return found[0] if len(found) == 1 and not only_outside else -1


def _is_tag(value: str) -> bool:
    return value in _OUTSIDE or _TAG.fullmatch(value) is not None


def _is_name(value: str) -> bool:
    return value not in ("", "-X-") and not _is_tag(value)


def _decode(
    path: Path, tags: Sequence[tuple[int, str]], repair: str
) -> tuple[list[tuple[str, int, int]], int]:
    """Label, first token and end token (exclusive) of each span; and the number of repairs."""
    spans: list[tuple[str, int, int]] = []
    repaired = 0
    label, start, closed = "", 0, True
    for position, (number, tag) in enumerate([*tags, (0, "O")]):
        match = _TAG.fullmatch(tag)
        if match is None and tag not in _OUTSIDE:
            raise InvalidInputError(
                f'{path}, line {number}: "{excerpt(tag)}" is not a tag. Allowed: O, or B-, I-, E-, '
                "S-, U- or L- with a label."
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
