"""Rules about what only some ontologies declare, and silence where it is not declared."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dateline.corpus.store import Corpus
from dateline.validation.engine import check_corpus
from dateline.validation.incidents import Incident
from dateline.validation.registry import all_rules

Gold = dict[str, Any]
Change = Callable[[Gold], object]


def nil(kb: str) -> dict[str, str | None]:
    return {"kb": kb, "id": None}


CASES: dict[str, list[tuple[Change, str, Change]]] = {
    "A206": [
        (lambda g: g["layers"].remove("document"), "/attributes",
         lambda g: g["layers"].remove("document") or g.pop("attributes")),
        (lambda g: g["layers"].remove("relations"), "/relations",
         lambda g: g["layers"].remove("relations") or g.pop("relations")),
    ],
    "A210": [
        (lambda g: g.pop("attributes"), "/attributes",
         lambda g: g.update(attributes={"genre": "news"})),
    ],
    "M405": [
        (lambda g: g["mentions"][7].pop("entity"), "/mentions/7/entity",
         lambda g: g["mentions"][7].update(entity="e1")),
    ],
    "M406": [
        (lambda g: g["entities"][2]["links"].append(nil("mesh")), "/entities/2/links/2",
         lambda g: g["entities"][2]["links"].append(nil("drugs"))),
        (lambda g: g["entities"][1]["links"].append({"kb": "registry", "id": "R1"}),
         "/entities/1/links/1",
         lambda g: g["entities"][1]["links"].append({"kb": "mesh", "id": "R1"})),
        (lambda g: g["entities"][2]["links"].append(
            {"kb": "mesh", "id": "D001241", "date": "2024-01-01"}), "/entities/2/links/2",
         lambda g: g["entities"][2]["links"].append({"kb": "mesh", "id": "D009999"})),
    ],
    "M410": [
        (lambda g: g["relations"][3].update(target="v1"), "/relations/3/target",
         lambda g: g["relations"].pop(3)),
        (lambda g: g["relations"][3].update(target="m1"), "/relations/3",
         lambda g: g["relations"][3].update(source="m8")),
        (lambda g: g["relations"].append(g["relations"][0] | {"attributes": {"cases": 4}}),
         "/relations/4", lambda g: g["relations"].append(g["relations"][0] | {"target": "m9"})),
    ],
    "M411": [
        (lambda g: g["relations"][3].update(source="m3"), "/relations/3/source",
         lambda g: g["relations"][3].update(source="m8")),
        (lambda g: g["relations"][2].update(target="m7"), "/relations/2/target",
         lambda g: g["relations"][2].update(target="m5")),
    ],
    "E508": [
        (lambda g: g["event_clusters"][0].update(id="k9"), "/event_clusters/0/id",
         lambda g: g["event_clusters"].pop(0)),
        (lambda g: g["event_clusters"][0].update(id="k2"), "/event_clusters/1/id",
         lambda g: g["event_clusters"][0].update(id="k9") or g["events"][0].update(cluster="k9")),
    ],
    "E509": [
        (lambda g: g["event_clusters"][1]["links"].append(nil("sheet")),
         "/event_clusters/1/links/2",
         lambda g: g["event_clusters"][1]["links"].append(nil("wikidata"))),
    ],
    "E510": [
        (lambda g: g["events"][1]["factuality"][1].update(source="c9"),
         "/events/1/factuality/1/source",
         lambda g: g["events"][1]["factuality"].pop()),
        (lambda g: g["events"][1]["factuality"][1].update(source="m1"),
         "/events/1/factuality/1/source",
         lambda g: g["events"][1]["factuality"][1].update(value="denied")),
        (lambda g: g["claims"][0].update(events=["v3"]), "/events/1/factuality/1/source",
         lambda g: g["claims"][1].update(events=["v3"])),
    ],
    "E511": [
        (lambda g: g["events"][1]["factuality"].append({"source": "c1", "value": "denied"}),
         "/events/1/factuality/2",
         lambda g: g["claims"][1].update(events=["v2"])
         or g["events"][1]["factuality"].append({"source": "c2", "value": "denied"})),
    ],
    "E512": [
        (lambda g: g["events"][1]["factuality"].pop(0), "/events/1/factuality",
         lambda g: g["events"][1]["factuality"].pop(1)),
        (lambda g: g["events"][3].pop("factuality"), "/events/3/factuality",
         lambda g: g["events"].pop(3) and g["event_relations"].pop(0)),
    ],
}  # fmt: skip
ROWS = [(code, *case) for code, cases in CASES.items() for case in cases]


def check(corpus: Corpus, change: Change) -> list[Incident]:
    path = corpus.annotation_path("gold", "report")
    gold = json.loads(path.read_bytes())
    change(gold)
    path.write_text(json.dumps(gold), encoding="utf-8")
    return [i for checked in check_corpus(corpus) for i in checked.incidents]


@pytest.mark.parametrize(("code", "breaks", "pointer", "passes"), ROWS)
def test_a_broken_rule_is_reported_where_it_is_broken(
    layered: Corpus, code: str, breaks: Change, pointer: str, passes: Change
):
    found = check(layered, breaks)
    assert (code, pointer) in {(incident.code, incident.pointer) for incident in found}
    assert {i.level for i in found if i.code == code} == {all_rules()[code].level}


@pytest.mark.parametrize(("code", "breaks", "pointer", "passes"), ROWS)
def test_a_valid_change_is_not_reported(
    layered: Corpus, code: str, breaks: Change, pointer: str, passes: Change
):
    assert code not in {incident.code for incident in check(layered, passes)}


def test_a_corpus_of_every_layer_is_valid(layered: Corpus):
    assert check(layered, lambda gold: None) == []


def test_names_without_coreference_need_no_entities(entities_only: Corpus):
    assert check(entities_only, lambda gold: None) == []


def test_a_layer_that_the_ontology_does_not_declare_is_named(entities_only: Corpus):
    (found,) = check(entities_only, lambda gold: gold.update(layers=["entities", "events"]))
    assert found.pointer == "/layers/1"
    assert found.message == '"events" is not allowed'
    assert "Allowed: entities" in found.hint


def test_the_order_of_factuality_in_a_file_does_not_matter(layered: Corpus):
    assert check(layered, lambda gold: gold["events"][1]["factuality"].reverse()) == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda g: g["events"][1]["factuality"][0].update(value="sure"),
         "/events/1/factuality/0/value"),
        (lambda g: g["events"][0]["arguments"][0]["attributes"].update(scope="page"),
         "/events/0/arguments/0/attributes/scope"),
        (lambda g: g["events"][0]["arguments"][0]["attributes"].update(size=1),
         "/events/0/arguments/0/attributes"),
    ],
)  # fmt: skip
def test_other_values_do_not_match_the_schema(layered: Corpus, change: Change, pointer: str):
    (found,) = check(layered, change)
    assert (found.code, found.pointer) == ("S002", pointer)
