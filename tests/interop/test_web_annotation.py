"""Web Annotation: a JSON-LD processor finds what the annotation has, and selectors select it."""

from __future__ import annotations

import json

import pytest
from rdflib import RDF, Graph, Namespace, URIRef

OA = Namespace("http://www.w3.org/ns/oa#")
ACTIVITY = Namespace("http://www.w3.org/ns/activitystreams#")
BASE = "https://example.org/"

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")


def properties(kind: str, **iris: str) -> dict[str, dict[str, str]]:
    return {name: {"@id": iri, "@type": kind} for name, iri in iris.items()}


CONTEXT = {
    "id": "@id",
    "type": "@type",
    **{
        name: f"{OA}{name}"
        for name in (
            "Annotation", "TextualBody", "SpecificResource", "TextPositionSelector",
            "TextQuoteSelector", "tagging", "classifying", "describing", "identifying", "linking",
            "exact", "prefix", "suffix",
        )
    },
    "AnnotationCollection": f"{ACTIVITY}OrderedCollection",
    "AnnotationPage": f"{ACTIVITY}OrderedCollectionPage",
    "label": "http://www.w3.org/2000/01/rdf-schema#label",
    "value": f"{RDF}value",
    **properties(
        "@id", body=f"{OA}hasBody", target=f"{OA}hasTarget", source=f"{OA}hasSource",
        selector=f"{OA}hasSelector", partOf=f"{ACTIVITY}partOf", first=f"{ACTIVITY}first",
    ),
    **properties("@vocab", motivation=f"{OA}motivatedBy", purpose=f"{OA}hasPurpose"),
    **properties(
        "http://www.w3.org/2001/XMLSchema#nonNegativeInteger", start=f"{OA}start", end=f"{OA}end",
        total=f"{ACTIVITY}totalItems", startIndex=f"{ACTIVITY}startIndex",
    ),
    "items": {"@id": f"{ACTIVITY}items", "@type": "@id", "@container": "@list"},
}  # fmt: skip
"""The terms that are used, as the vocabulary https://www.w3.org/TR/annotation-vocab/ has them."""


def graph_of(folder, corpus):
    """What a processor makes of the only document; terms that the context lacks are errors."""
    (file,) = folder.rglob("*.jsonld")
    collection = json.loads(file.read_text(encoding="utf-8"))
    assert used(collection) - {"@context"} <= {*CONTEXT}
    assert collection["@context"] == "http://www.w3.org/ns/anno.jsonld"
    graph = Graph()
    content = json.dumps(collection | {"@context": CONTEXT})
    graph.parse(data=content, format="json-ld", publicID=f"{BASE}{file.name}")
    (name,) = corpus.document_ids()
    annotation = corpus.read_annotation("gold", name)
    text = file.with_suffix(".txt").read_bytes().decode()
    return graph, collection, annotation, text


def used(value) -> set[str]:
    if isinstance(value, dict):
        return {*value}.union(*map(used, value.values()))
    return set().union(*map(used, value)) if isinstance(value, list) else set()


@pytest.fixture
def exported(layered, run, tmp_path):
    assert run(layered, "export", "web-annotation", "--out", str(tmp_path / "out")).exit_code == 0
    return graph_of(tmp_path / "out", layered)


def tagged(graph, tag):
    """The annotations with this tag."""
    found = graph.query(
        "SELECT ?a WHERE { ?a oa:hasBody [oa:hasPurpose oa:tagging; rdf:value ?tag] }",
        initNs={"oa": OA, "rdf": RDF},
    )
    bodies = {a for (a,) in found for b in graph.objects(a, OA.hasBody)
              if (b, OA.hasPurpose, OA.tagging) in graph and str(graph.value(b, RDF.value)) == tag}  # fmt: skip
    assert all((a, RDF.type, OA.Annotation) in graph for a in bodies)
    return bodies


def values(graph, annotation, purpose):
    bodies = graph.objects(annotation, OA.hasBody)
    return {str(graph.value(b, RDF.value)) for b in bodies if (b, OA.hasPurpose, purpose) in graph}


def test_every_item_is_an_annotation_with_its_label(exported):
    graph, collection, annotation, _ = exported
    assert collection["total"] == len(collection["first"]["items"])
    for kind, items, label in (
        ("mention", annotation.mentions, "type"),
        ("event", annotation.events, "type"),
        ("claim", annotation.claims, "act"),
    ):
        found = {str(a).partition("#")[2]: a for a in tagged(graph, kind)}
        assert {*found} == {item.id for item in items}
        for item in items:
            assert values(graph, found[item.id], OA.classifying) == {getattr(item, label)}
    assert len(tagged(graph, "entity")) == len({m.entity for m in annotation.mentions} - {None})
    assert len(tagged(graph, "cue")) == sum(claim.cue is not None for claim in annotation.claims)


def test_selectors_select_the_fragments(exported):
    graph, _, annotation, text = exported
    checked = 0
    for quoted in graph.subjects(RDF.type, OA.TextQuoteSelector):
        (target,) = graph.subjects(OA.hasSelector, quoted)
        (position,) = {*graph.objects(target, OA.hasSelector)} - {quoted}
        start, end = (int(graph.value(position, p)) for p in (OA.start, OA.end))
        before, exact, after = (
            str(graph.value(quoted, p)) for p in (OA.prefix, OA.exact, OA.suffix)
        )
        assert text[start:end] == exact
        assert text[:start].endswith(before)
        assert text[end:].startswith(after)
        checked += 1
    spans = [m.spans for m in annotation.mentions] + [e.trigger for e in annotation.events]
    spans += [part for claim in annotation.claims for part in (claim.spans, claim.cue or ())]
    assert checked == sum(map(len, spans))


def test_links_lead_from_annotation_to_annotation(exported):
    graph, collection, annotation, _ = exported
    linked = {
        tuple(str(end).partition("#")[2] for end in (source, target))
        for argument in tagged(graph, "argument")
        for source in graph.objects(argument, OA.hasTarget)
        for body in graph.objects(argument, OA.hasBody)
        for target in graph.objects(body, OA.hasSource)
    }
    assert linked == {(e.id, a.filler) for e in annotation.events for a in e.arguments} != set()
    entity = next(e for e in annotation.entities if e.links)
    iri = URIRef(f"{BASE}{collection['id']}#entity/{entity.id}")
    assert {str(t).partition("#")[2] for t in graph.objects(iri, OA.hasTarget)} == {
        mention.id for mention in annotation.mentions if mention.entity == entity.id
    }
    assert any(f"{link.kb}:" in value for link in entity.links
               for value in values(graph, iri, OA.identifying))  # fmt: skip
    targets = {*graph.objects(None, OA.hasTarget)} | {*graph.objects(None, OA.hasSource)}
    referred = {str(t) for t in targets if "#" in str(t)}
    assert referred <= {str(a) for a in graph.subjects(RDF.type, OA.Annotation)}
