"""Places of words that are given without offsets."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.predictions.formats.label_pairs import find_pairs
from dateline.predictions.formats.words import Placer


def starts(text, *listed):
    """Where the words are placed, with labels as in "words/LABEL"."""
    placer = Placer(text)
    found = [placer.next(*words.split("/")) for words in listed]
    return [None if placed is None else placed.place[0] for placed in found]


def test_the_repository_s_own_mentions_get_their_places_back(article):
    for name in article.document_ids():
        mentions = article.read_annotation("gold", name).mentions
        pairs = [(m.type, m.spans[0].text) for m in mentions]
        text = article.read_document(name).text
        prediction, placement = find_pairs(name, text, pairs, "entities")
        assert [m.spans for m in prediction.mentions] == [m.spans for m in mentions]
        assert len(mentions) == placement.exact > 0


def test_whole_words_come_before_parts_of_words():
    text = "Iranian ships left Iran; 2010 had 10."
    assert starts(text, "Iran", "10") == [19, 34]
    assert starts(text, "iran", "ran") == [19, 20]
    assert starts("Tirana. IRAN", "iran") == [8]
    assert starts("in 20,000 and 1.20 of 20", "20") == [22]


def test_places_follow_the_order_of_the_list():
    text = "Kim met Putin. Putin thanked Kim. Kim left Putin."
    assert starts(text, "Kim", "Putin", "Putin", "Kim", "Kim", "Putin") == [0, 8, 15, 29, 34, 43]
    # The second "Putin" is not in the list.
    assert starts(text, "Kim", "Putin", "Kim", "Kim", "Putin") == [0, 8, 29, 34, 43]
    assert starts(text, "thanked", "Kim") == [21, 29]


def test_a_list_may_run_through_the_text_several_times():
    text = "Kim met Putin. Putin thanked Kim. Kim left Putin."
    assert starts(text, "Kim", "Kim", "Kim", "Putin", "Putin", "Putin") == [0, 29, 34, 43, 8, 15]
    assert starts(text, "thanked", "left", "met", "thanked/OTHER") == [21, 38, 4, 21]


def test_labels_share_the_places_of_the_same_words():
    text = "Ford sold Ford."
    assert starts(text, "Ford/PERSON", "Ford/ORG") == [0, 10]
    assert starts(text, "Ford/P", "Ford/O", "Ford/O", "Ford/P", "Ford/P") == [0, 10, 0, 10, None]


def test_nested_words_start_at_the_same_place():
    assert starts("Kim's brother left Kim", "Kim", "Kim's brother", "Kim") == [0, 0, 19]


@pytest.mark.parametrize(
    ("text", "listed", "expected"),
    [
        ("中国人去中国", ["中国", "中国"], [0, 4]),
        ("東京都は東京の", ["東京", "東京"], [0, 4]),
        ("トヨタとトヨタ車", ["トヨタ", "トヨタ"], [0, 4]),
        ("คนไทยรักไทย", ["ไทย", "ไทย"], [2, 8]),
        ("서울에서 서울로", ["서울", "서울"], [0, 5]),
        ("인서울 서울로", ["서울"], [4]),
        # A mark belongs to the letter before it.
        ("cafe\u0301 cafe", ["cafe"], [6]),
        ("cafe\u0301", ["caf\u00e9"], [0]),
        ("caf\u00e9 cafe", ["cafe"], [5]),
        ("caf\u00e9", ["cafe\u0301"], [0]),
        ("กาก่า กา", ["ก่า", "กา"], [2, 6]),
        ("👩\u200d🚀 👩", ["👩"], [4]),
        ("STRASSE", ["Straße"], [0]),
        ("the\u00a0 U.S.\n army", ["the U.S. army"], [0]),
        ("said “no”", ['said "no"'], [0]),
    ],
)
def test_scripts_marks_and_spellings(text, listed, expected):
    assert starts(text, *listed) == expected


def test_words_without_letters():
    assert starts("a b", "", " ", "b ", "c") == [None, None, 2, None]


@given(
    st.lists(st.sampled_from(["ab", "a", "b-a", "Ab", "é", "中", "中国"]), min_size=1, max_size=8)
)
def test_every_word_of_a_text_is_found_in_order(listed):
    text = " ".join(listed)
    found = [Placer(text).every(words).places for words in listed]
    assert all(found)
    placer = Placer(text)
    places = [placer.next(words) for words in listed]
    assert all(places)
    for words, placed in zip(listed, places, strict=True):
        quote = text[slice(*placed.place)]
        assert (
            unicodedata.normalize("NFKD", quote).casefold()
            == unicodedata.normalize("NFKD", words).casefold()
        )


def test_long_words_that_repeat_themselves_take_no_time():
    text = "a" * 200_000
    assert Placer(text).next("a" * 100_000).place == (0, 100_000)
