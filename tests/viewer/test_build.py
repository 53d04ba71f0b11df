"""The site that ``dateline view`` writes: what is in it, what is left out, and what it replaces."""

from __future__ import annotations

import re

import pytest

from dateline.corpus.store import Corpus
from dateline.rendering.site_links import document_file

from ..conftest import REPOSITORY

ID = re.compile(r'(?<=[ <"])id="([^"]+)"')


def ids_of(page):
    found = ID.findall(page.read_text(encoding="utf-8"))
    assert len(found) == len({*found}), "an id is duplicated"
    return {*found}


def test_every_gold_item_of_the_corpus_has_its_id_in_the_page_of_its_document(site_of_corpus):
    corpus = Corpus(REPOSITORY)
    for name in corpus.document_ids():
        found = ids_of(site_of_corpus / document_file(name))
        assert found >= {*corpus.read_annotation("gold", name).ids()}, name


def test_the_list_leads_to_the_page_of_every_document(site_of_corpus):
    index = (site_of_corpus / "index.html").read_text(encoding="utf-8")
    for name in Corpus(REPOSITORY).document_ids():
        assert f'href="{document_file(name)}"' in index


def test_a_site_of_a_few_documents(small, run, tmp_path):
    done = run(small, "view", "--out", str(tmp_path / "site"))
    assert done.exit_code == 0, done.output
    assert "Texts withheld: closed" in done.stderr
    page = (tmp_path / "site/documents/open.html").read_text(encoding="utf-8")
    assert '<h1 dir="auto">The meeting</h1>' in page
    assert ids_of(tmp_path / "site/documents/open.html") >= {"m1", "e1", "v2", "c1"}
    assert "Nobody has annotated this document." in (
        tmp_path / "site/documents/plain.html"
    ).read_text(encoding="utf-8")


def test_a_withheld_text_shows_offsets_and_ids_and_no_word_of_it(small, run, tmp_path):
    assert run(small, "view", "--out", str(tmp_path / "site")).exit_code == 0
    place = tmp_path / "site/documents/closed.html"
    page = place.read_text(encoding="utf-8")
    assert ids_of(place) >= {*small.read_annotation("gold", "closed").ids()}
    assert "0–11" in page
    for word in ("Kim", "Putin", "Kursk", "Russia", "fight", "soldiers", "said"):
        assert word not in re.sub(r"<style>.*?</style>|<script.*?</script>", "", page, flags=re.S)
    index = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert index.count("soldiers died") == 1


def test_all_texts_are_shown_on_request(small, run, tmp_path):
    assert run(small, "view", "--out", str(tmp_path / "site"), "--all-texts").exit_code == 0
    assert "Many" in (tmp_path / "site/documents/closed.html").read_text(encoding="utf-8")


def test_a_site_is_replaced_and_nothing_else_is(small, run, tmp_path):
    out = tmp_path / "site"
    for _ in range(2):
        assert run(small, "view", "--out", str(out)).exit_code == 0
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    refused = run(small, "view", "--out", str(out))
    assert refused.exit_code == 1
    assert "notes.txt: is not part of a site" in refused.stderr
    (out / "index.html").write_text("<p>my page", encoding="utf-8")
    assert "was not written by `dateline view`" in run(small, "view", "--out", str(out)).stderr
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--annotators", "nobody"), '"nobody" has no annotations. Annotators: gold.'),
        (("--annotators", "a,b,c"), "name one or two annotators"),
    ],
)
def test_annotators_that_cannot_be_shown_are_refused(small, run, tmp_path, arguments, message):
    done = run(small, "view", "--out", str(tmp_path / "site"), *arguments)
    assert done.exit_code != 0
    assert message in done.stderr
    assert not (tmp_path / "site").exists()


def test_the_same_corpus_gives_the_same_bytes(small, run, tmp_path):
    sites = []
    for name in ("one", "two"):
        assert run(small, "view", "--out", str(tmp_path / name)).exit_code == 0
        sites.append({p.name: p.read_bytes() for p in (tmp_path / name).rglob("*.html")})
    assert sites[0] == sites[1]


def test_every_corpus_with_other_layers_has_a_site(
    layered, entities_only, chemistry, run, tmp_path
):
    for corpus in (layered, entities_only):
        assert (
            run(corpus, "view", "--out", str(tmp_path / "sites" / corpus.root.name)).exit_code == 0
        )
        name = corpus.document_ids()[0]
        page = tmp_path / "sites" / corpus.root.name / document_file(name)
        assert ids_of(page) >= {*corpus.read_annotation("gold", name).ids()}
    assert "there are no documents" in run(chemistry, "view", "--out", str(tmp_path / "c")).stderr
