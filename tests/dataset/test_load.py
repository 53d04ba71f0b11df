"""Reading it back, with the real `load_dataset` and with `dateline.load`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest

import dateline
from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.dataset.features import configs
from dateline.errors import DatelineError

from ..corpora import CorpusMaker

DOCS = Path(__file__).parents[2] / "docs" / "dataset.md"
CONFIGS = ["documents", "entities", "events", "claims", "annotations"]


@pytest.mark.parametrize("config", CONFIGS)
def test_features_are_those_declared(corpus: Corpus, dist: Path, load_dataset, config: str):
    table = configs(corpus.schemas, corpus.ontology)[config]
    loaded = load_dataset(dist, config)
    assert sorted(loaded) == ["test", "train"]
    for split in loaded.values():
        assert split.features == table.features


@pytest.mark.parametrize("config", CONFIGS)
def test_dateline_load_equals_load_dataset(dist: Path, load_dataset, config: str):
    expected = load_dataset(dist, config)
    loaded = dateline.load(config, path=dist)
    assert list(loaded) == list(expected)
    for split in expected:
        assert loaded[split].features == expected[split].features
        assert loaded[split].to_list() == expected[split].to_list()
        one = dateline.load(config, split, path=str(dist))
        assert one.to_list() == expected[split].to_list()
        assert one.split == expected[split].split == split
        assert one.info.config_name == config


@pytest.mark.parametrize("config", CONFIGS)
def test_streaming_gives_the_same_rows(dist: Path, load_dataset, config: str):
    stream = load_dataset(dist, config, split="train", streaming=True)
    assert list(stream) == dateline.load(config, "train", path=dist).to_list()


def test_documents_are_the_default(dist: Path, load_dataset):
    assert load_dataset(dist)["train"].to_list() == dateline.load(path=dist)["train"].to_list()


def test_labels_are_numbers_with_names(dist: Path):
    entities = dateline.load("entities", "train", path=dist)
    names = entities.features["ner_tags"].feature.names
    assert [names[tag] for tag in entities[0]["ner_tags"]][:4] == [
        *("B-PERSON", "I-PERSON", "I-PERSON", "O")
    ]
    claims = dateline.load("claims", "train", path=dist)
    assert claims.features["act"].int2str(claims[0]["act"]) == "PROMISE"
    quotation = claims.features["attributes"]["quotation"]
    assert quotation.int2str(claims[0]["attributes"]["quotation"]) == "direct"
    assert [row["attributes"]["topic"] for row in claims][:2] == ["military", None]


def test_documents_keep_what_is_unknown_apart_from_what_is_empty(dist: Path):
    rows = dateline.load("documents", "train", path=dist).to_list()
    assert [row["annotated"] for row in rows] == [True, True, False]
    assert rows[2]["status"] is None
    assert rows[2]["provenance"] is None
    assert rows[2]["mentions"] == []
    first = rows[0]["claims"][1]
    assert first["cue"] is None
    assert first["attributes"]["topic"] is None


def test_a_split_without_rows_is_not_declared(dist: Path, load_dataset):
    with pytest.raises(ValueError, match=r"validation.*\['train', 'test'\]"):
        load_dataset(dist, "claims", split="validation")
    with pytest.raises(
        DatelineError, match=r'"claims" has no split "validation" with rows. Splits: train'
    ):
        dateline.load("claims", "validation", path=dist)


def test_declaring_an_empty_split_would_break_the_others(dist: Path, load_dataset):
    """Why it is not declared: if this fails, `datasets` has learnt to read empty splits."""
    folder = dist / "claims"
    pq.ParquetWriter(folder / "validation.parquet", pq.read_schema(folder / "test.parquet")).close()
    last = "    path: claims/test.parquet\n"
    more = "  - split: validation\n    path: claims/validation.parquet\n"
    card = dist / "README.md"
    card.write_text(card.read_text("utf-8").replace(last, last + more), "utf-8")
    with pytest.raises(ValueError, match="corresponds to no data"):
        load_dataset(dist, "claims", verification_mode="no_checks")


def test_a_config_without_rows_is_not_declared(maker: CorpusMaker, load_dataset):
    corpus = maker.empty()
    maker.add_in_split(corpus, "train")
    out = corpus.root / "dist"
    build(corpus, out)
    assert load_dataset(out)["train"].num_rows == 1
    with pytest.raises(ValueError, match="claims"):
        load_dataset(out, "claims")
    with pytest.raises(DatelineError, match=r'no config "claims" with rows. Configs: documents'):
        dateline.load("claims", path=out)


def test_a_rebuild_is_not_hidden_by_the_cache(
    corpus: Corpus, dist: Path, load_dataset, maker: CorpusMaker
):
    assert load_dataset(dist, "documents", split="train").num_rows == 3
    before = load_dataset(dist, "claims", split="train")[0]["act"]
    gold = corpus.annotation_path("gold", corpus.document_ids()[0])
    # As many rows as before, so that only the content can tell.
    gold.write_text(gold.read_text(encoding="utf-8").replace("PROMISE", "PREDICT"), "utf-8")
    build(corpus, dist)
    after = load_dataset(dist, "claims", split="train")
    assert after[0]["act"] != before
    assert after.to_list() == dateline.load("claims", "train", path=dist).to_list()
    maker.add_in_split(corpus, "train")
    build(corpus, dist)
    assert load_dataset(dist, "documents", split="train").num_rows == 4


def test_two_folders_of_one_name_are_two_datasets(maker: CorpusMaker, load_dataset):
    texts = ["One text.", "Two texts"]
    for name, text in zip("ab", texts, strict=True):
        corpus = maker.empty(name)
        maker.add_in_split(corpus, "train", text)
        build(corpus, corpus.root / "dist")
    for name, text in zip("ab", texts, strict=True):
        path = maker.folder / name / "dist"
        assert load_dataset(path, split="train")[0]["text"] == text


def test_a_moved_folder_loads(dist: Path, load_dataset, tmp_path: Path):
    moved = tmp_path / "moved"
    shutil.move(dist, moved)
    assert load_dataset(moved, "events")["train"].num_rows == 6
    assert dateline.load("events", "train", path=moved).num_rows == 6


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("nonsense",), 'no config "nonsense" with rows. Configs: .*claims.*documents'),
        (("claims", "dev"), 'no split "dev" with rows. Splits: train, test'),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_ones(dist: Path, arguments: tuple, word: str):
    with pytest.raises(DatelineError, match=word):
        dateline.load(*arguments, path=dist)


def test_a_folder_that_is_not_a_dataset_is_reported(tmp_path: Path, dist: Path):
    with pytest.raises(DatelineError, match=r"nowhere.*dateline build --out"):
        dateline.load(path=tmp_path / "nowhere")
    (tmp_path / "README.md").write_text("# Something else\n")
    with pytest.raises(DatelineError, match="declares no dataset"):
        dateline.load(path=tmp_path)
    (dist / "claims" / "train.parquet").unlink()
    with pytest.raises(DatelineError, match=r"train.parquet: is declared"):
        dateline.load("claims", path=dist)
    (dist / "README.md").write_text("---\n[\n---\n")
    with pytest.raises(DatelineError, match="cannot be read"):
        dateline.load(path=dist)


def test_the_documentation_s_code_runs(dist: Path, load_dataset, monkeypatch, capsys):
    blocks = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.S)
    local = [block for block in blocks if "snapshot_download" not in block]
    assert len(local) == len(blocks) - 1
    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    monkeypatch.chdir(dist.parent)
    names = {}  # a later block uses what an earlier one has imported
    for block in local:
        exec(block, names)
    assert capsys.readouterr().out == "PROMISE\n"


def test_the_corpus_of_this_repository(real_corpus: Corpus, load_dataset):
    out = real_corpus.root / "dist"
    build(real_corpus, out)
    rows = load_dataset(out)
    assert sum(split.num_rows for split in rows.values()) == len(real_corpus.document_ids())
    for split in rows.values():
        for row in split:
            for mention in row["mentions"]:
                for span in mention["spans"]:
                    assert row["text"][span["start"] : span["end"]] == span["text"]
