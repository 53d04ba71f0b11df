"""The text of a seed with ranges dropped and replaced, and offsets in both."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dateline.corpus.seed_text import SeedOffsets, composed, reasons_of, text_of_seed
from dateline.model import Dropped

TEXTS = st.text(alphabet="ab \n😀é", min_size=1, max_size=30)


@st.composite
def dropped_in(draw: st.DrawFn, text: str, reason: str) -> list[Dropped]:
    """Sorted and disjoint ranges of a text, some of them touching, with replacements."""
    borders = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    return [
        Dropped(start=start, end=end, reason=reason, replacement=draw(st.text("xy", max_size=3)))
        for start, end in pairwise(borders)
        if draw(st.booleans())
    ]


@st.composite
def seeds(draw: st.DrawFn) -> tuple[str, list[Dropped]]:
    seed = draw(TEXTS)
    return seed, draw(dropped_in(seed, "one"))


@given(seeds())
def test_offsets_map_back_to_the_seed(made: tuple[str, list[Dropped]]):
    seed, dropped = made
    text, offsets = text_of_seed(seed, dropped), SeedOffsets(dropped)
    ranges = [offsets.range_of(i, i + 1) for i in range(len(text))]
    replaced = {(cut.start, cut.end) for cut in dropped}
    for character, (start, end) in zip(text, ranges, strict=True):
        # Exact where nothing was changed, and else all that was replaced.
        assert seed[start:end] == character or (start, end) in replaced
    assert ranges == sorted(ranges)
    kept = [place for place in ranges if place not in replaced]
    assert len(set(kept)) == len(kept)
    if text:
        assert offsets.range_of(0, len(text)) == (ranges[0][0], ranges[-1][1])


@given(st.data())
def test_what_is_untouched_has_the_same_characters(data: st.DataObject):
    seed, dropped = data.draw(seeds())
    text, offsets = text_of_seed(seed, dropped), SeedOffsets(dropped)
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first, last = offsets.range_of(start, end)
    if not any(cut.start < last and first < cut.end for cut in dropped):
        assert seed[first:last] == text[start:end]


@given(st.data())
def test_changes_one_after_the_other_are_one_change(data: st.DataObject):
    seed, first = data.draw(seeds())
    text = text_of_seed(seed, first)
    second = data.draw(dropped_in(text, "two"))
    both = composed(text, first, second)
    assert text_of_seed(seed, both) == text_of_seed(text, second)
    ends = [0, *(cut.end for cut in both)]
    assert all(end <= cut.start < cut.end for end, cut in zip(ends, both, strict=False))
    assert {reason for cut in both for reason in reasons_of(cut)} == {
        cut.reason for cut in [*first, *second]
    }
    assert composed(text, first, []) == tuple(first)
