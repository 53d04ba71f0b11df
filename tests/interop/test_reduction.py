"""A reduction keeps to whatever a format may declare, whether a format declares it or not."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dateline.annotations.items import chains_of, clusters_of, kind_of, text_items
from dateline.interop.format import FILLERS, Chains, Holds, Placing
from dateline.interop.reduction import reduce
from dateline.interop.source import UNLABELLED, source_annotation, spans_at
from dateline.interop.units import KINDS, units_of
from dateline.model import RELATION_FIELDS, Annotation, Document, Mention

from ..corpora import make_document
from .test_every_format import exports

NEEDS = {
    "mention attributes": {"mentions"},
    "coreference": {"mentions", "entities"},
    "entities": {"mentions", "coreference"},
    "entity attributes": {"entities", "coreference", "mentions"},
    "entity links": {"entities", "coreference", "mentions"},
    "relations": {"mentions"},
    "relation attributes": {"relations", "mentions"},
    "event attributes": {"events"},
    "arguments": {"events"},
    "argument attributes": {"arguments", "events"},
    "factuality": {"events"},
    "event coreference": {"events"},
    "event links": {"events", "event coreference"},
    "event relations": {"events"},
    "claims": {"mentions"},
    "claim attributes": {"claims", "mentions"},
    "cues": {"claims", "mentions"},
    "claim events": {"claims", "mentions", "events"},
    "claim relations": {"claims", "mentions"},
}
"""What a format that holds a kind holds as well."""

placings = st.builds(
    Placing,
    discontinuous=st.sampled_from(["kept", "envelope", "first", "left out"]),
    overlap=st.sampled_from(["any", "nested", "none"]),
    duplicates=st.booleans(),
    same_place=st.booleans(),
    within_tokens=st.booleans(),
    between_tokens=st.booleans(),
    across_sentences=st.booleans(),
    line_ends=st.booleans(),
)
chains = st.builds(
    Chains,
    singletons=st.sampled_from(["all", "linked", "none"]),
    loose=st.booleans(),
    one_type=st.booleans(),
    empty=st.booleans(),
    named=st.booleans(),
    crossing=st.booleans(),
)


@st.composite
def declarations(draw) -> Holds:
    kinds = draw(st.sets(st.sampled_from([*KINDS]))) | {"texts"}
    kinds = kinds.union(*(NEEDS.get(kind, set()) for kind in kinds))
    return Holds(
        kinds=frozenset(kinds),
        labels=draw(st.booleans()),
        flat_labels=draw(st.booleans()),
        values=draw(st.sampled_from([None, ".*", r"[a-z]+"])),
        unwritable=draw(st.sampled_from(["", r"[\s_]", "[A-C]"])),
        mentions=draw(placings),
        triggers=draw(placings),
        claims=draw(placings),
        cues=draw(placings),
        entities=draw(chains),
        events=draw(chains),
        fillers=frozenset(draw(st.sets(st.sampled_from([*FILLERS])))),
        joins_sentences=draw(st.booleans()),
        nil=draw(st.booleans()),
        dates=draw(st.booleans()),
    )


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(exports(), declarations())
def test_nothing_is_left_that_was_not_declared(data, holds):
    _, document, annotation = data
    reduced = reduce(document, annotation, holds)
    found = reduced.annotation
    there = Counter(unit.kind for unit in units_of(found))
    assert there.keys() <= holds.kinds
    for placing, groups in (
        (holds.mentions, [m.spans for m in found.mentions]),
        (holds.triggers, [e.trigger for e in found.events]),
        (holds.claims, [c.spans for c in found.claims]),
    ):
        assert_placed(document, placing, groups)
    assert_no_dangling(found)
    sizes = Counter(map(len, chains_of(found).values()))
    if holds.entities.singletons == "none":
        assert not sizes[1]
    if "coreference" in holds.kinds and not holds.entities.loose:
        assert all(mention.entity for mention in found.mentions)
    if not holds.mentions.same_place:
        assert len({m.spans for m in found.mentions}) == len(found.mentions)
    spans = {m.id: m.spans for m in found.mentions}
    if not holds.entities.crossing:
        for chain in chains_of(found).values():
            assert_uncrossed([spans[name] for name in chain])
    if holds.flat_labels:
        loose = [spans[m.id] for m in found.mentions if m.entity is None]
        assert_placed(document, Placing(overlap="none"), loose)
    if holds.events.singletons == "none":
        assert 1 not in map(len, clusters_of(found).values())
    kinds = {i.id: kind_of(i) for i in text_items(found).values()}
    fillers = {kinds[a.filler] for event in found.events for a in event.arguments}
    assert fillers <= holds.fillers
    types = {i.id: i.type for i in (*found.mentions, *found.events)}
    for chain, of_items in (
        (holds.entities, chains_of(found)),
        (holds.events, clusters_of(found)),
    ):
        if chain.one_type:
            assert all(len({types[name] for name in names}) == 1 for names in of_items.values())
    if not holds.labels:
        assert {m.type for m in found.mentions} <= {UNLABELLED}


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(exports(), declarations())
def test_what_a_format_holds_is_not_reduced_again(data, holds):
    _, document, annotation = data
    once = reduce(document, annotation, holds)
    again = reduce(document, once.annotation, holds)
    assert again.annotation == once.annotation
    kinds = {"texts", "segmentation", "metadata"}
    assert [loss for loss in again.losses if loss.kind not in kinds] == []


def assert_placed(document: Document, placing: Placing, groups: list) -> None:
    borders = ({start for start, _ in document.tokens}, {end for _, end in document.tokens})
    for spans in groups:
        assert all(document.text[s.start : s.end] == s.text for s in spans)
        assert len(spans) == 1 or placing.discontinuous == "kept"
        if not placing.line_ends and placing.within_tokens:
            assert spans[0].text[0] not in "\r\n"
        if not placing.between_tokens and placing.line_ends:
            assert all(in_tokens(document, s.start, s.end) for s in spans)
        if not placing.within_tokens and placing.line_ends:
            assert all(s.start in borders[0] and s.end in borders[1] for s in spans)
    for some, others in combinations([(g[0].start, g[-1].end) for g in groups], 2):
        first, second = sorted([some, others], key=lambda r: (r[0], -r[1]))
        if placing.overlap == "none":
            assert first[1] <= second[0]
        if placing.overlap == "nested":
            assert first[1] <= second[0] or second[1] <= first[1]


def assert_uncrossed(chain: list) -> None:
    """That brackets with one name tell the mentions apart."""
    for some, others in combinations(chain, 2):
        points, others_points = (
            {n for s in m for n in range(s.start, s.end)} for m in (some, others)
        )
        if points & others_points:
            assert points <= others_points or others_points <= points
        if len(some) > 1 < len(others):
            assert some[-1].end <= others[0].start or others[-1].end <= some[0].start


def in_tokens(document: Document, start: int, end: int) -> bool:
    """Whether a range begins within a token and ends within one."""
    return any(a <= start < b for a, b in document.tokens) and any(
        a < end <= b for a, b in document.tokens
    )


def test_what_is_between_sentences_becomes_line_ends_and_blanks(entities_only):
    name = entities_only.document_ids()[0]
    text = "\n\U0001f600  Ana met \x01Bo.  \U0001f600 \n She left.Then\n\n"
    first, second, third = (text.index(word) for word in ("Ana", "She", "Then"))
    document = replace(
        entities_only.read_document(name),
        text=text,
        sentences=((0, text.index(".") + 1), (second, third), (third, third + 5)),
        tokens=((first, first + 3), (first + 4, first + 7), (first + 8, first + 12),
                (second, second + 3), (second + 4, third), (third, third + 4)),
    )  # fmt: skip
    annotation = replace(
        entities_only.read_annotation("gold", name),
        mentions=(
            Mention(id="m1", type="PERSON", spans=spans_at(text, [(0, second + 3)])),
            Mention(id="m2", type="PERSON", spans=spans_at(text, [(third - 2, third + 2)])),
        ),
        entities=(),
    )
    placing = Placing(between_tokens=False)
    holds = Holds(
        kinds=frozenset({"texts", "segmentation", "mentions"}),
        text="sentences", not_in_text="[\x01]", mentions=placing,
    )  # fmt: skip
    reduced = reduce(document, annotation, holds)
    assert reduced.document.text == " " * 5 + "Ana met \ufffdBo.\n" + " " * 6 + "She left.Then\n\n"
    assert [reduced.document.text[s:e] for s, e in reduced.document.tokens] == [
        "Ana", "met", "\ufffdBo.", "She", "left.", "Then",
    ]  # fmt: skip
    assert [m.spans[0].text for m in reduced.annotation.mentions] == [
        "Ana met \ufffdBo.\n" + " " * 6 + "She",
        "t.Th",
    ]
    assert {(loss.kind, loss.name, loss.outcome) for loss in reduced.losses} >= {
        ("texts", "text", "approximated"),
        ("mentions", "m1", "approximated"),
    }


def assert_no_dangling(annotation: Annotation) -> None:
    ids = {*annotation.ids()}
    special = {"AUTHOR"}
    for field, ends in RELATION_FIELDS.items():
        names = {item.id for item in getattr(annotation, ends)}
        assert all({r.source, r.target} <= names for r in getattr(annotation, field))
    for event in annotation.events:
        assert all(argument.filler in ids for argument in event.arguments)
    for claim in annotation.claims:
        assert {*claim.events} <= ids
        assert claim.claimer in ids or claim.claimer.isupper() or claim.claimer in special
    assert {m.entity for m in annotation.mentions} - {None} <= {e.id for e in annotation.entities}
    assert {c.id for c in annotation.event_clusters} <= {*clusters_of(annotation)}


def test_names_that_a_format_cannot_write_are_renamed_and_said(layered):
    name = next(n for n in layered.document_ids() if layered.read_annotation("gold", n).claims)
    document, annotation = layered.read_document(name), layered.read_annotation("gold", name)
    holds = Holds(kinds=frozenset(KINDS), ids=True, unwritable="[A-Z]")
    reduced = reduce(document, annotation, holds)
    left = Counter(unit.kind for unit in units_of(reduced.annotation))
    assert left == Counter(unit.kind for unit in units_of(annotation))
    found = reduced.annotation
    labels = [r.type for r in (*found.relations, *found.event_relations, *found.claim_relations)]
    labels += [a.role for e in found.events for a in e.arguments]
    labels += [f.value for e in found.events for f in e.factuality]
    labels += [c.claimer for c in found.claims]
    assert labels
    assert all(label == label.lower() for label in labels)
    told = {loss.kind for loss in reduced.losses}
    assert {"relations", "claims"} <= told
    assert {loss.outcome for loss in reduced.losses} == {"approximated"}


def test_relations_that_would_be_written_alike_are_one_and_said(layered):
    name = next(n for n in layered.document_ids() if layered.read_annotation("gold", n).relations)
    annotation = layered.read_annotation("gold", name)
    relation = annotation.relations[0]
    types = ("IS PART", "IS:PART")
    twice = replace(annotation, relations=tuple(replace(relation, type=t) for t in types))
    holds = Holds(kinds=frozenset(KINDS), ids=True, unwritable="[ :]")
    reduced = reduce(layered.read_document(name), twice, holds)
    assert [r.type for r in reduced.annotation.relations] == ["IS_PART"]
    told = [(loss.outcome, loss.reason) for loss in reduced.losses if loss.kind == "relations"]
    assert ("left out", "is written like another one") in told
    assert len(told) == 2


def test_what_is_left_out_has_no_reason_of_what_is_approximated():
    text = "Ana Lee met Bo."
    spans = {"m1": [(0, 3), (12, 14)], "m2": [(0, 14)], "m3": [(4, 7), (12, 14)]}
    annotation = replace(
        source_annotation("a"),
        mentions=tuple(
            Mention(id=name, type="PERSON", spans=spans_at(text, places))
            for name, places in spans.items()
        ),
    )
    holds = Holds(
        kinds=frozenset({"texts", "mentions"}),
        mentions=Placing(discontinuous="envelope", overlap="none"),
    )
    losses = reduce(make_document("a", text, "train"), annotation, holds).losses
    found = {loss.name: (loss.outcome, loss.reason) for loss in losses if loss.kind == "mentions"}
    assert found == {
        "m2": ("left out", "overlaps a longer one"),
        "m3": ("left out", "overlaps a longer one"),
        "m1": ("approximated", "is discontinuous: from the first to the last fragment"),
    }
