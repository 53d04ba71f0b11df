"""Statements give what a plain loop over the rows gives, and reach nothing but the views."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from datasets import load_dataset

import dateline
from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError
from dateline.search.sql import SCHEMA
from dateline.search.sql import run as run_statement
from dateline.search.tables import tables_at
from tests.adjudication.terminal import Terminal
from tests.conftest import REPOSITORY, code_blocks

QUERIES = code_blocks((REPOSITORY / "docs" / "finding.md").read_text(encoding="utf-8"), "sql")


@pytest.fixture(scope="module")
def tables(dist):
    return tables_at(dist)


def items(plain, field, annotator="gold"):
    return [
        (document, item)
        for document in plain.documents
        if annotator in document["by"]
        for item in document["by"][annotator][field]
    ]


def by_id(plain, field):
    return {(document["id"], item["id"]): item for document, item in items(plain, field)}


def joined(spans):
    return " ".join(span["text"] for span in spans)


def role_fillers(plain):
    types = {key: m["type"] for key, m in by_id(plain, "mentions").items()}
    return Counter(
        (
            event["type"],
            argument["role"],
            types.get((document["id"], argument["mention"]))
            or ("event" if argument["event"] else "claim"),
        )
        for document, event in items(plain, "events")
        for argument in event["arguments"]
    )


def claimers(plain):
    mentions, entities = by_id(plain, "mentions"), by_id(plain, "entities")

    def name(document, claimer):
        mention = mentions.get((document, claimer))
        if mention is None:
            return claimer
        entity = entities.get((document, mention["entity"]))
        return entity["name"] if entity else joined(mention["spans"])

    return Counter(name(d["id"], claim["claimer"]) for d, claim in items(plain, "claims"))


def sentences_with_both(plain):
    def starts(document, field, key, label=None):
        found = document["by"]["gold"][field]
        return [i[key][0]["start"] for i in found if label in (None, i["type"])]

    return sum(
        any(start <= place < end for place in starts(document, "events", "trigger"))
        and any(start <= place < end for place in starts(document, "mentions", "spans", "PERSON"))
        for document in plain.documents
        for start, end in document["sentences"]
    )


def other_types(plain):
    def place(event):
        return event["trigger"][0]["start"], event["trigger"][-1]["end"]

    return Counter(
        (one["type"], other["type"])
        for document, one in items(plain, "events", "pass-a")
        for of, other in items(plain, "events", "pass-b")
        if of is document and place(one) == place(other) and one["type"] != other["type"]
    )


def contradictions(plain):
    claims = by_id(plain, "claims")
    return Counter(
        (d["id"], *(joined(claims[d["id"], r[end]]["spans"]) for end in ("source", "target")))
        for d, r in items(plain, "claim_relations")
        if r["type"] == "CONTRADICTS"
    )


PLAIN = [
    lambda plain: Counter(mention["type"] for _, mention in items(plain, "mentions")),
    lambda plain: Counter(d["split"] for d in plain.documents for _ in d["tokens"]),
    role_fillers,
    claimers,
    lambda plain: Counter(
        (document["id"], claim["id"], joined(claim["spans"]))
        for document, claim in items(plain, "claims")
        if len(claim["spans"]) > 1
    ),
    lambda plain: Counter(
        (claim["act"], claim["attributes"]["polarity"]) for _, claim in items(plain, "claims")
    ),
    lambda plain: Counter(
        (
            d["id"],
            entity["name"],
            sum(m["entity"] == entity["id"] for m in d["by"]["gold"]["mentions"]),
        )
        for d, entity in items(plain, "entities")
    ),
    sentences_with_both,
    other_types,
    contradictions,
]
COUNTED = (0, 1, 2, 3, 5, 8)
"""The queries whose last column is a number of rows."""


@pytest.mark.parametrize("number", range(10))
def test_a_documented_query_gives_what_a_plain_loop_counts(number, tables, plain):
    expected = PLAIN[number](plain)
    rows = [tuple(row.values()) for row in run_statement(QUERIES[number], tables).to_pylist()]
    if number in COUNTED:
        found = {row[:-1] if len(row) > 2 else row[0]: row[-1] for row in rows}
        assert len(found) == len(rows)
    elif number == 7:
        ((found,),) = rows
    else:
        found = Counter(rows)
    assert found == expected


def test_all_documented_queries_are_tested():
    assert len(QUERIES) == len(PLAIN) == 10


def test_the_corpus_the_dataset_and_its_loaded_rows_give_the_same(few, dist):
    loaded = load_dataset(str(dist), "documents")
    for statement in (QUERIES[2], "SELECT * EXCLUDE attributes FROM mentions ORDER BY ALL"):
        expected = dateline.query(statement, dist).to_pylist()
        assert dateline.query(statement, few.root).to_pylist() == expected
        assert dateline.query(statement, loaded).to_pylist() == expected
    one = loaded["test"].filter(lambda row: row["id"] == "serrat-ridge-wire")
    (row,) = dateline.query("SELECT id FROM documents", one).to_pylist()
    assert row == {"id": "serrat-ridge-wire"}


def test_every_view_can_be_read(tables):
    columns = run_statement(SCHEMA, tables).to_pylist()
    views = {(row["schema"], row["view"]) for row in columns}
    assert {("main", "tokens"), ("main", "arguments"), ("annotators", "claims")} <= views
    for schema, view in views:
        assert run_statement(f'SELECT * FROM {schema}."{view}"', tables).num_rows > 0, view


def test_offsets_of_tokens_and_sentences_are_code_points(tables, plain):
    found = run_statement('SELECT document, start, "end", text FROM tokens', tables).to_pylist()
    texts = {document["id"]: document["text"] for document in plain.documents}
    assert all(texts[t["document"]][t["start"] : t["end"]] == t["text"] for t in found)


def test_items_of_withheld_texts_have_no_text(few, tmp_path):
    from dateline.dataset.build import build

    build(few, tmp_path / "dist", withhold=lambda document: True)
    for view in ("mentions", "tokens", "sentences", "claims"):
        found = dateline.query(f"SELECT DISTINCT text FROM {view}", tmp_path / "dist")
        assert found.to_pylist() == [{"text": None}]


HOSTILE = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_parquet('{file}')",
    "SELECT * FROM parquet_metadata('{file}')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "FROM '/etc/passwd'",
    "FROM 'http://127.0.0.1:1/x.parquet'",
    "SELECT * FROM query('COPY (SELECT 1) TO ''{file}''')",
    "SELECT * FROM query_table(['/etc/passwd'])",
    "SELECT * FROM enable_logging(storage = 'file', storage_path = '{file}')",
    "SELECT * FROM duckdb_secrets()",
    "SELECT getenv('HOME')",
    "SELECT * FROM tables",
    "SELECT * FROM connection",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{file}'",
    "COPY documents TO '{file}'",
    "COPY (SELECT 1) TO '{file}' (FORMAT parquet)",
    "EXPORT DATABASE '{file}'",
    "IMPORT DATABASE '{file}'",
    "ATTACH '{file}'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA version",
    "PRAGMA enable_profiling",
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "RESET lock_configuration",
    "CALL pragma_version()",
    "CREATE TABLE x AS SELECT 1",
    "CREATE SECRET (TYPE s3)",
    "DROP VIEW mentions",
    "BEGIN",
    "USE annotators",
    "PREPARE x AS SELECT 1",
    "SELECT 1; COPY documents TO '{file}'",
]


@pytest.mark.parametrize("statement", HOSTILE)
def test_a_statement_reaches_no_file_network_setting_or_variable(statement, tables, tmp_path):
    file = tmp_path / "file"
    with pytest.raises(InvalidInputError):
        run_statement(statement.replace("{file}", str(file)), tables)
    assert not file.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM range(10000000000) ORDER BY random()",
        "SELECT repeat('x', 100000) FROM range(9000)",
    ],
)
def test_memory_is_limited(statement, tables):
    with pytest.raises(InvalidInputError, match=r"more than 0\.2 GB"):
        run_statement(statement, tables, memory=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such limit")
def test_the_memory_of_a_single_huge_value_is_limited_too(dist, run):
    huge = ("SELECT length(repeat('x', 4000000000)) AS n", "--memory", "0.1")
    result = run(Corpus(dist), "query", *huge, "--dataset", str(dist))
    assert result.exit_code == 1
    assert "more than 0.1 GB" in result.stderr
    assert run(Corpus(dist), "query", "SELECT 1", "--dataset", str(dist)).exit_code == 0


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("SELECT typ FROM mentions", 'column "typ" not found'),
        ("SELECT * FROM mention", 'Did you mean "mentions"?'),
        ("SELEC 1", "syntax error"),
        ("", "Expected one statement, found 0."),
        ("SELECT 1; SELECT 2", "Expected one statement, found 2."),
        ("DELETE FROM documents", "The statement is DELETE, but only SELECT is allowed"),
    ],
)
def test_a_mistake_is_explained_without_a_traceback(statement, problem, few, dist, run):
    result = run(few, "query", statement, "--dataset", str(dist))
    assert result.exit_code == 1
    assert problem in result.stderr
    assert "Traceback" not in result.output


def test_every_format_has_the_same_rows(few, dist, run, tmp_path):
    statement = "SELECT document, id, spans, sum(start) OVER () AS total FROM claims ORDER BY ALL"
    options = ("query", statement, "--dataset", str(dist))
    rows = json.loads(run(few, *options, "--format", "json").stdout)
    lines = run(few, *options, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == rows != []
    assert isinstance(rows[0]["total"], int)
    table = list(csv.DictReader(io.StringIO(run(few, *options, "--format", "csv").stdout)))
    assert [json.loads(row["spans"]) for row in table] == [row["spans"] for row in rows]
    assert run(few, *options, "--out", str(tmp_path / "a.parquet")).exit_code == 0
    written = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert [row["id"] for row in written] == [row["id"] for row in rows]
    shown = run(few, *options)
    assert f"{len(rows)} rows" in shown.stderr


def test_a_statement_comes_from_a_file_or_from_standard_input(few, dist, run, tmp_path):
    file = tmp_path / "question.sql"
    file.write_text("-- a question\nSELECT 1 AS a", encoding="utf-8")
    options = ("--dataset", str(dist), "--format", "jsonl")
    assert run(few, "query", "--file", str(file), *options).stdout == '{"a":1}\n'
    assert run(few, "query", "-", *options, input="SELECT 1 AS a").stdout == '{"a":1}\n'
    assert "mentions" in run(few, "query", "--show-schema", "--dataset", str(dist)).stdout


def test_ctrl_c_ends_a_long_statement_with_one_line(few, dist, tmp_path):
    statement = "SELECT a.text FROM tokens a, tokens b, tokens c WHERE hash([a, b, c]) = 0"
    out = tmp_path / "out.csv"
    terminal = Terminal(few, "query", statement, "--dataset", str(dist), "--out", str(out))
    terminal.interrupt()
    assert terminal.until("Interrupted.\r\n") == "\r\n"
    assert terminal.end() == 130
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "Expected one of STATEMENT, --file and --show-schema."),
        (["SELECT 1", "--show-schema"], "Expected one of"),
        (["SELECT 1", "--format", "parquet"], "--format parquet needs --out FILE."),
        (["SELECT 1", "--out", "a.txt"], "--out: give --format"),
        (["SELECT 1 AS a, 2 AS a", "--format", "json"], 'Two columns have the name "a".'),
        (["SELECT * FROM test_all_types()", "--format", "csv"], "A value cannot be shown"),
    ],
)
def test_what_cannot_be_done_is_refused(arguments, problem, few, dist, run):
    result = run(few, "query", *arguments, "--dataset", str(dist))
    assert result.exit_code != 0
    assert problem in result.stderr
    assert not Path("a.txt").exists()
