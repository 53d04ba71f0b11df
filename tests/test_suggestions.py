"""Hints: the most similar name, what is allowed, and their punctuation."""

from __future__ import annotations

import pytest

from dateline.rendering.suggestions import allowed, sentences


def test_a_misspelt_name_is_recognized_and_long_lists_are_cut():
    assert allowed("PERSN", ["PERSON", "PLACE"]) == 'Did you mean "PERSON"? Allowed: PERSON, PLACE.'
    assert allowed("x", ["PERSON"]) == "Allowed: PERSON."
    assert allowed("x", []) == "Allowed: none."
    assert allowed("x", map(str, range(100))).endswith("39, and 60 more.")


@pytest.mark.parametrize(
    ("message", "hint", "expected"),
    [
        ("is wrong", "Fix it.", "is wrong. Fix it."),
        ('did you mean "x"?', "Rename it.", 'did you mean "x"? Rename it.'),
        ("is wrong.", "", "is wrong."),
        ("is wrong", "", "is wrong."),
    ],
)
def test_sentences_end_once(message: str, hint: str, expected: str):
    assert sentences(message, hint) == expected
