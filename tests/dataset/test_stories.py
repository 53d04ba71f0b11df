"""The config of stories: groups of documents, and what is linked in them."""

from __future__ import annotations

import json
from pathlib import Path

import dateline
from dateline.corpus.splits import assign_split
from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.dataset.load import declared_tables, texts_by_document
from dateline.dataset.row_hash import table_sha256
from dateline.ontology.schemas import split_shares
from dateline.release.publishing.leaks import find_leaks

from ..conftest import Run
from ..corpora import make_annotation, make_document
from ..layered import TEXT, items_of, names_of
from .conftest import Load


def add_story(corpus: Corpus, group: str, *names: str) -> str:
    """Add documents of a group, the last without gold, and return their split."""
    split = assign_split(group, split_shares(corpus.schemas))
    for name in names:
        text = f"{TEXT}\nThis was note {name}."
        document = make_document(name, text, split, group=group)
        corpus.write_document(document)
        (corpus.seeds / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
        if name != names[-1]:
            items = items_of(text) if "events" in corpus.ontology.layers else names_of(text)
            layers = corpus.ontology.layer_names
            corpus.write_annotation(make_annotation(document, items, layers=layers))
    return split


def test_a_story_has_what_its_documents_link(layered: Corpus, load_dataset: Load):
    split = add_story(layered, "clinic", "a", "b", "c")
    gold = json.loads(layered.annotation_path("gold", "b").read_bytes())
    gold["entities"][0]["links"] = [{"kb": "mesh", "id": "D006470"}]
    del gold["entities"][4]["links"]
    layered.annotation_path("gold", "b").write_text(json.dumps(gold), encoding="utf-8")
    dist = layered.root / "dist"
    build(layered, dist)
    (story,) = dateline.load("stories", split, path=dist).to_list()
    assert load_dataset(dist, "stories")[split].to_list() == [story]
    assert (story["group"], story["split"], story["documents"]) == ("clinic", split, [*"abc"])
    entities = {(entry["kb"], entry["id"]): entry["occurrences"] for entry in story["entities"]}
    assert entities["mesh", "D001241"] == [
        {"document": "a", "entity": "e3"},
        {"document": "b", "entity": "e3"},
    ]
    # A chain of one document is linked where another one of the other document is.
    assert entities["mesh", "D006470"] == [
        {"document": "a", "entity": "e5"},
        {"document": "b", "entity": "e1"},
    ]
    # NIL is not an entry.
    assert ("registry", None) not in entities
    (first, *_) = story["event_instances"]
    assert first == {
        "kb": "sheet",
        "id": "S1",
        "occurrences": [{"document": "a", "cluster": "k2"}, {"document": "b", "cluster": "k2"}],
    }


def test_there_are_no_stories_without_groups_or_links(layered: Corpus, entities_only: Corpus):
    add_story(entities_only, "clinic", "a", "b")
    for corpus in (layered, entities_only):
        build(corpus, corpus.root / "dist")
        assert "stories" not in declared_tables(corpus.root / "dist")


def test_stories_are_the_same_without_texts(layered: Corpus, run: Run, tmp_path: Path):
    split = add_story(layered, "clinic", "a", "b")
    whole, bare = tmp_path / "whole", tmp_path / "bare"
    build(layered, whole)
    build(layered, bare, withhold=lambda _document: True)
    file = Path("stories") / f"{split}.parquet"
    assert table_sha256(whole / file, texts_by_document(whole)) == table_sha256(bare / file, {})
    texts = {name: layered.read_document(name).text for name in layered.document_ids()}
    assert not [leak for leak in find_leaks(bare, texts) if leak.file.startswith("stories")]
    full = tmp_path / "full"
    arguments = ("hydrate", str(bare), "--texts", str(layered.seeds), "--out", str(full))
    result = run(layered, *arguments)
    assert result.exit_code == 0, result.output
    assert (full / file).read_bytes() == (whole / file).read_bytes()
