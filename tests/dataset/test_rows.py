"""Rows against what a person would write down for the text in corpora.py."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from dateline.corpus.store import Corpus
from dateline.dataset.rows import RowMaker
from dateline.model import Annotation, Document

from ..corpora import TEXT, gold_of, make_annotation, make_document

SENTENCES = [
    "Kim Jong Un met Putin in Kursk, the Russian city 🏙️ on Monday.",
    "“We will,” the North Korean leader said, “fight on.”",
    "Many soldiers died.",
]


@pytest.fixture
def document() -> Document:
    return make_document("kursk", TEXT, "train")


@pytest.fixture
def gold(document: Document) -> Annotation:
    return make_annotation(document, gold_of(TEXT))


def rows(corpus: Corpus, document: Document, **annotations: Annotation) -> dict[str, Any]:
    made = RowMaker(corpus.ontology, ()).rows(document, annotations)
    return json.loads(msgspec.json.encode(made))


@pytest.fixture
def made(news: Corpus, document: Document, gold: Annotation) -> dict[str, Any]:
    return rows(news, document, gold=gold)


def test_a_document_carries_its_gold(made: dict[str, Any], document: Document):
    [row] = made["documents"]
    assert (row["id"], row["split"], row["annotated"]) == ("kursk", "train", True)
    assert row["status"] == "adjudicated"
    assert row["provenance"] == {"kind": "human", "tool": None}
    assert row["layers"] == ["entities", "events", "claims"]
    assert [TEXT[s["start"] : s["end"]] for s in row["sentences"]] == SENTENCES
    assert len(row["tokens"]) == len(document.tokens)
    for item in row["mentions"]:
        assert all(TEXT[s["start"] : s["end"]] == s["text"] for s in item["spans"])
    assert row["events"][0]["arguments"] == [
        {"role": "party", "mention": "m1", "event": None, "claim": None},
        {"role": "party", "mention": "m7", "event": None, "claim": None},
        {"role": "place", "mention": "m3", "event": None, "claim": None},
    ]


def test_a_document_that_nobody_annotated_says_so(news: Corpus, document: Document):
    made = rows(news, document)
    [row] = made["documents"]
    assert row["annotated"] is False
    assert row["status"] is None
    assert row["provenance"] is None
    assert row["layers"] == row["mentions"] == row["claims"] == []
    assert made["annotations"] == []
    assert set(made) == {"documents", "annotations"}


def test_an_annotation_with_nothing_in_it_is_another_thing(news: Corpus, document: Document):
    made = rows(news, document, gold=make_annotation(document, {}, layers=["entities"]))
    [row] = made["documents"]
    assert row["annotated"] is True
    assert row["mentions"] == []
    assert len(made["entities"]) == len(SENTENCES)
    # Layers that nobody looked at give no rows: their absence would be a label.
    assert "events" not in made
    assert "claims" not in made


def test_bio_tags_are_those_a_person_would_write(made: dict[str, Any]):
    written = """
        Kim/B-PERSON Jong/I-PERSON Un/I-PERSON met/O Putin/B-PERSON in/O Kursk/B-GPE ,/O
        the/B-GPE Russian/I-GPE city/I-GPE 🏙️/O on/O Monday/B-DATE ./O

        “/O We/O will/O ,/O ”/O the/B-PERSON North/I-PERSON Korean/I-PERSON leader/I-PERSON
        said/O ,/O “/O fight/O on/O ./O ”/O

        Many/B-GROUP soldiers/I-GROUP died/O ./O
    """
    expected = [paragraph.split() for paragraph in written.split("\n\n")]
    assert [
        [f"{token}/{tag}" for token, tag in zip(row["tokens"], row["ner_tags"], strict=True)]
        for row in made["entities"]
    ] == expected


def test_sentences_have_offsets_and_ids_of_their_own(made: dict[str, Any]):
    for config in ("entities", "events"):
        assert [row["id"] for row in made[config]] == ["kursk/0", "kursk/1", "kursk/2"]
        assert [TEXT[row["start"] : row["end"]] for row in made[config]] == SENTENCES
        assert [row["text"] for row in made[config]] == SENTENCES


def test_nested_and_discontinuous_mentions_are_not_lost(made: dict[str, Any]):
    first, second, _ = made["entities"]
    assert [m["id"] for m in first["mentions"]] == ["m1", "m2", "m3", "m4", "m5", "m6"]
    nested = first["mentions"][4]
    assert nested["tokens"] == [{"start": 9, "end": 10}]
    assert nested["attributes"] == {"level": "name"}
    assert nested["entity"] == "e4"
    discontinuous = second["mentions"][1]
    assert [s["text"] for s in discontinuous["spans"]] == ["North", "Korean"]
    assert [second["tokens"][t["start"]] for t in discontinuous["tokens"]] == ["North", "Korean"]


def test_offsets_after_an_astral_character_are_code_points(made: dict[str, Any]):
    first = made["entities"][0]
    monday = first["mentions"][-1]
    [span], [place] = monday["spans"], monday["tokens"]
    assert TEXT[span["start"] : span["end"]] == "Monday"
    assert first["tokens"][place["start"] : place["end"]] == ["Monday"]


def test_a_mention_within_a_token_covers_the_token(news: Corpus, document: Document):
    start = TEXT.index("urs")
    items = {
        "mentions": [
            {
                "id": "m1",
                "spans": [{"start": start, "end": start + 3, "text": "urs"}],
                "type": "GPE",
                "attributes": {"level": "name"},
                "entity": None,
            }
        ]
    }
    first = rows(news, document, gold=make_annotation(document, items))["entities"][0]
    assert first["ner_tags"][6] == "B-GPE"
    assert first["mentions"][0]["tokens"] == [{"start": 6, "end": 7}]


def test_a_mention_over_a_sentence_border_is_in_both_sentences(news: Corpus, document: Document):
    start, end = TEXT.index("“fight"), TEXT.index(" soldiers")
    items = {
        "mentions": [
            {
                "id": "m1",
                "spans": [{"start": start, "end": end, "text": TEXT[start:end]}],
                "type": "GPE",
                "attributes": {"level": "name"},
                "entity": None,
            }
        ]
    }
    _, second, third = rows(news, document, gold=make_annotation(document, items))["entities"]
    assert second["mentions"][0]["spans"] == third["mentions"][0]["spans"]
    assert third["mentions"][0]["tokens"] == [{"start": 0, "end": 1}]
    assert second["ner_tags"][-5:] == ["B-GPE", *["I-GPE"] * 4]
    assert third["ner_tags"][0] == "B-GPE"


def test_events_have_their_triggers_and_fillers(made: dict[str, Any]):
    first, second, third = made["events"]
    [meet] = first["events"]
    assert meet["trigger_tokens"] == [{"start": 3, "end": 4}]
    assert meet["trigger"] == [{"start": 12, "end": 15, "text": "met"}]
    assert [(a["filler"], a["text"], a["in_sentence"]) for a in meet["arguments"]] == [
        ("m1", "Kim Jong Un", True),
        ("m7", "the North Korean leader", False),
        ("m3", "Kursk", True),
    ]
    assert {a["kind"] for a in meet["arguments"]} == {"mention"}
    assert [a["entity_type"] for a in meet["arguments"]] == ["PERSON", "PERSON", "GPE"]
    assert second["events"][0]["cluster"] == "k1"
    assert third["events"][0]["arguments"][0]["spans"] == [
        {"start": TEXT.index("Many"), "end": TEXT.index(" died")}
    ]


@pytest.mark.parametrize(
    ("filler", "text"), [({"event": "v2"}, "fight"), ({"claim": "c1"}, "We will fight on")]
)
def test_an_event_or_a_claim_can_fill_a_role(
    news: Corpus, document: Document, filler: dict[str, str], text: str
):
    items = gold_of(TEXT)
    items["events"][0]["arguments"] = [{"role": "content", **filler}]
    made = rows(news, document, gold=make_annotation(document, items))
    [argument] = made["events"][0]["events"][0]["arguments"]
    assert argument["kind"] == next(iter(filler))
    assert argument["text"] == text
    assert argument["entity_type"] is None
    assert argument["in_sentence"] is False


def test_a_claim_can_be_read_alone(made: dict[str, Any]):
    promise, statement = made["claims"]
    assert promise["id"] == "kursk/c1"
    assert promise["text"] == "We will fight on"
    assert [s["text"] for s in promise["context"]] == [SENTENCES[1]]
    assert (promise["claimer"], promise["claimer_text"], promise["claimer_name"]) == (
        *("m7", "the North Korean leader", "Kim Jong Un"),
    )
    assert promise["cue_text"] == "said"
    assert promise["events"] == [{"id": "v2", "type": "FIGHT"}]
    assert statement["claimer"] == "AUTHOR"
    assert statement["claimer_text"] is statement["claimer_name"] is statement["cue_text"] is None
    assert statement["cue_spans"] == []
    assert "topic" not in statement["attributes"]


def test_every_annotator_has_a_row(news: Corpus, document: Document, gold: Annotation):
    bea = make_annotation(document, {}, annotator="bea", layers=["claims"], kind="model")
    made = rows(news, document, gold=gold, bea=bea)["annotations"]
    assert [(row["annotator"], row["layers"]) for row in made] == [
        ("bea", ["claims"]),
        ("gold", ["entities", "events", "claims"]),
    ]
    assert made[0]["provenance"] == {"kind": "model", "tool": "robot 1"}
