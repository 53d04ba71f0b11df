"""Decoded Arrow values are those of ``to_pylist``."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
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
    expected = some.select(columns).to_pylist()
    assert list(rows_of(some, columns)) == expected
    file = io.BytesIO()
    pq.write_table(some, file, row_group_size=2)
    assert list(rows_of(pq.ParquetFile(file), columns)) == expected


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=3), max_size=4))
def test_ranges_are_pairs(found):
    spans = [[{"start": start, "end": end} for start, end in some] for some in found]
    table = pa.table(
        {
            "spans": pa.array(
                spans, pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64())]))
            )
        }
    )
    assert [row["spans"] for row in rows_of(table, ["spans"], ranges=("spans",))] == found
