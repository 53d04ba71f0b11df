"""Unusual annotations and texts for the property tests."""

from __future__ import annotations

from hypothesis import strategies as st
from msgspec.structs import replace

from dateline.files.writing import sha256
from dateline.model import (
    SCHEMA_VERSION,
    Annotation,
    Argument,
    Claim,
    Document,
    Entity,
    Event,
    EventCluster,
    Factuality,
    Link,
    Mention,
    Note,
    Provenance,
    Relation,
    Rights,
    Seed,
    Source,
    Span,
    canonical,
)

NASTY = [
    "\r\n", "\n", "\r", "\u2028", "\u00a0", "\U0001f600", "\U0001d54f", "e\u0301", "\u202e",
    "\u05d0", "\u0639", "<b>", "&amp;", "\\n", "\"", "'", "$text", "\ufeff", "\u200d", "\t", " ",
]  # fmt: skip
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
WORDS = st.text(CHARACTERS, min_size=1, max_size=12)


def document_of(text, name="nasty"):
    digest = sha256(text.encode())
    return Document(
        id=name, text=text, text_sha256=digest, language=None, title=None,
        source=Source(publisher=None, url=None, published=None),
        rights=Rights(license="LicenseRef-All-Rights-Reserved", holder=None, redistribute_text=False),
        split="train", seed=Seed(file=f"{name}.txt", sha256=digest, dropped=()),
        sentences=((0, len(text)),), tokens=((0, len(text)),),
    )  # fmt: skip


texts = st.lists(st.one_of(st.sampled_from(NASTY), WORDS), min_size=1, max_size=30).map("".join)


@st.composite
def spans(draw, text):
    """One fragment or more, sorted, disjoint and not touching."""
    cuts = draw(
        st.lists(st.integers(0, len(text)), min_size=2, max_size=6, unique=True).map(sorted)
        if len(text) > 1
        else st.just([0, len(text)])
    )
    return tuple(
        Span(start=start, end=end, text=text[start:end])
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    )


TEXTS = st.text(CHARACTERS, min_size=1, max_size=12).filter(lambda text: text.strip() == text)
LINKS = st.builds(
    Link, kb=st.sampled_from(["wikidata", "a:b@c%", " kb ", ""]) | WORDS,
    date=st.none() | st.sampled_from(["2025-01-01", "", "a:b"]),
    id=st.none() | st.sampled_from(["NIL", "Q42", "", " a:b@c% ", "%4EIL"]) | WORDS,
)  # fmt: skip


def value_of(attribute):
    """Values of an attribute, legal in kind though not in its limits or its pattern."""
    match attribute.kind:
        case "label":
            return st.sampled_from(attribute.value_names)
        case "labels":
            several = st.lists(st.sampled_from(attribute.value_names), min_size=1, unique=True)
            return several.map(tuple)
        case "boolean":
            return st.booleans()
        case "number":
            return st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    return TEXTS


@st.composite
def attributes_of(draw, attributes, label=""):
    """Values of all required and some other attributes, of those that the label has."""
    return {
        attribute.name: draw(value_of(attribute))
        for attribute in attributes
        if attribute.is_of(label) and (attribute.required or draw(st.booleans()))
    }


class Drawing:
    """Draws the items of an annotation, for the layers that an ontology declares."""

    def __init__(self, draw, ontology, text):
        self.draw, self.ontology, self.text = draw, ontology, text
        names = draw(
            st.lists(
                st.from_regex(r"[A-Za-z0-9_.-]{1,8}", fullmatch=True).filter(
                    lambda name: name not in ontology.special_claimers
                ),
                min_size=1, max_size=16, unique=True,
            )
        )  # fmt: skip
        kinds = {"entities": "m", "events": "e", "claims": "c"}
        present = [kind for layer, kind in kinds.items() if layer in ontology.layers]
        present += ["x"] if ontology.has_coreference else []
        chosen = [draw(st.sampled_from(present)) if present else "" for _ in names]
        self.ids = {k: [n for n, c in zip(names, chosen, strict=True) if c == k] for k in "xmec"}
        self.types = {name: self.label("entities") for name in self.ids["x"]}

    def notes(self):
        """Notes on some items, and on the document."""
        items = [name for kind in "mec" for name in self.ids[kind]]
        for item in self.some([*items, None], max_size=4):
            text = self.draw(st.just("") | TEXTS)
            yield Note(item=item, text=text, unsure=not text or self.draw(st.booleans()))

    def some(self, values, **limits):
        return self.draw(st.lists(st.sampled_from(values), unique=True, **limits)) if values else []

    def label(self, layer):
        return self.draw(st.sampled_from(self.ontology.labels_of(layer)))

    def attributes(self, layer, label=""):
        return self.draw(attributes_of(self.ontology.attributes_of(layer), label))

    def links(self, **limits):
        return tuple(self.draw(st.lists(LINKS, max_size=2, unique=True, **limits)))

    def mention(self, name):
        entity = self.draw(st.sampled_from([None, *self.ids["x"]]))
        type_ = self.types.get(entity) or self.label("entities")
        return Mention(
            id=name, spans=self.draw(spans(self.text)), type=type_,
            attributes=self.attributes("entities", type_), entity=entity,
        )  # fmt: skip

    def entity(self, name):
        return Entity(
            id=name, type=self.types[name], name=self.draw(WORDS),
            attributes=self.draw(attributes_of(self.ontology.entity_attributes, self.types[name])),
            links=self.links() if self.ontology.has_links else (),
        )  # fmt: skip

    def event(self, name):
        fillers = [
            *({"mention": name} for name in self.ids["m"]),
            *({"event": name} for name in self.ids["e"]),
            *({"claim": name} for name in self.ids["c"]),
        ]
        clusters = [None, "k1", "k.2"] if self.ontology.has_event_coreference else [None]
        arguments = []
        for number in self.some(list(range(len(fillers))), max_size=4):
            # Those of one pair have the same attributes, as on the page.
            values = self.draw(attributes_of(self.ontology.argument_attributes))
            for role in self.some(list(self.ontology.roles), min_size=1, max_size=3):
                arguments.append(Argument(role=role, attributes=values, **fillers[number]))
        type_ = self.label("events")
        return Event(
            id=name, trigger=self.draw(spans(self.text)), type=type_,
            arguments=tuple(arguments), attributes=self.attributes("events", type_),
            cluster=self.draw(st.sampled_from(clusters)),
        )  # fmt: skip

    def with_factuality(self, event, claims):
        """The event with values by claimers that are not mentions, and by claims about it."""
        if not self.ontology.factuality:
            return event
        sources = sorted(self.ontology.special_claimers)
        sources += [claim.id for claim in claims if event.id in claim.events]
        values = st.sampled_from([label.name for label in self.ontology.factuality])
        factuality = [
            Factuality(source=source, value=self.draw(values)) for source in self.some(sources)
        ]
        return replace(event, factuality=tuple(factuality))

    def clusters(self, events):
        names = {event.cluster for event in events} - {None}
        linked = self.some(sorted(names)) if self.ontology.has_event_links else []
        return [EventCluster(id=name, links=self.links(min_size=1)) for name in linked]

    def claim(self, name):
        claimers = [*self.ids["m"], *sorted(self.ontology.special_claimers)]
        act = self.label("claims")
        return Claim(
            id=name, spans=self.draw(spans(self.text)), act=act,
            claimer=self.draw(st.sampled_from(claimers)),
            cue=self.draw(st.none() | spans(self.text)), events=tuple(self.some(self.ids["e"])),
            attributes=self.attributes("claims", act),
        )  # fmt: skip

    def relations(self, names, ends, attributes=()):
        """Relations; those of one pair have the same attributes, as on the page."""
        pairs = [(one, other) for one in ends for other in ends]
        found = []
        for number in self.some(list(range(len(pairs))), max_size=4):
            source, target = pairs[number]
            types = self.some(list(names), min_size=1, max_size=3)
            declared = [a for a in attributes if all(map(a.is_of, types))]
            values = self.draw(attributes_of(declared, *types[:1]))
            for name in types:
                found.append(Relation(type=name, source=source, target=target, attributes=values))
        return tuple(found)


@st.composite
def annotated(draw, ontology):
    """A document and an annotation of it, legal in shape though not in sense."""
    text = draw(texts)
    document = document_of(text)
    drawing = Drawing(draw, ontology, text)
    mentions = [drawing.mention(name) for name in drawing.ids["m"]]
    named = {mention.entity for mention in mentions}
    claims = [drawing.claim(name) for name in drawing.ids["c"]]
    events = [drawing.event(name) for name in drawing.ids["e"]]
    events = [drawing.with_factuality(event, claims) for event in events]
    annotation = Annotation(
        schema_version=SCHEMA_VERSION, document=document.id, text_sha256=document.text_sha256,
        annotator="somebody", layers=ontology.layer_names, status="submitted",
        provenance=Provenance(
            kind="human", tool=None, created=None, updated=None, label_studio=None, note=None
        ),
        attributes=drawing.attributes("document"),
        mentions=tuple(mentions),
        entities=tuple(drawing.entity(name) for name in drawing.ids["x"] if name in named),
        relations=drawing.relations(
            ontology.relation_types, drawing.ids["m"], ontology.attributes_of("relations")
        ),
        events=tuple(events),
        event_clusters=tuple(drawing.clusters(events)),
        event_relations=drawing.relations(
            [
                label.name
                for label in ontology.event_relations
                if label.name not in ontology.derived_event_relations
            ],
            drawing.ids["e"],
        ),
        claims=tuple(claims),
        claim_relations=drawing.relations(
            [label.name for label in ontology.claim_relations], drawing.ids["c"]
        ),
        notes=tuple(drawing.notes()),
        retired=("gone",),
    )  # fmt: skip
    return document, canonical(annotation)
