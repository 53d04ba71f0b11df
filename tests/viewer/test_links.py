"""Links into the site lead to the files that it has."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dateline.rendering.site_links import document_link, item_link, story_file


def test_a_link_names_the_document_and_the_item():
    assert document_link("asker-dam") == "documents/asker-dam.html"
    assert item_link("asker-dam", "e12") == "documents/asker-dam.html#e12"


@given(st.text(min_size=1), st.text(min_size=1))
def test_each_group_has_a_file_of_its_own_with_a_plain_name(one, other):
    path = story_file(one)
    assert path.isascii()
    assert path.count("/") == 1
    assert len(path) < 120
    assert (story_file(other) == path) == (one == other)
