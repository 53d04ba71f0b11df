"""Which tokens a span touches, and what becomes of mentions as BIO tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.dataset.token_index import TokenIndex, bio_tags
from dateline.model import Document, Span

from ..corpora import make_document

WORDS = st.text("aé🏙️ʼ中", min_size=1, max_size=4)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Documents whose sentences and tokens are drawn, with gaps of blanks here and there."""
    text, sentences, tokens = "", [], []
    for words in draw(st.lists(st.lists(WORDS, min_size=1, max_size=5), max_size=5)):
        start = None
        for word in words:
            text += draw(st.sampled_from(["", " ", "\n "]))
            start = len(text) if start is None else start
            tokens.append((len(text), len(text) + len(word)))
            text += word
        sentences.append((start, len(text)))
    return make_document("d", text + " ", "train", sentences=sentences, tokens=tokens)


@st.composite
def spans_in(draw: st.DrawFn, document: Document) -> tuple[Span, ...]:
    length = len(document.text)
    borders = sorted(draw(st.sets(st.integers(0, length), min_size=2, max_size=6)))
    pairs = zip(borders[::2], borders[1::2], strict=False)
    return tuple(Span(start=a, end=b, text=document.text[a:b]) for a, b in pairs)


@given(st.data())
def test_tokens_found_are_those_that_share_a_code_point(data: st.DataObject):
    document = data.draw(documents())
    spans = data.draw(spans_in(document))
    index = TokenIndex(document)

    def shares(start: int, end: int) -> bool:
        return any(span.start < end and start < span.end for span in spans)

    expected: dict[int, list[int]] = {}
    for sentence in index.sentences:
        inside = document.tokens[sentence.first : sentence.last]
        assert sentence.tokens == [document.text[a:b] for a, b in inside]
        touched = [i for i, token in enumerate(inside) if shares(*token)]
        if touched:
            expected[sentence.number] = touched
    found = index.by_sentence(spans)
    assert {n: [i for r in ranges for i in range(*r)] for n, ranges in found.items()} == expected
    assert [s.number for s in index.sentences_of(spans)] == [
        number for number, (a, b) in enumerate(document.sentences) if shares(a, b)
    ]


@given(st.data())
def test_every_token_is_in_one_sentence(data: st.DataObject):
    document = data.draw(documents())
    sentences = TokenIndex(document).sentences
    assert [t for s in sentences for t in s.tokens] == [
        document.text[start:end] for start, end in document.tokens
    ]


@given(st.integers(1, 12), st.data())
def test_bio_is_well_formed_and_prefers_the_longest(length: int, data: st.DataObject):
    ranges = st.tuples(st.integers(0, length - 1), st.integers(1, length)).filter(
        lambda r: r[0] < r[1]
    )
    labelled = data.draw(st.lists(st.tuples(ranges, st.sampled_from("XY")), max_size=6))
    tags = bio_tags(length, labelled)
    assert len(tags) == length
    for before, tag in zip(["O", *tags], tags, strict=False):
        if tag.startswith("I-"):
            assert before[2:] == tag[2:]
    tagged = set()
    for start in (i for i, tag in enumerate(tags) if tag.startswith("B-")):
        end = start + 1
        while end < length and tags[end].startswith("I-"):
            end += 1
        tagged.add((start, end))
        assert ((start, end), tags[start][2:]) in labelled
    for (start, end), _ in labelled:
        # What is not tagged gave way to something at least as long.
        assert any(a < end and start < b and b - a >= end - start for a, b in tagged), (
            f"{start}, {end} is lost"
        )


@pytest.mark.parametrize(
    ("labelled", "expected"),
    [
        ([], "O O O O"),
        ([((1, 2), "X")], "O B-X O O"),
        ([((0, 2), "X"), ((2, 4), "X")], "B-X I-X B-X I-X"),
        ([((1, 2), "Y"), ((0, 3), "X")], "B-X I-X I-X O"),
        ([((0, 2), "Y"), ((1, 4), "X")], "O B-X I-X I-X"),
        ([((0, 2), "X"), ((0, 2), "Y")], "B-X I-X O O"),
        ([((0, 2), "X"), ((1, 3), "Y")], "B-X I-X O O"),
        ([((0, 2), "X"), ((1, 3), "Y"), ((2, 3), "Z")], "B-X I-X B-Z O"),
    ],
    ids=[
        "none",
        "one",
        "neighbours",
        "nested",
        "crossing",
        "same place",
        "crossing, as long",
        "free again",
    ],
)
def test_bio_tags(labelled: list, expected: str):
    assert " ".join(bio_tags(4, labelled)) == expected
