"""The report on annotators' work, from their files to each output."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from dateline.corpus.store import canonical_json
from dateline.label_studio.sync.kept_results import KeptResult, kept_path
from dateline.model import Origin

from ..corpora import CorpusMaker, gold_of, make_annotation

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
DOCUMENTS = 24


def submitted(annotation, days):
    time = f"{START + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    return replace(
        annotation, provenance=replace(annotation.provenance, created=time, updated=time)
    )


def without_mentions(items, number):
    """Without the last mentions that nothing refers to."""
    used = {"m1", "m3", "m7", "m9"}
    free = [mention for mention in items["mentions"] if mention["id"] not in used]
    gone = {mention["id"] for mention in free[:number]}
    kept = [mention for mention in items["mentions"] if mention["id"] not in gone]
    entities = {mention["entity"] for mention in kept}
    return items | {
        "mentions": kept,
        "entities": [entity for entity in items["entities"] if entity["id"] in entities],
    }


@pytest.fixture
def team(tmp_path):
    """Ana and cy make one error in a few texts; bo misses more mentions with each text."""
    maker = CorpusMaker(tmp_path)
    corpus = maker.empty()
    for number in range(DOCUMENTS):
        document = maker.add_in_split(corpus, "train")
        items = gold_of(document.text)
        maker.add(corpus, document, make_annotation(document, items))
        missed = {"ana": number % 5 == 0, "bo": number // 5, "cy": number % 7 == 0}
        for name, misses in missed.items():
            own = without_mentions(items, misses)
            maker.add(corpus, document, submitted(make_annotation(document, own, name), number))
    return corpus


def test_work_agreement_and_drift_of_each_annotator(team, run):
    first = team.document_ids()[0]
    kept = KeptResult(
        project=1, task=1, annotation=1, user=2, created="", updated="", tool="", result=[],
        lead_time=90,
    )  # fmt: skip
    path = kept_path(team, "bo", first)
    path.parent.mkdir()
    path.write_bytes(canonical_json(kept))
    result = run(team, "quality", "--format", "json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert [(one["annotator"], one["week"]) for one in report["work"]][:4] == [
        ("ana", "2026-W02"), ("ana", "2026-W03"), ("ana", "2026-W04"), ("ana", "2026-W05"),
    ]  # fmt: skip
    bo = [one for one in report["work"] if one["annotator"] == "bo"]
    assert [one["documents"] for one in bo] == [7, 7, 7, 3]
    assert (bo[0]["seconds"], bo[0]["timed"]) == (90, 1)
    assert [one["gold"]["value"] for one in bo] == sorted(
        (one["gold"]["value"] for one in bo), reverse=True
    )
    assert bo[1]["gold"]["low"] < bo[1]["gold"]["value"] < bo[1]["gold"]["high"]
    flagged = [(one["annotator"], one["against"]) for one in report["drift"] if one["flagged"]]
    assert flagged == [("bo", "gold"), ("bo", "others")]


def test_the_table_and_the_page_name_who_drifts(team, run):
    result = run(team, "quality")
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["bo", "gold", "yes"] in [line[:3] for line in lines]
    assert ["ana", "gold", "no"] in [line[:3] for line in lines]
    page = run(team, "quality", "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    assert "<h2>Drift</h2>" in page
    assert "2026-W05" in page


def test_only_people_named_documents_and_layers_count(team, run):
    team.root.joinpath("annotations", "annotators.json").write_text(
        '{"annotators": [{"pseudonym": "cy", "kind": "model"}]}', encoding="utf-8"
    )
    documents = team.document_ids()[:2]
    result = run(
        team, "quality", "--format", "json", "--documents", ",".join(documents), "--layers",
        "entities",
    )  # fmt: skip
    report = json.loads(result.stdout)
    assert {one["annotator"] for one in report["work"]} == {"ana", "bo"}
    assert sum(one["documents"] for one in report["work"]) == 4
    assert {one["layer"] for one in report["labels"]} == {"entities"}
    assert {one["p"] for one in report["drift"]} == {None}


def test_annotations_of_a_model_do_not_count_as_those_of_a_person_that_is_not_listed(team, run):
    for name in team.document_ids():
        made = team.read_annotation("cy", name)
        by_model = replace(made.provenance, kind="model", tool="robot 1")
        team.write_annotation(replace(made, provenance=by_model))
    report = json.loads(run(team, "quality", "--format", "json").stdout)
    assert {one["annotator"] for one in report["work"]} == {"ana", "bo"}
    shown = run(team, "annotators", "list")
    assert "dateline annotators add cy --kind model" in shown.stderr
    assert "dateline annotators add bo --kind human" in shown.stderr
    team.root.joinpath("annotations", "annotators.json").write_text(
        '{"annotators": [{"pseudonym": "cy", "kind": "human"}]}', encoding="utf-8"
    )
    report = json.loads(run(team, "quality", "--format", "json").stdout)
    assert {one["annotator"] for one in report["work"]} == {"ana", "bo", "cy"}


def test_what_a_curator_made_of_conflicts_does_not_count(team, run):
    before = json.loads(run(team, "quality", "ana", "bo", "--format", "json").stdout)
    for name in team.document_ids():
        made = team.read_annotation("cy", name)
        origin = Origin(
            started_from="conflicts@7b518f14b963", confirmed=(), changed=(), drawn=(), removed=()
        )
        team.write_annotation(replace(made, provenance=replace(made.provenance, origin=origin)))
    assert json.loads(run(team, "quality", "--format", "json").stdout) == before


def test_too_few_shared_documents_tell_nothing_about_labels(team, run):
    few, enough = team.document_ids()[:3], team.document_ids()[:10]
    shown = run(team, "quality", "ana", "cy", "--documents", ",".join(few))
    assert "too few shared documents to tell" in shown.stdout
    assert "No label is used differently" not in shown.stdout
    shown = run(team, "quality", "ana", "cy", "--documents", ",".join(enough))
    assert "No label is used differently" in shown.stdout


def test_a_few_items_have_no_interval(entities_only, run):
    document = entities_only.document_ids()[0]
    gold = entities_only.read_annotation("gold", document)
    entities_only.write_annotation(replace(gold, annotator="ana", mentions=gold.mentions[:2]))
    report = json.loads(run(entities_only, "quality", "--format", "json").stdout)
    (work,) = report["work"]
    assert (work["week"], work["items"]) == (None, 2)
    assert (work["gold"]["low"], work["gold"]["high"]) == (None, None)


def test_every_layer_is_compared(layered, run):
    document = layered.document_ids()[0]
    gold = layered.read_annotation("gold", document)
    changed = {
        "attributes": gold.attributes | {"genre": "news"},
        "relations": gold.relations[1:],
        "event_relations": (),
        "claims": (replace(gold.claims[0], cue=None), *gold.claims[1:]),
        "events": (replace(gold.events[0], arguments=()), *gold.events[1:]),
    }
    values = []
    for field, value in changed.items():
        layered.write_annotation(replace(gold, annotator="ana", **{field: value}))
        result = run(layered, "quality", "--format", "json")
        assert result.exit_code == 0, result.output
        values.append(json.loads(result.stdout)["work"][0]["gold"]["value"])
    assert all(0.8 < value < 1 for value in values), values


def test_without_annotations_the_message_says_so(empty_corpus, run):
    result = run(empty_corpus, "quality")
    assert result.exit_code == 1
    assert "no person has annotated" in result.stderr
