"""Relations of events that must fit together, derived relations, and acts of speech."""

from __future__ import annotations

import json
from typing import Any

import pytest

import dateline
from dateline.agreement.measure import measure_agreement
from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.evaluation.gold import read_gold
from dateline.evaluation.prediction_check import check_predictions
from dateline.label_studio.config.relations import relation_labels
from dateline.model import LAYERS
from dateline.validation.engine import check_corpus
from dateline.validation.incidents import Incident
from tests.conftest import Run
from tests.corpora import make_annotation, quote, write_ontology
from tests.evaluation.conftest import predicted, write_lines
from tests.layered import TEXT, items_of, related_events

Items = dict[str, Any]
RULES = {"C606", "C607", "E515", "E516", "M412"}
"""The rules that are tested here."""

DERIVED = [("CAUSES_EVENT", "v1", "v3"), ("CAUSES_EVENT", "v4", "v2")]


def items_with(*relations: str) -> Items:
    """The usual items with these relations between events, such as "v1 BEFORE v2"."""
    triples = [relation.split() for relation in relations]
    related = [{"type": t, "source": s, "target": e} for s, t, e in triples]
    return {**items_of(TEXT), "event_relations": related}


@pytest.fixture
def corpus(layered: Corpus) -> Corpus:
    write_ontology(layered, related_events())
    corpus = Corpus(layered.root)
    annotate(corpus, items_with("v1 BEFORE v4"))
    return corpus


def annotate(corpus: Corpus, items: Items, annotator: str = "gold") -> None:
    document = corpus.read_document("report")
    corpus.write_annotation(make_annotation(document, items, annotator, LAYERS))


def found(corpus: Corpus, code: str) -> list[Incident]:
    return [i for checked in check_corpus(corpus) for i in checked.incidents if i.code == code]


@pytest.mark.parametrize(
    "relations",
    [("v1 BEFORE v2", "v2 BEFORE v4"), ("v1 OVERLAP v2", "v2 OVERLAP v1"),
     ("v1 BEFORE v2", "v2 INCLUDES v4", "v1 BEFORE v4"), ("v1 OVERLAP v2", "v2 BEFORE v4")],
)  # fmt: skip
def test_relations_that_fit_together_are_no_error(corpus: Corpus, relations):
    annotate(corpus, items_with(*relations))
    assert found(corpus, "E516") == []


def test_a_cycle_is_reported_with_its_chain(corpus: Corpus):
    annotate(corpus, items_with("v1 BEFORE v2", "v2 BEFORE v4", "v4 BEFORE v1"))
    (incident,) = found(corpus, "E516")
    assert incident.level == "error"
    assert incident.message.startswith("BEFORE makes a cycle: ")
    for part in ('"v1" (gave) BEFORE "v2" (caused)', '"v4" (stopped) BEFORE "v1" (gave)'):
        assert part in incident.message
    assert incident.hint == "Remove or correct one of these relations."
    assert incident.pointer in {f"/event_relations/{number}" for number in range(3)}


def test_what_follows_is_compared_with_what_is_excluded(corpus: Corpus):
    annotate(corpus, items_with("v1 BEFORE v2", "v2 INCLUDES v4", "v4 OVERLAP v1"))
    (incident,) = found(corpus, "E516")
    assert incident.message == (
        'BEFORE and OVERLAP exclude each other: "v1" (gave) BEFORE "v2" (caused), "v2" (caused) '
        'INCLUDES "v4" (stopped); but "v4" (stopped) OVERLAP "v1" (gave)'
    )


def test_events_of_one_cluster_are_one_event(corpus: Corpus):
    items = items_with("v2 BEFORE v1", "v4 BEFORE v3", "v1 BEFORE v4")
    items["events"][2]["cluster"] = "k2"
    annotate(corpus, items)
    (incident,) = found(corpus, "E516")
    assert incident.message.endswith('; "v3" = "v2"') or incident.message.endswith('; "v2" = "v3"')


def test_relations_of_claims_and_mentions_must_fit_together_too(corpus: Corpus):
    ontology = related_events()
    supports, contradicts = ontology["$defs"]["claimRelation"]["oneOf"]
    supports["x-transitive"], supports["x-excludes"] = True, [contradicts["const"]]
    works_for = ontology["$defs"]["relation"]["properties"]["type"]["oneOf"][1]
    works_for["x-transitive"], works_for["x-target"] = True, ["PERSON", "ORGANIZATION"]
    works_for["x-source"] = ["PERSON", "ORGANIZATION"]
    write_ontology(corpus, ontology)
    corpus = Corpus(corpus.root)
    items = items_with()
    annotate(corpus, items)
    assert found(corpus, "C606") == found(corpus, "M412") == []
    items["claim_relations"].append({"type": "SUPPORTS", "source": "c1", "target": "c2"})
    items["relations"].append({"type": "WORKS_FOR", "source": "m2", "target": "m8"})
    annotate(corpus, items)
    (of_claims,), (of_mentions,) = found(corpus, "C606"), found(corpus, "M412")
    assert of_claims.message.startswith("SUPPORTS and CONTRADICTS exclude each other: ")
    # Both mentions of a person are one.
    assert of_mentions.message.startswith("WORKS_FOR makes a cycle: ")


def test_a_derived_relation_is_not_annotated(corpus: Corpus):
    annotate(corpus, items_with("v1 CAUSES_EVENT v2"))
    (incident,) = found(corpus, "E515")
    assert incident.pointer == "/event_relations/0"
    assert incident.hint.startswith("Remove the relation, and add the event as an argument")
    assert "CAUSES_EVENT" not in relation_labels(corpus.ontology)


def test_derived_relations_are_in_the_dataset_and_say_so(corpus: Corpus):
    build(corpus, corpus.root / "dist")
    rows = dateline.load("documents", path=corpus.root / "dist")
    (row,) = [row for split in rows.values() for row in split]
    triples = [(r["type"], r["source"], r["target"], r["derived"]) for r in row["event_relations"]]
    assert triples == [("BEFORE", "v1", "v4", False), *((*triple, True) for triple in DERIVED)]


def test_scores_and_agreement_leave_derived_relations_out(corpus: Corpus, tmp_path):
    prediction = predicted(corpus.read_annotation("gold", "report"))
    prediction["event_relations"].append({"type": "CAUSES_EVENT", "source": "v1", "target": "v2"})
    path = write_lines(tmp_path / "predictions.jsonl", prediction)
    (problem,) = check_predictions(path, corpus).problems
    assert '"CAUSES_EVENT" is derived from arguments, and ignored' in str(problem)
    total = dateline.score(path, corpus).score("event-relations", "as annotated").total
    assert (total.matched_gold, total.predicted, total.gold) == (1, 1, 1)
    for name in ("ana", "bo"):
        annotate(corpus, items_with("v1 BEFORE v4"), name)
    (pair,) = measure_agreement(corpus, ["ana", "bo"]).pairs
    assert pair.layers["events"].relations["BEFORE"].value == 1
    assert pair.layers["events"].relations.get("CAUSES_EVENT") is None


def test_a_built_dataset_is_gold_without_its_derived_relations(corpus: Corpus):
    build(corpus, corpus.root / "dist")
    prediction = predicted(corpus.read_annotation("gold", "report"))
    gold = read_gold(corpus.root / "dist")
    (document,) = gold.documents
    assert len(document.items.event_relations) == len(prediction["event_relations"])
    report = dateline.score([prediction], gold)
    assert report.problems == ()
    total = report.score("event-relations", "as annotated").total
    assert (total.matched_gold, total.predicted, total.gold) == (1, 1, 1)


def test_people_are_told_what_follows(corpus: Corpus, run: Run):
    told = (
        "Holds across a chain of it. Excludes INCLUDES, OVERLAP. Followed by INCLUDES, it gives "
        "BEFORE."
    )
    derived = (
        "Derived from the filler to the event that has the argument, if an event fills the role "
        "cause; do not annotate it."
    )
    for command in ("ontology", "guidelines"):
        shown = " ".join(run(corpus, command).stdout.split())
        assert told in shown
        assert derived in shown


def test_renaming_a_relation_or_a_role_keeps_what_follows(corpus: Corpus, run: Run):
    for rename in ("eventRelation:INCLUDES=CONTAINS", "role:cause=reason"):
        assert run(corpus, "rename", rename).exit_code == 0
    schema = json.loads((corpus.root / "schema" / "ontology.schema.json").read_bytes())
    before, _, _, cause = schema["$defs"]["eventRelation"]["oneOf"]
    assert before["x-excludes"] == ["CONTAINS", "OVERLAP"]
    assert before["x-then"] == {"CONTAINS": "BEFORE"}
    assert cause["x-from-roles"] == {"reason": "filler", "what": "event"}


@pytest.fixture
def spoken(corpus: Corpus) -> Items:
    """Items in which the cue of a claim is the trigger of an event that claims may be part of."""
    ontology = related_events()
    roles = ontology["$defs"]["event"]["oneOf"][0]["properties"]["arguments"]["items"]
    roles["properties"]["role"]["oneOf"].append(
        {"const": "content", "description": "What is said.", "x-fillers": ["claim"]}
    )
    write_ontology(corpus, ontology)
    items = items_with()
    items["events"].append(
        {"id": "v5", "type": "GIVE", "trigger": quote(TEXT, "said"),
         "attributes": {"polarity": "positive"}, "arguments": []}
    )  # fmt: skip
    return items


def test_a_claim_is_an_argument_of_the_event_that_says_it(corpus: Corpus, spoken: Items):
    corpus = Corpus(corpus.root)
    annotate(corpus, spoken)
    (incident,) = found(corpus, "C607")
    assert (incident.level, incident.pointer) == ("warning", "/claims/0/cue")
    assert incident.message == (
        'the cue "said" is the trigger of "v5" (GIVE), and the claim is none of its arguments'
    )
    assert incident.hint.startswith('Add the claim to "v5" as content')
    spoken["events"][-1]["arguments"] = [{"role": "content", "claim": "c1"}]
    annotate(corpus, spoken)
    assert found(corpus, "C607") == []
