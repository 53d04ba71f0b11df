"""Gold of a dataset alone: it carries its ontology, and no other is taken for it."""

from __future__ import annotations

import json
import shutil

import msgspec
import pytest
from datasets import load_dataset

import dateline
from dateline.dataset.stored import CARD, ONTOLOGY
from dateline.errors import DatelineError, InvalidInputError
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


@pytest.fixture
def without_ontology(alone):
    """The dataset as Dateline 0.1 would have built it."""
    dataset, predictions = alone
    (dataset / ONTOLOGY).unlink()
    card = (dataset / CARD).read_text(encoding="utf-8")
    start, end = card.index("ontology:"), card.index("configs:")
    (dataset / CARD).write_text(card[:start] + card[end:], encoding="utf-8")
    return dataset, predictions


def test_a_dataset_is_scored_with_its_own_ontology(alone, chemistry, five, run):
    dataset, predictions = alone
    report = dateline.score(predictions, dataset)
    assert {score.value for score in report.scores} <= {1.0, None}
    assert report.signature.ontology == f"{chemistry.ontology.title} {chemistry.ontology.version}"
    of_corpus = dateline.score(predictions, chemistry).signature
    assert report.signature.rules == of_corpus.rules
    other = shutil.copy(predictions, predictions.with_name("other.jsonl"))
    for command in (("score",), ("compare", str(other)), ("errors",)):
        result = run(five, *command, str(predictions), "--gold", str(dataset))
        assert result.exit_code == 0, result.output
    result = run(five, "check-predictions", str(predictions), "--gold", str(dataset))
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("label", ["BANANA", "null "])
def test_an_unknown_label_equals_nothing(alone, label):
    dataset, predictions = alone
    prediction = json.loads(predictions.read_text(encoding="utf-8"))
    for name, field in (("mentions", "type"), ("events", "type"), ("claims", "act")):
        for item in prediction[name]:
            item[field] = label
            item["attributes"] = dict.fromkeys(item.get("attributes", {}), label)
    for event in prediction["events"]:
        for argument in event["arguments"]:
            argument["role"] = label
    for claim in prediction["claims"]:
        claim["claimer"] = label
    report = dateline.score([prediction], dataset, layers=["entities", "events", "claims"])
    typed = {
        ("entities", "strict"), ("entities", "type"), ("triggers", "TC"), ("triggers", "speed, joint"),
        ("arguments", "AC+"), ("arguments", "AI+"), ("arguments", "AC"), ("arguments", "AI"),
        ("arguments", "AC+, by entity"), ("arguments", "AC+, by overlap"),
        ("claims", "act, joint"), ("claims", "strength, joint"), ("claims", "claimer, joint"),
        ("claims", "claimer, by entity, joint"),
    }  # fmt: skip
    assert {report.score(*name).value for name in typed} == {0}


def test_without_an_ontology_nothing_is_scored(without_ontology, chemistry, five, run):
    dataset, predictions = without_ontology
    other = shutil.copy(predictions, predictions.with_name("other.jsonl"))
    file = chemistry.root / "schema" / "ontology.schema.json"
    for command in (("score",), ("compare", str(other)), ("errors",), ("check-predictions",)):
        arguments = (*command, str(predictions), "--gold", str(dataset))
        # The corpus around the command, which has other labels, is not asked.
        refused = run(five, *arguments)
        assert refused.exit_code == 1
        assert "option --ontology FILE" in refused.stderr
        for given in (file, chemistry.root):
            result = run(five, *arguments, "--ontology", str(given))
            assert result.exit_code == 0, result.output


def test_a_dataset_in_memory_needs_its_ontology(alone, chemistry, tmp_path):
    dataset, predictions = alone
    splits = load_dataset(str(dataset), cache_dir=str(tmp_path / "cache"))
    with pytest.raises(InvalidInputError, match="has no ontology"):
        dateline.score(predictions, splits)
    for ontology in (chemistry.ontology, dataset, chemistry.root):
        report = dateline.score(predictions, splits, ontology=ontology)
        assert report.score("entities", "strict").value == 1


def test_an_ontology_that_is_not_the_built_one_is_refused(alone, five):
    dataset, predictions = alone
    file = dataset / ONTOLOGY
    file.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(InvalidInputError, match="its SHA-256 differs"):
        dateline.score(predictions, dataset)
    file.unlink()
    with pytest.raises(InvalidInputError, match=r"is declared in README\.md but is missing"):
        dateline.score(predictions, dataset)
    with pytest.raises(InvalidInputError, match=r"/mentions/0/type .*is not a label of the"):
        dateline.score(predictions, dataset, ontology=five.ontology)


def test_a_file_that_is_not_an_ontology_is_explained(alone, tmp_path):
    dataset, predictions = alone
    odd = tmp_path / "odd.json"
    for content in ("[]", "{}", '{"$defs": 3}', "nonsense"):
        odd.write_text(content, encoding="utf-8")
        with pytest.raises(InvalidInputError):
            dateline.score(predictions, dataset, ontology=odd)


def test_an_unknown_label_of_gold_is_refused(five, five_predicted, chemistry):
    with pytest.raises(InvalidInputError, match="is not a label of the ontology"):
        dateline.score(five_predicted, five, ontology=chemistry.ontology)
    name = five.document_ids()[0]
    gold = five.read_annotation("gold", name)
    ship = msgspec.structs.replace(gold.mentions[0], type="SHIP")
    five.write_annotation(msgspec.structs.replace(gold, mentions=(ship, *gold.mentions[1:])))
    five_predicted[0]["mentions"][0]["type"] = "BOAT"
    with pytest.raises(DatelineError, match='"SHIP" is not allowed'):
        dateline.score(five_predicted, five)


def test_an_unknown_claimer_of_gold_is_refused(five, five_predicted, chemistry):
    path = five.root / "schema" / "ontology.schema.json"
    schema = json.loads(path.read_bytes())
    for claimer in schema["$defs"]["claimer"]["oneOf"]:
        claimer["const"] = f"{claimer['const']}_OF_OTHERS"
    other = five.root / "other.json"
    other.write_text(json.dumps(schema), encoding="utf-8")
    with pytest.raises(InvalidInputError, match='"AUTHOR" is not a mention, nor a claimer'):
        dateline.score(five_predicted, five, ontology=other)
