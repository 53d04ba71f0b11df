"""Documents of schema version 1.0 as version 2.0: the same content, and nothing lost."""

from __future__ import annotations

import copy
import json
from typing import Any

import msgspec
import pytest

from dateline.corpus.former_format import upgraded_document
from dateline.corpus.store import Corpus
from dateline.ingest.ingest import ingest
from dateline.ingest.seeds import find_seeds
from dateline.model import Document, Segmentation
from dateline.validation.schema import SchemaValidator

FORMER: dict[str, Any] = {
    "id": "treaty",
    "text": "Kim signed.",
    "text_sha256": "26425d0b4cf141becce985a732cffc4918e9930499898d4534d4c58d36351c8f",
    "language": None,
    "title": None,
    "source": {"publisher": "The Day", "url": None, "published": "2025-04-28"},
    "rights": {"license": "CC0-1.0", "holder": None, "redistribute_text": False},
    "split": "train",
    "seed": {
        "file": "treaty.txt",
        "sha256": "26425d0b4cf141becce985a732cffc4918e9930499898d4534d4c58d36351c8f",
        "dropped": [],
    },
    "sentences": [[0, 11]],
    "tokens": [[0, 3], [4, 10], [10, 11]],
}


def test_nothing_is_lost_and_only_version_date_and_segmentation_are_added(repository: Corpus):
    value = copy.deepcopy(FORMER)
    upgraded = upgraded_document(value)
    assert value == FORMER
    assert not list(SchemaValidator(repository.schemas, "document").findings(upgraded))
    former, now = msgspec.convert(FORMER, Document), msgspec.convert(upgraded, Document)
    assert now == msgspec.structs.replace(
        former,
        schema_version="2.0",
        date="2025-04-28",
        segmentation=Segmentation(name="syntok"),
    )
    assert "null" not in json.dumps(upgraded)


def test_an_upgraded_document_stays_as_it_is():
    upgraded = upgraded_document(FORMER)
    assert upgraded_document(upgraded) == upgraded


@pytest.mark.parametrize("value", [None, [], "1.0", {"schema_version": "2.0", "title": None}])
def test_what_is_not_of_version_1_0_is_left_alone(value: Any):
    assert upgraded_document(value) == value


@pytest.mark.parametrize("part", [None, 7, [], "x"])
def test_malformed_parts_are_left_for_the_reader_to_report(part: Any):
    upgraded = upgraded_document({**FORMER, "source": part, "seed": part})
    assert upgraded["source"] == upgraded["seed"] == part


def test_ingest_brings_a_restored_document_of_1_0_to_2_0(empty_corpus: Corpus):
    (empty_corpus.seeds / "treaty.txt").write_text("Kim signed.")
    (empty_corpus.seeds / "treaty.toml").write_text(
        "[source]\npublisher = 'The Day'\npublished = 2025-04-28\n[rights]\nlicense = 'CC0-1.0'"
    )
    path = empty_corpus.document_path("treaty")
    path.write_text(json.dumps(FORMER | {"tokens": [[0, 11]]}))
    assert [o.result for o in ingest(empty_corpus, find_seeds(empty_corpus, []))] == ["updated"]
    # The tokens that it has are kept, as for every document.
    assert json.loads(path.read_bytes()) == upgraded_document(FORMER) | {"tokens": [[0, 11]]}
    assert [o.result for o in ingest(empty_corpus, find_seeds(empty_corpus, []))] == ["unchanged"]
