"""Which files and folders an import reads, and the splits that their names give."""

from __future__ import annotations

import json

import pytest
from datasets import Dataset, DatasetDict

from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError
from dateline.interop.importing.sources import find_sources, read_sources, same_split
from dateline.interop.registry import format_of


def brat(folder, name):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(f"Ana met {name}.")
    (folder / f"{name}.ann").write_text("T1\tPER 0 3\tAna\n")


def splits(form, path):
    sources = find_sources(format_of(form), [("", path)])
    return {one.name: one.split for one in read_sources(format_of(form), sources)}


def test_folders_beside_those_of_splits_are_read_and_their_names_reported(run, tmp_path):
    for split in ("train", "dev", "extra"):
        brat(tmp_path / "all" / split, f"in-{split}")
    (tmp_path / "all" / "images").mkdir()
    brat(tmp_path / "all" / ".hidden", "hidden")
    assert splits("brat", tmp_path / "all") == {
        "in-train": "train", "in-dev": "validation", "in-extra": "extra",
    }  # fmt: skip
    report = tmp_path / "report.json"
    result = run(
        Corpus(tmp_path), "import", "brat", str(tmp_path / "all"), "--out", str(tmp_path / "new"),
        "--report", str(report),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    (loss,) = json.loads(report.read_text())["losses"]
    assert (loss["document"], loss["name"]) == ("in-extra", "split")
    assert loss["reason"] == 'is "extra", expected one of: train, validation, test'


def test_documents_without_a_text_are_left_out_and_counted(run, tmp_path):
    path, report = tmp_path / "a.jsonl", tmp_path / "report.json"
    path.write_text('{"text": "Kim"}\n{"text": " "}\n')
    options = ("--out", str(tmp_path / "new"), "--report", str(report))
    result = run(Corpus(tmp_path), "import", "prodigy", str(path), *options)
    assert result.exit_code == 0, result.output
    counts = json.loads(report.read_text())["counts"]["documents"]
    assert counts == {"source": 2, "kept": 1, "approximated": 0, "left_out": 1}


@pytest.mark.parametrize("content", ["", '{"text": ""}\n'])
def test_a_source_without_documents_is_refused(content, run, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(content)
    result = run(Corpus(tmp_path), "import", "prodigy", str(path), "--out", str(tmp_path / "new"))
    assert result.exit_code == 1
    assert "The source has no documents with a text." in result.stderr
    assert not (tmp_path / "new").exists()


def test_files_beside_folders_of_splits_are_refused(tmp_path):
    brat(tmp_path / "train", "a")
    brat(tmp_path, "b")
    with pytest.raises(InvalidInputError, match=r"files beside the folders of splits: b\.ann"):
        splits("brat", tmp_path)


def test_splits_of_a_dataset_dict_are_all_imported(run, tmp_path):
    def rows(word):
        return Dataset.from_dict({"tokens": [[word, "left"]], "ner_tags": [["B-PER", "O"]]})

    names = {"train": "Kim", "dev": "Ana", "extra": "Bo"}
    path, report = tmp_path / "saved", tmp_path / "report.json"
    DatasetDict({name: rows(word) for name, word in names.items()}).save_to_disk(path)
    result = run(
        Corpus(tmp_path), "import", "huggingface", str(path), "--out", str(tmp_path / "new"),
        "--language", "en", "--report", str(report),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    corpus = Corpus(tmp_path / "new")
    found = {d.text: d.split for d in map(corpus.read_document, corpus.document_ids())}
    assert found.keys() == {"Kim left\n", "Ana left\n", "Bo left\n"}
    assert (found["Kim left\n"], found["Ana left\n"]) == ("train", "validation")
    losses = json.loads(report.read_text())["losses"]
    assert [(loss["name"], loss["reason"][:11]) for loss in losses] == [("split", 'is "extra",')]


@pytest.mark.parametrize(
    ("file", "split"),
    [
        ("validation-00000-of-00001.parquet", "validation"),
        ("extra-00001-of-00002.parquet", "extra"),
        ("data-00000-of-00001.parquet", None),
        ("all.parquet", None),
        ("conll/test/0000.parquet", "test"),
    ],
)
def test_files_of_a_dataset_tell_their_split(file, split, tmp_path):
    path = tmp_path / "set" / file
    path.parent.mkdir(parents=True)
    Dataset.from_dict({"tokens": [["Kim"]], "ner_tags": [["B-PER"]]}).to_parquet(path)
    assert [*splits("huggingface", tmp_path / "set").values()] == [split]


@pytest.mark.parametrize(
    ("name", "allowed", "expected"),
    [
        ("validation", ("train", "dev"), "dev"),
        ("dev", ("train", "validation"), "validation"),
        ("dev", ("dev", "validation"), "dev"),
        ("Valid", ("dev", "val"), "Valid"),
        ("extra", ("train", "test"), "extra"),
    ],
)
def test_splits_have_the_names_that_the_corpus_has(name, allowed, expected):
    assert same_split(name, allowed) == expected
