"""Chat completions, against a local server.

No language model runs here. The tests check the requests, the conversion of answers to predictions, and
the handling of errors.
"""

from __future__ import annotations

import json

import jsonschema
import pytest

import dateline
from dateline.evaluation.prompting.asked import asked_for
from dateline.evaluation.prompting.prompt import instructions
from dateline.evaluation.prompting.schema import answer_schema

from ..endpoint import Endpoint

ANSWER = {
    "mentions": [
        {"label": "PERSON", "text": "Kim Jong Un", "entity": "Kim Jong Un"},
        {"label": "PERSON", "text": "Vladimir Putin", "entity": "Putin"},
        {"label": "GPE", "text": "kursk", "entity": "Kursk"},
        {"label": "PERSON", "text": "the North Korean leader", "entity": "Kim Jong Un"},
    ],
    "events": [
        {
            "label": "MEET",
            "text": "met",
            "instance": None,
            "arguments": [
                {"role": "party", "text": "Kim Jong Un"},
                {"role": "place", "text": "Atlantis"},
            ],
        }
    ],
    "event_relations": [],
    "claims": [
        {
            "act": "ASSERT",
            "text": "Many soldiers died",
            "claimer": "AUTHOR",
            "cue": None,
            "events": [],
        },
        {
            "act": "PROMISE",
            "text": "fight on",
            "claimer": "the North Korean leader",
            "cue": "said",
            "events": [{"text": "met"}],
        },
    ],
    "claim_relations": [],
}


@pytest.fixture
def endpoint(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-real-key")
    found = Endpoint(lambda _: ANSWER)
    yield found
    found.stop()


@pytest.fixture
def predict(run, five, endpoint, tmp_path):
    def call(*more):
        options = (f"base_url={endpoint.url}", "wait=0", "retries=2", *more)
        arguments = [part for option in options for part in ("--option", option)]
        out = tmp_path / "llm.jsonl"
        return run(five, "predict", "--model", "openai:a-model", "--out", str(out), *arguments)

    return call


def record(tmp_path):
    return json.loads((tmp_path / "llm.run.json").read_bytes())


def test_the_request_has_the_guidelines_the_text_and_the_schema(predict, endpoint, five, news):
    assert predict().exit_code == 0
    path, headers, body = endpoint.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer not-a-real-key"
    assert (body["model"], body["temperature"]) == ("a-model", 0)
    system, user = body["messages"]
    for label in news.ontology.layers["events"].labels:
        assert f"- {label.name}: {label.description}" in system["content"]
    texts = {five.read_document(name).text for name in five.document_ids()}
    assert {b["messages"][1]["content"] for _, _, b in endpoint.asked} == texts
    shape = body["response_format"]["json_schema"]
    assert shape["strict"] is True
    jsonschema.validate(ANSWER, shape["schema"])
    assert user["role"] == "user"


def test_the_schema_of_answers_knows_only_the_ontology_s_labels(news):
    asked = asked_for(news.ontology)
    schema = answer_schema(asked)
    jsonschema.Draft202012Validator.check_schema(schema)
    wrong = {**ANSWER, "mentions": [{"label": "SHIP", "text": "a", "entity": "a"}]}
    with pytest.raises(jsonschema.ValidationError, match="SHIP"):
        jsonschema.validate(wrong, schema)
    assert "SHIP" not in instructions(asked)


def test_answers_become_predictions_with_places(predict, five, tmp_path):
    assert predict().exit_code == 0
    report = dateline.score(tmp_path / "llm.jsonl", five)
    mentions = report.score("entities", "strict").total
    # "kursk" is located as "Kursk"; "Vladimir Putin" is not in the text: a false positive.
    assert (mentions.matched_gold, mentions.predicted) == (15, 20)
    assert report.score("coreference", "MUC").total.matched_gold == 5
    arguments = report.score("arguments", "AC+").total
    assert (arguments.matched_gold, arguments.predicted) == (5, 10)
    assert report.score("claims", "claimer, matched only").total.matched_gold == 10
    assert len(report.problems) == 10


def test_the_record_has_the_cost_and_no_key(predict, tmp_path):
    result = predict()
    assert record(tmp_path)["cost"] == {"requests": 5, "input_tokens": 500, "output_tokens": 100}
    assert record(tmp_path)["settings"]["host"] == "127.0.0.1"
    written = "".join(path.read_text() for path in tmp_path.glob("llm.*"))
    assert "not-a-real-key" not in written + result.output


def test_a_busy_endpoint_is_retried(predict, endpoint, tmp_path):
    endpoint.queue = [(429, b"slow down"), (503, b"")]
    assert predict("concurrency=1").exit_code == 0
    assert record(tmp_path)["cost"]["requests"] == 7


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((401, b"no such key"), "the endpoint answered 401: no such key"),
        ((200, {"mentions": "none"}), "the answer does not fit the schema"),
        ((200, b'{"error": 1}'), "the reply is not a chat completion"),
        ((200, b"<html>"), "the reply is not JSON"),
    ],
)
def test_a_permanent_failure_fails_that_text_only(predict, endpoint, tmp_path, reply, message):
    endpoint.queue = [reply]
    result = predict("concurrency=1")
    assert result.exit_code == 1
    assert message in result.stdout
    assert record(tmp_path)["predicted"] == 4
    assert predict("concurrency=1").exit_code == 0
    assert record(tmp_path)["predicted"] == 5


def test_an_endpoint_that_stays_busy_fails(predict, endpoint, tmp_path):
    endpoint.queue = [(503, b"")] * 15
    result = predict()
    assert result.exit_code == 1
    assert len(endpoint.asked) == 15
    assert set(record(tmp_path)["failed"].values()) == {"the endpoint answered 503"}


def test_answers_are_cached(predict, endpoint, tmp_path, run, five):
    cache = f"cache={tmp_path / 'cache'}"
    assert predict(cache).exit_code == 0
    (tmp_path / "llm.jsonl").rename(tmp_path / "first.jsonl")
    (tmp_path / "llm.run.json").unlink()
    assert predict(cache).exit_code == 0
    assert len(endpoint.asked) == 5
    assert record(tmp_path)["cost"] == {"answers_from_cache": 5}
    assert (tmp_path / "llm.jsonl").read_bytes() == (tmp_path / "first.jsonl").read_bytes()


def test_concurrency_is_limited(predict, endpoint):
    assert predict("concurrency=2").exit_code == 0
    assert endpoint.most_at_once <= 2
    endpoint.asked.clear()


def test_a_missing_endpoint_and_a_wrong_number_are_explained(run, five, tmp_path, monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    out = ("--out", str(tmp_path / "o.jsonl"))
    assert (
        "needs a model, as in openai:MODEL, and the option base_url"
        in run(five, "predict", "--model", "openai:m", *out).stderr
    )
    wrong = ("--option", "base_url=http://127.0.0.1:9", "--option", "retries=many")
    assert (
        "an option is not a number: invalid"
        in run(five, "predict", "--model", "openai:m", *out, *wrong).stderr
    )


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((200, b"{}"), "the reply is not a chat completion: Object missing"),
        ((200, b'{"choices": []}'), "the reply is not a chat completion"),
        ((200, b'{"choices": [{"message": {"content": null}}]}'), "not a chat completion"),
        ((200, b'{"choices": [{"message": {"content": "[[[["}}]}'), "the answer does not fit"),
        ((200, b"[" * 100_000 + b"]" * 100_000), "nested deeper than 100 levels"),
        ((200, b'{"choices": NaN}'), "NaN is not a number"),
        ((200, b" " * 17 * 1024 * 1024), "the reply is longer than 16,777,216 bytes"),
        ((500, b"no" * 10_000_000), "the endpoint answered 500: nono"),
        ((302, b"moved"), "the endpoint answered 302: moved"),
        ((403, b"wrong key not-a-real-key \x1b[31m"), "wrong key [secret] \\u001b[31m"),
        ((403, b"\xff\xfe"), "the endpoint answered 403"),
    ],
)
def test_an_odd_reply_is_explained_in_a_line(predict, endpoint, tmp_path, reply, message):
    endpoint.queue = [reply] * (3 if reply[0] == 500 else 1)
    result = predict("concurrency=1", f"cache={tmp_path / 'cache'}")
    assert result.exit_code == 1
    assert message in result.stdout
    assert len(result.stdout) < 500
    assert result.stdout.count("\n") == 1
    stored = "".join(str(path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file())
    assert "not-a-real-key" not in stored + result.output
    # A reply of no use is not taken from the cache.
    assert predict("concurrency=1", f"cache={tmp_path / 'cache'}").exit_code == 0


def test_a_key_in_an_answer_is_not_stored(predict, endpoint, tmp_path):
    mention = {"label": "PERSON", "text": "not-a-real-key", "entity": "not-a-real-key"}
    endpoint.queue = [(200, {**ANSWER, "mentions": [mention]})]
    predict("concurrency=1", f"cache={tmp_path / 'cache'}")
    stored = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"not-a-real-key" in content for content in stored)
    assert b"[secret]" in (tmp_path / "llm.jsonl").read_bytes()


def test_numbers_of_tokens_that_are_none(predict, endpoint, tmp_path):
    message = [{"message": {"content": json.dumps(ANSWER)}}]
    for usage in ("many", {"prompt_tokens": "7"}, {"prompt_tokens": -7}, {"prompt_tokens": True}):
        endpoint.queue.append((200, json.dumps({"choices": message, "usage": usage}).encode()))
    assert predict("concurrency=1").exit_code == 0
    assert record(tmp_path)["cost"]["input_tokens"] == 100


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://example.org/v1", "would send the API key to example.org unencrypted"),
        ("http://127.0.0.1.example.org/v1", "unencrypted"),
        ("http://10.0.0.1/v1", "unencrypted"),
        ("ftp://example.org", "is not an address"),
        ("example.org/v1", "is not an address"),
        ("https://me:secret@example.org/v1", "names and passwords in it are not allowed"),
        ("http://[::1", "is not an address"),
        ("http://localhost:99999/v1", "is not an address"),
    ],
)
def test_the_key_is_sent_to_safe_addresses_only(run, five, tmp_path, monkeypatch, address, message):
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-real-key")
    out = tmp_path / "new" / "o.jsonl"
    option = ("--option", f"base_url={address}")
    result = run(five, "predict", "--model", "openai:m", "--out", str(out), *option)
    assert result.exit_code == 1
    assert message in result.stderr
    assert "me:secret" not in result.stderr
    assert not out.parent.exists()


def test_a_key_that_is_none_is_refused_without_showing_it(run, five, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "not-a\nreal-key")
    options = ("--out", str(tmp_path / "o.jsonl"), "--option", "base_url=https://example.org")
    result = run(five, "predict", "--model", "openai:m", *options)
    assert "$OPENAI_API_KEY: has characters that an API key cannot have" in result.stderr
    assert "real-key" not in result.stderr


def test_plain_http_can_be_allowed(endpoint, monkeypatch, news):
    from dateline.evaluation.models.interface import ModelConfig
    from dateline.evaluation.models.openai import make

    config = ModelConfig(
        argument="m",
        options={"base_url": "http://models.internal/v1", "allow_plain_http": "yes"},
        ontology=news.ontology,
        training_gold=lambda: None,
    )
    assert make(config).settings["host"] == "models.internal"
