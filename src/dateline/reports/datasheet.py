"""The numbers in a datasheet."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dateline.ontology.labels import Ontology
from dateline.rendering.markdown import Markdown, environment, escape
from dateline.reports.statistics import Statistics, mean

BLOCK = "counts"
"""Name of the generated block with the counts in a datasheet."""


def counts(statistics: Statistics, ontology: Ontology) -> str:
    """The statistics as Markdown."""
    templates = environment("dateline.reports")
    templates.filters["mean"] = lambda sizes: "—" if (m := mean(sizes)) is None else f"{m:.1f}"
    templates.filters["listed"] = lambda sizes: Markdown(
        ", ".join(f"{_label(name)} {number}" for name, number in sizes.items())
    )
    templates.filters["accepted"] = _accepted
    templates.filters["total"] = lambda sizes: sum(size * n for size, n in sizes.items())
    templates.filters["used"] = lambda labels: Markdown(
        ", ".join(f"{_label(name)} {n}" for name, n in _by_count(labels)) or "none"
    )
    templates.filters["linked"] = _linked
    templates.filters["markdown"] = Markdown
    template = templates.get_template("datasheet.md.j2")
    return template.render(statistics=statistics, ontology=ontology).strip() + "\n"


def _accepted(statuses: Mapping[str, int]) -> int:
    return sum(number for status, number in statuses.items() if status != "adjudicated")


def _linked(links: Mapping[int, int]) -> str:
    linked = sum(n for size, n in links.items() if size)
    several = sum(n for size, n in links.items() if size > 1)
    return f"{linked} linked" + (f", {several} to several entries" if several else "")


def _by_count(labels: dict[str, int]) -> list[tuple[str, int]]:
    used = [(name, number) for name, number in labels.items() if number]
    return sorted(used, key=lambda pair: -pair[1])


def _label(name: str) -> str:
    # Labels are usually names with underscores, which need no escape within a word.
    return name if re.fullmatch(r"[\w.: -]+", name) else escape(name)
