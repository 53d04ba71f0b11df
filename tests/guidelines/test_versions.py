"""Changes of rules reach the annotations that were made before."""

from __future__ import annotations

import json

import pytest

from dateline.corpus.guidelines import RECORD, CurrentGuidelines, guidelines_of
from dateline.corpus.snapshot import Snapshot
from dateline.model import Guidelines, made_by
from dateline.release.diff.snapshot_diff import snapshot_changes
from dateline.release.diff.version_bump import level_of
from dateline.release.version import Level

from .conftest import Project, describe

WIDER = describe("PERSON", "One person, or a title that stands for one.")


@pytest.fixture
def made(project: Project) -> Project:
    """Version 0.1.0 is recorded, and ana and gold were annotated by it."""
    project.record()
    project.annotate("ana", "gold")
    return project


def test_a_changed_rule_is_reported_its_items_are_listed_and_checked_off(made: Project):
    assert made.findings() == []
    assert made.reopen() == []
    made.change(WIDER, "0.2.0")
    assert [subject for _, subject, _ in made.findings("G902")] == ["rules.json"]
    assert "recorded, with 1 rule new" in made.record("Titles count")
    message = "entity:PERSON changed in 0.2.0, and 2 items were annotated by 0.1.0"
    assert made.findings() == [
        ("ana", "entity:PERSON", message),
        ("gold", "entity:PERSON", message),
    ]
    listed = made.reopen("--annotators", "gold")
    assert [(item["kind"], item["id"], item["quote"]) for item in listed] == [
        ("mention", "m1", "Dr. Okafor"),
        ("mention", "m8", "she"),
    ]
    assert listed[0] | {"id": "", "quote": ""} == {
        "document": "report", "annotator": "gold", "kind": "mention", "id": "", "quote": "",
        "label": "PERSON", "rule": "entity:PERSON", "before": "0.1.0", "after": "0.2.0",
        "reason": "Titles count",
    }  # fmt: skip
    result = made.run("reopen", "--checked", "--annotators", "gold,ana")
    assert "annotations/gold/report.json: marked as checked" in result.stderr
    assert made.annotation("gold").provenance.guidelines == guidelines_of(made.corpus)
    assert made.findings() == []
    assert made.reopen() == []
    result = made.run("reopen", "--checked", "--annotators", "gold")
    assert "all of these follow the current guidelines" in result.stderr


def test_a_corpus_that_never_recorded_hears_nothing(project: Project):
    project.annotate("ana")
    project.change(WIDER, "0.2.0")
    assert project.findings() == []
    for options in ((), ("--checked", "--annotators", "ana")):
        result = project.run("reopen", *options)
        assert result.exit_code == 1
        assert "dateline guidelines --record REASON" in result.stderr


def test_annotations_by_unknown_rules_are_reported_once_a_record_exists(project: Project):
    project.record()
    assert [message for *_, message in project.findings()] == [
        "the annotation was made by unknown rules"
    ]
    project.change(WIDER, "0.2.0")
    project.annotate("ana")
    project.change(describe("PERSON", "Another idea."))
    project.record("Decided")
    assert ("ana", "guidelines") in [(who, subject) for who, subject, _ in project.findings()]
    assert "rules of 0.2.0 that were not recorded" in project.findings()[0][2]
    (entry,) = project.reopen("--annotators", "ana")
    assert (entry["kind"], entry["id"], entry["rule"]) == ("text", None, None)


def test_two_sets_of_rules_cannot_have_one_version(made: Project):
    made.change(WIDER)
    before = (made.root / RECORD).read_bytes()
    result = made.run("guidelines", "--record", "Titles count")
    assert result.exit_code == 1
    assert 'has other rules for version "0.1.0". Changed: entity:PERSON.' in result.stderr
    assert "Raise x-version" in result.stderr
    result = made.run("reopen", "--checked", "--annotators", "ana")
    assert "Record them first" in result.stderr
    assert (made.root / RECORD).read_bytes() == before
    made.change(lambda _: None, "0.2.0")
    made.record("Titles count")
    assert "has these rules already" in made.record("Again")


def test_a_reason_is_one_line(project: Project):
    for reason in ("", "  ", "two\nlines"):
        result = project.run("guidelines", "--record", reason)
        assert result.exit_code == 1
        assert "The reason has to be one line" in result.stderr
    assert not (project.root / RECORD).exists()


def test_colors_hotkeys_titles_and_new_names_are_no_rules(made: Project):
    def decorate(definitions):
        person = definitions["mention"]["properties"]["type"]["oneOf"][2]
        person |= {"x-color": "#123456", "x-hotkey": "7", "title": "Human"}

    before = guidelines_of(made.corpus)
    made.change(decorate)
    assert guidelines_of(made.corpus) == before
    renames = ("entity:PERSON=HUMAN", "role:giver=donor", "act:ASSERT=STATE", "event:GIVE=HAND")
    for rename in renames:
        assert made.run("rename", rename).exit_code == 0
    assert guidelines_of(made.corpus) == before
    assert made.findings() == []


def test_items_are_found_under_new_names_too(made: Project):
    made.change(WIDER, "0.2.0")
    made.record("Titles count")
    assert made.run("rename", "entity:PERSON=HUMAN").exit_code == 0
    assert {subject for _, subject, _ in made.findings()} == {"entity:HUMAN"}
    assert {item["label"] for item in made.reopen("--labels", "HUMAN")} == {"HUMAN"}


def test_new_wording_needs_no_check(made: Project):
    made.change(WIDER, "0.1.1")
    made.record("Typing errors", "--editorial")
    assert made.findings() == []
    made.annotate("bo")
    made.change(describe("PERSON", "Anybody."), "0.2.0")
    made.record("Wider")
    assert {who for who, *_ in made.findings()} == {"ana", "bo", "gold"}
    made.change(
        lambda d: d["mention"]["properties"]["type"]["oneOf"].append(
            {"const": "NEW", "description": "New."}
        ),
        "0.2.1",
    )
    result = made.run("guidelines", "--record", "Typing errors", "--editorial")
    assert "An editorial version only changes wording" in result.stderr


def test_rules_that_are_again_what_they_were_need_no_check(made: Project):
    made.change(WIDER, "0.2.0")
    made.record("Titles count")
    made.change(describe("PERSON", "Means PERSON."), "0.3.0")
    made.record("Titles do not count")
    assert made.findings() == []


def test_a_new_label_is_one_finding_and_one_entry_for_a_text(made: Project):
    def add(definitions):
        labels = definitions["mention"]["properties"]["type"]["oneOf"]
        labels += [{"const": name, "description": "New."} for name in ("DEVICE", "GENE")]
        definitions["eventRelation"]["oneOf"][1]["description"] = "Brings it about."

    made.change(add, "0.2.0")
    made.record("Devices and genes")
    text = "the annotation was made by 0.1.0; added since: entity:DEVICE, entity:GENE"
    assert ("ana", "other rules", text) in made.findings()
    entries = made.reopen("--annotators", "ana", "--layers", "entities")
    assert [(e["kind"], e["id"], e["rule"]) for e in entries] == [
        ("text", None, "entity:DEVICE"),
        ("text", None, "entity:GENE"),
    ]


def test_every_rule_is_found_with_its_items(made: Project):
    """Change the description of every label, role and attribute, one at a time."""
    places = [*described(made.ontology["$defs"])]
    assert len(places) > 50
    changed, listed = set(), {}
    for node in places:
        current = CurrentGuidelines(made.corpus)
        node["description"] = f"{node.get('description', '')} Really."
        made.change(lambda _: None)
        (change,) = CurrentGuidelines(made.corpus).changes_since(current.version) or [None]
        after = {k: r.sha256 for k, r in CurrentGuidelines(made.corpus).rules.items()}
        (key,) = [k for k, rule in current.rules.items() if after[k] != rule.sha256]
        assert change is None or change.rule.title == key
        changed.add(key)
    assert len(changed) == len(places)
    assert changed == {*CurrentGuidelines(made.corpus).rules} - {"factuality"}
    made.change(lambda _: None, "0.2.0")
    made.record("Everything")
    for entry in made.reopen("--annotators", "gold"):
        listed.setdefault(entry["rule"], []).append((entry["kind"], entry["id"]))
    assert {kind for kind, _ in listed["factuality:certain"]} == {"factuality"}
    assert listed["role of GIVE:drug"] == [("argument", "v1")]
    assert listed["relation:CAUSES"] == [("relation", None), ("relation", None)]
    assert listed["document.topics:safety"] == [("document", None)]
    assert listed["entity.uses:pain"] == [("entity", "e3")]
    assert listed["mention.negated"] == [("mention", name) for name in ("m6", "m7", "m9")]
    assert {kind for kind, _ in listed["act:ASSERT"]} == {"claim"}
    assert {kind for kind, _ in listed["eventRelation:BEFORE"]} == {"eventRelation"}


def described(node):
    """The labels, roles, event types and attributes of definitions: what has a description."""
    if isinstance(node, list):
        for item in node:
            yield from described(item)
    if isinstance(node, dict):
        is_event_type = "type" in node.get("properties", {}) and "description" in node
        if ("const" in node and "description" in node) or is_event_type:
            yield node
        yield from node.get("attributes", {}).get("properties", {}).values()
        for item in node.values():
            yield from described(item)


PAGE = """# Guidelines

## Spans

Leave out {}.

## What changed

<!-- no rules -->

{}

## Labels

<!-- dateline:labels -->

{}

<!-- /dateline:labels -->
"""


def test_sections_of_the_page_are_rules(made: Project):
    made.write_page(PAGE.format("articles", "Nothing.", ""))
    made.change(lambda _: None, "0.2.0")
    made.record("A page")
    made.annotate("ana", "gold")
    before = guidelines_of(made.corpus)
    made.write_page(PAGE.format("\narticles", "Much.", "generated"))
    assert guidelines_of(made.corpus) == before
    made.write_page(PAGE.format("titles", "Much.", "generated"))
    made.change(lambda _: None, "0.3.0")
    made.record("Titles")
    ((who, subject, message), _) = made.findings()
    assert (who, subject) == ("ana", "other rules")
    assert message.endswith("changed, without items here: section:Spans")
    assert [(e["kind"], e["rule"]) for e in made.reopen("--annotators", "ana")] == [
        ("text", "section:Spans")
    ]


def test_rules_of_layers_that_were_not_annotated_do_not_matter(project: Project):
    project.record()
    project.annotate("gold")
    path = project.corpus.annotation_path("gold", "report")
    content = json.loads(path.read_bytes())
    kept = {k: v for k, v in content.items() if not k.startswith(("event", "claim"))}
    path.write_text(json.dumps(kept | {"layers": ["document", "entities", "relations"]}))
    project.change(
        lambda d: d["claim"]["properties"]["act"]["oneOf"][0].update(description="Other."), "0.2.0"
    )
    project.record("Acts")
    assert project.findings() == []
    assert project.reopen() == []


def test_a_record_that_cannot_be_read_is_an_error(made: Project):
    (made.root / RECORD).write_text("{")
    result = made.run("validate", "--format", "json")
    assert result.exit_code == 1
    codes = [found["code"] for found in json.loads(result.stdout)]
    assert [code for code in codes if code.startswith("G")] == ["G901"]
    assert made.run("guidelines", "--record", "Again").exit_code == 1
    assert (made.root / RECORD).read_text() == "{"


def test_unknown_names_are_refused(made: Project):
    result = made.run("reopen", "--labels", "PERSONS")
    assert "PERSONS: the guidelines have no such label or rule" in result.stderr
    assert (
        "nothing: there is no such annotation"
        in made.run("reopen", "--documents", "nothing").stderr
    )
    assert made.run("reopen", "--checked").exit_code == 2
    assert (
        made.run("reopen", "--checked", "--annotators", "ana", "--labels", "PERSON").exit_code == 2
    )


def test_version_and_hash_are_printed(project: Project):
    first = project.run("guidelines").stdout.splitlines()[0]
    assert first == f"Version 0.1.0, SHA-256 `{guidelines_of(project.corpus).sha256}`."


def adjudicate(project):
    result = project.run("adjudicate", "ana", "bo", "--curator", "cy", "--kind", "human")
    assert result.exit_code == 0, result.stderr


def test_adjudicated_gold_follows_the_earliest_guidelines(made: Project):
    first = guidelines_of(made.corpus)
    made.annotate("bo")
    made.corpus.annotation_path("gold", "report").unlink()
    adjudicate(made)
    assert made.annotation("gold").provenance.guidelines == first
    made.change(WIDER, "0.2.0")
    made.record("Titles count")
    second = guidelines_of(made.corpus)
    assert made.run("reopen", "--checked", "--annotators", "bo").exit_code == 0
    adjudicate(made)
    assert made.annotation("gold").provenance.guidelines == first
    assert made.run("reopen", "--checked", "--annotators", "gold").exit_code == 0
    adjudicate(made)
    assert made.annotation("gold").provenance.guidelines == second
    assert made.run("reopen", "--checked", "--annotators", "ana").exit_code == 0
    adjudicate(made)
    assert made.annotation("gold").provenance.guidelines == second


def test_accepted_gold_follows_the_guidelines_of_its_source(made: Project):
    made.corpus.annotation_path("gold", "report").unlink()
    assert made.run("accept", "ana").exit_code == 0
    assert made.annotation("gold").provenance.guidelines == guidelines_of(made.corpus)


def test_accepted_predictions_follow_the_current_guidelines(made: Project, tmp_path):
    path = tmp_path / "tagger.jsonl"
    mention = {"id": "m1", "spans": [], "type": "PERSON", "attributes": {"level": "name"}}
    mention["spans"] = [{"start": 0, "end": 10, "text": "Dr. Okafor"}]
    path.write_text(json.dumps({"document": "report", "mentions": [mention]}) + "\n")
    assert made.run("accept", str(path), "--as", "tagger").exit_code == 0
    assert made.annotation("tagger").provenance.guidelines == guidelines_of(made.corpus)


def test_the_hash_is_part_of_the_file_format(made: Project):
    path = made.corpus.annotation_path("ana", "report")
    content = json.loads(path.read_bytes())
    assert content["provenance"]["guidelines"]["version"] == "0.1.0"
    content["provenance"]["guidelines"]["sha256"] = "abc"
    path.write_text(json.dumps(content))
    assert made.run("validate").exit_code == 1
    assert Guidelines(version="1", sha256="0") != guidelines_of(made.corpus)


def test_a_check_does_not_change_the_data(made: Project):
    def read():
        annotations = {("ana", "report"): made.annotation("ana")}
        return Snapshot(schemas={}, documents={}, annotations=annotations)

    made.corpus.write_annotation(made_by(made.annotation("ana"), None))
    before = read()
    assert made.run("reopen", "--checked", "--annotators", "ana").exit_code == 0
    after = read()
    (change,) = snapshot_changes(before, after)
    assert {field.field.split(".")[1] for field in change.fields} == {"guidelines"}
    assert level_of(change) == Level.PATCH


def test_the_sources_that_must_be_given_are_a_rule(made: Project):
    before = CurrentGuidelines(made.corpus)
    assert "factuality" in before.rules
    made.change(lambda definitions: definitions["factuality"].pop("x-required"), "0.2.0")
    assert [*CurrentGuidelines(made.corpus).unrecorded.items()] == [("factuality", None)]
