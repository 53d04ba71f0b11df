"""The scripts that measure the quality of gold: against sheets, planted errors and an audit."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import msgspec

from dateline.annotations.items import items_by_id
from dateline.corpus.store import Corpus

from .conftest import REPOSITORY, SEED
from .corpora import TEXT, gold_of, make_annotation, make_document

SHEET = """
title = "A visit"
domain = "diplomacy"
summary = "Two leaders meet."
[[entity]]
id = "kim"
name = "Kim Jong Un"
kind = "leader"
[[entity]]
id = "putin"
name = "Vladimir Putin"
kind = "president"
[[fact]]
id = "f1"
kind = "meeting"
what = "They meet."
outcome = "happened"
who = { guests = ["kim", "putin"] }
[[fact]]
id = "f2"
kind = "air strike"
what = "Soldiers are killed from the air."
outcome = "happened"
[[statement]]
id = "s1"
who = "kim"
act = "promises"
content = "They fight on."
force = "certain"
true = "unknown"
[[article]]
id = "visit"
register = "wire"
publisher = "kim"
date = "2024-11-03"
angle = "Short."
facts = ["f1", "f2"]
statements = ["s1"]
"""
COVERAGE = """article\titem\ttold\twords\tdiffers\thow
visit\tf1\tyes\tKim Jong Un met Putin\t\t
visit\tf2\tpartly\tMany soldiers died\t\t
visit\ts1\tyes\tthe North Korean leader said, “fight on.”\t\t
"""
LABELS = """of\tkind\tevents\tclaims
fact\tmeeting\tMEET
fact\tair strike\tATTACK
statement\tpromises\tPROMISE\tPROMISE
"""


def script(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    path = REPOSITORY / "scripts" / "quality" / name
    return subprocess.run(
        [sys.executable, str(path), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def write_rows(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_gold_is_compared_with_the_sheet_of_its_article(empty_corpus: Corpus):
    document = make_document("visit", TEXT, "train", group="visits")
    empty_corpus.write_document(document)
    empty_corpus.write_annotation(make_annotation(document, gold_of(TEXT)))
    folder = empty_corpus.seeds / "scenarios"
    folder.mkdir()
    for name, content in (
        ("visits.toml", SHEET), ("coverage.tsv", COVERAGE), ("labels.tsv", LABELS)
    ):  # fmt: skip
        (folder / name).write_text(content, encoding="utf-8")
    done = script("world.py", "--json", "--root", empty_corpus.root)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["shares"] == {
        "facts with an event of a right type": [1, 2],
        "participants, mentioned there, that are arguments": [1, 2],  # not Putin
        "statements with a claim or event of a right act": [1, 1],
        "of these, with the right claimer": [1, 1],
        "events of gold that are where the sheet is told": [3, 3],
        "claims of gold that are where the sheet is told": [2, 2],
    }
    assert [(item, words) for _, item, _, words in found["misses"]] == [
        ("f1", "Kim Jong Un met Putin"), ("f2", "Many soldiers died")
    ]  # fmt: skip
    assert "0.500 [0.095, 0.905]" in script("world.py", "--root", empty_corpus.root).stdout
    other = script("world.py", "--json", "--split", "test", "--root", empty_corpus.root)
    assert json.loads(other.stdout)["shares"] == {}


def test_planted_errors_are_valid_and_are_counted_in_a_report(tmp_path: Path, run):
    out, key = tmp_path / "copy", tmp_path / "key.tsv"
    done = script("plant.py", "plant", "--number", 13, "--out", out, "--key", key)
    assert done.returncode == 0, done.stderr
    rows = rows_of(key)
    assert len({(row["document"], row["item"]) for row in rows}) == 13
    assert len({row["kind"] for row in rows}) == 13
    source, copy = Corpus(REPOSITORY), Corpus(out)
    checked = run(copy, "validate", "--format", "json")
    assert checked.exit_code == 0, checked.output
    for row in rows:
        before, after = (c.read_annotation("gold", row["document"]) for c in (source, copy))
        assert before != after
        if row["kind"].startswith("missing ") and row["kind"] != "missing argument":
            assert row["item"] in items_by_id(before)
            assert row["item"] not in items_by_id(after)

    hit, *others = rows
    invented = {**hit, "item": "m9999"}
    report = write_rows(tmp_path / "report.tsv", [hit, *others[:5], invented])
    scored = script("plant.py", "score", key, report).stdout
    assert "all                             6 of   13  0.462" in scored
    assert "reported beside them: 1" in scored
    assert "as often: 2 errors in gold" in scored


def test_a_report_may_name_a_relation_in_either_direction(tmp_path: Path):
    key = [{"document": "d", "kind": "order of events", "item": "e2-e1", "what": "reversed"}]
    report = [{"document": "d", "item": "e1-e2", "what": "the other way round"}]
    files = (
        write_rows(tmp_path / f"{name}.tsv", rows) for name, rows in (("k", key), ("r", report))
    )
    assert "order of events                 1 of    1" in script("plant.py", "score", *files).stdout


def test_an_audit_samples_what_all_three_say_and_counts_verdicts(
    real_corpus: Corpus, tmp_path: Path
):
    gold = real_corpus.read_annotation("gold", SEED)
    for name, changed in (
        ("ana", {"relations": (), "mentions": gold.mentions}),
        ("bo", {"claims": (), "claim_relations": ()}),
    ):
        real_corpus.write_annotation(msgspec.structs.replace(gold, annotator=name, **changed))
    table = tmp_path / "audit.tsv"
    options = "--number", 60, "--out", table, "--root", real_corpus.root
    done = script("audit.py", "sample", "ana", "bo", *options)
    assert (done.returncode, done.stdout) == (0, f"60 statements in {table}\n"), done.stderr
    rows = rows_of(table)
    assert {row["kind"] for row in rows} == {
        "mention", "chain", "event", "event attributes", "argument", "relation"
    }  # fmt: skip
    refused = script("audit.py", "score", table)
    assert refused.returncode == 1
    assert f'60 rows without a verdict, the first of "{SEED}"' in refused.stderr
    for number, row in enumerate(rows):
        row["verdict"] = "wrong" if number < 3 else "right"
    scored = script("audit.py", "score", write_rows(table, rows)).stdout
    assert "wrong   3 of  60  0.050 [0.017, 0.137]  unclear 0" in scored.splitlines()[-1]
