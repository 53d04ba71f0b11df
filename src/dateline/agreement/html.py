"""The report as an HTML page: one file that loads nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dateline.agreement.disagreements import Disagreement
from dateline.agreement.report import AgreementReport
from dateline.agreement.tables import apart, documents_of, format_number
from dateline.rendering.header import Header
from dateline.rendering.pages import page, resource
from dateline.rendering.site_links import passage_link

_PACKAGE = "dateline.agreement"


def agreement_html(report: AgreementReport, header: Header, withheld: Collection[str] = ()) -> str:
    """The report as HTML, with confusion matrices and every disagreement in its context.

    The disagreements on documents in ``withheld`` have no texts, and no values, which may quote
    them.
    """
    return page(
        _PACKAGE,
        "agreement.html.j2",
        header,
        style=resource(_PACKAGE, "agreement.css"),
        number=format_number,
        columns=_columns,
        documents=documents_of,
        apart=apart,
        report=report,
        withheld=withheld,
        link=_link,
        title="Agreement",
    )


def _columns(confusion: Mapping[str, Mapping[str, int]]) -> list[str]:
    """The labels of both annotators, so that agreement is on the diagonal."""
    return sorted({*confusion, *(label for row in confusion.values() for label in row)})


def _link(found: Disagreement) -> str:
    return passage_link(found.document, *found.range)
