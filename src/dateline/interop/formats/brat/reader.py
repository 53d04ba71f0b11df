"""Reading of brat standoff: folders of ``.txt`` with ``.ann``, or with ``.a1`` and ``.a2``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from dateline.annotations.components import components
from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.reading import read_text
from dateline.interop.formats.brat.lines import StandoffLines, TriggeredLine
from dateline.interop.problems import Problems
from dateline.interop.representation import filled, read_values, with_derived_names
from dateline.interop.source import (
    UNNAMED,
    SourceDocument,
    SourceLoss,
    dangling,
    source_annotation,
)
from dateline.interop.units import link_name
from dateline.model import (
    Annotation,
    Argument,
    Attributes,
    Claim,
    Entity,
    Event,
    EventCluster,
    Mention,
    Relation,
)

CLAIMER, CUE, ABOUT = "claimer", "cue", "about"
"""The arguments of events that are claims."""

ENDINGS = (".ann", ".a1", ".a2")
"""Of files with annotations."""

_EQUIV = "Equiv"
"""The type of lines that join items without an order."""


def read_brat(path: Path) -> Iterator[SourceDocument]:
    """The documents of a folder and its subfolders; each is a text with annotations beside it."""
    files = sorted(p for ending in ENDINGS for p in path.rglob(f"*{ending}") if p.is_file())
    if not files:
        raise NotFoundError(f"{path}: has no texts with annotations (NAME.txt with NAME.ann).")
    by_text: dict[Path, list[Path]] = {}
    for file in files:
        by_text.setdefault(file.with_suffix(".txt"), []).append(file)
    for text, some in sorted(by_text.items()):
        if not text.is_file():
            raise InvalidInputError(f"{some[0]}: its text, {text.name}, is missing. Add it.")
        name = text.relative_to(path).with_suffix("").as_posix().replace("/", "-")
        yield _Document(name, read_text(text), some).document()


class _Document:
    """Makes an annotation of the lines of a document."""

    def __init__(self, name: str, text: str, files: Sequence[Path]) -> None:
        self._name, self._text = name, text
        lines = StandoffLines(text, files)
        self._texts, self._events = lines.texts, lines.events
        self._relations, self._equivalences = lines.relations, lines.equivalences
        self._attributes, self._links = lines.attributes, lines.links
        self._items: Counter[str] = Counter(notes=len(lines.notes))
        self._losses: list[SourceLoss] = []
        for note in lines.notes:
            self._lose("notes", note, "notes of annotators are not imported")
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

    def _lose_reference(
        self, kind: str, name: str, ids: Iterable[str], reason: str, *labels: tuple[str, str]
    ) -> None:
        """Leave out what refers to these ids, which is an error if one does not exist."""
        unknown = [i for i in ids if not (i in self._texts or i in self._events)]
        if unknown:
            self._losses.append(dangling(kind, name, unknown[0], *labels))
        else:
            self._lose(kind, name, reason)

    def _is_claim(self, name: str, event: TriggeredLine) -> bool:
        special = CLAIMER in self._attributes.get(name, {})
        return special or any(role == CLAIMER for role, _ in event.parts)

    def _annotation(self) -> Annotation:
        cues = {
            target
            for name in self._claims
            for role, target in self._events[name].parts
            if role == CUE
        }
        problems = Problems()
        problems.note(
            f"{event.line.title} has no trigger: there is no {event.trigger}. Add its line."
            for event in self._events.values()
            if event.trigger not in self._texts
        )
        problems.refuse()
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
        claims = [
            problems.noting(self._claim, name, event)
            for name, event in self._events.items()
            if name in self._claims
        ]
        problems.refuse()
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
        for attribute, texts in given.items():
            for text in (Counter(texts) - Counter({*texts})).elements():
                self._items[f"{kind} attributes"] += 1
                self._lose(f"{kind} attributes", f"{name}.{attribute} {text}", "is given twice")
        return {name: read_values([*dict.fromkeys(texts)]) for name, texts in given.items()}

    def _resolved(self, name: str) -> str:
        """The id of an item; the trigger of one event stands for that event."""
        events = self._triggers.get(name, ())
        return events[0] if len(events) == 1 else name

    def _event(self, name: str, event: TriggeredLine) -> Event:
        arguments: dict[tuple[str, str], Argument] = {}
        for role, given in event.parts:
            target = self._resolved(given)
            kind = self._kinds.get(target)
            self._items["arguments"] += 1
            unit = f"{name} {role} {given}"
            if kind is None:
                reason = f"{given} is not a mention, an event or a claim"
                self._lose_reference("arguments", unit, [given], reason, ("role", role))
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

    def _claim(self, name: str, event: TriggeredLine) -> Claim:
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
                reason = f"{target} is not an event"
                self._lose_reference("claim events", f"{name} {target}", [target], reason)
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
                self._lose_reference("relations", name, given, reason, ("relation", label))
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
            self._items[f"{kind} links"] += sum(
                len({link_name(name, link) for link in links[name]}) for name in named
            )
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
                unit = f"{target}.{name}"
                if target in self._relations:
                    self._lose("other attributes", unit, reason)
                else:
                    self._lose_reference("other attributes", unit, [target], reason)
        for target, links in self._links.items():
            for link in links:
                self._items["other links"] += 1
                reason = f"{target} is not a mention or an event"
                unit = f"{target} {link.kb}:{link.id}"
                self._lose_reference("other links", unit, [target], reason)
        for number, (label, members) in enumerate(self._equivalences, 1):
            if label != _EQUIV:
                self._items["types of equivalences"] += 1
                self._lose("types of equivalences", f"{label} {number}", "chains have no types")
            kinds = {self._kinds.get(self._resolved(name)) for name in members}
            if kinds - {"mention", "event"} or len(kinds) > 1:
                self._items["other equivalences"] += 1
                reason = "joins other items than mentions, or than events"
                self._lose_reference("other equivalences", f"Equiv {number}", members, reason)
