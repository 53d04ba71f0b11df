"""Decoded Arrow values are those of ``to_pylist``."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dateline.dataset.arrow_values import rows_of

span = st.none() | st.fixed_dictionaries(
    {"start": st.none() | st.integers(0, 9), "text": st.none() | st.text(max_size=3)}
)
row = st.fixed_dictionaries(
    {
        "id": st.none() | st.text(max_size=3),
        "number": st.integers(0, 9),
        "share": st.none() | st.floats(allow_nan=False),
        "known": st.none() | st.booleans(),
        "nothing": st.none(),
        "spans": st.none() | st.lists(span, max_size=3),
        "nested": st.none() | st.lists(st.none() | st.lists(st.integers(0, 9)), max_size=3),
    }
)
SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "number": pa.int64(),
        "share": pa.float64(),
        "known": pa.bool_(),
        "nothing": pa.null(),
        "spans": pa.list_(pa.struct({"start": pa.int32(), "text": pa.string()})),
        "nested": pa.large_list(pa.list_(pa.int64())),
    }
)


@given(st.lists(row, max_size=5), st.integers(0, 3))
def test_values_are_those_of_to_pylist(rows, start):
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    some = pa.concat_tables([table.slice(start), table])
    columns = [*reversed(SCHEMA.names)]
    assert list(rows_of(some, columns)) == some.select(columns).to_pylist()
