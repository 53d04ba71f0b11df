"""Packed structs are those that were added."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dateline.model import Mention, Span
from dateline.predictions.packed import Packed
from dateline.predictions.prediction import Prediction

names = st.text(st.characters(), max_size=3) | st.just("\ud800")
mentions = st.builds(
    lambda name, start: Mention(
        id=name,
        spans=(Span(start=start, end=start + 1, text=name),),
        type=name,
        attributes={name: name},
        entity=None,
    ),
    names,
    st.integers(-(10**30), 10**30),
)


@given(st.dictionaries(names, st.lists(mentions, max_size=2)))
def test_structs_are_the_same_and_in_the_same_order(found):
    values = {name: Prediction(document=name, mentions=tuple(m)) for name, m in found.items()}
    assert list(Packed(Prediction, values.items()).items()) == list(values.items())
