"""Contrasts: where an edit leaves items, and what gold changes beyond what is declared."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.annotations.contrasts.alignment import align
from dateline.annotations.contrasts.carrying import carried
from dateline.annotations.contrasts.declarations import (
    Comparison,
    compare_with_declared,
)
from dateline.annotations.contrasts.text_edit import TextEdit
from dateline.annotations.differences import format_value
from dateline.annotations.items import spans_of, text_items, text_of
from dateline.model import LAYERS, Document, GoldChange, Span
from tests.corpora import make_annotation, make_document, quote
from tests.layered import TEXT, items_of

Gold = dict[str, Any]
Change = Callable[[Gold], object]

ORIGINAL = make_document("report", TEXT, "train")
GOLD = make_annotation(ORIGINAL, items_of(TEXT), layers=LAYERS)


NOTHING = Comparison(undeclared=(), unconfirmed=())


def document(text: str) -> Document:
    return make_document("edited", text, "train")


def edit_of(before: str, after: str) -> TextEdit:
    return TextEdit(document(before), document(after))


def moved(before: str, after: str, item: str) -> str:
    start = before.index(item)
    span = Span(start=start, end=start + len(item), text=item)
    return text_of(edit_of(before, after).moved((span,)))


@pytest.mark.parametrize(
    ("before", "after", "items"),
    [
        ("They will attack.", "They will not attack.",
         {"attack": "attack", "They will attack": "They will not attack", "They": "They"}),
        ("He denied it, Kim said.", "He did not deny it, Kim said.",
         {"denied": "deny", "He denied it": "He did not deny it", "Kim": "Kim"}),
        ("Lower Ume attacked Tessaly Heights in May.", "Tessaly Heights attacked Lower Ume in May.",
         {"Lower Ume": "Tessaly Heights", "attacked": "attacked", "May": "May"}),
        ("Three tall soldiers died 💊 there.", "Soldiers died 💊 there.",
         {"Three tall soldiers": "Soldiers", "tall": "", "there": "there"}),
        ("An anti-Russian rally met.", "A new anti-Russian rally met.", {"Russian": "Russian"}),
        ("The very, very old dam.", "The very old dam.", {"old dam": "old dam"}),
    ],
)  # fmt: skip
def test_items_are_where_the_edit_leaves_them(before: str, after: str, items: dict[str, str]):
    assert {item: moved(before, after, item) for item in items} == items


def test_fragments_that_are_brought_together_are_one():
    before, after = "Take the hat off.", "Take off."
    spans = tuple(msgspec.convert(span, Span) for span in quote(before, "Take", "off"))
    assert edit_of(before, after).moved(spans) == (Span(start=0, end=8, text="Take off"),)


@given(
    words=st.lists(st.sampled_from(["North", "and", "South", "Korean"]), min_size=1, max_size=6),
    new=st.lists(st.sampled_from(["Later", ","]), max_size=3),
    data=st.data(),
)
def test_an_edit_elsewhere_leaves_fragments_apart(
    words: list[str], new: list[str], data: st.DataObject
):
    chosen = data.draw(st.sets(st.sampled_from(range(len(words))), min_size=1))

    def fragments(text: str, first: int) -> tuple[Span, ...]:
        tokens = [match.span() for match in re.finditer(r"\S+", text)]
        ranges = [tokens[first + number] for number in sorted(chosen)]
        return tuple(Span(start=s, end=e, text=text[s:e]) for s, e in ranges)

    before, after = " ".join(words), " ".join([*new, *words])
    spans, expected = fragments(before, 0), fragments(after, len(new))
    edit = edit_of(before, after)
    assert edit.moved(spans) == expected
    assert edit.allows(spans, expected)


def test_a_long_text_with_edits_at_both_ends_is_aligned():
    words = [f"w{n % 50}" for n in range(2_000)]
    edited = ["new", *words[1:-2], "other", "end", "words"]
    pairs = align(words, edited)
    assert pairs[:2] == [(0, 0), (1, 1)]
    assert (1_000, 1_000) in pairs
    assert [n for n, _ in pairs if n is not None] == list(range(2_000))
    assert [n for _, n in pairs if n is not None] == list(range(2_001))


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12)


@given(before=WORDS, after=WORDS)
def test_an_alignment_has_each_token_once_in_order(before: list[str], after: list[str]):
    pairs = align(before, after)
    assert [one for one, _ in pairs if one is not None] == list(range(len(before)))
    assert [other for _, other in pairs if other is not None] == list(range(len(after)))


# Words of TEXT that are in no item, so that gold does not change with them.
OUTSIDE = [
    match.span()
    for match in re.finditer(r"\w+", TEXT)
    if not any(
        span.start < match.end() and match.start() < span.end
        for item in text_items(GOLD).values()
        for span in (*spans_of(item), *(getattr(item, "cue", None) or ()))
    )
]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(OUTSIDE), st.sampled_from(["", "zum", "zum zam", "{} zum", "zam {}"])
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda edit: edit[0],
)


def edited(edits: list[tuple[tuple[int, int], str]]) -> tuple[Document, Gold]:
    """The text with words replaced, and its gold as JSON with offsets counted independently."""
    text, shifts = TEXT, []
    for (start, end), new in sorted(edits, reverse=True):
        word = new.format(TEXT[start:end])
        text = text[:start] + word + text[end:]
        shifts.append((end, len(word) - (end - start)))
    gold = copy.deepcopy(items_of(TEXT))

    def shift(node: Any) -> None:
        if isinstance(node, dict) and "start" in node:
            by = sum(length for at, length in shifts if at <= node["start"])
            node["start"] += by
            node["end"] += sum(length for at, length in shifts if at <= node["end"])
            node["text"] = text[node["start"] : node["end"]]
        for inner in node.values() if isinstance(node, dict) else node:
            if isinstance(inner, dict | list):
                shift(inner)

    shift(gold)
    return document(text), gold


def compared(after: Document, gold: Gold, declared: list[GoldChange] | None = None) -> Comparison:
    annotation = make_annotation(after, gold, layers=LAYERS)
    return compare_with_declared((ORIGINAL, GOLD), (after, annotation), declared or [])


@given(EDITS)
def test_edits_outside_of_items_change_no_gold(edits: list[tuple[tuple[int, int], str]]):
    after, gold = edited(edits)
    assert compared(after, gold) == NOTHING


def renamed(gold: Gold) -> Gold:
    """The gold with other ids."""
    text = msgspec.json.encode(gold).decode()
    return msgspec.json.decode(re.sub(r'"([mevkc])(\d+)"', r'"\1x\2"', text).encode())


def remove(gold: Gold, name: str) -> None:
    """Remove an item and what refers to it."""
    for field in ("mentions", "events", "claims"):
        gold[field] = [item for item in gold[field] if item["id"] != name]
    for field in ("relations", "event_relations", "claim_relations"):
        gold[field] = [r for r in gold[field] if name not in (r["source"], r["target"])]
    for event in gold["events"]:
        event["arguments"] = [a for a in event.get("arguments", []) if name not in a.values()]
    for claim in gold["claims"]:
        claim["events"] = [event for event in claim.get("events", []) if event != name]
    for event in gold["events"]:
        event["factuality"] = [f for f in event["factuality"] if f["source"] != name]
    kept = {mention["entity"] for mention in gold["mentions"]}
    gold["entities"] = [entity for entity in gold["entities"] if entity["id"] in kept]


def narrowed(spans: list[dict[str, Any]]) -> None:
    spans[0]["start"] += 2
    spans[0]["text"] = spans[0]["text"][2:]


CHANGES: dict[str, tuple[Change, str]] = {
    "attribute of the document": (lambda g: g["attributes"].update(genre="news"),
        'item = "document", field = "genre", from = "case_report", to = "news"'),
    "several labels": (lambda g: g["attributes"].update(topics=["price", "safety"]),
        'item = "document", field = "topics", from = ["efficacy", "safety"], '
        'to = ["price", "safety"]'),
    "attribute of a mention": (lambda g: g["mentions"][5]["attributes"].update(negated=True),
        'item = "mention", quote = "caused [bleeding] and", field = "negated", from = false, '
        'to = true'),
    "type of a mention": (lambda g: g["mentions"][3].update(type="DISEASE"),
        'item = "mention", quote = "81 mg a day", field = "type", from = "DOSE", to = "DISEASE"'),
    "spans of a mention": (lambda g: narrowed(g["mentions"][6]["spans"]),
        'item = "mention", quote = "usea", field = "spans", from = "nausea", to = "usea"'),
    "mention that is missing": (lambda g: remove(g, "m4"),
        'item = "mention", quote = "81 mg a day", removed = true'),
    "entity of a mention": (lambda g: g["mentions"][8].update(entity="e6"),
        'item = "mention", quote = "The [bleeding] stopped", field = "entity", '
        'from = "bleeding", to = "nausea"'),
    "attribute of an entity": (lambda g: g["entities"][2]["attributes"].update(approved=False),
        'item = "entity", quote = "aspirin", field = "approved", from = true, to = false'),
    "link of an entity": (lambda g: g["entities"][4]["links"][0].update(id="D1"),
        'item = "entity", quote = "bleeding", field = "links", from = "mesh:D006470", '
        'to = "mesh:D1"'),
    "name of an entity": (lambda g: g["entities"][4].update(name="blood"),
        'item = "entity", quote = "blood", field = "name", from = "bleeding", to = "blood"'),
    "attribute of a relation": (lambda g: g["relations"][2]["attributes"].update(cases=4),
        'item = "relation", quote = "drug", target = "caused [bleeding] and", label = "CAUSES", '
        'field = "cases", from = 3, to = 4'),
    "relation that is missing": (lambda g: g["relations"].pop(0),
        'item = "relation", quote = "Dr. Okafor", target = "Lagos Clinic", label = "WORKS_FOR", '
        'removed = true'),
    "attribute of an event": (lambda g: g["events"][0]["attributes"].update(polarity="negative"),
        'item = "event", quote = "gave", field = "polarity", from = "positive", to = "negative"'),
    "type of an event": (lambda g: g["events"][3].update(type="HARM"),
        'item = "event", quote = "stopped", field = "type", from = "STOP", to = "HARM"'),
    "event that is missing": (lambda g: remove(g, "v4"),
        'item = "event", quote = "stopped", removed = true'),
    "filler of a role": (lambda g: g["events"][0]["arguments"][1].update(mention="m5"),
        'item = "event", quote = "gave", field = "arguments", role = "drug", from = "aspirin", '
        'to = "drug"'),
    "argument that is missing": (lambda g: g["events"][0]["arguments"].pop(2),
        'item = "event", quote = "gave", field = "arguments", role = "dose", '
        'from = "81 mg a day"'),
    "attribute of an argument": (
        lambda g: g["events"][0]["arguments"][0]["attributes"].update(scope="document"),
        'item = "event", quote = "gave", field = "scope", role = "giver", from = "clause", '
        'to = "document"'),
    "factuality": (lambda g: g["events"][0]["factuality"][0].update(value="denied"),
        'item = "event", quote = "gave", field = "factuality", source = "AUTHOR", '
        'from = "certain", to = "denied"'),
    "factuality by a claim": (lambda g: g["events"][1]["factuality"].pop(), ""),
    "factuality by another source": (lambda g: g["events"][3]["factuality"].append(
            {"source": "c2", "value": "possible"}),
        'item = "event", quote = "stopped", field = "factuality", '
        'source = "patients should not worry", to = "possible"'),
    "cluster of an event": (lambda g: g["events"][3].update(cluster="k1"), ""),
    "link of an event": (lambda g: g["event_clusters"][0]["links"][0].update(id="T9"),
        'item = "event", quote = "gave", field = "links", from = "trials:T7", to = "trials:T9"'),
    "relation of events": (lambda g: g["event_relations"].append(
            {"type": "BEFORE", "source": "v4", "target": "v1"}),
        'item = "eventRelation", quote = "stopped", target = "gave", label = "BEFORE", '
        'added = true'),
    "act of a claim": (lambda g: g["claims"][0].update(act="ADVISE"),
        'item = "claim", quote = "The drug 💊 caused bleeding and nausea", field = "act", '
        'from = "ASSERT", to = "ADVISE"'),
    "claimer": (lambda g: g["claims"][1].update(claimer="m1"),
        'item = "claim", quote = "patients should not worry", field = "claimer", '
        'from = "AUTHOR", to = "Dr. Okafor"'),
    "cue of a claim": (lambda g: g["claims"][0].pop("cue"),
        'item = "claim", quote = "The drug 💊 caused bleeding and nausea", field = "cue", '
        'from = "said"'),
    "event of a claim": (lambda g: g["claims"][1].update(events=["v4"]),
        'item = "claim", quote = "patients should not worry", field = "events", '
        'to = "stopped"'),
    "claim that is missing": (lambda g: remove(g, "c2"),
        'item = "claim", quote = "patients should not worry", removed = true'),
    "relation of claims": (lambda g: g["claim_relations"].pop(),
        'item = "claimRelation", quote = "patients should not worry", '
        'target = "The drug 💊 caused bleeding and nausea", label = "CONTRADICTS", '
        'removed = true'),
}  # fmt: skip


def declared_in(lines: list[str]) -> list[GoldChange]:
    """Declarations as they are read from a sidecar."""
    return [msgspec.convert(tomllib.loads(f"x = {{{line}}}")["x"], GoldChange) for line in lines]


@pytest.mark.parametrize("kind", CHANGES)
def test_an_undeclared_change_is_found_as_it_would_be_declared(kind: str):
    change, line = CHANGES[kind]
    after, gold = edited([])
    change(gold)
    found = compared(after, renamed(gold)).undeclared
    assert found
    if line:
        assert [format_value(one.change) for one in found] == [line]


@given(
    edits=EDITS, kinds=st.lists(st.sampled_from([*CHANGES]), min_size=1, max_size=3, unique=True)
)
def test_what_is_found_is_all_that_has_to_be_declared(
    edits: list[tuple[tuple[int, int], str]], kinds: list[str]
):
    after, gold = edited(edits)
    # What is removed takes its relations along, so nothing may refer to it later.
    for kind in sorted(kinds, key=lambda kind: "missing" in kind):
        change, _ = CHANGES[kind]
        try:
            change(gold)
        except (IndexError, KeyError):  # another change has removed the item
            return
    found = compared(after, renamed(gold)).undeclared
    assert found
    declared = declared_in([format_value(one.change) for one in found])
    assert compared(after, gold, declared) == NOTHING
    for left_out in range(len(declared)):
        rest = declared[:left_out] + declared[left_out + 1 :]
        assert len(compared(after, gold, rest).undeclared) == 1


def test_items_among_edited_words_are_paired_whatever_their_labels():
    text = TEXT.replace("The bleeding stopped", "The bleeding did not go on")
    after, gold = document(text), items_of(TEXT)
    place = text.index("go on")
    by = len("did not go on") - len("stopped")
    for item in (*gold["events"], *gold["claims"], *gold["mentions"]):
        for span in (*item.get("spans", ()), *item.get("trigger", ())):
            if span["start"] > TEXT.index("stopped"):
                span["start"], span["end"] = span["start"] + by, span["end"] + by
    gold["events"][3] |= {
        "trigger": [{"start": place, "end": place + 5, "text": "go on"}],
        "type": "HARM",
        "arguments": [{"role": "cause", "event": "v2"}],
    }
    lines = [format_value(one.change) for one in compared(after, renamed(gold)).undeclared]
    assert lines == [
        'item = "event", quote = "go on", field = "type", from = "STOP", to = "HARM"',
        'item = "event", quote = "go on", field = "arguments", role = "what", from = "caused"',
        'item = "event", quote = "go on", field = "arguments", role = "cause", to = "caused"',
    ]


def test_what_referred_to_a_removed_item_need_not_be_declared_but_may_be():
    after, gold = edited([])
    remove(gold, "m4")
    line = 'item = "mention", quote = "81 mg a day", removed = true'
    argument = 'item = "event", quote = "gave", field = "arguments", role = "dose", '
    argument += 'from = "81 mg a day"'
    for lines in ([line], [line, argument]):
        assert compared(after, gold, declared_in(lines)) == NOTHING


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('item = "event", quote = "gave", field = "polarity", from = "positive", to = "negative"',
         "gold does not change it"),
        ('item = "event", quote = "stopped", field = "grade", to = 2', "gold does not change it"),
        ('item = "event", quote = "stopped", field = "polarity", from = "negative"',
         "gold changes it from positive to negative"),
        ('item = "claim", quote = "patients should not worry", removed = true',
         "gold has it in the original and in the contrast"),
        ('item = "mention", quote = "bleeding", field = "negated", from = false, to = true',
         '"bleeding" is the text of 2 items; add words around it and put the item in brackets, as '
         'in "caused [bleeding] and"'),
        ('item = "mention", quote = "aspirins", removed = true', 'no mention has the text '
         '"aspirins"'),
        ('item = "mention", quote = "[e]", removed = true', '"[e]" occurs 13 times; add more '
         "words"),
        ('item = "relation", quote = "drug", target = "nothing", added = true',
         'no mention has the text "nothing"'),
    ],
)  # fmt: skip
def test_a_declared_change_that_gold_does_not_have_is_explained(line: str, reason: str):
    after, gold = edited([])
    gold["events"][3]["attributes"]["polarity"] = "negative"
    found = compared(after, gold, declared_in([line])).unconfirmed
    assert [(one.number, one.reason) for one in found] == [(0, reason)]


def test_layers_that_one_of_the_two_does_not_have_are_not_compared():
    after, gold = edited([])
    gold["claims"][0]["act"] = "ADVISE"
    gold["mentions"][3]["type"] = "DISEASE"
    annotation = make_annotation(after, gold, layers=["entities", "relations", "events"])
    declared = declared_in(['item = "claim", quote = "not", removed = true'])
    found = compare_with_declared((ORIGINAL, GOLD), (after, annotation), declared)
    assert [one.change.item for one in found.undeclared] == ["mention"]
    assert found.unconfirmed == ()


@given(EDITS)
def test_what_is_carried_over_is_the_gold_of_the_edited_text(
    edits: list[tuple[tuple[int, int], str]],
):
    after, gold = edited(edits)
    expected = make_annotation(after, gold, layers=LAYERS)
    assert carried(GOLD, TextEdit(ORIGINAL, after)) == msgspec.structs.replace(
        expected, document=GOLD.document, text_sha256=GOLD.text_sha256
    )


def test_what_loses_its_words_is_not_carried_over():
    text = TEXT.replace(", 81 mg a day,", "").replace(", she said", "")
    found = carried(GOLD, TextEdit(ORIGINAL, document(text)))
    assert "m4" not in {mention.id for mention in found.mentions}
    assert "e4" not in {entity.id for entity in found.entities}
    assert [a.role for a in found.events[0].arguments] == ["giver", "drug"]
    assert [r.type for r in found.relations] == ["WORKS_FOR", "CAUSES", "CAUSES"]
    # Its claimer, "she", is gone.
    assert [claim.id for claim in found.claims] == ["c2"]
    assert found.claim_relations == ()


def test_a_name_that_quotes_a_mention_follows_the_edit():
    found = carried(GOLD, TextEdit(ORIGINAL, document(TEXT.replace("Lagos", "Accra"))))
    assert found.entities[1].name == "Accra Clinic"
    assert (
        compare_with_declared(
            (ORIGINAL, GOLD), (document(TEXT.replace("Lagos", "Accra")), found), []
        )
        == NOTHING
    )
