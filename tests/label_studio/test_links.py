"""Links as text, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.annotations.link_text import format_link, parse_link
from dateline.model import Link

PARTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(["NIL", "", "a:b@c%"])


@given(kb=PARTS, date=st.none() | PARTS, id=st.none() | PARTS)
def test_a_link_comes_back_unchanged(kb, date, id):
    link = Link(kb=kb, date=date, id=id)
    assert parse_link(f" {format_link(link)}\n") == link


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("wikidata:Q42", Link(kb="wikidata", date=None, id="Q42")),
        ("wikidata@2025-01-01:Q42", Link(kb="wikidata", date="2025-01-01", id="Q42")),
        ("wikidata:NIL", Link(kb="wikidata", date=None, id=None)),
        ("viaf:a:b@c", Link(kb="viaf", date=None, id="a:b@c")),
        ("Q42", None),
    ],
)
def test_a_link_is_short_to_type(text, link):
    assert parse_link(text) == link
    if link is not None:
        assert format_link(link) == text
