"""What Label Studio asks an ML backend, and what it must not be able to ask."""

from __future__ import annotations

import http.client
import json
import socket

import httpx
import pytest
from click.testing import CliRunner

from dateline.cli.annotation.studio import studio
from dateline.evaluation.models.interface import ModelConfig, PredictionFailure
from dateline.evaluation.models.run import model_version, predicted_lines
from dateline.label_studio.backend.app import MAX_BODY, USER, Backend
from dateline.label_studio.backend.live_predictions import LivePredictions
from dateline.label_studio.backend.serving import serving
from dateline.label_studio.config.labelling_config import labelling_config

from ..corpora import new_corpus
from .shouting import make
from .strategies import document_of

PATIENCE = 300
PASSWORD, TOKEN = "a-password-of-24-letters", "a-token-of-the-model"
TEXTS = {
    "one": "\U0001f600 ANA met bo",
    "two": "ANA met BO\r\n",
    "quiet": "nobody",
    "question": "ANA is known",
    "moved": "ANA is SHIFTED",
    "crash": "ANA makes it CRASH",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    corpus = new_corpus(tmp_path_factory.mktemp("serve") / "corpus")
    for name, text in TEXTS.items():
        corpus.write_document(document_of(text, name))
    return corpus


@pytest.fixture(scope="module")
def lines():
    """What the backend has logged."""
    return []


@pytest.fixture(scope="module")
def address(corpus, lines):
    model = make(ModelConfig("PERSON", {"token": TOKEN}, corpus.ontology, lambda: None))

    def predict(texts):
        for found in predicted_lines("shouting:PERSON", model, texts, [TOKEN]):
            yield found.reason if isinstance(found, PredictionFailure) else found

    version = model_version("shouting:PERSON", model)
    live = LivePredictions(corpus, version, predict, {"question"})
    with serving(Backend(live, PASSWORD, lines.append), "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def ask(address, corpus):
    """Predict tasks, given as their data fields by number; returns status and answer."""

    def predict(**tasks):
        body = {
            "tasks": [
                {"id": number, "data": data, "annotations": [], "project": 1}
                for number, data in enumerate(tasks.values(), 1)
            ],
            "project": "1.1700000000",
            "label_config": labelling_config(corpus.ontology),
            "params": {"login": None, "password": None, "context": None},
        }
        answer = httpx.post(
            f"{address}/predict", json=body, auth=(USER, PASSWORD), timeout=PATIENCE
        )
        return answer.status_code, answer.json()

    return predict


def task(name, text=None):
    return {"doc_id": name, "title": name, "text": TEXTS[name] if text is None else text}


def test_the_server_learns_version_and_health(address):
    with httpx.Client(base_url=address, auth=(USER, PASSWORD), timeout=PATIENCE) as server:
        assert server.get("/health").json()["status"] == "UP"
        assert server.get("/").json()["status"] == "UP"
        project = {"project": "1.1", "schema": "<View/>", "access_token": "secret"}
        version = server.post("/setup", json=project).json()["model_version"]
        assert server.get("/versions").json() == {"versions": [version]}
    assert version.startswith("shouting-person@")


def test_a_prediction_has_regions_score_and_version(ask):
    status, answer = ask(one=task("one"), two=task("two"), again=task("two"))
    assert status == 200
    one, two, again = answer["results"]
    (region,) = one["result"]
    assert [region["value"][key] for key in ("start", "end", "text")] == [2, 5, "ANA"]
    assert (one["score"], two["score"]) == (1.0, 0.5)
    assert one["model_version"] == answer["model_version"]
    assert two == again
    assert [row["value"]["text"] for row in two["result"]] == ["ANA", "BO"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (task("one", "\U0001f600 ANA met Bo"), "task 1 has a different text from corpus/one.json"),
        ({"doc_id": "../one", "text": "ANA"}, '"../one" is not a document of the corpus'),
        ({"text": "ANA"}, "task 1: has no doc_id"),
        (task("question"), "question: is a gold question"),
        (task("quiet"), "quiet: nothing is in capitals"),
        (task("moved"), '/mentions/0/spans (m1): [1, 4] is "NA " in the text, not "ANA"'),
    ],
)
def test_a_task_without_prediction_is_explained(ask, lines, data, message):
    status, answer = ask(it=data)
    assert status == 409
    assert message in answer["error"]
    assert message in lines[-1]
    status, answer = ask(it=data, two=task("two"))
    assert status == 200
    refused, other = answer["results"]
    assert refused == []
    assert len(other["result"]) == 2
    assert any(message in line for line in lines[-2:])


def test_a_model_that_fails_is_explained_without_its_secrets(ask, lines):
    status, answer = ask(crash=task("crash"))
    assert status == 500
    assert "the model shouting:PERSON failed: RuntimeError: no more requests" in answer["error"]
    assert TOKEN not in str(answer) + "".join(lines)
    assert ask(one=task("one"))[0] == 200


def test_a_page_without_the_labels_is_explained(address):
    body = {"tasks": [{"id": 1, "data": task("one")}], "label_config": "<View/>"}
    with httpx.Client(base_url=address, auth=(USER, PASSWORD), timeout=PATIENCE) as server:
        answer = server.post("/predict", json=body)
        assert answer.status_code == 409
        assert "one: cannot be shown on the page" in answer.json()["error"]
        answer = server.post("/predict", json=body | {"label_config": "<View>"})
        assert (answer.status_code, "is not XML" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "message"),
    [
        ("POST", "/predict", b"{", 400, "the request is not valid: "),
        ("POST", "/predict", b"\xff", 400, "the request is not valid: "),
        ("POST", "/predict", b"[" * 100_000, 400, "the request is not valid: "),
        ("POST", "/predict", b'{"tasks": [{"id": "1"}], "label_config": ""}', 400, "int"),
        ("POST", "/setup", b"[]", 400, "the request is not valid: "),
        ("POST", "/duplicate_model", b"{}", 404, "there is no such address"),
        ("GET", "/predict", b"", 405, "/predict does not answer GET"),
    ],
)
def test_invalid_requests_are_explained(address, lines, method, path, content, status, message):
    answer = httpx.request(
        method, address + path, content=content, auth=(USER, PASSWORD), timeout=PATIENCE
    )
    assert answer.status_code == status
    assert message in answer.json()["error"]
    assert "\n" not in answer.text.strip()
    assert message in lines[-1]


def test_only_label_studio_is_answered(address, lines):
    for auth in (None, (USER, "wrong"), ("", PASSWORD)):
        answer = httpx.get(f"{address}/health", auth=auth, timeout=PATIENCE)
        assert answer.status_code == 401
        assert "www-authenticate" in answer.headers
    assert not any(PASSWORD in line or "wrong@" in line for line in lines)


def test_changes_are_acknowledged_and_train_nothing(address):
    for body in ({"action": "START_TRAINING"}, {"action": "ANNOTATION_CREATED", "annotation": {}}):
        answer = httpx.post(f"{address}/webhook", json=body, timeout=PATIENCE)
        assert answer.status_code == 200
        assert "does not learn" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": str(MAX_BODY + 1)}, 413),
        ({"Content-Length": "-1"}, 411),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_requests_without_a_small_length_are_not_read(address, headers, status):
    connection = http.client.HTTPConnection(address.removeprefix("http://"))
    connection.putrequest("POST", "/webhook")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == status
    assert "error" in json.loads(answer.read())
    connection.close()


def test_a_request_that_ends_early_is_explained(address, lines):
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(b"POST /webhook HTTP/1.0\r\nContent-Length: 9\r\n\r\n{}")
        client.shutdown(socket.SHUT_WR)
        assert b" 400 " in client.recv(100)
    assert "the request ended early" in lines[-1]


def test_wrong_options_are_explained_before_a_server_is_asked(corpus):
    def serve(*options, model="baseline"):
        arguments = ["serve", "--root", str(corpus.root), "--token", "t", "--model", model]
        return CliRunner().invoke(studio, [*arguments, *options])

    result = serve("--listen", "9090", "--option", "learn=schema")
    assert "'9090' is not HOST:PORT" in result.stderr
    assert "there is no model 'none'" in serve(model="none").stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = serve("--listen", f"127.0.0.1:{port}", "--option", "learn=schema")
    assert result.exit_code == 1
    assert f"127.0.0.1:{port}: cannot listen: Address already in use." in result.stderr
