"""`dateline build`: whole or not at all, the same bytes each time, and no type ever coerced."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from dateline.cli.corpus.build import build as command
from dateline.corpus.store import Corpus
from dateline.dataset import parquet
from dateline.dataset.build import build
from dateline.dataset.features import configs
from dateline.dataset.load import declared_tables
from dateline.dataset.parquet import json_lines_to_table
from dateline.errors import DatelineError

from ..corpora import CorpusMaker, gold_of, make_annotation

CONFIGS = ["annotations", "claims", "documents", "entities", "events"]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def leftovers(corpus: Corpus) -> list[str]:
    return [path.name for path in corpus.root.iterdir() if path.name.startswith(".dist")]


def spoil(corpus: Corpus) -> None:
    """Break the gold of the last document, so that the others have gone by already."""
    name = corpus.document_ids()[-1]
    path = corpus.annotation_path("gold", name)
    gold = json.loads(path.read_bytes())
    gold["mentions"][0]["spans"][0]["text"] = "not what is there"
    path.write_text(json.dumps(gold), encoding="utf-8")


def test_one_file_for_each_config_and_split(dist: Path):
    assert sorted(contents(dist)) == sorted(
        [
            "README.md",
            "croissant.json",
            "ontology.schema.json",
            *(f"{c}/{s}.parquet" for c in CONFIGS for s in ("train", "test")),
        ]
    )


def test_the_counts_are_of_the_rows(corpus: Corpus):
    files = build(corpus, corpus.root / "dist").tables
    rows = {(c, s): w.rows for c, splits in files.items() for s, w in splits.items()}
    assert rows["documents", "train"] == 3
    assert rows["entities", "train"] == 6
    assert rows["claims", "train"] == 4
    assert rows["annotations", "train"] == 3
    for (config, split), number in rows.items():
        path = corpus.root / "dist" / config / f"{split}.parquet"
        assert pq.read_metadata(path).num_rows == number


def test_the_schema_on_disk_is_the_declared_one(corpus: Corpus, dist: Path):
    tables = configs(corpus.schemas, corpus.ontology)
    for name in declared_tables(dist):
        found = pq.read_schema(dist / name / "train.parquet")
        assert found.equals(tables[name].schema)
        assert found.metadata is None


def test_the_same_corpus_gives_the_same_bytes(corpus: Corpus, dist: Path):
    before = contents(dist)
    build(corpus, dist)
    assert contents(dist) == before
    build(corpus, corpus.root / "elsewhere" / "again")
    assert contents(corpus.root / "elsewhere" / "again") == before


def test_batches_do_not_change_the_rows(
    corpus: Corpus, dist: Path, monkeypatch: pytest.MonkeyPatch
):
    whole = pq.read_table(dist / "entities" / "train.parquet")
    monkeypatch.setattr(parquet, "BATCH_BYTES", 1)
    monkeypatch.setattr(parquet, "BLOCK_BYTES", 1)
    build(corpus, dist)
    file = pq.ParquetFile(dist / "entities" / "train.parquet")
    assert file.num_row_groups == 2
    assert file.read().equals(whole)


def test_an_error_leaves_the_earlier_build(corpus: Corpus, dist: Path):
    before = contents(dist)
    spoil(corpus)
    with pytest.raises(DatelineError, match=r"1 error.*\n.*T302.*\n.*dateline validate"):
        build(corpus, dist)
    assert contents(dist) == before
    assert leftovers(corpus) == []


def test_a_crash_leaves_the_earlier_build(
    corpus: Corpus, dist: Path, monkeypatch: pytest.MonkeyPatch
):
    before = contents(dist)

    def fail(*_arguments: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", fail)
    with pytest.raises(OSError, match="no space"):
        build(corpus, dist)
    assert contents(dist) == before
    assert leftovers(corpus) == []


def test_many_errors_are_counted_and_a_few_shown(maker: CorpusMaker):
    corpus = maker.empty()
    for _ in range(7):
        document = maker.add_in_split(corpus, "train")
        items = gold_of(document.text)
        items["mentions"][0]["type"] = "NONSENSE"
        corpus.write_annotation(make_annotation(document, items))
    with pytest.raises(DatelineError) as caught:
        build(corpus, corpus.root / "dist")
    assert "errors, so nothing was built" in str(caught.value)
    assert str(caught.value).count("annotations/gold/") == 5
    assert "more\n" in str(caught.value)
    assert not (corpus.root / "dist").exists()


def test_a_corpus_without_documents_is_refused(maker: CorpusMaker):
    corpus = maker.empty()
    with pytest.raises(DatelineError, match=r"no documents.*dateline ingest"):
        build(corpus, corpus.root / "dist")
    assert not (corpus.root / "dist").exists()


def test_a_corpus_without_annotations_has_documents_only(maker: CorpusMaker):
    corpus = maker.empty()
    maker.add_in_split(corpus, "validation")
    build(corpus, corpus.root / "dist")
    assert sorted(contents(corpus.root / "dist")) == [
        "README.md",
        "croissant.json",
        "documents/validation.parquet",
        "ontology.schema.json",
    ]


def test_a_split_that_cannot_be_loaded_is_refused(maker: CorpusMaker):
    corpus = maker.empty()
    path = corpus.root / "schema" / "document.schema.json"
    path.write_text(path.read_text("utf-8").replace('"test"', '"hold-out"'), "utf-8")
    with pytest.raises(DatelineError, match='the split "hold-out"'):
        build(corpus, corpus.root / "dist")


@pytest.mark.parametrize("card", [None, "# My own notes\n"])
def test_a_folder_of_others_is_not_replaced(corpus: Corpus, card: str | None):
    out = corpus.root / "precious"
    out.mkdir()
    (out / "thesis.tex").write_text("years of work")
    if card is not None:
        (out / "README.md").write_text(card)
    before = contents(out)
    with pytest.raises(
        DatelineError, match=r"precious: was not written by .*another output folder"
    ):
        build(corpus, out)
    assert contents(out) == before


@pytest.mark.parametrize("name", ["notes.txt", ".git/HEAD", "documents/mine.csv"])
def test_a_foreign_file_in_a_build_is_kept(corpus: Corpus, dist: Path, name: str):
    (dist / name).parent.mkdir(exist_ok=True)
    (dist / name).write_text("mine")
    with pytest.raises(DatelineError, match="is not part of a build"):
        build(corpus, dist)
    assert (dist / name).read_text() == "mine"


def test_an_empty_folder_is_taken_and_a_file_is_not(corpus: Corpus):
    empty, file = corpus.root / "empty", corpus.root / "file"
    empty.mkdir()
    file.write_text("")
    build(corpus, empty)
    assert (empty / "README.md").is_file()
    with pytest.raises(DatelineError, match="is not a folder"):
        build(corpus, file)


def test_a_place_that_cannot_be_written_is_an_error(corpus: Corpus):
    (corpus.root / "CITATION.cff").write_text("title: x")
    with pytest.raises(DatelineError, match="cannot be written"):
        build(corpus, corpus.root / "CITATION.cff" / "dist")


def test_another_ontology_needs_no_other_code(chemistry: Corpus, load_dataset):
    out = chemistry.root / "dist"
    build(chemistry, out)
    entities = load_dataset(out, "entities", split="train")
    assert entities.features["ner_tags"].feature.int2str(entities[0]["ner_tags"]) == [
        *("O", "O", "B-null", "I-null", "O", "O", "O")
    ]
    claim = load_dataset(out, "claims", split="train")
    assert claim.features["act"].int2str(claim[0]["act"]) == "MEASURES"
    assert claim[0]["attributes"] == {"strength": 2}
    [event] = load_dataset(out, "documents", split="train")[0]["events"]
    assert event["attributes"] == {"speed": "fast"}


SCHEMA = pa.schema([("a", pa.int64()), ("b", pa.list_(pa.struct([("c", pa.string())])))])


@pytest.mark.parametrize(
    "line",
    [
        b'{"a": 1.5, "b": []}',
        b'{"a": "1", "b": []}',
        b'{"a": true, "b": []}',
        b'{"a": 1, "b": [{"c": 2}]}',
        b'{"a": 1, "b": [{"c": "x", "d": "y"}]}',
        b'{"a": 1, "b": [], "z": null}',
        b'{"a": 99999999999999999999, "b": []}',
    ],
)
def test_another_type_is_an_error_and_not_coerced(line: bytes):
    with pytest.raises(pa.ArrowInvalid):
        json_lines_to_table(line, SCHEMA)


def test_what_looks_like_a_date_stays_text():
    table = json_lines_to_table(b'{"a": 1, "b": [{"c": "2024-11-03"}]}', SCHEMA)
    assert table.schema.equals(SCHEMA)
    assert table.to_pylist() == [{"a": 1, "b": [{"c": "2024-11-03"}]}]


def test_the_command_says_what_it_built(corpus: Corpus):
    root = ["--root", str(corpus.root)]
    done = CliRunner().invoke(command, root)
    assert done.exit_code == 0, done.output
    assert "claims" in done.output
    assert (corpus.root / "dist" / "README.md").is_file()
    quiet = CliRunner().invoke(command, [*root, "--quiet", "--out", str(corpus.root / "other")])
    assert (quiet.exit_code, quiet.output) == (0, "")


def test_the_command_fails_without_a_traceback(corpus: Corpus):
    spoil(corpus)
    failed = CliRunner().invoke(command, ["--root", str(corpus.root)])
    assert failed.exit_code == 1
    assert failed.output.startswith("Error: the corpus has 1 error")
