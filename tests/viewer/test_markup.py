"""A text is the same with its items, and each element has the text of its item."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from dateline.viewer.markup import LAYERS, Fragment, marked_up

TEXT = 'a <b> & "c" 💊 קפה end of it all'


class Reader(HTMLParser):
    """What a browser reads: the text, the text of each item, and ids."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.text, self.of_items, self.ids, self._opened = "", {}, [], []
        self.feed(html)
        self.close()
        assert self._opened == []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self._opened.append(given["data-i"])
        self.ids += [given["id"]] if "id" in given else []

    def handle_endtag(self, tag):
        self._opened.pop()

    def handle_data(self, data):
        for character in data:
            for item in self._opened:
                self.of_items.setdefault(item, []).append(len(self.text))
            self.text += character


spans = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT))).filter(
    lambda ends: ends[0] < ends[1]
)


@given(st.lists(st.tuples(spans, st.sampled_from(list(LAYERS))), max_size=12))
def test_any_items_leave_the_text_as_it_is_and_cover_their_characters(drawn):
    fragments = [
        Fragment(start=start, end=end, layer=layer, item=f"i{n}", anchor=f"i{n}")
        for n, ((start, end), layer) in enumerate(drawn)
    ]
    read = Reader(marked_up(TEXT, 0, len(TEXT), fragments))
    assert read.text == TEXT
    assert sorted(read.ids) == sorted(f.item for f in fragments)
    for fragment in fragments:
        assert read.of_items[fragment.item] == list(range(fragment.start, fragment.end))


def test_an_item_that_crosses_another_is_split_where_that_ends():
    fragments = [
        Fragment(start=0, end=10, layer="mentions", item="m1", anchor="m1"),
        Fragment(start=5, end=15, layer="mentions", item="m2", anchor="m2"),
    ]
    assert marked_up("abcdefghijklmnopqrst", 0, 20, fragments) == (
        '<span id="m1" class="m h2 s z" data-i="m1">abcde<span id="m2" class="m s" data-i="m2">fghij'
        '</span></span><span class="m z" data-i="m2">klmno</span>pqrst'
    )


def test_an_item_over_two_paragraphs_has_its_id_in_the_first():
    whole = Fragment(start=2, end=8, layer="claims", item="c1", anchor="c1", classes="k1")
    assert marked_up("0123456789", 0, 5, [whole]).count('id="c1"') == 1
    assert marked_up("0123456789", 5, 10, [whole]) == (
        '<span class="c z k1" data-i="c1">567</span>89'
    )
