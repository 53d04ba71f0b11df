"""Datasets of corpora that declare other layers and attributes than this one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from datasets import List, Value

import dateline
from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.dataset.load import card_metadata, declared_tables
from dateline.dataset.row_hash import table_sha256
from dateline.dataset.withholding import lacks_text
from dateline.evaluation.gold import read_gold
from dateline.release.publishing.leaks import find_leaks

from ..conftest import Run
from ..corpora import write_ontology
from ..layered import TEXT

Load = Callable[..., Any]
CORPORA = ["layered", "entities_only"]


@pytest.fixture(params=CORPORA)
def any_corpus(request: pytest.FixtureRequest) -> Corpus:
    corpus: Corpus = request.getfixturevalue(request.param)
    return corpus


@pytest.fixture
def full(layered: Corpus) -> Path:
    build(layered, layered.root / "dist")
    return layered.root / "dist"


def rows(dist: Path, config: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dateline.load(config, "train", path=dist).to_list()
    return found


def test_every_config_is_loaded_as_it_was_built(any_corpus: Corpus, load_dataset: Load):
    dist = any_corpus.root / "dist"
    build(any_corpus, dist)
    for config in declared_tables(dist):
        expected = load_dataset(dist, config)["train"]
        loaded = dateline.load(config, "train", path=dist)
        assert loaded.features == expected.features
        assert loaded.to_list() == expected.to_list()
        assert len(loaded) > 0


def test_the_gold_of_the_dataset_is_that_of_the_corpus(any_corpus: Corpus):
    build(any_corpus, any_corpus.root / "dist")
    (expected,) = read_gold(any_corpus.root).documents
    (found,) = read_gold(any_corpus.root / "dist").documents
    assert found.items.content() == expected.items.content()
    assert found.layers == expected.layers


def test_there_are_only_columns_for_what_is_declared(entities_only: Corpus, run: Run):
    result = run(entities_only, "build")
    assert result.exit_code == 0, result.output
    dist = entities_only.root / "dist"
    tables = declared_tables(dist)
    assert set(tables) == {"documents", "entities", "annotations"}
    item = {"id", "spans", "type"}
    assert set(tables["documents"].features["mentions"].feature) == item
    assert set(tables["entities"].features["mentions"].feature) == {*item, "tokens"}
    others = {"attributes", "entities", "relations", "events", "event_clusters", "claims"}
    for config in ("documents", "annotations"):
        assert not others & set(tables[config].features)
    assert card_metadata(dist).task_categories == ["token-classification"]
    for name in ("README.md", "croissant.json"):
        text = (dist / name).read_text(encoding="utf-8")
        for word in ("claim", "event", "relation", "coreference"):
            assert word not in text.lower(), (name, word)


def test_each_kind_of_attribute_has_a_type(full: Path):
    (document,) = rows(full, "documents")
    features = declared_tables(full)["documents"].features
    assert features["attributes"] == {
        "genre": Value("string"),
        "topics": List(Value("string")),
        "reviewed": Value("bool"),
        "patients": Value("int64"),
        "registry": Value("string"),
    }
    assert document["attributes"] == {
        "genre": "case_report",
        "topics": ["efficacy", "safety"],
        "reviewed": True,
        "patients": 12,
        "registry": "NCT0042",
    }
    mentions = {mention["id"]: mention for mention in document["mentions"]}
    assert features["mentions"].feature["attributes"]["amount"] == Value("float64")
    assert mentions["m4"]["attributes"]["amount"] == 81.0
    assert mentions["m4"]["attributes"]["forms"] is mentions["m4"]["attributes"]["negated"] is None
    assert mentions["m6"]["attributes"]["negated"] is False
    entities = {entity["name"]: entity for entity in document["entities"]}
    assert entities["aspirin"]["attributes"] == {"approved": True, "uses": ["fever", "pain"]}
    assert entities["nausea"]["attributes"] == {"approved": None, "uses": None}
    claims = declared_tables(full)["claims"].features["attributes"]
    assert claims["certainty"].names == ["certain", "doubtful"]
    assert claims["check_worthy"] == Value("bool")


def test_an_integer_may_be_written_with_a_fraction_of_zero(layered: Corpus):
    path = layered.annotation_path("gold", "report")
    content = json.loads(path.read_bytes())
    content["attributes"]["patients"] = 12.0
    content["relations"][0]["attributes"] = {"cases": 3.0}
    path.write_text(json.dumps(content), encoding="utf-8")
    build(layered, layered.root / "dist")
    (document,) = rows(layered.root / "dist", "documents")
    assert document["attributes"]["patients"] == 12
    assert rows(layered.root / "dist", "relations")[0]["attributes"]["cases"] == 3


def test_an_entity_and_an_event_instance_have_several_links(full: Path):
    (document,) = rows(full, "documents")
    links = {entity["id"]: entity["links"] for entity in document["entities"]}
    assert [link["id"] for link in links["e3"]] == ["D001241", "Q18216"]
    assert links["e2"] == [{"kb": "registry", "id": None, "date": None}]
    assert links["e1"] == []
    clusters = {cluster["id"]: cluster["links"] for cluster in document["event_clusters"]}
    assert [link["kb"] for link in clusters["k2"]] == ["sheet", "trials"]


def test_a_relation_can_be_read_alone(full: Path):
    table = dateline.load("relations", "train", path=full)
    assert table.features["type"].names == ["CAUSES", "WORKS_FOR", "DOSE_OF"]
    causes, *_, works = table.to_list()
    assert (causes["id"], causes["number"]) == ("report/0", 0)
    assert table.features["type"].int2str(causes["type"]) == "CAUSES"
    assert causes["head"] == {
        "mention": "m5",
        "type": "CHEMICAL",
        "text": "drug",
        "spans": [{"start": 76, "end": 80}],
        "entity": "e3",
        "name": "aspirin",
        "sentences": [1],
    }
    assert (causes["tail"]["text"], causes["tail"]["entity"]) == ("bleeding", "e5")
    assert causes["attributes"] == {"certainty": "certain", "cases": 3}
    assert works["attributes"] == {"certainty": None, "cases": None}
    (sentence,) = causes["context"]
    assert sentence["text"] == "The drug 💊 caused bleeding and nausea, she said."
    assert TEXT[sentence["start"] : sentence["end"]] == sentence["text"]


def test_the_ends_of_a_relation_may_be_in_several_sentences(layered: Corpus):
    annotation = layered.annotation_path("gold", "report")
    content = json.loads(annotation.read_bytes())
    content["relations"] = [{"type": "CAUSES", "source": "m3", "target": "m9"}]
    annotation.write_text(json.dumps(content), encoding="utf-8")
    build(layered, layered.root / "dist")
    (row,) = rows(layered.root / "dist", "relations")
    assert (row["head"]["sentences"], row["tail"]["sentences"]) == ([0], [2])
    assert [sentence["sentence"] for sentence in row["context"]] == [0, 2]


def test_a_layer_that_was_not_annotated_has_no_rows(layered: Corpus):
    path = layered.annotation_path("gold", "report")
    content = json.loads(path.read_bytes())
    for field in ("relations", "events", "event_clusters", "event_relations", "attributes"):
        del content[field]
    del content["claims"], content["claim_relations"]
    content["layers"] = ["entities"]
    path.write_text(json.dumps(content), encoding="utf-8")
    tables = build(layered, layered.root / "dist").tables
    assert {name for name, splits in tables.items() if splits} == (
        {"documents", "entities", "annotations"}
    )
    (document,) = rows(layered.root / "dist", "documents")
    assert document["relations"] == document["events"] == document["event_clusters"] == []
    assert set(document["attributes"].values()) == {None}


def test_a_corpus_without_entities_has_claims_of_the_author_only(layered: Corpus):
    path = layered.root / "schema" / "ontology.schema.json"
    ontology = json.loads(path.read_bytes())
    kept = {"claim", "claimer"}
    ontology["$defs"] = {k: v for k, v in ontology["$defs"].items() if k in kept}
    write_ontology(layered, ontology)
    annotation = layered.annotation_path("gold", "report")
    content = json.loads(annotation.read_bytes())
    claims = [claim for claim in content["claims"] if claim["claimer"] == "AUTHOR"]
    fields = ("attributes", "mentions", "entities", "relations", "events", "event_clusters")
    for field in (*fields, "event_relations", "claim_relations"):
        del content[field]
    annotation.write_text(json.dumps({**content, "layers": ["claims"], "claims": claims}), "utf-8")
    build(Corpus(layered.root), layered.root / "dist")
    (claim,) = rows(layered.root / "dist", "claims")
    assert claim["text"] == "patients should not worry"
    assert not {"claimer_text", "claimer_spans", "claimer_name", "events"} & set(claim)


def test_no_quote_of_a_withheld_text_is_left_and_all_come_back(any_corpus: Corpus):
    full, out = any_corpus.root / "dist", any_corpus.root / "withheld"
    build(any_corpus, full)
    build(any_corpus, out, withhold=lambda _: True)
    for config in declared_tables(out):
        withheld = dateline.load(config, "train", path=out)
        assert all(lacks_text(row) for row in withheld)
        restored = dateline.hydrate(withheld, {"report": TEXT})
        assert restored.to_list() == rows(full, config)
        table = Path(config) / "train.parquet"
        assert table_sha256(out / table, {}) == table_sha256(full / table, {"report": TEXT})
    assert list(find_leaks(out, {"report": TEXT})) == []


def test_an_attribute_that_quotes_a_withheld_text_is_found(layered: Corpus):
    path = layered.root / "schema" / "ontology.schema.json"
    ontology = json.loads(path.read_bytes())
    attributes = ontology["$defs"]["relation"]["properties"]["attributes"]["properties"]
    attributes["evidence"] = {"type": "string"}
    path.write_text(json.dumps(ontology), encoding="utf-8")
    annotation = layered.annotation_path("gold", "report")
    content = json.loads(annotation.read_bytes())
    content["relations"][0]["attributes"] = {"evidence": "it caused bleeding and nausea"}
    annotation.write_text(json.dumps(content), encoding="utf-8")
    out = layered.root / "dist"
    build(Corpus(layered.root), out, withhold=lambda _: True)
    found = {(leak.place, leak.words) for leak in find_leaks(out, {"report": TEXT})}
    assert ("/attributes/evidence", "caused bleeding and nausea") in found
    assert {words for _, words in found} == {"caused bleeding and nausea"}
