"""Dates and times from files: one form, and only what the calendar has."""

from __future__ import annotations

import pytest

from dateline.dates import parse_date, parse_time
from dateline.errors import InvalidInputError


@pytest.mark.parametrize("text", ["2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_date_is_read(text: str):
    assert parse_date(text).isoformat() == text


@pytest.mark.parametrize(
    "text",
    ["2025-02-29", "2025-13-01", "2025-00-10", "0000-01-01", "20250101", "2025-W01-1", "2025-1-1",
     "2025-01-01\n", "2025-01-01T00:00:00Z", "٢٠٢٥-٠١-٠١", "", "\0"],
)  # fmt: skip
def test_what_is_not_a_date_is_an_error_with_its_value(text: str):
    with pytest.raises(InvalidInputError) as caught:
        parse_date(text)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["2026-11-23T16:15:13.745644Z", "2026-11-23T16:45:32+00:00", "2024-02-29T23:59-03:30",
     "2026-11-23T16:15:13.123456789Z"],
)  # fmt: skip
def test_a_time_is_read(text: str):
    assert parse_time(text).utcoffset() is not None


@pytest.mark.parametrize(
    "text",
    ["2025-02-30T99:99:99Z", "2025-01-01T24:00:01Z", "2025-01-01T12:60:00Z", "2025-01-01T1.2:3Z",
     "2025-01-01T12:00:00", "2025-01-01 12:00:00Z", "2025-01-01T12:00:00+99:99",
     "2025-01-01T12:00:00Z\n"],
)  # fmt: skip
def test_what_is_not_a_time_is_an_error_with_its_value(text: str):
    with pytest.raises(InvalidInputError) as caught:
        parse_time(text)
    assert text in str(caught.value)
