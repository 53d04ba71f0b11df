"""What annotators have to do does not grow by itself, and they see the guidelines."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from dateline.corpus.store import Corpus
from dateline.label_studio.config.instructions import MAX_LENGTH, instructions
from dateline.label_studio.plan.plan import plan_path, read_plan
from dateline.label_studio.sync.pending_push import read_pending, remove_pending, write_pending

from .test_network_failures import corpus_at


@pytest.fixture
def five(tmp_path):
    return corpus_at(tmp_path / "five")


@pytest.fixture
def lot(five, sync, title, label_studio):
    """The documents in ana's project, which got two of five."""
    assert sync(five, "push", "--annotators", "ana", "--documents", "a,b").exit_code == 0

    def documents():
        return {*label_studio.owner.tasks(f"{title} · ana")}

    assert documents() == {"a", "b"}
    return documents


def add_label(corpus):
    path = corpus.root / "schema" / "ontology.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    label = {"const": "VEHICLE", "title": "Vehicle", "description": "A ship.", "x-color": "#123456"}
    schema["$defs"]["entityType"]["oneOf"].append(label)
    path.write_text(json.dumps(schema), encoding="utf-8")
    return Corpus(corpus.root)


def test_a_lot_grows_only_by_documents_that_are_named(five, sync, lot, tmp_path):
    result = sync(five, "push", "--annotators", "ana", "--from", "gold")
    assert result.exit_code == 0, result.output
    assert "documents: 0 added, 2 already there; 3 others of the corpus not added" in result.stderr
    assert "annotations to start from: 2 added" in result.stderr
    assert lot() == {"a", "b"}
    ids = tmp_path / "ids.txt"
    ids.write_text("# second week\nb\n\nc\n", encoding="utf-8")
    assert sync(five, "push", "--annotators", "ana", "--documents-from", str(ids)).exit_code == 0
    assert lot() == {"a", "b", "c"}
    assert sync(five, "push", "--annotators", "ana", "--all").exit_code == 0
    assert lot() == {"a", "b", "c", "d", "e"}


def test_only_labels_and_instructions_are_updated(five, sync, title, lot, label_studio):
    result = sync(add_label(five), "push", "--annotators", "ana", "--labels-only")
    assert result.exit_code == 0, result.output
    assert "its labels updated" in result.stderr
    assert "instructions: guidelines updated" in result.stderr
    project = label_studio.owner.project(f"{title} · ana")
    assert "VEHICLE" in project["label_config"]
    assert "A ship." in project["expert_instruction"]
    assert lot() == {"a", "b"}
    result = sync(five, "push", "--labels-only", "--project", "nobody pushed to this")
    assert 'there is no project "nobody pushed to this" to update' in result.stderr
    result = sync(five, "push", "--labels-only", "--documents", "a")
    assert result.exit_code == 2


def test_the_guidelines_are_the_projects_instructions(five, sync, title, label_studio):
    page = five.root / "docs" / "guidelines.md"
    page.parent.mkdir()
    page.write_text("# How to <script>alert(1)</script>\n\n1. Read & mark.\n", encoding="utf-8")
    assert sync(five, "push").exit_code == 0
    project = label_studio.owner.project(title)
    assert project["show_instruction"] is True
    assert "<li>Read &amp; mark.</li>" in project["expert_instruction"]
    assert "<script" not in project["expert_instruction"]
    assert "instructions" not in sync(five, "push").stderr
    page.write_text("# Other rules\n", encoding="utf-8")
    assert "instructions: guidelines updated" in sync(five, "push").stderr
    own = "<p>Ask Ana.</p>"
    label_studio.owner.patch(f"/api/projects/{project['id']}/", expert_instruction=own)
    assert "instructions: kept" in sync(five, "push").stderr
    assert label_studio.owner.project(title)["expert_instruction"] == own


def test_instructions_are_escaped_and_bounded(empty_corpus):
    page = empty_corpus.root / "docs" / "guidelines.md"
    page.parent.mkdir()
    hostile = "[x](https://example.org) ![y](https://example.org/y.png) <img src=x onerror=a()>\n\n"
    page.write_text(hostile + "word " * 30_000 + "\n\nlast\n", encoding="utf-8")
    html = instructions(empty_corpus)
    assert "example.org" not in html
    assert "<img" not in html
    assert len(html) < MAX_LENGTH + 1000
    assert "These guidelines are cut" in html
    page.unlink()
    assert "<h1>Labels</h1>" in instructions(empty_corpus)


def test_an_interrupted_push_is_completed_by_the_next(empty_corpus):
    where = (empty_corpus, "http://localhost", "T · ana")
    assert read_pending(*where) == ()
    write_pending(*where, ["a", "b"])
    write_pending(*where, ["c"])
    assert read_pending(*where) == ("a", "b", "c")
    assert read_pending(empty_corpus, "http://localhost", "T · bo") == ()
    remove_pending(*where, ["b", "c"])
    assert read_pending(*where) == ("a",)
    remove_pending(*where, ["a"])
    assert [*(empty_corpus.root / ".dateline").glob("push-*")] == []


def test_a_file_of_ids_is_checked(five, sync, tmp_path):
    ids = tmp_path / "ids.txt"
    ids.write_text("# nothing\n", encoding="utf-8")
    result = sync(five, "push", "--documents-from", str(ids))
    assert f"{ids}: has no ids" in result.stderr
    ids.write_text("nowhere\n", encoding="utf-8")
    result = sync(five, "push", "--documents-from", str(ids))
    assert "nowhere: there is no file corpus/nowhere.json" in result.stderr


def test_the_instructions_have_only_the_layers_of_the_corpus(entities_only, layered):
    (entities_only.root / "docs" / "guidelines.md").unlink(missing_ok=True)
    (layered.root / "docs" / "guidelines.md").unlink(missing_ok=True)
    headings = ("Report", "Relation", "Event", "Claim", "Roles")
    names, every = instructions(entities_only), instructions(layered)
    assert "PERSON" in names
    assert not any(f">{heading}</h" in names for heading in headings)
    assert all(f">{heading}</h" in every for heading in headings)


def test_a_plan_is_pushed_lot_by_lot_and_gold_questions_are_empty(
    five, sync, run, title, label_studio, tmp_path
):
    for name in "abcd":
        gold = five.read_annotation("gold", name)
        five.write_annotation(replace(gold, annotator="draft"))
        five.annotation_path("gold", name).unlink()
    planned = run(
        five, "studio", "assign", "--annotators", "ana,bo", "--overlap", "50%", "--gold", "34%",
        "--batch", "2",
    )  # fmt: skip
    assert planned.exit_code == 0, planned.output
    plan = read_plan(plan_path(five))
    file = ("--plan", str(plan_path(five)))

    def planned_of(name, lot):
        return {one.document for one in plan.of(name) if one.lot <= lot}

    states = json.loads(sync(five, "status", *file, "--format", "json").stdout)
    assert {(one["annotator"], one["state"]) for one in states} == {
        ("ana", "not pushed"), ("bo", "not pushed"),
    }  # fmt: skip
    for _ in range(2):
        result = sync(five, "push", *file, "--from", "draft")
        assert result.exit_code == 0, result.output
        for name in ("ana", "bo"):
            tasks = label_studio.owner.tasks(f"{title} · {name}")
            assert tasks.keys() == planned_of(name, 1)
            filled = {name for name, task in tasks.items() if task["predictions"]}
            assert filled == tasks.keys() - {"e"}
    assert "ana: lot 1 of 2" in result.stderr
    # Nor does a push by name fill them in.
    assert sync(five, "push", *file, "--lot", "2").exit_code == 0
    assert sync(five, "push", "--annotators", "ana", "--from", "gold").exit_code != 0
    tasks = label_studio.owner.tasks(f"{title} · ana")
    assert tasks.keys() == planned_of("ana", 2) >= {"e"}
    assert not tasks["e"]["predictions"]
    for task in tasks.values():
        label_studio.owner.submit(task, [])
    assert sync(five, "pull", *file).exit_code == 0
    states = json.loads(sync(five, "status", *file, "--format", "json").stdout)
    assert {one["state"] for one in states if one["annotator"] == "ana"} == {"pulled"}
    assert {one["document"] for one in states if one["annotator"] == "bo"} == planned_of("bo", 9)
    result = sync(five, "status", *file, "--state", "pulled", "--format", "json")
    assert {one["annotator"] for one in json.loads(result.stdout)} == {"ana"}
    page = sync(five, "status", *file, "--format", "html").stdout
    assert "<h1>Progress</h1>" in page
    assert "<h2>Submitted by week</h2>" in page
    data = tasks["e"]["data"]
    assert (data["title"], data["split"]) == ("e", five.read_document("e").split)
