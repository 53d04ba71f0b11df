"""Reading of CoNLL-U, plain or with entities and coreference in MISC, as CorefUD has them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, NoReturn
from urllib.parse import unquote

from conllu.exceptions import ParseException
from conllu.parser import parse_comment_line, parse_id_value
from msgspec.structs import replace

from dateline.annotations.link_text import parse_link
from dateline.errors import InvalidInputError
from dateline.files.lines import read_lines
from dateline.interop.representation import read_values, with_derived_names
from dateline.interop.source import (
    NO_PLACE,
    UNLABELLED,
    UNNAMED,
    SourceDocument,
    SourceLoss,
    count_items,
    dangling,
    source_annotation,
    spans_at,
    without_type,
)
from dateline.model import (
    Attributes,
    AttributeValue,
    Entity,
    Link,
    Mention,
    Range,
    Relation,
    Spans,
)
from dateline.text import excerpt

ESCAPES = {" ": r"\s", "\t": r"\t", "\r": r"\r", "\n": r"\n", "|": r"\p", "\\": "\\\\"}
"""How UDPipe writes characters in the values of ``SpacesAfter``, ``SpacesBefore`` and so on."""

SEVERAL = "+"
"""What is between several values of an attribute."""

LOOSE = re.compile("m[0-9]+")
"""The eid of a mention that belongs to no entity: CorefUD gives an eid to every mention."""

_FIELDS = ("id", "form", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "misc")
_CONTENT = ("LEMMA", "UPOS", "XPOS", "FEATS", "DEPREL", "DEPS")
"""The columns that an annotation has no place for; HEAD goes with DEPREL."""

_UNKNOWN = {"UPOS": {"_", "X"}, "DEPREL": {"_", "root", "dep"}}
"""The values of a column that say nothing; for others, "_"."""

_RELATIONS = {"Bridge": "bridge", "SplitAnte": "split_antecedent"}
"""The attributes of MISC with relations of entities, and the types of those that have none."""

_MISC = {"_", "Entity", *_RELATIONS, "SpaceAfter", "SpacesAfter", "SpacesBefore", "SpacesInToken"}
_COMMENTS = {"text", "sent_id", "global.columns"}
_META = "meta::"
"""The start of comments with metadata of the document, as GUM has them."""

HEAD = "1"
"""The head of a mention where there is no syntax: its first word."""

_RELATION = re.compile(r"([^<:]+)<([^<:]+)(?::(.+))?")
_DEFAULT_COLUMNS = "eid-etype-head-other"
_STRUCTURE = {"eid", "GRP", "etype", "entity", "head", "other", "identity"}
_UNESCAPED = {value: key for key, value in ESCAPES.items()}
# Possessive, because a value that does not match would be tried in all ways.
_BRACKETS = re.compile(r"(?:\([^()]++\)?+|[^()]++\))++")
_BRACKET = re.compile(r"(\()?([^()]+)(\))?")
_PART = re.compile(r"(.+)\[([1-9][0-9]*)/([1-9][0-9]*)\]")


def read_corefud(path: Path) -> Iterator[SourceDocument]:
    """The documents of a file; without ``newdoc``, all of it is one."""
    found = False
    columns = _DEFAULT_COLUMNS
    document = _Document(path.stem, columns)
    number, is_paragraph = 1, False
    for line_number, line in read_lines(path):
        place = _Line(path, line_number, line)
        if line.startswith("#"):
            for key, value in parse_comment_line(line):
                if key == "newdoc id" and value == document.name and document.has_words:
                    is_paragraph = True  # the same document, as in the PUD treebanks
                elif key in ("newdoc", "newdoc id"):
                    if document.has_words:
                        yield document.source()
                        number += 1
                    document = _Document(value or f"{path.stem}-{number}", columns)
                elif key == "global.Entity" and value:
                    columns = value
                    document.set_columns(columns, place)
                else:
                    document.comment(key, value)
                is_paragraph |= key.startswith("newpar")
        elif line.strip():
            document.add(place, is_paragraph=is_paragraph)
            found, is_paragraph = True, False
        else:
            document.end_sentence()
    if not found:
        raise InvalidInputError(f"{path}: has no words. Each is a line of ten columns.")
    if document.has_words:
        yield document.source()


class _Line(NamedTuple):
    file: Path
    number: int
    text: str

    def refuse(self, problem: str, value: str) -> NoReturn:
        """Raise InvalidInputError for a value on this line."""
        shown = excerpt(value)
        raise InvalidInputError(f'{self.file}, line {self.number}: "{shown}" {problem}')


class _Open(NamedTuple):
    """An opened bracket, or a mention: where it was opened, and the words that it has so far."""

    line: _Line
    start: int
    columns: Sequence[str]
    words: list[int | None]


class _Document:
    def __init__(self, name: str, columns: str) -> None:
        self.name = name
        self._columns = columns.split("-")
        self._forms: list[str] = []
        self._gaps: list[str | None] = []
        self._before = ""
        self._sentences: list[Range] = []
        self._first = 0
        self._last_word = self._covered = 0
        # The token of each word; empty nodes have none.
        self._words: list[int | None] = []
        self._open: dict[str, list[_Open]] = defaultdict(list)
        self._in_parts: dict[tuple[str, str], list[_Open]] = defaultdict(list)
        self._mentions: list[tuple[str, _Open]] = []
        # The first word of each mention by eid, and its number among all mentions.
        self._starts: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._related: list[tuple[int, str, str, str]] = []
        self._losses: list[SourceLoss] = []
        self._lost_columns: set[str] = set()
        self._lost_comments: set[str] = set()
        self._meta: dict[str, str] = {}

    @property
    def has_words(self) -> bool:
        return bool(self._words)

    def set_columns(self, columns: str, line: _Line) -> None:
        """Take the declaration of the columns of a mention."""
        self._columns = columns.split("-")
        if not {"eid", "GRP"} & {*self._columns}:
            line.refuse('has no "eid". Expected columns such as eid-etype-head-other.', columns)

    def comment(self, key: str, value: str | None) -> None:
        """Add what a comment says of the document, or of a sentence."""
        name = key.removeprefix(_META)
        if name != key and value:
            self._meta[name] = value
        elif key not in _COMMENTS and not key.startswith("newpar"):
            self._lost_comments.add(key)

    def add(self, line: _Line, *, is_paragraph: bool) -> None:
        """Add a line with a word, a multiword token or an empty node."""
        values = line.text.split("\t")
        if len(values) != len(_FIELDS):
            line.refuse("is not a line of ten columns with tabs between them.", line.text)
        columns = dict(zip(_FIELDS, values, strict=True))
        misc = _misc(columns["misc"])
        if is_paragraph and self._gaps:
            self._gaps[-1] = self._gaps[-1] or "\n"
        is_word = self._number(line, columns, misc)
        self._lost_columns.update(
            name for name in _CONTENT if columns[name] not in _UNKNOWN.get(name, {"_"})
        )
        self._lost_columns.update(f"MISC {name}" for name in misc if name not in _MISC)
        if not is_word:
            for key in ("Entity", *_RELATIONS):
                if key in misc:
                    self._lose(f"{key} of multiword tokens", misc[key], "is read from words only")
            return
        if "Entity" in misc:
            self._brackets(line, misc["Entity"])
        for key, label in _RELATIONS.items():
            for text in filter(None, misc.get(key, "").split(",")):
                match = _RELATION.fullmatch(text)
                if match is None:
                    line.refuse("is not a relation of entities, such as e1<e2 or e1<e2:part.", text)
                self._related.append((len(self._words) - 1, match[1], match[2], match[3] or label))

    def _number(self, line: _Line, columns: dict[str, str], misc: dict[str, str]) -> bool:
        """Add the token of a line, if it is one; returns whether it is a word or an empty node."""
        try:
            number = parse_id_value(columns["id"])
        except (ParseException, ValueError):
            number = None
        if number is None:
            line.refuse("is not the number of a word, such as 8, 8-9 or 8.1.", columns["id"])
        if isinstance(number, tuple) and number[1] == ".":
            self._words.append(None)
            self._lose("empty nodes", columns["form"], "are not in the text")
            return True
        first = number[0] if isinstance(number, tuple) else number
        if first != self._last_word + 1:
            line.refuse(f"is not the number of word {self._last_word + 1}.", columns["id"])
        if isinstance(number, tuple):
            self._covered = number[2]
            self._token(line, columns["form"], misc)
            self._lose(
                "words of multiword tokens", columns["form"], "are one token, as in the text"
            )
            return False
        self._last_word = number
        if number > self._covered:
            self._token(line, columns["form"], misc)
        self._words.append(len(self._forms) - 1)
        return True

    def end_sentence(self) -> None:
        """End the sentence, if there is one."""
        if len(self._forms) > self._first:
            self._sentences.append((self._first, len(self._forms) - 1))
        self._first = len(self._forms)
        self._last_word = self._covered = 0

    def _token(self, line: _Line, form: str, misc: dict[str, str]) -> None:
        if not form.strip():
            line.refuse("has no form.", line.text)
        self._forms.append(_unescaped(misc["SpacesInToken"]) if "SpacesInToken" in misc else form)
        if not self._gaps:
            self._before = _unescaped(misc.get("SpacesBefore", ""))
        gap = _unescaped(misc["SpacesAfter"]) if "SpacesAfter" in misc else None
        self._gaps.append("" if gap is None and misc.get("SpaceAfter") == "No" else gap)

    def _brackets(self, line: _Line, text: str) -> None:
        if not _BRACKETS.fullmatch(text):
            line.refuse("is not an Entity statement, such as (e1-person-1- or e1).", text)
        for opens, content, closes in _BRACKET.findall(text):
            values = content.split("-", len(self._columns) - 1)
            name = values[self._eid if opens or len(values) > 1 else 0 :][:1]
            if not name:
                line.refuse("has no eid.", content)
            if opens:
                here = _Open(line, len(self._words) - 1, values, [])
                self._open[name[0]].append(here)
            if closes:
                self._close(line, name[0])

    @property
    def _eid(self) -> int:
        return next(at for at, name in enumerate(self._columns) if name in ("eid", "GRP"))

    def _close(self, line: _Line, name: str) -> None:
        if not self._open[name]:
            line.refuse("closes a mention that is not open.", f"{name})")
        part = self._open[name].pop()
        part.words.extend(self._words[part.start :])
        match = _PART.fullmatch(name)
        if match is None:
            self._mentions.append((name, part))
            return
        eid, number, total = match.groups()
        unfinished = self._in_parts[eid, total]
        if number == "1":
            unfinished.append(part)
        elif not unfinished:
            line.refuse("has no first part.", name)
        else:
            unfinished[-1].words.extend(part.words)
        if number == total:
            self._mentions.append((eid, unfinished.pop()))

    def _lose(self, kind: str, name: str, reason: str) -> None:
        self._losses.append(SourceLoss(kind=kind, name=name, reason=reason))

    def source(self) -> SourceDocument:
        """The document with what was added to it."""
        self.end_sentence()
        for name, bracket in (
            *((n, b) for n, found in self._open.items() for b in found),
            *(
                (f"{n}[1/{total}]", b)
                for (n, total), found in self._in_parts.items()
                for b in found
            ),
        ):
            bracket.line.refuse("is not closed.", f"({name}")
        text, tokens = self._text()
        mentions, entities = self._chains(text, tokens)
        relations = self._relations(mentions)
        for kind, names in (("columns", self._lost_columns), ("comments", self._lost_comments)):
            for name in sorted(names):
                self._lose(kind, name, NO_PLACE)
        annotation = with_derived_names(
            replace(
                source_annotation(self.name),
                mentions=mentions,
                entities=entities,
                relations=relations,
            )
        )
        return SourceDocument(
            name=self.name,
            text=text,
            sentences=tuple((tokens[i][0], tokens[j][1]) for i, j in self._sentences),
            tokens=tokens,
            title=self._meta.pop("title", None),
            meta=self._meta,
            annotations={UNNAMED: annotation},
            items=count_items([annotation], self._losses),
            losses=tuple(self._losses),
        )

    def _text(self) -> tuple[str, tuple[Range, ...]]:
        parts, tokens = [self._before], []
        position = len(self._before)
        for at, (form, gap) in enumerate(zip(self._forms, self._gaps, strict=True), 1):
            tokens.append((position, position + len(form)))
            if gap is None:
                gap = " " if at < len(self._forms) else ""
            parts += [form, gap]
            position += len(form) + len(gap)
        return "".join(parts), tuple(tokens)

    def _chains(
        self, text: str, tokens: Sequence[Range]
    ) -> tuple[tuple[Mention, ...], tuple[Entity, ...]]:
        """The mentions and the entities; what `LOOSE` names is a mention alone."""
        links: dict[str, dict[Link, None]] = defaultdict(dict)
        sizes: Counter[str] = Counter()
        placed: list[tuple[str, dict[str, str], Spans]] = []
        self._mentions.sort(key=lambda mention: mention[1].start)
        for name, found in self._mentions:
            words = sorted({word for word in found.words if word is not None})
            if not words:
                self._lose("mentions", name, "has no words but empty nodes")
                continue
            self._starts[name].append((found.start, len(placed)))
            sizes[name] += 1
            columns = dict(zip(self._columns, found.columns, strict=False))
            if columns.get("head", HEAD) not in ("", HEAD):
                self._lost_columns.add("head of mentions")
            links[name].update(dict.fromkeys(_links(columns.get("identity", ""))))
            placed.append((name, columns, spans_at(text, _ranges(words, tokens))))
        kept = {
            name: f"x{number}"
            for number, name in enumerate(sizes, 1)
            if sizes[name] > 1 or links[name] or not LOOSE.fullmatch(name)
        }
        mentions = []
        for number, (name, columns, spans) in enumerate(placed, 1):
            type_ = columns.get("etype") or columns.get("entity")
            mention = Mention(
                id=f"m{number}",
                spans=spans,
                type=type_ or UNLABELLED,
                attributes=_attributes(columns),
                entity=kept.get(name),
            )
            mentions.append(mention)
            if not type_:
                self._losses.append(without_type(mention.id))
        return tuple(mentions), tuple(
            Entity(id=entity, type="", name="", links=tuple(links[name]))
            for name, entity in kept.items()
        )

    def _relations(self, mentions: Sequence[Mention]) -> tuple[Relation, ...]:
        """The relations of entities, each from a mention to the last one of the other before it."""
        found: dict[str, Relation] = {}
        known = {name for name, _ in self._mentions}
        for word, antecedent, anaphor, label in self._related:
            sources = [number for start, number in self._starts[anaphor] if start == word]
            targets = self._starts[antecedent]
            before = [number for start, number in targets if start <= word] or [
                number for _, number in targets[:1]
            ]
            if not sources or not before or antecedent == anaphor:
                shown = f"{label} {antecedent}<{anaphor}"
                if unknown := [name for name in (antecedent, anaphor) if name not in known]:
                    lost = dangling("relations", shown, unknown[0], ("relation", label))
                    self._losses.append(lost)
                else:
                    self._lose("relations", shown, "there are no such mentions")
                continue
            ends = mentions[sources[0]].id, mentions[before[-1]].id
            relation = Relation(type=label, source=ends[0], target=ends[1])
            if found.setdefault(relation.name, relation) is not relation:
                self._lose("relations", relation.name, "is given twice")
        return tuple(found.values())


def _ranges(words: Sequence[int], tokens: Sequence[Range]) -> Iterator[Range]:
    """The ranges of runs of tokens."""
    for _, run in groupby(enumerate(words), lambda pair: pair[1] - pair[0]):
        numbers = [word for _, word in run]
        yield tokens[numbers[0]][0], tokens[numbers[-1]][1]


def _links(identity: str) -> Iterator[Link]:
    """The links of an entity: ``kb:id``, or the title of a page, which may have a colon."""
    for part in filter(None, identity.split(",")):
        text = unquote(part)
        link = None if ":_" in part else parse_link(text)
        yield link or Link(kb="identity", date=None, id=text)


def _attributes(columns: dict[str, str]) -> Attributes:
    found: dict[str, AttributeValue] = {
        name: unquote(value) for name, value in columns.items() if value and name not in _STRUCTURE
    }
    for part in filter(None, columns.get("other", "").split(",")):
        name, colon, value = part.partition(":")
        texts = [unquote(text) for text in value.split(SEVERAL)]
        found[unquote(name)] = read_values(texts) if colon else "true"
    return found


def _misc(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split("|"))
    return {name: value for name, _, value in pairs}


def _unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda m: _UNESCAPED.get(m[0], m[0]), text)
