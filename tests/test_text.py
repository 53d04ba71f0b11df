"""Segmentation and offset arithmetic, on the real seed and on texts made to hurt."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dateline.corpus.boilerplate import drop_boilerplate, remove, seed_offset
from dateline.corpus.segmentation import segment
from dateline.corpus.store import Corpus
from dateline.model import Dropped
from dateline.text import excerpt
from tests.conftest import SEED

NASTY = st.text(
    alphabet=st.sampled_from("aB9 .,!?\"'’“”-–\r\n\t\u00a0\u2028\u0301\u200d😀אب<&>;中") | st.characters(
        exclude_categories=["Cs"], exclude_characters="\0"
    ),
    max_size=60,
)  # fmt: skip


def sentences_of(text: str) -> list[str]:
    return [text[start:end] for start, end in segment(text)[0]]


def tokens_of(text: str) -> list[str]:
    return [text[start:end] for start, end in segment(text)[1]]


def test_the_seed_is_cut_into_its_sentences(repository: Corpus):
    document = repository.read_document(SEED)
    sentences = [document.text[start:end] for start, end in document.sentences]
    assert len(sentences) == 27
    assert sentences[2] == (
        "“We continue to be concerned by (North Korea’s) direct involvement in the war."
    )
    assert sentences[3].startswith("(North Korea’s) military deployment")
    assert sentences[5].endswith("as “heroes”.")


def test_quotes_titles_dashes_possessives_and_hyphens():
    assert tokens_of("“Mr Kim’s – North Korea's – Russia-Ukraine war,” he didn’t say.") == [
        "“", "Mr", "Kim", "’s", "–", "North", "Korea", "'s", "–", "Russia", "-", "Ukraine",
        "war", ",", "”", "he", "did", "n’t", "say", ".",
    ]  # fmt: skip
    assert sentences_of("Mr. Kim met Dr. Lee. They left.") == ["Mr. Kim met Dr. Lee.", "They left."]


def test_a_line_break_ends_a_sentence():
    assert sentences_of("Headline without a stop\r\nThe text.") == [
        "Headline without a stop",
        "The text.",
    ]


def test_a_combining_mark_stays_with_its_letter():
    assert tokens_of("Cafe\u0301 e\u0301cole नमस्ते") == ["Cafe\u0301", "e\u0301cole", "नमस्ते"]


@given(NASTY)
def test_tokens_and_sentences_tile_the_text(text: str):
    sentences, tokens = segment(text)
    for ranges in (sentences, tokens):
        assert all(0 <= start < end <= len(text) for start, end in ranges)
        assert all(a[1] <= b[0] for a, b in pairwise(ranges))
    for start, end in tokens:
        assert any(s <= start and end <= e for s, e in sentences)
        assert text[start:end].strip()


@given(NASTY.map(lambda t: t.replace("\n", " ")), NASTY, NASTY)
def test_every_offset_maps_back_to_the_seed(head: str, middle: str, tail: str):
    seed = f"{head}\nARTICLE AD BOX\r\n{middle}\n  ARTICLE AD BOX\n{tail}"
    text, dropped = drop_boilerplate(seed, ["ARTICLE AD BOX"])
    assert remove(seed, dropped) == text
    assert [text[i] for i in range(len(text))] == [
        seed[seed_offset(i, dropped)] for i in range(len(text))
    ]


def test_boilerplate_is_whole_lines_only():
    seed = "\ufeffARTICLE AD BOX\nAn ARTICLE AD BOX is here.\nARTICLE AD BOX"
    text, dropped = drop_boilerplate(seed, ["ARTICLE AD BOX"])
    assert text == "An ARTICLE AD BOX is here.\n"
    assert dropped == (
        Dropped(start=0, end=1, reason="byte order mark"),
        Dropped(start=1, end=16, reason="boilerplate"),
        Dropped(start=43, end=57, reason="boilerplate"),
    )


def test_an_excerpt_is_one_printable_line():
    assert excerpt("a\nb\u2028c", 0, 5) == "a\\u000ab\\u2028c"
    assert len(excerpt("x" * 1000, 0, 1000)) == 60
