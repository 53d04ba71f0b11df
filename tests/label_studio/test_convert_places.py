"""Regions are placed by offsets and quotes together, and get ids that annotations may use."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.label_studio.convert.placing import Written, place_regions
from dateline.label_studio.convert.region_ids import ID, mint, with_ids

from .strategies import texts

TEXT = "Kim  Jong met\tLee\u00a0Ho.\r\n Then Kim left, and Kim's men. A 🏙️ é Bo, Al and Cy."


def at(quote, occurrence=0, text=TEXT):
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(quote, start + 1)
    return start, start + len(quote)


def place(*written, text=TEXT):
    return place_regions(text, [Written(start=s, end=e, quote=q) for s, e, q in written])


@pytest.mark.parametrize(
    ("quote", "written"),
    [
        ("Kim  Jong", "Kim Jong"),
        ("met\tLee\u00a0Ho", "met Lee Ho"),
        ("Ho.\r\n Then", "Ho.\\n\\n Then"),
        ("Ho.\r\n Then", "Ho.\\nThen"),
        ("Ho.\r\n Then", "Ho. Then"),
        (" Then ", "Then"),
        ("\r\n ", ""),
    ],
)
def test_white_space_in_a_quote_does_not_matter(quote, written):
    note, (found,) = place((*at(quote), written))
    assert (note, found.range, found.message) == ("", at(quote), "")


@pytest.mark.parametrize("drift", [-10, -9, -5, -1, 1, 4, 9])
def test_a_region_beside_its_quote_is_moved_to_it(drift):
    text = TEXT[:16]  # in which all units are the same
    start, end = at("met")
    _, (found,) = place((start + drift, end + drift, "met"), text=text)
    assert (found.range, found.repaired) == ((start, end), True)


@pytest.mark.parametrize(("offsets", "quote"), [((0, 3), "Cy"), ((0, len(TEXT)), "Jong")])
def test_a_region_is_moved_to_the_only_place_with_its_quote(offsets, quote):
    _, (found,) = place((*offsets, quote))
    assert (found.range, found.repaired) == (at(quote), True)
    assert found.message.endswith("the only place with its quoted text")


@pytest.mark.parametrize("drift", [-6, -1, 1, 6])
def test_a_region_is_moved_to_the_nearest_of_several_places(drift):
    text = f"Kim{'.' * 20}Kim{'.' * 20}Kim"
    _, (found,) = place((23 + drift, 26 + drift, "Kim"), text=text)
    assert (found.range, found.repaired) == ((23, 26), True)
    assert found.message.endswith("the nearest of several places with its quoted text")


def test_a_quote_that_shows_no_place_or_several_does_not_move_a_region():
    start, end = at("Kim", 1)
    for offsets, quote, reason in (
        ((start + 8, end + 8), "Kim", "occurs 3 times in the text"),
        ((60, 61), "Kim", "occurs 3 times in the text"),
        ((0, 3), "Bob", "not found in the text"),
    ):
        _, (found,) = place((*offsets, quote))
        assert reason in found.message
        assert (found.range, found.repaired) == (offsets, False)
        assert "used" not in found.message
        assert found.effect == "the offsets are used"


@pytest.mark.parametrize(("unit", "size"), [("UTF-16 units", 2), ("bytes in UTF-8", 1)])
def test_the_unit_of_offsets_is_decided_for_all_regions_together(unit, size):
    encoding = {"UTF-16 units": "utf-16-le", "bytes in UTF-8": "utf-8"}[unit]

    def count(offset):
        return len(TEXT[:offset].encode(encoding)) // size

    quotes = [at("Al"), at("Cy"), at("Bo"), at("Kim  Jong")]
    written = [(count(s), count(e), TEXT[s:e]) for s, e in quotes]
    # Alone, this one could be in code points.
    written.append((count(at("and", 1)[0]), count(at("and", 1)[1]), ""))
    note, found = place(*written)
    assert unit in note
    assert [one.range for one in found] == [*quotes, at("and", 1)]


def test_one_region_that_fits_another_unit_does_not_decide():
    text = "🏙aab aab"
    wide = [(s + 1, e + 1, text[s:e]) for s, e in ((1, 3), (3, 4), (5, 8))]
    wide.append((2, 3, "a"))  # "a" in code points as well
    note, found = place(*wide, text=text)
    assert "UTF-16" in note
    assert [one.range for one in found] == [(1, 3), (3, 4), (5, 8), (1, 2)]


def test_without_quotes_offsets_that_could_be_in_two_units_are_reported():
    start, _ = at("Bo")
    _, (found,) = place((start, start + 2, ""))
    assert "may be code points or UTF-16 units" in found.message
    _, (found,) = place((0, 3, ""))
    assert (found.range, found.message) == ((0, 3), "")


@pytest.mark.parametrize(
    "offsets",
    [(None, None), ("0", "3"), (True, 3), (0.5, 3), (-1, 3), ([], {}), (float("inf"), 1e400)],
)
def test_offsets_that_are_not_integers_are_no_place(offsets):
    _, (found,) = place((*offsets, "Kim"))
    assert found.range is None
    assert "not two integers" in found.message


@pytest.mark.parametrize("offsets", [(3, 3), (9, 3), (900, 950), (0, 2**63), (2**63, 2**64)])
def test_a_range_that_is_empty_or_beyond_the_text_has_no_place(offsets):
    _, (found,) = place((*offsets, ""))
    assert found.range is None
    assert "empty or beyond the text" in found.message


@given(text=texts, data=st.data())
def test_any_region_is_placed_where_its_quote_is(text, data):
    cuts = data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=8).map(sorted))
    ranges = [(s, e) for s, e in zip(cuts[::2], cuts[1::2], strict=False) if s < e]
    note, found = place(*((s, e, " ".join(text[s:e].split())) for s, e in ranges), text=text)
    assert note == ""
    for place_, (start, end) in zip(found, ranges, strict=True):
        if text[start:end].split():
            assert (place_.range, place_.message) == ((start, end), "")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("quoted", ["NFC", "NFD"])
def test_accents_as_one_code_point_or_two_are_the_same(form, quoted):
    text = unicodedata.normalize(form, "Un caf\u00e9, cafe, \ud55c\uad6d \u00e9t\u00e9.")
    for word in ("caf\u00e9", "\ud55c\uad6d", "\u00e9t\u00e9"):
        start, end = at(unicodedata.normalize(form, word), text=text)
        quote = unicodedata.normalize(quoted, word)
        for first, last, repaired in ((start, end, False), (start + 2, end + 2, True)):
            _, (found,) = place((first, last, quote), text=text)
            assert (found.range, found.repaired) == ((start, end), repaired)
    _, (found,) = place((0, 3, unicodedata.normalize(quoted, "cafe")), text=text)
    assert text[slice(*found.range)] == "cafe"


@given(text=texts, data=st.data())
def test_a_moved_region_has_its_quote(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    drift = data.draw(st.integers(-start, 30))
    form = data.draw(st.sampled_from(["NFC", "NFD"]))
    quote = " ".join(unicodedata.normalize(form, text[start:end]).split())
    _, (found,) = place((start + drift, end + drift, quote), text=text)
    if found.repaired:
        _, (again,) = place((*found.range, quote), text=text)
        assert (again.range, again.message) == (found.range, "")


def label(id, start, end, label="PER", **fields):
    value = {"start": start, "end": end, "labels": [label]}
    row = {"from_name": "ner", "type": "labels", "value": value, "id": id} | fields
    return {key: value for key, value in row.items() if value is not None}


def test_ids_are_integers_missing_or_unusable_and_always_become_ids():
    rows = [
        label(5, 0, 3),
        label(None, 4, 8),
        label(None, 4, 8, label="LOC"),
        label(None, 9, 12),
        label("r\n", 13, 15),
        label("r_", 16, 17),
        label("x" * 99, 16, 17),
        label([1], "a", None),
        {"type": "choices", "from_name": "form", "value": {"start": 9, "end": 12}},
        {"type": "choices", "from_name": "form", "value": {"start": 4, "end": 8}},
        {"type": "relation", "from_id": 5, "to_id": "r\n"},
    ]
    named, (note,) = with_ids(rows)
    assert [row.get("id") for row in named] == [
        "5", "r4-8", "r4-8_2", "r9-12", "r__2", "r_", "x" * 64, "r", "r9-12", None, None,
    ]  # fmt: skip
    assert (named[-1]["from_id"], named[-1]["to_id"]) == ("5", "r__2")
    assert '"r\\n" is r__2' in note.line
    assert note.repaired
    assert with_ids(named)[1] == []


@given(ids=st.lists(st.text(max_size=70) | st.integers() | st.none() | st.booleans(), max_size=8))
def test_every_region_has_an_id_and_different_ones_stay_different(ids):
    named, _ = with_ids([label(name, 0, 3) | {"id": name} for name in ids])
    assert all(ID.fullmatch(row["id"]) for row in named)
    usable = {str(name) for name in ids if type(name) in (str, int) and str(name)}
    assert len({row["id"] for row in named}) == len(usable) + (
        any(type(name) not in (str, int) or not str(name) for name in ids)
    )


def test_a_new_id_is_never_longer_than_an_id_may_be():
    taken = {"x" * 64}
    minted = [mint("x" * 80, taken) for _ in range(200)]
    assert len({*minted}) == 200
    assert all(ID.fullmatch(name) for name in minted)
