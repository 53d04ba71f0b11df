"""Totals of the progress: a screen for any number of documents."""

from __future__ import annotations

from dateline.cli.annotation.studio_status import WEEKS, _tables
from dateline.label_studio.sync.status import DocumentState, totals, weekly_totals
from dateline.rendering.tables import print_tables

STATES = [
    DocumentState(document="a", annotator="ana", state="pulled",
                  submitted="2026-01-01T10:00:00Z", seconds=60),
    DocumentState(document="b", annotator="ana", state="submitted",
                  submitted="2026-01-08T10:00:00Z", seconds=30),
    DocumentState(document="c", annotator="ana", state="to do"),
    DocumentState(document="a", annotator="bo", state="pulled",
                  submitted="2025-12-29T10:00:00Z"),
    DocumentState(document="b", annotator="bo", state="pulled", submitted="yesterday"),
]  # fmt: skip


def test_states_and_time_are_totalled_by_annotator():
    found = totals(STATES)
    assert found["ana"].states == {"to do": 1, "submitted": 1, "pulled": 1}
    assert (found["ana"].documents, found["ana"].seconds, found["ana"].timed) == (3, 90, 2)
    assert (found["bo"].documents, found["bo"].timed) == (2, 0)


def test_weeks_are_those_of_the_iso_calendar():
    found = {key: total.documents for key, total in weekly_totals(STATES).items()}
    assert found == {("2026-W01", "ana"): 1, ("2026-W01", "bo"): 1, ("2026-W02", "ana"): 1}


def test_ten_thousand_documents_fit_on_a_screen(capsys):
    states = [
        DocumentState(
            document=f"d{number}",
            annotator=name,
            state="pulled",
            submitted=f"2026-{1 + number % 12:02}-{1 + number % 28:02}T10:00:00Z",
            seconds=100,
        )
        for number in range(10_000)
        for name in ("ana", "bo", "cy")
    ]
    print_tables(_tables(states, WEEKS))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 3 * WEEKS + 20
    *_, weeks = _tables(states, None)
    assert len({week for week, *_ in weeks.rows}) > WEEKS


def test_a_state_that_does_not_exist_is_refused(empty_corpus, run):
    result = run(empty_corpus, "studio", "status", "--state", "pulled,done", "--token", "x")
    assert result.exit_code == 2
    assert "--state done: is unknown. Allowed: not pushed, to do" in result.stderr
