"""The list of annotators in the corpus, and the private mapping of server users."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dateline.corpus.annotators import read_register, read_users
from dateline.corpus.store import Corpus
from tests.adjudication.annotators import two, write
from tests.conftest import Run
from tests.killed import contents, killed_runs
from tests.small_corpus import Files


def test_an_annotator_is_listed_with_kind_and_date(empty_corpus: Corpus, run: Run):
    assert run(empty_corpus, "annotators", "add", "ana", "--kind", "human").exit_code == 0
    ana = read_register(empty_corpus)["ana"]
    assert ana.kind == "human"
    assert datetime.date.fromisoformat(ana.since or "")
    given = ("--since", "2024-02-29", "--note", "since the first text")
    assert run(empty_corpus, "annotators", "add", "ana", *given).exit_code == 0
    ana = read_register(empty_corpus)["ana"]
    assert (ana.kind, ana.since, ana.note) == ("human", "2024-02-29", "since the first text")
    before = (empty_corpus.annotations / "annotators.json").read_bytes()
    assert "unchanged" in run(empty_corpus, "annotators", "add", "ana").stderr
    assert (empty_corpus.annotations / "annotators.json").read_bytes() == before


def test_the_list_counts_documents_and_says_who_is_missing(files: Files, run: Run):
    files.check()
    write(files.corpus, *two(files))
    run(files.corpus, "annotators", "add", "ana", "--kind", "human")
    run(files.corpus, "annotators", "add", "cy", "--kind", "model")
    rows = json.loads(run(files.corpus, "annotators", "list", "--format", "json").stdout)
    assert [(r["pseudonym"], r["kind"], r["documents"]) for r in rows] == [
        ("ana", "human", 1),
        ("bo", None, 1),
        ("cy", "model", 0),
    ]
    assert "not listed" in run(files.corpus, "annotators", "list").stdout
    found = run(files.corpus, "validate").stdout
    assert 'A208: "bo" is not in annotations/annotators.json' in found
    assert "dateline annotators add bo --kind human" in found


def test_users_are_known_by_server_and_not_committed(empty_corpus: Corpus, run: Run):
    url = ("--url", "http://One.example:8080/")
    assert run(empty_corpus, "annotators", "map", "2=ana", "3=bo", *url).exit_code == 0
    assert (
        run(empty_corpus, "annotators", "map", "2=cy", "--url", "http://two.example").exit_code == 0
    )
    assert read_users(empty_corpus, "http://one.example:8080") == {2: "ana", 3: "bo"}
    assert read_users(empty_corpus, "http://two.example/") == {2: "cy"}
    run(empty_corpus, "annotators", "map", "4=dan", *url)
    assert read_users(empty_corpus, "http://one.example:8080") == {2: "ana", 3: "bo", 4: "dan"}
    git = ["git", "-C", str(empty_corpus.root)]
    subprocess.run([*git, "init", "-q"], check=True)
    seen = subprocess.run(
        [*git, "status", "--porcelain", "-uall"], check=True, capture_output=True, text=True
    )
    assert "schema/ontology.schema.json" in seen.stdout
    assert "users" not in seen.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["add", "ana"], "is that a person or a program?"),
        (["add", "Ana Ruiz", "--kind", "human"], "is not a pseudonym. Use up to 40 of a-z"),
        (["add", "gold", "--kind", "human"], '"gold" is reserved'),
        (["add", "ana", "--kind", "human", "--since", "May"], '"May" is not a date'),
        (["add", "ana", "--kind", "human", "--since", "20260131"], '"20260131" is not a date'),
        (["add", "../ana", "--kind", "human"], "is not a pseudonym. Use up to 40 of a-z"),
        (["add", "ana", "--kind", "human", "--note", "Ana <a@b.org>"], "is an e-mail address"),
        (["map", "2=Ana"], "is not a pseudonym. Use up to 40 of a-z"),
        (["map", "two=ana"], "is not NUMBER=PSEUDONYM"),
        (["map", "2=ana", "3=ana"], "already has this pseudonym"),
    ],
    ids=" ".join,
)
def test_invalid_annotators_are_explained(empty_corpus: Corpus, run: Run, arguments, message):
    result = run(empty_corpus, "annotators", *arguments)
    assert result.exit_code in (1, 2)
    assert message in result.stderr
    assert not (empty_corpus.annotations / "annotators.json").exists()
    assert read_users(empty_corpus, "http://localhost:8080") == {}


def test_no_entry_of_parallel_commands_is_lost(empty_corpus: Corpus):
    names = [f"a{number}" for number in range(24)]
    dateline = [sys.executable, "-m", "dateline", "--root", str(empty_corpus.root), "annotators"]
    commands = [[*dateline, "add", name, "--kind", "human"] for name in names]
    commands += [[*dateline, "map", f"{number}={name}"] for number, name in enumerate(names)]
    running = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for command in commands]
    assert [process.wait(120) for process in running] == [0] * len(commands)
    assert [*read_register(empty_corpus)] == sorted(names)
    users = read_users(empty_corpus, "http://localhost:8080")
    assert users == dict(enumerate(names))


def test_what_a_killed_command_left_is_removed(empty_corpus: Corpus, run: Run, tmp_path: Path):
    command = ("annotators", "add", "ana", "--kind", "human", "--since", "2024-02-29")
    *killed, whole = killed_runs(empty_corpus.root, command, tmp_path / "killed")
    for root in killed:
        assert run(Corpus(root), *command).exit_code == 0
        assert contents(root) == contents(whole)


def test_an_invalid_list_is_an_error(files: Files, run: Run):
    files.check()
    path = files.corpus.annotations / "annotators.json"
    path.write_text('{"annotators": [{"pseudonym": "ana", "kind": "robot"}]}')
    result = run(files.corpus, "validate")
    assert result.exit_code == 1
    assert "error A207" in result.stdout
    assert "robot" in result.stdout


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"annotators": [], "annotators": []}', "annotators"),
        ('\ufeff{"annotators": []}', "byte order mark"),
        ('{"annotators": ' + "[" * 200 + "]" * 200 + "}", "nested deeper"),
        ('{"annotators": [{"pseudonym": "ana", "kind": "human", "note": "a@b.org"}]}', "e-mail"),
        ('{"annotators": [\n{"pseudonym": "ana" "kind": "human"}]}', "line 2"),
    ],
    ids=["repeated key", "byte order mark", "deep", "address", "malformed"],
)
def test_the_list_is_read_strictly(empty_corpus: Corpus, run: Run, content: str, message: str):
    path = empty_corpus.annotations / "annotators.json"
    path.write_text(content, encoding="utf-8")
    result = run(empty_corpus, "annotators", "add", "bo", "--kind", "human")
    assert result.exit_code == 1
    assert "annotators.json: " in result.stderr
    assert message in result.stderr
    assert path.read_text(encoding="utf-8") == content
