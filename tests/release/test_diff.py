"""What changed between two corpora: nothing that is only written otherwise, and all else."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.annotations.differences import format_value
from dateline.corpus.snapshot import Snapshot
from dateline.model import (
    Annotation,
    Argument,
    Contrast,
    Document,
    EventCluster,
    GoldChange,
    Link,
    Relation,
    Span,
)
from dateline.release.diff.changes import Change, count_changes
from dateline.release.diff.snapshot_diff import snapshot_changes
from dateline.release.diff.version_bump import least_bump, level_of
from dateline.release.version import Level

from ..corpora import NEWS, gold_of, make_annotation, make_document
from ..label_studio.strategies import annotated

ONTOLOGY = NEWS.ontology
MIRROR = {"added": "removed", "removed": "added", "changed": "changed"}
DOCUMENT = make_document("summit", "Kim Jong Un met Putin in Kursk, the Russian city on Monday.\n"
    "“We will,” the North Korean leader said, “fight on.” Many soldiers died.", "train")  # fmt: skip
GOLD = make_annotation(DOCUMENT, gold_of(DOCUMENT.text))


def snapshot(*annotations: Annotation, documents: tuple[Document, ...] = (DOCUMENT,)) -> Snapshot:
    return Snapshot(
        schemas={},
        documents={document.id: document for document in documents},
        annotations={(a.annotator, a.document): a for a in annotations},
    )


def essence(change: Change) -> Any:
    fields = sorted((f.field, repr(f.before), repr(f.after)) for f in change.fields)
    return change.kind, change.action, change.document, change.annotator, change.id, fields


def mirrored(change: Change) -> Any:
    kind, action, *names, fields = essence(change)
    return kind, MIRROR[action], *names, [(name, after, before) for name, before, after in fields]


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    found = draw(st.lists(annotated(ONTOLOGY), max_size=2))
    documents, annotations = {}, {}
    for document, annotation in found:
        name = draw(st.sampled_from(["one", "two"]))
        who = draw(st.sampled_from(["gold", "ana"]))
        documents[name] = msgspec.structs.replace(document, id=name)
        annotations[who, name] = msgspec.structs.replace(annotation, document=name, annotator=who)
    return Snapshot(schemas={}, documents=documents, annotations=annotations)


@given(snapshots())
def test_nothing_changed_between_a_corpus_and_itself(one: Snapshot):
    assert snapshot_changes(one, one) == []


@given(snapshots(), snapshots())
def test_what_was_added_one_way_was_removed_the_other(one: Snapshot, other: Snapshot):
    there, back = snapshot_changes(one, other), snapshot_changes(other, one)
    assert sorted(map(essence, back)) == sorted(map(mirrored, there))


@given(snapshots(), st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(one: Snapshot, chance: random.Random):
    def shuffled(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(chance.sample(values, len(values)))

    other = {
        key: msgspec.structs.replace(
            annotation,
            mentions=shuffled(annotation.mentions),
            events=tuple(
                msgspec.structs.replace(event, arguments=shuffled(event.arguments))
                for event in shuffled(annotation.events)
            ),
            claims=shuffled(annotation.claims),
            claim_relations=shuffled(annotation.claim_relations),
        )
        for key, annotation in one.annotations.items()
    }
    assert snapshot_changes(one, msgspec.structs.replace(one, annotations=other)) == []


@given(snapshots())
def test_every_item_of_a_new_corpus_is_added(one: Snapshot):
    nothing = Snapshot(schemas={}, documents={}, annotations={})
    found = snapshot_changes(nothing, one)
    assert {change.action for change in found} <= {"added"}
    numbers = Counter(change.kind for change in found)
    annotations = one.annotations.values()
    assert numbers["document"] == len(one.documents)
    assert numbers["mention"] == sum(len(a.mentions) for a in annotations)
    assert numbers["claim"] == sum(len(a.claims) for a in annotations)
    assert numbers["retired id"] == len(annotations)
    arguments = {
        (a.document, a.annotator, e.id, x.role, x.filler)
        for a in annotations
        for e in a.events
        for x in e.arguments
    }
    assert numbers["argument"] == len(arguments)


def edited(where: str, position: int, **fields: Any) -> Annotation:
    items = list(getattr(GOLD, where))
    items[position] = msgspec.structs.replace(items[position], **fields)
    return msgspec.structs.replace(GOLD, **{where: tuple(items)})


def without(name: str, position: int) -> Annotation:
    items = list(getattr(GOLD, name))
    del items[position]
    return msgspec.structs.replace(GOLD, **{name: tuple(items)})


def with_new(name: str, item: Any) -> Annotation:
    return msgspec.structs.replace(GOLD, **{name: (*getattr(GOLD, name), item)})


def header(**fields: Any) -> Annotation:
    return msgspec.structs.replace(GOLD, **fields)


PROVENANCE = GOLD.provenance
CASES: dict[str, tuple[Annotation, str, str, list[str], Level]] = {
    "a type": (edited("mentions", 2, type="LOCATION"), "mention", "m3", ["type"], Level.MAJOR),
    "an attribute": (
        edited("mentions", 2, attributes={"level": "nominal"}),
        "mention", "m3", ["attributes.level"], Level.MAJOR,
    ),
    "a place": (
        edited("events", 0, trigger=(Span(start=17, end=22, text="Putin"),)),
        "event", "v1", ["trigger"], Level.MAJOR,
    ),
    "a name": (edited("entities", 0, name="Kim"), "entity", "e1", ["name"], Level.MAJOR),
    "a link": (edited("entities", 2, links=[]), "entity", "e3", ["links"], Level.MAJOR),
    "a claimer": (edited("claims", 1, claimer="m1"), "claim", "c2", ["claimer"], Level.MAJOR),
    "a role": (
        edited("events", 1, arguments=(Argument(role="place", mention="m3"),)),
        "argument", "v2 place m3", [], Level.MINOR,
    ),
    "no role": (
        edited("events", 2, arguments=()), "argument", "v3 victim m9", [], Level.MAJOR,
    ),
    "a relation": (
        with_new("claim_relations", Relation(type="SUPPORTS", source="c1", target="c2")),
        "claim relation", "SUPPORTS c1 c2", [], Level.MINOR,
    ),
    "no relation": (
        without("event_relations", 0), "event relation", "BEFORE v1 v2", [], Level.MAJOR,
    ),
    "a relation between mentions": (
        with_new("relations", Relation(type="PART_OF", source="m1", target="m3")),
        "relation", "PART_OF m1 m3", [], Level.MINOR,
    ),
    "an attribute of a relation": (
        edited("event_relations", 0, attributes={"certain": True}),
        "event relation", "BEFORE v1 v2", ["attributes.certain"], Level.MAJOR,
    ),
    "a link of an event cluster": (
        with_new("event_clusters", EventCluster(id="k1", links=(Link(kb="wikidata", id="Q1"),))),
        "event cluster", "k1", [], Level.MINOR,
    ),
    "an attribute of a document": (
        header(attributes={"genre": "report"}),
        "annotation", "gold/summit", ["attributes.genre"], Level.MINOR,
    ),
    "no claim": (without("claims", 0), "claim", "c1", [], Level.MAJOR),
    "a retired id": (header(retired=("m77",)), "retired id", "m77", [], Level.PATCH),
    "a status": (header(status="draft"), "annotation", "gold/summit", ["status"], Level.MAJOR),
    "fewer layers": (
        header(layers=("entities",)), "annotation", "gold/summit", ["layers"], Level.MAJOR,
    ),
    "a note": (
        header(provenance=msgspec.structs.replace(PROVENANCE, note="x")),
        "annotation", "gold/summit", ["provenance.note"], Level.PATCH,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_told_by_kind_id_and_field(case: str):
    after, kind, name, fields, level = CASES[case]
    (change,) = snapshot_changes(snapshot(GOLD), snapshot(after))
    assert (change.kind, change.id, change.annotator) == (kind, name, "gold")
    assert sorted(field.field for field in change.fields) == sorted(fields)
    assert level_of(change) == level


def test_more_layers_are_an_addition():
    (change,) = snapshot_changes(snapshot(header(layers=("entities",))), snapshot(GOLD))
    assert level_of(change) == Level.MINOR


def test_another_attribute_of_a_document_is_a_change():
    one, other = header(attributes={"genre": "report"}), header(attributes={"genre": "comment"})
    (change,) = snapshot_changes(snapshot(one), snapshot(other))
    assert level_of(change) == Level.MAJOR


DOCUMENTS: dict[str, tuple[Callable[[Document], Document], list[str]]] = {
    "a split": (lambda d: msgspec.structs.replace(d, split="test"), ["split"]),
    "a title": (lambda d: msgspec.structs.replace(d, title="A headline"), ["title"]),
    "rights": (
        lambda d: msgspec.structs.replace(
            d, rights=msgspec.structs.replace(d.rights, redistribute_text=False)
        ),
        ["rights.redistribute_text"],
    ),
    "tokens": (lambda d: msgspec.structs.replace(d, tokens=d.tokens[1:]), ["tokens"]),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_changed_document_is_a_major_change(case: str):
    change, fields = DOCUMENTS[case]
    (found,) = snapshot_changes(snapshot(GOLD), snapshot(GOLD, documents=(change(DOCUMENT),)))
    assert (found.kind, found.id, [f.field for f in found.fields]) == ("document", "summit", fields)
    assert level_of(found) == Level.MAJOR


def test_a_new_document_and_its_annotation_are_a_minor_change():
    found = snapshot_changes(snapshot(documents=()), snapshot(GOLD))
    bump = least_bump(found)
    assert bump.level == Level.MINOR
    assert list(bump.because) == found
    assert least_bump(snapshot_changes(snapshot(GOLD), snapshot(documents=()))).level == Level.MAJOR


def test_a_removed_mention_is_quoted_with_those_that_named_it():
    after = without("mentions", 8)
    after = msgspec.structs.replace(
        after,
        events=tuple(
            msgspec.structs.replace(e, arguments=()) if e.id == "v3" else e for e in after.events
        ),
    )
    found = snapshot_changes(snapshot(GOLD), snapshot(after))
    assert [(c.kind, c.action, c.quote) for c in found] == [
        ("mention", "removed", "Many soldiers"),
        ("argument", "removed", "died: Many soldiers"),
    ]
    assert count_changes(found)["argument"] == {"added": 0, "removed": 1, "changed": 0}


def test_what_a_contrast_declares_is_shown_and_is_not_in_the_dataset():
    change = GoldChange(item="event", quote="met", field="type", before="MEET", after="VISIT")
    before, after = (
        msgspec.structs.replace(DOCUMENT, contrast=Contrast(of="talks", kind="roles", changes=some))
        for some in ((), (change,))
    )
    (found,) = snapshot_changes(snapshot(documents=(before,)), snapshot(documents=(after,)))
    assert [(field.field, format_value(field.after)) for field in found.fields] == [
        (
            "contrast.changes",
            'item = "event", quote = "met", field = "type", from = "MEET", to = "VISIT"',
        )
    ]
    assert level_of(found) == Level.PATCH
    (found,) = snapshot_changes(snapshot(), snapshot(documents=(after,)))
    assert level_of(found) == Level.MAJOR
