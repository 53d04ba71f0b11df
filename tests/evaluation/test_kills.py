"""Commands that were killed at any change of a file, and are repeated."""

from __future__ import annotations

import json
import re
import shutil

from dateline.rendering.generated_blocks import marks
from tests.killed import KILLED, Killer, contents, kill_points


def test_a_killed_run_ends_as_one_that_was_not(five, tmp_path):
    """Killed at each change of a file, and repeated."""
    command = ("predict", "--model", "baseline", "--batch", "2", "--option", "learn=schema")
    killer = Killer()
    try:
        whole = tmp_path / "whole" / "out.jsonl"
        done = killer.run(five.root, (*command, "--out", str(whole)))
        assert done.code == 0, done.output
        for number in range(done.changes):
            out = tmp_path / str(number) / "out.jsonl"
            again = (*command, "--out", str(out))
            assert killer.run(five.root, again, number).code == KILLED
            ended = killer.run(five.root, again)
            assert ended.code == 0, (number, ended.output)
            assert out.read_bytes() == whole.read_bytes(), number
            left, right = (
                json.loads(p.with_name("out.run.json").read_bytes())
                | {"started": "", "ended": "", "seconds": 0}
                for p in (out, whole)
            )
            assert left == right, number
            assert len(list(out.parent.iterdir())) == 2, number
    finally:
        killer.close()


def test_a_killed_leaderboard_is_updated_whole(five, five_predicted, written, tmp_path):
    """Killed at some of the changes of files, before and after they are decided."""
    (five.root / "README.md").write_text(f"# Five\n\n{marks('leaderboard')}\n", encoding="utf-8")
    command = ("leaderboard", "--add", str(written(five_predicted[0])), "--name", "mine")
    killer = Killer()
    try:
        whole = tmp_path / "whole" / "five"
        shutil.copytree(five.root, whole)
        done = killer.run(whole, command)
        assert done.code == 0, done.output
        expected = without_times(whole)
        for number in kill_points(done.changes, 6):
            copy = tmp_path / str(number) / "five"
            shutil.copytree(five.root, copy)
            assert killer.run(copy, command, number).code == KILLED
            ended = killer.run(copy, command)
            assert ended.code == 0, (number, ended.output)
            assert without_times(copy) == expected, number
    finally:
        killer.close()


def without_times(root):
    """The files of a corpus; the times of runs are left out."""
    times = rb"(\d\d\d\d-\d\d-\d\dT[0-9:+]+|\"seconds\": ?[0-9.]+|[0-9.]+ s, started)"
    return {
        name: re.sub(times, b"", content)
        for name, content in contents(root).items()
        if ".dateline/" not in name
    }
