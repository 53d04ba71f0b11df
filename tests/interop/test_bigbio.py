"""BigBIO: the rows have the features of the schema, and keep to what it demands."""

from __future__ import annotations

import json

import pytest
from datasets import Features, List, Value, load_dataset

from dateline.interop.registry import format_of

STRING, STRINGS = Value("string"), List(Value("string"))
SPAN = {"text": STRINGS, "offsets": List(List(Value("int32")))}
LABELLED = {"id": STRING, "type": STRING}
NORMALIZED = List({"db_name": STRING, "db_id": STRING})
FEATURES = Features(
    {
        "id": STRING,
        "document_id": STRING,
        "passages": List({**LABELLED, **SPAN}),
        "entities": List({**LABELLED, **SPAN, "normalized": NORMALIZED}),
        "events": List(
            {**LABELLED, "trigger": SPAN, "arguments": List({"role": STRING, "ref_id": STRING})}
        ),
        "coreferences": List({"id": STRING, "entity_ids": STRINGS}),
        "relations": List(
            {**LABELLED, "arg1_id": STRING, "arg2_id": STRING, "normalized": NORMALIZED}
        ),
    }
)
"""The features that the page of the schema describes."""

TEXT = "Naloxone reverses the effect of clonidine. Clonidine lowers it."


@pytest.fixture
def row():
    """A row as the page of the schema shows it, with two passages."""
    first, second = TEXT[:42], TEXT[43:]
    return {
        "id": "0",
        "document_id": "227508",
        "passages": [
            {"id": "1", "type": "title", "text": [first], "offsets": [[0, 42]]},
            {"id": "2", "type": "abstract", "text": [second], "offsets": [[43, 63]]},
        ],
        "entities": [
            {
                "id": "3", "type": "Chemical", "text": ["Naloxone"], "offsets": [[0, 8]],
                "normalized": [{"db_name": "MESH", "db_id": "D009270"}],
            },
            {
                "id": "4", "type": "Chemical", "text": ["effect", "clonidine"],
                "offsets": [[22, 28], [32, 41]], "normalized": [],
            },
            {
                "id": "5", "type": "Chemical", "text": ["Clonidine"], "offsets": [[43, 52]],
                "normalized": [{"db_name": "MESH", "db_id": "D003000"}],
            },
        ],
        "events": [
            {
                "id": "6", "type": "Reversal", "trigger": {"text": ["reverses"], "offsets": [[9, 17]]},
                "arguments": [{"role": "agent", "ref_id": "3"}, {"role": "theme", "ref_id": "7"}],
            },
            {
                "id": "7", "type": "Change", "trigger": {"text": ["lowers"], "offsets": [[53, 59]]},
                "arguments": [{"role": "agent", "ref_id": "99"}],
            },
        ],
        "coreferences": [{"id": "8", "entity_ids": ["4", "5"]}],
        "relations": [
            {"id": "9", "type": "blocks", "arg1_id": "3", "arg2_id": "5", "normalized": []},
        ],
    }  # fmt: skip


@pytest.fixture
def file(tmp_path):
    return tmp_path / "train.jsonl"


def read(file, row):
    file.write_text(json.dumps(row), encoding="utf-8")
    return list(format_of("bigbio").reader(file))


def test_a_row_of_the_schema_becomes_an_annotation(file, row):
    (document,) = read(file, row)
    (annotation,) = document.annotations.values()
    assert (document.name, document.text) == ("227508", TEXT)
    assert [[s.text for s in m.spans] for m in annotation.mentions] == [
        ["Naloxone"], ["effect", "clonidine"], ["Clonidine"],
    ]  # fmt: skip
    naloxone, effect, clonidine = annotation.mentions
    links = {e.id: [(link.kb, link.id) for link in e.links] for e in annotation.entities}
    assert effect.entity == clonidine.entity
    assert links == {
        naloxone.entity: [("MESH", "D009270")],
        clonidine.entity: [("MESH", "D003000")],
    }
    reversal, change = annotation.events
    assert [(a.role, a.filler) for a in reversal.arguments] == [
        ("agent", naloxone.id), ("theme", change.id),
    ]  # fmt: skip
    (relation,) = annotation.relations
    assert (relation.source, relation.target) == (naloxone.id, clonidine.id)
    (loss,) = document.losses
    assert (loss.kind, loss.name, loss.reason) == ("arguments", "7 agent 99", "there is no 99")
    assert loss.is_wrong
    assert document.items["arguments"] == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"entities": [{"id": "3"}]}, "Object missing required field"),
        ({"passages": None}, "Expected `array`, got `null`"),
    ],
)
def test_a_row_of_another_shape_is_named(change, message, file, row, run, empty_corpus, tmp_path):
    file.write_text(f"\n{json.dumps(row | change)}\n", encoding="utf-8")
    result = run(empty_corpus, "import", "bigbio", str(file), "--out", str(tmp_path / "new"))
    assert result.exit_code == 1
    assert f"{file}, line 2: " in result.stderr
    assert message in result.stderr


def test_an_entity_with_another_text_at_its_offsets_is_named(
    file, row, run, empty_corpus, tmp_path
):
    row["entities"][0]["offsets"] = [[1, 9]]
    file.write_text(json.dumps(row), encoding="utf-8")
    result = run(empty_corpus, "import", "bigbio", str(file), "--out", str(tmp_path / "new"))
    assert (
        f'{file}, line 1: "3" has another text at its offsets: "aloxone ", expected "Naloxone".'
        in result.stderr
    )


def test_exported_rows_have_the_features_and_unique_ids(layered, run, tmp_path):
    out = tmp_path / "out"
    assert run(layered, "export", "bigbio", "--out", str(out)).exit_code == 0
    rows = load_dataset(
        "json",
        data_files={file.stem: str(file) for file in out.iterdir()},
        features=FEATURES,
        cache_dir=str(tmp_path / "cache"),
    )
    (row,) = (row for split in rows.values() for row in split)
    text = " ".join(part for passage in row["passages"] for part in passage["text"])
    parts = ("passages", "entities", "events", "coreferences", "relations")
    ids = [row["id"], *(item["id"] for part in parts for item in row[part])]
    assert len(ids) == len(set(ids))
    for item in (*row["entities"], *(event["trigger"] for event in row["events"])):
        assert [text[start:end] for start, end in item["offsets"]] == item["text"]
    entities = {entity["id"] for entity in row["entities"]}
    fillers = {a["ref_id"] for event in row["events"] for a in event["arguments"]}
    assert fillers <= entities | {event["id"] for event in row["events"]}
    assert {name for c in row["coreferences"] for name in c["entity_ids"]} <= entities
    assert any(entity["normalized"] for entity in row["entities"])
