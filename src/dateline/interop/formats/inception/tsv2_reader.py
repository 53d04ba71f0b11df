"""Reading of WebAnno TSV 2: tokens without offsets, and spans of several tokens by B- and I-."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from dateline.errors import InvalidInputError
from dateline.interop.formats.inception.layers import LayeredText, LayerRelation, LayerSpan
from dateline.interop.problems import Problems
from dateline.interop.representation import text_of_tokens
from dateline.model import AttributeValue
from dateline.text import excerpt

_ROW = re.compile(r"([0-9]+-[0-9]+)\t([^\t]+)\t(.*)")
_BORDER = re.compile(r"([BI])-(.*)", re.DOTALL)
_NOTHING = ("_", "O", "")


class _Layer(NamedTuple):
    name: str
    features: list[str]
    base: str | None
    first: int


class _Row(NamedTuple):
    line: int
    number: str
    cells: list[str]


def read_tsv_2(path: str, lines: Sequence[tuple[int, str]]) -> LayeredText:
    """The layers of a file. Raises InvalidInputError naming file and line."""
    layers = _declared(lines[0][1])
    width = sum(len(layer.features) + (layer.base is not None) for layer in layers)
    sentences: list[list[str]] = [[]]
    rows: list[_Row] = []
    problems = Problems()
    for number, line in lines[1:]:
        match = _ROW.fullmatch(line)
        if not line.strip():
            sentences.append([])
        elif match:
            cells = match[3].split("\t")
            if len(cells) < width:
                shown = f'"{excerpt(line)}" has {len(cells)} of {width} columns.'
                problems.note([f"{path}, line {number}: {shown}"])
                continue
            sentences[-1].append(match[2])
            rows.append(_Row(number, match[1], cells))
        elif not line.startswith("#"):
            shown = f'"{excerpt(line)}" is not a row. It has a number such as 1-1, and a tab.'
            problems.note([f"{path}, line {number}: {shown}"])
    problems.refuse()
    text, places, tokens = text_of_tokens(sentences)
    if not rows:
        raise InvalidInputError(f"{path}: has no rows.")
    result = LayeredText(text, places, tokens)
    at: dict[tuple[str, str], list[LayerSpan]] = {}
    for layer in layers:
        result.features[layer.name] = layer.features
        if layer.base is None:
            _read_spans(layer, rows, result, at)
    for layer in layers:
        if layer.base is not None:
            _read_relations(path, layer, rows, result, at)
    return result


def _declared(header: str) -> list[_Layer]:
    layers: list[_Layer] = []
    first = 0
    for part in header.split("#")[1:]:
        name, *features = (name.strip() for name in part.split("|"))
        bases = [f.removeprefix("AttachTo=") for f in features if f.startswith("AttachTo=")]
        features = [f for f in features if not f.startswith("AttachTo=")]
        layers.append(_Layer(name, features, bases[0] if bases else None, first))
        first += len(features) + bool(bases)
    return layers


def _read_spans(
    layer: _Layer,
    rows: Sequence[_Row],
    result: LayeredText,
    at: dict[tuple[str, str], list[LayerSpan]],
) -> None:
    former: dict[int, LayerSpan] = {}
    for row, (start, end) in zip(rows, result.tokens or (), strict=True):
        current: dict[int, LayerSpan] = {}
        for column, feature in enumerate(layer.features, layer.first):
            for index, cell in enumerate(row.cells[column].split("|")):
                border = _BORDER.fullmatch(cell)
                if cell in _NOTHING:
                    continue
                value = border[2] if border else cell
                span = current.get(index)
                if span is None and border and border[1] == "I" and index in former:
                    span = former[index]
                    span.end = end
                elif span is None:
                    span = LayerSpan(layer.name, start, end, {})
                    result.spans.append(span)
                current[index] = span
                span.values.setdefault(feature, value)
        former = current
        at[layer.name, row.number] = [*current.values()]


def _read_relations(
    path: str,
    layer: _Layer,
    rows: Sequence[_Row],
    result: LayeredText,
    at: dict[tuple[str, str], list[LayerSpan]],
) -> None:
    last = layer.first + len(layer.features)
    base = layer.base or ""
    for row in rows:
        references = row.cells[last].split("|")
        for index, reference in enumerate(references):
            if reference in _NOTHING:
                continue
            sources, targets = at.get((base, reference), []), at.get((base, row.number), [])
            if not sources or not targets:
                raise InvalidInputError(
                    f'{path}, line {row.line}: "{reference}" does not relate spans that exist.'
                )
            values: dict[str, AttributeValue] = {}
            for column, feature in enumerate(layer.features, layer.first):
                cells = row.cells[column].split("|")
                if index < len(cells) and cells[index] not in _NOTHING:
                    values[feature] = cells[index]
            result.relations.append(LayerRelation(layer.name, sources[0], targets[0], values))
