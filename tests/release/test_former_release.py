"""A release that was made before the format of files changed: it stays what it is.

``released_1_0.tar.xz`` has a corpus of schema version 1.0 with its release 1.0.0 (folder
``corpus``), the dataset that was built from it (``dist``), and the one that was published, without
the text of a document (``published``). It was made once, by the program of that time, and is never
made again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dateline.corpus.store import Corpus

from ..conftest import Run
from .conftest import commit, git

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


def test_its_published_dataset_is_hydrated_and_proved(unpacked: Path, run: Run, tmp_path: Path):
    corpus, filled = Corpus(unpacked / "corpus"), tmp_path / "filled"
    options = ("--texts", str(corpus.seeds), "--out", str(filled))
    result = run(corpus, "hydrate", str(unpacked / "published"), *options)
    assert result.exit_code == 0, result.output
    result = run(corpus, "verify", str(filled))
    assert result.exit_code == 0, result.output
    assert "2 texts, 0 withheld" in result.stderr


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
