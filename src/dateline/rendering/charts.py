"""Charts of rates from 0 to 1, as SVG in a page with the tables of their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dateline.rendering.header import Header
from dateline.rendering.pages import page, resource
from dateline.rendering.tables import Table

_PACKAGE = "dateline.rendering"

WIDTH, HEIGHT = 320, 220
LEFT, RIGHT, TOP, BOTTOM = 42, 12, 10, 40
"""Pixels of a chart and around its axes."""


class Point(NamedTuple):
    """A rate ``y`` at ``x``, both from 0 to 1, with the interval of the rate."""

    x: float
    y: float
    interval: tuple[float, float] | None = None


class Chart(NamedTuple):
    """A line of rates. ``text`` says what it shows; ``ticks`` are the labels of places on x.

    ``diagonal`` is drawn where x and y are equal.
    """

    title: str
    text: str
    x_label: str
    y_label: str
    points: Sequence[Point]
    ticks: Sequence[tuple[float, str]] = ((0, "0"), (0.5, "50"), (1, "100"))
    diagonal: bool = False

    @property
    def line(self) -> str:
        """The points of the line in pixels."""
        return " ".join(f"{across(one.x)},{up(one.y)}" for one in self.points)


class Bar(NamedTuple):
    """A rate from 0 to 1 with its interval; without a value, there is no bar."""

    name: str
    value: float | None
    interval: tuple[float, float] | None


class BarChart(NamedTuple):
    """Rates by name."""

    title: str
    bars: Sequence[Bar]


class Section(NamedTuple):
    """Charts under a heading, and the tables of their numbers."""

    title: str
    text: str
    charts: Sequence[Chart]
    bars: Sequence[BarChart]
    tables: Sequence[Table]


def across(x: float) -> float:
    """The place of a value from 0 to 1 on the horizontal axis of a chart."""
    return round(LEFT + x * (WIDTH - LEFT - RIGHT), 1)


def up(y: float) -> float:
    """The place of a value from 0 to 1 on the vertical axis of a chart."""
    return round(HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM), 1)


def charts_page(
    title: str, header: Header, lead: Sequence[str], sections: Sequence[Section], signature: str
) -> str:
    """A self-contained page of charts and tables, with a signature to cite."""
    return page(
        _PACKAGE,
        "charts_page.html.j2",
        header,
        style=resource(_PACKAGE, "charts.css"),
        title=title,
        lead=lead,
        sections=sections,
        signature=signature,
        across=across,
        up=up,
        width=WIDTH,
        height=HEIGHT,
    )
