"""``dateline check-predictions``: every problem of a file, and what it does to scores."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.errors import InvalidInputError
from dateline.evaluation.prediction_check import check_predictions
from dateline.model import Span
from dateline.predictions.annotations import read_as_annotations
from dateline.predictions.offset_units import better_unit


def problems(checked, effect):
    return [(p.line, p.pointer, p.message) for p in checked.problems if p.effect == effect]


def test_a_perfect_file_is_clean(five, five_predicted, written):
    checked = check_predictions(written(*five_predicted), five)
    assert checked.is_clean
    assert (checked.lines, checked.wrong, checked.rejected, checked.missing) == (5, 0, 0, ())
    assert checked.problems == ()


def test_every_problem_is_reported_at_once(five, five_predicted, written):
    first, second, third, fourth, _ = five_predicted
    first["mentions"][0]["spans"][0]["start"] += 1
    first["events"][0]["arguments"][0]["mention"] = "m77"
    first["claims"][0]["act"] = "SHOUT"
    first["mentions"].append(first["mentions"][1] | {"id": "more"})
    path = written(
        first,
        second | {"document": "nowhere"},
        third,
        third,
        fourth | {"text_sha256": "0" * 64},
        {"document": fourth["document"], "mentions": [{"id": "m1"}]},
    )
    with path.open("a", encoding="utf-8") as file:
        file.write("{nonsense\n")
    checked = check_predictions(path, five)
    assert [(line, pointer) for line, pointer, _ in problems(checked, "wrong")] == [
        (1, "/mentions/0/spans"),
        (1, "/claims/0/act"),
        (1, "/events/0/arguments/0"),
    ]
    rejected = problems(checked, "rejected")
    assert [line for line, _, _ in rejected] == sorted(line for line, _, _ in rejected)
    assert {line for line, _, _ in rejected} == {2, 4, 5, 6, 7}
    assert any("is not a document here" in message for _, _, message in rejected)
    assert any("already predicted on line 3" in message for _, _, message in rejected)
    assert any("read another text" in message for _, _, message in rejected)
    assert "/mentions/10" not in {pointer for _, pointer, _ in rejected}
    assert (1, "/mentions/9", "is a duplicate of /mentions/1") in problems(checked, "warning")
    assert checked.wrong == 3
    assert checked.items == 16 + 15
    assert checked.rejected == 15 * 3 + 1
    assert len(checked.missing) == 2


def shifted(prediction, text, unit):
    """The same prediction with offsets in another unit."""
    moved = copy.deepcopy(prediction)
    groups = [m["spans"] for m in moved["mentions"]] + [e["trigger"] for e in moved["events"]]
    groups += [g for c in moved["claims"] for g in (c["spans"], c["cue"] or [])]
    for spans in groups:
        for span in spans:
            for end in ("start", "end"):
                before = text[: span[end]]
                span[end] = {
                    "UTF-16": len(before.encode("utf-16-le")) // 2,
                    "bytes": len(before.encode()),
                    "from 1": span[end] + 1,
                    "end included": span[end] - (end == "end"),
                    "CR LF": span[end] + before.count("\n"),
                }[unit]
    return moved


@pytest.mark.parametrize("unit", ["UTF-16", "bytes", "from 1", "end included", "CR LF"])
def test_offsets_that_count_something_else_are_named(five, five_predicted, written, unit):
    name = five_predicted[0]["document"]
    moved = shifted(five_predicted[0], five.read_document(name).text, unit)
    checked = check_predictions(written(moved), five)
    (named,) = [m for _, _, m in problems(checked, "warning") if "if offsets count" in m]
    assert unit in named
    assert named.startswith("17 of 17 spans are right")
    assert checked.wrong > 0


@given(st.text(min_size=1, max_size=30), st.data())
def test_offsets_in_code_points_are_never_reported(text, data):
    spans = []
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        spans.append(Span(start=start, end=end, text=text[start:end]))
    assert better_unit(text, spans) == ""


def test_the_command_says_what_each_problem_does_to_scores(five, five_predicted, written, run):
    five_predicted[0]["mentions"][0]["type"] = "SHIP"
    path = written(*five_predicted[:4])
    result = run(five, "check-predictions", str(path))
    assert result.exit_code == 1
    assert 'wrong: "SHIP" is not a label of the ontology' in result.stdout
    assert "60 items counted, 1 of them wrong; 0 items rejected" in result.stderr
    assert "1 document without a prediction" in result.stderr
    as_json = run(five, "check-predictions", str(path), "--format", "json")
    assert json.loads(as_json.stdout)["problems"][0]["effect"] == "wrong"
    assert run(five, "check-predictions", str(written(five_predicted[4]))).exit_code == 0


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda p: p["mentions"][0].update(type="PERSN"), 'Did you mean "PERSON"? Allowed: '),
        (lambda p: p["events"][0].update(type="METE"), 'Did you mean "MEET"? Allowed: '),
        (lambda p: p["claims"][0].update(act="xyz"), "Allowed: "),
        (lambda p: p["events"][0]["arguments"][0].update(role="prticipant"), "Allowed: "),
        (lambda p: p["mentions"][0]["spans"][0].update(start="0"),
         "Expected an integer, without quotes."),
    ],
)  # fmt: skip
def test_check_and_accept_hint_at_what_is_allowed(five, five_predicted, written, run, change, hint):
    change(five_predicted[0])
    path = written(five_predicted[0])
    checked = run(five, "check-predictions", str(path))
    accepted = run(five, "accept", str(path), "--as", "tagger")
    for said in (checked.stdout, accepted.stderr):
        assert hint in said
        assert "?." not in said


def test_check_and_score_report_the_same_wrong_items(five, five_predicted, written):
    import dateline

    five_predicted[0]["mentions"][0]["type"] = "SHIP"
    five_predicted[1]["claims"][0]["claimer"] = "nobody"
    path = written(*five_predicted)
    checked = check_predictions(path, five)
    found = dateline.score(path, five).problems
    assert [(p.document, p.pointer) for p in checked.problems if p.effect == "wrong"] == [
        (problem.document, problem.pointer) for problem in found
    ]


def test_a_dataset_can_be_checked_against(five, five_predicted, written, run):
    assert run(five, "build").exit_code == 0
    path = written(*five_predicted)
    result = run(five, "check-predictions", str(path), "--gold", str(five.root / "dist"))
    assert result.exit_code == 0, result.output


def test_one_error_is_reported_for_a_value_that_is_cut_off(five, five_predicted, tmp_path):
    path = tmp_path / "cut.jsonl"
    path.write_text(json.dumps(five_predicted[0], indent=1)[:-30], encoding="utf-8")
    (problem,) = check_predictions(path, five).problems
    assert "ends within" in problem.message


def test_what_accept_would_refuse_by_a_rule_is_a_warning_with_its_code(
    five, five_predicted, written
):
    first = five_predicted[0]
    mention, other = first["mentions"][0], first["mentions"][1]
    claim = first["claims"][0]
    claim["events"] = ["e77"]
    entity = next(e for e in first["entities"] if e["id"] == mention["entity"])
    entity["links"] = [{"kb": "wikidata", "id": None}, {"kb": "wikidata", "id": "Q1"}]
    other["entity"] = next(e["id"] for e in first["entities"] if e["type"] != other["type"])
    path = written(first)
    with pytest.raises(InvalidInputError) as refused:
        read_as_annotations(five, path)
    warned = problems(check_predictions(path, five), "warning")
    codes = {message.rpartition("(")[2].rstrip(")") for _, _, message in warned}
    assert {"C602", "M402", "M406"} <= codes
    assert (1, "/claims/0/events/0", 'there is no event "e77" (C602)') in warned
    for _, pointer, message in warned:
        assert f"{pointer} " in str(refused.value)
        assert message in str(refused.value)
