"""The table of columns: derived from the schemas, one source for disk, card and docs."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from datasets import ClassLabel, List, Value

from dateline.corpus.store import Corpus
from dateline.dataset.description.card import fields_table
from dateline.dataset.features import configs
from dateline.dataset.token_index import bio_tag_names

DOCS = Path(__file__).parents[2] / "docs" / "dataset.md"

CONFIGS = ["documents", "entities", "events", "claims", "annotations"]


def test_labels_of_the_ontology_are_the_class_labels(news: Corpus):
    ontology = news.ontology
    tables = configs(news.schemas, ontology)
    types = ontology.layers["entities"].label_names
    assert tables["entities"].features["ner_tags"] == List(ClassLabel(names=bio_tag_names(types)))
    claims = tables["claims"].features
    assert claims["act"].names == list(ontology.layers["claims"].label_names)
    for attribute in ontology.layers["claims"].attributes:
        names = [value.name for value in attribute.values]
        expected = ClassLabel(names=names) if attribute.required else Value("string")
        assert claims["attributes"][attribute.name] == expected


def test_attributes_of_the_ontology_are_a_string_each(news: Corpus):
    features = configs(news.schemas, news.ontology)["documents"].features
    items = {"entities": "mentions", "events": "events", "claims": "claims"}
    for layer, column in items.items():
        assert features[column].feature["attributes"] == {
            attribute.name: Value("string") for attribute in news.ontology.layers[layer].attributes
        }


def test_another_ontology_makes_other_features(chemistry: Corpus):
    tables = configs(chemistry.schemas, chemistry.ontology)
    assert tables["entities"].features["ner_tags"].feature.names == [
        *("O", "B-NO", "I-NO", "B-null", "I-null", "B-1", "I-1", "B-SALT", "I-SALT")
    ]
    assert "attributes" not in tables["documents"].features["mentions"].feature
    assert tables["documents"].features["events"].feature["attributes"] == {
        "speed": Value("string")
    }
    assert tables["claims"].features["attributes"]["strength"].names == ["yes", "no", "~"]


@pytest.mark.parametrize("name", CONFIGS)
def test_labels_are_strings_on_disk(name: str, repository: Corpus):
    table = configs(repository.schemas, repository.ontology)[name]
    declared = table.features.arrow_schema
    assert table.schema.metadata is None
    assert table.schema.names == declared.names
    if name == "entities":
        assert table.schema.field("ner_tags").type == pa.list_(pa.string())
        assert declared.field("ner_tags").type == pa.list_(pa.int64())
    if name == "claims":
        assert table.schema.field("act").type == pa.string()


@pytest.mark.parametrize(
    ("node", "feature"),
    [
        ({"type": "string"}, Value("string")),
        ({"type": "integer"}, Value("int64")),
        ({"type": "number"}, Value("float64")),
        ({"type": "boolean"}, Value("bool")),
        ({"enum": ["a", "b"]}, Value("string")),
        ({"oneOf": [{"const": "a", "description": "A."}]}, Value("string")),
        ({"$ref": "#/$defs/shared"}, Value("int64")),
    ],
)
def test_metadata_has_the_types_of_its_keys(repository: Corpus, node: dict, feature: object):
    schemas = json.loads(json.dumps(dict(repository.schemas)))
    schemas["document"]["$defs"]["shared"] = {"type": "integer", "description": "Shared."}
    schemas["document"]["properties"]["meta"] = {
        "type": "object",
        "properties": {"key": {"description": "A key.", **node}},
    }
    features = configs(schemas, repository.ontology)["documents"].features
    assert features["meta"] == {"key": feature}
    del schemas["document"]["properties"]["meta"]
    assert "meta" not in configs(schemas, repository.ontology)["documents"].features


def test_the_documentation_has_the_tables(repository: Corpus):
    docs = DOCS.read_text(encoding="utf-8")
    for name, table in configs(repository.schemas, repository.ontology).items():
        # To remake: print(dateline.dataset.description.card.fields_table(table)).
        assert fields_table(table) in docs, f"docs/dataset.md: the table of {name} is out of date"
