"""What commands send to a terminal, a file or a pipe: readable, and never control sequences."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from dateline.cli.shared import Command, echo, styled
from dateline.errors import InvalidInputError
from dateline.rendering.printable import isolated, printable, printable_markup
from dateline.rendering.tables import Table, text_tables
from tests.adjudication.terminal import Terminal
from tests.conftest import REPOSITORY, Run
from tests.small_corpus import Files

HOSTILE = "\x1b]0;title\x07\x1b[2J\u202eevil\u2066\x9b31m\r"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def test_letters_of_all_scripts_stay():
    kept = "שלום\tعربي\u200f\nनमस्ते 👩\u200d🔬"
    assert printable(kept) == kept


def test_control_characters_are_escaped():
    assert not RAW.search(printable(HOSTILE))
    assert printable("a\u202eb\x1b[0m") == "a\\u202eb\\u001b[0m"
    assert printable_markup("a\u202eb") == "a&#x202e;b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('corpus/a.json: is "Kim"', 'corpus/a.json: is "Kim"'),
        ("é 中文 नमस्ते", "é 中文 नमस्ते"),
        ("T302: (שלום עולם), 12", "T302: \u2068(שלום עולם)\u2069, 12"),
        ("…اجتمع [الوزير] أمس… ok", "\u2068…اجتمع [الوزير] أمس…\u2069 ok"),
        ('"שלום" and "مرحبا"', '"\u2068שלום\u2069" and "\u2068مرحبا\u2069"'),
        ('"שלום", "عالم"', '"\u2068שלום\u2069", "\u2068عالم\u2069"'),
        ('צה"ל', '\u2068צה"ל\u2069'),
        ("שלום\nעולם", "\u2068שלום\u2069\n\u2068עולם\u2069"),
    ],
)
def test_right_to_left_passages_are_isolated(text: str, shown: str):
    assert isolated(text) == shown


def test_quotes_are_isolated_at_a_terminal_and_nowhere_else(files: Files, run: Run):
    text = "נפגש שר החוץ עם Ana Ruiz ביום שני.\n"
    (files.corpus.seeds / "talks.txt").write_text(text, encoding="utf-8")
    (files.corpus.seeds / "talks.tokens.json").write_text(json.dumps([["שר"]]), encoding="utf-8")
    command = [sys.executable, "-m", "dateline", "--root", str(files.root), "ingest"]
    piped = subprocess.run(command, stderr=subprocess.PIPE, check=False)
    message = 'sentence 1 has the token "{}" where the text has "{}"'
    assert message.format("שר", "נפ") in piped.stderr.decode()
    terminal = Terminal(files.corpus, "ingest")
    terminal.until(message.format("\u2068שר\u2069", "\u2068נפ\u2069"))
    terminal.until("1 refused")
    assert terminal.end() == 1


def test_escaped_json_keeps_its_meaning():
    value = {"label": HOSTILE.replace("\x1b", "").replace("\x07", "")}
    assert json.loads(printable(json.dumps(value, ensure_ascii=False))) == value


def test_styles_are_kept_and_their_text_is_escaped():
    @click.command()
    def show() -> None:
        echo(styled(HOSTILE, bold=True), HOSTILE)

    shown = CliRunner().invoke(show, color=True).stdout
    assert shown == f"\x1b[1m{printable(HOSTILE)}\x1b[0m{printable(HOSTILE)}\n"
    assert not RAW.search(CliRunner().invoke(show).stdout)


def test_error_messages_are_escaped():
    @click.command(cls=Command)
    def fail() -> None:
        raise InvalidInputError(HOSTILE)

    assert CliRunner().invoke(fail, []).stderr == f"Error: {printable(HOSTILE)}\n"


def test_tables_are_escaped():
    shown = text_tables([Table(HOSTILE, (HOSTILE, "number"), [(HOSTILE, "1")])])
    assert not RAW.search(shown)
    assert "\\u202eevil" in shown


def test_a_table_that_does_not_fit_is_a_list():
    table = Table("", ("document", "annotator", "F1"), [("a" * 20, "b" * 20, "0.5")], texts=2)
    narrow = text_tables([table], 40)
    assert narrow == f"document: {'a' * 20}\nannotator: {'b' * 20}\nF1: 0.5"
    assert "a" * 20 in text_tables([table], 60)
    assert "document:" not in text_tables([table], 60)


COMMANDS = [
    ["validate"],
    ["validate", "--format", "github"],
    ["validate", "--format", "json"],
    ["ontology"],
    ["ontology", "--format", "json"],
    ["guidelines"],
    ["stats"],
    ["stats", "--format", "json"],
    ["datasheet"],
    ["find", "--text", "."],
    ["query", "SELECT * FROM documents"],
    ["query", "SELECT * FROM documents", "--format", "csv"],
    ["query", "SELECT " + HOSTILE],
    ["find", "--mention", "--format", "jsonl"],
    ["find", "--mention", HOSTILE],
    ["find", "--text", "(" + HOSTILE],
    ["ingest"],
    ["annotators", "list"],
    ["annotators", "list", "--format", "json"],
    ["annotators", "map", "1=a", "--url", "http://" + HOSTILE],
    ["build", "--out", HOSTILE],
    ["agree", "ana", "bo"],
    ["agree", "ana", "bo", "--format", "html"],
    ["agree", "ana", "bo", "--format", "json"],
    ["adjudicate", "ana", "bo", "--dry-run"],
    ["studio", "config"],
    ["studio", "status", "--url", "http://" + HOSTILE, "--token", "x"],
    ["studio", "import", HOSTILE, "--template"],
    ["score", HOSTILE],
    ["check-predictions", HOSTILE],
    ["rename", HOSTILE],
    ["release", "--dry-run"],
    ["diff", HOSTILE, HOSTILE],
    ["verify", HOSTILE],
    ["hydrate", HOSTILE],
    ["leaderboard"],
    [HOSTILE],
    ["--" + HOSTILE],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda a: " ".join(a).encode("unicode_escape"))
def test_no_command_prints_control_characters(files: Files, run: Run, arguments: list[str]):
    schema = files.root / "schema" / "ontology.schema.json"
    ontology = json.loads(schema.read_text(encoding="utf-8"))
    ontology["title"] = ontology["description"] = HOSTILE
    schema.write_text(json.dumps(ontology), encoding="utf-8")
    (files.corpus.seeds / f"{HOSTILE}.txt").write_text(HOSTILE, encoding="utf-8")
    files.document["title"] = HOSTILE
    files.gold["mentions"][0]["type"] = HOSTILE
    files.gold["entities"][0]["name"] = HOSTILE
    files.check()
    for name in ("ana", "bo"):
        copy = files.root / "annotations" / name / "summit.json"
        copy.parent.mkdir()
        copy.write_text(json.dumps(files.gold | {"annotator": name}), encoding="utf-8")
    result = run(files.corpus, *arguments)
    assert not RAW.search(result.output)
    assert isinstance(result.exception, SystemExit | None)


def test_every_command_prints_through_one_function():
    direct = re.compile(r"click\.(echo|secho|style)\(|^ *print\(|\bConsole\(", re.MULTILINE)
    for path in (REPOSITORY / "src" / "dateline" / "cli").rglob("*.py"):
        if path.name != "shared.py":
            assert not direct.search(path.read_text(encoding="utf-8")), path


def dateline(script: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run a shell script in which $D is the command line."""
    environment = os.environ | {"D": f"{sys.executable} -m dateline"} | variables
    return subprocess.run(
        ["bash", "-c", script], cwd=cwd, env=environment, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    ("script", "variables", "code", "stdout", "stderr"),
    [
        ("$D validate 2>&-", {}, 0, b"", b""),
        ("$D validate >&-", {}, 0, b"", b"0 errors"),
        ("$D rules <&- >&- 2>&-", {}, 0, b"", b""),
        ("$D validate 2>/dev/full", {}, 0, b"", b""),
        ("$D rules >/dev/full", {}, 1, b"", b"Error: standard output: No space left on device."),
        ("$D stats >/dev/full", {}, 1, b"", b"Error: standard output: No space left on device."),
        ("$D rules | head -1 >/dev/null", {}, 0, b"", b""),
        ("$D stats", {"COLUMNS": "0"}, 0, b"document ", b""),
        ("mkdir x; cd x; rmdir ../x; $D validate", {}, 1, b"", b"current folder was deleted"),
        ("mkdir x; cd x; rmdir ../x; $D -q validate --root \"$OLDPWD\"", {}, 0, b"", b""),
        ("$D stats $'\\xff'", {}, 2, b"", b"Error: "),
        ("$D score $'\\xff\\x1b'", {}, 2, b"", b"Error: "),
        ("$D annotators map 1=$'\\xff'", {}, 1, b"", b"Error: "),
    ],
)  # fmt: skip
def test_it_works_with_odd_streams_folders_and_arguments(
    files: Files, script: str, variables: Mapping[str, str], code: int, stdout: bytes, stderr: bytes
):
    files.check()
    done = dateline(script, files.root, **variables)
    assert done.returncode == code, done
    assert stdout in done.stdout
    assert stderr in done.stderr
    if not stderr:
        assert b"Error" not in done.stderr
    assert b"Traceback" not in done.stderr
