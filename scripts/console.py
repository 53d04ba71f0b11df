"""Run the code of a documentation page, and update the output that the page shows.

A ``console`` block has commands after ``$ `` and their output. A ``python`` block is run; a
``text`` block right after it has its output. All blocks of a page run in order, in a copy of this
corpus. Standard error, such as progress and notes, is not shown.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

REPOSITORY = Path(__file__).parents[1]
PARTS = ("schema", "seeds", "corpus", "annotations", "benchmarks", "CITATION.cff")
COLUMNS = 80
BLOCK = re.compile(
    r"^```console\n(?P<console>.*?)^```|"
    r"^```python\n(?P<python>.*?)^```(?:\n+^```text\n(?P<text>.*?)^```)?",
    flags=re.M | re.S,
)


@click.command()
@click.argument("pages", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def main(pages: tuple[Path, ...]) -> None:
    """Update the output shown in PAGES."""
    for page in pages:
        text = page.read_text(encoding="utf-8")
        page.write_text(rerun(text), encoding="utf-8")


def rerun(page: str) -> str:
    """The page with the current output of its blocks. Raises ClickException if a block fails."""
    with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
        root = Path(folder) / "corpus"
        _copy(root)
        return BLOCK.sub(lambda block: _updated(block, root), page)


def _updated(block: re.Match[str], root: Path) -> str:
    if block["console"] is not None:
        commands = [c[2:] for c in block["console"].splitlines() if c.startswith("$ ")]
        shown = "".join(f"$ {command}\n{_output(command, root)}" for command in commands)
        return f"```console\n{shown}```"
    (root.parent / "example.py").write_text(block["python"], encoding="utf-8")
    printed = _output("python ../example.py", root)
    shown = f"```python\n{block['python']}```"
    return shown if block["text"] is None else f"{shown}\n\n```text\n{printed}```"


def _output(command: str, root: Path) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=root,
        env=_environment(root),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise click.ClickException(f"{command}\n{done.stdout}{done.stderr}")
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def _environment(root: Path) -> dict[str, str]:
    """The current environment with this Python and its ``dateline`` first, and an empty cache."""
    programs = root.parent / "bin"
    programs.mkdir(exist_ok=True)
    for name, arguments in (("python", ""), ("dateline", " -m dateline")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n')
        (programs / name).chmod(0o755)
    return os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": str(COLUMNS),
        "PYTHONIOENCODING": "utf-8",
        "HF_HOME": str(root.parent / "cache"),
        "HF_HUB_OFFLINE": "1",
    }


def _copy(root: Path) -> None:
    root.mkdir()
    for name in PARTS:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, root / name)
        else:
            shutil.copy2(source, root / name)


if __name__ == "__main__":
    main()
