"""The report as an HTML page: one file that loads nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.agreement.report import AgreementReport
from dateline.agreement.tables import apart, documents_of, format_number
from dateline.rendering.pages import page, resource

_PACKAGE = "dateline.agreement"


def agreement_html(report: AgreementReport, title: str) -> str:
    """The report as HTML, with confusion matrices and every disagreement in its context."""
    return page(
        _PACKAGE,
        "agreement.html.j2",
        style=resource(_PACKAGE, "agreement.css"),
        number=format_number,
        columns=_columns,
        documents=documents_of,
        apart=apart,
        report=report,
        title=title,
    )


def _columns(confusion: Mapping[str, Mapping[str, int]]) -> list[str]:
    """The labels of both annotators, so that agreement is on the diagonal."""
    return sorted({*confusion, *(label for row in confusion.values() for label in row)})
