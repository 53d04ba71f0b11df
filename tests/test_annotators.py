"""The list of annotators in the corpus, and the private mapping of server users."""

from __future__ import annotations

import datetime
import json
import subprocess

import pytest

from dateline.corpus.annotators import read_register, read_users
from dateline.corpus.store import Corpus
from tests.adjudication.annotators import two, write
from tests.conftest import Run
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


def test_an_invalid_list_is_an_error(files: Files, run: Run):
    files.check()
    path = files.corpus.annotations / "annotators.json"
    path.write_text('{"annotators": [{"pseudonym": "ana", "kind": "robot"}]}')
    result = run(files.corpus, "validate")
    assert result.exit_code == 1
    assert "error A207" in result.stdout
    assert "robot" in result.stdout
