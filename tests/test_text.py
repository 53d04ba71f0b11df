"""Segmentation and offset arithmetic, on the real seed and on texts made to hurt."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.corpus.boilerplate import boilerplate_in
from dateline.corpus.seed_text import text_of_seed
from dateline.corpus.segmentation import unicode
from dateline.corpus.segmentation.alphabetic import segment
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
JOINED = st.lists(
    st.sampled_from(
        ["“", "”", '"', "Stop", "Yahoo", "Rep", *".?! ", "Harry", "asked", "The", "– s", "e\u0301"]
    )
).map("".join)


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


@pytest.mark.parametrize(
    "sentences",
    [
        ['"Good morning?" Harry asked.', "He left."],
        ["“Stop!” he said.", "He left."],
        ["“Who is it?", "What is it?” Ms. Lee of the Foreign Ministry finally asked."],
        ["“Stop!” Kim Jong Un’s sister shouted.", "He left."],
        ["“Hello.", "Who are you?” O’Brien wondered.", "“It is me!” J. K. Lee said."],
        ["„Wer da?“ – fragte er.", "Er ging."],
        # Not an attribution: a full stop, another verb, a pronoun, a quote within a sentence.
        ["“He went.”", "Harry asked for more."],
        ["“Why?”", "John left the room.", "“Stop!”", "He said no."],
        ["He said “Stop!”", "Harry asked why."],
        ["Rep. Bo Lind and Sen. Ana Ruiz met Gov. Kim.", "They left."],
        ["Gen. Lee saw Lt. Col. Park, Maj. Gen. Cho, Sgt. Roe and Rev. Poe.", "They left."],
        ["We met the Gov.", "She was late."],
        ["Yahoo! Inc. and Wow! Ltd. sued Yum! Brands.", "It won."],
        ["Guess? Jeans are blue.", "He works at Yahoo!", "He likes it."],
        ["Who won?", "Jeans are blue.", "What a day!", "Companies rose."],
    ],
)
def test_names_and_attributions_are_not_split(sentences: list[str]):
    assert sentences_of(" ".join(sentences)) == sentences


def test_a_line_of_many_joins_takes_linear_time():
    for part in ("Rep. ", '"A!" Al said ', "“A!” Al ", "Yahoo! "):
        assert segment(part * 20_000)[0]


def test_a_line_break_ends_a_sentence():
    assert sentences_of("Headline without a stop\r\nThe text.") == [
        "Headline without a stop",
        "The text.",
    ]


def test_a_combining_mark_stays_with_its_letter():
    assert tokens_of("Cafe\u0301 e\u0301cole नमस्ते") == ["Cafe\u0301", "e\u0301cole", "नमस्ते"]


@given(NASTY | JOINED)
def test_tokens_and_sentences_tile_the_text(text: str):
    sentences, tokens = segment(text)
    for ranges in (sentences, tokens):
        assert all(0 <= start < end <= len(text) for start, end in ranges)
        assert all(a[1] <= b[0] for a, b in pairwise(ranges))
    for start, end in tokens:
        assert any(s <= start and end <= e for s, e in sentences)
        assert text[start:end].strip()


@pytest.mark.parametrize("mark", ["[", "\u201c"])
def test_a_long_run_of_opening_marks_is_segmented(mark: str):
    # Took minutes when each mark was tried as the start of the run.
    text = mark * 200_000 + "a"
    sentences, _ = unicode.segment(text)
    assert (sentences[0][0], sentences[-1][1]) == (0, len(text))


@given(NASTY.map(lambda t: t.replace("\n", " ")), NASTY, NASTY)
def test_the_text_is_the_seed_without_what_was_dropped(head: str, middle: str, tail: str):
    seed = f"{head}\nARTICLE AD BOX\r\n{middle}\n  ARTICLE AD BOX\n{tail}"
    text = text_of_seed(seed, boilerplate_in(seed, ["ARTICLE AD BOX"]))
    assert text == f"{head}\n{middle}\n{tail}".removeprefix("\ufeff")


def test_boilerplate_is_whole_lines_only():
    seed = "\ufeffARTICLE AD BOX\nAn ARTICLE AD BOX is here.\nARTICLE AD BOX"
    dropped = boilerplate_in(seed, ["ARTICLE AD BOX"])
    assert text_of_seed(seed, dropped) == "An ARTICLE AD BOX is here.\n"
    assert dropped == (
        Dropped(start=0, end=1, reason="byte order mark"),
        Dropped(start=1, end=16, reason="boilerplate"),
        Dropped(start=43, end=57, reason="boilerplate"),
    )


def test_an_excerpt_is_one_printable_line():
    assert excerpt("a\nb\u2028c", 0, 5) == "a\\nb\\u2028c"
    assert len(excerpt("x" * 1000, 0, 1000)) == 60
