"""The commands of docs/your-own-corpus.md, run one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY, code_blocks


def test_the_commands_of_the_page_make_a_corpus(tmp_path: Path):
    page = (REPOSITORY / "docs" / "your-own-corpus.md").read_text(encoding="utf-8")
    lines = [line for block in code_blocks(page, "sh") for line in block.splitlines()]
    commands = [line for line in lines if "dateline studio" not in line]
    assert len(commands) > 12
    (code,) = code_blocks(page, "python")
    script = "\n".join([*commands, f"python - <<'END'\n{code}END"])
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HF_HOME": str(tmp_path / "cache"),
        "HF_HUB_OFFLINE": "1",
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "strict   4         4    4 100.0" in done.stdout
    assert "['Mary', 'Somerville', 'taught'" in done.stdout
    assert "0 errors, 0 warnings" in done.stderr
