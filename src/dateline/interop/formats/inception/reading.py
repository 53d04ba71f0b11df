"""Makes annotations of layers, those that Dateline writes and those of other projects.

Layers with features that link to other spans are events, and the links their arguments. All other
layers of spans are mentions, but for those of DKPro Core that annotate words. Relations that are
called coreference join mentions to chains, but for bridging.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec.structs import replace

from dateline.annotations.components import components
from dateline.interop.formats.inception.layers import (
    ABOUT_ROLE,
    CLAIMER,
    CONTINUED,
    CUE,
    CUE_ROLE,
    FRAGMENT,
    IDENTIFIER,
    PARTS,
    VALUE,
    ChainLink,
    LayeredText,
    LayerRelation,
    LayerSpan,
    attribute_name,
    by_place,
    links_of,
    numbered,
)
from dateline.interop.representation import filled, read_values, with_derived_names
from dateline.interop.source import (
    UNLABELLED,
    UNNAMED,
    SourceDocument,
    SourceLoss,
    count_items,
    source_annotation,
    spans_at,
)
from dateline.model import (
    Annotation,
    Argument,
    Attributes,
    AttributeValue,
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
from dateline.rendering.listing import counted

LABELS = (VALUE, "type", "label", "category", "entity", "class", "kind", "name")
"""Features whose value is the label of an item, the first of them that a layer has."""

_DKPRO = "de.tudarmstadt.ukp.dkpro.core.api."
_OF_WORDS = tuple(f"{_DKPRO}{part}." for part in (
    "anomaly", "lexmorph", "phonetics", "segmentation", "structure", "syntax", "transform",
))  # fmt: skip
_FIELDS = {"mention": "relations", "event": "event_relations", "claim": "claim_relations"}


def annotates_words(layer: str) -> bool:
    """Whether a layer describes words, such as their part of speech."""
    return layer.startswith(_OF_WORDS)


def source_document(name: str, annotator: str, layers: LayeredText) -> SourceDocument:
    """The document with the annotation of one annotator."""
    reading = _Reading(name, layers)
    annotation = reading.annotation()
    return SourceDocument(
        name=name,
        text=layers.text,
        sentences=layers.sentences,
        tokens=layers.tokens,
        annotations={annotator: annotation},
        items=count_items([annotation], reading.losses),
        losses=tuple(reading.losses),
    )


class _Reading:
    def __init__(self, name: str, layers: LayeredText) -> None:
        self._name, self._layers = name, layers
        self._text = layers.text
        self._labels = {layer: _label_feature(fs) for layer, fs in layers.features.items()}
        self._ids: dict[int, tuple[str, str]] = {}
        self._given: dict[str, list[LayerSpan]] = {"mention": [], "event": [], "claim": []}
        self.losses: list[SourceLoss] = []
        for layer, count in layers.others.items():
            self._lose("layers", layer, f"is not read ({counted(count, 'annotation')})")
        self._classify()

    def _lose(self, kind: str, name: str, reason: str) -> None:
        self.losses.append(SourceLoss(kind=kind, name=name, reason=reason))

    # Kinds of spans

    def _classify(self) -> None:
        words: Counter[str] = Counter()
        for span in self._layers.spans:
            kind = self._kind(span)
            if kind is None:
                words[span.layer] += annotates_words(span.layer)
            elif span.start == span.end:
                self._lose("spans", _place(span), "is empty")
            else:
                self._add(kind, span)
        for layer, count in (+words).items():
            self._lose("layers", layer, f"describes words ({count} annotations)")

    def _kind(self, span: LayerSpan) -> str | None:
        if annotates_words(span.layer) or span.layer in (CUE, FRAGMENT):
            return None
        short = _short(span.layer)
        if short == "Claim" and (
            CLAIMER in span.values or any(r == CLAIMER for r, _ in span.links.get(PARTS, ()))
        ):
            return "claim"
        return "event" if span.layer in self._layers.slots or short == "Event" else "mention"

    def _add(self, kind: str, span: LayerSpan) -> str:
        self._given[kind].append(span)
        name = f"{kind[0]}{len(self._given[kind])}"
        self._ids[id(span)] = kind, name
        return name

    def _item(self, span: LayerSpan) -> tuple[str, str]:
        """The kind and the id of the item that a span is; both empty if it is none."""
        return self._ids.get(id(span), ("", ""))

    # Items

    def annotation(self) -> Annotation:
        """The annotation of all layers."""
        chains = {
            kind: self._chains(kind, joined)
            for kind, joined in (("mention", self._coreference()), ("event", []))
        }
        claims = [c for c in map(self._claim, self._given["claim"]) if c is not None]
        kept = {claim.id for claim in claims}
        for span in self._given["claim"]:
            if self._item(span)[1] not in kept:
                del self._ids[id(span)]
        entity_of = {m: name for name, members in chains["mention"].items() for m in members}
        cluster_of = {e: name for name, members in chains["event"].items() for e in members}
        mentions = [
            replace(self._mention(span), entity=entity_of.get(self._item(span)[1]))
            for span in self._given["mention"]
        ]
        events = [
            replace(self._event(span), cluster=cluster_of.get(self._item(span)[1]))
            for span in self._given["event"]
        ]
        links = self._links()
        whole = replace(
            source_annotation(self._name),
            mentions=tuple(mentions),
            entities=tuple(
                Entity(id=n, type="", name="", links=_union(members, links))
                for n, members in chains["mention"].items()
            ),
            events=tuple(events),
            event_clusters=tuple(
                EventCluster(id=n, links=_union(members, links))
                for n, members in chains["event"].items()
                if _union(members, links)
            ),
            claims=tuple(claims),
            **self._relations(),
        )
        return with_derived_names(whole)

    def _spans(self, span: LayerSpan) -> Spans:
        ranges = [(span.start, span.end)]
        for _, other in span.links.get(CONTINUED, ()):
            if other.start < other.end and all(
                other.end < start or end < other.start for start, end in ranges
            ):
                ranges.append((other.start, other.end))
            else:
                self._lose("fragments", _place(other), "touches another fragment")
        return spans_at(self._text, ranges)

    def _label(self, span: LayerSpan | LayerRelation) -> str:
        feature = self._labels.get(span.layer, VALUE)
        value = span.values.get(feature or "")
        return str(value) if value not in (None, "") else _short(span.layer)

    def _attributes(self, span: LayerSpan | LayerRelation) -> Attributes:
        label = self._labels.get(span.layer, VALUE)
        found = {
            attribute_name(name): _read(value)
            for name, value in span.values.items()
            if name not in (label, IDENTIFIER) and value != ""
        }
        return dict(sorted(found.items()))

    def _mention(self, span: LayerSpan) -> Mention:
        return Mention(
            id=self._item(span)[1],
            spans=self._spans(span),
            type=self._label(span),
            attributes=self._attributes(span),
        )

    def _event(self, span: LayerSpan) -> Event:
        name = self._item(span)[1]
        arguments: dict[tuple[str, str], Argument] = {}
        for role, target in _slots(span):
            kind, filler = self._item(target)
            if not kind:
                self._lose("arguments", f"{name} {role}", f"{_place(target)} is not imported")
            elif (role, filler) in arguments:
                self._lose("arguments", f"{name} {role} {filler}", "is duplicated")
            else:
                arguments[role, filler] = filled(role, kind, filler)
        return Event(
            id=name,
            trigger=self._spans(span),
            type=self._label(span),
            arguments=tuple(arguments.values()),
            attributes=self._attributes(span),
        )

    def _claim(self, span: LayerSpan) -> Claim | None:
        name = self._item(span)[1]
        claimers = [str(span.values[CLAIMER])] if CLAIMER in span.values else []
        cues: list[LayerSpan] = []
        events: dict[str, None] = {}
        for role, target in _slots(span):
            kind, item = self._item(target)
            unit = f"{name} {role} {_place(target)}"
            if role == CLAIMER and kind == "mention":
                claimers.append(item)
            elif role == CUE_ROLE and not cues and target.start < target.end:
                cues.append(target)
            elif role == ABOUT_ROLE and kind == "event" and item not in events:
                events[item] = None
            else:
                self._lose("claim parts", unit, "a claim has no such part")
        if len(claimers) != 1:
            reason = "has no claimer, or several"
            self.losses.append(
                SourceLoss(
                    kind="claims", name=name, reason=reason, annotator=UNNAMED, is_wrong=True
                )
            )
            return None
        attributes = dict(self._attributes(span))
        attributes.pop(CLAIMER, None)
        return Claim(
            id=name,
            spans=self._spans(span),
            act=self._label(span),
            claimer=claimers[0],
            cue=self._spans(cues[0]) if cues else None,
            events=tuple(events),
            attributes=attributes,
        )

    def _links(self) -> dict[str, tuple[Link, ...]]:
        return {
            self._item(span)[1]: links_of(str(span.values[IDENTIFIER]))
            for spans in (self._given["mention"], self._given["event"])
            for span in spans
            if span.values.get(IDENTIFIER)
        }

    # Chains

    def _coreference(self) -> list[tuple[str, str]]:
        """The mentions that relations of coreference join."""
        pairs = []
        types: Counter[str] = Counter()
        for relation in self._layers.relations:
            ends = self._item(relation.source), self._item(relation.target)
            if self._is_coreference(relation) and all(kind == "mention" for kind, _ in ends):
                pairs.append((ends[0][1], ends[1][1]))
                types[self._label(relation)] += 1
        for label, count in types.items():
            self._lose("types of coreference", label, f"chains have no types ({count} relations)")
        return pairs

    def _is_coreference(self, relation: LayerRelation) -> bool:
        is_bridge = self._label(relation).lower().startswith("bridg")
        return _short(relation.layer).lower().startswith("coref") and not is_bridge

    def _chains(self, kind: str, pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
        """Items by the chain that they are in."""
        pairs = [*pairs]
        single = {name for pair in pairs for name in pair}
        single |= {self._item(s)[1] for s in self._given[kind] if s.values.get(IDENTIFIER)}
        places = by_place(self._given[kind])
        chosen: set[int] = set()
        for chain in self._layers.chains:
            if ("event" in _short(chain.layer).lower()) != (kind == "event"):
                continue
            members = [self._member(kind, link, places, chosen) for link in chain.links]
            members = [name for name in members if name]
            single |= {*members}
            pairs += pairwise(members)
        names = [self._item(span)[1] for span in self._given[kind]]
        groups = [g for g in components(names, pairs) if len(g) > 1 or g[0] in single]
        return {f"{kind[0]}x{number}": group for number, group in enumerate(groups, 1)}

    def _member(
        self,
        kind: str,
        link: ChainLink,
        places: dict[Range, list[LayerSpan]],
        chosen: set[int],
    ) -> str:
        """The item at the place of a member of a chain; a new one if there is none."""
        if link.start == link.end:
            self._lose("chain members", f"{link.start}-{link.end}", "is empty")
            return ""
        if link.relation:
            place = f"{link.start}-{link.end}"
            self._lose("types of coreference", place, "chains have no types")
        here = places.setdefault((link.start, link.end), [])
        number = numbered(link.type)
        found: LayerSpan | None = None
        if len(here) > 1 and number and 0 < number[1] <= len(here):
            found = here[number[1] - 1]
            found = found if self._label(found) == number[0] else None
        if found is None:
            free = [span for span in here if id(span) not in chosen] or here
            same = [span for span in free if self._label(span) == link.type]
            found = next(iter(same or free), None)
        if found is None:
            values: dict[str, AttributeValue] = {VALUE: link.type or UNLABELLED}
            found = LayerSpan(kind, link.start, link.end, values)
            here.append(found)
            self._add(kind, found)
        elif link.type and self._label(found) != link.type and (number is None or len(here) == 1):
            found.values.setdefault("referenceType", link.type)
        chosen.add(id(found))
        return self._item(found)[1]

    # Relations

    def _relations(self) -> dict[str, tuple[Relation, ...]]:
        found: dict[str, dict[tuple[str, str, str], Relation]] = {f: {} for f in _FIELDS.values()}
        words: Counter[str] = Counter()
        for relation in self._layers.relations:
            if annotates_words(relation.layer):
                words[relation.layer] += 1
                continue
            (kind, source), (other, target) = map(self._item, (relation.source, relation.target))
            label = self._label(relation)
            if kind == "mention" == other and self._is_coreference(relation):
                continue
            name = f"{label} {_place(relation.source)}→{_place(relation.target)}"
            if kind != other or not kind:
                self._lose("other relations", name, f"joins {kind or 'none'} and {other or 'none'}")
                continue
            field = _FIELDS[kind]
            attributes = self._attributes(relation)
            if field != "relations":
                for attribute in attributes:
                    self._lose("other attributes", f"{name}.{attribute}", "has no attributes")
                attributes = {}
            made = Relation(type=label, source=source, target=target, attributes=attributes)
            if made.key in found[field]:
                self._lose(field.replace("_", " "), name, "is duplicated")
            found[field].setdefault(made.key, made)
        for layer, count in words.items():
            self._lose("layers", layer, f"describes words ({count} relations)")
        return {field: tuple(relations.values()) for field, relations in found.items()}


def _label_feature(features: Iterable[str]) -> str | None:
    """The feature with the label: one of `LABELS`, or the first that is declared."""
    features = [name for name in features if name != IDENTIFIER]
    return next((name for name in LABELS if name in features), next(iter(features), None))


def _slots(span: LayerSpan) -> Iterator[tuple[str, LayerSpan]]:
    for feature, links in span.links.items():
        if feature != CONTINUED:
            for role, target in links:
                yield role or feature, target


def _union(members: Iterable[str], links: dict[str, tuple[Link, ...]]) -> tuple[Link, ...]:
    return tuple(dict.fromkeys(link for member in members for link in links.get(member, ())))


def _read(value: AttributeValue) -> AttributeValue:
    if isinstance(value, tuple):
        return read_values(value)
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _short(layer: str) -> str:
    return layer.rpartition(".")[2]


def _place(span: LayerSpan) -> str:
    return f"{_short(span.layer)} {span.start}-{span.end}"
