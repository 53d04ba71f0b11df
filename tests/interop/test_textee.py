"""TextEE: windows of tokens, as its loaders and those of OneIE read them."""

from __future__ import annotations

import json

import pytest

from dateline.interop.registry import format_of

TOKENS = ["Ana", "Ruiz", "hired", "Bo", "."]


@pytest.fixture
def windows():
    """Two windows of a document as the scripts of TextEE write them, with ids of each window."""
    return [
        {
            "doc_id": "d1",
            "wnd_id": "d1_0",
            "text": "Ana Ruiz hired Bo.",
            "tokens": TOKENS,
            "pieces": ["Ana", "Ruiz", "hired", "Bo", "."],
            "lang": "en",
            "entity_mentions": [
                {"id": "E1", "text": "Ana Ruiz", "entity_type": "PER", "start": 0, "end": 2},
                {"id": "E2", "text": "Bo", "entity_type": "PER", "start": 3, "end": 4},
            ],
            "relation_mentions": [
                {
                    "id": "R1",
                    "relation_type": "Knows",
                    "arguments": [
                        {"entity_id": "E2", "role": "Arg-2", "text": "Bo"},
                        {"entity_id": "E1", "role": "Arg-1", "text": "Ana Ruiz"},
                    ],
                },
            ],
            "event_mentions": [
                {
                    "id": "V1",
                    "event_type": "Personnel:Start",
                    "trigger": {"text": "hired", "start": 2, "end": 3},
                    "arguments": [
                        {"entity_id": "E2", "role": "Person", "text": "Bo", "start": 3, "end": 4},
                    ],
                },
            ],
        },
        {
            "doc_id": "d1",
            "wnd_id": "d1_1",
            "text": "She left.",
            "tokens": ["She", "left", "."],
            "entity_mentions": [
                {"id": "E1", "text": "She", "entity_type": "PER", "start": 0, "end": 1},
            ],
            "event_mentions": [],
        },
    ]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "dev.json"


def write(file, windows):
    file.write_text("".join(f"{json.dumps(w)}\n" for w in windows), encoding="utf-8")


def test_windows_of_one_document_become_one_text(file, windows):
    write(file, windows)
    (document,) = format_of("textee").reader(file)
    (annotation,) = document.annotations.values()
    assert document.text == "Ana Ruiz hired Bo .\nShe left .\n"
    assert [(m.spans[0].text, m.type) for m in annotation.mentions] == [
        ("Ana Ruiz", "PER"), ("Bo", "PER"), ("She", "PER"),
    ]  # fmt: skip
    ana, bo, _ = annotation.mentions
    (relation,) = annotation.relations
    assert (relation.type, relation.source, relation.target) == ("Knows", ana.id, bo.id)
    (event,) = annotation.events
    assert (event.trigger[0].text, event.type) == ("hired", "Personnel:Start")
    assert [(a.role, a.filler) for a in event.arguments] == [("Person", bo.id)]
    assert document.language == "en"
    assert not document.losses


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {
                "entity_mentions": [
                    {"id": "E1", "text": "x", "entity_type": "A", "start": 3, "end": 9}
                ]
            },
            '"E1" has the offsets 3 to 9, which are not those of tokens: there are 5.',
        ),
        ({"tokens": ["Ana", " "]}, "tokens: has an empty one. Remove it."),
        ({"tokens": "Ana"}, "Expected `array`, got `str`"),
    ],
)
def test_a_window_that_is_not_understood_is_named(
    change, message, file, windows, run, empty_corpus, tmp_path
):
    write(file, [windows[0] | change])
    result = run(empty_corpus, "import", "textee", str(file), "--out", str(tmp_path / "new"))
    assert result.exit_code == 1
    assert f"{file}, line 1: " in result.stderr
    assert message in result.stderr


def test_exported_offsets_are_those_of_tokens(repository, run, tmp_path):
    out = tmp_path / "out"
    result = run(repository, "export", "textee", "--out", str(out), "--split", "validation")
    assert result.exit_code == 0
    windows = [
        *map(json.loads, (out / "validation.json").read_text(encoding="utf-8").split("\n")[:-1])
    ]
    assert len({window["wnd_id"] for window in windows}) == len(windows)
    arguments = 0
    for window in windows:
        entities = {entity["id"]: entity for entity in window["entity_mentions"]}
        events = window["event_mentions"]
        spans = [*entities.values(), *(event["trigger"] for event in events)]
        for event in events:
            for argument in event["arguments"]:
                arguments += 1
                entity = entities[argument["entity_id"]]
                assert {**entity, **argument} == {**argument, **entity}
        assert window["lang"] == "en"
        for relation in window["relation_mentions"]:
            for end in relation["arguments"]:
                entity = entities[end["entity_id"]]
                assert (end["start"], end["end"]) == (entity["start"], entity["end"])
        assert window["text"] == " ".join(window["tokens"])
        for span in spans:
            assert " ".join(window["tokens"][span["start"] : span["end"]]) == span["text"]
    assert arguments > 100
