"""Colors of labels, adjusted until text is readable, on light and on dark pages.

Contrast is that of the Web Content Accessibility Guidelines 2.2 (success criterion 1.4.3), which
ask for 4.5 for text.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import NamedTuple

Rgb = tuple[int, int, int]
"""Red, green and blue, each from 0 to 255."""

READABLE = 4.5
"""Minimal contrast of text with its background."""

LIGHT_PAGE: Rgb = (253, 252, 249)
DARK_PAGE: Rgb = (23, 24, 27)
BLACK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)

_WASH = {LIGHT_PAGE: 0.17, DARK_PAGE: 0.3}
"""Share of the label's color in the background of its text."""

_STEPS = 64
_GOLDEN = 0.618034


class LabelColor(NamedTuple):
    """The color of text about a label, and the background of its items; both on one page."""

    ink: Rgb
    wash: Rgb


def label_color(declared: Rgb, page: Rgb) -> LabelColor:
    """The colors of a label with a declared color on a page, `LIGHT_PAGE` or `DARK_PAGE`."""
    wash = mixed(page, declared, _WASH[page])
    return LabelColor(
        readable(declared, (page, wash), BLACK if page == LIGHT_PAGE else WHITE), wash
    )


def readable(color: Rgb, backgrounds: Sequence[Rgb], towards: Rgb) -> Rgb:
    """The color, mixed with black or white until it is readable on all backgrounds."""
    for step in range(_STEPS):
        found = mixed(color, towards, step / _STEPS)
        if min(contrast(found, background) for background in backgrounds) >= READABLE:
            return found
    return towards


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast of two colors, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """A color between two others; ``share`` is that of the second, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def parsed(color: str) -> Rgb:
    """The color of a label as declared, ``#rrggbb``."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue


def written(color: Rgb) -> str:
    """A color as ``#rrggbb``."""
    return f"#{bytes(color).hex()}"


def generated(number: int) -> Rgb:
    """A color for a label without one; neighbouring numbers have hues far apart."""
    red, green, blue = colorsys.hls_to_rgb(number * _GOLDEN % 1, 0.42, 0.55)
    return round(red * 255), round(green * 255), round(blue * 255)


def _luminance(color: Rgb) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (part / 255 for part in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
