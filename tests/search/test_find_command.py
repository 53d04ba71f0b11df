"""What ``dateline find`` prints and refuses."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from dateline.errors import InvalidInputError
from dateline.rendering.concordance import in_context
from dateline.search.conditions import Conditions, checked
from dateline.search.finding import find
from dateline.search.pattern import Pattern
from dateline.search.rows import CorpusRows
from tests.adjudication.terminal import Terminal
from tests.conftest import REPOSITORY, dateline_lines
from tests.layered import TEXT, annotated_report, layered_document

PAGE = (REPOSITORY / "docs" / "finding.md").read_text(encoding="utf-8")
LINES = [line for line in dateline_lines(PAGE) if line.startswith("dateline find")]


def json_lines(result):
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_event_with_a_role_is_shown_with_its_arguments(layered, run):
    result = run(layered, "find", "--event", "--role", "cause", "--context", "20")
    assert result.exit_code == 0, result.output
    heading, line, arguments = result.stdout.splitlines()[:3]
    assert heading == "report (train)"
    assert re.fullmatch(r"  v\d +HARM +.*\[caused\].*", line), line
    assert "cause: " in arguments
    assert "result" in result.stderr


@pytest.mark.parametrize("line", LINES)
def test_a_documented_command_finds_something(line, few, run):
    result = run(few, *shlex.split(line)[1:])
    assert result.exit_code == 0, result.output
    # The texts of these few documents have no ceasefire and no missiles.
    assert result.stdout or "fire" in line or "missile" in line, line


def test_json_has_offsets_of_code_points(layered, run):
    (found,) = json_lines(run(layered, "find", "--text", "bleeding and", "--format", "jsonl"))
    (span,) = found["spans"]
    assert TEXT[span["start"] : span["end"]] == span["text"] == found["text"] == "bleeding and"
    assert (found["document"], found["kind"], found["id"]) == ("report", "text", None)
    as_array = json.loads(run(layered, "find", "--text", "bleeding and", "--format", "json").stdout)
    assert as_array == [found]


def test_a_dataset_gives_the_same_as_its_corpus(few, dist, run):
    arguments = ("find", "--claim", "--role", "agent", "--format", "jsonl")
    found = run(few, *arguments).stdout
    assert found == run(few, *arguments, "--dataset", str(dist)).stdout != ""


def test_a_withheld_text_is_found_by_its_annotation_alone(few, dist, tmp_path, run):
    from dateline.dataset.build import build

    build(few, tmp_path / "dist", withhold=lambda document: True)
    options = ("--dataset", str(tmp_path / "dist"), "--documents", "serrat-ridge-wire")
    shown = run(few, "find", "--event", *options).stdout
    assert re.search(r"e3 .*\[\d+, \d+\] \(the text is withheld\)", shown)
    (found, *_) = json_lines(run(few, "find", "--event", *options, "--format", "jsonl"))
    assert (found["text"], found["spans"][0]["text"], found["id"]) == (None, None, "e1")
    none = run(few, "find", "--text", "the", *options)
    assert "0 results" in none.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--mention", "Gpe"], 'There is no mention label "Gpe". Did you mean "GPE"? Allowed: '),
        (
            ["--event", "ATTACK", "--role", "agnt"],
            'no role of ATTACK "agnt". Did you mean "agent"?',
        ),
        (["--role", "agent=DATE"], 'There is no filler of agent "DATE".'),
        (["--claimer", "Kim"], 'There is no claimer "Kim".'),
        (["--relation", "NEAR"], 'There is no relation label "NEAR".'),
        (["--event", "--attribute", "tens=past"], 'There is no attribute "tens".'),
        (["--event", "--attribute", "genericity=past"], 'no value of genericity "past"'),
        (["--mention", "--attribute", "genericity=generic"], "not one of a mention, but of: event"),
        (["--text", "(a"], '"(a" is not a regular expression'),
        (["--annotator", "bo", "--event"], 'There is no annotator "bo". Annotators: '),
        (["--split", "tests", "--event"], 'There is no split "tests".'),
        (["--disagree", "pass-a"], "expected two annotators"),
        (["--disagree", "pass-a,pass-b", "--annotator", "gold"], "leave out --annotator"),
        (["--disagree", "pass-a,pass-a"], "expected two annotators"),
        ([], "There is nothing to find."),
        (["--attribute", "tense"], "expected NAME=VALUE"),
    ],
)
@pytest.mark.parametrize("from_dataset", [False, True])
def test_what_cannot_be_found_is_refused_with_a_hint(
    arguments, problem, from_dataset, few, dist, run
):
    options = ["--dataset", str(dist)] if from_dataset else []
    result = run(few, "find", *arguments, *options)
    assert result.exit_code != 0
    assert problem in result.stderr, result.stderr
    assert "Traceback" not in result.stderr


def test_a_corpus_without_a_layer_says_which_it_has(entities_only, run):
    result = run(entities_only, "find", "--event")
    assert "This corpus has no events. It has: mention." in result.stderr


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(?R)"])
def test_a_pattern_that_takes_exponential_time_is_refused(pattern, monkeypatch):
    monkeypatch.setattr("dateline.search.pattern.SECONDS", 0.2)
    with pytest.raises(InvalidInputError, match="takes too long"):
        list(Pattern(pattern).matches("a" * 3_000 + "!"))


@pytest.mark.parametrize("pattern", ["(" * 5_000, "a{1,99999999999}", "[", "\\p{Foo}", "*"])
def test_what_is_not_a_pattern_is_refused(pattern):
    with pytest.raises(InvalidInputError, match="is not a regular expression"):
        Pattern(pattern)


def test_attributes_are_compared_by_their_kind(layered):
    ontology = layered.ontology
    every = {
        attribute.name: attribute
        for field in ontology.attributes_by_field.values()
        for attribute in field
    }
    number = next(a for a in every.values() if a.kind == "number")
    with pytest.raises(InvalidInputError, match="expected"):
        checked(Conditions(attributes=((number.name, "many"),)), ontology)
    found = checked(Conditions(attributes=((number.name, "81"),)), ontology)
    assert {value for values in found.attributes.values() for value in values.values()} == {81}


def test_every_attribute_of_an_item_finds_it(layered, run):
    _, annotation = annotated_report(layered)
    for item in (*annotation.mentions, *annotation.events, *annotation.claims):
        for name, value in item.attributes.items():
            text = str(value[0] if isinstance(value, tuple) else value)
            text = text.lower() if isinstance(value, bool) else text
            result = run(layered, "find", "--attribute", f"{name}={text}", "--format", "jsonl")
            assert item.id in {found["id"] for found in json_lines(result)}


def test_attributes_of_entities_find_mentions_and_those_of_arguments_events(layered, run):
    _, annotation = annotated_report(layered)
    for entity in annotation.entities:
        for name, value in entity.attributes.items():
            text = str(value[0] if isinstance(value, tuple) else value)
            text = text.lower() if isinstance(value, bool) else text
            options = ("--mention", "--attribute", f"{name}={text}", "--format", "jsonl")
            found = {one["id"] for one in json_lines(run(layered, "find", *options))}
            assert found >= {one.id for one in annotation.mentions if one.entity == entity.id}


@pytest.mark.parametrize("roles", [(), ("place",), ("agent", "place")])
def test_attributes_of_arguments_find_what_a_plain_loop_finds(few, plain, roles):
    values = {
        argument["attributes"]["scope"]
        for document in plain.documents
        for event in document["by"]["gold"]["events"]
        for argument in event["arguments"]
    }
    assert len(values) > 1
    for value in values:
        conditions = Conditions(
            roles=tuple((role, None) for role in roles), attributes=(("scope", value),)
        )
        expected = {
            (document["id"], event["id"])
            for document in plain.documents
            for event in document["by"]["gold"]["events"]
            if {*roles} <= {argument["role"] for argument in event["arguments"]}
            and any(
                argument["attributes"]["scope"] == value
                for argument in event["arguments"]
                if not roles or argument["role"] in roles
            )
        }
        found = [*find(CorpusRows(few), conditions)]
        assert {(one.row.id, one.id) for one in found} == expected
        assert {one.kind for one in found} <= {"event"}


def test_all_fragments_are_keywords():
    line = in_context("Many of the soldiers, they said, died.", [(0, 4), (33, 37)], 40)
    assert line.text == "[Many] of the soldiers, they said, [died]."
    nested = in_context("the Russian city", [(4, 11), (0, 16)], 40)
    assert nested.text == "[the Russian city]"
    far = in_context("a" + " word" * 50 + " b and so on", [(0, 1), (252, 253)], 10)
    assert far.text == "[a] word wor…ord word [b] and so on"


def test_context_is_measured_in_cells_and_control_characters_are_escaped():
    line = in_context("北京北京北京に来た人々は北京北京北京", [(7, 9)], 6)
    assert (line.before, line.after) == ("…京に", "人々は"[:2] + "…")
    hostile = in_context("one\x1b[2Jtwo\u202e\nthree", [(7, 10)], 40)
    assert hostile.text == "one\\u001b[2J[two]\\u202e three"
    marks = in_context("e\u0301" * 10 + "x", [(20, 21)], 4)
    assert marks.before == "…e\u0301e\u0301e\u0301"


def test_a_right_to_left_passage_is_isolated_at_a_terminal_with_its_keyword(layered):
    text = "قال الوزير أمس. He left."
    layered.write_document(layered_document(layered, "talk", text))
    terminal = Terminal(layered, "find", "--text", "الوزير|left", "--documents", "talk")
    terminal.until("\u2068قال [الوزير] أمس\u2069. He left.")
    terminal.until("[left]")
    terminal.until("2 results in 1 document")
    assert terminal.end() == 0


def test_a_result_has_its_link_into_a_site(layered, run, tmp_path):
    (tmp_path / "index.html").touch()
    options = ("find", "--event", "--site", str(tmp_path))
    (found, *_) = json_lines(run(layered, *options, "--format", "jsonl"))
    assert found["link"] == f"{tmp_path.as_uri()}/documents/report.html#{found['id']}"
    assert found["link"] in run(layered, *options).stdout
    (passage,) = json_lines(
        run(
            layered,
            "find",
            "--text",
            "bleeding and",
            "--site",
            "https://a.org/s/",
            "--format",
            "jsonl",
        )
    )
    start, end = passage["spans"][0]["start"], passage["spans"][0]["end"]
    assert passage["link"] == f"https://a.org/s/documents/report.html#char={start},{end}"
    assert (
        "is not the folder of a site" in run(layered, "find", "--event", "--site", "nowhere").stderr
    )
