"""`dateline migrate`: a corpus of format 1.0 becomes one of 2.0, and derived schemas follow."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from dateline.adjudication.decision_log import read_log
from dateline.adjudication.fingerprints import fingerprint
from dateline.cli.main import SECTIONS
from dateline.corpus.store import Corpus
from dateline.ontology.derived_schemas import derived_schemas
from tests.conftest import REPOSITORY, Run
from tests.corpora import write_ontology
from tests.killed import contents as all_contents
from tests.killed import killed_runs
from tests.layered import ENTITIES_ONLY, annotated_names

ARCHIVE = REPOSITORY / "tests" / "release" / "released_1_0.tar.xz"


def contents(root: Path) -> dict[str, bytes]:
    """The files of a corpus, without what a lock leaves."""
    found = all_contents(root)
    return {name: found[name] for name in found if not name.startswith(".dateline/")}


def content_of(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@pytest.fixture
def former(tmp_path: Path) -> Corpus:
    """A released corpus of format 1.0."""
    shutil.unpack_archive(ARCHIVE, tmp_path / "unpacked", filter="data")
    corpus = Corpus(tmp_path / "unpacked" / "corpus")
    waivers = '[[waiver]]\nrule = "T305"\ndocument = "doc0000"\nid = "m1"\nreason = "A test."\n'
    (corpus.annotations / "waivers.toml").write_text(waivers, encoding="utf-8")
    (corpus.annotations / "gold" / "doc0000.log.jsonl").write_bytes(b'{"a": 1}\n')
    return corpus


@pytest.fixture
def first_release(tmp_path: Path) -> Corpus:
    """This repository's corpus as it was released as 1.0.0."""
    command = ["git", "log", "-1", "--format=%H", "--diff-filter=A", "--", "releases/1.0.0.json"]
    found = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    commit = found.stdout.strip()
    if not commit:
        pytest.skip("the history of the repository is not here")
    parts = ("schema", "seeds", "corpus", "annotations", "releases")
    archive = subprocess.run(
        ["git", "archive", commit, *parts], cwd=REPOSITORY, capture_output=True, check=True
    )
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as packed:
        packed.extractall(tmp_path / "first", filter="data")
    return Corpus(tmp_path / "first")


@pytest.mark.parametrize("name", ["former", "first_release"])
def test_a_corpus_of_1_0_becomes_a_valid_one_of_2_0(
    name: str, run: Run, request: pytest.FixtureRequest
):
    corpus: Corpus = request.getfixturevalue(name)
    before = contents(corpus.root)
    old = {p: content_of(p) for p in (*corpus.annotation_paths(), *corpus.documents.glob("*.json"))}
    result = run(corpus, "migrate")
    assert result.exit_code == 0, result.output
    assert f"Changed {5 + len(old)} files" in result.stderr
    corpus = Corpus(corpus.root)
    checked = run(corpus, "validate")
    assert " 0 errors" in checked.stderr, checked.output
    assert "S001" not in checked.stdout

    after = contents(corpus.root)
    changed = {file for file in after if after[file] != before.get(file)}
    assert changed <= {*(corpus.relative(p) for p in old), *(f for f in after if f[:6] == "schema")}
    assert before.keys() == after.keys()
    for path in corpus.annotation_paths():
        for field in ("mentions", "entities", "events", "claims"):
            ids = [item["id"] for item in old[path][field]]
            assert sorted(ids) == sorted(item["id"] for item in content_of(path).get(field, []))
        links = [e["link"] for e in old[path]["entities"] if e["link"] is not None]
        kept = [link for e in content_of(path)["entities"] for link in e.get("links", [])]
        assert sorted(kept, key=_text) == sorted(links, key=_text)
        assert content_of(path).get("retired", []) == old[path]["retired"]
    for path in corpus.documents.glob("*.json"):
        assert content_of(path)["sentences"] == old[path]["sentences"]
        assert content_of(path)["tokens"] == old[path]["tokens"]

    again = run(corpus, "migrate")
    assert (again.exit_code, again.stderr) == (0, "Changed 0 files\n")
    assert contents(corpus.root) == after


def test_logs_of_format_1_0_know_the_gold(first_release: Corpus, run: Run):
    assert run(first_release, "migrate").exit_code == 0
    corpus = Corpus(first_release.root)
    folder = corpus.annotations / "gold"
    (name,) = corpus.document_ids()
    log = read_log(folder / f"{name}.log.jsonl")
    assert log.last_written.gold == fingerprint(corpus.read_annotation("gold", name))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = run(corpus, "adjudicate", "pass-a", "pass-b")
    assert result.exit_code == 0, result.output
    assert "gold unchanged, 59 cases decided" in result.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_dry_run_shows_the_differences_and_writes_nothing(former: Corpus, run: Run):
    before = contents(former.root)
    result = run(former, "migrate", "--dry-run")
    assert result.exit_code == 0
    for line in (
        '-"schema_version": "1.0",',
        '+"schema_version": "2.0",',
        "+++ b/corpus/doc0000.json",
    ):
        assert line in result.stdout.splitlines()
    assert "Would change 10 files" in result.stderr
    assert contents(former.root) == before


COMMANDS = {
    "agree": ("ana", "bo"),
    "accept": ("ana",),
    "adjudicate": ("ana", "bo"),
    "carry": ("bo",),
    "check-predictions": ("missing.jsonl",),
    "errors": ("missing.jsonl",),
    "export": ("jsonl", "--out", "missing"),
    "predict": ("missing",),
    "publish": ("org/name",),
    "query": ("SELECT 1",),
    "score": ("missing.jsonl",),
    "studio": ("config",),
}
INDEPENDENT = {"init", "rules", "docs", "migrate", "annotators", "verify", "hydrate", "compare",
               "convert-predictions", "curves", "leaderboard", "check-predictions", "score", "errors",
               "predict", "publish", "diff", "release", "formats", "import", "train", "tasks",
               "learning-curve", "report"}  # fmt: skip
"""Commands that need other files first, or no corpus."""


@pytest.mark.parametrize(
    "command",
    [name for section in SECTIONS.values() for name in section if name not in INDEPENDENT],
)
def test_commands_on_a_corpus_of_1_0_name_the_migration(former: Corpus, run: Run, command: str):
    shutil.copytree(former.annotations / "ana", former.annotations / "bo")
    before = contents(former.root)
    result = run(former, command, *COMMANDS.get(command, ()))
    assert result.exit_code == 1
    assert "the corpus has the format 1.0. Run `dateline migrate --dry-run`" in result.stderr
    assert contents(former.root) == before


def test_settings_and_labels_of_a_corpus_are_kept(former: Corpus, run: Run):
    path = former.root / "schema" / "document.schema.json"
    schema = content_of(path)
    schema["properties"]["seed"]["properties"]["dropped"]["x-boilerplate"] = ["Our footer"]
    schema["properties"]["split"]["oneOf"][0]["x-share"] = 70
    path.write_text(json.dumps(schema), encoding="utf-8")
    ontology = former.root / "schema" / "ontology.schema.json"
    old = content_of(ontology)
    assert run(former, "migrate").exit_code == 0
    new = content_of(path)
    assert new["properties"]["seed"]["properties"]["dropped"]["x-boilerplate"] == ["Our footer"]
    assert new["properties"]["split"]["oneOf"][0]["x-share"] == 70
    definitions = content_of(ontology)["$defs"]
    assert {name: definitions[name] for name in old["$defs"]} == old["$defs"]
    assert Corpus(former.root).ontology.has_links


def test_attributes_that_were_open_are_those_that_are_declared(former: Corpus, run: Run):
    path = former.root / "schema" / "ontology.schema.json"
    schema = content_of(path)
    del schema["$defs"]["mention"]["properties"]["attributes"]["additionalProperties"]
    path.write_text(json.dumps(schema), encoding="utf-8")
    assert run(former, "migrate").exit_code == 0
    attributes = content_of(path)["$defs"]["mention"]["properties"]["attributes"]
    assert attributes["additionalProperties"] is False
    assert run(former, "validate").exit_code == 0


def test_a_schema_that_was_changed_is_replaced_on_request_only(former: Corpus, run: Run):
    path = former.root / "schema" / "annotation.schema.json"
    schema = content_of(path)
    schema["properties"]["status"] = {"type": "string"}
    path.write_text(json.dumps(schema), encoding="utf-8")
    before = contents(former.root)
    refused = run(former, "migrate")
    assert refused.exit_code == 1
    assert (
        "schema/annotation.schema.json: differs from what `dateline init` wrote" in refused.stderr
    )
    assert "`dateline migrate --replace-schemas`" in refused.stderr
    assert contents(former.root) == before
    assert run(former, "migrate", "--replace-schemas").exit_code == 0
    assert " 0 errors" in run(Corpus(former.root), "validate").stderr


def _unknown_field(path: Path) -> None:
    path.write_text(json.dumps({**content_of(path), "mood": "good"}), encoding="utf-8")


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


@pytest.mark.parametrize(
    ("file", "damage", "message"),
    [
        ("annotations/ana/doc0000.json", _half, "annotations/ana/doc0000.json: "),
        ("annotations/ana/doc0000.json", _unknown_field, "mood"),
        ("corpus/doc0023.json", _half, "corpus/doc0023.json: "),
        ("corpus/doc0023.json", _unknown_field, "mood"),
        ("schema/ontology.schema.json", _half, "schema/ontology.schema.json: "),
        ("schema/document.schema.json", Path.unlink, "it has no schema/document.schema.json"),
    ],
)
def test_a_broken_file_is_named_and_nothing_is_written(
    former: Corpus, run: Run, file: str, damage: Any, message: str
):
    damage(former.root / file)
    before = contents(former.root)
    for options in ((), ("--dry-run",)):
        result = run(former, "migrate", *options)
        assert result.exit_code == 1
        assert message in result.stderr
        assert contents(former.root) == before


def test_an_ontology_without_a_layer_is_explained(former: Corpus, run: Run):
    path = former.root / "schema" / "ontology.schema.json"
    schema = content_of(path)
    path.write_text(json.dumps({**schema, "$defs": []}), encoding="utf-8")
    assert "/$defs: is []" in run(former, "migrate").stderr
    path.write_text(json.dumps({**schema, "$defs": {"mention": {}}}), encoding="utf-8")
    assert '/$defs/mention: "properties" is missing' in run(former, "migrate").stderr


def test_a_killed_migration_is_finished_by_the_next(former: Corpus, run: Run, tmp_path: Path):
    before = contents(former.root)
    *killed, whole = killed_runs(former.root, ("migrate",), tmp_path / "killed")
    after = contents(whole)
    assert len(killed) > 10
    assert before != after
    for root in killed:
        assert run(Corpus(root), "migrate").exit_code == 0
        assert contents(root) == after


def test_files_of_the_former_format_in_a_migrated_corpus_are_upgraded(former: Corpus, run: Run):
    paths = (former.annotation_path("ana", "doc0000"), former.document_path("doc0023"))
    old = [path.read_bytes() for path in paths]
    run(former, "migrate")
    new = [path.read_bytes() for path in paths]
    for path, content in zip(paths, old, strict=True):
        path.write_bytes(content)
        result = run(Corpus(former.root), "validate", str(path))
        assert result.exit_code == 1
        assert "Run `dateline migrate` if the file is of format 1.0" in result.stdout
    assert "Changed 2 files" in run(former, "migrate").stderr
    assert [path.read_bytes() for path in paths] == new


def test_a_declared_layer_is_added_by_a_migration(empty_corpus: Corpus, run: Run):
    write_ontology(empty_corpus, ENTITIES_ONLY)
    document, annotation = annotated_names(Corpus(empty_corpus.root))
    empty_corpus.write_document(document)
    empty_corpus.write_annotation(annotation)
    labels = {"oneOf": [{"const": "WORKS_FOR", "description": "Is paid by."}]}
    relation = {"title": "Relation", "properties": {"type": labels}}
    more = {**ENTITIES_ONLY, "$defs": {**ENTITIES_ONLY["$defs"], "relation": relation}}
    path = empty_corpus.root / "schema" / "ontology.schema.json"
    path.write_text(json.dumps(more), encoding="utf-8")

    for command in ("validate", "build", "ingest", "stats", "ontology"):
        refused = run(Corpus(empty_corpus.root), command)
        assert refused.exit_code == 1
        assert "does not fit the layers" in refused.stderr
        assert "Run `dateline migrate`" in refused.stderr
    assert "Changed 2 files" in run(empty_corpus, "migrate").stderr
    corpus = Corpus(empty_corpus.root)
    gold = content_of(corpus.annotation_path("gold", "report"))
    gold["relations"] = [{"type": "WORKS_FOR", "source": "m1", "target": "m2"}]
    gold["layers"].append("relations")
    corpus.annotation_path("gold", "report").write_text(json.dumps(gold), encoding="utf-8")
    assert " 0 errors" in run(corpus, "validate").stderr
    path.write_text(json.dumps(ENTITIES_ONLY), encoding="utf-8")
    assert run(corpus, "migrate").exit_code == 0
    assert "relations" in run(Corpus(corpus.root), "validate").stdout


def test_derived_schemas_of_this_corpus_are_as_migrate_writes_them(repository: Corpus, run: Run):
    ontology = content_of(repository.root / "schema" / "ontology.schema.json")
    for name, schema in derived_schemas(ontology).items():
        assert content_of(repository.root / "schema" / f"{name}.schema.json") == schema
    assert run(repository, "migrate", "--dry-run").stderr == "Would change 0 files\n"
