"""Gold of a dataset alone: its ontology is given, or known to be right."""

from __future__ import annotations

import json
import shutil

import msgspec
import pytest
from datasets import load_dataset

import dateline
from dateline.errors import ConflictError, DatelineError, InvalidInputError
from tests.chemistry import annotated_reaction
from tests.corpora import CorpusMaker
from tests.evaluation.conftest import predicted, write_lines


@pytest.fixture
def alone(chemistry, run, tmp_path):
    """A dataset of another ontology, away from its corpus, and a perfect prediction."""
    document, annotation = annotated_reaction(chemistry)
    CorpusMaker(tmp_path).add(chemistry, document, annotation)
    result = run(chemistry, "build")
    assert result.exit_code == 0, result.output
    dataset = tmp_path / "downloaded" / "data"
    shutil.copytree(chemistry.root / "dist", dataset)
    return dataset, write_lines(tmp_path / "p.jsonl", predicted(annotation))


def test_the_packaged_ontology_is_not_taken_for_another(alone):
    dataset, predictions = alone
    with pytest.raises(InvalidInputError, match="option --ontology"):
        dateline.score(predictions, dataset)


def test_the_ontology_of_another_corpus_around_the_dataset_is_not_taken(alone, five):
    dataset, predictions = alone
    shutil.copytree(dataset, five.root / "data")
    with pytest.raises(InvalidInputError, match="was not built with the ontology"):
        dateline.score(predictions, five.root / "data")


def test_unknown_labels_are_refused_where_the_card_says_nothing(alone, chemistry, tmp_path):
    dataset, predictions = alone
    splits = load_dataset(str(dataset), cache_dir=str(tmp_path / "cache"))
    with pytest.raises(InvalidInputError, match=r"/mentions/0/type .*is not a label of the"):
        dateline.score(predictions, splits)
    report = dateline.score(predictions, splits, ontology=chemistry.ontology)
    assert report.score("entities", "strict").value == 1


def test_every_command_takes_the_ontology(alone, chemistry, five, run):
    dataset, predictions = alone
    other = shutil.copy(predictions, predictions.with_name("other.jsonl"))
    file = chemistry.root / "schema" / "ontology.schema.json"
    for command in (
        ("score", str(predictions)),
        ("compare", str(predictions), str(other)),
        ("errors", str(predictions)),
    ):
        arguments = (*command, "--gold", str(dataset))
        refused = run(five, *arguments)
        assert refused.exit_code == 1
        assert "pass the ontology.schema.json of its corpus" in refused.stderr
        for given in (file, chemistry.root):
            result = run(five, *arguments, "--ontology", str(given))
            assert result.exit_code == 0, result.output
    result = run(
        five, "check-predictions", str(predictions), "--gold", str(dataset), "--ontology", str(file),
        "--format", "json",
    )  # fmt: skip
    assert json.loads(result.stdout)["wrong"] == 0


def test_a_file_that_is_not_an_ontology_is_explained(alone, tmp_path):
    dataset, predictions = alone
    odd = tmp_path / "odd.json"
    for content in ("[]", "{}", '{"$defs": 3}', "nonsense"):
        odd.write_text(content, encoding="utf-8")
        with pytest.raises(InvalidInputError):
            dateline.score(predictions, dataset, ontology=odd)


def test_an_unknown_label_of_gold_equals_nothing(five, five_predicted, chemistry):
    with pytest.raises(ConflictError, match="is not a label of the ontology"):
        dateline.score(five_predicted, five, ontology=chemistry.ontology)
    name = five.document_ids()[0]
    gold = five.read_annotation("gold", name)
    ship = msgspec.structs.replace(gold.mentions[0], type="SHIP")
    five.write_annotation(msgspec.structs.replace(gold, mentions=(ship, *gold.mentions[1:])))
    five_predicted[0]["mentions"][0]["type"] = "BOAT"
    with pytest.raises(DatelineError, match='"SHIP" is not allowed'):
        dateline.score(five_predicted, five)
