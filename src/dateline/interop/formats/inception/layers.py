"""Annotations as INCEpTION has them: layers of spans, relations and chains, with features.

The layers that Dateline writes are named entities and coreference chains of DKPro Core, and custom
layers for events, claims and relations. A claim refers to its claimer, its cue and the events that
it is about as an event refers to its arguments. Spans of INCEpTION are continuous: further
fragments are spans of their own.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote

from dateline.annotations.items import chains_of, clusters_of
from dateline.annotations.link_text import format_link, parse_link
from dateline.interop.units import KINDS
from dateline.model import (
    Annotation,
    Attributes,
    AttributeValue,
    Claim,
    Document,
    Link,
    Range,
    Relation,
    Spans,
)

NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
EVENT = "webanno.custom.Event"
CLAIM = "webanno.custom.Claim"
CUE = "webanno.custom.Cue"
FRAGMENT = "webanno.custom.Fragment"
RELATION = "webanno.custom.Relation"
EVENT_RELATION = "webanno.custom.EventRelation"
CLAIM_RELATION = "webanno.custom.ClaimRelation"
COREFERENCE = "de.tudarmstadt.ukp.dkpro.core.api.coref.type.Coreference"
EVENT_COREFERENCE = "webanno.custom.EventCoreference"
"""Chains are layers of links (``CoreferenceLink``) with a head (``CoreferenceChain``)."""

ENDS: Mapping[str, str] = {
    RELATION: NAMED_ENTITY,
    EVENT_RELATION: EVENT,
    CLAIM_RELATION: CLAIM,
}
"""The layers of relations, and the layer of what each joins."""

VALUE, IDENTIFIER, CLAIMER = "value", "identifier", "claimer"
"""Features with the label of an item, with links to knowledge bases, and with a claimer that is not
a mention."""

PARTS, CONTINUED = "arguments", "continued"
"""Features with links to other spans: arguments by role, and further fragments."""

KINDS_OF_LAYERS = frozenset(KINDS) - {
    "metadata",
    "document attributes",
    "entity attributes",
    "argument attributes",
    "factuality",
}
"""The kinds of units that the layers hold."""

CUE_ROLE, ABOUT_ROLE = "cue", "about"

NOT_IN_XML = "\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff"
"""Characters that XML cannot have, for a class of a regular expression."""

_PLAIN_NAME = re.compile(r"(?!attribute_|list_)[A-Za-z][A-Za-z0-9_]*")
_ESCAPED = re.compile(r"_([0-9a-f]{1,5})_")
_TAKEN = frozenset({*keyword.kwlist, VALUE, IDENTIFIER, CLAIMER, PARTS, CONTINUED, "begin", "end",
                    "sofa", "self", "type", "get", "set", "xmiID", "Governor", "Dependent",
                    "elements", "language", "get_covered_text"})  # fmt: skip
_WIKIDATA = "http://www.wikidata.org/entity/"
_IRI = re.compile(r"(https?://\S*[/#])([^/#\s]+)")
_HTTP = re.compile(r"h(?=ttps?://)")
_NUMBERED = re.compile(r"(.*)#([0-9]{1,6})", re.DOTALL)


@dataclass(eq=False, slots=True)
class LayerSpan:
    """A span of a layer. ``links`` are targets with their roles, by feature."""

    layer: str
    start: int
    end: int
    values: dict[str, AttributeValue]
    links: dict[str, list[tuple[str, LayerSpan]]] = field(default_factory=dict)


class LayerRelation(NamedTuple):
    """A directed relation of a layer."""

    layer: str
    source: LayerSpan
    target: LayerSpan
    values: dict[str, AttributeValue]


class ChainLink(NamedTuple):
    """A member of a chain: its place, its referenceType and its referenceRelation."""

    start: int
    end: int
    type: str | None
    relation: str | None = None


class Chain(NamedTuple):
    """A chain of a layer, whose name is that of its links without ``Link``."""

    layer: str
    links: list[ChainLink]


@dataclass
class LayeredText:
    """A text with the annotations of all layers.

    ``features`` are those that each layer declares, ``slots`` the layers with features that link to
    other spans. ``others`` is the number of annotations of layers that are not read.
    """

    text: str
    sentences: tuple[Range, ...] | None
    tokens: tuple[Range, ...] | None
    spans: list[LayerSpan] = field(default_factory=list)
    relations: list[LayerRelation] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    features: dict[str, list[str]] = field(default_factory=dict)
    slots: set[str] = field(default_factory=set)
    others: Counter[str] = field(default_factory=Counter)


def layered(document: Document, annotation: Annotation) -> LayeredText:
    """The annotation in layers; it must be reduced to what they hold."""
    return _Layering(document, annotation).result


class _Layering:
    def __init__(self, document: Document, whole: Annotation) -> None:
        self.result = LayeredText(document.text, document.sentences, document.tokens)
        self._items: dict[str, LayerSpan] = {}
        links = {entity.id: entity.links for entity in whole.entities}
        clusters = {cluster.id: cluster.links for cluster in whole.event_clusters}
        for mention in whole.mentions:
            values = self._values(mention.type, mention.attributes)
            values |= _identifier(links.get(mention.entity or "", ()))
            self._items[mention.id] = self._span(NAMED_ENTITY, mention.spans, values)
        for event in whole.events:
            values = self._values(event.type, event.attributes)
            values |= _identifier(clusters.get(event.cluster or "", ()))
            self._items[event.id] = self._span(EVENT, event.trigger, values)
        for claim in whole.claims:
            values = self._values(claim.act, claim.attributes)
            self._items[claim.id] = self._span(CLAIM, claim.spans, values)
        for event in whole.events:
            for argument in event.arguments:
                self._link(event.id, argument.role, self._items[argument.filler])
        for claim in whole.claims:
            self._parts(claim)
        self._chains(COREFERENCE, NAMED_ENTITY, chains_of(whole))
        self._chains(EVENT_COREFERENCE, EVENT, clusters_of(whole))
        self._relations(RELATION, whole.relations)
        self._relations(EVENT_RELATION, whole.event_relations)
        self._relations(CLAIM_RELATION, whole.claim_relations)

    def _values(self, label: str, attributes: Attributes) -> dict[str, AttributeValue]:
        return {VALUE: label, **{feature_name(name): v for name, v in attributes.items()}}

    def _span(self, layer: str, spans: Spans, values: dict[str, AttributeValue]) -> LayerSpan:
        first, *others = spans
        span = LayerSpan(layer, first.start, first.end, values)
        self.result.spans.append(span)
        for other in others:
            fragment = LayerSpan(FRAGMENT, other.start, other.end, {})
            self.result.spans.append(fragment)
            span.links.setdefault(CONTINUED, []).append(("", fragment))
        return span

    def _link(self, item: str, role: str, target: LayerSpan) -> None:
        self._items[item].links.setdefault(PARTS, []).append((role, target))

    def _parts(self, claim: Claim) -> None:
        claimer = self._items.get(claim.claimer)
        if claimer is None or claimer.layer != NAMED_ENTITY:
            self._items[claim.id].values[CLAIMER] = claim.claimer
        else:
            self._link(claim.id, CLAIMER, claimer)
        if claim.cue is not None:
            self._link(claim.id, CUE_ROLE, self._span(CUE, claim.cue, {}))
        for event in claim.events:
            self._link(claim.id, ABOUT_ROLE, self._items[event])

    def _chains(self, layer: str, of: str, chains: Mapping[str, list[str]]) -> None:
        places = by_place(span for span in self.result.spans if span.layer == of)
        for members in chains.values():
            links = []
            for member in map(self._items.__getitem__, members):
                here = places[member.start, member.end]
                label = str(member.values[VALUE])
                if len(here) > 1:
                    label = f"{label}#{here.index(member) + 1}"
                links.append(ChainLink(member.start, member.end, label))
            self.result.chains.append(Chain(layer, links))

    def _relations(self, layer: str, relations: Iterable[Relation]) -> None:
        for relation in relations:
            ends = self._items[relation.source], self._items[relation.target]
            values = self._values(relation.type, relation.attributes)
            self.result.relations.append(LayerRelation(layer, *ends, values))


def by_place(spans: Iterable[LayerSpan]) -> dict[Range, list[LayerSpan]]:
    """Spans by their place, in their order."""
    found: dict[Range, list[LayerSpan]] = {}
    for span in spans:
        found.setdefault((span.start, span.end), []).append(span)
    return found


def numbered(label: str | None) -> tuple[str, int] | None:
    """The label and the number of a member of a chain that is one of several at its place."""
    match = _NUMBERED.fullmatch(label or "")
    return (match[1], int(match[2])) if match else None


def feature_name(attribute: str) -> str:
    """The name of the feature for an attribute: features have letters, digits and "_" only."""
    if _PLAIN_NAME.fullmatch(attribute) and attribute not in _TAKEN:
        return attribute
    escaped = re.sub("[^A-Za-z0-9]", lambda m: f"_{ord(m[0]):x}_", attribute)
    return f"attribute_{escaped}"


def attribute_name(feature: str) -> str:
    """The name of the attribute that a feature stands for."""
    if not feature.startswith("attribute_"):
        return feature
    return _ESCAPED.sub(_unescaped, feature.removeprefix("attribute_"))


def _unescaped(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    return escape[0] if 0xD800 <= code <= 0xDFFF else chr(code)  # half of a pair of UTF-16


def _identifier(links: Iterable[Link]) -> dict[str, AttributeValue]:
    """Links as INCEpTION has them if it can, an IRI, or as text."""
    links = list(links)
    if not links:
        return {}
    (first, *others) = links
    is_item = first.kb == "wikidata" and re.fullmatch("[QPL][0-9]+", first.id or "")
    if is_item and first.date is None and not others:
        return {IDENTIFIER: f"{_WIKIDATA}{first.id}"}
    texts = (_HTTP.sub("%68", text) if text.startswith("http") else text
             for text in map(format_link, links))  # fmt: skip
    escaped = (re.sub(f"[{NOT_IN_XML}]", lambda m: quote(m[0]), text) for text in texts)
    return {IDENTIFIER: " ".join(escaped)}


def links_of(identifier: str) -> tuple[Link, ...]:
    """The links that an identifier stands for: IRIs, or links as text."""
    found = []
    for text in identifier.split():
        if match := _IRI.fullmatch(text):
            base = re.sub("^https", "http", match[1])
            kb = "wikidata" if base == _WIKIDATA else match[1]
            found.append(Link(kb=kb, id=match[2]))
        else:
            link = parse_link(text)
            found.append(link or Link(kb=IDENTIFIER, id=text))
    return tuple(dict.fromkeys(found))
