"""Rules that docs/metrics.md states: what is counted, in which order, and what the hash covers."""

from __future__ import annotations

import random

import msgspec
import pytest

from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.scoring import score
from dateline.model import Span
from tests.conformance.documents import VALUE, Claim, Items, Mention, gold_of, items_of
from tests.conformance.freeze import read_random

RANKED = f"AP, check_worthy = {VALUE}"


def scored(gold: Items, predicted, layer: str):
    return score([predicted], gold_of(gold), layers=[layer])


def counts(report, group: str, measure: str) -> tuple[float, float, float]:
    total = report.score(group, measure).total
    return total.matched_gold, total.gold, total.predicted


@pytest.mark.parametrize("span", ["0-2", "0-2,8-9"])
def test_claims_with_equal_scores_are_ranked_by_their_place(span):
    first = Claim(span, VALUE, 0.5)
    for predicted in ((first, Claim("4-6", VALUE, 0.5)), (Claim("4-6", VALUE, 0.5), first)):
        items = items_of("d0", Items(claims=predicted))
        report = scored(Items(claims=(Claim(span, VALUE),)), items, "ranking")
        assert report.score("ranking", RANKED).value == 1


def test_claims_without_a_score_are_not_ranked():
    claims = (Claim("0-2", VALUE), Claim("4-6", VALUE, 0.5))
    report = scored(Items(claims=claims), items_of("d0", Items(claims=claims)), "ranking")
    assert report.score("ranking", RANKED).value == 0.5


def test_a_claim_whose_text_is_not_at_its_place_counts_as_a_sentence():
    gold = Items(claims=(Claim("0-4"),))
    predicted = items_of("d0", Items(claims=(Claim("0-4"), Claim("5-9"))))
    found, wrong = predicted.claims
    wrong = msgspec.structs.replace(wrong, spans=(Span(start=5, end=9, text="nope"),))
    predicted = msgspec.structs.replace(predicted, claims=(found, wrong))
    report = scored(gold, predicted, "claims")
    assert counts(report, "claims", "sentence") == (1, 1, 2)
    assert counts(report, "claims", "exact") == (1, 1, 2)


def test_a_missing_entity_or_claimer_does_not_make_the_item_wrong():
    gold = Items(mentions=(Mention("A", "0-3", "e1"),), claims=(Claim("0-4"),))
    predicted = items_of("d0", gold)
    (claim,) = predicted.claims
    predicted = msgspec.structs.replace(
        predicted, entities=(), claims=(msgspec.structs.replace(claim, claimer="m9"),)
    )
    assert counts(scored(gold, predicted, "entities"), "entities", "strict") == (1, 1, 1)
    report = scored(gold, predicted, "claims")
    assert len(report.problems) == 2
    assert counts(report, "claims", "exact") == (1, 1, 1)
    assert counts(report, "claims", "claimer, joint") == (0, 1, 1)


@pytest.mark.parametrize(
    "change", [{"tokens": ((0, 30),)}, {"sentences": ((0, 20),)}, {"sentences": ((0, 9), (9, 30))}]
)
def test_the_hash_of_the_gold_covers_sentences_and_tokens(change):
    gold = gold_of(Items(mentions=(Mention("A", "0-3"),)))
    (document,) = gold.documents
    other = msgspec.structs.replace(
        gold, documents=(msgspec.structs.replace(document, **change),)
    )  # fmt: skip
    assert ScoringInput(gold, []).gold_sha256 != ScoringInput(other, []).gold_sha256


def shuffled(items: Items, source: random.Random) -> Items:
    """The items in another order, and so with other ids."""
    order = source.sample(range(len(items.mentions)), len(items.mentions))
    events = [
        msgspec.structs.replace(
            event, arguments=tuple((role, order.index(filler)) for role, filler in event.arguments)
        )
        for event in source.sample(items.events, len(items.events))
    ]
    return msgspec.structs.replace(
        items,
        mentions=tuple(items.mentions[row] for row in order),
        events=tuple(events),
        claims=tuple(source.sample(items.claims, len(items.claims))),
    )


@pytest.mark.parametrize("case", read_random(), ids=lambda case: case.id)
def test_neither_order_nor_ids_matter_in_random_documents(case):
    source = random.Random(case.id)

    def report(gold, predicted):
        predictions = [items_of(f"d{n}", items) for n, items in enumerate(predicted)]
        found = score(predictions, gold_of(*gold), layers=["entities", "events", "claims"])
        return found.signature.gold, msgspec.to_builtins(found.scores)

    gold = [document.gold for document in case.documents]
    predicted = [document.predicted for document in case.documents]
    expected = report(gold, predicted)
    for _ in range(2):
        assert (
            report(*([shuffled(i, source) for i in side] for side in (gold, predicted))) == expected
        )
