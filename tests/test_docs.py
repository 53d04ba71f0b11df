"""The commands read and write the files that docs/files.md shows."""

from __future__ import annotations

import json
import re

import pytest

from dateline.corpus.store import Corpus

from .conftest import REPOSITORY, code_blocks
from .corpora import write_ontology
from .layered import ONTOLOGY as LAYERED_ONTOLOGY

PAGE = (REPOSITORY / "docs" / "files.md").read_text(encoding="utf-8")
DOCUMENT, ANNOTATION = code_blocks(PAGE, "json")
SIDECAR, WAIVER = code_blocks(PAGE, "toml")
(TABLE,) = code_blocks(PAGE, "csv")
SETTINGS = (REPOSITORY / "docs" / "ontology-format.md").read_text(encoding="utf-8")


@pytest.fixture
def corpus(empty_corpus):
    text = json.loads(DOCUMENT)["text"]
    (empty_corpus.seeds / "treaty.txt").write_text(text, encoding="utf-8")
    return empty_corpus


def test_the_seed_becomes_the_document_shown(corpus, run):
    assert run(corpus, "ingest").exit_code == 0
    assert json.loads(corpus.document_path("treaty").read_bytes()) == json.loads(DOCUMENT)


def test_the_document_has_the_metadata_shown(corpus, run):
    (corpus.seeds / "treaty.toml").write_text(SIDECAR, encoding="utf-8")
    assert run(corpus, "ingest").exit_code == 0
    document = corpus.read_document("treaty")
    assert document.title == "A headline"
    assert document.source.published == "2025-04-28"
    assert document.rights.holder == "A newspaper"
    assert (document.date, document.split, document.group) == ("2025-04-27", "test", "summit")


def test_the_table_shown_fits_the_declaration_shown(corpus, run):
    path = corpus.root / "schema" / "document.schema.json"
    schema = json.loads(path.read_bytes())
    schema["properties"]["meta"] |= json.loads(code_blocks(SETTINGS, "json")[-1])["meta"]
    path.write_text(json.dumps(schema), encoding="utf-8")
    (corpus.seeds / "seeds.csv").write_text(TABLE, encoding="utf-8")
    assert run(corpus, "ingest").exit_code == 0
    document = corpus.read_document("treaty")
    assert (document.split, document.group, document.meta) == (
        "test",
        "summit",
        {"genre": "report"},
    )


def test_the_annotation_and_the_waiver_shown_are_valid(corpus, run):
    corpus.document_path("treaty").write_text(DOCUMENT, encoding="utf-8")
    path = corpus.annotation_path("ana", "treaty")
    path.parent.mkdir()
    path.write_text(ANNOTATION, encoding="utf-8")
    assert run(corpus, "annotators", "add", "ana", "--kind", "human").exit_code == 0
    result = run(corpus, "validate")
    assert "0 errors, 0 warnings" in result.stderr
    (corpus.annotations / "waivers.toml").write_text(WAIVER, encoding="utf-8")
    result = run(corpus, "validate")
    assert "0 errors, 1 warning" in result.stderr
    assert "W701" in result.stdout


def test_the_prediction_shown_is_right_and_can_be_taken_over(corpus, run, tmp_path):
    corpus.document_path("treaty").write_text(DOCUMENT, encoding="utf-8")
    page = (REPOSITORY / "docs" / "benchmark.md").read_text(encoding="utf-8")
    shown = json.loads(code_blocks(page, "json")[0])
    path = tmp_path / "predictions.jsonl"
    path.write_text(json.dumps(shown), encoding="utf-8")
    result = run(corpus, "check-predictions", str(path))
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    taken = run(corpus, "accept", str(path), "--as", "robot")
    assert taken.exit_code == 0, taken.output
    found = corpus.read_annotation("robot", "treaty")
    assert [len(items) for items in (found.events, found.claims)] == [1, 1]


def test_the_ontology_shown_is_right_with_the_labels_and_attributes_shown(empty_corpus, run):
    page = (REPOSITORY / "docs" / "ontology-format.md").read_text(encoding="utf-8")
    blocks = map(json.loads, code_blocks(page, "json"))
    lives, labels, event, lists, logic, derived, factuality, sides, attributes, limited, *_ = blocks
    attributes["properties"] |= limited
    lists["eventRelation"]["oneOf"] = [*logic["oneOf"], derived]
    lives["$defs"]["mention"]["properties"]["attributes"] = attributes
    lives["$defs"]["mention"]["properties"]["type"]["oneOf"] += labels["oneOf"]
    lives["$defs"]["event"] = {"title": "Event", "oneOf": [event]}
    lives["$defs"]["claim"] = {
        "title": "Claim",
        "properties": {"act": {"oneOf": [{"const": "SAY", "description": "Somebody says it."}]}},
    }
    lives["$defs"] |= lists | sides
    write_ontology(empty_corpus, lives)
    assert run(Corpus(empty_corpus.root), "ontology").exit_code == 0
    lives["$defs"] |= factuality
    write_ontology(empty_corpus, lives)
    result = run(Corpus(empty_corpus.root), "ontology", env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    for shown in (
        "LIVES_IN",
        "reactant",
        "number from 0, in mg",
        "any of the labels",
        "CONTRADICTS",
        "Followed by INCLUDES, it gives BEFORE.",
        "Derived from the filler",
        "required of PLACE",
        "Factuality by source, for every event by AUTHOR",
    ):
        assert shown in result.stdout


def test_the_contrast_shown_can_be_declared(empty_corpus, run):
    page = (REPOSITORY / "docs" / "contrast-sets.md").read_text(encoding="utf-8")
    (sidecar, changes), texts = code_blocks(page, "toml"), code_blocks(page, "text")
    write_ontology(empty_corpus, LAYERED_ONTOLOGY)
    seeds = empty_corpus.seeds
    for name, text in zip(("strike", "strike-hedged"), texts, strict=True):
        (seeds / f"{name}.txt").write_text(text, encoding="utf-8")
    (seeds / "strike.toml").write_text('group = "strike"\n')
    for field in ('"modality"', '"polarity"'):
        (seeds / "strike-hedged.toml").write_text(sidecar.replace('"modality"', field))
        assert run(empty_corpus, "ingest").exit_code == 0
        shown = run(empty_corpus, "validate").stdout
        # The ontology has no modality, and other values of polarity.
        assert ('event has no field "modality"' in shown) == (field == '"modality"')
    assert "Allowed: positive, negative" in shown
    assert empty_corpus.read_document("strike-hedged").contrast.of == "strike"
    head = 'group = "strike"\n[contrast]\nof = "strike"\nkind = "roles"\n'
    (seeds / "strike-hedged.toml").write_text(head + changes)
    assert run(empty_corpus, "ingest").exit_code == 0
    assert len(empty_corpus.read_document("strike-hedged").contrast.changes) == 4


def test_the_modules_that_the_architecture_page_names_exist():
    page = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = page.partition("### Find something")[2].partition("\n## ")[0]
    named = re.findall(r"`([a-z_/]+(?:/|\.py|\.json))`", section)
    assert len(named) > 8
    for name in named:
        assert (REPOSITORY / "src" / "dateline" / name).exists() or (REPOSITORY / name).exists()
