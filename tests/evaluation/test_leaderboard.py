"""The leaderboard: made by one command, kept true, and honest about what does not compare."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from dateline.rendering.generated_blocks import marks
from tests.chemistry import annotated_reaction

from .conftest import predicted, write_lines

SYSTEMS = """
ceiling = ["ana", "bo"]
split = "test"
[systems.lexicon]
title = "lexicon | of training"
model = "baseline"
"""


def start(corpus, systems: str = SYSTEMS) -> Path:
    """Give a corpus systems, annotators and a README."""
    root = corpus.root
    (root / "benchmarks").mkdir()
    (root / "benchmarks" / "systems.toml").write_text(systems, encoding="utf-8")
    (root / "README.md").write_text(f"# Mine\n\n{marks('leaderboard')}", encoding="utf-8")
    for name in corpus.document_ids():
        gold = corpus.read_annotation("gold", name)
        for annotator, kept in (("ana", gold.claims), ("bo", ())):
            corpus.write_annotation(
                msgspec.structs.replace(gold, annotator=annotator, claims=kept, claim_relations=())
            )
    return root


def test_the_leaderboard_of_this_corpus_is_up_to_date(repository, run):
    result = run(repository, "leaderboard", "--check")
    assert result.exit_code == 0, result.output


def test_one_command_makes_results_table_and_page_and_the_check_notices_what_is_stale(five, run):
    root = start(five)
    assert "lexicon is of another gold" in run(five, "leaderboard", "--check").stderr
    result = run(five, "leaderboard", "--run")
    assert result.exit_code == 0, result.output
    assert "There is one annotated document, in the split test." in result.stderr
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert r"| lexicon \| of training |" in readme
    assert "| agreement of ana and bo | 100.0 |" in readme
    page = (root / "benchmarks" / "leaderboard.html").read_text(encoding="utf-8")
    assert "lexicon | of training" in page
    assert "gold:" in page
    assert run(five, "leaderboard", "--check").exit_code == 0

    (root / "README.md").write_text(readme.replace("100.0", "99.9"), encoding="utf-8")
    assert "README.md: not up to date" in run(five, "leaderboard", "--check").stderr
    assert run(five, "leaderboard", "--write").exit_code == 0
    assert (root / "README.md").read_text(encoding="utf-8") == readme


def test_running_again_changes_no_file(five, run):
    root = start(five)
    run(five, "leaderboard", "--run")
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    again = run(five, "leaderboard", "--run")
    assert "lexicon: the same result as before" in again.stderr
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before


def test_a_result_of_another_gold_is_stale_and_stands_apart(five, run):
    start(five)
    run(five, "leaderboard", "--run")
    (name,) = [n for n in five.document_ids() if five.read_document(n).split == "test"]
    gold = five.read_annotation("gold", name)
    five.write_annotation(msgspec.structs.replace(gold, claims=(), claim_relations=()))
    assert "lexicon is of another gold" in run(five, "leaderboard", "--check").stderr
    shown = run(five, "leaderboard").stdout
    assert r"**Not comparable with the others: gold:" in shown
    assert run(five, "leaderboard", "--run").exit_code == 0
    assert "Not comparable" not in run(five, "leaderboard").stdout


def test_a_system_that_has_seen_what_is_scored_is_said_to(five, run):
    start(five, SYSTEMS.replace('split = "test"', 'split = "train"'))
    assert run(five, "leaderboard", "--run").exit_code == 0
    assert "(has seen what is scored)" in run(five, "leaderboard").stdout


def test_predictions_of_others_are_added_and_their_results_compare(
    five, five_predicted, run, tmp_path
):
    root = start(five)
    run(five, "leaderboard", "--run")
    test = [p for p in five_predicted if five.read_document(p["document"]).split == "test"]
    out = write_lines(tmp_path / "theirs.jsonl", *test)
    added = run(five, "leaderboard", "--add", str(out), "--name", "theirs", "--note", "By hand.")
    assert added.exit_code == 0, added.output
    shown = run(five, "leaderboard").stdout
    assert shown.index("| theirs | 100.0 |") < shown.index(r"| lexicon \| of training |")
    assert "theirs: By hand." in shown
    results = [str(root / "benchmarks" / "results" / f"{n}.json") for n in ("lexicon", "theirs")]
    compared = run(five, "compare", *results, "--format", "json")
    assert compared.exit_code == 0, compared.output
    assert json.loads(compared.stdout)["systems"] == ["lexicon", "theirs"]


def test_the_listed_annotators_are_the_ceiling_of_errors(five, five_predicted, run, tmp_path):
    out = write_lines(tmp_path / "out.jsonl", *five_predicted)
    assert "agreement" not in run(five, "errors", str(out)).stdout
    start(five)
    assert "scores and annotator agreement" in run(five, "errors", str(out)).stdout


def test_nothing_of_the_text_is_in_a_result(real_corpus, run, tmp_path):
    prediction = predicted(real_corpus.read_annotation("gold", real_corpus.document_ids()[0]))
    for mention in prediction["mentions"]:
        mention["spans"][0]["start"] += 1
    out = write_lines(tmp_path / "shifted.jsonl", prediction)
    added = run(real_corpus, "leaderboard", "--add", str(out), "--name", "shifted")
    assert added.exit_code == 0, added.output
    content = (real_corpus.root / "benchmarks" / "results" / "shifted.json").read_text()
    assert "Putin" not in content
    assert json.loads(content)["flawed"] > 200


def test_another_ontology(chemistry, run):
    document, annotation = annotated_reaction(chemistry)
    chemistry.write_document(document)
    chemistry.write_annotation(annotation)
    words = '[systems.words]\ntitle = "words"\nmodel = "baseline"\n'
    start(chemistry, f'train_split = "{document.split}"\n{words}')
    result = run(chemistry, "leaderboard", "--run")
    assert result.exit_code == 0, result.output
    assert "| words (has seen what is scored) |" in run(chemistry, "leaderboard").stdout


def test_what_cannot_be_done_is_explained(five, five_predicted, run, tmp_path):
    assert "lists no system to run" in run(five, "leaderboard", "--run").stderr
    out = write_lines(tmp_path / "out.jsonl", *five_predicted)
    assert "--add needs --name" in run(five, "leaderboard", "--add", str(out)).stderr
    climbing = run(five, "leaderboard", "--add", str(out), "--name", "../up")
    assert "«../up» cannot name a result" in climbing.stderr
    start(five, "systems = 3")
    assert "benchmarks/systems.toml: not a valid list of systems" in run(five, "leaderboard").stderr
