"""Scores of random documents: neither order nor ids matter, and rates are what they promise.

Documents have nested, discontinuous and duplicate spans, spans with several types, and several
events of one trigger.
"""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dateline
from dateline.errors import ConflictError
from dateline.evaluation.columns.scoring_input import MatchingOptions
from dateline.evaluation.gold import Gold, GoldDocument
from dateline.evaluation.measures.groups import GROUPS
from dateline.model import LAYERS
from dateline.predictions.prediction import Prediction
from dateline.text import sha256_of_text
from tests.corpora import NEWS

TEXT = "ab cd ef gh. ij kl mn op."
ONTOLOGY = NEWS.ontology
DECLARED = [name for name, group in GROUPS.items() if group.is_declared(ONTOLOGY)]
PLACES = [[(0, 2)], [(0, 5)], [(3, 5)], [(0, 2), (6, 8)], [(6, 11)], [(13, 15)], [(13, 18)]]
UNKNOWN = ["BANANA"]
ENTITY_TYPES = ["PERSON", "GPE"]
EVENT_TYPES = ["ATTACK", "MEET"]
ROLES = sorted(ONTOLOGY.roles)[:2]
EVENT_RELATIONS = [label.name for label in ONTOLOGY.event_relations][:2]
CLAIM_RELATIONS = [label.name for label in ONTOLOGY.claim_relations][:1]

references = st.integers(0, 4)
spans = st.sampled_from(PLACES).map(
    lambda place: [{"start": s, "end": e, "text": TEXT[s:e]} for s, e in place]
)


def items(draw: st.DrawFn, prefix: str, most: int, **fields: st.SearchStrategy) -> list[Any]:
    some = draw(st.lists(st.fixed_dictionaries(fields), max_size=most))
    return [{"id": f"{prefix}{number}", **item} for number, item in enumerate(some)]


@st.composite
def predictions(draw: st.DrawFn, unknown: list[str] = UNKNOWN) -> Prediction:
    def label(names: list[str]) -> st.SearchStrategy[str]:
        return st.sampled_from([*names, *unknown])

    def attributes(name: str, *values: str) -> st.SearchStrategy[dict[str, str]]:
        return st.sampled_from([{}, *({name: value} for value in values)])

    links = st.lists(st.sampled_from(["Q1", "Q2", None]), max_size=2, unique=True).map(
        lambda ids: [{"kb": "kb", "id": id_} for id_ in ids]
    )
    filler = st.one_of(
        st.tuples(st.just("mention"), references.map("m{}".format)),
        st.tuples(st.just("event"), references.map("v{}".format)),
    )
    arguments = st.lists(
        st.tuples(label(ROLES), filler).map(lambda pair: {"role": pair[0], pair[1][0]: pair[1][1]}),
        max_size=3,
    )
    found = {
        "mentions": items(
            draw, "m", 6, spans=spans, type=label(ENTITY_TYPES),
            attributes=attributes("level", "name", "nominal"),
            entity=st.one_of(st.none(), st.integers(0, 3).map("e{}".format)),
        ),
        "entities": [
            {"id": f"e{number}", "type": "PERSON", "name": "", "links": draw(links)}
            for number in range(4)
        ],
        "events": items(
            draw, "v", 5, trigger=st.sampled_from(PLACES[:3]).map(
                lambda place: [{"start": s, "end": e, "text": TEXT[s:e]} for s, e in place]
            ),
            type=label(EVENT_TYPES), arguments=arguments,
            attributes=attributes("tense", "past", "future"),
            cluster=st.one_of(st.none(), st.integers(0, 2).map("k{}".format)),
        ),
        "claims": items(
            draw, "c", 4, spans=spans, act=label(["ASSERT", "DENY"]),
            claimer=st.one_of(st.just("AUTHOR"), references.map("m{}".format)),
            cue=st.one_of(st.none(), spans), events=st.just([]),
            attributes=attributes("check_worthy", "yes", "no"),
        ),
    }  # fmt: skip
    for field, prefix, names in (
        ("event_relations", "v", EVENT_RELATIONS), ("claim_relations", "c", CLAIM_RELATIONS),
    ):  # fmt: skip
        found[field] = draw(
            st.lists(
                st.fixed_dictionaries(
                    {
                        "type": label(names),
                        "source": references.map(f"{prefix}{{}}".format),
                        "target": references.map(f"{prefix}{{}}".format),
                    }
                ),
                max_size=3,
            )
        )
    ranked = {
        claim["id"]: draw(st.sampled_from([0.1, 0.2, 0.3]))
        for claim in found["claims"]
        if draw(st.booleans())
    }
    scores = {"check_worthy": {"yes": ranked}} if ranked else {}
    return msgspec.convert({"document": "a", **found, "scores": scores}, Prediction)


def gold_with(found: Prediction) -> Gold:
    document = GoldDocument(
        id="a",
        text=TEXT,
        text_sha256=sha256_of_text(TEXT),
        split="test",
        sentences=((0, 12), (13, 25)),
        tokens=tuple((n, n + 2) for n in (0, 3, 6, 9, 13, 16, 19, 22)),
        layers=LAYERS,
        items=msgspec.structs.replace(found, scores={}),
    )
    return Gold(name="random", version=None, split=None, ontology=ONTOLOGY, documents=(document,))


def permuted(found: Prediction, chance: random.Random) -> Prediction:
    """The same content in another order, with other ids."""
    fields = msgspec.to_builtins(found)
    ids = sorted(
        {
            i["id"]
            for name in ("mentions", "entities", "events", "claims")
            for i in fields.get(name, ())
        }
        | {event["cluster"] for event in fields.get("events", ()) if event.get("cluster")}
    )
    new = dict(zip(ids, chance.sample([f"x{n}" for n in range(len(ids))], len(ids)), strict=True))

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            pairs = [(new.get(key, key), renamed(inner)) for key, inner in value.items()]
            return dict(chance.sample(pairs, len(pairs)))
        if isinstance(value, list | tuple):
            found = [renamed(inner) for inner in value]
            is_span = found and isinstance(found[0], dict) and "start" in found[0]
            return found if is_span else chance.sample(found, len(found))
        return new.get(value, value) if isinstance(value, str) else value

    return msgspec.convert(renamed(fields), Prediction)


def scored(gold: Gold, found: Prediction, **options: Any) -> dateline.Report:
    try:
        return dateline.score(
            [found],
            gold,
            layers=DECLARED,
            options=MatchingOptions(**options),
            per_document=True,
        )
    except ConflictError:  # duplicate gold
        return None


golds = predictions(unknown=[])
matching = st.fixed_dictionaries(
    {"mention_match": st.sampled_from(["exact", "partial"]), "singletons": st.booleans()}
)


def values(report: dateline.Report) -> dict[str, Any]:
    """All numbers, without the noise of adding them in another order."""
    return {
        f"{score.group}: {score.measure}": rounded(
            msgspec.to_builtins((score.value, score.total, score.macro_f1, score.labels))
        )
        for score in report.scores
    }


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return round(value, 9) if isinstance(value, float) else value


@given(golds, predictions(), matching, st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_ids_of_items_matter(gold, predicted, options, chance):
    before = scored(gold_with(gold), predicted, **options)
    after = scored(gold_with(permuted(gold, chance)), permuted(predicted, chance), **options)
    assert (before is None) == (after is None)
    if before is not None:
        assert values(before) == values(after)
        assert before.signature == after.signature


@given(golds, predictions(), matching)
def test_counts_and_rates_are_bounded(gold, predicted, options):
    report = scored(gold_with(gold), predicted, **options)
    for score in report.scores if report else ():
        assert score.value is None or 0 <= score.value <= 1 + 1e-12, score.measure
        if score.total is not None:
            assert score.total.matched_gold <= score.total.gold + 1e-9, score.measure
            assert score.total.matched_predicted <= score.total.predicted + 1e-9, score.measure


@given(golds)
def test_gold_against_itself_is_perfect(gold):
    report = scored(gold_with(gold), gold)
    for score in report.scores if report else ():
        if score.group in ("arguments", "event-relations", "claim-relations", "claims", "ranking"):
            continue  # gold that refers to missing items cannot be found
        assert score.value in (None, pytest.approx(1)), (score.group, score.measure)


@given(golds, predictions())
def test_arguments_by_entity_and_by_overlap_are_never_below_the_plain_ones(gold, predicted):
    report = scored(gold_with(gold), predicted)
    for measure in ("AC+", "AC") if report else ():
        plain = report.score("arguments", measure).total
        for way in ("by entity", "by overlap"):
            other = report.score("arguments", f"{measure}, {way}").total
            assert (other.gold, other.predicted) == (plain.gold, plain.predicted)
            assert other.matched_gold >= plain.matched_gold
            assert other.matched_predicted >= plain.matched_predicted


@given(golds, predictions(), st.sampled_from([*ENTITY_TYPES, *UNKNOWN]), matching)
def test_coreference_ignores_types(gold, predicted, label, options):
    before = scored(gold_with(gold), predicted, **options)
    retyped = msgspec.structs.replace(
        predicted,
        mentions=tuple(msgspec.structs.replace(m, type=label) for m in predicted.mentions),
        events=tuple(msgspec.structs.replace(e, type=label) for e in predicted.events),
    )
    after = scored(gold_with(gold), retyped, **options)
    for score in before.scores if before else ():
        if score.group in ("coreference", "event-coreference"):
            assert after.score(score.group, score.measure).value == score.value, score.measure
