"""Text in and on the colors of labels is readable, whatever colors an ontology declares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.viewer.colors import (
    BLACK,
    DARK_PAGE,
    LIGHT_PAGE,
    WHITE,
    contrast,
    generated,
    label_color,
    parsed,
    written,
)

channel = st.integers(0, 255)
TEXT = {LIGHT_PAGE: parsed("#1e1d1b"), DARK_PAGE: parsed("#e7e5e0")}


def test_contrast_is_that_of_the_guidelines():
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(parsed("#777777"), WHITE) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("page", TEXT)
@given(st.tuples(channel, channel, channel))
def test_text_is_readable_with_any_color_of_a_label(page, declared):
    color = label_color(declared, page)
    assert contrast(color.ink, color.wash) >= 4.5
    assert contrast(color.ink, page) >= 4.5
    assert contrast(TEXT[page], color.wash) >= 4.5


def test_labels_without_a_color_get_different_ones():
    assert len({generated(number) for number in range(40)}) == 40


@given(st.tuples(channel, channel, channel))
def test_a_color_is_read_as_it_is_written(color):
    assert parsed(written(color)) == color
