"""The help of ``dateline``, and how it reports errors and interruptions."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from dateline.cli.main import SECTIONS
from dateline.cli.shared import Command, Group
from dateline.corpus.store import Corpus
from tests.conftest import Run


def test_help_lists_commands_in_sections(empty_corpus: Corpus, run: Run):
    shown = run(empty_corpus, "--help").output
    headings = [line[:-1] for line in shown.splitlines() if line.rstrip(":") in SECTIONS]
    assert headings == list(SECTIONS)
    for section in SECTIONS.values():
        for name in section:
            assert f"\n  {name} " in shown


def test_a_command_imports_its_own_module_only():
    code = (
        "import sys; from dateline.cli.main import main; main(['ingest', '--help'], 'dateline', "
        "standalone_mode=False); print([m for m in sys.modules if m.startswith('dateline.cli.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = done.stdout.splitlines()[-1]
    assert "dateline.cli.corpus.ingest" in imported
    assert "evaluation" not in imported


@pytest.mark.parametrize(("typed", "meant"), [("scor", "score"), ("valdate", "validate")])
def test_a_mistyped_command_gets_a_suggestion(empty_corpus: Corpus, run: Run, typed, meant):
    result = run(empty_corpus, typed)
    assert result.exit_code == 2
    assert f"No such command '{typed}'" in result.stderr
    assert meant in result.stderr


def test_ctrl_c_exits_with_130_and_no_traceback():
    code = (
        "import os, signal, click; from dateline.cli import shared\n"
        "@click.group(cls=shared.Group)\n"
        "def main(): pass\n"
        "@main.command()\n"
        f"def wait(): os.kill(os.getpid(), {int(signal.SIGINT)}); signal.pause()\n"
        "main(['wait'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "\nInterrupted.\n")


def test_ctrl_c_at_a_question_exits_with_130():
    def interrupt() -> None:
        raise KeyboardInterrupt

    @click.group(cls=Group)
    def group() -> None: ...

    @group.command()
    def ask() -> None:
        try:
            interrupt()
        except KeyboardInterrupt:
            raise click.Abort from None  # as click.prompt does

    assert CliRunner().invoke(group, ["ask"]).exit_code == 130


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES), "corpus/a.json"),
         "Error: corpus/a.json: Permission denied.\n"),
        (OSError(errno.EXDEV, os.strerror(errno.EXDEV), "a.tmp", None, "b.json"),
         "Error: a.tmp -> b.json: Invalid cross-device link.\n"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
         "Error: The operating system reports: No space left on device.\n"),
    ],
)  # fmt: skip
def test_an_error_of_the_system_names_the_file(error: OSError, message: str):
    @click.command(cls=Command)
    def save() -> None:
        raise error

    result = CliRunner().invoke(save, [])
    assert (result.exit_code, result.stderr) == (1, message)


def test_the_help_shows_every_summary_in_full(empty_corpus: Corpus, run: Run):
    shown = run(empty_corpus, "--help", env={"COLUMNS": "80"}).output
    assert [line for line in shown.splitlines()[1:] if line.endswith("...")] == []
