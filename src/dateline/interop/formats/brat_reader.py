"""Reading of brat standoff: folders of ``.txt`` with ``.ann``, or with ``.a1`` and ``.a2``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from msgspec.structs import replace

from dateline.annotations.components import components
from dateline.annotations.link_text import parse_link
from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.lines import read_lines
from dateline.files.reading import read_text
from dateline.interop.offsets import Quoted, proved
from dateline.interop.placement import joined_over_line_ends
from dateline.interop.representation import filled, read_values, with_derived_names
from dateline.interop.source import (
    UNNAMED,
    SourceDocument,
    SourceLoss,
    source_annotation,
    spans_at,
)
from dateline.model import (
    Annotation,
    Argument,
    Attributes,
    Claim,
    Entity,
    Event,
    EventCluster,
    Link,
    Mention,
    Range,
    Relation,
    Spans,
)
from dateline.text import excerpt

CLAIMER, CUE, ABOUT = "claimer", "cue", "about"
"""The arguments of events that are claims."""

_ENDINGS = (".ann", ".a1", ".a2")
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NUMBERED = re.compile(r"(.+?)[0-9]+")


def read_brat(path: Path) -> Iterator[SourceDocument]:
    """The documents of a folder and its subfolders; each is a text with annotations beside it."""
    texts = sorted(path.rglob("*.txt")) if path.is_dir() else []
    found = False
    for text in texts:
        files = [f for f in (text.with_suffix(ending) for ending in _ENDINGS) if f.is_file()]
        if files:
            found = True
            name = text.relative_to(path).with_suffix("").as_posix().replace("/", "-")
            yield _Document(name, read_text(text), files).document()
    if not found:
        raise NotFoundError(f"{path}: has no texts with annotations (NAME.txt with NAME.ann).")


class _Line(NamedTuple):
    """A line of an annotation file: its file and number, its id, and what follows it."""

    file: Path
    number: int
    id: str
    content: str
    tail: str

    @property
    def title(self) -> str:
        """The line and where it is, for a message."""
        line = f"{self.id}\t{self.content}"
        return f'{self.file}, line {self.number}: "{excerpt(line, 0, len(line))}"'

    def refuse(self, problem: str) -> NoReturn:
        """Raise InvalidInputError for this line."""
        raise InvalidInputError(f"{self.title} {problem}")


class _Text(NamedTuple):
    label: str
    spans: Spans


class _Event(NamedTuple):
    line: _Line
    label: str
    trigger: str
    parts: tuple[tuple[str, str], ...]


class _Document:
    """Reads the lines of a document, then makes an annotation of them."""

    def __init__(self, name: str, text: str, files: Sequence[Path]) -> None:
        self._name, self._text = name, text
        self._texts: dict[str, _Text] = {}
        self._events: dict[str, _Event] = {}
        self._relations: dict[str, tuple[str, str, str]] = {}
        self._attributes: dict[str, dict[str, list[str]]] = {}
        self._links: dict[str, list[Link]] = {}
        self._equivalences: list[tuple[_Line, list[str]]] = []
        self._items: Counter[str] = Counter()
        self._losses: list[SourceLoss] = []
        self._read([line for file in files for line in _lines(file)])
        self._triggers: dict[str, list[str]] = {}
        for event_id, event in self._events.items():
            self._triggers.setdefault(event.trigger, []).append(event_id)
        self._claims = {name for name, e in self._events.items() if self._is_claim(name, e)}

    def document(self) -> SourceDocument:
        """The document with its annotation."""
        annotation = self._annotation()
        return SourceDocument(
            name=self._name,
            text=self._text,
            annotations={UNNAMED: annotation},
            items=self._items,
            losses=tuple(self._losses),
        )

    def _lose(self, kind: str, name: str, reason: str) -> None:
        self._losses.append(SourceLoss(kind=kind, name=name, reason=reason))

    # Lines

    def _read(self, lines: Sequence[_Line]) -> None:
        seen: set[str] = set()
        places: list[tuple[_Line, str, list[Range]]] = []
        for line in lines:
            if line.id != "*" and not line.id.startswith("#"):
                if not _ID.fullmatch(line.id):
                    line.refuse("has no id such as T1. Write the id, a tab and the annotation.")
                if line.id in seen:
                    line.refuse("has an id that is used twice. Give each annotation its own id.")
                seen.add(line.id)
            match line.id[:1]:
                case "T":
                    places.append((line, *self._place(line)))
                case "E":
                    self._read_event(line)
                case "R":
                    self._read_relation(line)
                case "A" | "M":
                    self._read_attribute(line)
                case "N":
                    self._read_link(line)
                case "*":
                    self._equivalences.append((line, line.content.split()[1:]))
                case "#":
                    self._items["notes"] += 1
                    self._lose("notes", line.id, "notes of annotators are not imported")
                case _:
                    line.refuse(
                        "is not an annotation of brat. Allowed: lines that begin with T, E, R, A, "
                        "M, N, * or #."
                    )
        self._prove(places)

    def _place(self, line: _Line) -> tuple[str, list[Range]]:
        label, _, rest = line.content.partition(" ")
        try:
            ranges = []
            for part in rest.split(";"):
                start, end = part.split()
                ranges.append((int(start), int(end)))
        except ValueError:
            line.refuse('has no offsets. Write "T1", a tab, and "TYPE START END".')
        if any(start >= end for start, end in ranges):
            line.refuse("ends before it starts. Correct the offsets.")
        return label, ranges

    def _prove(self, places: Sequence[tuple[_Line, str, list[Range]]]) -> None:
        """Convert the offsets to code points, as the quotes show what they count."""
        quoted = [Quoted(ranges, line.tail) for line, _, ranges in places]
        file = str(places[0][0].file) if places else ""
        found = proved(self._text, quoted, lambda index: places[index][0].title, file)
        for (line, label, _), ranges in zip(places, found, strict=True):
            joined = joined_over_line_ends(self._text, sorted(ranges))
            if not joined:
                line.refuse("has nothing but line ends. Remove it.")
            self._texts[line.id] = _Text(label, spans_at(self._text, joined))

    def _read_event(self, line: _Line) -> None:
        parts = [part.partition(":")[::2] for part in line.content.split()]
        if not parts or not all(role and target for role, target in parts):
            line.refuse('is not an event. Write "E1", a tab, and "TYPE:T1 ROLE:T2".')
        (label, trigger), *arguments = parts
        self._events[line.id] = _Event(line, label, trigger, tuple(_without_numbers(arguments)))

    def _read_relation(self, line: _Line) -> None:
        label, *ends = line.content.split()
        targets = [end.partition(":")[2] for end in ends]
        if len(targets) != 2 or not all(targets):
            line.refuse('is not a relation. Write "R1", a tab, and "TYPE Arg1:T1 Arg2:T2".')
        self._relations[line.id] = (label, targets[0], targets[1])

    def _read_attribute(self, line: _Line) -> None:
        name, _, rest = line.content.partition(" ")
        target, _, value = rest.partition(" ")
        if not target:
            line.refuse('is not an attribute. Write "A1", a tab, and "NAME T1 VALUE".')
        given = self._attributes.setdefault(target, {})
        given.setdefault(name, []).append(value or "true")

    def _read_link(self, line: _Line) -> None:
        parts = line.content.split()
        link = parse_link(parts[2]) if len(parts) == 3 else None
        if link is None:
            line.refuse('is not a normalization. Write "N1", a tab, and "Reference T1 KB:ID".')
        self._links.setdefault(parts[1], []).append(link)

    # Items

    def _is_claim(self, name: str, event: _Event) -> bool:
        special = CLAIMER in self._attributes.get(name, {})
        return special or any(role == CLAIMER for role, _ in event.parts)

    def _annotation(self) -> Annotation:
        cues = {
            target
            for name in self._claims
            for role, target in self._events[name].parts
            if role == CUE
        }
        for event in self._events.values():
            if event.trigger not in self._texts:
                event.line.refuse(f"has no trigger: there is no {event.trigger}. Add its line.")
        mentions = [
            Mention(id=name, spans=t.spans, type=t.label, attributes=self._values(name, "mention"))
            for name, t in self._texts.items()
            if name not in self._triggers and name not in cues
        ]
        self._items["mentions"] += len(mentions)
        self._kinds = dict.fromkeys((m.id for m in mentions), "mention")
        self._kinds |= {n: "claim" if n in self._claims else "event" for n in self._events}
        events = [self._event(n, e) for n, e in self._events.items() if n not in self._claims]
        self._items["events"] += len(events)
        claims = [self._claim(n, self._events[n]) for n in self._events if n in self._claims]
        annotation = replace(
            source_annotation(self._name),
            mentions=tuple(mentions),
            events=tuple(events),
            claims=tuple(filter(None, claims)),
            **self._related(),
        )
        annotation = self._with_chains(annotation)
        self._lose_rest()
        return annotation

    def _values(self, name: str, kind: str) -> Attributes:
        given = self._attributes.pop(name, {})
        self._items[f"{kind} attributes"] += len(given)
        return {attribute: read_values(texts) for attribute, texts in given.items()}

    def _resolved(self, name: str) -> str:
        """The id of an item; the trigger of one event stands for that event."""
        events = self._triggers.get(name, ())
        return events[0] if len(events) == 1 else name

    def _event(self, name: str, event: _Event) -> Event:
        arguments: dict[tuple[str, str], Argument] = {}
        for role, given in event.parts:
            target = self._resolved(given)
            kind = self._kinds.get(target)
            self._items["arguments"] += 1
            unit = f"{name} {role} {given}"
            if kind is None:
                self._lose("arguments", unit, f"there is no item {given}")
            elif (role, target) in arguments:
                self._lose("arguments", unit, "is duplicated")
            else:
                arguments[role, target] = filled(role, kind, target)
        return Event(
            id=name,
            trigger=self._texts[event.trigger].spans,
            type=event.label,
            arguments=tuple(arguments.values()),
            attributes=self._values(name, "event"),
        )

    def _claim(self, name: str, event: _Event) -> Claim | None:
        self._items["claims"] += 1
        special = self._attributes.get(name, {}).pop(CLAIMER, [""])[0]
        parts: dict[str, list[str]] = {}
        for role, target in event.parts:
            parts.setdefault(role, []).append(self._resolved(target) if role != CUE else target)
        claimers = [*parts.pop(CLAIMER, ()), *filter(None, [special])]
        cues, about = parts.pop(CUE, []), parts.pop(ABOUT, [])
        for role, targets in parts.items():
            for target in targets:
                self._items["arguments"] += 1
                self._lose("arguments", f"{name} {role} {target}", "claims have no such role")
        self._items["cues"] += len(cues)
        for extra_cue in cues[1:]:
            self._lose("cues", f"{name} {extra_cue}", "a claim has one cue")
        self._items["claim events"] += len(about)
        events = [target for target in about if self._kinds.get(target) == "event"]
        for target in about:
            if target not in events:
                self._lose("claim events", f"{name} {target}", f"there is no event {target}")
        attributes = self._values(name, "claim")
        if len(claimers) != 1 or not (special or self._kinds.get(claimers[0]) == "mention"):
            event.line.refuse("is a claim without one mention as its claimer. Correct the line.")
        if cues and cues[0] not in self._texts:
            event.line.refuse(f"has a cue that does not exist: {cues[0]}. Add its line.")
        return Claim(
            id=name,
            spans=self._texts[event.trigger].spans,
            act=event.label,
            claimer=claimers[0],
            cue=self._texts[cues[0]].spans if cues else None,
            events=tuple(dict.fromkeys(events)),
            attributes=attributes,
        )

    def _related(self) -> dict[str, Any]:
        found: dict[str, dict[tuple[str, str, str], Relation]] = {
            "relations": {},
            "event_relations": {},
            "claim_relations": {},
        }
        fields = {"mention": "relations", "event": "event_relations", "claim": "claim_relations"}
        for name, (label, *given) in self._relations.items():
            ends = [self._resolved(end) for end in given]
            kinds = [self._kinds.get(end) for end in ends]
            if kinds[0] is None or kinds[0] != kinds[1]:
                self._items["relations"] += 1
                reason = f"joins {' and '.join(k or 'nothing' for k in kinds)}"
                self._lose("relations", name, reason)
                continue
            field = fields[kinds[0]]
            self._items[field.replace("_", " ")] += 1
            attributes = self._values(name, "relation") if field == "relations" else {}
            relation = Relation(type=label, source=ends[0], target=ends[1], attributes=attributes)
            if relation.key in found[field]:
                self._lose(field.replace("_", " "), name, "is duplicated")
            found[field].setdefault(relation.key, relation)
        return {field: tuple(relations.values()) for field, relations in found.items()}

    def _with_chains(self, whole: Annotation) -> Annotation:
        """Equiv lines and normalizations as entities of mentions, and as clusters of events."""
        chains = {kind: self._chains(kind) for kind in ("mention", "event")}
        entity_of = {m: name for name, some in chains["mention"].items() for m in some}
        cluster_of = {e: name for name, some in chains["event"].items() for e in some}
        self._items["coreference"] += len(entity_of)
        self._items["event coreference"] += len(cluster_of)
        links = {
            name: tuple(dict.fromkeys(x for member in some for x in self._links.pop(member, ())))
            for some_chains in chains.values()
            for name, some in some_chains.items()
        }
        for kind, named in (("entity", chains["mention"]), ("event", chains["event"])):
            self._items[f"{kind} links"] += sum(len(links[name]) for name in named)
        entities = [
            Entity(id=name, type="", name="", links=links[name]) for name in chains["mention"]
        ]
        self._items["entities"] += len(entities)
        whole = replace(
            whole,
            mentions=tuple(replace(m, entity=entity_of.get(m.id)) for m in whole.mentions),
            entities=tuple(entities),
            events=tuple(replace(e, cluster=cluster_of.get(e.id)) for e in whole.events),
            event_clusters=tuple(
                EventCluster(id=name, links=links[name]) for name in chains["event"] if links[name]
            ),
        )
        return with_derived_names(whole)

    def _chains(self, kind: str) -> dict[str, list[str]]:
        names = [name for name, its_kind in self._kinds.items() if its_kind == kind]
        pairs: list[tuple[str, str]] = []
        for _, given in self._equivalences:
            members = [self._resolved(name) for name in given]
            members = [name for name in members if self._kinds.get(name) == kind]
            pairs += pairwise(members)
        found = [c for c in components(names, pairs) if len(c) > 1 or c[0] in self._links]
        prefix = {"mention": "x", "event": "k"}[kind]
        return {f"{prefix}{number}": members for number, members in enumerate(found, 1)}

    def _lose_rest(self) -> None:
        """Report what was attached to items that cannot have it."""
        for target, given in self._attributes.items():
            for name in given:
                self._items["other attributes"] += 1
                reason = f"{target} cannot have attributes"
                self._lose("other attributes", f"{target}.{name}", reason)
        for target, links in self._links.items():
            for link in links:
                self._items["other links"] += 1
                reason = f"{target} is not a mention or an event"
                self._lose("other links", f"{target} {link.kb}:{link.id}", reason)
        for number, (_, members) in enumerate(self._equivalences, 1):
            kinds = {self._kinds.get(self._resolved(name)) for name in members}
            if kinds - {"mention", "event"} or len(kinds) > 1:
                self._items["other equivalences"] += 1
                reason = "joins other items than mentions, or than events"
                self._lose("other equivalences", f"Equiv {number}", reason)


def _lines(file: Path) -> Iterator[_Line]:
    for number, line in read_lines(file):
        if line.strip():
            name, _, rest = line.partition("\t")
            content, _, tail = rest.partition("\t")
            yield _Line(file, number, name.strip(), content, tail)


def _without_numbers(parts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The roles without the numbers by which brat tells repeated ones apart: Theme, Theme2."""
    seen: set[str] = set()
    for role, target in parts:
        match = _NUMBERED.fullmatch(role)
        base = match[1] if match and match[1] in seen else role
        seen.add(base)
        yield base, target
