"""The report as a page for the browser: one file, nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.agreement.measuring import Report


def page(report: Report, title: str) -> str:
    """The report as HTML, with a heat map of confusions and every disagreement in its context."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 (slow to import)

    templates = Environment(
        loader=PackageLoader("dateline.agreement", package_path=""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["number"] = lambda value: "—" if value is None else f"{value:.3f}"
    templates.filters["columns"] = _columns
    return templates.get_template("page.html.j2").render(report=report, title=title)


def _columns(confusion: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Every label of either side, so that what both have stands on the diagonal."""
    return sorted({*confusion, *(label for row in confusion.values() for label in row)})
