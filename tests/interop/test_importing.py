"""Importing what a reader yields, whatever its format: metadata, links, and defaults."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

from dateline.corpus.store import Corpus
from dateline.interop.format import Format, Holds
from dateline.interop.importing.importer import ImportOptions, import_into_existing, import_into_new
from dateline.interop.importing.sources import SourceDocuments
from dateline.interop.losses import LossError
from dateline.interop.source import SourceDocument, source_annotation, spans_at
from dateline.model import Entity, Link, Mention

FORMAT = Format(name="some", title="Some format", holds=Holds(kinds=frozenset()))
TEXT = "Ana met Bo in Oslo."


def document(**fields) -> SourceDocument:
    mention = Mention(id="m1", type="PERSON", spans=spans_at(TEXT, [(0, 3)]))
    annotation = replace(source_annotation("a"), mentions=(mention,))
    given = {"name": "a", "text": TEXT, "language": "en", "annotations": {"": annotation}}
    return SourceDocument(**{**given, **fields, "items": {"mentions": 1}})


def imported(corpus: Corpus, *documents: SourceDocument, **options):
    given = SourceDocuments(documents)
    return import_into_existing(FORMAT, given, corpus, ImportOptions(**options))


def test_metadata_that_the_corpus_declares_is_imported_and_the_rest_is_said(repository, tmp_path):
    corpus = copy_of_schemas(repository, tmp_path)
    meta = {"genre": "wire", "world": "on paper", "mood": "grim"}
    given = document(meta=meta, title="Ana \U0001f600", split="dev", annotations={})
    result = imported(corpus, given)
    found = corpus.read_document("a")
    assert found.meta == {"genre": "wire"}
    assert found.title == "Ana \U0001f600"
    assert {loss.name: loss.reason for loss in result.report.losses} == {
        "split": 'is "dev", expected one of: train, validation, test',
        "meta.world": 'is "on paper", expected one of: real, invented',
        "meta.mood": "the corpus does not declare it",
    }
    counts = result.report.counts["metadata"]
    assert (counts.source, counts.kept, counts.left_out) == (6, 3, 3)


def test_metadata_of_a_text_that_the_corpus_has_are_said_if_they_differ(entities_only):
    imported(entities_only, document(split="train", title="One", annotations={}))
    result = imported(entities_only, document(split="test", title="One"))
    assert entities_only.read_document("a").split == "train"
    losses = [(loss.name, loss.reason) for loss in result.report.losses]
    assert losses == [("split", "the corpus has the text already, with other metadata")]


def test_links_to_sheets_that_the_corpus_does_not_have_are_said(tmp_path):
    links = (Link(kb="scenario", id="storm/ana"), Link(kb="wikidata", id="Q1"))
    given = document()
    annotation = given.annotations[""]
    annotation = replace(
        annotation,
        mentions=tuple(replace(m, entity="e1") for m in annotation.mentions),
        entities=(Entity(id="e1", type="PERSON", name="Ana", links=links),),
    )
    given = SourceDocuments([replace(given, annotations={"": annotation})])
    result = import_into_new(FORMAT, given, tmp_path / "new", ImportOptions())
    (entity,) = Corpus(tmp_path / "new").read_annotation("annotator1", "a").entities
    assert [link.kb for link in entity.links] == ["wikidata"]
    assert [loss.name for loss in result.report.losses] == ["e1 scenario:storm/ana"]


def test_strict_refuses_metadata_that_would_be_lost(entities_only):
    with pytest.raises(LossError, match=r"meta\.mood"):
        imported(entities_only, document(meta={"mood": "grim"}), strict=True)
    assert "a" not in entities_only.document_ids()


def test_documents_of_two_annotators_are_one_document_with_both():
    first = document()
    annotation = first.annotations[""]
    parts = [replace(first, annotations={name: annotation}) for name in ("ana", "bo")]
    documents = SourceDocuments([*parts, document(name="b")])
    assert len(documents) == 2
    assert documents.annotators == ["", "ana", "bo"]
    for _ in range(2):
        one, other = documents
        assert ([*one.annotations], Counter(one.items)) == (["ana", "bo"], {"mentions": 2})
        assert other == document(name="b")


def copy_of_schemas(corpus: Corpus, root) -> Corpus:
    for part in ("schema", "seeds", "corpus", "annotations"):
        (root / part).mkdir()
    for path in (corpus.root / "schema").glob("*.json"):
        (root / "schema" / path.name).write_bytes(path.read_bytes())
    return Corpus(root)
