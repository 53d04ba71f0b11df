"""The page of guidelines that people write around the generated section of labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dateline.model import Struct
from dateline.rendering.generated_blocks import without_block

PAGE = "docs/guidelines.md"
"""Where a corpus has its page of guidelines."""

BLOCK = "labels"
"""Name of the generated block in a page of guidelines."""

_HEADING = re.compile(r"^##? +(.*?)[ #]*$", re.M)
NO_RULES = "<!-- no rules -->"
"""The comment in a section that states no rules, such as a change log."""

_EXAMPLE = re.compile(r"^(?P<marked>.*[✓✗].*)$|`(?P<code>(?:[^`\n]|\n(?!\s*\n))+)`", re.MULTILINE)
"""A line that is marked as right or wrong, or code, which may go over a line end."""


class PageExample(Struct, frozen=True):
    """An example in the page: its line, from 1, and its text."""

    line: int
    text: str


def sections(page: str) -> Mapping[str, str]:
    """The rules that people wrote, by heading of level 1 or 2; white space is one space."""
    prose = without_block(page, BLOCK)
    headings = [*_HEADING.finditer(prose)]
    starts = [0, *(heading.end() for heading in headings)]
    ends = [*(heading.start() for heading in headings), len(prose)]
    found: dict[str, str] = {}
    for name, start, end in zip(["", *(h[1] for h in headings)], starts, ends, strict=True):
        written = " ".join(prose[start:end].split())
        if written and NO_RULES not in written:
            found[name] = f"{found[name]} {written}" if name in found else written
    return found


def page_examples(page: str) -> Iterator[PageExample]:
    """Lines with ✓ or ✗, and code with brackets elsewhere; not what is generated."""
    prose = without_block(page, BLOCK)
    for found in _EXAMPLE.finditer(prose):
        text = found["marked"] or found["code"]
        if found["marked"] or "[" in text:
            line = prose.count("\n", 0, found.start()) + 1
            yield PageExample(line=line, text=" ".join(text.split()))
