"""Importing relations between mentions, and attributes of every kind."""

from __future__ import annotations

import json

import pytest

from dateline.model import Relation

from ..layered import TEXT

MAPPING = """
[labels.ner]
drug = "entity:CHEMICAL"
illness = "entity:DISEASE"
[choices.form]
NAM = "mention.level=name"
[choices.negation]
"not so" = "mention.negated=yes"
[choices.kind]
press = "document.genre=news"
about_safety = "document.topics=safety"
about_price = "document.topics=price"
[texts]
mg = "mention.amount"
people = "document.patients"
[relations]
because = "reversed CAUSES"
maybe = "reversed certainty=possible"
[defaults]
"mention.level" = "nominal"
"""


def region(id, label, quote):
    start = TEXT.index(quote)
    value = {"start": start, "end": start + len(quote), "text": quote, "labels": [label]}
    return {"id": id, "from_name": "ner", "to_name": "t", "type": "labels", "value": value}


def answer(control, type_, id=None, **value):
    place = {"start": 0, "end": 1} if id is not None else {}
    return {
        "id": id or control,
        "from_name": control,
        "to_name": "t",
        "type": type_,
        "value": place | value,
    }


DRUG, RASH = region("a", "drug", "aspirin"), region("b", "illness", "bleeding")
ROWS = [
    DRUG, RASH, answer("form", "choices", "a", choices=["NAM"]),
    answer("negation", "choices", "b", choices=["not so"]),
    answer("kind", "choices", choices=["press", "about_safety", "about_price"]),
    answer("people", "number", number=12), answer("mg", "textarea", "a", text=["81"]),
    {"type": "relation", "from_id": "b", "to_id": "a", "direction": "right",
     "labels": ["because", "maybe"]},
]  # fmt: skip


@pytest.fixture
def import_rows(layered, run, tmp_path):
    """Import rows as one annotation of the report; the result of the command."""

    def run_import(rows, *arguments, mapping=MAPPING):
        task = {
            "id": 1,
            "data": {"text": TEXT},
            "annotations": [{"id": 1, "completed_by": 1, "result": rows}],
        }
        (tmp_path / "export.json").write_text(json.dumps([task]), encoding="utf-8")
        (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
        options = arguments or ("--mapping", str(tmp_path / "mapping.toml"), "--annotators", "ana")
        return run(layered, "import", "label-studio", str(tmp_path / "export.json"), *options)

    return run_import


def test_relations_and_attributes_of_every_kind_are_imported(import_rows, layered):
    result = import_rows(ROWS)
    assert result.exit_code == 0, result.output
    made = layered.read_annotation("ana", "report")
    assert made.layers == ("document", "entities", "relations")
    assert made.attributes == {"genre": "news", "topics": ("price", "safety"), "patients": 12}
    assert made.mentions[0].attributes == {"level": "name", "amount": 81}
    assert made.mentions[1].attributes == {"level": "nominal", "negated": True}
    assert made.relations == (
        Relation(type="CAUSES", source="a", target="b", attributes={"certainty": "possible"}),
    )


def test_the_template_lists_what_the_corpus_declares(import_rows):
    rows = [
        DRUG,
        RASH,
        ROWS[-1],
        answer("mood", "choices", choices=["news"]),
        answer("level", "choices", choices=["name"]),
        answer("mg", "textarea", "a", text=["81"]),
    ]
    template = import_rows(rows, "--template").stdout
    comments = " ".join(line for line in template.splitlines() if line.startswith("#")).split()
    for word in ("CAUSES", "certainty=possible", "document.genre=news", "mention.amount"):
        assert word in comments
    assert '"news" = "document.genre=news"   # 1 time, about the whole text' in template
    assert '"name" = "?"   # 1 time, about the whole text' in template


def test_an_answer_about_the_whole_text_cannot_be_an_attribute_of_a_region(import_rows, layered):
    mapping = MAPPING.replace("document.genre=news", "mention.level=name")
    result = import_rows(ROWS, mapping=mapping)
    assert result.exit_code == 1
    assert 'document.kind "press": 1 time, about the whole text' in result.stderr
    assert "ana" not in layered.annotators()


def test_attributes_of_the_document_are_enough_for_an_import(import_rows, layered):
    rows = [answer("kind", "choices", choices=["press"])]
    assert import_rows(rows).exit_code == 0
    made = layered.read_annotation("ana", "report")
    assert (made.attributes, made.mentions) == ({"genre": "news"}, ())
    assert "document" in made.layers


def test_a_text_in_place_of_a_number_is_a_problem(import_rows):
    rows = [DRUG, answer("mg", "textarea", "a", text=["much"]), ROWS[4]]
    result = import_rows(rows)
    assert result.exit_code == 1
    assert 'mention attributes a.mg: is "much", expected number' in result.stderr
