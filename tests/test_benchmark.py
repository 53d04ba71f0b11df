"""The benchmark scripts run, on a corpus that is valid, and with scores that are the peers'."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY


def test_the_benchmark_reports_every_task_with_its_peer(tmp_path: Path):
    report = tmp_path / "report.json"
    small = ["--n", "10", "--rounds", "1", "--peer-n", "2", "--json", str(report)]
    script = str(REPOSITORY / "scripts" / "benchmark.py")
    done = subprocess.run(
        [sys.executable, script, *small], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    tasks = {task["task"]: task for task in json.loads(report.read_bytes())["tasks"]}
    assert set(tasks) == {"validate", "build"}
    assert all(task["ratio"] > 0 and task["peak_mb"] > 0 for task in tasks.values())


def test_scoring_is_measured_against_peers_with_the_same_scores(tmp_path: Path):
    report = tmp_path / "report.json"
    small = ["--n", "50", "--rounds", "1", "--no-bars", "--json", str(report)]
    script = str(REPOSITORY / "scripts" / "benchmark_score.py")
    done = subprocess.run(
        [sys.executable, script, *small], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    tasks = {task["peer"]: task for task in json.loads(report.read_bytes())["tasks"]}
    assert set(tasks) == {"seqeval, default", "nervaluate", "sets of rows", "scorch", ""}
    assert not any(task["differing"] for task in tasks.values())
    assert tasks["nervaluate"]["compared"] == ["exact", "partial", "strict", "type"]
    assert len(tasks["scorch"]["compared"]) == 5
