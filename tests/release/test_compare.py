"""`dateline diff`: versions, revisions and the working tree, by the real git."""

from __future__ import annotations

import json
import shutil

import msgspec

from dateline.corpus.store import Corpus
from dateline.release.diff.corpus_diff import diff_corpus
from dateline.release.version import Level

from ..conftest import Run
from ..corpora import CorpusMaker
from .conftest import commit, git


def relabel(corpus: Corpus, document: str) -> None:
    gold = corpus.read_annotation("gold", document)
    first = msgspec.structs.replace(gold.mentions[0], attributes={"level": "nominal"})
    corpus.write_annotation(msgspec.structs.replace(gold, mentions=(first, *gold.mentions[1:])))


def reformat(corpus: Corpus, document: str) -> None:
    path = corpus.annotation_path("gold", document)
    path.write_text(json.dumps(json.loads(path.read_bytes()), indent=4), encoding="utf-8")


def test_a_version_against_the_working_tree(corpus: Corpus, maker: CorpusMaker, run: Run):
    commit(corpus, "v1.0.0")
    first = corpus.document_ids()[0]
    relabel(corpus, first)
    new = maker.annotated(corpus, "train")
    gone = corpus.document_ids()[1]
    corpus.document_path(gone).unlink()
    corpus.annotation_path("gold", gone).unlink()
    result = run(corpus, "diff", "1.0.0")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "From 1.0.0 to the working tree: requires a major version"
    assert "  documents: 1 added, 1 removed" in lines
    assert "  mentions: 9 added, 9 removed, 1 changed" in lines
    assert '  ~ mention m1 "Kim Jong Un": attributes.level name → nominal' in lines
    held = "mentions 9, entities 5, events 3, arguments 4, event relations 1, claims 2"
    assert f"  + annotation gold/{new.id} with {held}" in lines
    assert f"  - annotation gold/{gone} with {held}" in lines


def test_the_same_in_markdown_and_json(corpus: Corpus, run: Run):
    commit(corpus, "v1.0.0")
    relabel(corpus, corpus.document_ids()[0])
    shown = run(corpus, "diff", "v1.0.0", "--format", "md").stdout
    assert "| mentions |  |  | 1 |" in shown
    assert '- changed mention m1 "Kim Jong Un": attributes.level name → nominal' in shown
    content = json.loads(run(corpus, "diff", "v1.0.0", "--format", "json").stdout)
    assert content["level"] == "major"
    assert content["counts"] == {"mention": {"added": 0, "removed": 0, "changed": 1}}
    (change,) = content["changes"]
    assert change["fields"] == [{"field": "attributes.level", "before": "name", "after": "nominal"}]
    assert (change["id"], change["quote"], change["annotator"]) == ("m1", "Kim Jong Un", "gold")


def test_two_revisions_may_be_named_as_git_names_them(corpus: Corpus, maker: CorpusMaker):
    before = git(corpus, "rev-parse", "HEAD")
    maker.add_in_split(corpus, "validation")
    commit(corpus)
    relabel(corpus, corpus.document_ids()[0])
    for name in (before[:9], "HEAD~1", "main^"):
        comparison = diff_corpus(corpus, name, "HEAD")
        assert [(c.kind, c.action) for c in comparison.changes] == [("document", "added")]
        assert comparison.bump.level == Level.MINOR
    assert [(c.kind, c.action) for c in diff_corpus(corpus, "HEAD", before).changes] == [
        ("document", "removed")
    ]


def test_another_form_of_the_same_files_is_a_patch(corpus: Corpus, run: Run):
    reformat(corpus, corpus.document_ids()[0])
    comparison = diff_corpus(corpus, "HEAD", None)
    assert (comparison.files, comparison.changes, comparison.bump.level) == (1, (), Level.PATCH)
    assert "the same data in another format; requires a patch" in run(corpus, "diff", "HEAD").stdout


def test_an_unchanged_corpus_has_no_difference(corpus: Corpus, run: Run):
    for path in corpus.documents.iterdir():
        path.touch()
    assert run(corpus, "diff", "HEAD").stdout == "From HEAD to the working tree: no difference\n"
    assert json.loads(run(corpus, "diff", "HEAD", "--format", "json").stdout)["level"] is None


def test_files_that_are_not_data_are_not_compared(corpus: Corpus):
    (corpus.root / "README.md").write_text("# A corpus\n", encoding="utf-8")
    server = corpus.annotations / "gold" / "label-studio" / "x.json"
    server.parent.mkdir()
    server.write_text("[]", encoding="utf-8")
    (corpus.annotations / "waivers.toml").write_text("", encoding="utf-8")
    assert diff_corpus(corpus, "HEAD", None).files == 0


def test_a_corpus_below_the_top_of_a_repository(corpus: Corpus):
    inner = Corpus(corpus.root / "data" / "corpus — one")
    for part in ("schema", "seeds", "corpus", "annotations"):
        shutil.copytree(corpus.root / part, inner.root / part)
    commit(corpus, "v1.0.0")
    relabel(inner, inner.document_ids()[0])
    assert [c.id for c in diff_corpus(inner, "1.0.0", None).changes] == ["m1"]
    assert diff_corpus(corpus, "1.0.0", None).changes == ()


def test_what_is_not_there_is_said(corpus: Corpus, maker: CorpusMaker, run: Run):
    result = run(corpus, "diff", "3.0.0")
    assert result.exit_code == 1
    assert "there is no version 3.0.0: neither a tag v3.0.0 nor a commit" in result.stderr
    assert 'no git revision "--all"' in run(corpus, "diff", "--", "--all").stderr
    result = run(maker.empty("elsewhere"), "diff", "HEAD")
    assert result.exit_code == 1
    assert "elsewhere: is not in a git repository" in result.stderr


def test_a_file_that_cannot_be_read_is_named_with_its_revision(corpus: Corpus, run: Run):
    path = corpus.annotation_path("gold", corpus.document_ids()[0])
    good = path.read_bytes()
    path.write_bytes(b"{")
    commit(corpus, "v1.0.0")
    path.write_bytes(good)
    result = run(corpus, "diff", "1.0.0")
    assert result.exit_code == 1
    assert f"annotations/gold/{path.name} in 1.0.0: cannot be read" in result.stderr


def test_a_changed_schema_is_shown(corpus: Corpus, run: Run):
    path = corpus.root / "schema" / "ontology.schema.json"
    path.write_text(path.read_text("utf-8").replace('"#1f78b4"', '"#000000"'), "utf-8")
    schema = json.loads(path.read_bytes())
    schema["$defs"]["act"]["oneOf"].append({"const": "JOKE", "description": "Means it not."})
    path.write_text(json.dumps(schema), encoding="utf-8")
    result = run(corpus, "diff", "HEAD")
    assert "requires a minor version" in result.stdout
    assert "  + schema ontology/$defs/act/oneOf/JOKE" in result.stdout
