"""Unusual annotations and texts for the property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from dateline.files.writing import sha256
from dateline.model import (
    SCHEMA_VERSION,
    Annotation,
    Argument,
    Claim,
    Document,
    Entity,
    Event,
    Link,
    Mention,
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


@st.composite
def annotated(draw, ontology):
    """A document and an annotation of it, legal in shape though not in sense."""
    text = draw(texts)
    document = document_of(text)
    names = draw(
        st.lists(
            st.from_regex(r"[A-Za-z0-9_.-]{1,8}", fullmatch=True).filter(
                lambda name: name not in ontology.special_claimers
            ),
            min_size=1, max_size=16, unique=True,
        )
    )  # fmt: skip
    kinds = draw(st.lists(st.sampled_from("xmec"), min_size=len(names), max_size=len(names)))
    ids = {kind: [n for n, k in zip(names, kinds, strict=True) if k == kind] for kind in "xmec"}

    def some(values, **limits):
        return draw(st.lists(st.sampled_from(values), unique=True, **limits)) if values else []

    def attributes(layer):
        return {
            attribute.name: draw(st.sampled_from([value.name for value in attribute.values]))
            for attribute in ontology.layers[layer].attributes
            if attribute.required or draw(st.booleans())
        }

    def label(layer):
        return draw(st.sampled_from(ontology.layers[layer].label_names))

    chain_types = {name: label("entities") for name in ids["x"]}
    mentions = []
    for name in ids["m"]:
        entity = draw(st.sampled_from([None, *ids["x"]]))
        mentions.append(
            Mention(
                id=name, spans=draw(spans(text)), type=chain_types.get(entity) or label("entities"),
                attributes=attributes("entities"), entity=entity,
            )
        )  # fmt: skip
    link = st.builds(
        Link, kb=st.sampled_from(["wikidata", "a:b@c%", " kb ", ""]) | WORDS,
        date=st.none() | st.sampled_from(["2025-01-01", "", "a:b"]),
        id=st.none() | st.sampled_from(["NIL", "Q42", "", " a:b@c% ", "%4EIL"]) | WORDS,
    )  # fmt: skip
    entities = [
        Entity(
            id=name,
            type=chain_types[name],
            name=draw(WORDS),
            links=tuple(draw(st.lists(link, max_size=2, unique=True))),
        )
        for name in ids["x"]
        if any(mention.entity == name for mention in mentions)
    ]
    fillers = [
        *({"mention": name} for name in ids["m"]),
        *({"event": name} for name in ids["e"]),
        *({"claim": name} for name in ids["c"]),
    ]
    events = [
        Event(
            id=name, trigger=draw(spans(text)), type=label("events"),
            arguments=tuple(
                Argument(role=role, **filler)
                for filler in (some(list(range(len(fillers))), max_size=4))
                for filler in [fillers[filler]]
                for role in some(list(ontology.roles), min_size=1, max_size=3)
            ),
            attributes=attributes("events"), cluster=draw(st.sampled_from([None, "k1", "k.2"])),
        )
        for name in ids["e"]
    ]  # fmt: skip
    claims = [
        Claim(
            id=name, spans=draw(spans(text)), act=label("claims"),
            claimer=draw(st.sampled_from([*ids["m"], *sorted(ontology.special_claimers)])),
            cue=draw(st.none() | spans(text)), events=tuple(some(ids["e"])),
            attributes=attributes("claims"),
        )
        for name in ids["c"]
    ]  # fmt: skip

    def relations(labels, ends):
        pairs = [(one, other) for one in ends for other in ends]
        return tuple(
            Relation(type=kind, source=pair[0], target=pair[1])
            for number in some(list(range(len(pairs))), max_size=4)
            for pair in [pairs[number]]
            for kind in some([label.name for label in labels], min_size=1, max_size=3)
        )

    annotation = Annotation(
        schema_version=SCHEMA_VERSION, document=document.id, text_sha256=document.text_sha256,
        annotator="somebody", layers=("entities", "events", "claims"), status="submitted",
        provenance=Provenance(
            kind="human", tool=None, created=None, updated=None, label_studio=None, note=None
        ),
        mentions=tuple(mentions), entities=tuple(entities), events=tuple(events),
        event_relations=relations(ontology.event_relations, ids["e"]), claims=tuple(claims),
        claim_relations=relations(ontology.claim_relations, ids["c"]), retired=("gone",),
    )  # fmt: skip
    return document, canonical(annotation)
