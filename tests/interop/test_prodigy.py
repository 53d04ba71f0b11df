"""Prodigy JSON Lines, as Prodigy writes it."""

from __future__ import annotations

import json

import pytest
import spacy
from msgspec.structs import replace
from spacy.tokens import Doc
from spacy.vocab import Vocab

from dateline.errors import InvalidInputError
from dateline.interop.format import Output
from dateline.interop.reduction import reduce
from dateline.interop.registry import format_of
from dateline.model import Relation

FORM = format_of("prodigy")
TEXT = "Kim 😀 met Lee and Ana"


def span(quote, label, first, last):
    start = TEXT.index(quote)
    return {
        "text": quote, "start": start, "end": start + len(quote), "token_start": first,
        "token_end": last, "type": "span", "label": label,
    }  # fmt: skip


def task(**fields):
    """A task as the recipe rel.manual saves it."""
    doc = Doc(Vocab(), words=TEXT.split())
    tokens = [
        {"text": t.text, "start": t.idx, "end": t.idx + len(t), "id": t.i, "ws": True, "disabled": False}
        for t in doc
    ]  # fmt: skip
    kim, others = span("Kim", "PER", 0, 0), span("Lee and Ana", "GROUP", 3, 5)
    return {
        "text": TEXT, "tokens": tokens, "spans": [kim, others], "_input_hash": 1, "_task_hash": 2,
        "_session_id": None, "_view_id": "relations", "answer": "accept",
        "relations": [{"head": 0, "child": 5, "label": "met", "color": "#ffd882"}],
        **fields,
    }  # fmt: skip


def read(tmp_path, *tasks):
    path = tmp_path / "set.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in tasks))
    return list(FORM.reader(path))


def relations(annotation):
    texts = {m.id: (m.spans[0].text, m.type) for m in annotation.mentions}
    return [(r.type, texts[r.source], texts[r.target]) for r in annotation.relations]


def test_relations_refer_to_the_last_token_of_a_span(tmp_path):
    (found,) = read(tmp_path, task())
    assert relations(found.annotations[""]) == [("met", ("Kim", "PER"), ("Lee and Ana", "GROUP"))]
    assert not found.losses


def test_relations_may_be_between_tokens_and_spans_of_their_own(tmp_path):
    lee = {**span("Lee", None, 3, 3), "text": None}
    bare = {"head": 1, "child": 3, "child_span": lee, "label": "like"}
    kim = {"head": 0, "head_span": {**span("Kim", None, 0, 0)}, "child": 2, "label": "x"}
    (found,) = read(tmp_path, task(relations=[bare, kim]))
    assert relations(found.annotations[""]) == [
        ("like", ("😀", "mention"), ("Lee", "mention")),
        ("x", ("Kim", "PER"), ("met", "mention")),
    ]


def test_relations_with_the_label_coref_are_chains(tmp_path):
    pairs = [{"head": 0, "child": 5, "label": "COREF"}]
    (found,) = read(tmp_path, task(relations=pairs))
    annotation = found.annotations[""]
    assert [(e.type, e.name) for e in annotation.entities] == [("PER", "Kim")]
    assert {m.entity for m in annotation.mentions} == {annotation.entities[0].id}


def test_answers_and_annotators_are_told_apart(tmp_path):
    spans = [span("Kim", "PER", 0, 0)]
    one, *others = read(
        tmp_path,
        task(_annotator_id="ana", meta={"id": "a"}),
        task(_annotator_id="ana", spans=[span("Lee", "PER", 3, 3)], relations=[]),
        task(_annotator_id="bo", spans=spans, relations=[]),
        task(_annotator_id="cy", spans=spans, relations=[], answer="reject"),
        task(text="😀", tokens=[], spans=[], relations=[], accept=["HAPPY"]),
    )
    assert {who: len(a.mentions) for who, a in one.annotations.items()} == {"ana": 3, "bo": 1}
    assert [(loss.kind, loss.reason) for loss in one.losses] == [
        ("mentions", 'the answer is "reject"')
    ]
    assert one.items == {"mentions": 5, "relations": 1}
    (other,) = others
    assert [loss.kind for loss in other.losses] == ["choices"]
    assert (one.name, other.name) == ("a", "set-2")


def test_metadata_is_that_of_the_document(tmp_path):
    meta = {"source": "wire", "score": 0.5, "tags": ["a"], "none": None}
    (found,) = read(
        tmp_path, task(_annotator_id="ana", meta=meta), task(_annotator_id="bo", meta={"score": 1})
    )
    assert found.meta == {"source": "wire", "score": 0.5, "tags": '["a"]'}
    assert [(loss.kind, loss.name) for loss in found.losses] == [("metadata", "meta.score")]
    assert found.items["metadata"] == 1


def test_offsets_in_utf_16_are_recognized(tmp_path):
    moved = task()
    for part in (*moved["tokens"][2:], moved["spans"][1]):
        part["start"] += 1
        part["end"] += 1
    moved["tokens"][1]["end"] += 1
    (found,) = read(tmp_path, moved)
    assert [m.spans[0].text for m in found.annotations[""].mentions] == ["Kim", "Lee and Ana"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"relations": [{"head": 0, "child": 9, "label": "x"}]}, 'relation "x": there is no token 9.'),
        ({"spans": [span("Kim", "PER", 0, 0) | {"text": "Kid"}]}, 'span "PER" has another text at its offsets.'),
        ({"spans": [{"start": 3, "end": 90, "label": "A"}]}, 'span "A": 3 to 90 is not in the text,'),
        ({"spans": [{"start": "3"}]}, r"\$.spans\[0\]"),
        ({"text": None}, r"\$.text"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_understood_is_named(fields, message, tmp_path):
    with pytest.raises(InvalidInputError, match=f"set.jsonl, line 2[:,] .*{message}"):
        read(tmp_path, {"text": "Kim"}, task(**fields))


def test_tokens_are_those_of_a_text_as_spacy_has_it(repository, tmp_path):
    name = min(path.stem for path in (repository.annotations / "gold").glob("*.json"))
    document, annotation = repository.read_document(name), repository.read_annotation("gold", name)
    one, other = [m.id for m in annotation.mentions if len(m.spans) == 1][:2]
    relation = Relation(type="near", source=one, target=other)
    reduced = reduce(document, replace(annotation, relations=(relation,)), FORM.holds)
    path = tmp_path / "train.jsonl"
    FORM.writer(Output(path, [(reduced.document, reduced.annotation)], repository.ontology))
    (written,) = map(json.loads, path.read_text().splitlines())
    tokens = written["tokens"]
    doc = Doc(
        spacy.blank("en").vocab, [t["text"] for t in tokens], [t["ws"] for t in tokens]
    )  # fmt: skip
    assert doc.text == written["text"] == document.text
    assert [(t["start"], t["end"]) for t in tokens] == [(t.idx, t.idx + len(t)) for t in doc]
    for given in written["spans"]:
        found = doc[given["token_start"] : given["token_end"] + 1]
        assert (found.start_char, found.end_char) == (given["start"], given["end"])
    by_label = {r["label"]: r for r in written["relations"]}
    assert {*by_label} == {"near", "COREF"}
    assert by_label["near"]["head"] == by_label["near"]["head_span"]["token_end"]
