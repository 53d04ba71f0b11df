"""OmniEvent: rows of its unified format, as its documentation shows them."""

from __future__ import annotations

import json

import pytest

from dateline.interop.registry import format_of

TEXT = "In 1997 , Chun was sentenced to life and Roh to 17 years . He appealed the sentence ."


def mention(quote, name=None):
    found = {"mention": quote, "position": [TEXT.index(quote), TEXT.index(quote) + len(quote)]}
    return found if name is None else {"id": name, **found}


def trigger(word, name, *arguments):
    start = TEXT.index(word)
    return {
        "id": name, "trigger_word": word, "position": [start, start + len(word)],
        "arguments": [{"role": role, "mentions": mentions} for role, *mentions in arguments],
    }  # fmt: skip


@pytest.fixture
def row():
    first = trigger(
        "sentenced", "em-1", ("defendant", mention("Chun", "m-1"), mention("Roh", "m-2"))
    )
    second = trigger("the sentence", 2, ("time", mention("1997")))
    return {
        "id": "NYT-6",
        "text": TEXT,
        "events": [
            {"type": "sentence", "triggers": [first, second]},
            {"type": "appeal", "triggers": [trigger("appealed", "em-3")]},
        ],
        "negative_triggers": [{"id": 0, "trigger_word": "In", "position": [0, 2]}],
        "entities": [
            {"type": "PER", "mentions": [mention("Chun", "m-1"), mention("He", "m-3")]},
            {"type": "PER", "mentions": [mention("Roh", "m-2")]},
        ],
    }


def test_a_row_of_the_unified_format_becomes_an_annotation(row, run, empty_corpus, tmp_path):
    file = tmp_path / "valid.unified.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    out = tmp_path / "new"
    result = run(
        empty_corpus, "import", "omnievent", str(file), "--out", str(out), "--language", "en"
    )
    assert result.exit_code == 0, result.output
    corpus = type(empty_corpus)(out)
    (name,) = corpus.document_ids()
    assert corpus.read_document(name).split == "validation"
    annotation = corpus.read_annotation("annotator1", name)
    mentions = {m.spans[0].text: m for m in annotation.mentions}
    assert {quote: m.type for quote, m in mentions.items()} == {
        "1997": "mention", "Chun": "PER", "Roh": "PER", "He": "PER",
    }  # fmt: skip
    assert mentions["Chun"].entity == mentions["He"].entity is not None
    assert mentions["Roh"].entity is None
    sentenced, appealed, sentence = annotation.events
    assert sentenced.cluster == sentence.cluster is not None
    assert appealed.cluster is None
    assert {(a.role, a.filler) for a in sentenced.arguments} == {
        ("defendant", mentions["Chun"].id), ("defendant", mentions["Roh"].id),
    }  # fmt: skip
    assert [(a.role, a.filler) for a in sentence.arguments] == [("time", mentions["1997"].id)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mention": "Chan"}, '"Chan" has another text at its offsets: "Chun", expected "Chan".'),
        ({"position": -1}, "Expected `array`, got `int`"),
        ({"id": "m-2"}, '"m-2" is the id of two items. Give each its own.'),
    ],
)
def test_a_row_that_is_not_understood_is_named(change, message, row, run, empty_corpus, tmp_path):
    row["entities"][0]["mentions"][0].update(change)
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    result = run(empty_corpus, "import", "omnievent", str(file), "--out", str(tmp_path / "new"))
    assert result.exit_code == 1
    assert f"{file}, line 1: " in result.stderr
    assert message in result.stderr


def test_words_split_at_blanks_are_those_of_triggers(repository, run, tmp_path):
    out = tmp_path / "out"
    result = run(repository, "export", "omnievent", "--out", str(out), "--split", "validation")
    assert result.exit_code == 0
    rows = [
        *map(json.loads, (out / "validation.jsonl").read_text(encoding="utf-8").split("\n")[:-1])
    ]
    for row in rows:
        text, words = row["text"], row["text"].split()
        triggers = [trigger for event in row["events"] for trigger in event["triggers"]]
        covered = set()
        for found in triggers:
            start, end = found["position"]
            first, last = len(text[:start].split()), len(text[:end].split())
            assert words[first:last] == found["trigger_word"].split()
            covered.update(range(first, last))
        negative = {len(text[: n["position"][0]].split()) for n in row["negative_triggers"]}
        assert negative == {*range(len(words))} - covered
    assert sum(len(event["triggers"]) > 1 for row in rows for event in row["events"]) > 10


def test_the_reader_needs_no_entities_and_no_events(tmp_path):
    file = tmp_path / "test.jsonl"
    file.write_text(json.dumps({"id": 7, "text": TEXT, "candidates": []}), encoding="utf-8")
    (document,) = format_of("omnievent").reader(file)
    assert (document.name, document.text, dict(document.items)) == ("7", TEXT, {})
