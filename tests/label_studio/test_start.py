"""Annotations that start from predictions, and their recorded origin."""

from __future__ import annotations

import json

import msgspec
import pytest

from dateline.model import CONTENT_FIELDS, canonical

from ..chemistry import annotated_reaction
from ..conftest import SEED
from .test_network_failures import corpus_at
from .test_pull import rows_of
from .test_sync import content


def prediction_of(annotation):
    said = json.loads(msgspec.json.encode(annotation))
    fields = ("document", "text_sha256", *CONTENT_FIELDS)
    return {name: said[name] for name in fields if name in said}


def written(path, *lines):
    path.write_text(
        "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines),
        encoding="utf-8",
    )
    return str(path)


@pytest.fixture
def five(tmp_path):
    return corpus_at(tmp_path / "five")


def test_a_model_can_be_the_start(real_corpus, sync, label_studio, title, tmp_path):
    gold = real_corpus.read_annotation("gold", SEED)
    file = written(tmp_path / "A Model.jsonl", prediction_of(gold))
    for added in (1, 0):
        result = sync(real_corpus, "push", "--from", file)
        assert result.exit_code == 0, result.output
        assert f"annotations to start from: {added} added" in result.stderr
    task = label_studio.annotator.tasks(title)[SEED]
    (prediction,) = task["predictions"]
    assert prediction["model_version"].startswith("a-model@")
    label_studio.annotator.submit(task, rows_of(task), parent_prediction=prediction["id"])
    assert sync(real_corpus, "pull", "--users", f"{label_studio.annotator.id}=ana").exit_code == 0
    pulled = real_corpus.read_annotation("ana", SEED)
    assert content(pulled) == content(gold)
    origin = pulled.provenance.origin
    assert origin.started_from == prediction["model_version"]
    assert set(origin.confirmed) == set(gold.ids())
    assert (origin.changed, origin.drawn, origin.removed) == ((), (), ())


def test_predictions_with_other_labels(tmp_path, chemistry, sync, label_studio, title):
    document, annotation = annotated_reaction(chemistry)
    chemistry.write_document(document)
    file = written(tmp_path / "m.jsonl", prediction_of(canonical(annotation)))
    assert sync(chemistry, "push", "--from", file).exit_code == 0
    assert len(label_studio.owner.tasks(title)[document.id]["predictions"]) == 1


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda p: "{", "line 2: column 1: ends within an object"),
        (lambda p: "\udcff", "line 2: byte 0xff at position 0 is not UTF-8"),
        (lambda p: "[]\n", "line 2: "),
        (lambda p: p | {"document": "zz"}, 'line 2 /document: "zz" is not a document here'),
        (lambda p: p | {"document": "a"}, 'line 2 /document: "a" is already predicted on line 1'),
        (lambda p: p | {"text_sha256": "0" * 64}, "line 2 /text_sha256: is not the hash of the document's text"),
        (lambda p: p | {"mentions": 1}, "line 2"),
        (
            lambda p: p | {"mentions": [p["mentions"][0] | {"type": "HOBBIT"}]},
            "line 2 /mentions/0/type",
        ),
        (
            lambda p: {
                "document": "b",
                "mentions": [
                    p["mentions"][0]
                    | {"entity": None, "spans": [{"start": 0, "end": 3, "text": "xyz"}]}
                ],
            },
            "line 2 /mentions/0/spans/0",
        ),
    ],
    ids=[
        "no json", "no utf-8", "no object", "no document", "twice", "andifferent text", "a field",
        "a label", "a quote",
    ],
)  # fmt: skip
def test_bad_predictions_are_explained_and_nothing_is_pushed(
    five, sync, label_studio, title, tmp_path, edit, message
):
    first, second = (prediction_of(five.read_annotation("gold", name)) for name in "ab")
    path = tmp_path / "bad.jsonl"
    line = edit(second)
    line = line if isinstance(line, str) else json.dumps(line)
    path.write_bytes(f"{json.dumps(first)}\n{line}".encode("utf-8", "surrogateescape"))
    result = sync(five, "push", "--from", str(path))
    assert result.exit_code == 1
    assert message in result.stderr
    assert label_studio.owner.project(title) is None


@pytest.mark.parametrize("lines", [[], ["\n\n"]], ids=["empty", "blank"])
def test_a_file_without_predictions_is_explained(five, sync, tmp_path, lines):
    result = sync(five, "push", "--from", written(tmp_path / "none.jsonl", *lines))
    assert result.exit_code == 1
    assert "is empty" in result.stderr
    result = sync(five, "push", "--from", str(tmp_path / "nowhere.jsonl"))
    assert "there is no such file" in result.stderr


@pytest.mark.parametrize("exported", [False, True], ids=["listed", "exported"])
def test_what_was_changed_drawn_and_removed_is_told(
    five, sync, run, label_studio, title, monkeypatch, exported
):
    from dateline.label_studio.server import reading

    if exported:
        monkeypatch.setattr(reading, "MAX_LISTED", 0)
    sync(five, "push", "--from", "gold")
    task = label_studio.annotator.tasks(title)["a"]
    gold = five.read_annotation("gold", "a")
    kept, changed, removed = (mention.id for mention in gold.mentions[:3])
    rows = [
        row for row in rows_of(task) if removed not in (row.get("id"), row.get("from_id"), row.get("to_id"))
    ]  # fmt: skip
    attribute = next(r for r in rows if r.get("id") == changed and r["type"] == "choices")
    values = next(a for a in five.ontology.layers["entities"].attributes).values
    attribute["value"]["choices"] = [
        next(v.name for v in values if v.name not in attribute["value"]["choices"])
    ]
    label = next(r for r in rows if r.get("id") == kept and r["from_name"] == "entity")
    rows.append(label | {"id": "drawn"})
    prediction = task["predictions"][0]
    label_studio.annotator.submit(task, rows, parent_prediction=prediction["id"])
    sync(five, "pull", "--users", f"{label_studio.annotator.id}=ana")
    pulled = five.read_annotation("ana", "a")
    origin = pulled.provenance.origin
    assert origin.started_from == prediction["model_version"]
    assert origin.drawn == ("drawn", "drawn.entity")
    assert changed in origin.changed
    assert kept in origin.confirmed
    assert removed in origin.removed
    assert {*origin.confirmed, *origin.changed, *origin.drawn} == set(pulled.ids())
    assert "origin" not in run(five, "validate").stdout, "it fits its schema"
    before = five.annotation_path("ana", "a").read_bytes()
    assert "0 written, 1 unchanged" in sync(five, "pull", "--full").stderr
    assert five.annotation_path("ana", "a").read_bytes() == before


def test_without_a_start_there_is_no_origin(five, sync, label_studio, title):
    sync(five, "push")
    task = label_studio.annotator.tasks(title)["a"]
    label_studio.annotator.submit(task, [])
    sync(five, "pull", "--users", f"{label_studio.annotator.id}=ana")
    assert five.read_annotation("ana", "a").provenance.origin is None
    assert b"origin" not in five.annotation_path("ana", "a").read_bytes()
