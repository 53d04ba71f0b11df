"""Examples of the guidelines are not taken from the texts, and there are enough of them."""

from __future__ import annotations

import json

import msgspec
import pytest

from dateline.corpus.segmentation.choosing import segmenter_for
from dateline.ontology.guidelines import guidelines
from dateline.validation.examples import Examples
from tests.layered import layered_document

from .conftest import Project


def example(text: str, key: str = "examples"):
    """Give the first event type this example."""
    return lambda definitions: definitions["event"]["oneOf"][0].update({key: [text]})


def shared(project: Project) -> list[tuple[str, str, str]]:
    return project.findings("G904")


@pytest.mark.parametrize("key", ["examples", "x-counterexamples"])
def test_words_of_a_text_in_an_example_are_reported_with_their_place(project: Project, key):
    project.change(example("Somebody [gave] ASPIRIN, 81 mg a day (to adults)", key))
    ((file, subject, message),) = shared(project)
    assert (file, subject) == ("report.json", "event:GIVE")
    assert message == (
        'shares 7 words in a row with the example "Somebody [gave] ASPIRIN, 81 mg a day (to '
        'adults)" of event:GIVE'
    )
    result = project.run("validate")
    assert "[gave aspirin, 81 mg a day, to]" in result.stdout


def test_three_words_in_a_row_may_be_shared(project: Project):
    project.change(example("She gave aspirin, 81 pills, to 12 adults"))
    assert shared(project) == []


def test_every_list_of_labels_is_looked_at(project: Project):
    text = "the drug caused [bleeding] and nausea"

    def change(definitions):
        for node in (
            definitions["mention"]["properties"]["type"]["oneOf"][0],
            definitions["relation"]["properties"]["type"]["oneOf"][0],
            definitions["claim"]["properties"]["act"]["oneOf"][0],
            definitions["event"]["properties"]["attributes"]["properties"]["polarity"]["oneOf"][0],
            *(
                definitions[name]["oneOf"][0]
                for name in ("claimer", "eventRelation", "claimRelation")
            ),
        ):
            node["examples"] = [text]

    project.change(change)
    assert {subject for _, subject, _ in shared(project)} == {
        "entity:CHEMICAL", "relation:CAUSES", "act:ASSERT", "event.polarity:positive",
        "claimer:AUTHOR", "eventRelation:BEFORE", "claimRelation:SUPPORTS",
    }  # fmt: skip


def test_examples_in_the_page_are_looked_at(project: Project):
    project.write_page(
        "# Guidelines\n\n"
        "So the patients should not worry about prose.\n\n"
        "Mark `[patients] should\nnot worry` and `should not worry patients`.\n"
        "- ✗ the bleeding stopped, so [patients] sleep\n\n"
        "<!-- dateline:labels -->\n- ✓ so patients should not worry\n<!-- /dateline:labels -->\n"
    )
    assert [subject for _, subject, _ in shared(project)] == [
        "docs/guidelines.md:7",
        "docs/guidelines.md:5",
    ]


def test_a_waiver_and_a_level_apply(project: Project):
    project.change(example("gave aspirin, 81 mg a day"))
    waivers = project.root / "annotations" / "waivers.toml"
    waivers.write_text('[rules]\nG904 = { level = "error", reason = "We wrote them." }\n')
    assert project.run("validate").exit_code == 1
    waivers.write_text(
        '[[waiver]]\nrule = "G904"\ndocument = "report"\nid = "event:GIVE"\nreason = "A formula."\n'
    )
    assert shared(project) == []
    assert project.findings("W702") == []


@pytest.mark.parametrize(
    ("text", "words_of", "is_shared"),
    [
        ("北京市政府昨天宣布新的防疫措施。", "上海[市政府昨天宣布新的]计划", True),
        ("北京市政府昨天宣布新的防疫措施。", "上海[市政府]今天开会", False),
        ("ประธานาธิบดีเดินทางไปประชุมที่กรุงเทพมหานครเมื่อวานนี้", "เขา[เดินทาง]ไปประชุมที่กรุงเทพมหานคร", True),
        ("ประธานาธิบดีเดินทางไปประชุมที่กรุงเทพมหานครเมื่อวานนี้", "เขา[ประชุม]เมื่อเช้า", False),
        ("Der Präsident traf den Minister in Bonn.", "der PRÄSIDENT [traf] den Kanzler", True),
    ],
)  # fmt: skip
def test_words_are_found_in_every_script(project: Project, text, words_of, is_shared):
    document = layered_document(project.corpus, "other", text)
    language = {"北": "zh", "ป": "th", "D": "de"}[text[0]]
    sentences, tokens = segmenter_for(text, language).segment(text)
    project.change(example(words_of))
    document = msgspec.structs.replace(document, sentences=sentences, tokens=tokens)
    assert bool([*Examples(project.corpus).shared_with(document)]) == is_shared


def test_labels_without_enough_examples_are_named(project: Project):
    result = project.run("guidelines", "--require-examples", "1")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "claimRelation:SUPPORTS: 0 examples, 0 counterexamples" in lines
    assert len(lines) == 5 + 3 + 3 + 2 + 2 + 1 + 2 + 3

    def give(definitions):
        definitions["claimer"]["oneOf"][0] |= {"examples": ["a", "b"], "x-counterexamples": ["c"]}

    project.change(give)
    assert "claimer" not in project.run("guidelines", "--require-examples", "1").stdout
    result = project.run("guidelines", "--require-examples", "2")
    assert "claimer:AUTHOR: 2 examples, 1 counterexample\n" in result.stdout


def test_enough_examples_pass(entities_only, run):
    path = entities_only.root / "schema" / "ontology.schema.json"
    schema = json.loads(path.read_bytes())
    for label in schema["$defs"]["mention"]["properties"]["type"]["oneOf"]:
        label |= {"examples": ["[one]", "[two]"], "x-counterexamples": ["three", "four"]}
    path.write_text(json.dumps(schema))
    result = run(entities_only, "guidelines", "--require-examples", "2")
    assert (result.exit_code, result.stdout) == (0, "")


def test_examples_of_all_lists_and_all_meanings_of_roles_are_printed(project: Project):
    def change(definitions):
        for name in ("claimer", "eventRelation", "claimRelation"):
            definitions[name]["oneOf"][0] |= {
                "examples": [f"good {name}"], "x-counterexamples": [f"bad {name}"],
            }  # fmt: skip
        value = definitions["mention"]["properties"]["attributes"]["properties"]["level"]
        value["oneOf"][0]["examples"] = ["good name"]
        give, _, stop = definitions["event"]["oneOf"]
        roles = [
            event["properties"]["arguments"]["items"]["properties"]["role"]["oneOf"][0]
            for event in (give, stop)
        ]
        roles[1] |= {"const": "giver", "description": "Who stops it.", "x-fillers": ["PERSON"]}

    project.change(change)
    lines = guidelines(project.corpus.ontology).splitlines()
    for name in ("claimer", "eventRelation", "claimRelation"):
        assert f"- ✓ good {name}" in lines
        assert f"- ✗ bad {name}" in lines
    assert "- ✓ name: good name" in lines
    assert "| giver (GIVE) | Means giver. | PERSON |" in lines
    assert "| giver (STOP) | Who stops it. | PERSON |" in lines
    assert "| harm | Means harm. | DISEASE |" in lines
