"""Scores and comparisons for papers and other programs: LaTeX and CSV."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dateline
from dateline.rendering.latex import escape, latex_tables
from dateline.rendering.tables import Table

from .test_leaderboard import SYSTEMS, start


def rows_of(text: str) -> list[dict[str, str]]:
    first, _, table = text.partition("\n")
    assert first.startswith("# corpus:")
    return list(csv.DictReader(io.StringIO(table)))


@pytest.fixture
def worse(five_predicted):
    return [p | {"mentions": p["mentions"][:7]} for p in five_predicted]


def test_csv_has_the_numbers_of_the_report(five, worse, written, run):
    path = str(written(*worse))
    result = run(five, "score", path, "--format", "csv", "--by-label", "--by-document")
    assert result.exit_code == 0, result.output
    report = dateline.score(worse, five, per_document=True)
    rows = rows_of(result.stdout)
    assert result.stdout.startswith(f"# {report.signature}\n")
    overall = [row for row in rows if not row["label"] and not row["document"]]
    assert len(overall) == len(report.scores)
    for row, score in zip(overall, report.scores, strict=True):
        assert (row["group"], row["measure"]) == (score.group, score.measure)
        assert row["primary"] == ("yes" if score.primary else "no")
        assert row["value"] == ("" if score.value is None else repr(score.value))
        assert (row["low"] == "") == (score.interval is None)
    strict = report.score("entities", "strict")
    by_label = {r["label"]: r for r in rows if r["measure"] == "strict" and r["label"]}
    assert {label: float(r["gold"]) for label, r in by_label.items()} == {
        label: rates.gold for label, rates in strict.labels.items()
    }
    by_document = [r["document"] for r in rows if r["measure"] == "strict" and r["document"]]
    assert by_document == list(five.document_ids())


def test_names_in_csv_are_quoted(five, five_predicted, worse, written, run):
    better = written(*five_predicted, name='a,"b".jsonl')
    result = run(five, "compare", str(written(*worse)), str(better), "--format", "csv")
    assert result.exit_code == 0, result.output
    rows = rows_of(result.stdout)
    assert {row["system"] for row in rows} == {'a,"b"'}
    (strict,) = [r for r in rows if r["group"] == "entities" and r["measure"] == "strict"]
    assert float(strict["p_randomization"]) == 2 / 32
    assert all((row["p_holm"] == "") for row in rows if row["primary"] == "no")


def test_latex_tables_have_escaped_names_and_the_signature(five, worse, written, run):
    result = run(
        five, "compare", str(written(*worse, name="a_1&b.jsonl")), f"50%={written(*worse)}",
        "--format", "latex",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert r"\caption{50\% compared with a\_1\&b}" in result.stdout
    assert "% corpus:five|" in result.stdout
    assert_is_latex(result.stdout)


def test_the_leaderboard_as_csv_and_latex(five, run):
    start(
        five,
        SYSTEMS
        + '[systems.schema]\ntitle = "schema"\nmodel = "baseline"\noptions = {learn = "schema"}\n',
    )
    assert run(five, "leaderboard", "--run").exit_code == 0
    latex = run(five, "leaderboard", "--format", "latex")
    assert latex.exit_code == 0, latex.output
    assert_is_latex(latex.stdout)
    found = csv.DictReader(io.StringIO(run(five, "leaderboard", "--format", "csv").stdout))
    assert {row["system"] for row in found} == {"lexicon", "schema"}


@given(st.text(), st.text())
def test_any_text_gives_valid_latex(title, cell):
    table = Table(title, ("measure", cell), [(cell, title), (title, "[x]")])
    assert_is_latex(latex_tables([title], [table], cell))


def assert_is_latex(text: str) -> None:
    """Braces and environments are balanced, and no special character is left unescaped."""
    lines = [line for line in text.splitlines() if not line.startswith("% ")]
    body = "\n".join(lines)
    opened = re.findall(r"\\(?:begin|end)\{(\w+)\}", body)
    assert opened.count("table") % 2 == opened.count("tabular") % 2 == 0
    plain = re.sub(r"\\[{}%&#_$]|\\\\$", "", body, flags=re.M)
    assert plain.count("{") == plain.count("}")
    assert not re.search(r"[%#_~^]", plain)
    assert plain.replace(r"$\ge$", "").count("$") % 2 == 0
    columns = 0
    for line in lines:
        if found := re.match(r"\\begin\{tabular\}\{([lr]+)\}", line):
            columns = len(found[1])
        if line.endswith(r" \\"):
            assert len(re.findall(r"(?<!\\)&", line)) == columns - 1
            assert not line.startswith("[")  # else it is an option of the row before


def test_special_characters_of_latex():
    assert escape("a_b & 50% #1 $x$ {y} ~ ^ \\") == (
        r"a\_b \& 50\% \#1 \$x\$ \{y\} \textasciitilde{} \textasciicircum{} \textbackslash{}"
    )
    assert escape("iou>=0.5 --- 1.0–2.0 —") == r"iou\textgreater{}=0.5 {-}{-}{-} 1.0--2.0 ---"
    assert escape("one\ntwo") == "one two"
