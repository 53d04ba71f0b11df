"""Conflicts that a curator resolves in Label Studio, and their way into gold."""

from __future__ import annotations

import copy
import json
import re

import pytest
from playwright.sync_api import expect

from dateline.label_studio.sync.push import title_for

from ..adjudication.annotators import two, write
from .test_sync import as_submitted


@pytest.fixture
def corpus(files):
    """A corpus with two annotators who disagree in each kind of field; one of them left notes."""
    first, second = two(files)
    second["notes"] = [
        {"text": "Long."},
        {"item": "m3", "text": "Or the airport?", "unsure": True},
        {"item": "m1", "unsure": True},
    ]
    write(files.corpus, first, second)
    return files.corpus


@pytest.fixture
def project(title):
    """The title of the curator's project."""
    return title_for(title, "curation")


@pytest.fixture
def task(corpus, sync, project, label_studio):
    """The curator's task, with what it starts from."""
    result = sync(corpus, "push", "--conflicts", "ana,bo")
    assert result.exit_code == 0, result.output
    assert f"dateline studio pull --project '{project}' --users USER=CURATOR" in result.output
    assert "dateline adjudicate ana bo --from-curator CURATOR" in result.output
    (found,) = label_studio.annotator.tasks(project).values()
    return found


def started_from(label_studio, task):
    (prediction,) = label_studio.owner.get("/api/predictions/", task=task["id"])
    return prediction["result"]


def without_marks(rows):
    return [row for row in rows if not row.get("from_name", "").startswith("conflict")]


def pull(corpus, sync, project, label_studio):
    who = f"{label_studio.annotator.id}=cy"
    return sync(corpus, "pull", "--project", project, "--users", who)


def test_a_curators_decisions_in_label_studio_become_gold(
    corpus, sync, run, project, task, label_studio
):
    rows = started_from(label_studio, task)
    marks = [row for row in rows if row.get("from_name") == "conflict"]
    notes = [row["value"]["text"][0] for row in rows if row.get("from_name") == "conflict_note"]
    assert len(marks) == len(notes) > 5
    assert any('type of the entity "Oslo"' in note for note in notes)
    (oslo,) = (n for n in notes if "ana: GPE" in n and "bo: LOCATION" in n)
    assert "note of bo: unsure: Or the airport?\nnote of bo: on the document: Long." in oslo
    # What annotators agree on has a mark too if somebody left a note there.
    assert 'note of bo on the mention "Ana Ruiz": unsure' in notes
    # Submitted as it is, nothing is resolved.
    submitted = label_studio.annotator.submit(task, as_submitted(rows))
    result = pull(corpus, sync, project, label_studio)
    assert result.exit_code == 1
    assert "still has marked conflicts, so it was not pulled" in result.output
    assert not (corpus.annotations / "cy").exists()
    # Oslo is a place; the other conflicts are resolved as proposed.
    resolved = copy.deepcopy(without_marks(rows))
    for row in resolved:
        if row.get("from_name") == "entity" and row["value"]["text"] == "Oslo":
            row["value"]["labels"] = ["LOCATION"]
    label_studio.annotator.update(submitted, as_submitted(resolved))
    result = pull(corpus, sync, project, label_studio)
    assert result.exit_code == 0, result.output
    result = run(corpus, "adjudicate", "ana", "bo", "--from-curator", "cy", "--kind", "human")
    assert result.exit_code == 0, result.output
    gold = corpus.read_annotation("gold", "summit")
    (oslo,) = [m for m in gold.mentions if m.spans[0].text == "Oslo"]
    assert oslo.type == "LOCATION"
    assert {"Monday", "talks"} <= {s.text for m in gold.mentions for s in m.spans}
    assert gold.notes == ()
    curated = corpus.read_annotation("cy", "summit")
    assert len(gold.events) == len(curated.events)
    assert len(gold.claims) == len(curated.claims)
    lines = (corpus.annotations / "gold" / "summit.log.jsonl").read_bytes().splitlines()
    log = {r["case"]: r for r in map(json.loads, lines) if "case" in r}
    kind = log["entity/ana:n3+bo:n3/type"]
    assert (kind["choice"], kind["curator"], kind["role"]) == (["bo"], "cy", "human")
    assert kind["options"]["ana"]["value"] == "GPE"
    assert run(corpus, "validate").exit_code == 0


def test_the_same_push_adds_nothing(corpus, sync, task):
    again = sync(corpus, "push", "--conflicts", "ana,bo")
    assert again.exit_code == 0
    assert "documents: 0 added, 1 already there" in again.output
    assert "annotations to start from: 0 added, 1 already there" in again.output


def test_invalid_conflict_options_are_explained(corpus, sync):
    result = sync(corpus, "push", "--conflicts", "ana")
    assert "Name at least two different annotators" in result.output
    result = sync(corpus, "push", "--conflicts", "ana,bo", "--from", "gold")
    assert "Give either --from or --conflicts" in result.output


CHOSEN = {
    'claimer of the claim "the talks would go on"': "2",
    'cue of the claim "the talks would go on"': "none",
    'argument party of the event "met"': "1",
    'relation of the event relation "signed … attack"': "none",
}
"""The version of each conflict on relations that the curator takes; of others, that on the page."""


def test_conflicts_are_seen_at_once_and_resolved_with_keys(
    corpus, sync, run, project, task, label_studio, ana
):
    ana.open(label_studio.annotator.project(project)["id"], task["id"])
    expect(ana.page.locator('.htx-highlight[data-label*="conflict"]').first).to_be_visible()
    expect(ana.page.get_by_text("Select a conflict to read the versions.")).to_be_visible()
    note = ana.page.locator(".dateline .side .conflict")
    location = next(
        label.hotkey
        for label in corpus.ontology.layers["entities"].labels
        if label.name == "LOCATION"
    )
    visited, about, chosen = [], "", {}
    while True:
        ana.go_on()
        region = ana.selected_region()
        if region["id"] in visited:
            break
        visited.append(region["id"])
        if region["label"].endswith("conflict"):
            expect(note.first).to_be_visible()
            about = note.first.inner_text()
            title = next((title for title in CHOSEN if title in about), None)
            assert (region["label"] == "relation conflict") or title is None
            take(ana, note, CHOSEN[title] if title else "resolved")
            chosen[title] = about
        elif region["text"] == "Oslo":
            assert 'type of the entity "Oslo"' in about, "the conflict is visited just before"
            assert "note of bo: unsure: Or the airport?" in about
            ana.press(location)
            ana.wait_for_label("LOCATION")
    assert {*chosen} == {*CHOSEN, None}
    ana.submit()
    result = pull(corpus, sync, project, label_studio)
    assert result.exit_code == 0, result.output
    assert "1 unchanged" in pull(corpus, sync, project, label_studio).output
    curated = corpus.read_annotation("cy", "summit")
    result = run(corpus, "adjudicate", "ana", "bo", "--from-curator", "cy", "--kind", "human")
    assert result.exit_code == 0, result.output
    gold = corpus.read_annotation("gold", "summit")
    for one in (curated, gold):
        words = {m.id: m.spans[0].text for m in one.mentions}
        (oslo,) = [m for m in one.mentions if m.spans[0].text == "Oslo"]
        assert oslo.type == "LOCATION"
        (claim,) = [c for c in one.claims if c.spans[0].text == "the talks would go on"]
        assert (words[claim.claimer], claim.cue) == ("Ana Ruiz", None)
        events = {event.trigger[0].text: event for event in one.events}
        parties = [a.filler for a in events["met"].arguments if a.role == "party"]
        assert [words[party] for party in parties] == ["Ana Ruiz", "Bo Lind"]
        ends = {(r.source, r.target) for r in one.event_relations}
        assert (events["signed"].id, events["attack"].id) not in ends
        assert (events["met"].id, events["attack"].id) in ends


def take(ana, note, choice):
    """Choose a version at the selected conflict, or that it is resolved, by its key."""
    found = note.locator(".lsf-choice").filter(has_text=re.compile(rf"^{choice}\["))
    ana.press(re.search(r"\[(.+)\]", found.inner_text())[1])
    expect(found.locator("input")).to_be_checked()
