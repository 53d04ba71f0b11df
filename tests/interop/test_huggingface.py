"""Datasets for token classification, as `datasets` writes them."""

from __future__ import annotations

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

from dateline.errors import InvalidInputError
from dateline.interop.registry import format_of

READ = format_of("huggingface").reader
TAGS = ["O", "B-PER", "I-PER", "B-LOC"]
ROWS = {
    "id": ["0", "1", "2"],
    "tokens": [["Kim", "Lee", "met", "Ana"], ["In", " ", "New York"], []],
    "pos_tags": [[0, 0, 1, 0], [1, 0, 0], []],
    "ner_tags": [[1, 2, 0, 1], [0, 0, 3], []],
}
FEATURES = Features(
    {
        "id": Value("string"),
        "tokens": List(Value("string")),
        "pos_tags": List(ClassLabel(names=["NOUN", "OTHER"])),
        "ner_tags": List(ClassLabel(names=TAGS)),
    }
)
LABELLED = Dataset.from_dict(ROWS, features=FEATURES)
MENTIONS = [("PER", "Kim Lee"), ("PER", "Ana"), ("LOC", "New_York")]


def mentions(documents):
    return [
        (m.type, m.spans[0].text) for one in documents for m in one.annotations[""].mentions
    ]  # fmt: skip


def parquet(tmp_path, rows, name="data.parquet"):
    Dataset.from_dict(rows).to_parquet(tmp_path / name)
    return tmp_path / name


def test_names_of_tags_are_those_of_the_features_in_the_file(tmp_path):
    LABELLED.to_parquet(tmp_path / "train-00000-of-00001.parquet")
    found = list(READ(tmp_path / "train-00000-of-00001.parquet"))
    assert mentions(found) == MENTIONS
    assert [(one.name, one.split, one.text) for one in found] == [
        ("train-1", "train", "Kim Lee met Ana\n"), ("train-2", "train", "In New_York\n"),
    ]  # fmt: skip


def test_folders_of_save_to_disk_are_read(tmp_path):
    LABELLED.save_to_disk(tmp_path / "one")
    assert mentions(READ(tmp_path / "one")) == MENTIONS
    DatasetDict({"test": LABELLED, "extra": LABELLED}).save_to_disk(tmp_path / "two")
    found = list(READ(tmp_path / "two"))
    assert mentions(found) == 2 * MENTIONS
    assert {one.split for one in found} == {"test", "extra"}
    assert len({one.name for one in found}) == len(found)


def test_names_of_tags_may_be_in_the_dataset_card(tmp_path):
    (tmp_path / "data").mkdir()
    names = "\n".join(f"            '{n}': {tag}" for n, tag in enumerate(TAGS))
    (tmp_path / "README.md").write_text(
        "---\ndataset_info:\n  features:\n  - name: tokens\n    list: string\n"
        "  - name: ner_tags\n    list:\n      class_label:\n        names:\n"
        f"{names}\n---\n# Some corpus\n"
    )
    rows = {key: ROWS[key] for key in ("tokens", "ner_tags")}
    parquet(tmp_path, rows, "data/validation-00000-of-00002.parquet")
    (one, two) = READ(tmp_path)
    assert mentions([one, two]) == MENTIONS
    assert (one.name, one.split) == ("validation-00000-of-00002-1", "validation")


@pytest.mark.parametrize(
    "tags",
    [
        [["B-PER", "E-PER", "O", "S-PER"], ["O", "O", "U-LOC"], []],
        [["PER", "PER", "O", "PER"], ["O", "O", "LOC"], None],
    ],
)
def test_tags_may_be_text_of_any_scheme(tags, tmp_path):
    path = parquet(tmp_path, {"words": ROWS["tokens"], "labels": tags})
    assert mentions(READ(path)) == MENTIONS


def test_rows_of_one_document_are_its_sentences(tmp_path, run, empty_corpus):
    tags = [[TAGS[tag] for tag in row] for row in ROWS["ner_tags"]]
    rows = {"tokens": ROWS["tokens"], "tags": tags, "doc_id": ["a", "a", "b"]}
    path = parquet(tmp_path, rows, "test.parquet")
    out = tmp_path / "out"
    arguments = ("import", "huggingface", str(path), "--out", str(out), "--language", "en")
    result = run(empty_corpus, *arguments)
    assert result.exit_code == 0, result.output
    corpus = type(empty_corpus)(out)
    (document,) = map(corpus.read_document, corpus.document_ids())
    assert (document.id, document.split, len(document.sentences)) == ("a", "test", 2)
    assert run(corpus, "validate").exit_code == 0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"tokens": [["a"]], "tags": [[1]]}, 'the tags in "tags" are numbers without names'),
        ({"tokens": [["a"]], "tags": [["O", "O"]]}, "row 1: has 1 tokens and 2 tags"),
        ({"tokens": [["a"]], "text": ["a"]}, "no column has the tags, which are lists: tokens, text"),
        ({"x": [["a"]], "y": [["a"]], "tags": [["O"]]}, "several columns could be the tokens"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_understood_is_named(rows, message, tmp_path):
    with pytest.raises(InvalidInputError, match=f"data.parquet: .*{message}"):
        list(READ(parquet(tmp_path, rows)))


def test_a_tag_without_a_name_is_refused(tmp_path):
    features = Features({key: FEATURES[key] for key in ("tokens", "ner_tags")})
    rows = {"tokens": [["a"]], "ner_tags": [[-1]]}
    Dataset.from_dict(rows, features=features).to_parquet(tmp_path / "test.parquet")
    with pytest.raises(InvalidInputError, match=r"row 1.*the tag -1 is none of the 4 names"):
        list(READ(tmp_path / "test.parquet"))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no" * 100])
def test_a_damaged_file_is_named(content, tmp_path):
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"a\.parquet: is not a Parquet file"):
        list(READ(tmp_path))
