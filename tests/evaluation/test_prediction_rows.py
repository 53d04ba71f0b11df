"""Predictions that are read as rows of Arrow tables are those that are read as structs.

Whatever is in a file, both ways give the same predictions, warnings, errors, columns and problems.
"""

from __future__ import annotations

import copy
import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dateline.errors import DatelineError
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.gold import Gold
from dateline.evaluation.gold_documents import GoldDocument
from dateline.model import LAYERS
from dateline.ontology.labels import Ontology
from dateline.ontology.reading import read_ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.reading import Found, PredictionFile
from dateline.predictions.rows.schema import prediction_schema
from dateline.predictions.rows.table import PredictionRow, read_rows
from dateline.text import sha256_of_text
from tests.layered import ENTITIES_ONLY, TEXT, items_of
from tests.layered import ONTOLOGY as LAYERED

from .test_quick_check import changed_somewhere

NAMES = ("d0", "d1", "d2")
PARTS = [
    b"null", b"NaN", b"1.0", b"1e2", b"-0", b"}{", b"}null{", b"\n", b"\n\n", b" ", b"\\ud800",
    b"\\ud83d\\ude00", b"\\u0000", b"\\u00e9", b'"', b",", b"9" * 20, b"true", b"[]", b"{}", b"{",
    b"\xff", b"\xef\xbb\xbf", b'"id":"x",', b'"confidence":0.5,', b'"x":1,', b"```", b"'",
]  # fmt: skip
"""What is put into the text of a file."""


@cache
def ontology_of(kind: str) -> Ontology:
    found = {"every layer": LAYERED, "entities": ENTITIES_ONLY}[kind]
    return read_ontology({"ontology": found})


def values_of(ontology: Ontology) -> list[dict[str, Any]]:
    items = {field: some for field, some in items_of(TEXT).items() if field in ontology.fields}
    if ontology.has_coreference:
        return [{"document": name, **copy.deepcopy(items)} for name in NAMES]
    mentions = [
        {key: value for key, value in mention.items() if key in ("id", "spans", "type")}
        for mention in items["mentions"]
    ]
    return [{"document": name, "mentions": copy.deepcopy(mentions)} for name in NAMES]


def content_of(values: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def without_nil(value: dict[str, Any]) -> dict[str, Any]:
    """The prediction without links to no entry, whose id is null."""
    for owner in (*value.get("entities", ()), *value.get("event_clusters", ())):
        owner["links"] = [link for link in owner.get("links", ()) if link["id"] is not None]
    return value


def gold_of(ontology: Ontology) -> Gold:
    (first, *_) = values_of(ontology)
    documents = tuple(
        GoldDocument(
            id=name, text=TEXT, text_sha256=sha256_of_text(TEXT), split="test", layers=LAYERS,
            items=msgspec.convert({**first, "document": name}, Prediction),
        )
        for name in NAMES
    )  # fmt: skip
    return Gold(name="g", version=None, split=None, ontology=ontology, documents=documents)


def read(path: Path, ontology: Ontology | None = None, size: int = 1) -> tuple[list[Found], str]:
    """What is read before the first error, and the error."""
    found: list[Found] = []
    try:
        found.extend(PredictionFile(path, ontology, size))
    except DatelineError as error:
        return found, str(error)
    return found, ""


def assert_same(path: Path, ontology: Ontology, size: int) -> list[Found]:
    structs, error = read(path)
    rows, same_error = read(path, ontology, size)
    assert same_error == error
    assert [one.prediction() if isinstance(one, PredictionRow) else one for one in rows] == structs
    if error:
        return rows
    gold = gold_of(ontology)
    inputs = []
    for found in (structs, rows):
        try:
            inputs.append(ScoringInput(gold, found))
        except DatelineError as problem:
            inputs.append(str(problem))
    expected, same = inputs
    if isinstance(expected, str):
        assert same == expected
    else:
        assert same.problems == expected.problems
        assert same.missing == expected.missing
        assert same.predicted.digest == expected.predicted.digest
    return rows


@pytest.mark.parametrize("kind", ["every layer", "entities"])
def test_predictions_without_errors_are_rows(tmp_path, kind):
    ontology = ontology_of(kind)
    path = tmp_path / "predictions.jsonl"
    content = content_of([without_nil(value) for value in values_of(ontology)])
    path.write_bytes(content)
    rows = assert_same(path, ontology, len(content) // 2)
    assert [type(row) for row in rows[:2]] == [PredictionRow] * 2
    # A small rest is not worth a table.
    assert isinstance(rows[2], Prediction)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["every layer", "entities"]), st.sampled_from([1, 3000]), st.data())
def test_changed_predictions_are_read_alike(tmp_path, kind, size, data):
    ontology = ontology_of(kind)
    values = [without_nil(value) for value in values_of(ontology)]
    changed = data.draw(st.integers(0, 2))
    values[changed] = changed_somewhere(values[changed], data)
    path = tmp_path / "predictions.jsonl"
    path.write_bytes(content_of(values))
    assert_same(path, ontology, size)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["every layer", "entities"]), st.sampled_from([1, 3000]), st.data())
def test_damaged_files_are_read_alike(tmp_path, kind, size, data):
    ontology = ontology_of(kind)
    content = content_of([without_nil(value) for value in values_of(ontology)])
    marks = [at for at, byte in enumerate(content) if byte in b'{}[],:"\n']
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.one_of(st.sampled_from(marks), st.integers(0, len(content))))
        cut = data.draw(st.sampled_from([0, 0, 1, 2, 7]))
        content = content[:at] + data.draw(st.sampled_from(PARTS)) + content[at + cut :]
    path = tmp_path / "predictions.jsonl"
    path.write_bytes(content)
    assert_same(path, ontology, size)


@pytest.mark.parametrize("first", [b"", b"{nonsense\n"])
@pytest.mark.parametrize("size", [1, 3000, 10**6])
def test_a_file_that_is_cut_off_is_read_up_to_there(tmp_path, first, size):
    ontology = ontology_of("every layer")
    content = b"".join(map(content_of, [values_of(ontology)] * 20))
    path = tmp_path / "predictions.jsonl.gz"
    path.write_bytes(gzip.compress(first + content)[:-20])
    rows = assert_same(path, ontology, size)
    assert bool(rows) == (first == b"")


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line + b"null",
        lambda line: line.replace(b'"attributes": {', b'"attributes": null, "x": {', 1),
        lambda line: line.replace(b'"certainty": "possible"', b'"certainty": null'),
        lambda line: line + b" null " + line,
        lambda line: line + line,
        lambda line: line[:-1] + b',"document":"d1"}',
        lambda line: line.replace(b'"d0"', b"null"),
        lambda line: line.replace(b'"d0"', b"5"),
        lambda line: line.replace(b'"amount": 81', b'"amount": NaN'),
        lambda line: line.replace(b'"amount": 81', b'"amount": 9007199254740993'),
        lambda line: line.replace(b'"start": ', b'"start": 1.'),
        lambda line: line.replace(b'"start": ', b'"from": '),
        lambda line: line.replace(b"aspirin", b"\xff"),
        lambda line: line.replace(b"aspirin", b"\\ud800"),
        lambda line: line[:-1] + b',"scores":{}}',
        lambda line: line.replace(b"aspirin", b"\x00"),
        lambda line: line.replace(b'"start": ', b'"start": ' + b"9" * 100_000),
        lambda line: line.replace(b'"spans": [', b'"spans": [' + b"[" * 100_000),
        lambda line: line.replace(b'"spans": ', b'"x": ' + b'{"x": ' * 100_000 + b'"spans": '),
        lambda line: line[:-2] + b"}",
        lambda line: b"[" + line + b"]",
        lambda line: b"",
    ],
)
def test_what_arrow_reads_differently_is_left_to_the_strict_reader(change):
    ontology = ontology_of("every layer")
    schema = prediction_schema(ontology)
    lines = content_of([without_nil(value) for value in values_of(ontology)]).splitlines()
    assert read_rows(lines, schema) is not None
    assert change(lines[0]) != lines[0]
    assert read_rows([change(lines[0]), *lines[1:]], schema) is None
