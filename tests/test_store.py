"""The store: canonical files, written atomically."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import Result

from dateline.corpus.store import Corpus, canonical_json
from dateline.errors import DatelineError
from dateline.files.writing import write_atomically, write_if_changed
from dateline.model import ITEM_FIELDS, canonical
from tests.conftest import SEED, Run


def test_the_repository_is_in_canonical_form(repository: Corpus):
    for document in repository.document_ids():
        path = repository.document_path(document)
        content = path.read_bytes()
        if b'"schema_version"' in content:  # else it is of 1.0, until `dateline migrate`
            assert canonical_json(repository.read_document(document)) == content
        for annotator in repository.annotators_of(document):
            path = repository.annotation_path(annotator, document)
            annotation = repository.read_annotation(annotator, document)
            assert canonical_json(canonical(annotation)) == path.read_bytes()


def test_one_changed_mention_is_one_changed_line(real_corpus: Corpus):
    import msgspec

    annotation = real_corpus.read_annotation("gold", SEED)
    first = msgspec.structs.replace(annotation.mentions[0], attributes={"level": "nominal"})
    changed = msgspec.structs.replace(annotation, mentions=(first, *annotation.mentions[1:]))
    before, after = canonical_json(annotation), canonical_json(changed)
    differing = [
        (a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b
    ]
    assert len(differing) == 1
    assert len(before.splitlines()) > len(annotation.mentions) + len(annotation.events)


def test_order_in_memory_does_not_matter(real_corpus: Corpus):
    import msgspec

    annotation = real_corpus.read_annotation("gold", SEED)
    shuffled = msgspec.structs.replace(
        annotation, **{field: getattr(annotation, field)[::-1] for field in ITEM_FIELDS}
    )
    assert real_corpus.write_annotation(shuffled) is False


def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unchanged_file_is_not_touched(tmp_path: Path):
    path = tmp_path / "a.json"
    assert write_if_changed(path, b"same") is True
    stamp = path.stat().st_mtime_ns
    assert write_if_changed(path, b"same") is False
    assert path.stat().st_mtime_ns == stamp


def test_a_missing_file_is_named(empty_corpus: Corpus):
    with pytest.raises(DatelineError, match=r"gone\.json: there is no such file"):
        empty_corpus.read_document("gone")


def test_a_folder_that_is_not_a_corpus_is_reported_with_a_hint(tmp_path: Path, run: Run):
    result: Result = run(Corpus(tmp_path), "validate")
    assert result.exit_code == 1
    assert "dateline init" in result.stderr
    assert "Traceback" not in result.output
