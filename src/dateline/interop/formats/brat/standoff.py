"""brat standoff: ``NAME.txt`` with ``NAME.ann``, and ``annotation.conf`` and ``visual.conf``.

The syntax is that of https://brat.nlplab.org/standoff.html. A claim is written as an event whose
type is its act, with the arguments ``claimer``, ``cue`` and ``about``; a claimer that is not a
mention is an attribute ``claimer``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from dateline.annotations.items import chains_of, clusters_of, quote_of, text_items
from dateline.annotations.link_text import format_link
from dateline.interop.format import Chains, Format, Holds, Output, Placing
from dateline.interop.formats.brat.configuration import annotation_conf, visual_conf
from dateline.interop.formats.brat.reader import ABOUT, CLAIMER, CUE, ENDINGS, read_brat
from dateline.interop.placement import joined_over_line_ends
from dateline.interop.representation import written
from dateline.interop.units import KINDS
from dateline.model import Annotation, Attributes, Document, Spans


def _write(output: Output) -> None:
    output.target.mkdir()
    for document, annotation in output.items:
        lines = _Lines(document, annotation).all()
        files = {".txt": document.text, ".ann": "".join(f"{line}\n" for line in lines)}
        for suffix, content in files.items():
            (output.target / f"{document.id}{suffix}").write_bytes(content.encode())
    for name, content in (
        ("annotation.conf", annotation_conf(output.ontology)),
        ("visual.conf", visual_conf(output.ontology)),
    ):
        (output.target / name).write_text(content, encoding="utf-8", newline="\n")


class _Lines:
    """The lines of an annotation."""

    def __init__(self, document: Document, annotation: Annotation) -> None:
        self._text = document.text
        self._annotation = annotation
        self._lines: list[str] = []
        self._numbers = dict.fromkeys("TERAN", 0)
        self._triggers: dict[tuple[str, Spans], str] = {}
        self._names: dict[str, str] = {}
        self._items = text_items(annotation)

    def all(self) -> list[str]:
        """All lines; the ids of brat count from 1."""
        whole = self._annotation
        for mention in whole.mentions:
            self._names[mention.id] = self._place(mention.type, mention.spans)
            self._attributes(mention.id, mention.attributes)
        for name in (*(e.id for e in whole.events), *(c.id for c in whole.claims)):
            self._names[name] = self._number("E")
        for event in whole.events:
            parts = [(a.role, a.filler) for a in event.arguments]
            self._event(event.id, event.type, event.trigger, parts)
            self._attributes(event.id, event.attributes)
        for claim in whole.claims:
            self._claim(claim)
        for relations in (whole.relations, whole.event_relations, whole.claim_relations):
            for relation in relations:
                ends = f"Arg1:{self._names[relation.source]} Arg2:{self._names[relation.target]}"
                name = self._line("R", f"{relation.type} {ends}")
                self._named_attributes(name, relation.attributes)
        links = {entity.id: entity.links for entity in whole.entities}
        self._chains(chains_of(whole), links)
        self._chains(clusters_of(whole), {c.id: c.links for c in whole.event_clusters})
        return self._lines

    def _chains(self, chains: dict[str, list[str]], links: dict[str, Any]) -> None:
        for name, members in chains.items():
            if len(members) > 1:
                self._lines.append(f"*\tEquiv {' '.join(self._names[m] for m in members)}")
            for link in links.get(name, ()):
                text = self._quote(members[0])
                self._line("N", f"Reference {self._names[members[0]]} {format_link(link)}\t{text}")

    def _quote(self, item: str) -> str:
        return " ".join(quote_of(self._items[item]).split())

    def _claim(self, claim: Any) -> None:
        parts = [(ABOUT, event) for event in claim.events]
        if claim.cue is not None:
            cue = f"{claim.id} {CUE}"
            self._names[cue] = self._place(CUE, claim.cue)
            parts.insert(0, (CUE, cue))
        is_mention = claim.claimer in self._names
        if is_mention:
            parts.insert(0, (CLAIMER, claim.claimer))
        self._event(claim.id, claim.act, claim.spans, parts)
        if not is_mention:
            self._line("A", f"{CLAIMER} {self._names[claim.id]} {claim.claimer}")
        self._attributes(claim.id, claim.attributes)

    def _event(self, item: str, label: str, spans: Spans, parts: Iterable[tuple[str, str]]) -> None:
        trigger = self._triggers.get((label, spans))
        if trigger is None:
            trigger = self._triggers[label, spans] = self._place(label, spans)
        text = f"{self._names[item]}\t{label}:{trigger}"
        roles: dict[str, int] = {}
        for role, filler in parts:
            roles[role] = roles.get(role, 0) + 1
            number = "" if roles[role] == 1 else str(roles[role])
            text += f" {role}{number}:{self._names[filler]}"
        self._lines.append(text)

    def _place(self, label: str, spans: Spans) -> str:
        """A text-bound annotation; its fragments do not contain line ends."""
        ranges = list(_within_lines(self._text, spans))
        places = ";".join(f"{start} {end}" for start, end in ranges)
        quote = " ".join(self._text[start:end] for start, end in ranges)
        return self._line("T", f"{label} {places}\t{quote}")

    def _attributes(self, item: str, attributes: Attributes) -> None:
        self._named_attributes(self._names[item], attributes)

    def _named_attributes(self, name: str, attributes: Attributes) -> None:
        for attribute, value in attributes.items():
            for text in written(value):
                self._line("A", f"{attribute} {name} {text}")

    def _line(self, prefix: str, content: str) -> str:
        name = self._number(prefix)
        self._lines.append(f"{name}\t{content}")
        return name

    def _number(self, prefix: str) -> str:
        self._numbers[prefix] += 1
        return f"{prefix}{self._numbers[prefix]}"


def _within_lines(text: str, spans: Spans) -> Iterator[tuple[int, int]]:
    for span in spans:
        start = span.start
        for at in range(span.start, span.end + 1):
            if at == span.end or text[at] in "\r\n":
                yield from joined_over_line_ends(text, [(start, at)])
                start = at + 1


_PLACING = Placing(line_ends=False)

FORMAT = Format(
    name="brat",
    title="brat standoff",
    endings=ENDINGS,
    holds=Holds(
        kinds=frozenset(KINDS)
        - {
            "segmentation",
            "metadata",
            "document attributes",
            "entity attributes",
            "argument attributes",
            "factuality",
        },
        text="lines",
        values=r"[^\t\r\n]+",
        unwritable=r"[\s:]",
        mentions=_PLACING,
        triggers=_PLACING,
        claims=_PLACING,
        cues=_PLACING,
        entities=Chains(singletons="linked", empty=False, named=False),
        events=Chains(singletons="linked"),
    ),
    reader=read_brat,
    writer=_write,
    notes=(
        "A claim is an event whose type is its act, with the arguments claimer, cue and about. "
        "Chains are Equiv lines. Open annotation.conf and visual.conf with the folder in brat."
    ),
)
