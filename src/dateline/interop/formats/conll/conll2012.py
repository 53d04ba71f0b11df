"""CoNLL-2012: tokens with named entities and coreference in columns (Pradhan et al. 2012).

Named entities are flat, and chains have no types. So a mention has the type of the named entity at
its place, or else the first type in its chain.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, NoReturn
from urllib.parse import unquote

from msgspec.structs import replace

from dateline.errors import InvalidInputError
from dateline.files.lines import read_lines
from dateline.interop.format import Chains, Format, Holds, Output, Placing
from dateline.interop.placement import flat_labels
from dateline.interop.representation import (
    text_of_tokens,
    tokens_by_sentence,
    with_derived_names,
)
from dateline.interop.source import (
    NO_PLACE,
    UNLABELLED,
    UNNAMED,
    SourceDocument,
    SourceLoss,
    count_items,
    source_annotation,
    spans_at,
    without_type,
)
from dateline.model import Annotation, Document, Entity, Link, Mention, Range
from dateline.text import excerpt

_NOTHING = "-"
# Possessive, because a value that does not match would be tried in all ways.
_BEGIN = re.compile(
    r"#\s*+begin document\s*+(?:\((.*)\)|([^\s;]++))?\s*+(?:;\s*+part\s*+(\d{1,9}))?\s*+"
)
_END = re.compile(r"#\s*end document.*")
_NAMES = re.compile(r"(?:\([^()*|]+|\*|\))+")
_NAME = re.compile(r"\(([^()*|]+)|\)")
_CHAINS = re.compile(r"(?:\|?+(?:\([^()|]++\)?+|[^()|]++\)))++")
_CHAIN = re.compile(r"(\()?([^()|]+)(\))?")
_TYPED = re.compile(r"([^\W\d]+)-(\d+)(?:-(.+))?")
"""A chain as GUM names it: type, number, and the title of a page."""

_EMPTY = {"-", "_", "*"}
_OFFICIAL = 12
"""The least number of columns of the shared task; shorter lines have the word and the chains."""

_WORD, _NAMED = 3, 10
_SKIPPED = {
    4: "part of speech",
    5: "parse",
    6: "lemma of the predicate",
    7: "frameset",
    8: "word sense",
    9: "speaker",
}
"""Columns that are not read, by their position; those of arguments are after the named entities."""


def _write(output: Output) -> None:
    with output.target.open("w", encoding="utf-8", newline="\n") as file:
        for document, annotation in output.items:
            file.write(f"#begin document ({document.id}); part 000\n")
            file.writelines(_lines(document, annotation))
            file.write("#end document\n")


def _lines(document: Document, annotation: Annotation) -> Iterator[str]:
    starts = [start for start, _ in document.tokens]
    ends = [end for _, end in document.tokens]
    places = {
        m.id: (bisect_left(starts, m.spans[0].start), bisect_right(ends, m.spans[-1].end) - 1)
        for m in annotation.mentions
    }
    labels, _ = flat_labels(document, annotation)
    named = _names({places[mention]: label for mention, label in labels.items()})
    chains = _chains(annotation, places)
    at = 0
    for tokens in tokens_by_sentence(document.sentences, document.tokens):
        for number, (start, end) in enumerate(tokens):
            word = document.text[start:end]
            names, chain = named.get(at, "*"), chains.get(at, _NOTHING)
            yield (
                f"{document.id} 0 {number} {word} {_NOTHING} * {_NOTHING} {_NOTHING} {_NOTHING} "
                f"{_NOTHING} {names} {chain}\n"
            )
            at += 1
        yield "\n"


def _names(places: Mapping[Range, str]) -> dict[int, str]:
    """The column of named entities by the number of the token."""
    found = {}
    for (first, last), label in places.items():
        if first == last:
            found[first] = f"({label})"
        else:
            found[first], found[last] = f"({label}*", "*)"
    return found


def _chains(annotation: Annotation, places: Mapping[str, Range]) -> dict[int, str]:
    """The column of coreference by the number of the token; the first chain is 0."""
    numbers: dict[str, int] = {}
    found: dict[int, list[str]] = defaultdict(list)
    chained = ((places[m.id], m.entity) for m in annotation.mentions if m.entity is not None)
    closing = []
    for (first, last), entity in sorted(chained, key=lambda pair: (pair[0][0], -pair[0][1])):
        number = numbers.setdefault(entity, len(numbers))
        found[first].append(f"({number})" if first == last else f"({number}")
        if first < last:
            closing.append((last, number))
    for last, number in reversed(closing):
        found[last].append(f"{number})")
    return {at: "|".join(parts) for at, parts in found.items()}


class _Row(NamedTuple):
    """A token, with the columns of named entities and of chains, and what is not read."""

    number: int
    word: str
    names: str
    chains: str
    skipped: tuple[str, ...]


def _read(path: Path) -> Iterator[SourceDocument]:
    found = False
    for name, sentences in _documents(path):
        found = True
        yield _Reader(path, name, sentences).document()
    if not found:
        raise InvalidInputError(
            f"{path}: has no tokens. Write a token and its columns on each line."
        )


def _documents(path: Path) -> Iterator[tuple[str, list[list[_Row]]]]:
    """The documents with their names; a part other than the first has its number in its name."""
    name, sentences, number = path.stem, [list[_Row]()], 0
    for line_number, line in read_lines(path):
        begins = _BEGIN.fullmatch(line)
        if begins or _END.fullmatch(line):
            if any(sentences):
                yield name, [rows for rows in sentences if rows]
            sentences = [[]]
        if begins:
            number += 1
            given, part = begins[1] or begins[2] or f"{path.stem}-{number}", int(begins[3] or 0)
            name = f"{given}-{part}" if part else given
        elif not line.strip():
            sentences.append([])
        elif not line.startswith("#"):
            sentences[-1].append(_row(path, line_number, line))
    if any(sentences):
        yield name, [rows for rows in sentences if rows]


def _row(path: Path, number: int, line: str) -> _Row:
    columns = line.split()
    if len(columns) < 2:
        raise InvalidInputError(
            f'{path}, line {number}: "{excerpt(line)}" has one column. Write a token and its '
            "chains on each line."
        )
    if len(columns) >= _OFFICIAL:
        skipped = [name for at, name in _SKIPPED.items() if columns[at] not in _EMPTY]
        if not _EMPTY.issuperset(columns[_NAMED + 1 : -1]):
            skipped.append("arguments of predicates")
        return _Row(number, columns[_WORD], columns[_NAMED], columns[-1], tuple(skipped))
    word = _WORD if len(columns) > _WORD + 1 else len(columns) - 2
    skipped = [] if _EMPTY.issuperset(columns[word + 1 : -1]) else ["between word and chains"]
    return _Row(number, columns[word], "*", columns[-1], tuple(skipped))


class _Chained(NamedTuple):
    """A mention of a chain: its tokens, and the type and the link that its chain may name."""

    place: Range
    chain: str
    type: str = ""
    link: str = ""


class _Reader:
    """Reads a document."""

    def __init__(self, path: Path, name: str, sentences: list[list[_Row]]) -> None:
        self._path, self._name, self._sentences = path, name, sentences
        self._rows = [row for rows in sentences for row in rows]

    def document(self) -> SourceDocument:
        """The document, with a mention at each place of a named entity or of a chain."""
        text, lines, words = text_of_tokens([[r.word for r in rows] for rows in self._sentences])
        labels, chained = dict(self._named()), sorted(self._chained(), key=lambda c: c.place)
        labels |= {one.place: one.type for one in chained if one.type}
        in_chains = {one.place for one in chained}
        loose = [_Chained(place, "") for place in labels if place not in in_chains]
        places = sorted((*chained, *loose), key=lambda one: one.place)
        first: dict[str, str] = {}
        for one in places:
            if one.place in labels:
                first.setdefault(one.chain, labels[one.place])
        entities = {
            chain: f"x{n}" for n, chain in enumerate(dict.fromkeys(c.chain for c in chained))
        }
        types = [labels.get(one.place) or first.get(one.chain, "") for one in places]
        mentions = tuple(
            Mention(
                id=f"m{number}",
                spans=spans_at(text, [(words[one.place[0]][0], words[one.place[1]][1])]),
                type=type_ or UNLABELLED,
                entity=entities.get(one.chain),
            )
            for number, (one, type_) in enumerate(zip(places, types, strict=True), 1)
        )
        links = {one.chain: (Link(kb="identity", id=one.link),) for one in chained if one.link}
        annotation = replace(
            source_annotation(self._name),
            mentions=mentions,
            entities=tuple(
                Entity(id=name, type="", name="", links=links.get(chain, ()))
                for chain, name in entities.items()
            ),
        )
        annotation = with_derived_names(annotation)
        skipped = dict.fromkeys(name for row in self._rows for name in row.skipped)
        losses = tuple(SourceLoss(kind="columns", name=n, reason=NO_PLACE) for n in skipped)
        losses += tuple(
            without_type(m.id) for m, type_ in zip(mentions, types, strict=True) if not type_
        )
        return SourceDocument(
            name=self._name,
            text=text,
            sentences=lines,
            tokens=words,
            annotations={UNNAMED: annotation},
            items=count_items([annotation], losses),
            losses=losses,
        )

    def _named(self) -> Iterator[tuple[Range, str]]:
        """The places of named entities with their labels."""
        is_open: list[tuple[int, str]] = []
        for at, row in enumerate(self._rows):
            if row.names in _EMPTY:
                continue
            if not _NAMES.fullmatch(row.names):
                self._refuse(row, row.names, "is not a named entity, such as (PERSON*, *) or *.")
            for match in _NAME.finditer(row.names):
                if match[1]:
                    is_open.append((at, match[1]))
                elif is_open:
                    start, label = is_open.pop()
                    yield (start, at), label
                else:
                    self._refuse(row, row.names, "closes a named entity that is not open.")
        for start, label in is_open:
            self._refuse(self._rows[start], f"({label}", "is not closed.")

    def _chained(self) -> Iterator[_Chained]:
        """The mentions of chains."""
        is_open: dict[str, list[int]] = defaultdict(list)
        for at, row in enumerate(self._rows):
            if row.chains in _EMPTY:
                continue
            if not _CHAINS.fullmatch(row.chains):
                self._refuse(row, row.chains, "is not coreference, such as (12, 12) or (3)|12).")
            for opens, name, closes in _CHAIN.findall(row.chains):
                if opens:
                    is_open[name].append(at)
                if closes and not is_open[name]:
                    self._refuse(row, f"{name})", "closes a mention that is not open.")
                if closes:
                    place = is_open[name].pop(), at
                    typed = _TYPED.fullmatch(name)
                    if typed is None:
                        yield _Chained(place, name)
                    else:
                        yield _Chained(place, typed[2], typed[1], unquote(typed[3] or ""))
        for name, starts in is_open.items():
            for start in starts:
                self._refuse(self._rows[start], f"({name}", "is not closed.")

    def _refuse(self, row: _Row, value: str, problem: str) -> NoReturn:
        raise InvalidInputError(f'{self._path}, line {row.number}: "{excerpt(value)}" {problem}')


FORMAT = Format(
    name="conll2012",
    title="CoNLL-2012",
    suffix=".conll",
    holds=Holds(
        kinds=frozenset({"texts", "segmentation", "mentions", "coreference", "entities"}),
        text="tokens",
        flat_labels=True,
        unwritable=r"[\s()*|]",
        mentions=Placing(
            discontinuous="envelope",
            same_place=False,
            within_tokens=False,
            across_sentences=False,
        ),
        entities=Chains(empty=False, named=False, crossing=False),
    ),
    reader=_read,
    writer=_write,
    notes=(
        "The text is rebuilt from the tokens, as in conll2003. Types are in the column of named "
        "entities, which is flat. Chains of one are written. The columns of syntax, predicates and "
        "speakers are empty, and are not imported. Shorter lines are read too, with the word "
        "before the last column, which has the chains, as in GUM."
    ),
)
