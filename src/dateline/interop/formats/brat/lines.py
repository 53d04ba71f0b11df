"""Reading of the lines of brat standoff, each of which says one thing about an annotation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from dateline.annotations.link_text import parse_link
from dateline.errors import InvalidInputError
from dateline.files.lines import read_lines
from dateline.interop.offsets import Quoted, in_code_points, unproved
from dateline.interop.placement import joined_over_line_ends
from dateline.interop.problems import Problems
from dateline.interop.source import spans_at
from dateline.model import Link, Range, Spans
from dateline.text import excerpt

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_STARTS = re.compile(r"[TERAMN*#][^\s]*\t")
_RANGE = re.compile(r"([0-9]{1,9}) ([0-9]{1,9})")
_NUMBERED = re.compile(r"(.+?)[0-9]+")


class Line(NamedTuple):
    """A line of an annotation file: its file, number and text, its id, and what follows it."""

    file: Path
    number: int
    text: str
    id: str
    content: str
    tail: str

    @property
    def title(self) -> str:
        """The line and where it is, for a message."""
        return f'{self.file}, line {self.number}: "{excerpt(self.text)}"'

    def refuse(self, problem: str) -> NoReturn:
        """Raise InvalidInputError for this line."""
        raise InvalidInputError(f"{self.title} {problem}")


class TextBound(NamedTuple):
    """A text-bound annotation."""

    label: str
    spans: Spans


class TriggeredLine(NamedTuple):
    """An event: the id of its trigger, and its arguments as role and id."""

    line: Line
    label: str
    trigger: str
    parts: tuple[tuple[str, str], ...]


class StandoffLines:
    """What the annotation files of a document say, by the ids of brat.

    Ids are not resolved. Raises InvalidInputError for all lines that are not understood, or whose
    offsets have another text than their quote.
    """

    def __init__(self, text: str, files: Sequence[Path]) -> None:
        self._text = text
        self.texts: dict[str, TextBound] = {}
        self.events: dict[str, TriggeredLine] = {}
        self.relations: dict[str, tuple[str, str, str]] = {}
        self.attributes: dict[str, dict[str, list[str]]] = {}
        self.links: dict[str, list[Link]] = {}
        self.equivalences: list[tuple[str, list[str]]] = []
        self.notes: list[str] = []
        self._places: list[tuple[Line, str, list[Range]]] = []
        self._read([line for file in files for line in _lines(file)])

    def _read(self, lines: Sequence[Line]) -> None:
        problems = Problems()
        seen: set[str] = set()
        for line in lines:
            problems.noting(self._read_line, line, seen)
        problems.note(self._prove())
        problems.refuse()

    def _read_line(self, line: Line, seen: set[str]) -> None:
        if line.id != "*" and not line.id.startswith("#"):
            if not _ID.fullmatch(line.id):
                line.refuse(
                    "has no id such as T1 with a tab after it. Write the id, a tab and the "
                    "annotation."
                )
            if line.id in seen:
                line.refuse("has an id that is used twice. Give each annotation its own id.")
            seen.add(line.id)
        match line.id[:1]:
            case "T":
                self._places.append((line, *self._place(line)))
            case "E":
                self._read_event(line)
            case "R":
                self._read_relation(line)
            case "A" | "M":
                self._read_attribute(line)
            case "N":
                self._read_link(line)
            case "*":
                label, *members = line.content.split() or [""]
                self.equivalences.append((label, members))
            case "#":
                self.notes.append(line.id)
            case _:
                line.refuse(
                    "is not an annotation of brat. Allowed: lines that begin with T, E, R, A, "
                    "M, N, * or #."
                )

    def _place(self, line: Line) -> tuple[str, list[Range]]:
        label, _, rest = line.content.partition(" ")
        try:
            ranges = []
            for part in rest.split(";"):
                start, end = part.split()
                ranges.append((int(start), int(end)))
        except ValueError:
            found = f'the offsets "{excerpt(rest)}"' if rest else "no offsets"
            line.refuse(f'has {found}. Write "{line.id}", a tab, and "TYPE START END".')
        if any(start == end for start, end in ranges):
            line.refuse("ends where it starts. Correct the offsets.")
        if any(start > end for start, end in ranges):
            line.refuse("ends before it starts. Correct the offsets.")
        return label, ranges

    def _prove(self) -> Iterator[str]:
        """Convert the offsets to code points, as the quotes show what they count.

        Yields what is wrong with them.
        """
        lines = [line for line, _, _ in self._places]
        quoted = [Quoted(ranges, line.tail) for line, _, ranges in self._places]
        found = in_code_points(self._text, quoted)
        if found is None:
            whole = str(lines[0].file)
            yield from unproved(self._text, quoted, lambda index: lines[index].title, whole)
            return
        for (line, label, _), ranges in zip(self._places, found[1], strict=True):
            joined = joined_over_line_ends(self._text, sorted(ranges))
            if joined:
                self.texts[line.id] = TextBound(label, spans_at(self._text, joined))
            else:
                yield f"{line.title} has nothing but line ends. Remove it."

    def _read_event(self, line: Line) -> None:
        parts = [part.partition(":")[::2] for part in line.content.split()]
        if not parts or not all(role and target for role, target in parts):
            line.refuse('is not an event. Write "E1", a tab, and "TYPE:T1 ROLE:T2".')
        (label, trigger), *arguments = parts
        self.events[line.id] = TriggeredLine(
            line, label, trigger, tuple(_without_numbers(arguments))
        )

    def _read_relation(self, line: Line) -> None:
        label, *ends = line.content.split() or [""]
        parts = [end.partition(":")[::2] for end in ends]
        if [name for name, _ in parts] == ["Arg2", "Arg1"]:
            parts.reverse()
        targets = [target for _, target in parts]
        if len(targets) != 2 or not all(targets):
            line.refuse('is not a relation. Write "R1", a tab, and "TYPE Arg1:T1 Arg2:T2".')
        self.relations[line.id] = (label, targets[0], targets[1])

    def _read_attribute(self, line: Line) -> None:
        name, _, rest = line.content.partition(" ")
        target, _, value = rest.partition(" ")
        if not target:
            line.refuse('is not an attribute. Write "A1", a tab, and "NAME T1 VALUE".')
        given = self.attributes.setdefault(target, {})
        given.setdefault(name, []).append(value or "true")

    def _read_link(self, line: Line) -> None:
        parts = line.content.split()
        link = parse_link(parts[2]) if len(parts) == 3 else None
        if link is None:
            line.refuse('is not a normalization. Write "N1", a tab, and "Reference T1 KB:ID".')
        self.links.setdefault(parts[1], []).append(link)


def _lines(file: Path) -> Iterator[Line]:
    """The lines of a file; a quote with line ends, which brat has not, is one with its line."""
    last: Line | None = None
    for number, text in read_lines(file):
        if not text.strip():
            continue
        if last is not None and _is_cut(last) and not _STARTS.match(text):
            last = last._replace(tail=f"{last.tail}\n{text}")
            continue
        if last is not None:
            yield last
        name, _, rest = text.partition("\t")
        content, _, tail = rest.partition("\t")
        last = Line(file, number, text, name.strip(), content, tail)
    if last is not None:
        yield last


def _is_cut(line: Line) -> bool:
    """Whether a text-bound annotation has a shorter quote than its offsets say."""
    sizes = (int(end) - int(start) for start, end in _RANGE.findall(line.content))
    return line.id.startswith("T") and sum(sizes) > len(line.tail)


def _without_numbers(parts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The roles without the numbers by which brat tells repeated ones apart: Theme, Theme2."""
    seen: set[str] = set()
    for role, target in parts:
        match = _NUMBERED.fullmatch(role)
        base = match[1] if match and match[1] in seen else role
        seen.add(base)
        yield base, target
