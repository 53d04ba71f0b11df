"""The ontology changes while people annotate, and no submitted work is lost."""

from __future__ import annotations

import json

import pytest

from dateline.corpus.store import Corpus

from ..test_rename import RENAMED, rename_in


@pytest.fixture
def small(files):
    files.check()
    return files.corpus


@pytest.fixture
def submitted(small, sync, label_studio, title):
    """Gold pushed, and submitted by an annotator as it is; the task."""
    assert sync(small, "push", "--from", "gold").exit_code == 0
    task = label_studio.annotator.tasks(title)["summit"]
    label_studio.annotator.submit(task, task["predictions"][0]["result"])
    return task


def change(corpus, edit):
    path = corpus.root / "schema" / "ontology.schema.json"
    schema = json.loads(path.read_bytes())
    edit(schema)
    path.write_text(json.dumps(schema), encoding="utf-8")
    return Corpus(corpus.root)


def rename_all(schema):
    for (kind, old), new in RENAMED.items():
        rename_in(schema, kind, old, new)


def without_person(schema):
    entries = schema["$defs"]["entityType"]["oneOf"]
    entries[:] = [entry for entry in entries if entry["const"] != "PERSON"]
    for role in schema["$defs"]["role"].values():
        role["x-fillers"] = [filler for filler in role["x-fillers"] if filler != "PERSON"]


def test_a_removed_label_is_refused_with_its_number_of_uses(
    small, sync, submitted, label_studio, title
):
    before = label_studio.owner.project(title)["label_config"]
    result = sync(change(small, without_person), "push")
    assert result.exit_code == 1
    assert (
        'label "PERSON" of "entity": used 4 times in 1 annotation on the server and '
        "4 times in 1 annotation in annotations/" in result.stderr
    )
    assert "x-formerly" in result.stderr
    assert label_studio.owner.project(title)["label_config"] == before


def test_work_submitted_under_old_names_is_pulled_under_new_names(
    small, sync, run, submitted, label_studio, title
):
    person = f"{label_studio.annotator.id}=ana"
    assert sync(small, "pull", "--users", person).exit_code == 0
    on_server = label_studio.annotator.tasks(title)["summit"]["annotations"][0]["result"]
    corpus = change(small, rename_all)

    # Pulled before the files are renamed: neither a conflict nor an edit.
    result = sync(corpus, "pull", "--users", person)
    assert result.exit_code == 0, result.output
    assert result.stdout == "annotations/ana/summit.json\n"
    assert "edited here" not in result.stderr

    assert run(corpus, "rename").exit_code == 0
    assert run(corpus, "validate").exit_code == 0
    gold, ana = (corpus.read_annotation(name, "summit") for name in ("gold", "ana"))
    for field in ("mentions", "entities", "events", "event_relations", "claims", "claim_relations"):
        assert getattr(ana, field) == getattr(gold, field)

    # The page offers both names, so the server keeps what it had; and a new push changes nothing.
    result = sync(corpus, "push", "--from", "gold")
    assert result.exit_code == 0, result.output
    assert "found, its labels updated" in result.stderr
    config = label_studio.owner.project(title)["label_config"]
    for (_, old), new in RENAMED.items():
        assert f'value="{old}"' in config
        assert f'value="{new}"' in config
    task = label_studio.annotator.tasks(title)["summit"]
    assert task["annotations"][0]["result"] == on_server
    assert "labels updated" not in sync(corpus, "push").stderr

    # Half of it is relabelled, the rest stays under the old names.
    rows = json.loads(json.dumps(on_server))
    for row in rows:
        if row.get("value", {}).get("labels") == ["MEET"]:
            row["value"]["labels"] = ["MEETING"]
    label_studio.annotator.update(task["annotations"][0]["id"], rows)
    result = sync(corpus, "pull", "--users", person)
    assert result.exit_code == 0, result.output
    after = corpus.read_annotation("ana", "summit")
    assert (after.mentions, after.events, after.claims) == (ana.mentions, ana.events, ana.claims)


def test_renaming_labels_loses_nothing_on_the_server(
    small, sync, run, submitted, label_studio, title
):
    person = f"{label_studio.annotator.id}=ana"
    names = ["entity:PERSON=HUMAN", "role:party=participant", "event.tense:past=over"]
    assert run(small, "rename", *names).exit_code == 0
    corpus = Corpus(small.root)
    for command in (("push", "--from", "gold"), ("pull", "--users", person)):
        result = sync(corpus, *command)
        assert result.exit_code == 0, result.output
    assert run(corpus, "validate").exit_code == 0
    gold, ana = (corpus.read_annotation(name, "summit") for name in ("gold", "ana"))
    assert (ana.mentions, ana.events, ana.claims) == (gold.mentions, gold.events, gold.claims)
    # Gold under the new names is offered beside what was offered before.
    assert len(label_studio.annotator.tasks(title)["summit"]["predictions"]) == 2


def test_a_new_project_has_only_the_new_names(small, sync, run, label_studio, title):
    corpus = change(small, rename_all)
    assert run(corpus, "rename").exit_code == 0
    assert sync(corpus, "push", "--from", "gold").exit_code == 0
    config = label_studio.owner.project(title)["label_config"]
    assert 'value="HUMAN"' in config
    assert 'value="PERSON"' not in config
