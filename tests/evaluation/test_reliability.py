"""Scores of few gold items are marked as not reliable."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

import dateline
from dateline.evaluation.report import FEWEST_RELIABLE, Report


@pytest.fixture
def path(five, five_predicted, written):
    return str(written(*five_predicted))


def expected_marks(report: Report) -> dict[str, bool]:
    labels = report.score("entities", "strict").labels
    found = {name: rates.gold < FEWEST_RELIABLE for name, rates in labels.items()}
    return found


@pytest.fixture
def single(five, five_predicted):
    """Scores of a corpus in which some labels have five or more gold items and others fewer."""
    report = dateline.score(five_predicted, five, split="train")
    marks = expected_marks(report)
    assert set(marks.values()) == {True, False}
    return report


def test_json_says_of_each_label_whether_its_score_is_reliable(five, single, path, run):
    result = run(five, "score", path, "--split", "train", "--format", "json")
    scores = json.loads(result.stdout)["scores"]
    labels = next(s for s in scores if s["measure"] == "strict")["labels"]
    assert {n: not r["reliable"] for n, r in labels.items()} == expected_marks(single)


@pytest.mark.parametrize("form", ["text", "md", "html", "latex"])
def test_every_format_marks_labels_and_explains_the_mark_once(five, single, path, run, form):
    options = ("score", path, "--split", "train", "--layers", "entities", "--format", form)
    shown = run(five, *options, "--by-label").stdout
    for label, is_marked in expected_marks(single).items():
        assert bool(re.search(rf"\b{label} \\?\*", shown)) == is_marked, label
    assert shown.count("fewer than 5 gold") == 1
    assert "fewer than 5 gold" not in run(five, *options).stdout


def test_csv_has_a_column_for_it(five, single, path, run):
    options = ("--split", "train", "--format", "csv", "--by-label")
    rows = csv.DictReader(io.StringIO(run(five, "score", path, *options).stdout.partition("\n")[2]))
    found = {r["label"]: r["reliable"] for r in rows if r["measure"] == "strict" and r["label"]}
    assert found == {n: "no" if few else "yes" for n, few in expected_marks(single).items()}


def test_reports_of_earlier_versions_are_judged_by_their_counts(single):
    from dateline.files.reading import converted

    content = single.to_dict()
    del content["signature_line"]
    for score in content["scores"]:
        for rates in score["labels"].values():
            del rates["reliable"]
    assert expected_marks(converted(content, Report)) == expected_marks(single)
    assert converted(content, Report) == single
