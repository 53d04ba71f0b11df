"""Corpora of other fields, languages and layers, from seed to score through the real server."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from datasets import load_dataset

import dateline
from dateline.cli.main import main
from dateline.corpus.store import Corpus

from ..conftest import SEED
from ..corpora import write_ontology
from ..own_corpora.arabic import ARABIC
from ..own_corpora.biomedicine import BIOMEDICINE
from ..own_corpora.chinese import CHINESE
from ..own_corpora.tweets import TWEETS
from .test_pull import rows_of
from .test_start import prediction_of, written
from .test_sync import content

OWN = [ARABIC, BIOMEDICINE, CHINESE, TWEETS]


def new_corpus(own, tmp_path, run):
    """The corpus as its owner starts it, with its ontology, seeds and documents."""
    corpus = Corpus(tmp_path / own.name)
    options = ("--layers", own.layers, "--language", own.language)
    result = CliRunner().invoke(main, ["init", str(corpus.root), *options])
    assert result.exit_code == 0, result.output
    write_ontology(corpus, own.ontology)
    for name, text in own.seeds.items():
        (corpus.seeds / name).write_text(text, encoding="utf-8", newline="")
    result = run(corpus, "ingest")
    assert result.exit_code == 0, result.output
    return corpus


def annotated_on_the_server(corpus, predictions, sync, label_studio, title, tmp_path):
    """Push the documents, let somebody submit what the predictions say, and pull it."""
    file = written(tmp_path / "start.jsonl", *predictions)
    result = sync(corpus, "push", "--from", file)
    assert result.exit_code == 0, result.output
    for task in label_studio.annotator.tasks(title).values():
        label_studio.annotator.submit(task, rows_of(task))
    result = sync(corpus, "pull", "--users", f"{label_studio.annotator.id}=ana")
    assert result.exit_code == 0, result.output


@pytest.mark.server
@pytest.mark.parametrize("own", OWN, ids=lambda own: own.name)
def test_from_seed_to_score(own, tmp_path, run, sync, label_studio, title):
    corpus = new_corpus(own, tmp_path, run)
    annotated_on_the_server(corpus, own.predictions, sync, label_studio, title, tmp_path)
    for line in own.predictions:
        pulled = corpus.read_annotation("ana", line["document"])
        assert pulled.layers == corpus.ontology.layer_names
        assert parts_of_events(prediction_of(pulled)) == parts_of_events(line)
    result = run(corpus, "accept", "ana")
    assert result.exit_code == 0, result.output
    result = run(corpus, "validate")
    assert (result.exit_code, "0 errors" in result.output) == (0, True), result.output
    assert run(corpus, "build").exit_code == 0
    dist = corpus.root / "dist"
    gold = {name: corpus.read_annotation("gold", name) for name in corpus.document_ids()}
    for field in ("mentions", "relations", "events", "claims"):
        wanted = sum(len(getattr(annotation, field)) for annotation in gold.values())
        rows = load_dataset(str(dist), "documents", cache_dir=str(tmp_path / "cache"))
        found = [row.get(field, []) for split in rows.values() for row in split]
        assert sum(map(len, found)) == wanted
    assert_scores(corpus, dist, own, gold)


def parts_of_events(items):
    """The attributes of arguments and the factuality of each event."""
    return {
        event["id"]: (
            {
                (a["role"], a.get("mention", a.get("event"))): a.get("attributes", {})
                for a in event.get("arguments", ())
            },
            event.get("factuality", []),
        )
        for event in items.get("events", ())
    }


def assert_scores(corpus, dist, own, gold):
    """What annotators said scores 1 against gold, and nothing else is scored."""
    predictions = [prediction_of(annotation) for annotation in gold.values()]
    report = dateline.score(predictions, dist)
    assert {score.value for score in report.scores} <= {1.0, None}
    groups = {score.group for score in report.scores}
    declared = {
        "entities": "entities",
        "relations": "relations",
        "triggers": "events",
        "claims": "claims",
    }
    for group, layer in declared.items():
        assert (group in groups) == (layer in corpus.ontology.layers), group
    assert ("coreference" in groups) == corpus.ontology.has_coreference
    assert ("linking" in groups) == corpus.ontology.has_links
    assert ("factuality" in groups) == bool(corpus.ontology.factuality)


@pytest.mark.server
def test_this_corpus(real_corpus, tmp_path, run, sync, label_studio, title):
    gold = real_corpus.read_annotation("gold", SEED)
    prediction = prediction_of(gold)
    annotated_on_the_server(real_corpus, [prediction], sync, label_studio, title, tmp_path)
    assert content(real_corpus.read_annotation("ana", SEED)) == content(gold)
    assert run(real_corpus, "validate").exit_code == 0
    assert run(real_corpus, "build").exit_code == 0
    dist = real_corpus.root / "dist"
    report = dateline.score([prediction], dist)
    assert {score.value for score in report.scores} <= {1.0, None}


@pytest.mark.parametrize("own", OWN, ids=lambda own: own.name)
def test_bio_tags_lose_nothing_without_a_word(own, tmp_path, run):
    """Every mention is a BIO span of the dataset, or is listed as left out."""
    corpus = new_corpus(own, tmp_path, run)
    file = written(tmp_path / "gold.jsonl", *own.predictions)
    assert run(corpus, "accept", file, "--as", "gold").exit_code == 0
    assert run(corpus, "build").exit_code == 0
    rows = load_dataset(str(corpus.root / "dist"), "entities", cache_dir=str(tmp_path / "cache"))
    tagged = left_out = 0
    for split in rows.values():
        names = split.features["ner_tags"].feature
        for row in split:
            tagged += sum(names.int2str(tag).startswith("B-") for tag in row["ner_tags"])
            left_out += len(row["untagged"])
    assert tagged + left_out == sum(len(line.get("mentions", ())) for line in own.predictions)
