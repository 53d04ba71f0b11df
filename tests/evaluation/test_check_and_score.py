"""`check-predictions` and `score` agree: about what cannot be scored, and about what is wrong."""

from __future__ import annotations

import copy
import json
import shutil

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dateline
from dateline.cli.main import main
from dateline.errors import DatelineError
from dateline.evaluation.prediction_check import check_predictions

from .conftest import write_lines
from .test_check import shifted
from .test_reading import FORGIVEN, GOOD, NASTY, line


def is_refused(path, gold, **options):
    try:
        dateline.score(path, gold, layers="entities", **options)
    except DatelineError:
        return True
    return False


def has_rejections(path, gold, **options):
    try:
        checked = check_predictions(path, gold, **options)
    except DatelineError:
        return True
    return any(problem.effect == "rejected" for problem in checked.problems)


@pytest.mark.parametrize("kind", [*NASTY, *GOOD, *FORGIVEN])
def test_nasty_files_are_rejected_by_both_or_by_none(five, five_predicted, tmp_path, kind):
    make = {**NASTY, **FORGIVEN}[kind][0] if kind not in GOOD else GOOD[kind]
    good = line(five_predicted[1])
    for number, content in enumerate((make(five_predicted[0]), good + make(five_predicted[0]))):
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(content)
        assert has_rejections(path, five) == is_refused(path, five), number


VALUES = st.sampled_from(
    [None, True, 0, -1, 1.5, 2**70, "", "x", "m1", [], [1], {}, {"a": 1}, [{}], "\u2028", "0" * 64]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_changed_prediction_is_rejected_by_both_or_by_none(
    five, five_predicted, tmp_path, data
):
    changed = copy.deepcopy(five_predicted[:2])
    node = changed[0]
    # Go down to a random place, and change, remove or add there.
    while True:
        keys = sorted(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and data.draw(st.booleans()):
            node = node[key]
            continue
        action = data.draw(st.sampled_from(["replace", "remove", "rename"]))
        if action == "replace":
            node[key] = data.draw(VALUES)
        elif action == "remove" or isinstance(node, list):
            del node[key]
        else:
            node[key[:-1] or "x"] = node.pop(key)
        break
    path = write_lines(tmp_path / "changed.jsonl", *changed)
    assert has_rejections(path, five) == is_refused(path, five)


def test_documents_without_gold_are_left_out_by_both(five, five_predicted, written):
    removed = five_predicted[0]["document"]
    five.annotation_path("gold", removed).unlink()
    path = written(*five_predicted)
    checked = check_predictions(path, five)
    assert [(p.line, p.effect, p.message) for p in checked.problems] == [
        (1, "warning", "is not scored: the document has no gold here")
    ]
    assert checked.is_clean
    assert checked.missing == ()
    report = dateline.score(path, five)
    assert report.signature.documents == 4
    note = f"1 prediction for documents without gold here was left out: {removed}"
    assert note in report.notes
    twice = written(five_predicted[0], five_predicted[0], five_predicted[1])
    assert has_rejections(twice, five)
    assert is_refused(twice, five)


def test_documents_of_other_splits_are_left_out_by_both(five, five_predicted, written, run):
    assert run(five, "build").exit_code == 0
    path = written(*five_predicted)
    for gold in (five, five.root / "dist"):
        checked = check_predictions(path, gold, split="test")
        assert len([p for p in checked.problems if "is not scored" in p.message]) == 4
        assert checked.is_clean
        report = dateline.score(path, gold, split="test")
        assert any(note.startswith("4 predictions for documents") for note in report.notes)
    with pytest.raises(DatelineError, match="no split"):
        dateline.score(path, five.root / "dist", split="dev")


def test_a_corpus_without_gold_can_be_checked(five, five_predicted, written):
    shutil.rmtree(five.root / "annotations" / "gold")
    path = written(*five_predicted[:4])
    checked = check_predictions(path, five)
    assert checked.problems == ()
    assert len(checked.missing) == 1


@pytest.mark.parametrize("unit", ["UTF-16", "bytes", "end included"])
def test_both_name_the_unit_of_other_offsets(five, five_predicted, written, run, unit):
    name = five_predicted[0]["document"]
    path = written(shifted(five_predicted[0], five.read_document(name).text, unit))
    for command in ("score", "check-predictions"):
        result = run(five, command, str(path))
        assert "17 of 17 spans are right if offsets count" in result.output, command


def test_scores_that_rank_nothing_are_reported_by_both(five, five_predicted, written):
    claim = five_predicted[0]["claims"][0]["id"]
    five_predicted[0]["scores"] = {
        "check_worthy": {"yes": {claim: 0.5, "c99": 0.5}, "perhaps": {claim: 0.1}},
        "worthy": {"yes": {claim: 0.5}},
    }
    path = written(*five_predicted)
    expected = [
        ("/scores/check_worthy/yes/c99", "is not the id of a predicted claim and is ignored"),
        (
            "/scores/check_worthy/perhaps",
            '"check_worthy: perhaps" is not in the ontology; its scores are ignored',
        ),
        ("/scores/worthy", '"worthy" is not an attribute of claims, so its scores are ignored'),
    ]
    for problems in (check_predictions(path, five).problems, dateline.score(path, five).problems):
        assert [(p.pointer, p.message) for p in problems] == expected


def test_another_knowledge_base_is_reported_by_both(article, perfect, written):
    linked = next(e for e in perfect["entities"] if "links" in e and e["links"][0]["id"])
    linked["links"][0]["kb"] = linked["links"][0]["kb"].swapcase()
    path = written(perfect)
    for problems in (
        check_predictions(path, article).problems,
        dateline.score(path, article).problems,
    ):
        (problem,) = problems
        assert problem.effect == "wrong"
        assert problem.pointer.endswith("/links/0/kb")
        assert "is not a knowledge base of the gold" in problem.message


@pytest.mark.parametrize("command", ["score", "check-predictions", "errors"])
def test_predictions_may_come_from_standard_input(five, five_predicted, run, command):
    content = b"".join(line(p) for p in five_predicted)
    result = run(five, command, "-", input=content)
    assert result.exit_code == 0, result.output
    broken = run(five, command, "-", input=b"{nonsense\n")
    assert broken.exit_code == 1
    empty = run(five, command, "-", input=b"")
    assert "standard input: is empty" in empty.stderr


def test_one_of_the_compared_systems_may_be_standard_input(five, five_predicted, written, run):
    path = str(written(*five_predicted))
    content = b"".join(line(p) for p in five_predicted[:3])
    result = run(five, "compare", path, "-", "--resamples", "10", input=content)
    assert result.exit_code == 0, result.output
    assert "standard input compared with predictions" in result.stdout
    twice = run(five, "compare", "-", "-", input=content)
    assert twice.exit_code == 2
    assert "more than once" in twice.stderr


def test_a_dataset_is_enough(five, five_predicted, run, tmp_path, monkeypatch):
    assert run(five, "build", "--out", str(tmp_path / "alone")).exit_code == 0
    path = write_lines(tmp_path / "p.jsonl", *five_predicted)
    shutil.rmtree(five.root)
    monkeypatch.chdir(tmp_path)
    gold = ("--gold", str(tmp_path / "alone"))
    for command in ("score", "check-predictions", "errors"):
        result = CliRunner().invoke(main, [command, str(path), *gold])
        assert result.exit_code == 0, (command, result.output)
    five_predicted[0]["mentions"][0]["type"] = "SHIP"
    path = write_lines(tmp_path / "p.jsonl", *five_predicted)
    arguments = ["check-predictions", str(path), *gold, "--format", "json"]
    result = CliRunner().invoke(main, arguments)
    assert [p["pointer"] for p in json.loads(result.stdout)["problems"]] == ["/mentions/0/type"]
