"""Kinds of files that commands write and read again, or that other programs write for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml
from click.testing import CliRunner, Result

from dateline.cli.main import main
from dateline.corpus.store import Corpus

from ..adjudication.annotators import deciding, with_decisions
from ..evaluation.conftest import predicted, write_lines
from ..release.conftest import CITATION
from ..small_corpus import TEXT, small_corpus
from . import oracle
from .kind import Check, Kind, accepted_only_if
from .mutation import changed_json, changed_lines, changed_text

SYSTEMS = """ceiling = ["ana", "bo"]
split = "train"
note = "No benchmark yet."
[systems.lexicon]
title = "Lexicon"
model = "baseline"
options = { learn = "schema" }
note = "Knows the examples."
"""


def invoke(corpus: Corpus, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(corpus.root), *arguments])


def json_lines(content: bytes) -> str | None:
    """Why a line of the content is not JSON; an unfinished last line is ignored, with a note."""
    *lines, _ = content.split(b"\n")
    wrong = [
        number for number, line in enumerate(lines, 1) if line.strip() and not oracle.is_json(line)
    ]
    return f"line {wrong[0]} is not JSON" if wrong else None


def json_only(content: bytes) -> str | None:
    return None if oracle.is_json(content) else "it is not JSON"


def gold_checked(gold: Path, problem: Callable[[bytes], str | None]) -> Check:
    """Content that was accepted is right, and gold that was written is valid."""

    def check(content: bytes, code: int) -> str | None:
        if gold.exists() and (found := oracle.annotation_problem(gold.read_bytes(), TEXT)):
            return found
        return problem(content) if code == 0 else None

    return check


def decision_log(root: Path) -> Kind:
    corpus = with_decisions(root, invoke)
    assert invoke(corpus, *deciding(str(root / "decisions.jsonl"))).exit_code == 0
    gold = corpus.annotation_path("gold", "summit")
    path = gold.with_name("summit.log.jsonl")
    base = path.read_bytes()
    gold.unlink()
    commands = [
        ["adjudicate", "ana", "bo", "--curator", "cy", "--kind", "human", "--strategy", "prefer:bo"],
        ["adjudicate", "ana", "bo", "--list", "--all"],
        ["adjudicate", "ana", "bo", "--list", "--format", "json"],
        ["rename", "PERSON=HUMAN", "--dry-run"],
    ]  # fmt: skip
    return Kind(root, path, [base], changed_lines, commands, gold_checked(gold, json_lines), [gold])


def decisions(root: Path) -> Kind:
    corpus = with_decisions(root, invoke)
    path = root / "decisions.jsonl"
    gold = corpus.annotation_path("gold", "summit")
    written = [gold, gold.with_name("summit.log.jsonl")]

    def problem(content: bytes) -> str | None:
        return json_lines(content + b"\n")

    return Kind(
        root, path, [path.read_bytes()], changed_lines, [deciding(str(path))],
        gold_checked(gold, problem), written,
    )  # fmt: skip


def systems(root: Path) -> Kind:
    small_corpus(root, "ana", "bo")
    path = root / "benchmarks" / "systems.toml"
    commands = [["leaderboard"], ["leaderboard", "--run"], ["leaderboard", "--check"]]
    written = [root / "benchmarks" / "results" / "lexicon.json"]
    base = SYSTEMS.replace('split = "train"', f'split = "{split_of(root)}"')
    return Kind(root, path, [base.encode()], changed_text, commands, written=written)


def split_of(root: Path) -> str:
    return Corpus(root).read_document("summit").split


def saved_report(root: Path) -> Kind:
    corpus = small_corpus(root).corpus
    perfect = predicted(corpus.read_annotation("gold", "summit"))
    other = write_lines(root / "other.jsonl", perfect | {"claims": [], "claim_relations": []})
    saved = invoke(corpus, "score", str(other), "--by-document", "--format", "json")
    assert saved.exit_code == 0, saved.output
    path = root / "report.json"
    (root / "first.json").write_text(saved.stdout)
    commands = [
        ["compare", str(other), str(path)],
        ["compare", str(root / "first.json"), str(path), "--allow-differences"],
        ["compare", str(path), str(root / "first.json"), "--format", "json"],
        ["leaderboard", "--add", str(path), "--name", "mine"],
    ]
    return Kind(
        root, path, [saved.stdout.encode()], changed_json, commands, accepted_only_if(json_only)
    )


def stored_result(root: Path) -> Kind:
    corpus = small_corpus(root).corpus
    perfect = write_lines(root / "mine.jsonl", predicted(corpus.read_annotation("gold", "summit")))
    done = invoke(corpus, "leaderboard", "--add", str(perfect), "--name", "mine")
    assert done.exit_code == 0, done.output
    path = root / "benchmarks" / "results" / "mine.json"
    commands = [
        ["leaderboard"], ["leaderboard", "--check"], ["leaderboard", "--format", "html"],
        ["leaderboard", "--format", "json"], ["leaderboard", "--write"],
    ]  # fmt: skip
    return Kind(
        root, path, [path.read_bytes()], changed_json, commands, accepted_only_if(json_only)
    )


def citation(root: Path) -> Kind:
    corpus = small_corpus(root).corpus
    card = root / "dist" / "README.md"

    def problem(content: bytes) -> str | None:
        try:
            given = yaml.safe_load(content)
        except yaml.YAMLError as error:
            return f"is not YAML: {type(error).__name__}"
        try:
            front = yaml.safe_load(card.read_text(encoding="utf-8").split("---\n")[1])
        except yaml.YAMLError as error:
            return f"the card is not YAML: {type(error).__name__}"
        json.loads((root / "dist" / "croissant.json").read_bytes())
        title = (given or {}).get("title")
        # Without a title that can be read, the card has a default.
        is_usual = title is not None and title.strip() and title.isprintable()
        return "another title" if is_usual and front["pretty_name"] != title.strip() else None

    assert invoke(corpus, "build").exit_code == 0
    return Kind(
        root, root / "CITATION.cff", [CITATION.encode()], changed_text, [["build"]],
        accepted_only_if(problem),
    )  # fmt: skip


def converted(root: Path, source_format: str, base: bytes) -> Kind:
    """Predictions in another format, from which predictions are made."""
    path, out = root / "theirs.txt", root / "out.jsonl"

    def problem(_content: bytes) -> str | None:
        for line in out.read_bytes().splitlines():
            found = oracle.quote_problem(oracle.strict_json(line), TEXT)
            # Words that are not in the text are kept at its start.
            if found is not None and not found.startswith("0, "):
                return found
        return None

    command = ["convert-predictions", str(path), "--from", source_format, "--out", str(out)]
    change = changed_lines if source_format == "pairs" else changed_text
    return Kind(
        root, path, [base], change, [command, [*command, "--layer", "events"]],
        accepted_only_if(problem), [out],
    )  # fmt: skip


def conll(root: Path) -> Kind:
    document = small_corpus(root).corpus.read_document("summit")
    tags = {"Ana": "B-PERSON", "Ruiz": "I-PERSON", "Oslo": "S-GPE", "Lind": "I-PERSON"}
    words = [TEXT[start:end] for start, end in document.tokens]
    rows = [f"{word}\t_\t{tags.get(word, 'O')}\n" for word in words]
    base = ["# document = summit\n", *rows[:9], "\n", *rows[9:]]
    return converted(root, "bio", "".join(base).encode())


def pairs(root: Path) -> Kind:
    small_corpus(root)
    found = [{"label": "PERSON", "text": "Ana Ruiz"}, ["GPE", "oslo"], ["GPE", "Rome"]]
    line = json.dumps({"document": "summit", "pairs": found})
    return converted(root, "pairs", f"{line}\n".encode())


DERIVED: Mapping[str, Callable[[Path], Kind]] = {
    "decision log": decision_log,
    "decisions": decisions,
    "systems": systems,
    "saved report": saved_report,
    "stored result": stored_result,
    "citation": citation,
    "CoNLL predictions": conll,
    "labelled words": pairs,
}
