"""The benchmark script runs, and measures a corpus that is valid."""

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
