"""Several runs of a system: means, standard deviations, and tests over documents and runs."""

from __future__ import annotations

import json
import statistics

import pytest

import dateline


@pytest.fixture
def runs(five_predicted):
    """Predictions of three runs: all mentions, and all but one or two of each document."""
    return [
        [{"document": p["document"], "mentions": p["mentions"][left_out:]} for p in five_predicted]
        for left_out in (0, 1, 2)
    ]


@pytest.fixture
def files(runs, written):
    return [str(written(*run, name=f"seed{n}.jsonl")) for n, run in enumerate(runs)]


def scored(five, predictions, **options):
    report = dateline.score(predictions, five, layers=["entities"], **options)
    return report.score("entities", "strict"), report


def test_a_score_is_the_mean_of_the_runs(five, runs):
    values = [scored(five, run)[0].value for run in runs]
    score, report = scored(five, dateline.Runs(*runs))
    assert score.runs == pytest.approx(values)
    assert score.value == pytest.approx(statistics.mean(values))
    assert score.deviation == pytest.approx(statistics.stdev(values))
    assert score.total.gold == 45
    assert score.total.predicted == pytest.approx(45 - 5)
    macros = [scored(five, run)[0].macro_f1 for run in runs]
    assert score.macro_f1 == pytest.approx(statistics.mean(macros))
    assert score.macro_f1_deviation == pytest.approx(statistics.stdev(macros))
    assert report.signature.runs == 3


def test_one_run_is_a_system_without_deviation(five, runs):
    alone, report = scored(five, runs[1])
    assert (alone.runs, alone.deviation) == ((), None)
    assert scored(five, dateline.Runs(runs[1])) == (alone, report)


def test_runs_that_differ_widen_the_interval(five, runs):
    score, _ = scored(five, dateline.Runs(*runs))
    same, _ = scored(five, dateline.Runs(runs[1], runs[1], runs[1]))
    assert score.interval[1] - score.interval[0] > same.interval[1] - same.interval[0]


def test_the_command_shows_the_deviation(five, files, run):
    result = run(five, "score", *files, "--layers", "entities")
    assert result.exit_code == 0, result.output
    header = next(line for line in result.stdout.splitlines() if line.startswith("measure"))
    assert header.split()[:8] == ["measure", "TP", "predicted", "gold", "P", "R", "F1", "SD"]
    assert "|runs:3|" in result.stdout


def test_a_measure_that_a_run_does_not_have_is_left_out_with_a_note(five, five_predicted, runs):
    plain = [p | {"mentions": [m | {"attributes": {}} for m in p["mentions"]]} for p in runs[0]]
    report = dateline.score(dateline.Runs(five_predicted, plain), five, layers=["entities"])
    measures = {score.measure for score in report.scores}
    assert "strict" in measures
    assert not any(name.endswith("joint") for name in measures)
    assert any("not predicted in every run" in note for note in report.notes)


def test_missing_documents_are_counted_for_each_run(five, runs):
    _, report = scored(five, dateline.Runs(runs[0], runs[1][:3]))
    assert any(n.startswith("run 2: 2 of 5 documents have no prediction") for n in report.notes)


def test_systems_are_compared_over_documents_and_runs(five, files, run):
    result = run(
        five, "compare", f"all={files[0]},{files[0]}", f"less={files[1]},{files[2]}",
        "--format", "json", "--layers", "entities",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["systems"] == ["all", "less"]
    found = next(m for m in report["measures"] if m["measure"] == "strict")
    (other,) = found["others"]
    assert other["p_randomization"] is None
    assert 0.05 < other["p_runs"] < 1  # two runs of each are too few
    assert other["p_holm"] >= other["p_runs"]
    # Only one file of a system is one run.
    single = run(five, "compare", f"all={files[0]}", files[1], "--format", "json")
    (other,) = json.loads(single.stdout)["measures"][0]["others"]
    assert other["system"] == "seed1"
    assert other["p_runs"] is None
    assert other["p_randomization"] == 2 / 32


def test_reports_of_runs_compare_as_their_predictions_do(five, runs):
    systems = {"a": dateline.Runs(runs[0], runs[1]), "b": dateline.Runs(*runs)}
    reports = {
        name: dateline.score(source, five, layers=["entities"], per_document=True)
        for name, source in systems.items()
    }
    there = dateline.compare(reports, exploratory_p=True)
    back = dateline.compare(systems, five, layers=["entities"], exploratory_p=True)
    assert there.measures == back.measures


@pytest.mark.parametrize(
    ("systems", "message"),
    [
        (["=FILE", "FILE"], "has an empty name"),
        (["a=FILE", "a=FILE"], "Two systems are named 'a'"),
        (["a=FILE,none.jsonl", "FILE"], "none.jsonl' does not exist"),
        (["a=FILE,", "FILE"], "'' does not exist"),
        (["a=FILE,REPORT", "FILE"], "a report as one of several runs"),
    ],
)
def test_systems_that_are_not_named_correctly_are_explained(
    five, files, tmp_path, run, systems, message
):
    (tmp_path / "report.json").write_text("{}")
    given = [
        one.replace("FILE", files[0]).replace("REPORT", str(tmp_path / "report.json"))
        for one in systems
    ]
    result = run(five, "compare", *given)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_a_file_whose_name_has_an_equals_sign_is_a_file(five, runs, written, run):
    paths = [str(written(*one, name=f"lr=0.{n}.jsonl")) for n, one in enumerate(runs[:2])]
    result = run(five, "compare", *paths, "--layers", "entities")
    assert result.exit_code == 0, result.output
    assert "lr=0.1 compared with lr=0.0" in result.stdout


def test_no_runs_are_refused():
    with pytest.raises(dateline.InvalidInputError, match="there are no runs"):
        dateline.Runs()
