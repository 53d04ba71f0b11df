"""What a segmenter is."""

from __future__ import annotations

import re
from collections.abc import Callable

from dateline.model import Range, Struct

Segments = tuple[tuple[Range, ...], tuple[Range, ...]]
"""Sentences and tokens: sorted, disjoint, each token within one sentence."""

LINE = re.compile(r"[^\r\n]+")
"""A line. A line break always ends a sentence."""


class Segmenter(Struct, frozen=True):
    """A way to split a text: a name with the versions of its libraries, and the function."""

    name: str
    version: str
    segment: Callable[[str], Segments]
