"""The reports that the site of a corpus has: its datasheet, agreement and leaderboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dateline.cli.shared import Settings
from dateline.errors import DatelineError
from dateline.model import GOLD
from dateline.rendering.site_links import REPORTS

if TYPE_CHECKING:
    from dateline.agreement.report import AgreementReport
    from dateline.corpus.store import Corpus
    from dateline.viewer.build import Report


def site_reports(settings: Settings, corpus: Corpus) -> list[Report]:
    """The reports that the corpus has.

    One that cannot be made, for example because a file has errors, is left out with a notice.
    """
    made: list[Report] = []
    makers = {"datasheet": _datasheet, "agreement": _agreement, "leaderboard": _leaderboard}
    for name, make in makers.items():
        try:
            report = make(corpus)
        except DatelineError as error:
            settings.say(f"Left out: {REPORTS[name].lower()}. {error}")
        else:
            made += [] if report is None else [report]
    return made


def measured_agreement(corpus: Corpus) -> AgreementReport | None:
    """The agreement of all annotators but gold; None if no document has two of them."""
    from dateline.agreement.measure import measure_agreement

    if not any(len({*corpus.annotators_of(id_)} - {GOLD}) > 1 for id_ in corpus.document_ids()):
        return None
    return measure_agreement(corpus, [name for name in corpus.annotators() if name != GOLD])


def _datasheet(corpus: Corpus) -> Report:
    from dateline.reports.datasheet_page import datasheet_html, datasheet_markdown
    from dateline.viewer.build import Report

    markdown = datasheet_markdown(corpus)
    return Report("datasheet", lambda header, _: datasheet_html(corpus, markdown, header))


def _agreement(corpus: Corpus) -> Report | None:
    from dateline.agreement.html import agreement_html
    from dateline.viewer.build import Report

    report = measured_agreement(corpus)
    if report is None:
        return None
    return Report("agreement", lambda header, withheld: agreement_html(report, header, withheld))


def _leaderboard(corpus: Corpus) -> Report | None:
    from dateline.cli.evaluation.leaderboard import leaderboard_page
    from dateline.viewer.build import Report

    page = leaderboard_page(corpus)
    return None if page is None else Report("leaderboard", lambda header, _: page(header))
