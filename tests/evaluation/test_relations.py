"""Scores of relations between mentions, against sets of tuples written in Python."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

import dateline
from dateline.corpus.store import Corpus
from dateline.evaluation.curves import curves
from dateline.evaluation.gold import Gold, GoldDocument
from dateline.evaluation.prediction_check import check_predictions
from dateline.evaluation.report import Report
from dateline.model import LAYERS, Entity, Mention, Relation, Span
from dateline.ontology.reading import read_ontology
from dateline.predictions.prediction import Prediction
from dateline.text import sha256_of_text

from ..conftest import Run
from ..layered import ONTOLOGY
from .conftest import predicted

TEXT = "abcdefgh"
PLACES = ((0, 1), (1, 2), (2, 3), (4, 6))
TYPES = ("CHEMICAL", "DISEASE")
RELATIONS = ("CAUSES", "DOSE_OF")

Items = tuple[dict[tuple[tuple[int, int], str], str], set[tuple[str, int, int]]]
"""The entity of each mention, by place and type; and relations between mentions, by position."""


@st.composite
def items(draw: st.DrawFn) -> Items:
    keys = st.tuples(st.sampled_from(PLACES), st.sampled_from(TYPES))
    mentions = draw(st.dictionaries(keys, st.sampled_from("xyz"), min_size=1, max_size=5))
    ends = st.integers(0, len(mentions) - 1)
    relations = st.sets(st.tuples(st.sampled_from(RELATIONS), ends, ends), max_size=6)
    return mentions, draw(relations)


def as_prediction(found: Items, document: str) -> Prediction:
    mentions, relations = found
    return Prediction(
        document=document,
        mentions=tuple(
            Mention(
                id=f"m{number}",
                spans=(Span(start=start, end=end, text=TEXT[start:end]),),
                type=type_,
                entity=entity,
            )
            for number, (((start, end), type_), entity) in enumerate(mentions.items())
        ),
        entities=tuple(
            Entity(id=entity, type=TYPES[0], name=entity) for entity in sorted({*mentions.values()})
        ),
        relations=tuple(
            Relation(type=type_, source=f"m{source}", target=f"m{target}")
            for type_, source, target in sorted(relations)
        ),
    )


def gold_of(documents: Sequence[Items]) -> Gold:
    return Gold(
        name="Made up",
        version=None,
        split=None,
        ontology=read_ontology({"ontology": ONTOLOGY}),
        documents=tuple(
            GoldDocument(
                id=f"d{number}",
                text=TEXT,
                text_sha256=sha256_of_text(TEXT),
                sentences=((0, 8),),
                tokens=((0, 8),),
                split="test",
                layers=LAYERS,
                items=as_prediction(found, f"d{number}"),
            )
            for number, found in enumerate(documents)
        ),
    )


def tuples(found: Items, end: Callable[[tuple[tuple[int, int], str]], object]) -> set[object]:
    mentions, relations = found
    keys = list(mentions)
    return {(type_, end(keys[source]), end(keys[target])) for type_, source, target in relations}


def entity_at(gold: Items) -> Callable[[tuple[tuple[int, int], str]], object]:
    """The gold entities of a place, as all entities that share a place, or the place itself."""
    groups = {entity: {entity} for entity in gold[0].values()}
    for (place, _), entity in gold[0].items():
        for (other_place, _), other in gold[0].items():
            if place == other_place and groups[entity] is not groups[other]:
                groups[entity] |= groups[other]
                for one in groups[entity]:
                    groups[one] = groups[entity]
    at = {place: frozenset(groups[entity]) for (place, _), entity in gold[0].items()}
    return lambda key: at.get(key[0], key[0])


def total(report: Report, measure: str) -> tuple[float, float, float]:
    found = report.score("relations", measure).total
    return found.matched_gold, found.predicted, found.gold


@given(st.lists(st.tuples(items(), items()), min_size=1, max_size=3))
def test_relations_are_counted_as_sets_of_tuples(documents: list[tuple[Items, Items]]):
    gold = gold_of([first for first, _ in documents])
    lines = [as_prediction(second, f"d{n}") for n, (_, second) in enumerate(documents)]
    report = dateline.score(lines, gold, layers="relations")
    ends = {
        "strict": lambda _: lambda key: key,
        "boundaries": lambda _: lambda key: key[0],
        "by entity": entity_at,
    }
    for measure, end in ends.items():
        sides = [(tuples(a, end(a)), tuples(b, end(a))) for a, b in documents]
        expected = (
            sum(len(a & b) for a, b in sides),
            sum(len(b) for _, b in sides),
            sum(len(a) for a, _ in sides),
        )
        assert total(report, measure) == expected, measure


def test_another_mention_of_the_entity_is_right_only_by_entity(layered: Corpus):
    prediction = predicted(layered.read_annotation("gold", "report"))
    for relation in prediction["relations"]:
        if relation["target"] == "m6":
            relation["target"] = "m9"
    report = dateline.score([prediction], layered)
    assert [total(report, m) for m in ("strict", "boundaries", "by entity")] == [
        (3, 4, 4),
        (3, 4, 4),
        (4, 4, 4),
    ]
    labels = report.score("relations", "strict").labels
    assert {name: rates.matched_gold for name, rates in labels.items()} == {
        "CAUSES": 1,
        "WORKS_FOR": 1,
        "DOSE_OF": 1,
    }


def test_the_direction_of_a_relation_counts(layered: Corpus):
    prediction = predicted(layered.read_annotation("gold", "report"))
    relation = prediction["relations"][0]
    relation["source"], relation["target"] = relation["target"], relation["source"]
    report = dateline.score([prediction], layered)
    for measure in ("strict", "boundaries", "by entity"):
        assert total(report, measure) == (3, 4, 4)


def test_what_is_wrong_with_relations_is_named(layered: Corpus, written, run: Run):
    prediction = predicted(layered.read_annotation("gold", "report"))
    prediction["relations"] = [
        {"type": "CURES", "source": "m5", "target": "m6"},
        {"type": "CAUSES", "source": "m5", "target": "v1"},
        {"type": "CAUSES", "source": "m1", "target": "m6"},
        {"type": "DOSE_OF", "source": "m4", "target": "m3"},
        {"type": "DOSE_OF", "source": "m4", "target": "m3", "attributes": {"cases": 1}},
    ]
    path = written(prediction)
    found = {p.pointer: (p.effect, p.message) for p in check_predictions(path, layered).problems}
    assert found == {
        "/relations/0/type": ("wrong", '"CURES" is not a label of the ontology'),
        "/relations/1": ("wrong", 'there is no "v1" in the prediction'),
        "/relations/2/source": ("wrong", 'CAUSES has no source of type "PERSON"'),
        "/relations/4": ("warning", "is a duplicate of /relations/3"),
    }
    report = dateline.score(path, layered)
    assert {p.pointer for p in report.problems} == set(found)
    assert total(report, "strict") == (1, 4, 4)


def test_relations_are_ranked_by_confidence(layered: Corpus, written, run: Run):
    prediction = predicted(layered.read_annotation("gold", "report"))
    for number, relation in enumerate(prediction["relations"]):
        relation["confidence"] = 1 - number / 10
    prediction["relations"][0]["target"] = "m1"
    path = written(prediction)
    (curve,) = curves(path, layered, layers="relations").curves
    assert (curve.group, curve.measure, curve.gold) == ("relations", "strict", 4)
    assert [(p.matched, p.predicted) for p in curve.points] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    for point in curve.points:
        arguments = ("--layers", "relations", "--threshold", str(point.threshold))
        result = run(layered, "score", str(path), *arguments, "--format", "json")
        (strict,) = (s for s in json.loads(result.stdout)["scores"] if s["measure"] == "strict")
        assert strict["total"]["predicted"] == point.predicted
        assert strict["total"]["matched_gold"] == point.matched
