"""The report as an HTML page: one file that loads nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.agreement.report import AgreementReport
from dateline.agreement.tables import apart, documents_of, format_number


def agreement_html(report: AgreementReport, title: str) -> str:
    """The report as HTML, with confusion matrices and every disagreement in its context."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 (slow to import)

    templates = Environment(
        loader=PackageLoader("dateline.agreement", package_path=""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["number"] = format_number
    templates.filters["columns"] = _columns
    templates.filters["documents"] = documents_of
    templates.filters["apart"] = apart
    return templates.get_template("agreement.html.j2").render(report=report, title=title)


def _columns(confusion: Mapping[str, Mapping[str, int]]) -> list[str]:
    """The labels of both annotators, so that agreement is on the diagonal."""
    return sorted({*confusion, *(label for row in confusion.values() for label in row)})
