"""Dates and times of ISO 8601, as files have them: one form of each, and in the calendar."""

from __future__ import annotations

import datetime
import re

from dateline.errors import InvalidInputError

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def parse_date(text: str) -> datetime.date:
    """The day that a text such as "2026-01-31" names.

    Raises InvalidInputError, with value and fix, for another form, and for a day that does not
    exist.
    """
    if not _DATE.fullmatch(text):
        raise InvalidInputError(f'"{text}" is not a date; write it as 2026-01-31')
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(f'"{text}" is not a day of the calendar; correct it') from None


def parse_time(text: str) -> datetime.datetime:
    """The point in time that a text such as "2026-01-31T12:00:00+01:00" names.

    Raises InvalidInputError, with value and fix, for another form, and for a day, a time of day or
    an offset that does not exist.
    """
    if not _TIME.fullmatch(text):
        raise InvalidInputError(
            f'"{text}" is not a date with time and offset; write it as 2026-01-31T12:00:00Z'
        )
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(f'"{text}" is not a point in time; correct it') from None


def iso_week(time: str | None) -> str | None:
    """The ISO week of a point in time, such as ``2026-W05``; None if there is no valid time."""
    try:
        year, week, _ = parse_time(time or "").isocalendar()
    except InvalidInputError:
        return None
    return f"{year}-W{week:02}"
