"""The card: YAML that loads, text that shows, and nothing from outside that breaks either."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import pytest
import yaml
from huggingface_hub import DatasetCard
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.dataset.description.citation import read_citation
from dateline.errors import DatelineError
from dateline.rendering.markdown import code, escape, one_line

from ..corpora import CorpusMaker, make_annotation

NASTY = [
    "a | b",
    "---\nlicense: evil\n---",
    "{{ 7 * 7 }} {% raw %}",
    "<script>alert(1)</script> <!-- x",
    "[click](javascript:x) ![i](x) `code` **bold** _it_",
    '": - ? & * ! % @ \' "',
    "1. first\n# heading",
    "- item",
    "\u2028line\u0085separators\x00and\x1bcontrols",
    "Łódź 中 🏙️",
    "yes",
    "null",
    "\\| \\",
]


def vocabulary(name: str) -> set[str]:
    text = (resources.files("datasets.utils") / "resources" / f"{name}.json").read_text("utf-8")
    return set(json.loads(text))


def cite(corpus: Corpus, **fields: object) -> None:
    content = yaml.safe_dump({"cff-version": "1.2.0", "message": "Cite it.", **fields})
    (corpus.root / "CITATION.cff").write_text(content, encoding="utf-8")


def card_of(corpus: Corpus) -> DatasetCard:
    build(corpus, corpus.root / "dist")
    return DatasetCard.load(corpus.root / "dist" / "README.md")


def text_of(markdown: str) -> Iterable[str]:
    """What a reader sees, a string for each piece of inline text."""
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        for child in token.children or ():
            yield child.content


def test_metadata_is_in_the_known_vocabularies(corpus: Corpus):
    data = card_of(corpus).data.to_dict()
    assert set(data["language"]) <= vocabulary("languages")
    assert set(data["size_categories"]) <= vocabulary("size_categories")
    assert data["multilinguality"] in vocabulary("multilingualities")
    creators = resources.files("datasets.utils") / "resources" / "creators.json"
    known = json.loads(creators.read_text("utf-8"))["annotations"]
    assert data["annotations_creators"] == ["expert-generated", "machine-generated"]
    assert set(data["annotations_creators"]) <= set(known)
    from datasets.utils.metadata import known_task_ids

    assert set(data["task_categories"]) <= set(known_task_ids)


def test_citation_is_the_corpus_s_metadata(corpus: Corpus):
    cite(
        corpus,
        title="News of War",
        abstract="Texts,\nlabelled.",
        version="1.2.3",
        license="CC-BY-4.0",
        keywords=["claims", "events"],
        url="https://example.org/corpus",
        authors=[
            {"given-names": "Ana", "name-particle": "de", "family-names": "Ruiz"},
            {"name": "The Institute", "website": "https://example.org"},
        ],
    )
    card = card_of(corpus)
    data = card.data.to_dict()
    assert data["pretty_name"] == "News of War"
    assert data["license"] == "cc-by-4.0"
    assert data["tags"] == ["claims", "events"]
    assert {config["version"] for config in data["configs"]} == {"1.2.3"}
    for text in ("# News of War", "Texts, labelled.", "Ana de Ruiz, The Institute", "1.2.3"):
        assert text in card.text


def test_without_a_citation_the_ontology_names_it(corpus: Corpus):
    data = card_of(corpus).data.to_dict()
    assert data["pretty_name"] == corpus.ontology.title
    assert "license" not in data
    assert "version" not in data["configs"][0]


@pytest.mark.parametrize(
    ("licenses", "expected"),
    [
        ("Apache-2.0", {"license": "apache-2.0"}),
        (["MIT", "CC-BY-4.0"], {"license": ["mit", "cc-by-4.0"]}),
        ("LicenseRef-Ours", {"license": "other", "license_name": "LicenseRef-Ours"}),
    ],
)
def test_licenses_are_named_as_the_hub_names_them(corpus: Corpus, licenses: object, expected: dict):
    cite(corpus, license=licenses)
    data = card_of(corpus).data.to_dict()
    assert {key: data[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("title: [", "CITATION.cff: is not YAML: line 1, .*Fix it"),
        ("title: {a: b}", "Expected.*title"),
        ("- a\n- b", "Expected"),
        ("authors: Ana", "Expected.*authors"),
        ("keywords: [1]", "Expected.*keywords"),
        ("version: 1.10", "Expected.*version.*quote text"),
    ],
)
def test_a_malformed_citation_is_an_error(corpus: Corpus, content: str, word: str):
    (corpus.root / "CITATION.cff").write_text(content)
    with pytest.raises(DatelineError, match=word):
        build(corpus, corpus.root / "dist")
    assert not (corpus.root / "dist").exists()


def test_an_empty_citation_says_nothing(tmp_path: Path):
    (tmp_path / "CITATION.cff").write_text("# nothing yet\n")
    assert read_citation(tmp_path) == read_citation(tmp_path / "elsewhere")


@pytest.mark.parametrize("nasty", NASTY)
def test_text_from_outside_breaks_nothing(maker: CorpusMaker, load_dataset, nasty: str):
    corpus = maker.empty()
    document = maker.add_in_split(
        corpus,
        "train",
        title=nasty,
        rights={"license": "CC0-1.0", "holder": nasty, "redistribute_text": False},
    )
    made = make_annotation(document, {}, kind="model")
    path = corpus.annotation_path("gold", document.id)
    corpus.write_annotation(made)
    gold = json.loads(path.read_bytes())
    gold["provenance"]["tool"] = nasty
    path.write_text(json.dumps(gold), encoding="utf-8")
    cite(
        corpus,
        title=nasty,
        abstract=nasty,
        license=nasty,
        keywords=[nasty],
        version=nasty,
        authors=[{"name": nasty}],
        url=nasty,
    )
    card = card_of(corpus)
    data = card.data.to_dict()
    shown = one_line(nasty)
    assert data["pretty_name"] == shown
    assert data["tags"] == [shown]
    assert data["license"] == shown.lower()
    pieces = list(text_of(card.text))
    assert "".join(pieces).count(shown) >= 6
    tokens = MarkdownIt("commonmark").enable("table").parse(card.text)
    assert [t.content for t in tokens if t.type == "html_block"] == [
        "<!-- Written by `dateline build`, which replaces this folder as a whole. -->\n",
        "<!-- dateline:texts -->\n",
        "<!-- /dateline:texts -->\n",
    ]
    assert not any(c.type == "html_inline" for t in tokens for c in t.children or ())
    assert not any(c.type in ("link_open", "image") for t in tokens for c in t.children or ())
    row = load_dataset(corpus.root / "dist", split="train")[0]
    assert row["title"] == row["rights"]["holder"] == nasty
    assert row["provenance"]["tool"] == nasty


@given(st.text(max_size=40))
def test_escaped_text_shows_as_it_is(text: str):
    shown = one_line(text)
    pieces = "".join(text_of(f"| a | b |\n|---|---|\n| x | {escape(text)} |"))
    # A blank line or a tab cannot be: what is left is one line.
    assert pieces == f"abx{shown}"


@given(st.text(max_size=40))
def test_a_code_span_shows_as_it_is(text: str):
    shown = one_line(text)
    if shown and "\\" not in shown:
        pieces = "".join(text_of(f"| a | b |\n|---|---|\n| x | {code(text)} |"))
        assert pieces == f"abx{shown}"


def test_the_card_says_who_made_the_annotation(corpus: Corpus):
    text = card_of(corpus).text
    assert "| a model, not checked by a person | robot 1 | adjudicated | not stated | 1 |" in text
    assert "| a person | not stated | adjudicated | not stated | 2 |" in text
    assert "1 of 4 documents have no gold annotation" in text
    assert "the annotations of 1 annotator, under pseudonyms" in text


def test_the_card_warns_of_texts_that_may_not_be_passed_on(maker: CorpusMaker):
    corpus = maker.empty()
    free = {"license": "CC0-1.0", "holder": None, "redistribute_text": True}
    maker.add_in_split(corpus, "train", "A free text.", rights=free)
    assert "1 of 1 texts may be shared." in card_of(corpus).text
    bound = {**free, "license": "LicenseRef-All-Rights-Reserved", "redistribute_text": False}
    maker.add_in_split(corpus, "train", "Another text.", rights=bound)
    text = card_of(corpus).text
    assert "1 of 2 texts may be shared; the others must not be" in text
    assert "CC0-1.0 (1), LicenseRef-All-Rights-Reserved (1)" in text


def test_the_card_s_code_runs(corpus: Corpus, dist: Path, load_dataset, monkeypatch):
    import datasets

    [snippet] = re.findall(r"```python\n(.*?)```", (dist / "README.md").read_text("utf-8"), re.S)
    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    names: dict = {}
    exec(snippet.replace("path/of/this/folder", str(dist)), names)
    assert names["claims"]["test"].num_rows == 2
