"""Merging keeps the changes of both sides, and reports conflicts."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.annotations.differences import differences
from dateline.annotations.items import items_by_id
from dateline.annotations.merging import merge
from dateline.model import LAYERS, Annotation, Note, canonical

from .conftest import SEED
from .corpora import make_annotation, make_document
from .layered import TEXT, items_of

FIELDS = {"mention": "mentions", "entity": "entities", "event": "events", "claim": "claims"}


@pytest.fixture(scope="module")
def gold(article):
    return canonical(article.read_annotation("gold", SEED))


@pytest.fixture(scope="module")
def free(gold):
    """Mentions that nothing refers to."""
    used = {a.filler for event in gold.events for a in event.arguments}
    used |= {claim.claimer for claim in gold.claims}
    return [mention.id for mention in gold.mentions if mention.id not in used]


def test_a_difference_of_attributes_shows_them(gold):
    mention = gold.mentions[0]
    other = msgspec.structs.replace(mention, attributes={})
    changed = msgspec.structs.replace(gold, mentions=(other, *gold.mentions[1:]))
    (difference,) = differences(gold, changed)
    assert (difference.field, difference.left, difference.right) == (
        "attributes", "level name", "nothing",
    )  # fmt: skip


def without(annotation: Annotation, names) -> Annotation:
    """The annotation without these items and everything that refers to them."""
    gone = set(names)
    while True:
        claims = tuple(
            msgspec.structs.replace(c, events=tuple(e for e in c.events if e not in gone))
            for c in annotation.claims
            if c.id not in gone and c.claimer not in gone
        )
        lost = {c.id for c in annotation.claims} - {c.id for c in claims}
        if lost <= gone:
            break
        gone |= lost
    return canonical(
        msgspec.structs.replace(
            annotation,
            mentions=tuple(
                msgspec.structs.replace(m, entity=None if m.entity in gone else m.entity)
                for m in annotation.mentions
                if m.id not in gone
            ),
            entities=tuple(e for e in annotation.entities if e.id not in gone),
            events=tuple(
                msgspec.structs.replace(
                    e, arguments=tuple(a for a in e.arguments if a.filler not in gone)
                )
                for e in annotation.events
                if e.id not in gone
            ),
            claims=claims,
            event_relations=tuple(
                r for r in annotation.event_relations if not {r.source, r.target} & gone
            ),
            claim_relations=tuple(
                r for r in annotation.claim_relations if not {r.source, r.target} & gone
            ),
            retired=tuple(sorted({*annotation.retired, *gone})),
        )
    )


def changed(annotation: Annotation, names, value: str) -> Annotation:
    """The annotation with an attribute of these items set."""

    def apply(item):
        if item.id not in names or not item.attributes:
            return item
        key = sorted(item.attributes)[0]
        return msgspec.structs.replace(item, attributes={**item.attributes, key: value})

    fields = {field: tuple(map(apply, getattr(annotation, field))) for field in FIELDS.values()}
    return canonical(msgspec.structs.replace(annotation, **fields))


def test_notes_of_both_sides_are_kept(gold):
    item, other, *_ = [mention.id for mention in gold.mentions]

    def noted(annotation, *notes):
        return canonical(msgspec.structs.replace(annotation, notes=notes))

    on_text, here = Note(text="Long."), Note(item=item, text="Who?")
    base = noted(gold, on_text, here)
    ours = noted(gold, on_text, Note(item=item, text="Who?", unsure=True))
    theirs = noted(gold, on_text, Note(item=item, text="Who is it?"), Note(item=other, unsure=True))
    merged = merge(base, ours, theirs)
    assert merged.conflicts == ()
    both = Note(item=item, text="Who is it?", unsure=True)
    assert {*merged.annotation.notes} == {on_text, both, Note(item=other, unsure=True)}
    assert [(d.kind, d.id, d.left, d.right) for d in differences(base, ours)] == [
        ("note", item, "Who?", "unsure: Who?"),
    ]  # fmt: skip
    (conflict,) = merge(base, ours, noted(gold, on_text)).conflicts
    assert (conflict.id, "removed on the other" in conflict.message) == (item, True)


@st.composite
def sides(draw):
    """Ids to remove and to change on each of two sides, none of them on both."""
    numbers = draw(st.permutations(range(30)))
    return [numbers[i * 4 : i * 4 + draw(st.integers(0, 4))] for i in range(4)]


@given(data=st.data())
def test_changes_of_one_side_are_kept(gold, data):
    names = data.draw(st.sets(st.sampled_from(sorted(gold.ids())), max_size=6))
    other = changed(without(gold, names), set(gold.ids()) - names, "x")
    for ours, theirs in ((other, gold), (gold, other), (other, other)):
        merged = merge(gold, ours, theirs)
        assert merged.conflicts == ()
        assert list(differences(merged.annotation, other)) == []
        assert names <= set(merged.annotation.retired)


@given(chosen=sides())
def test_edits_of_different_items_are_all_kept(gold, free, chosen):
    gone_here, gone_there, changed_here, changed_there = (
        {free[i] for i in part if i < len(free)} for part in chosen
    )
    ours = changed(without(gold, gone_here), changed_here, "ours")
    theirs = changed(without(gold, gone_there), changed_there, "theirs")
    merged = merge(gold, ours, theirs)
    assert merged.conflicts == ()
    wanted = changed(
        changed(without(gold, gone_here | gone_there), changed_here, "ours"),
        changed_there,
        "theirs",
    )
    assert list(differences(merged.annotation, wanted)) == []
    assert merged.annotation.retired == wanted.retired


def test_a_removed_item_that_the_other_side_refers_to_is_a_conflict(gold):
    event = next(e for e in gold.events if any(a.mention for a in e.arguments))
    argument = next(a for a in event.arguments if a.mention)
    ours = without(gold, [argument.mention])
    theirs = changed(gold, {event.id}, "x")
    merged = merge(gold, ours, theirs)
    assert merged.conflicts == (), "an argument was removed here, an attribute changed there"
    added = msgspec.structs.replace(event, id="e999")
    theirs = canonical(msgspec.structs.replace(gold, events=(*gold.events, added)))
    (conflict,) = merge(gold, ours, theirs).conflicts
    assert conflict.message.startswith(f'e999 "{event.trigger[0].text}": has the {argument.role} ')
    theirs = changed(gold, {argument.mention}, "x")
    (conflict,) = merge(gold, ours, theirs).conflicts
    assert "was removed here and changed on the other side" in conflict.message


def test_fields_of_one_item_are_merged_separately(gold):
    event = next(e for e in gold.events if len(e.arguments) > 1)
    first, *rest = event.arguments

    def replaced(**fields):
        return canonical(
            msgspec.structs.replace(
                gold,
                events=tuple(
                    msgspec.structs.replace(e, **fields) if e.id == event.id else e
                    for e in gold.events
                ),
            )
        )

    ours, theirs = replaced(arguments=tuple(rest)), replaced(arguments=(first, *rest[1:]), type="X")
    merged = merge(gold, ours, theirs)
    assert merged.conflicts == ()
    found = items_by_id(merged.annotation)[event.id]
    assert found.arguments == tuple(rest[1:])
    assert found.type == "X"
    (conflict,) = merge(gold, replaced(type="Y"), theirs).conflicts
    assert conflict.message.endswith("type: Y here, X there")


@given(data=st.data())
def test_differences_are_symmetric(gold, data):
    names = data.draw(st.sets(st.sampled_from(sorted(gold.ids())), max_size=5))
    other = without(gold, names)
    assert list(differences(gold, gold)) == []
    there = {(d.kind, d.id, d.field, d.left, d.right) for d in differences(gold, other)}
    back = {(d.kind, d.id, d.field, d.right, d.left) for d in differences(other, gold)}
    assert there == back
    assert {d.id for d in differences(gold, other) if d.right is None} >= names


@pytest.fixture
def report():
    """An annotation of every layer."""
    document = make_document("report", TEXT, "train")
    return canonical(make_annotation(document, items_of(TEXT), layers=LAYERS))


def edited(annotation: Annotation, change) -> Annotation:
    """The annotation after a change of its JSON value."""
    value = msgspec.json.decode(msgspec.json.encode(annotation))
    change(value)
    return canonical(msgspec.convert(value, Annotation))


def test_both_sides_changes_of_every_layer_are_merged(report):
    def here(value):
        value["attributes"]["reviewed"] = False
        value["relations"][0]["attributes"]["cases"] = 9
        value["relations"].pop(2)
        value["entities"][0]["links"] = [{"kb": "people", "id": "P1"}]
        value["entities"][2]["attributes"]["approved"] = False
        value["event_clusters"][0]["links"].append({"kb": "wikidata", "id": "Q1"})
        value["events"][0]["arguments"][0]["attributes"] = {"implicit": True}
        value["events"][1]["factuality"][0]["value"] = "denied"

    def there(value):
        value["attributes"]["patients"] = 13
        value["attributes"].pop("registry")
        value["relations"][0]["attributes"]["certainty"] = "possible"
        value["relations"].append({"type": "WORKS_FOR", "source": "m8", "target": "m2"})
        value["entities"][0]["links"] = [{"kb": "wikidata", "id": None}]
        value["entities"][2]["attributes"]["uses"] = ["pain"]
        value["event_clusters"].pop(1)
        value["events"][0]["arguments"][1]["attributes"] = {"scope": "document"}
        value["events"][0]["arguments"].pop(2)
        value["events"][1]["factuality"].pop(1)

    def both(value):
        here(value)
        value["events"][0]["arguments"][1]["attributes"] = {"scope": "document"}
        value["events"][0]["arguments"].pop(2)
        value["events"][1]["factuality"].pop(1)
        value["attributes"] |= {"patients": 13}
        value["attributes"].pop("registry")
        value["relations"][0]["attributes"]["certainty"] = "possible"
        value["relations"].append({"type": "WORKS_FOR", "source": "m8", "target": "m2"})
        value["entities"][0]["links"].append({"kb": "wikidata", "id": None})
        value["entities"][2]["attributes"]["uses"] = ["pain"]
        value["event_clusters"].pop(1)

    found = merge(report, edited(report, here), edited(report, there))
    assert found.conflicts == ()
    assert found.annotation == edited(report, both)


def set_to(*path):
    *places, last, value = path

    def change(whole):
        for place in places:
            whole = whole[place]
        whole[last] = value

    return change


def without_cluster(whole):
    whole["events"][0].pop("cluster")
    whole["event_clusters"].pop(0)


@pytest.mark.parametrize(
    ("here", "there", "message"),
    [
        (set_to("attributes", "patients", 1), set_to("attributes", "patients", 2),
         "document: patients: 1 here, 2 there"),
        (set_to("relations", 0, "attributes", "cases", 1),
         set_to("relations", 0, "attributes", "cases", 2), "CAUSES m5→m6: cases: 1 here, 2 there"),
        (set_to("relations", 0, "attributes", "cases", 1), lambda whole: whole["relations"].pop(0),
         "CAUSES m5→m6: was changed on one side and removed on the other"),
        (set_to("event_clusters", 0, "links", [{"kb": "trials", "id": "T1"}]),
         set_to("event_clusters", 0, "links", [{"kb": "trials", "id": None}]),
         "event cluster k1: links: trials:T1 here, trials:NIL there"),
        (set_to("event_clusters", 0, "links", [{"kb": "trials", "id": "T1"}]), without_cluster,
         "event cluster k1: was linked on one side and removed on the other"),
        (set_to("events", 3, "factuality", 0, "value", "denied"),
         set_to("events", 3, "factuality", 0, "value", "possible"),
         'v4 "stopped": factuality: AUTHOR denied: value: denied here, possible there'),
        (set_to("events", 3, "arguments", 0, "attributes", {"scope": "clause"}),
         set_to("events", 3, "arguments", 0, "attributes", {"scope": "document"}),
         'v4 "stopped": arguments: what v2 (scope clause): scope: clause here, document there'),
        (set_to("events", 3, "arguments", 0, "attributes", {"scope": "clause"}),
         set_to("events", 3, "arguments", []),
         'v4 "stopped": arguments: what v2 (scope clause): was changed on one side and removed on '
         "the other"),
    ],
)  # fmt: skip
def test_a_contradiction_is_a_conflict_in_every_layer(report, here, there, message):
    found = merge(report, edited(report, here), edited(report, there))
    assert [conflict.message for conflict in found.conflicts] == [message]


def test_a_changed_attribute_of_a_relation_is_one_difference(report):
    changed = edited(report, set_to("relations", 0, "attributes", {"certainty": "possible"}))
    (found,) = differences(report, changed)
    assert (found.kind, found.id, found.field) == ("relation", "CAUSES m5→m6", "attributes")
    assert (found.left, found.right) == ("cases 3, certainty certain", "certainty possible")
