"""A model's predictions in a real Label Studio, in the browser and in the order of tasks."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from dateline.predictions.annotations import read_as_annotations

from ..corpora import new_corpus, write_ontology
from ..evaluation.models.test_run import install
from ..layered import ENTITIES_ONLY
from . import shouting
from .strategies import document_of
from .test_follow import until

MODEL = "shouting:PERSON"
TEXTS = {"sure": "\U0001f600 ANA met bo.", "unsure": "ANA met BO and CY.", "less": "ANA met BO."}
SERVING = "Ctrl+C stops"
PATIENCE = 600


@pytest.fixture
def corpus(tmp_path):
    corpus = new_corpus(tmp_path / "corpus")
    write_ontology(corpus, ENTITIES_ONLY)
    for name, text in TEXTS.items():
        corpus.write_document(document_of(text, name))
    return corpus


@pytest.fixture
def dateline(corpus, background, tmp_path):
    """Start a command in which the plug-in is installed."""
    packages = tmp_path / "packages"
    install(packages, "shouting", Path(shouting.__file__).read_text(encoding="utf-8"))
    paths = os.pathsep.join([str(packages), os.environ.get("PYTHONPATH", "")])
    return lambda *arguments: background(corpus, *arguments, PYTHONPATH=paths)


@pytest.fixture
def serve(dateline, title):
    """Start serving the model at any port."""
    chosen = ("--model", MODEL, "--listen", "127.0.0.1:0", "--project", title)
    return lambda *options: dateline("studio", "serve", *chosen, *options)


def ended(process):
    """What a process says until it ends."""
    return process.communicate(timeout=PATIENCE)[0].decode()


def test_annotators_start_from_live_predictions(
    corpus, sync, serve, dateline, label_studio, title, ana, tmp_path
):
    assert sync(corpus, "push").exit_code == 0
    owner, project = label_studio.owner, label_studio.owner.project(title)["id"]
    tasks = owner.tasks(title)
    process = serve()
    until(process, SERVING, PATIENCE)
    ana.open(project, tasks["unsure"]["id"])
    assert ana.page.locator(".htx-highlight[data-label]").all_inner_texts() == ["ANA", "BO", "CY"]
    ana.submit()
    # The page asks for a text twice, and the server may store the answers to both.
    prediction, *others = owner.tasks(title)["unsure"]["predictions"]
    assert all(other["result"] == prediction["result"] for other in others)
    assert prediction["score"] == pytest.approx(1 / 3)
    # A text that is not that of the corpus gets nothing, and is explained where the model runs.
    less = f"/api/tasks/{tasks['less']['id']}/"
    owner.patch(less, data=tasks["less"]["data"] | {"text": "ANA? BO"})
    assert owner.get(less)["predictions"] == []
    owner.patch(less, data=tasks["less"]["data"])
    # Of two models, the server would ask only one.
    second = serve()
    assert "is connected to a model at http://127.0.0.1:" in ended(second)
    assert second.returncode == 1
    process.send_signal(signal.SIGINT)
    said = ended(process)
    assert process.returncode == 0
    assert "predicted 1 task" in said
    assert not any(secret in said for secret in label_studio.secrets)
    assert "has a different text from corpus/less.json" in said
    assert owner.get("/api/ml", project=project) == []
    assert owner.get("/api/webhooks/", project=project) == []

    assert sync(corpus, "pull", "--users", f"{label_studio.annotator.id}=ana").exit_code == 0
    out = tmp_path / "shouting.jsonl"
    dateline("predict", "--model", MODEL, "--out", str(out)).wait(PATIENCE)
    pulled = corpus.read_annotation("ana", "unsure")
    assert pulled.mentions == read_as_annotations(corpus, out)["unsure"].mentions
    assert pulled.provenance.origin.started_from == prediction["model_version"]
    assert len(pulled.provenance.origin.confirmed) == 3


def test_the_text_of_which_the_model_is_least_sure_comes_first(
    corpus, sync, serve, label_studio, title
):
    assert sync(corpus, "push").exit_code == 0
    project = label_studio.owner.project(title)["id"]
    process = serve("--uncertain-first")
    assert "3 predictions added, 0 already there" in until(process, SERVING, PATIENCE)

    def given_out(person):
        task = person.get(f"/api/projects/{project}/next")
        assert [one["score"] for one in task["predictions"]]
        person.submit(task, task["predictions"][0]["result"])
        return task["data"]["doc_id"]

    assert given_out(label_studio.annotator) == "unsure"
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    # Their order stays when the model has gone.
    assert given_out(label_studio.annotator) == "less"
    assert given_out(label_studio.annotator) == "sure"


def test_pushed_texts_are_in_the_order_of_their_scores(
    corpus, sync, dateline, label_studio, title, tmp_path
):
    out = tmp_path / "shouting.jsonl"
    dateline("predict", "--model", MODEL, "--out", str(out)).wait(PATIENCE)
    result = sync(corpus, "push", "--from", "gold", "--uncertain-first")
    assert "--uncertain-first needs --from with a file of predictions" in result.stderr
    assert sync(corpus, "push", "--from", str(out), "--uncertain-first").exit_code == 0
    tasks = sorted(label_studio.owner.tasks(title).values(), key=lambda task: task["id"])
    scores = [(task["data"]["doc_id"], task["predictions"][0]["score"]) for task in tasks]
    assert scores == [("unsure", pytest.approx(1 / 3)), ("less", 0.5), ("sure", 1.0)]
    project = label_studio.owner.project(title)["id"]
    task = label_studio.annotator.get(f"/api/projects/{project}/next")
    assert task["data"]["doc_id"] == "unsure"
