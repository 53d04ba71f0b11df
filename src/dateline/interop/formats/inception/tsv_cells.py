"""Layers and cells of WebAnno TSV: declarations of columns, stacked values, and escapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from dateline.model import AttributeValue

LIST = "list_"
"""The beginning of the name of a feature with several labels, which are separated by commas."""

WITH_NUMBER = re.compile(r"((?:\\.|[^\\\[])*)(?:\[([0-9]{1,9}(?:_[0-9]{1,9})?)\])?", re.DOTALL)
"""A value with the number of its span, or a row with the numbers of the spans that are meant."""

_NAMES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}
_ESCAPE = re.compile(r"\\(->|.)", re.DOTALL)


class Layer(NamedTuple):
    """A layer of the header: its columns are from ``first`` on, by what they are."""

    kind: str
    name: str
    columns: list[tuple[str, str]]
    first: int
    base: str = ""

    def cells_of(self, row: Sequence[str]) -> Sequence[str]:
        """The cells of a row that are of the layer."""
        return row[self.first : self.first + len(self.columns)]


def layer_of(kind: str, declaration: str, first: int) -> Layer:
    """The layer that a line of the header declares; ``first`` is the number of its first column."""
    name, *fields = declaration.split("|")
    columns: list[tuple[str, str]] = []
    base = ""
    for column in fields or [""]:
        if kind == "relation" and column.startswith("BT_"):
            base = column[3:]
            columns.append(("source", base))
        elif kind == "span" and column.startswith("ROLE_"):
            columns.append(("role", column.split("_")[1].rpartition(":")[2]))
        elif columns and columns[-1][0] == "role":
            columns.append(("target", column))
        elif kind == "chain" and column == "referenceRelation":
            columns.append(("link", column))
        else:
            columns.append(("value", column))
    return Layer(kind, name, columns, first, base)


@lru_cache(maxsize=4096)  # all tokens of a span have the same cell
def stacked(cell: str, what: str) -> tuple[tuple[str, str], ...] | None:
    """The values of a cell, with their numbers if they have them; None if one is not a value.

    ``what`` is what its column is, as in `Layer`.
    """
    if cell in ("_", ""):
        return ()
    values = []
    numbered = what not in ("target", "link", "source")
    for value in split_cell(cell, "|"):
        match = WITH_NUMBER.fullmatch(value) if numbered else None
        if numbered and match is None:
            return None
        values.append((match[1], match[2] or "") if match else (value, ""))
    return tuple(values)


def split_cell(cell: str, separator: str) -> list[str]:
    """The parts of a cell between separators that are not escaped."""
    if "\\" not in cell:
        return cell.split(separator)
    parts = [""]
    at = 0
    while at < len(cell):
        if cell[at] == separator:
            parts.append("")
        elif cell[at] == "\\":
            parts[-1] += cell[at : at + 2]
            at += 1
        else:
            parts[-1] += cell[at]
        at += 1
    return parts


def unescaped(value: str) -> str:
    """The text that an escaped one stands for."""
    return _ESCAPE.sub(lambda m: _NAMES.get(m[1], m[1]), value)


def set_value(values: dict[str, AttributeValue], name: str, value: str) -> None:
    """Set a feature to what a cell has, unless another row of the span has set it."""
    if not name:
        return
    text = unescaped(value)
    if name.startswith(LIST):
        parts = (part.replace("\\,", ",").replace("\\\\", "\\") for part in split_cell(text, ","))
        values.setdefault(name.removeprefix(LIST), tuple(parts))
    else:
        values.setdefault(name, text)
