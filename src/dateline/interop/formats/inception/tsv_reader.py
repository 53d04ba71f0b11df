"""Reading of WebAnno TSV 3, as documented in the user guide of INCEpTION."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple, NoReturn

from dateline.errors import InvalidInputError
from dateline.files.lines import lines_of
from dateline.files.reading import MalformedError, decode_text
from dateline.interop.formats.inception.layers import (
    Chain,
    ChainLink,
    LayeredText,
    LayerRelation,
    LayerSpan,
)
from dateline.interop.formats.inception.tsv2_reader import read_tsv_2
from dateline.interop.formats.inception.tsv_cells import (
    LIST,
    WITH_NUMBER,
    Layer,
    layer_of,
    set_value,
    split_cell,
    stacked,
    unescaped,
)
from dateline.interop.offsets import UNITS, Size
from dateline.interop.problems import Problems, refusal
from dateline.interop.representation import between_sentences
from dateline.model import AttributeValue, Range
from dateline.text import excerpt

MOST_GAPS = 1_000_000
"""How much text between sentences is made up in all: it is not in the file."""

_LINK = re.compile(r"(.*)->([0-9]{1,9})-([0-9]{1,9})", re.DOTALL)
_NUMBER = re.compile(r"[0-9]+-[0-9]+(\.[0-9]+)?")
_OFFSETS = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_ROW = re.compile(rf"({_NUMBER.pattern})\t{_OFFSETS.pattern}\t")
_PREFIXES = {"#T_SP=": "span", "#T_CH=": "chain", "#T_RL=": "relation"}


class _Row(NamedTuple):
    line: int
    number: str
    is_part: bool
    begin: int
    end: int
    text: str
    cells: list[str]


@dataclass
class _Sentence:
    lines: list[str] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)


def read_tsv(path: str, content: bytes) -> LayeredText:
    """The layers of a file. Raises InvalidInputError naming file and line."""
    try:
        lines = [*lines_of(decode_text(content))]
    except MalformedError as error:
        raise InvalidInputError(f"{path}: {error.problem}.") from None
    first = lines[0][1] if lines else ""
    if first.startswith("#FORMAT=WebAnno TSV 3"):
        return _Reading(path, lines).result
    if first.lstrip().startswith("# ") and "|" in first:
        return read_tsv_2(path, lines)
    raise InvalidInputError(
        f"{path}, line 1: is not the header of WebAnno TSV 2 or 3. It begins with "
        '"#FORMAT=WebAnno TSV 3.3".'
    )


class _Reading:
    def __init__(self, path: str, lines: Sequence[tuple[int, str]]) -> None:
        self._path = path
        self._layers: list[Layer] = []
        self._problems = Problems()
        sentences = self._sentences(lines)
        rows = [row for sentence in sentences for row in sentence.rows]
        text, found, places = self._text(sentences)
        tokens = [places[row.number] for row in rows if not row.is_part]
        self.result = LayeredText(text, tuple(found), tuple(tokens))
        self._places = places
        self._spans: dict[tuple[str, str], LayerSpan] = {}
        self._at: dict[tuple[str, str], list[LayerSpan]] = {}
        self._numbered: dict[tuple[str, tuple[str, ...]], list[LayerSpan]] = {}
        self._slots: list[tuple[_Row, LayerSpan, str, str, str, str]] = []
        for layer in self._layers:
            names = [name for what, name in layer.columns if what == "value"]
            self.result.features[layer.name] = [name.removeprefix(LIST) for name in names]
            if any(what == "role" and name != "continued" for what, name in layer.columns):
                self.result.slots.add(layer.name)
        for layer in self._layers:
            if layer.kind == "span":
                nothing = ["_"] * len(layer.columns)
                for row in rows:
                    if (cells := layer.cells_of(row.cells)) != nothing:
                        self._problems.noting(self._read_spans, layer, row, tuple(cells))
        self._problems.refuse()
        for slot in self._slots:
            self._problems.noting(self._read_slot, *slot)
        for layer in self._layers:
            if layer.kind == "relation":
                last = layer.first + len(layer.columns) - 1
                for row in rows:
                    if row.cells[last] != "_":
                        self._problems.noting(self._read_relations, layer, row)
            elif layer.kind == "chain":
                self._problems.noting(self._read_chains, layer, rows)
        self._problems.refuse()

    def _refuse(self, line: int, problem: str) -> NoReturn:
        raise InvalidInputError(f"{self._path}, line {line}: {problem}")

    # Lines

    def _sentences(self, lines: Sequence[tuple[int, str]]) -> list[_Sentence]:
        sentences: list[_Sentence] = []
        width = 0
        for number, line in lines:
            if line[:6] in _PREFIXES and not sentences:
                layer = layer_of(_PREFIXES[line[:6]], line[6:], width)
                self._layers.append(layer)
                width += len(layer.columns)
            elif line.startswith("#Text="):
                if not sentences or sentences[-1].rows:
                    sentences.append(_Sentence())
                sentences[-1].lines.append(unescaped(line[6:]))
            elif match := _ROW.match(line):
                cells = line[match.end() :].split("\t")
                if not sentences or len(cells) < width + 1:
                    columns = f"has {len(cells) - 1} of {width} columns."
                    problem = columns if sentences else 'comes before a line "#Text=".'
                    self._problems.note(
                        [f'{self._path}, line {number}: "{excerpt(line)}" {problem}']
                    )
                    continue
                name, part, begin, end = match.groups()
                row = _Row(
                    number, name, part is not None, int(begin), int(end), cells[0], cells[1:]
                )
                sentences[-1].rows.append(row)
            elif line and not line.startswith("#"):
                self._problems.note([f"{self._path}, line {number}: {_unlike_a_row(line)}"])
        self._problems.refuse()
        if not sentences or not all(sentence.rows for sentence in sentences):
            raise InvalidInputError(f"{self._path}: has a sentence without rows, or no sentence.")
        seen: set[str] = set()
        for row in (row for sentence in sentences for row in sentence.rows):
            if row.number in seen:
                self._refuse(row.line, f"{row.number} is a number that is used twice.")
            seen.add(row.number)
        return sentences

    def _text(self, sentences: list[_Sentence]) -> tuple[str, list[Range], dict[str, Range]]:
        """The text, the places of sentences, and those of rows by their number.

        Offsets count UTF-16 code units, or what the texts of the rows prove.
        """
        outcomes = []
        for size in (UNITS["UTF-16 code units"], *UNITS.values()):
            outcome = _assembled(sentences, size)
            if not isinstance(outcome, list):
                return outcome
            outcomes.append(outcome)
        raise refusal(
            f'{self._path}, line {row.line}: "{excerpt(row.text)}" is not at {row.begin} to '
            f"{row.end} of the text, {found}. Correct the offsets or the line #Text."
            for row, found in min(outcomes, key=len)  # the first of several
        )

    # Spans

    def _read_spans(self, layer: Layer, row: _Row, content: tuple[str, ...]) -> None:
        start, end = self._places[row.number]
        known = self._numbered.get((layer.name, content))
        if known is not None:
            for one in known:
                one.start, one.end = min(one.start, start), max(one.end, end)
            self._at[layer.name, row.number] = known
            return
        found: dict[int, LayerSpan] = {}
        here: dict[int, LayerSpan] = {}
        has_numbers = True
        cells = self._cells(layer, row)
        for column, (what, name) in enumerate(layer.columns):
            for index, (value, number) in enumerate(cells[column]):
                if what == "target":
                    continue
                has_numbers &= bool(number)
                span = self._spans.get((layer.name, number)) if number else found.get(index)
                if span is None:
                    span = LayerSpan(layer.name, start, end, {})
                    self.result.spans.append(span)
                    if number:
                        self._spans[layer.name, number] = span
                here[id(span)] = span
                found.setdefault(index, span)
                span.start, span.end = min(span.start, start), max(span.end, end)
                if what == "value" and value not in ("*", "_"):
                    set_value(span.values, name, value)
                elif what == "role" and name not in span.links:
                    targets = cells[column + 1] if column + 1 < len(cells) else ()
                    target = targets[index][0] if index < len(targets) else "_"
                    span.links[name] = []
                    hint = layer.columns[column + 1][1] if column + 1 < len(layer.columns) else ""
                    self._slots.append((row, span, name, value, target, hint))
        self._at[layer.name, row.number] = [*here.values()]
        if has_numbers:  # then the other rows of these spans have the same cells
            self._numbered[layer.name, content] = [*here.values()]

    def _cells(self, layer: Layer, row: _Row) -> list[tuple[tuple[str, str], ...]]:
        """The stacked values of each column of a layer, with their numbers, if they have them."""
        found = []
        for (what, _), cell in zip(layer.columns, layer.cells_of(row.cells), strict=True):
            values = stacked(cell, what)
            if values is None:
                self._refuse(row.line, f'"{excerpt(cell)}" is not a value.')
            found.append(values)
        return found

    def _read_slot(
        self, row: _Row, span: LayerSpan, name: str, roles: str, targets: str, hint: str
    ) -> None:
        if targets in ("_", ""):
            return
        given = [unescaped(r) if r not in ("*", "_") else "" for r in split_cell(roles, ";")]
        for index, reference in enumerate(split_cell(targets, ";")):
            if reference in ("*", "_"):
                continue
            match = WITH_NUMBER.fullmatch(reference)
            target = match and self._resolved(hint, match[1], match[2] or "0")
            if not target:
                self._refuse(row.line, f'"{reference}" is not a span that exists.')
            role = given[index] if index < len(given) else ""
            span.links[name].append((role, target))

    def _resolved(self, layer: str, row: str, number: str) -> LayerSpan | None:
        """The span of a layer, or of any layer, with a number or else at a row."""
        if layer.endswith(".Token") and row in self._places:
            return LayerSpan(layer, *self._places[row], {})
        names = [one.name for one in self._layers if one.kind == "span"]
        names = [layer] if layer in names else names
        if number != "0":
            found = (self._spans.get((name, number)) for name in names)
            return next((span for span in found if span is not None), None)
        at = (self._at.get((name, row), []) for name in names)
        return next((spans[0] for spans in at if spans), None)

    # Relations and chains

    def _read_relations(self, layer: Layer, row: _Row) -> None:
        *features, references = self._cells(layer, row)
        for index, (reference, _) in enumerate(references):
            match = WITH_NUMBER.fullmatch(reference)
            numbers = ((match[2] if match else "") or "0_0").split("_")
            source = match and self._resolved(layer.base, match[1], numbers[0])
            target = self._resolved(layer.base, row.number, numbers[-1])
            if not source or not target or len(numbers) != 2:
                self._refuse(row.line, f'"{reference}" does not relate spans that exist.')
            values: dict[str, AttributeValue] = {}
            for (_, name), cell in zip(layer.columns, features, strict=False):
                if index < len(cell) and cell[index][0] not in ("*", "_"):
                    set_value(values, name, cell[index][0])
            self.result.relations.append(LayerRelation(layer.name, source, target, values))

    def _read_chains(self, layer: Layer, rows: Sequence[_Row]) -> None:
        members: dict[tuple[int, int], ChainLink] = {}
        kinds = [what for what, _ in layer.columns]
        if sorted(kinds) != ["link", "value"]:
            raise InvalidInputError(
                f"{self._path}: the layer {layer.name} has no referenceType and referenceRelation."
            )
        for row in rows:
            if row.cells[layer.first] in ("_", ""):
                continue
            cells = self._cells(layer, row)
            types = cells[kinds.index("value")]
            for index, (value, _) in enumerate(cells[kinds.index("link")]):
                match = _LINK.fullmatch(value)
                if match is None:
                    self._refuse(row.line, f'"{value}" is not a link such as "*->1-1".')
                key = int(match[2]), int(match[3])
                start, end = self._places[row.number]
                label = types[index][0] if index < len(types) else "*"
                made = ChainLink(
                    start, end,
                    None if label in ("*", "_") else unescaped(label),
                    None if match[1] in ("*", "_") else unescaped(match[1]),
                )  # fmt: skip
                known = members.setdefault(key, made)
                members[key] = known._replace(
                    start=min(known.start, start), end=max(known.end, end)
                )
        chains: dict[int, list[ChainLink]] = {}
        for (chain, _), link in sorted(members.items(), key=lambda item: item[0]):
            chains.setdefault(chain, []).append(link)
        name = layer.name.removesuffix("Link")
        self.result.chains += [Chain(name, links) for links in chains.values()]


def _assembled(
    sentences: Sequence[_Sentence], size: Size
) -> tuple[str, list[Range], dict[str, Range]] | list[tuple[_Row, str]]:
    """The text with the places of sentences and rows.

    The rows that do not fit, if any, with what the text has in their place.
    """
    wrong: list[tuple[_Row, str]] = []
    parts: list[str] = []
    found: list[Range] = []
    rows: dict[str, Range] = {}
    position = at = gaps = 0
    for sentence in sentences:
        own = "\n".join(sentence.lines)
        gap = sentence.rows[0].begin - position
        gaps += max(gap, 0)
        if gap < 0:
            wrong.append((sentence.rows[0], f"whose former sentence ends at {position}"))
        if gaps > MOST_GAPS:
            return [*wrong, (sentence.rows[0], "of which too much is not in the file")]
        between = between_sentences(max(gap, 0), first=not parts)
        at += len(between)
        begin = sentence.rows[0].begin
        ends = accumulate(map(size, own), initial=begin)
        offsets: dict[int, int] = {}
        for index, offset in enumerate(ends, at):
            offsets.setdefault(offset, index)
            position = offset
        for row in sentence.rows:
            start, end = offsets.get(row.begin, -1), offsets.get(row.end, -1)
            if start < 0 or end < start or not _same(own[start - at : end - at], row.text):
                there = f'which has "{excerpt(own, start - at, end - at)}" there'
                inside = 0 <= start <= end
                wrong.append((row, there if inside else f"whose sentence ends at {position}"))
            rows[row.number] = start, end
        parts += [between, own]
        found.append((at, at + len(own)))
        at += len(own)
    return wrong or ("".join(parts) + "\n", found, rows)


def _unlike_a_row(line: str) -> str:
    """What a line lacks to be a row."""
    number, *others = line.split("\t")
    if not _NUMBER.fullmatch(number) or not others:
        return f'"{excerpt(line)}" is not a row. It has a number such as 1-1, and a tab.'
    if not _OFFSETS.fullmatch(others[0]):
        return f'"{excerpt(others[0])}" is not a pair of offsets, such as 0-3.'
    return f'"{excerpt(line)}" has no text after its offsets.'


def _same(some: str, other: str) -> bool:
    return some == other or some.split() == unescaped(other).split()
