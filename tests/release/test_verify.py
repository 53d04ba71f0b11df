"""`dateline verify DIR`: a dataset that is as released is proved, and what is not is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.dataset.stored import CARD, ONTOLOGY
from dateline.files.writing import sha256
from dateline.release.hydration.hydrate_folder import hydrate_folder
from dateline.release.manifest import read_manifest
from dateline.release.publishing.staging import stage

from ..conftest import Run
from ..corpora import CorpusMaker
from .conftest import edit_manifest, source, story


@pytest.fixture
def dist(released: Corpus) -> Path:
    build(released, released.root / "dist")
    return released.root / "dist"


@pytest.fixture
def published(released: Corpus, tmp_path: Path) -> Path:
    out = tmp_path / "published"
    stage(released, read_manifest(released.root / "releases" / "1.0.0.json"), out)
    return out


def test_every_edition_of_the_dataset_is_proved(
    released: Corpus, dist: Path, published: Path, run: Run
):
    filled = published.parent / "filled"
    hydrate_folder(published, released.seeds, filled)
    for folder, texts in ((dist, "4 texts, 0"), (published, "3 texts, 1"), (filled, "4 texts, 0")):
        result = run(released, "verify", str(folder))
        assert result.exit_code == 0, result.output
        assert f"10 tables, {texts} withheld; manifest: releases/1.0.0.json" in result.stderr


def test_a_download_is_proved_without_the_repository(
    published: Path, empty_corpus: Corpus, released: Corpus, run: Run
):
    result = run(empty_corpus, "verify", str(published))
    assert result.exit_code == 0, result.output
    assert (
        "manifest: the dataset's own release.json, which is not independent proof" in result.stderr
    )
    manifest = released.root / "releases" / "1.0.0.json"
    result = run(empty_corpus, "verify", str(published), "--manifest", str(manifest))
    assert f"manifest: {manifest}" in result.stderr


def test_the_same_rows_by_another_writer_are_not_different(released: Corpus, dist: Path, run: Run):
    for path in dist.rglob("*.parquet"):
        pq.write_table(pq.read_table(path), path, compression="snappy", row_group_size=1)
    assert run(released, "verify", str(dist)).exit_code == 0


def change(path: Path, edit) -> None:
    table = pq.read_table(path)
    rows = table.to_pylist()
    edit(rows)
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)


CHANGES = {
    "a label": ("claims/test", lambda rows: rows[0].update(act="DENY"), "its rows differ"),
    "a quote": (
        "events/test",
        lambda rows: rows[0]["events"][0]["trigger"][0].update(text="hit"),
        "events differs from the text",
    ),
    "a token": (
        "entities/train", lambda rows: rows[0]["tokens"].__setitem__(0, "Tim"), "tokens differs",
    ),
    "a name": (
        "documents/train", lambda rows: rows[0]["entities"][0].update(name="Kim Il Sung"),
        "its rows differ",
    ),
    "a text": (
        "documents/train", lambda rows: rows[0].update(text=rows[0]["text"] + "!"),
        "its text does not match",
    ),
    "a title": (
        "documents/train", lambda rows: rows[2].update(title="Another"), "its rows differ",
    ),
    "a row": ("claims/train", lambda rows: rows.pop(), "has 5 rows, expected 6"),
    "the order": ("claims/train", lambda rows: rows.reverse(), "its rows differ"),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_a_changed_dataset_is_found_out(released: Corpus, dist: Path, run: Run, case: str):
    table, edit, message = CHANGES[case]
    change(dist / f"{table}.parquet", edit)
    result = run(released, "verify", str(dist))
    assert result.exit_code == 1
    assert any(line.startswith(table) and message in line for line in result.stdout.splitlines())


def test_a_missing_table_is_named(released: Corpus, dist: Path, run: Run):
    (dist / "claims" / "test.parquet").unlink()
    assert "claims/test: is missing" in run(released, "verify", str(dist)).stdout


def test_a_build_of_other_files_is_not_a_release(
    released: Corpus, maker: CorpusMaker, run: Run, dist: Path
):
    story(maker, released, "train", source=source(None))
    story(maker, released, "validation", source=source(None))
    build(released, dist)
    result = run(released, "verify", str(dist))
    assert result.exit_code == 1
    assert "documents/train: has 4 rows, expected 3" in result.stdout
    assert "claims/validation: is not in the release" in result.stdout


def test_a_missing_release_or_dataset_is_reported(
    released: Corpus, tmp_path: Path, dist: Path, run: Run
):
    assert '"nonsense" is not a version' in run(released, "verify", "nonsense").stderr
    assert "releases/9.9.9.json: there is no such file" in run(released, "verify", "9.9.9").stderr
    assert "there is no such file" in run(released, "verify", str(tmp_path)).stderr
    shutil.move(released.root / "releases", tmp_path / "elsewhere")
    assert (
        "there is no manifest of 1.0.0 in the corpus" in run(released, "verify", str(dist)).stderr
    )
    path = tmp_path / "elsewhere" / "1.0.0.json"
    path.write_text(json.dumps({"version": 1}))
    result = run(released, "verify", str(dist), "--manifest", str(path))
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_the_splits_of_another_corpus_are_not_refused(
    released: Corpus, published: Path, empty_corpus: Corpus, run: Run
):
    schema = empty_corpus.root / "schema" / "document.schema.json"
    schema.write_text(schema.read_text().replace('"const": "train"', '"const": "exercise"'))
    result = run(empty_corpus, "verify", str(published))
    assert result.exit_code == 0, result.output
    edit_manifest(published / "release.json", ("tables", 0, "rows"), "many")
    result = run(empty_corpus, "verify", str(published))
    assert '/tables/0/rows: "many" has the wrong type. Expected an integer.' in result.stderr


def test_another_ontology_in_the_dataset_is_named(released: Corpus, published: Path, run: Run):
    path, card = published / ONTOLOGY, published / CARD
    before = sha256(path.read_bytes())
    path.write_bytes(path.read_bytes().replace(b"PERSON", b"HUMAN"))
    result = run(released, "verify", str(published))
    assert result.exit_code == 1
    assert "ontology.schema.json: is not the file that README.md declares" in result.stdout
    after = sha256(path.read_bytes())
    card.write_text(card.read_text("utf-8").replace(before, after), encoding="utf-8")
    result = run(released, "verify", str(published))
    assert result.exit_code == 1
    assert "ontology.schema.json: differs from schema/ontology.schema.json" in result.stdout


def test_a_dataset_of_dateline_0_1_without_ontology_is_proved(
    released: Corpus, dist: Path, run: Run
):
    (dist / ONTOLOGY).unlink()
    card = (dist / CARD).read_text("utf-8")
    start, end = card.index("ontology:"), card.index("configs:")
    (dist / CARD).write_text(card[:start] + card[end:], encoding="utf-8")
    assert run(released, "verify", str(dist)).exit_code == 0
