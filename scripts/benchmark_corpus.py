"""A synthetic corpus with valid annotations, for the benchmarks."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, NamedTuple

from dateline.corpus.create import create_corpus
from dateline.corpus.segmentation.choosing import segmenter_for
from dateline.corpus.splits import assign_split
from dateline.corpus.store import Corpus, canonical_json
from dateline.files.writing import sha256
from dateline.model import (
    SCHEMA_VERSION,
    Annotation,
    Argument,
    Claim,
    Document,
    Entity,
    Event,
    Factuality,
    Mention,
    Provenance,
    Relation,
    Rights,
    Seed,
    Segmentation,
    Source,
    Span,
)
from dateline.ontology.labels import Attribute, Ontology
from dateline.ontology.schemas import split_shares


class Density(NamedTuple):
    """The number of words (a multiple of 400) and of items in each document."""

    words: int
    mentions: int
    entities: int
    events: int
    relations: int
    claims: int


DENSE = Density(words=800, mentions=60, entities=24, events=30, relations=10, claims=10)
NEWS = Density(words=400, mentions=40, entities=16, events=9, relations=3, claims=4)
"""Mentions about as dense as names in CoNLL-2003, which has 25 in 216 tokens."""

OPTIONAL = 0.1
"""The share of items with an attribute that is not required."""


def generate(root: Path, n: int, seed: int, density: Density = DENSE) -> None:
    """Write a corpus of n annotated documents.

    Files are written directly: the corpus store makes sure that they are on disk, which is slow.
    """
    create_corpus(root)
    corpus = Corpus(root)
    shares = split_shares(corpus.schemas)
    source = random.Random(seed)
    vocabulary = [
        "".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 9)))
        for _ in range(2000)
    ]
    (corpus.annotations / "gold").mkdir()
    for number in range(n):
        generator = random.Random(f"{seed}-{number}")
        document = make_document(f"doc{number:06d}", generator, vocabulary, shares, density.words)
        (corpus.seeds / document.seed.file).write_text(document.text, encoding="utf-8", newline="")
        corpus.document_path(document.id).write_bytes(canonical_json(document))
        annotation = make_annotation(document, corpus.ontology, generator, density)
        corpus.annotation_path("gold", document.id).write_bytes(canonical_json(annotation))


def make_document(
    name: str, generator: random.Random, vocabulary: list[str], shares: Any, size: int
) -> Document:
    """A document with random words in sentences and paragraphs."""
    paragraphs = []
    for _ in range(20):
        words = generator.choices(vocabulary, k=size // 20)
        sentences = [words[i : i + 20] for i in range(0, len(words), 20)]
        paragraphs.append(" ".join(" ".join(s).capitalize() + "." for s in sentences))
    text = "\n".join(paragraphs)
    segmenter = segmenter_for(text)
    sentences, tokens = segmenter.segment(text)
    digest = sha256(text.encode())
    return Document(
        schema_version=SCHEMA_VERSION,
        id=name,
        text=text,
        text_sha256=digest,
        language=None,
        title=None,
        source=Source(publisher=None, url=None, published=None),
        rights=Rights(license="CC0-1.0", holder=None, redistribute_text=True),
        split=assign_split(name, shares),
        seed=Seed(file=f"{name}.txt", sha256=digest, dropped=()),
        segmentation=Segmentation(name=segmenter.name, version=segmenter.version),
        sentences=sentences,
        tokens=tokens,
    )


def make_annotation(
    document: Document, ontology: Ontology, generator: random.Random, density: Density
) -> Annotation:
    """Random annotations of tokens and sentences that follow the ontology."""
    words = [t for t in document.tokens if t[1] - t[0] > 1]
    places = sorted(generator.sample(words, density.mentions + density.events + density.claims))
    generator.shuffle(places)

    def span(place: tuple[int, int]) -> tuple[Span, ...]:
        return (Span(start=place[0], end=place[1], text=document.text[place[0] : place[1]]),)

    def attributes(found: tuple[Attribute, ...], label: str) -> dict[str, str]:
        """Labels for required attributes, and for some others; no numbers and texts."""
        return {
            a.name: generator.choice(a.values).name
            for a in sorted(found, key=lambda a: a.name)
            if a.values and a.is_of(label) and (a.required or generator.random() < OPTIONAL)
        }

    layers = ontology.layers
    mentions, entities = [], []
    for i in range(density.mentions):
        entity = i % density.entities
        kinds = layers["entities"].label_names
        kind = kinds[entity % len(kinds)]
        mentions.append(
            Mention(
                id=f"m{i}",
                spans=span(places[i]),
                type=kind,
                attributes=attributes(layers["entities"].attributes, kind),
                entity=f"n{entity}",
            )
        )
        if i < density.entities:
            entities.append(Entity(id=f"n{i}", type=kind, name=mentions[i].spans[0].text))
    events = []
    for i in range(density.events):
        event_type = generator.choice(list(ontology.event_types.values()))
        type_ = event_type.label.name
        arguments = []
        for role in generator.sample(list(event_type.roles.values()), 2):
            fillers = [m.id for m in mentions if m.type in role.fillers]
            if fillers:
                arguments.append(
                    Argument(
                        role=role.name,
                        mention=generator.choice(fillers),
                        attributes=attributes(ontology.argument_attributes, role.name),
                    )
                )
        events.append(
            Event(
                id=f"e{i}",
                trigger=span(places[density.mentions + i]),
                type=type_,
                arguments=tuple(arguments),
                attributes=attributes(layers["events"].attributes, type_),
                factuality=tuple(
                    Factuality(source=source, value=generator.choice(ontology.factuality).name)
                    for source in ontology.required_sources
                ),
                cluster=None,
            )
        )
    # Otherwise the claim would have to be an argument of the event (rule C607).
    triggers = {(e.trigger[0].start, e.trigger[-1].end) for e in events}
    claims = []
    for i, (start, end) in enumerate(generator.sample(document.sentences, density.claims)):
        cue = next(t for t in reversed(document.tokens) if t[1] < end and t not in triggers)
        content = (start, next(t for t in reversed(document.tokens) if t[1] < cue[0])[1])
        act = generator.choice(layers["claims"].label_names)
        claims.append(
            Claim(
                id=f"c{i}",
                spans=span(content),
                act=act,
                claimer=generator.choice(mentions).id,
                cue=span(cue),
                events=tuple(sorted({generator.choice(events).id, generator.choice(events).id})),
                attributes=attributes(layers["claims"].attributes, act),
            )
        )
    relations = tuple(
        Relation(type=ontology.event_relations[0].name, source=f"e{i}", target=f"e{i + 1}")
        for i in range(density.relations)
    )
    return Annotation(
        schema_version=SCHEMA_VERSION,
        document=document.id,
        text_sha256=document.text_sha256,
        annotator="gold",
        layers=("entities", "events", "claims"),
        status="submitted",
        provenance=Provenance(
            kind="model",
            tool="random",
            created=None,
            updated=None,
            label_studio=None,
            note="Synthetic data for benchmarks.",
        ),
        mentions=tuple(mentions),
        entities=tuple(entities),
        events=tuple(events),
        event_relations=relations,
        claims=tuple(claims),
        claim_relations=(),
        retired=(),
    )
