"""``dateline compare``: who is better, how sure that is, and what must not be compared."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

import dateline
from dateline.errors import DatelineError
from dateline.evaluation.columns.scoring_input import MatchingOptions
from dateline.evaluation.comparison import compare_systems, score_systems
from dateline.evaluation.gold import gold_of_corpus
from dateline.evaluation.measures.groups import GROUPS
from dateline.metrics.significance import holm


@pytest.fixture
def worse(five_predicted):
    """The same predictions without the last mentions of each document."""
    found = copy.deepcopy(five_predicted)
    for prediction in found:
        prediction["mentions"] = [m for m in prediction["mentions"] if m["id"] not in ("m8", "m9")]
        for event in prediction["events"]:
            event["arguments"] = [a for a in event["arguments"] if a.get("mention") != "m9"]
    return found


def line(comparison, group, measure):
    (found,) = [x for x in comparison.measures if (x.group, x.measure) == (group, measure)]
    return found


def test_identical_systems_have_p_1_on_every_measure(five, worse):
    gold = gold_of_corpus(five)
    systems = score_systems({"a": worse, "b": copy.deepcopy(worse)}, gold)
    for found in compare_systems(systems).measures:
        (other,) = found.others
        if other.difference is None:
            continue
        assert other.difference == 0
        tested = (1, 1) if found.primary else (None, None)
        assert (other.p_randomization, other.p_holm) == tested
        assert other.interval == (0, 0)


def test_a_clear_gain_is_seen_with_its_interval(five, five_predicted, worse):
    systems = score_systems({"worse": worse, "better": five_predicted}, gold_of_corpus(five))
    found = line(compare_systems(systems), "entities", "strict")
    (other,) = found.others
    assert other.difference == pytest.approx(1 - found.first)
    assert other.interval[0] > 0
    # Five documents can be exchanged in 32 ways, of which two are as extreme.
    assert other.p_randomization == 2 / 32
    # The paired bootstrap would give p < .01, which five documents cannot show.
    assert other.p_bootstrap is None


def test_p_is_corrected_for_all_primary_measures_and_all_systems(five, five_predicted, worse):
    systems = {"a": worse, "b": five_predicted, "c": five_predicted}
    for layers, names in ((["entities"], "ab"), ((), "ab"), ((), "abc")):
        chosen = {name: systems[name] for name in names}
        found = compare_systems(score_systems(chosen, gold_of_corpus(five), layers))
        tested = [one for measure in found.measures if measure.primary for one in measure.others]
        # As many as differ: 1 on each of 5 documents, or not at all.
        p_values = [one.p_randomization for one in tested]
        assert len(tested) == len({m.group for m in found.measures}) * (len(names) - 1)
        assert line(found, "entities", "strict").others[0].p_holm == min(1, 2 / 32 * len(tested))
        assert [one.p_holm for one in tested] == pytest.approx(holm(p_values))


def test_exploratory_measures_have_p_values_only_if_asked(five, five_predicted, worse):
    systems = score_systems({"a": worse, "b": five_predicted}, gold_of_corpus(five))
    for asked in (False, True):
        comparison = compare_systems(systems, exploratory_p=asked)
        for measure in comparison.measures:
            (one,) = measure.others
            assert measure.primary == (GROUPS[measure.group].is_primary(measure.measure))
            if one.difference is not None:
                assert (one.p_randomization is None) == (not measure.primary and not asked)
            assert measure.primary or one.p_holm is None


def test_macro_f_is_compared_too(five, five_predicted, worse):
    systems = score_systems({"a": worse, "b": five_predicted}, gold_of_corpus(five))
    comparison = compare_systems(systems, exploratory_p=True)
    found = line(comparison, "entities", "strict, macro F1")
    assert not found.primary
    assert found.first == dateline.score(worse, five).score("entities", "strict").macro_f1
    assert found.others[0].value == 1
    assert found.others[0].p_randomization == 2 / 32
    assert found.others[0].interval[0] > 0
    # Measures without labels have no macro F.
    assert not [m for m in comparison.measures if m.measure == "TI, macro F1"]


def test_all_systems_are_scored_on_what_any_of_them_predicts(five, five_predicted):
    only = [{"document": p["document"], "mentions": p["mentions"]} for p in five_predicted]
    for prediction in only:
        prediction["mentions"] = [m | {"entity": None} for m in prediction["mentions"]]
    comparison = compare_systems(
        score_systems({"all": five_predicted, "only": only}, gold_of_corpus(five))
    )
    assert line(comparison, "triggers", "TC").others[0].value == 0


def test_signatures_that_differ_are_not_compared_silently(five, five_predicted):
    gold = gold_of_corpus(five)
    (strict,) = score_systems({"one": five_predicted}, gold)
    (loose,) = score_systems(
        {"two": five_predicted}, gold, options=MatchingOptions(claim_overlap=0.3)
    )
    with pytest.raises(DatelineError, match=r"two: claims: iou>=0\.5 and iou>=0\.3"):
        compare_systems([strict, loose])
    comparison = compare_systems([strict, loose], allow_differences=True)
    assert comparison.differing == {"two": ("claims: iou>=0.5 and iou>=0.3",)}


def test_one_system_is_nothing_to_compare(five, five_predicted):
    with pytest.raises(DatelineError, match="nothing to compare"):
        compare_systems(score_systems({"one": five_predicted}, gold_of_corpus(five)))


def test_a_system_that_predicts_nothing_is_compared(five, five_predicted):
    nothing = [{"document": one["document"]} for one in five_predicted]
    comparison = dateline.compare({"nothing": nothing, "all": five_predicted}, five)
    found = line(comparison, "entities", "strict")
    assert (found.first, found.others[0].value) == (0, 1)


def test_one_file_given_twice_is_an_error(five, files, run):
    path = str(files[0])
    result = run(five, "compare", path, path)
    assert result.exit_code == 1
    assert f"Error: {path}: is given twice." in result.output


@pytest.fixture
def files(five_predicted, worse, written):
    return written(*worse, name="worse.jsonl"), written(*five_predicted, name="better.jsonl")


def test_saved_reports_compare_as_predictions_do(five, files, run, tmp_path):
    reports = []
    for path in files:
        result = run(five, "score", str(path), "--format", "json", "--by-document")
        reports.append(tmp_path / f"{path.stem}.json")
        reports[-1].write_text(result.stdout, encoding="utf-8")
    from_files = run(five, "compare", *map(str, files), "--format", "json")
    from_reports = run(five, "compare", *map(str, reports), "--format", "json")
    assert from_files.exit_code == from_reports.exit_code == 0, from_reports.output
    by_name = {
        (found["group"], found["measure"]): found
        for found in json.loads(from_files.stdout)["measures"]
    }
    for found in json.loads(from_reports.stdout)["measures"]:
        assert found == by_name[found["group"], found["measure"]]


def test_a_file_that_is_not_a_report_is_explained(five, files, run, tmp_path):
    (tmp_path / "old.json").write_text("{}", encoding="utf-8")
    result = run(five, "compare", str(files[1]), str(tmp_path / "old.json"))
    assert result.exit_code == 1
    assert "old.json: is not a report" in result.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda scores: scores[0].update(statistic="X"), '"X" is not a statistic. Allowed: '),
        (lambda scores: scores.append(scores[0]), "is duplicated"),
        (
            lambda scores: next(iter(scores[0]["counts"].values()))["PERSON"][0].__setitem__(
                0, 1e6
            ),
            "has impossible counts",
        ),
    ],
)
def test_scores_that_no_scorer_writes_are_refused(five, files, run, tmp_path, change, message):
    scored = run(five, "score", str(files[0]), "--format", "json", "--by-document")
    report = json.loads(scored.stdout)
    change(report["scores"])
    (tmp_path / "odd.json").write_text(json.dumps(report), encoding="utf-8")
    result = run(five, "compare", str(files[1]), str(tmp_path / "odd.json"))
    assert result.exit_code == 1
    assert f"odd.json: is not a report: {report['scores'][0]['group']}, " in result.stderr
    assert message in result.stderr


def test_the_command_shows_a_table_and_says_what_differs(five, files, run, tmp_path):
    result = run(five, "compare", *map(str, files))
    assert result.exit_code == 0, result.output
    assert "better compared with worse" in result.stdout
    report = tmp_path / "other.json"
    scored = run(
        five, "score", str(files[1]), "--drop-singletons", "--format", "json", "--by-document"
    )
    report.write_text(scored.stdout, encoding="utf-8")
    refused = run(five, "compare", str(files[0]), str(report))
    assert refused.exit_code == 1
    assert "other: singletons: kept and dropped" in refused.stderr
    forced = run(five, "compare", str(files[0]), str(report), "--allow-differences")
    assert forced.exit_code == 0
    assert "The signature of other differs: singletons" in forced.stderr


def test_a_report_on_the_built_dataset_compares_with_one_on_the_corpus(five, files, run, tmp_path):
    assert run(five, "build").exit_code == 0
    reports = []
    for number, (file, *gold) in enumerate(
        ([str(files[0])], [str(files[1]), "--gold", str(five.root / "dist")])
    ):
        reports.append(tmp_path / f"report{number}.json")
        scored = run(five, "score", file, *gold, "--format", "json", "--by-document")
        reports[-1].write_text(scored.stdout, encoding="utf-8")
    compared = run(five, "compare", *map(str, reports))
    assert compared.exit_code == 0, compared.output
    assert "The signature of report1 differs: corpus" in compared.stderr


def test_a_report_without_documents_is_explained(five, files, tmp_path, run):
    report = tmp_path / "thin.json"
    report.write_text(run(five, "score", str(files[0]), "--format", "json").stdout)
    with pytest.raises(DatelineError, match="no counts per document"):
        dateline.compare({"a": report, "b": report})


def test_equal_systems_rarely_differ_on_any_primary_measure(five, five_predicted):
    """The family-wise error is at most .05 by definition; without correction it is about .5."""
    gold = gold_of_corpus(five)
    (like,) = score_systems({"like": five_predicted}, gold, ["entities", "events", "claims"])
    primary = [key for key, one in like.measures.items() if one.primary]
    assert len(primary) == 7
    generator = np.random.default_rng(5)
    ids = tuple(map(str, range(9)))
    errors = np.zeros((80, 2), bool)
    for number in range(len(errors)):
        systems = [like._replace(name=name, measures={}) for name in "abcd"]
        for key in primary:
            size = 1 + generator.poisson(20, 9)
            for position, system in enumerate(systems):
                hit = generator.binomial(size, generator.beta(6, 4, 9))
                counts = np.stack([hit, size, hit, size], axis=-1)[None, :, None].astype(float)
                measure = like.measures[key]._replace(
                    labels=("",), statistic="F", counts=counts, document_ids=ids
                )
                systems[position] = system = system._replace(
                    measures={**system.measures, key: measure}
                )
        tested = [one for m in compare_systems(systems).measures for one in m.others]
        errors[number] = [
            any(one.p_randomization <= 0.05 for one in tested),
            any(one.p_holm <= 0.05 for one in tested),
        ]
    uncorrected, corrected = errors.mean(axis=0)
    assert uncorrected > 0.4
    assert corrected <= 0.1


def test_what_only_some_systems_were_scored_on_is_named(five, files, run, tmp_path):
    reports = []
    for name, layers in (("all", "entities,events"), ("few", "coreference")):
        result = run(
            five, "score", str(files[1]), "--layers", layers, "--format", "json", "--by-document"
        )
        reports.append(tmp_path / f"{name}.json")
        reports[-1].write_text(result.stdout, encoding="utf-8")
    result = run(five, "compare", *map(str, reports), "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    compared = {(one["group"], one["measure"]) for one in found["measures"]}
    assert {("coreference", "CoNLL"), ("coreference", "BLANC")} <= compared
    assert "entities: strict" in found["missing"]["few"]
    assert "all" not in found["missing"]
    assert "Not compared, because few was not scored on it: entities: strict;" in result.stderr


def test_saved_reports_have_every_measure(five, files, run, tmp_path):
    report = tmp_path / "one.json"
    result = run(five, "score", str(files[0]), "--format", "json", "--by-document")
    report.write_text(result.stdout, encoding="utf-8")
    scored = {(one["group"], one["measure"]) for one in json.loads(result.stdout)["scores"]}
    comparison = dateline.compare({"a": report, "b": report})
    assert scored <= {(one.group, one.measure) for one in comparison.measures}
    assert comparison.missing == {}
