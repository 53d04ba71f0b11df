"""A release that was made before the format of files changed: it stays what it is.

``released_1_0.tar.xz`` has a corpus of schema version 1.0 with its release 1.0.0 (folder
``corpus``), the dataset that was built from it (``dist``), and the one that was published, without
the text of a document (``published``). It was made once, by the program of that time, and is never
made again.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dateline.corpus.store import Corpus
from dateline.files.writing import sha256
from dateline.release.diff.corpus_diff import diff_corpus
from dateline.release.history import find_release
from dateline.release.version import parse_version

from ..conftest import REPOSITORY, Run
from .conftest import clone, commit, git

ARCHIVE = Path(__file__).parent / "released_1_0.tar.xz"


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The folder with the corpus, which is not in a repository, and its datasets."""
    shutil.unpack_archive(ARCHIVE, tmp_path / "former", filter="data")
    return tmp_path / "former"


@pytest.fixture
def former(unpacked: Path) -> Corpus:
    """The corpus with its release in the history."""
    corpus = Corpus(unpacked / "corpus")
    git(corpus, "init", "-q", "-b", "main")
    commit(corpus, "v1.0.0")
    return corpus


def test_its_files_are_proved_without_a_repository(unpacked: Path, run: Run):
    result = run(Corpus(unpacked / "corpus"), "verify", "1.0.0")
    assert result.exit_code == 0, result.output
    assert "The files on disk are release 1.0.0 (10 files;" in result.stderr


def test_its_commit_is_proved(former: Corpus, run: Run):
    result = run(former, "verify", "1.0.0")
    assert result.exit_code == 0, result.output
    assert "Release 1.0.0 is intact (10 files of commit" in result.stderr


def test_only_the_format_differs_after_a_migration(former: Corpus, run: Run):
    assert run(former, "migrate").exit_code == 0
    result = run(former, "diff", "1.0.0", "--format", "json")
    found = json.loads(result.stdout)
    (change,) = found["changes"]
    assert (change["kind"], change["id"]) == ("schema", "annotation/properties/schema_version")
    assert found["level"] == "major"
    result = run(former, "verify", "1.0.0")
    assert result.exit_code == 0, result.output
    assert "The working tree differs from it in" in result.stderr


def test_only_the_format_differs_from_the_first_release_of_this_corpus(run: Run, tmp_path: Path):
    if not (REPOSITORY / ".git").exists():
        pytest.skip("this is not a checkout")
    copy = clone(Corpus(REPOSITORY), tmp_path / "clone")
    release = find_release(copy, parse_version("1.0.0"))
    if release is None:  # in a shallow clone
        pytest.skip("the history of this repository is not here")
    result = run(copy, "verify", "1.0.0")
    assert result.exit_code == 0, result.output
    assert "Release 1.0.0 is intact (9 files of commit" in result.stderr
    for folder in ("schema", "corpus", "annotations"):
        shutil.rmtree(copy.root / folder)
        git(copy, "checkout", "-q", release.commit, "--", folder)
    assert run(copy, "diff", "1.0.0").stdout.endswith("no difference\n")
    assert run(copy, "migrate").exit_code == 0
    (change,) = diff_corpus(copy, "1.0.0", None).changes
    assert (change.kind, change.id) == ("schema", "annotation/properties/schema_version")
    assert run(copy, "migrate").exit_code == 0
    assert run(copy, "verify", "1.0.0").exit_code == 0


def test_a_change_with_a_migration_is_told_apart(former: Corpus, run: Run):
    path = former.annotation_path("gold", "doc0000")
    content = path.read_text("utf-8")
    path.write_text(content.replace('"name": "Putin"', '"name": "Vladimir Putin"'), "utf-8")
    ontology = former.root / "schema" / "ontology.schema.json"
    schema = json.loads(ontology.read_bytes())
    schema["$defs"]["entityType"]["oneOf"].append({"const": "PLANET", "description": "A planet."})
    ontology.write_text(json.dumps(schema), "utf-8")
    assert run(former, "migrate").exit_code == 0
    lines = run(former, "diff", "1.0.0").stdout.splitlines()
    assert [line.strip() for line in lines if line.startswith("  ")] == [
        "schemas: 1 added, 1 changed",
        "entities: 1 changed",
        "~ schema annotation/properties/schema_version: const 1.0 → 2.0",
        "+ schema ontology/$defs/entityType/oneOf/PLANET",
        '~ entity e2 "Vladimir Putin": name Putin → Vladimir Putin',
    ]


def test_the_next_release_is_major_and_remembers_the_ids(former: Corpus, run: Run):
    run(former, "migrate")
    commit(former)
    result = run(former, "release", "1.1.0")
    assert result.exit_code == 1
    assert "the version must be 2.0.0 or higher" in result.stderr
    result = run(former, "release", "--date", "2026-12-01")
    assert result.exit_code == 0, result.output
    for version in ("1.0.0", "2.0.0"):
        result = run(former, "verify", version)
        assert result.exit_code == 0, result.output
    assert "- format of the files: 1.0 before, now 2.0" in (
        (former.root / "CHANGELOG.md").read_text("utf-8")
    )
    annotation = former.read_annotation("gold", "doc0000")
    assert annotation.retired == ("c7", "m70")
    former.write_annotation(msgspec.structs.replace(annotation, retired=("m70",)))
    commit(former)
    result = run(former, "release", "--dry-run")
    assert result.exit_code == 1
    assert 'R801 "c7" was released' in result.stderr


def test_an_unknown_format_in_the_history_is_an_error(former: Corpus, run: Run):
    path = former.annotation_path("ana", "doc0000")
    content = path.read_bytes()
    later = content.replace(b'"schema_version": "1.0"', b'"schema_version": "3.0"')
    manifest = former.root / "releases" / "1.0.0.json"
    manifest.write_bytes(
        manifest.read_bytes().replace(sha256(content).encode(), sha256(later).encode())
    )
    path.write_bytes(later)
    git(former, "tag", "-d", "v1.0.0")
    git(former, "add", "-A")
    git(former, "commit", "-q", "--amend", "-m", "Release 1.0.0")
    assert run(former, "verify", "1.0.0").exit_code == 0
    path.write_bytes(content)
    run(former, "migrate")
    commit(former)
    for command in ("diff", "1.0.0"), ("release", "--dry-run"):
        result = run(former, *command)
        assert result.exit_code == 1
        assert "annotations/ana/doc0000.json in " in result.stderr
        assert "schema_version is 3.0, expected at most" in result.stderr


@pytest.mark.parametrize(("edition", "texts"), [("dist", "2 texts, 0"), ("published", "1 text, 1")])
def test_its_dataset_is_proved(
    unpacked: Path, empty_corpus: Corpus, run: Run, edition: str, texts: str
):
    manifest = unpacked / "corpus" / "releases" / "1.0.0.json"
    for corpus, options in (
        (Corpus(unpacked / "corpus"), ()),
        (empty_corpus, ("--manifest", str(manifest))),
    ):
        result = run(corpus, "verify", str(unpacked / edition), *options)
        assert result.exit_code == 0, result.output
        assert f"10 tables, {texts} withheld" in result.stderr


def test_an_ontology_that_cannot_be_read_any_more_is_proved_by_its_bytes(unpacked: Path, run: Run):
    dist, manifest = unpacked / "dist", unpacked / "corpus" / "releases" / "1.0.0.json"
    ontology = dist / "ontology.schema.json"
    before, after = sha256(ontology.read_bytes()), sha256(b'{"$defs": 7}')
    ontology.write_bytes(b'{"$defs": 7}')
    for path in (manifest, dist / "README.md"):
        path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
    result = run(Corpus(unpacked / "corpus"), "verify", str(dist))
    assert result.exit_code == 0, result.output


def test_its_published_dataset_is_hydrated_and_proved(unpacked: Path, run: Run, tmp_path: Path):
    corpus, filled = Corpus(unpacked / "corpus"), tmp_path / "filled"
    options = ("--texts", str(corpus.seeds), "--out", str(filled))
    result = run(corpus, "hydrate", str(unpacked / "published"), *options)
    assert result.exit_code == 0, result.output
    result = run(corpus, "verify", str(filled))
    assert result.exit_code == 0, result.output
    assert "2 texts, 0 withheld" in result.stderr


def test_its_dataset_is_the_same_gold_as_the_migrated_corpus(
    former: Corpus, unpacked: Path, run: Run
):
    mention = {
        "id": "m1",
        "spans": [{"start": 25, "end": 30, "text": "Kursk"}],
        "type": "GPE",
        "attributes": {"level": "name"},
        "entity": "e1",
    }
    link = {"kb": "wikidata", "date": None, "id": "Q5159"}
    entity = {"id": "e1", "type": "GPE", "name": "Kursk", "link": link}
    predicted = {"document": "doc0000", "mentions": [mention], "entities": [entity]}
    predictions = unpacked / "predictions.jsonl"
    predictions.write_text(json.dumps(predicted), "utf-8")
    run(former, "migrate")
    scored = []
    for gold in ("dist", "published", "corpus"):
        options = ("--gold", str(unpacked / gold), "--format", "json")
        result = run(former, "score", str(predictions), *options)
        assert result.exit_code == 0, result.output
        found = json.loads(result.stdout)
        scored.append((found["signature"]["gold"], found["scores"]))
    assert scored[0] == scored[1] == scored[2]


@pytest.mark.parametrize(
    ("table", "column"),
    [("documents/train", "title"), ("annotations/train", "status"), ("claims/test", "claimer")],
)
def test_a_change_of_its_dataset_is_found_out(unpacked: Path, run: Run, table: str, column: str):
    path = unpacked / "dist" / f"{table}.parquet"
    former = pq.read_table(path)
    rows = former.to_pylist()
    rows[0][column] = "another"
    pq.write_table(pa.Table.from_pylist(rows, schema=former.schema), path)
    result = run(Corpus(unpacked / "corpus"), "verify", str(unpacked / "dist"))
    assert result.exit_code == 1
    assert f"{table}: its rows differ from those of the release" in result.stdout
