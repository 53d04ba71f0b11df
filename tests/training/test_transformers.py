"""Training models of Transformers on gold, for real: a tiny model with random weights."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest

import dateline
from dateline.evaluation.gold import gold_of_corpus
from dateline.evaluation.models.transformers.encoding import encode, pretrained
from dateline.evaluation.models.transformers.roles import Marked, Pair
from dateline.training.transformers_examples import tag_examples, tags_of
from dateline.training.transformers_recipe import TransformersOptions, train_transformers

from .conftest import made_in

# As many as a tiny model needs to know two sentences by heart.
LEARNING = {"epochs": 30, "batch_size": 4, "learning_rate": 0.01}


@pytest.fixture(scope="module")
def trained(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A trained model, and what was logged; read it only."""
    folder, log = tmp_path_factory.mktemp("trained"), io.StringIO()
    options = TransformersOptions(base=str(tiny_base), **LEARNING)
    train_transformers(made_in(folder), options, folder / "model", log)
    return folder / "model", log.getvalue()


def test_a_trained_model_predicts_mentions_events_and_arguments_that_score(
    split_corpus, trained, run, tmp_path
):
    out = tmp_path / "out.jsonl"
    named = ("--model", f"transformers:{trained[0]}", "--split", "test")
    result = run(split_corpus, "predict", *named, "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "0 items rejected" in run(split_corpus, "check-predictions", str(out)).stderr
    found = json.loads(out.read_bytes())
    arguments = [argument for event in found["events"] for argument in event.get("arguments", [])]
    for item in (*found["mentions"], *found["events"], *arguments):
        assert 0 < item["confidence"] <= 1
    report = dateline.score(out, split_corpus, split="test")
    # The texts are all the same.
    assert report.score("entities", "strict").value > 0.5
    assert report.score("triggers", "TC").value > 0.5
    assert report.score("arguments", "AC+").value > 0.3


def test_the_record_names_what_the_model_was_trained_on(
    split_corpus, trained, tiny_base, run, tmp_path
):
    folder, log = trained
    record = json.loads((folder / "training.json").read_bytes())
    splits = {n: split_corpus.read_document(n).split for n in split_corpus.document_ids()}
    for part in ("train", "validation"):
        assert record[part]["documents"] == [n for n, split in splits.items() if split == part]
    # Of each text seven of nine mentions, three triggers, and two of four arguments.
    assert record["train"]["items"] == 2 * (7 + 3 + 3)
    assert record["train"]["left_out"] == {
        "discontinuous": 2,
        "overlapping a longer one": 2,
        "arguments without trigger and mention in one sentence": 2,
    }
    assert record["settings"]["base"] == str(tiny_base)
    assert {*record["packages"]} >= {"python", "dateline", "torch", "transformers", "tokenizers"}
    assert log.count("tagger, epoch") == log.count("roles, epoch") == LEARNING["epochs"]
    assert record["scores"]["tagger_f1"] > 0.5

    out = tmp_path / "out.jsonl"
    result = run(split_corpus, "predict", "--model", f"transformers:{folder}", "--out", str(out))
    assert "the model learnt from 3 of these 4 texts" in result.stderr


def test_the_command_trains_to_the_end_and_again_to_the_same_weights(
    split_corpus, tiny_base, run, tmp_path
):
    out = tmp_path / "model"
    command = (
        "train",
        "transformers",
        "--base",
        str(tiny_base),
        "--epochs",
        "1",
        "--out",
        str(out),
    )
    weights = []
    for _ in range(2):
        result = run(split_corpus, "--quiet", *command)
        assert (result.exit_code, result.stdout) == (0, ""), result.output
        weights.append((out / "tagger" / "model.safetensors").read_bytes())
    assert weights[0] == weights[1]
    assert {path.name for path in out.iterdir()} == {"tagger", "roles", "training.json"}


def test_a_corpus_without_roles_has_a_tagger_only(entities_only, tiny_base, run, tmp_path):
    (name,) = entities_only.document_ids()
    document, gold = entities_only.read_document(name), entities_only.read_annotation("gold", name)
    for other in ("train", "validation"):
        changed = {"id": other, "split": other, "split_given": True, "duplicate": True}
        copy = msgspec.structs.replace(document, **changed)
        entities_only.write_document(copy)
        entities_only.write_annotation(msgspec.structs.replace(gold, document=other))
    out, predictions = tmp_path / "model", tmp_path / "out.jsonl"
    options = ("--base", str(tiny_base), "--epochs", "1", "--out", str(out))
    result = run(entities_only, "train", "transformers", *options)
    assert result.exit_code == 0, result.output
    assert {path.name for path in out.iterdir()} == {"tagger", "training.json"}
    named = ("--model", f"transformers:{out}", "--out", str(predictions))
    assert run(entities_only, "predict", *named).exit_code == 0


def test_long_sentences_are_cut_and_every_item_is_counted(split_corpus, tiny_base):
    gold = gold_of_corpus(split_corpus, "validation")
    _, tokenizer = pretrained("AutoModel", str(tiny_base))
    tags = tags_of(gold)
    for length in (5, 8, 16, 64):
        left_out = Counter()
        examples = tag_examples(gold, tokenizer, length, tags, left_out)
        # Nine mentions and three triggers.
        assert examples.items + left_out.total() == 12
        assert all(len(row["labels"]) <= length for row in examples.inputs)
        begun = [tag for row in examples.inputs for tag in row["labels"] if tag > 0]
        names = [tags.names[tag] for tag in begun]
        assert sum(name.startswith("B-") for name in names) == examples.items
        # All but the discontinuous one are scored.
        assert sum(map(len, examples.gold)) == 11


def test_offsets_are_code_points_without_spaces(tiny_base):
    _, tokenizer = pretrained("AutoModel", str(tiny_base))
    text = " 🏙️ Kursk, the Russian  city"
    (offsets,) = encode(tokenizer, [text], 64).offsets
    found = "".join(text[start:end] for start, end in offsets)
    assert "Kursk,theRussiancity" in found
    assert all(text[start:end].strip() == text[start:end] for start, end in offsets)


def test_marks_nest():
    pair = Pair("the city council met", Marked(17, 20, "MEET_UP"), Marked(0, 16, "GROUP"))
    assert pair.text == "# ^ group ^ the city council # @ * meet up * met @"
    pair = Pair("the attackers", Marked(4, 10, "ATTACK"), Marked(0, 13, "GROUP"))
    assert pair.text == "# ^ group ^ the @ * attack * attack @ers #"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--base", "./no-such-folder"), "the model './no-such-folder' cannot be loaded"),
        (("--validation-split", "train"), "is the training split"),
    ],
)
def test_what_cannot_be_trained_is_explained_and_leaves_nothing(
    split_corpus, tiny_base, run, tmp_path, options, message
):
    out = tmp_path / "models" / "new"
    command = ("train", "transformers", "--base", str(tiny_base), *options, "--out", str(out))
    result = run(split_corpus, *command)
    assert result.exit_code == 1
    assert message in result.stderr
    assert not out.exists()


def test_a_tagger_without_bio_tags_is_explained(split_corpus, tiny_base, run, tmp_path):
    out = str(tmp_path / "out.jsonl")
    result = run(split_corpus, "predict", "--model", f"transformers:{tiny_base}", "--out", out)
    assert result.exit_code == 1
    assert "'LABEL_0'. Expected 'O', or B- or I- and a label" in result.stderr
