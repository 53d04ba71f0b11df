"""Adjudication that is interrupted, or during which somebody else changes the files."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dateline.corpus.store import Corpus
from tests.adjudication.annotators import cases, decided, gold, log
from tests.adjudication.terminal import Terminal
from tests.conftest import Run
from tests.killed import contents, killed_runs

CURATOR = ("--curator", "cy", "--kind", "human")
COMMAND = ("adjudicate", "ana", "bo")


@pytest.fixture
def fresh(corpus: Corpus) -> Corpus:
    """The corpus without gold."""
    corpus.annotation_path("gold", "summit").unlink()
    return corpus


def timeless(root: Path) -> dict[str, bytes]:
    """All files; without times, which differ from run to run."""
    return {
        name: re.sub(rb"\d{4}-\d\d-\d\dT[0-9:+.]+", b"", content)
        for name, content in contents(root).items()
    }


def log_of(corpus: Corpus) -> Path:
    return corpus.annotations / "gold" / "summit.log.jsonl"


def test_a_killed_adjudication_ends_like_another_when_it_is_run_again(
    fresh: Corpus, run: Run, tmp_path: Path
):
    command = (*COMMAND, "--strategy", "prefer:bo")
    *killed, whole = killed_runs(fresh.root, command, tmp_path / "killed")
    after = timeless(whole)
    assert len(killed) > 10
    for root in killed:
        # Gold and log belong together, whenever the process ended.
        assert run(Corpus(root), *command).exit_code == 0
        assert timeless(root) == after


def test_decisions_of_a_killed_command_are_kept_or_given_again(
    fresh: Corpus, run: Run, tmp_path: Path
):
    first, second, *_ = cases(run, fresh)
    path = decided(
        tmp_path / "decisions.jsonl",
        [{"document": "summit", "case": c["case"], "choice": ["ana"]} for c in (first, second)],
    )
    command = (*COMMAND, "--strategy", "prefer:bo", *CURATOR, "--decisions", path)
    *killed, whole = killed_runs(fresh.root, command, tmp_path / "killed")
    for root in killed:
        assert run(Corpus(root), *command).exit_code == 0
        assert timeless(root) == timeless(whole)


@pytest.mark.parametrize("end", [5, -1, -2, -30])
def test_an_unfinished_last_line_of_the_log_is_repaired(corpus: Corpus, run: Run, end: int):
    command = (*COMMAND, "--strategy", "prefer:ana", "--replace")
    run(corpus, *command)
    whole, made, path = timeless(corpus.root), gold(corpus), log_of(corpus)
    *lines, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines) + last[:end])
    before = path.read_bytes()
    listed = run(corpus, *COMMAND, "--list", "--strategy", "prefer:ana")
    assert listed.exit_code == 0
    assert path.read_bytes() == before, "the list writes nothing"
    if end != -1:
        assert "ignored the unfinished last line" in listed.stderr
    assert run(corpus, *command).exit_code == 0
    assert timeless(corpus.root) == whole
    assert gold(corpus) == made


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"document": "summit"}', "has neither choice nor value"),
        ('{"document": "summit", "case": "x", "case": "y", "choice": []}', "case"),
        ('{"document": "summit", "case": "x", "choice": "ana"}', "choice"),
        ('{"document": "summit", "case": "x", "choise": []}', "neither"),
        ('{"document": "summit", "case": "x", "value": NaN}', "column"),
        ('{"document": "summit", "case": "x", "value": ' + "[" * 300 + "]" * 300 + "}", "deeper"),
        ('\ufeff{"document": "summit", "case": "x", "choice": []}', "byte order mark"),
        ("[]", "object"),
        ('{"document": "summit", "case": "x"', "column"),
    ],
    ids=[
        "empty", "repeated key", "type", "misspelt", "NaN", "deep", "byte order mark", "list", "cut"
    ],
)  # fmt: skip
def test_a_decision_file_is_read_strictly(
    corpus: Corpus, run: Run, tmp_path: Path, line: str, message: str
):
    path = tmp_path / "decisions.jsonl"
    fine = '{"document": "summit", "case": "a\u2028b", "choice": []}'
    path.write_text(f"{fine}\n\n{line}", encoding="utf-8")
    result = run(corpus, *COMMAND, *CURATOR, "--decisions", str(path))
    assert result.exit_code == 1
    assert "decisions.jsonl, line 3" in result.stderr
    assert message in result.stderr
    assert log(corpus) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"curator": "jane.doe@example.org"}, "is not a pseudonym"),
        ({"curator": "Jane Doe"}, "is not a pseudonym"),
        ({"curator": "cy", "reason": "ask jane.doe@example.org"}, "is an e-mail address"),
    ],
)
def test_names_and_addresses_do_not_get_into_the_log(
    corpus: Corpus, run: Run, tmp_path: Path, fields: dict, message: str
):
    case = cases(run, corpus)[0]["case"]
    line = {"document": "summit", "case": case, "choice": ["ana"], "role": "human"} | fields
    path = decided(tmp_path / "decisions.jsonl", [line])
    result = run(corpus, *COMMAND, *CURATOR, "--decisions", path)
    assert (result.exit_code, log(corpus)) == (1, [])
    assert message in result.stderr
    by = ("--kind", "human", "--curator", fields["curator"], "--reason", fields.get("reason", ""))
    result = run(corpus, *COMMAND, "--strategy", "prefer:ana", *by)
    assert (result.exit_code, log(corpus)) == (1, [])
    assert message in result.stderr


@pytest.mark.parametrize("name", ["../gold", "/etc", "", "Ana Ruiz", "."])
def test_annotators_are_pseudonyms(corpus: Corpus, run: Run, name: str):
    for arguments in ((name, "bo"), ("ana", "bo", "--from-curator", name, "--kind", "human")):
        result = run(corpus, "adjudicate", *arguments)
        assert result.exit_code == 1
        assert "is not a pseudonym" in result.stderr


def start(corpus: Corpus, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "dateline", "--root", str(corpus.root), *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)


def test_of_two_commands_at_once_the_second_goes_on_from_the_first(
    fresh: Corpus, run: Run, tmp_path: Path
):
    found = cases(run, fresh)
    running = []
    for name in ("ana", "bo"):
        decisions = [
            {"document": "summit", "case": case["case"], "choice": [name]}
            for case in found
            if name in case["options"]
        ]
        path = decided(tmp_path / f"{name}.jsonl", decisions)
        rule = ("--strategy", f"prefer:{name}")
        signed = (*CURATOR, "--decisions", path, *rule)
        running.append(start(fresh, *COMMAND, *signed))
    errors = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], errors
    # Gold is what the log says: to adjudicate again changes nothing.
    made, records = gold(fresh), log_of(fresh).read_bytes()
    assert run(fresh, *COMMAND, "--strategy", "prefer:ana").exit_code == 0
    assert (gold(fresh), log_of(fresh).read_bytes()) == (made, records)


class Session:
    """A curator at a terminal, who has decided all cases but the last one."""

    def __init__(self, corpus: Corpus, run: Run, tmp_path: Path) -> None:
        run(corpus, *COMMAND, "--strategy", "prefer:ana", "--replace")
        self.case = "entity/ana:n3+bo:n3/type"
        self.corpus = corpus
        self.terminal = Terminal(corpus, *COMMAND, *CURATOR, "--reopen", self.case)
        self.terminal.until("q quit")

    def end(self) -> str:
        """Decide the last case; the command refuses to write gold, and its message is given."""
        self.terminal.press("2")
        message = self.terminal.until("to go on.")
        assert self.terminal.end() == 1
        return message

    def is_kept(self) -> bool:
        """Whether the last decision on the case is the curator's."""
        last = [record for record in log(self.corpus) if record["case"] == self.case][-1]
        return (last["choice"], last.get("curator")) == (["bo"], "cy")


def test_an_edit_of_gold_during_a_session_is_not_overwritten(
    corpus: Corpus, run: Run, tmp_path: Path
):
    session = Session(corpus, run, tmp_path)
    path = corpus.annotation_path("gold", "summit")
    edited = json.loads(path.read_bytes())
    edited["mentions"][0]["attributes"]["level"] = "nominal"
    path.write_text(json.dumps(edited), encoding="utf-8")
    before = gold(corpus)
    message = session.end()
    assert "annotations/gold/summit.json" in message
    assert "attributes: level name → level nominal" in message
    assert gold(corpus) == before
    assert session.is_kept()
    # Run again, the command keeps both the edit and the decision.
    again = run(corpus, *COMMAND, "--strategy", "prefer:ana", *CURATOR, "--reason", "seen")
    assert again.exit_code == 0, again.output
    made = corpus.read_annotation("gold", "summit")
    assert made.mentions[0].attributes["level"] == "nominal"
    assert made.entities[2].type == "LOCATION"


def test_an_edit_of_an_annotation_during_a_session_stops_it(
    corpus: Corpus, run: Run, tmp_path: Path
):
    session = Session(corpus, run, tmp_path)
    before = gold(corpus)
    path = corpus.annotation_path("bo", "summit")
    edited = json.loads(path.read_bytes())
    edited["claims"][0]["attributes"]["certainty"] = "possible"
    path.write_text(json.dumps(edited), encoding="utf-8")
    message = session.end()
    assert "annotations/bo/summit.json" in message
    assert "certainty possible" in message
    assert gold(corpus) == before
    assert session.is_kept()


def test_another_decision_during_a_session_is_not_overruled(
    corpus: Corpus, run: Run, tmp_path: Path
):
    session = Session(corpus, run, tmp_path)
    line = {"document": "summit", "case": session.case, "choice": ["ana"]}
    path = decided(tmp_path / "decisions.jsonl", [line])
    others = ("--curator", "dan", "--kind", "human", "--decisions", path)
    assert run(corpus, *COMMAND, "--reopen", session.case, *others).exit_code == 0
    before = gold(corpus), log(corpus)
    message = session.end()
    assert f"{session.case} was decided by dan; the decision of cy was dropped" in " ".join(
        message.split()
    )
    assert (gold(corpus), log(corpus)) == before


def test_a_session_does_not_hold_up_other_commands(corpus: Corpus, run: Run, tmp_path: Path):
    session = Session(corpus, run, tmp_path)
    assert run(corpus, "annotators", "add", "ana", "--kind", "human").exit_code == 0
    session.terminal.press("2")
    session.terminal.until("summit: gold written")
    assert session.terminal.end() == 0
    assert session.is_kept()


def test_a_reason_with_an_address_is_asked_for_again(corpus: Corpus, run: Run, tmp_path: Path):
    session = Session(corpus, run, tmp_path)
    session.terminal.press("r")
    session.terminal.until("Reason:")
    session.terminal.type("jane.doe@example.org says so")
    session.terminal.until("is an e-mail address")
    session.terminal.until("Press any key")
    session.terminal.press(" ")
    session.terminal.until("q quit")
    session.terminal.press("2")
    session.terminal.until("summit: gold written")
    assert session.terminal.end() == 0
    assert b"jane" not in log_of(corpus).read_bytes()


def test_the_unwritable_log_is_named(corpus: Corpus, run: Run):
    log_of(corpus).mkdir()
    result = run(corpus, *COMMAND, "--list")
    assert result.exit_code == 1
    assert f"{os.sep}summit.log.jsonl: is not a regular file" in result.stderr
