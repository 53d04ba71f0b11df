"""The benchmark scripts run: on a valid corpus, and with the same scores as the peers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY

ONCE = "--rounds", "1"


def report_of(script: str, folder: Path, *options: str) -> dict:
    report = folder / "report.json"
    path = str(REPOSITORY / "scripts" / script)
    done = subprocess.run(
        [sys.executable, path, "--json", str(report), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(report.read_bytes())


def test_validate_and_build_are_measured_against_their_peers(tmp_path: Path):
    report = report_of("benchmark_build.py", tmp_path, *ONCE, "--n", "2", "--peer-n", "1")
    assert report["documents"] == 2
    tasks = {task["task"]: task for task in report["tasks"]}
    assert set(tasks) == {"validate", "build"}
    assert all(task["ratio"] > 0 and task["peak_mb"] > 0 for task in tasks.values())


def test_scoring_is_measured_against_peers_with_the_same_scores(tmp_path: Path):
    sizes = "--n", "50", "--documents", "20", "--file-documents", "3"
    report = report_of("benchmark_score.py", tmp_path, *ONCE, *sizes, "--no-targets")
    tasks = {task["peer"]: task for task in report["tasks"]}
    assert set(tasks) == {"seqeval, default", "nervaluate", "sets of rows", "scorch", ""}
    assert not any(task["differing"] for task in tasks.values())
    assert tasks["nervaluate"]["compared"] == ["exact", "partial", "strict", "type"]
    assert len(tasks["scorch"]["compared"]) == 5
    tasks_from_files = [row["task"] for row in report["files"]]
    assert tasks_from_files == ["only mentions predicted", "mentions of all layers", "all layers"]
    assert not any(row["differing"] for row in report["files"])


def test_intervals_and_tests_are_simulated(tmp_path: Path):
    report = report_of(
        "benchmark_statistics.py", tmp_path, "--sets", "2", "--families", "1", "--teams", "1"
    )
    shares = [
        value
        for table in ("coverage", "null_rejections", "family_wise_errors", "named_for_drift")
        for row in report[table]
        for value in row.values()
        if not isinstance(value, str)
    ]
    assert len(shares) > 100
    assert all(0 <= share <= 1 for share in shares)


def test_the_site_is_measured_and_its_longest_page_is_small_enough(tmp_path: Path):
    report = report_of("benchmark_view.py", tmp_path, "--n", "3", *ONCE)
    assert report["seconds"] > 0
    assert 0 < report["page_kilobytes"] <= 600
