"""Segmentation of texts in many scripts: chosen by script and language, on token boundaries."""

from __future__ import annotations

import unicodedata
from importlib.util import find_spec
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.corpus.segmentation import alphabetic, unicode
from dateline.corpus.segmentation.choosing import segmenter_for
from dateline.corpus.segmentation.words import WORD_LIBRARIES
from dateline.errors import InvalidInputError

ANY_TEXT = st.text(
    alphabet=st.sampled_from(
        "aBκ9 .,!?/@#<3-\n\t\u00ad中国東か゛カ\u3099々〇。！？、」กขา\u0e48ำລກកមမြ한국어は"
        "עברית،؟عरबक्षि।😀\ufe0f\u200d\U00020000\u0301\u200f\u200e\u202b\u202c"
    )
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    max_size=40,
)
LANGUAGES = [None, "en", *WORD_LIBRARIES]


def split(text: str, language: str | None = None) -> tuple[list[str], list[str]]:
    sentences, tokens = segmenter_for(text, language).segment(text)
    return [text[a:b] for a, b in sentences], [text[a:b] for a, b in tokens]


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=ANY_TEXT)
def test_tokens_tile_sentences_and_sentences_the_text(language: str | None, text: str):
    try:
        segmenter = segmenter_for(text, language)
    except InvalidInputError:
        return
    check_segments(text, *segmenter.segment(text))


@pytest.mark.parametrize(
    ("text", "sentences", "tokens"),
    [
        ("דוד \u200fגר. \u200f", ["דוד \u200fגר."], ["דוד", "\u200fגר", "."]),
        ("Ada \u200f met Bo. \u200e", ["Ada \u200f met Bo."], ["Ada", "met", "Bo", "."]),
    ],
)
def test_direction_marks_are_no_tokens_of_their_own(text, sentences, tokens):
    found = split(text)
    assert found[0] == sentences
    assert [token.strip("\u200f\u200e") for token in found[1]] == [
        token.strip("\u200f\u200e") for token in tokens
    ]


@given(ANY_TEXT)
def test_unicode_segments_tile_any_text(text: str):
    check_segments(text, *unicode.segment(text))


def check_segments(text: str, sentences, tokens) -> None:
    for ranges in (sentences, tokens):
        assert all(0 <= start < end <= len(text) for start, end in ranges)
        assert all(a[1] <= b[0] for a, b in pairwise(ranges))
    for start, end in (*tokens, *sentences):
        token = text[start:end]
        assert token == token.strip()
        assert any(unicodedata.category(c) != "Cf" for c in token)
    for start, end in tokens:
        assert any(s <= start and end <= e for s, e in sentences)
    covered = {i for start, end in tokens for i in range(start, end)}
    assert not [c for i, c in enumerate(text) if i not in covered and c.isalnum()]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("zh", ["金正恩訪問了俄羅斯。", "他說：「很好！」", "真的嗎？"]),
        ("ja", ["首相は東京で会談した。", "「本当か？」", "と彼は言った。"]),
        ("ar", ["التقى الوزير بالسفير أمس.", "هل وافق؟", "نعم؛ وافق!"]),
        ("he", ["השר נפגש עם השגריר אתמול.", "האם הסכים?", "כן!"]),
        ("hi", ["मंत्री ने कल राजदूत से मुलाकात की।", "क्या वह सहमत थे?", "हाँ।"]),
        ("ur", ["وزیر نے سفیر سے ملاقات کی۔", "کیا وہ مان گئے؟"]),
        ("ko", ["김정은은 러시아를 방문했다.", "그는 무엇을 했나?"]),
    ],
)
def test_sentences_end_at_the_marks_of_the_script(language: str, sentences: list[str]):
    glue = "" if language in ("zh", "ja") else " "
    assert split(glue.join(sentences), language)[0] == sentences


def test_without_a_library_every_ideograph_is_a_token():
    sentences, tokens = unicode.segment("習近平2024年訪問ＮＡＴＯ😀か\u3099")
    text = "習近平2024年訪問ＮＡＴＯ😀か\u3099"
    assert [text[a:b] for a, b in tokens] == [
        "習", "近", "平", "2024", "年", "訪", "問", "ＮＡＴＯ", "😀", "か\u3099"
    ]  # fmt: skip
    assert len(sentences) == 1


def test_offsets_are_code_points_after_characters_beyond_the_basic_plane():
    text = "😀𠀀中 نعم"
    assert [text[a:b] for a, b in unicode.segment(text)[1]] == ["😀", "𠀀", "中", "نعم"]


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("zh", "總統訪問了北京。", ["總統", "訪問", "了", "北京", "。"]),
        ("zh-Hans", "总统访问了北京2024年。", ["总统", "访问", "了", "北京", "2024", "年", "。"]),
        ("ja", "首相は東京で会談した。", ["首相", "は", "東京", "で", "会談", "し", "た", "。"]),
        ("ko", "김정은은 갔다.", ["김정은", "은", "갔", "다", "."]),
    ],
)
def test_a_library_splits_words(language: str, text: str, words: list[str]):
    library = WORD_LIBRARIES[language.partition("-")[0]]
    if find_spec(library.module) is None:
        pytest.skip(f'needs the extra "{library.extra}"')
    segmenter = segmenter_for(text, language)
    assert library.module in segmenter.name
    assert all(version in segmenter.version for version in library.version.split())
    assert split(text, language)[1] == words


@pytest.mark.parametrize("library", WORD_LIBRARIES.values(), ids=lambda library: library.extra)
def test_long_runs_are_split_in_pieces(library):
    if not library.is_installed:
        pytest.skip(f'needs the extra "{library.extra}"')
    run = {"chinese": "访问北京", "japanese": "東京で", "korean": "갔다", "thai": "ไปไหน"}[
        library.extra
    ]
    run *= 30_000
    words = list(library.split(run))
    assert words[0][0] == 0
    assert words[-1][1] == len(run)
    assert all(a[1] == b[0] for a, b in pairwise(words))


@pytest.mark.parametrize(
    ("text", "language", "script"),
    [
        ("习近平访问了俄罗斯，会见了总统。", "en", "Latn"),
        ("The minister met the ambassador.", "zh", "Hans"),
        ("The minister met the ambassador.", "th-TH", "Thai"),
        ("التقى الوزير بالسفير أمس", "he", "Hebr"),
    ],
)
def test_a_language_in_another_script_is_an_error(text: str, language: str, script: str):
    with pytest.raises(InvalidInputError, match=rf'"{language}".*100% .*\({script}\)'):
        segmenter_for(text, language)


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("The minister met 习近平 in Beijing.", "en", "syntok"),
        ("Ministar je otputovao u Beograd.", "sr", "syntok"),
        ("Министар је отпутовао у Београд.", "sr", "syntok"),
        ("Εφυγε ο πρωθυπουργός; Ναι.", "el", "syntok"),
        ("2024: 3.5 %", "zh", "syntok"),
        ("التقى الوزير بالسفير", None, "unicode"),
        ("qwerty asdfgh zxcvbn", "qqq", "syntok"),
    ],
)
def test_a_fitting_segmenter_is_chosen(text: str, language: str | None, name: str):
    assert segmenter_for(text, language).name == name


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("NF-κB p65/RelA", "NF - κB p65 / RelA"),
        ("#MeToo @user_1 <3 </3", "#MeToo @user_1 <3 </3"),
        ("iPhone McDonald’s O'Neil", "iPhone McDonald ’s O 'Neil"),
        ("and/or 1/2 24/7", "and / or 1/2 24/7"),
        ("https://a.b/c/d www.x.y/z a.org/b", "https://a.b/c/d www.x.y/z a.org/b"),
        ("a@b.org can't", "a@b.org ca n't"),
        ("0'A/0", "0 'A / 0"),
    ],
)
def test_words_are_split_where_they_have_parts(text: str, tokens: str):
    found = alphabetic.segment(text)[1]
    assert [text[a:b] for a, b in found] == tokens.split()


def test_a_semicolon_ends_no_sentence():
    text = "Ana left; Bo stayed; He slept. She was late; “Why?” he asked."
    assert [text[a:b] for a, b in alphabetic.segment(text)[0]] == [
        "Ana left; Bo stayed; He slept.",
        "She was late; “Why?” he asked.",
    ]
