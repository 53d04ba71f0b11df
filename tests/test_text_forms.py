"""Texts that other programs have in another form than the corpus."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dateline.corpus.boilerplate import BYTE_ORDER_MARK
from dateline.corpus.text_forms import TextFinder
from dateline.ingest.ingest import ingest

from .test_text import NASTY

BODY = "Anna Meyer left.\r\nAdvertisement\r\n\r\nBo stayed.\n"


@pytest.fixture
def ingest_text(files):
    def invoke(seed, name="d"):
        path = files.corpus.seeds / f"{name}.txt"
        path.write_bytes(seed.encode())
        return [outcome.result for outcome in ingest(files.corpus, [path])]

    return invoke


@pytest.mark.parametrize(
    "copy",
    [
        BYTE_ORDER_MARK + BODY,
        BODY,
        BODY.replace("\r\n", "\n"),
        BODY.replace("\r\n", "\n").replace("\n", "\r\n"),
        BODY.rstrip(),
        BODY + "\n",
        BODY.replace("Advertisement\r\n", ""),
        BODY.replace("Advertisement\r\n", "").replace("\r\n", "\n"),
        "Anna Meyer left.\nAdvertisement\nBo stayed.",
        "Anna Meyer left . Bo stayed .",
    ],
)
def test_every_form_of_a_seed_finds_its_document(copy, ingest_text, files):
    assert ingest_text(BYTE_ORDER_MARK + BODY) == ["added"]
    (match,) = TextFinder(files.corpus).find(copy)
    assert match.document == "d"
    text = files.corpus.read_document("d").text
    for word in ("Anna Meyer", "Bo"):
        at = copy.index(word)
        start, end = match.range_of(at, at + len(word))
        assert text[start:end] == word
    if "Adv" in copy:
        at = copy.index("Adv")
        assert match.range_of(at, at + 3) is None
        start, end = match.range_of(copy.index("left"), copy.index("Bo"))
        assert text[start:end].split() == ["left."]


def test_texts_that_differ_in_white_space_only_are_told_apart_if_one_is_exact(ingest_text, files):
    ingest_text("One.\nTwo.\n", "a")
    ingest_text("One.\n\nTwo.\n", "b")
    finder = TextFinder(files.corpus)
    assert [match.document for match in finder.find("One.\n\nTwo.")] == ["b"]
    assert [match.document for match in finder.find("One . Two .")] == ["a", "b"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    words=st.lists(st.sampled_from(["Ana", "met", "Bo", "☺", ".", "市"]), min_size=1),
    data=st.data(),
)
def test_a_text_that_was_rebuilt_of_its_tokens_has_each_of_them_in_place(
    words, data, ingest_text, files
):
    files.corpus.document_path("any").unlink(missing_ok=True)
    gaps = st.lists(
        st.sampled_from([" ", "\n", " \n\n", ""]), min_size=len(words), max_size=len(words)
    )
    seed, copy = ("".join(w + g for w, g in zip(words, data.draw(gaps), strict=True)) for _ in "12")
    assert ingest_text(seed, "any") == ["added"]
    text = files.corpus.read_document("any").text
    (match,) = TextFinder(files.corpus).find(copy)
    for at, character in enumerate(copy):
        place = match.range_of(at, at + 1)
        if not character.isspace():
            assert text[slice(*place)] == character


def test_another_text_finds_nothing(ingest_text, files):
    ingest_text(BODY)
    for copy in ("", "\n", "Anna Meyer left.", BODY + "!", "\ud800"):
        assert TextFinder(files.corpus).find(copy) == []


def test_a_text_that_two_documents_have_in_other_forms_finds_both(ingest_text, files):
    ingest_text("One.\nTwo.\n", "a")
    ingest_text("One.\r\nTwo.\r\n", "b")
    finder = TextFinder(files.corpus)
    assert [match.document for match in finder.find("One.\nTwo.\n")] == ["a"]
    assert [match.document for match in finder.find("One.\nTwo.")] == ["a", "b"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(seed=NASTY, ends=st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_seed_finds_its_document_with_every_character_in_place(seed, ends, ingest_text, files):
    name = "any"
    files.corpus.document_path(name).unlink(missing_ok=True)
    if ingest_text(seed, name) != ["added"]:
        return
    text = files.corpus.read_document(name).text
    for copy in (seed, seed.replace("\r\n", "\n").replace("\r", "\n").replace("\n", ends)):
        matches = [m for m in TextFinder(files.corpus).find(copy) if m.document == name]
        assert matches
        for at, character in enumerate(copy):
            place = matches[0].range_of(at, at + 1)
            if place is not None and character not in "\r\n":
                assert text[slice(*place)] == character
