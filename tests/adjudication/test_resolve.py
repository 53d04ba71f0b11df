"""Resolving cases: properties on generated annotations, and each kind of case by example."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.case import Decision
from dateline.adjudication.gold_ids import assign_ids
from dateline.adjudication.resolve import resolve
from dateline.adjudication.strategy import strategy
from dateline.annotations.items import clusters_of, spans_of
from dateline.annotations.layers import limited
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.model import Annotation, Span, canonical
from dateline.ontology.labels import Ontology
from dateline.ontology.reading import read_ontology
from tests.adjudication.annotators import two, write
from tests.conftest import SEED
from tests.label_studio import strategies
from tests.layered import ONTOLOGY as LAYERED_ONTOLOGY
from tests.small_corpus import Files

ASK = strategy("unanimous", ())


@pytest.fixture(scope="module", params=["news", "every layer"])
def ontology(request: pytest.FixtureRequest, news: Corpus) -> Ontology:
    """The ontology of the small corpora, and one with every layer and kind of attribute."""
    layered = read_ontology({"ontology": LAYERED_ONTOLOGY})
    return news.ontology if request.param == "news" else layered


def sensible(annotation: Annotation, ontology: Ontology) -> Annotation:
    """Without what rules forbid or gold has not: illegal ends, clusters of one event, notes."""
    types = {m.id: m.type for m in annotation.mentions}
    clusters = clusters_of(annotation)
    linked = {cluster.id for cluster in annotation.event_clusters}

    def allowed(event, argument):
        role = ontology.event_types[event.type].roles.get(argument.role)
        kind = types.get(argument.filler) or ("event" if argument.event else "claim")
        return role is not None and kind in role.fillers

    def joins(relation):
        legal = ontology.relation_types[relation.type]
        ends = (relation.source, legal.sources), (relation.target, legal.targets)
        return relation.source != relation.target and all(types[end] in some for end, some in ends)

    return msgspec.structs.replace(
        annotation,
        retired=(),
        notes=(),
        relations=tuple(filter(joins, annotation.relations)),
        events=tuple(
            msgspec.structs.replace(
                e,
                arguments=tuple(a for a in e.arguments if allowed(e, a)),
                cluster=e.cluster
                if len(clusters.get(e.cluster, ())) > 1 or e.cluster in linked
                else None,
            )
            for e in annotation.events
        ),
    )


def another(annotation: Annotation, name: str, draw) -> Annotation:
    """The annotation of another annotator: some items missing, some shortened, fewer values."""
    kept = {
        item.id
        for items in (annotation.mentions, annotation.events, annotation.claims)
        for item in items
        if draw(st.integers(0, 3))
    }
    gone = {m.id for m in annotation.mentions} - kept
    kept -= {c.id for c in annotation.claims if c.claimer in gone}
    mentions = tuple(cut(m, draw) for m in annotation.mentions if m.id in kept)
    used = {m.entity for m in mentions}

    def fewer(item):
        attributes = {n: v for n, v in item.attributes.items() if draw(st.booleans())}
        return msgspec.structs.replace(item, attributes=attributes)

    def some(values):
        return tuple(value for value in values if draw(st.booleans()))

    claims = {c.id for c in annotation.claims}
    events = tuple(
        cut(
            msgspec.structs.replace(
                e,
                arguments=tuple(fewer(a) for a in e.arguments if a.filler in kept),
                factuality=some(
                    f for f in e.factuality if f.source in kept or f.source not in claims
                ),
                cluster=draw(st.sampled_from([e.cluster, None])),
            ),
            draw,
        )
        for e in annotation.events
        if e.id in kept
    )
    clusters = {event.cluster for event in events}
    return fewer(
        msgspec.structs.replace(
            annotation,
            annotator=name,
            mentions=mentions,
            entities=tuple(
                fewer(msgspec.structs.replace(e, links=some(e.links)))
                for e in annotation.entities
                if e.id in used
            ),
            relations=tuple(
                fewer(r)
                for r in annotation.relations
                if {r.source, r.target} <= kept and draw(st.booleans())
            ),
            events=events,
            event_clusters=some(c for c in annotation.event_clusters if c.id in clusters),
            event_relations=tuple(
                r for r in annotation.event_relations if {r.source, r.target} <= kept
            ),
            claims=tuple(
                cut(
                    msgspec.structs.replace(c, events=tuple(e for e in c.events if e in kept)),
                    draw,
                )
                for c in annotation.claims
                if c.id in kept
            ),
            claim_relations=(),
        )
    )


def cut(item, draw):
    *rest, last = spans_of(item)
    if last.end - last.start < 2 or draw(st.booleans()):
        return item
    shorter = (*rest, Span(start=last.start, end=last.end - 1, text=last.text[:-1]))
    return msgspec.structs.replace(
        item, **{"trigger" if hasattr(item, "trigger") else "spans": shorter}
    )


def extents(annotation: Annotation) -> set:
    return {
        (kind, spans_of(item))
        for kind in ("mentions", "events", "claims")
        for item in getattr(annotation, kind)
    }


def content(annotation: Annotation) -> Annotation:
    """The items alone, ids as gold would give them the first time."""
    return assign_ids(
        msgspec.structs.replace(
            canonical(annotation), annotator="gold", status="", provenance=None, retired=()
        ),
        None,
        (),
    )


@settings(max_examples=40)
@given(st.data())
def test_gold_is_what_all_annotators_agree_on(ontology: Ontology, data):
    document, one = data.draw(strategies.annotated(ontology))
    one = sensible(one, ontology)
    other = msgspec.structs.replace(one, annotator="zoe")
    found = resolve(AnnotatedDocument.of(document, [one, other], ontology), [], ASK)
    assert found.open == found.decided == ()
    assert content(found.gold) == content(one)


@settings(max_examples=40)
@given(st.data())
def test_preferring_an_annotator_gives_their_annotation(ontology: Ontology, data):
    document, one = data.draw(strategies.annotated(ontology))
    one = sensible(one, ontology)
    other = another(one, "zoe", data.draw)
    annotated = AnnotatedDocument.of(document, [other, one], ontology)
    found = resolve(annotated, [], strategy("prefer:somebody", ["somebody", "zoe"]))
    assert found.open == ()
    assert content(found.gold) == content(one)


@settings(max_examples=40)
@given(st.data())
def test_no_span_is_lost_that_the_curator_keeps(ontology: Ontology, data):
    document, one = data.draw(strategies.annotated(ontology))
    one = sensible(one, ontology)
    other = another(one, "zoe", data.draw)
    annotated = AnnotatedDocument.of(document, [one, other], ontology)
    decisions: list[Decision] = []
    while (found := resolve(annotated, decisions, ASK)).open:
        for case in found.open:
            choice = tuple(case.options)[:1]
            if case.kind == "presence":
                choice = tuple(name for name, option in case.options.items() if option.value)
            elif case.allows_several and case.kind != "link":  # NIL excludes entries
                choice = tuple(case.options)
            decisions.append(Decision(document=document.id, case=case.id, choice=choice))
    assert extents(found.gold) == extents(one) | extents(other)


@settings(max_examples=40)
@given(st.data())
def test_ids_are_permanent(ontology: Ontology, data):
    document, one = data.draw(strategies.annotated(ontology))
    one = sensible(one, ontology)
    other = another(one, "zoe", data.draw)
    annotated = AnnotatedDocument.of(document, [one, other], ontology)
    both = ["somebody", "zoe"]
    first = assign_ids(resolve(annotated, [], strategy("prefer:somebody", both)).gold, None, ())
    second = assign_ids(resolve(annotated, [], strategy("prefer:zoe", both)).gold, first, ())
    third = assign_ids(resolve(annotated, [], strategy("prefer:somebody", both)).gold, second, ())
    assert set(first.ids()) <= {*second.ids(), *second.retired}
    assert not set(second.ids()) & set(second.retired)
    # An item that comes back after it was removed gets a new id.
    assert not set(third.ids()) & set(second.retired)
    assert assign_ids(first, first, ()) == first


@settings(max_examples=40)
@given(st.data())
def test_the_order_of_annotators_does_not_matter(ontology: Ontology, data):
    document, one = data.draw(strategies.annotated(ontology))
    other = another(one, "zoe", data.draw)
    third = another(one, "abe", data.draw)
    there = resolve(AnnotatedDocument.of(document, [one, other, third], ontology), [], ASK)
    back = resolve(AnnotatedDocument.of(document, [third, other, one], ontology), [], ASK)
    assert there == back


@pytest.fixture
def annotated(files: Files) -> AnnotatedDocument:
    files.check()
    annotations = write(files.corpus, *two(files))
    return AnnotatedDocument.of(
        files.corpus.read_document("summit"), annotations, files.corpus.ontology
    )


def test_each_kind_of_conflict_is_a_case_of_its_own(annotated: AnnotatedDocument):
    found = resolve(annotated, [], ASK)
    assert {(case.item_kind, case.kind, case.detail) for case in found.open} >= {
        ("mention", "presence", ""),
        ("mention", "span", ""),
        ("mention", "chain", ""),
        ("mention", "attribute", "level"),
        ("entity", "type", ""),
        ("entity", "name", "Oslo"),
        ("entity", "link", "Bo Lind"),
        ("event", "presence", ""),
        ("event", "type", ""),
        ("event", "argument", "party"),
        ("event", "attribute", "tense"),
        ("claim", "presence", ""),
        ("claim", "type", ""),
        ("claim", "claimer", ""),
        ("claim", "cue", ""),
        ("claim", "about", ""),
        ("event_relation", "relation", ""),
        ("claim_relation", "relation", ""),
    }
    assert found.gold is None


def test_fields_on_which_all_agree_are_no_cases(annotated: AnnotatedDocument):
    kinds = {(c.id.split("/")[1], c.kind, c.detail) for c in resolve(annotated, [], ASK).open}
    assert ("ana:e1+bo:e1", "argument", "party") in kinds
    assert ("ana:e1+bo:e1", "argument", "place") not in kinds
    (party,) = [c for c in resolve(annotated, [], ASK).open if c.detail == "party"]
    assert {name: option.value for name, option in party.options.items()} == {
        "ana": ["ana:m2"],
        "bo": ["ana:m7"],
    }


def test_arguments_of_a_rejected_item_are_dropped(files: Files):
    files.check()
    ana, bo = two(files)
    bo["mentions"] = [m for m in bo["mentions"] if m["id"] != "m6"]
    bo["entities"] = [e for e in bo["entities"] if e["id"] != "n5"]
    annotations = write(files.corpus, ana, bo)
    annotated = AnnotatedDocument.of(
        files.corpus.read_document("summit"), annotations, files.corpus.ontology
    )
    found = resolve(annotated, [], strategy("prefer:bo", ["ana", "bo"]))
    by_rule = [
        (case.kind, decision.reason) for case, decision in found.decided if decision.by == "rule"
    ]
    assert ("argument", "ana:m6 was not kept") in by_rule
    assert "treaty" not in {m.spans[0].text for m in found.gold.mentions}


def test_roles_that_the_decided_type_lacks_are_dropped(annotated: AnnotatedDocument):
    (case,) = [c for c in resolve(annotated, [], ASK).open if c.id == "event/ana:e2+bo:e2/type"]
    decision = Decision(document="summit", case=case.id, choice=("bo",))
    found = resolve(annotated, [decision], strategy("prefer:ana", ["ana", "bo"]))
    (event,) = [e for e in found.gold.events if e.trigger[0].text == "signed"]
    assert [a.role for a in event.arguments] == []
    reasons = [d.reason for _, d in found.decided if d.by == "rule"]
    assert reasons == ["CONFIRM has no role agreement"]


def test_the_majority_decides_element_by_element(files: Files):
    files.check()
    ana, bo = two(files)
    cy = ana | {"annotator": "cy"}
    annotations = write(files.corpus, ana, bo, cy)
    annotated = AnnotatedDocument.of(
        files.corpus.read_document("summit"), annotations, files.corpus.ontology
    )
    found = resolve(annotated, [], strategy("majority", ["ana", "bo", "cy"]))
    assert found.open == ()
    assert content(found.gold) == content(annotations[0])
    assert {decision.by for _, decision in found.decided} == {"majority", "rule"}


@pytest.mark.parametrize(
    ("case", "decision", "message"),
    [
        (
            "entity/ana:n3+bo:n3/type",
            {"choice": ("cy",)},
            '"cy" is not an option. Allowed: ana, bo',
        ),
        ("entity/ana:n3+bo:n3/type", {"choice": ()}, "rejecting all is not allowed"),
        ("entity/ana:n3+bo:n3/type", {"choice": ("ana", "bo")}, "choose only one of the options"),
        ("entity/ana:n3+bo:n3/type", {"value": "PLANET"}, "'PLANET' is unknown. Allowed: PERSON"),
        ("mention/ana:m4+bo:m4/span", {"value": [[5, 3]]}, "is not a list of [start, end]"),
        ("mention/ana:m4+bo:m4/span", {"value": [[5, 99999]]}, "inside the text"),
        ("claim/ana:c1+bo:c1/claimer", {"value": "bo:e1"}, "is not a mention that was kept"),
        ("event/ana:e1+bo:e1/argument/party", {"value": ["ana:m3x"]}, "that was kept"),
        ("event/ana:e1+bo:e1/argument/party", {"value": ["ana:m4"]}, "cannot be DATE"),
        ("mention/ana:m5+bo:m5/chain", {"value": "ana:n77"}, "'ana:n77' does not exist"),
        ("mention/bo:m8/presence", {"value": True}, "choose among the annotators"),
    ],
)
def test_an_invalid_decision_is_rejected(annotated: AnnotatedDocument, case, decision, message):
    with pytest.raises(DatelineError, match="invalid decision") as error:
        resolve(annotated, [Decision(document="summit", case=case, **decision)], ASK)
    assert message in str(error.value)


def test_a_decision_on_options_that_have_changed_is_ignored(annotated: AnnotatedDocument):
    (case,) = [c for c in resolve(annotated, [], ASK).open if c.id == "entity/ana:n3+bo:n3/type"]
    old = {"ana": case.options["bo"], "bo": case.options["ana"]}
    stale = Decision(document="summit", case=case.id, choice=("ana",), options=old)
    assert case.id in {c.id for c in resolve(annotated, [stale], ASK).open}
    fresh = msgspec.structs.replace(stale, options=case.options)
    assert case.id not in {c.id for c in resolve(annotated, [fresh], ASK).open}


def test_values_that_no_annotator_gave_can_be_chosen(annotated: AnnotatedDocument):
    text = annotated.document.text
    start = text.index("Oslo on Monday")
    values = {
        "entity/ana:n3+bo:n3/type": "FACILITY",
        "entity/ana:n3+bo:n3/name": "Oslo, Norway",
        "entity/ana:n2+bo:n2/link": {"kb": "wikidata", "date": None, "id": None},
        "mention/ana:m4+bo:m4/span": [[start, start + 14]],
        "mention/ana:m5+bo:m5/chain": "bo:n4",
        "mention/ana:m5+bo:m5/attribute/level": "name",
        "claim/ana:c1+bo:c1/claimer": "UNNAMED",
        "claim/ana:c1+bo:c1/cue": [[start, start + 4]],
        "event/ana:e1+bo:e1/argument/party": ["bo:m1", "bo:m2"],
        "event_relation/ana:e1+bo:e1/ana:e3+bo:e3": [["CAUSE", "ana:e3", "ana:e1"]],
    }
    decisions = [Decision(document="summit", case=c, value=v) for c, v in values.items()]
    gold = resolve(annotated, decisions, strategy("prefer:ana", ["ana", "bo"])).gold
    assert gold is not None
    mentions = {m.id: m for m in gold.mentions}
    (oslo,) = [e for e in gold.entities if e.id == "ana:n3"]
    assert (oslo.type, oslo.name) == ("FACILITY", "Oslo, Norway")
    assert mentions["ana:m3"].type == "FACILITY"
    assert mentions["ana:m4"].spans[0].text == "Oslo on Monday"
    assert mentions["ana:m5"].entity == "ana:n4"
    (claim,) = [c for c in gold.claims if c.id == "ana:c1"]
    assert (claim.claimer, claim.cue[0].text) == ("UNNAMED", "Oslo")
    (met,) = [e for e in gold.events if e.id == "ana:e1"]
    assert {a.filler for a in met.arguments if a.role == "party"} == {"ana:m1", "ana:m2"}
    assert [(r.type, r.source) for r in gold.event_relations if r.type == "CAUSE"] == [
        ("CAUSE", "ana:e3")
    ]


def test_a_mention_can_be_given_an_entity_to_itself(annotated: AnnotatedDocument):
    own = Decision(document="summit", case="mention/ana:m5+bo:m5/chain", choice=())
    gold = resolve(annotated, [own], strategy("prefer:ana", ["ana", "bo"])).gold
    (she,) = [m for m in gold.mentions if m.id == "ana:m5"]
    assert [m.id for m in gold.mentions if m.entity == she.entity] == ["ana:m5"]
    assert {e.id: e.name for e in gold.entities}[she.entity] == "She"


def test_a_layer_that_nobody_annotated_has_no_cases(repository: Corpus):
    gold = repository.read_annotation("gold", SEED)
    without = msgspec.structs.replace(gold, claims=gold.claims[5:], claim_relations=())
    ana, bo = (
        msgspec.structs.replace(limited(source, ("claims",)), annotator=name)
        for name, source in (("ana", gold), ("bo", without))
    )
    annotated = AnnotatedDocument.of(repository.read_document(SEED), [ana, bo], repository.ontology)
    found = resolve(annotated, [], ASK)
    assert {case.item_kind for case in found.open} == {"claim", "claim_relation"}
    preferred = resolve(annotated, [], strategy("prefer:bo", ["ana", "bo"])).gold
    assert len(preferred.mentions) == len(bo.mentions)
