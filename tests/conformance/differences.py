"""Cases in which Dateline and a peer give different scores, because they define them differently.

Each has the scores of both. Those of the peer are also in its frozen file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from .documents import VALUE, Case, Claim, Document, Event, Items, Mention

Scores: TypeAlias = tuple[float | None, float | None, float | None]
"""Precision, recall and F."""


class Difference(NamedTuple):
    """``scores`` has Dateline's and the peer's, by the peer's measure."""

    case: Case
    peer: str
    why: str
    scores: Mapping[str, tuple[Scores, Scores]]


def _case(name: str, *documents: tuple[Items, Items]) -> Case:
    return Case(name, tuple(Document(gold, predicted) for gold, predicted in documents))


def _mentions(*rows: tuple[str, ...], **links: str) -> Items:
    return Items(mentions=tuple(Mention(*row) for row in rows), links=links)


def _chains(*rows: Sequence[str]) -> Items:
    """Chains of mentions of one type, each from the spans of a chain."""
    return _mentions(*(("A", span, f"e{i}") for i, some in enumerate(rows) for span in some))


def _events(*rows: tuple[str, ...]) -> Items:
    return Items(events=tuple(Event(*row) for row in rows))


def _claims(*rows: tuple[str, str, float | None]) -> Items:
    return Items(claims=tuple(Claim(*row) for row in rows))


TWO_EVENTS = _case(
    "two-events-of-a-trigger",
    (
        Items(
            mentions=(Mention("A", "0-3"), Mention("A", "10-12"), Mention("A", "14-16")),
            events=(
                Event("MEET", "5-8", None, (("agent", 0), ("place", 1))),
                Event("MEET", "5-8", None, (("agent", 0), ("place", 2))),
            ),
        ),
        Items(
            mentions=(Mention("A", "0-3"), Mention("A", "10-12")),
            events=(Event("MEET", "5-8", None, (("agent", 0), ("place", 1))),),
        ),
    ),
)
GOLD_IN_TWO_CHAINS = _case(
    "gold-mention-in-two-chains",
    (
        _mentions(("A", "0-3", "e1"), ("A", "4-6", "e1"), ("B", "0-3", "e2"), ("B", "8-9", "e2")),
        _chains(["0-3", "4-6"], ["8-9"]),
    ),
)
PREDICTED_IN_TWO_CHAINS = _case(
    "predicted-mention-in-two-chains",
    (_chains(["0-3", "4-6"], ["8-9"]), _chains(["0-3", "4-6"], ["0-3", "8-9"])),
)

ONE_OF_TWO_MISSED: Mapping[str, tuple[Scores, Scores]] = {
    "muc": ((1.0, 1.0, 1.0), (0.0, 0.0, 0.0)),
    "bcub": ((1.0, 1.0, 1.0), (0.25, 0.25, 0.25)),
    "ceafe": ((1.0, 1.0, 1.0), (0.5, 0.5, 0.5)),
    "ceafm": ((1.0, 1.0, 1.0), (0.5, 0.5, 0.5)),
    "lea": ((1.0, 1.0, 1.0), (0.0, 0.0, 0.0)),
    "CoNLL": ((None, None, 1.0), (None, None, 0.25)),
}

DIFFERENCES: list[Difference] = [
    Difference(
        _case("nothing-predicted", (_mentions(("A", "0-3")), _mentions())),
        "seqeval",
        "Without predictions, precision is undefined. The peer gives 0.",
        dict.fromkeys(["micro", "A"], ((None, 0.0, 0.0), (0.0, 0.0, 0.0))),
    ),
    Difference(
        _case("nothing-predicted", (_mentions(("A", "0-3")), _mentions())),
        "conlleval",
        "Without predictions, precision is undefined. The peer gives 0.",
        dict.fromkeys(["micro", "A"], ((None, 0.0, 0.0), (0.0, 0.0, 0.0))),
    ),
    Difference(
        _case(
            "long-prediction-first",
            (
                _mentions(("A", "0-4"), ("A", "5-9")),
                _mentions(("A", "0-9"), ("A", "1-4")),
            ),
        ),
        "nervaluate",
        "Matching is optimal: as many pairs as possible. The peer takes the first overlap.",
        {
            "partial": ((0.5, 0.5, 0.5), (0.25, 0.25, 0.25)),
            "ent_type": ((1.0, 1.0, 1.0), (0.5, 0.5, 0.5)),
        },
    ),
    Difference(
        _case(
            "prediction-in-triplicate",
            (_mentions(("A", "0-3")), _mentions(*[("A", "0-3")] * 3)),
        ),
        "nervaluate",
        "Duplicates count once. The peer counts each as a prediction.",
        dict.fromkeys(
            ["strict", "exact", "partial", "ent_type"], ((1.0, 1.0, 1.0), (0.3333, 1.0, 0.5))
        ),
    ),
    Difference(
        _case(
            "unknown-type",
            (_mentions(("A", "0-3")), _mentions(("A", "0-3"), ("Z", "4-6"), ("Z", "7-9"))),
        ),
        "nervaluate",
        "A prediction with an unknown type is a false positive. The peer leaves it out.",
        dict.fromkeys(
            ["strict", "exact", "partial", "ent_type"], ((0.3333, 1.0, 0.5), (1.0, 1.0, 1.0))
        ),
    ),
    Difference(
        _case("singletons-only", (_chains(["0-1"], ["2-3"]), _chains(["0-1"], ["2-3"]))),
        "reference-coreference-scorers",
        "MUC has no links if all chains are singletons, so it is undefined. The peer gives 0.",
        {
            "muc": ((None, None, None), (0.0, 0.0, 0.0)),
            "blanc links": ((None, None, None), (0.0, 0.0, 0.0)),
        },
    ),
    Difference(
        _case("singletons-only", (_chains(["0-1"], ["2-3"]), _chains(["0-1"], ["2-3"]))),
        "corefud-scorer-averages",
        "CoNLL is undefined if MUC is. The peer counts MUC as 0.",
        {
            "CoNLL": ((None, None, None), (None, None, 0.6667)),
        },
    ),
    Difference(
        _case("one-chain", (_chains(["0-1", "2-3"]), _chains(["0-1", "2-3"], ["4-5"]))),
        "corefud-scorer-averages",
        "BLANC is of the classes that gold has links of. The peer also uses those of predictions.",
        {
            "blanc": ((None, None, 1.0), (None, None, 0.5)),
        },
    ),
    Difference(
        _case("longer-prediction", (_chains(["0-4", "10-13"]), _chains(["0-6", "10-13"]))),
        "corefud-scorer-partial",
        "Mentions match if they overlap. For the peer, the prediction must be inside the gold "
        "mention and have its head.",
        ONE_OF_TWO_MISSED,
    ),
    Difference(
        _case("prediction-without-head", (_chains(["0-4", "10-13"]), _chains(["2-4", "10-13"]))),
        "corefud-scorer-head",
        "Mentions match if they overlap. For the peer, they must have the same head, here the "
        "first token.",
        ONE_OF_TWO_MISSED,
    ),
    Difference(
        _case(
            "spurious-mention",
            (_chains(["0-1", "2-3"], ["4-5"]), _chains(["0-1", "2-3"], ["4-5", "6-7"])),
        ),
        "scorch-command",
        "A mention that gold does not have is spurious. The peer adds it to gold as a singleton.",
        {
            "b_cubed": ((0.625, 1.0, 0.7692), (0.75, 1.0, 0.8571)),
            "ceaf_m": ((0.75, 1.0, 0.8571), (0.75, 0.75, 0.75)),
            "ceaf_e": ((0.8333, 0.8333, 0.8333), (0.8333, 0.5556, 0.6667)),
        },
    ),
    Difference(
        _case(
            "two-documents",
            (_chains(["0-1", "2-3"]), _chains(["0-1", "2-3"])),
            (_chains(["0-1", "2-3", "4-5", "6-7"]), _chains(["0-1", "2-3"], ["4-5", "6-7"])),
        ),
        "scorch-command",
        "Counts are added over documents. The peer averages the rates of documents.",
        {
            "muc": ((1.0, 0.75, 0.8571), (1.0, 0.7778, 0.8667)),
            "b_cubed": ((1.0, 0.6667, 0.8), (1.0, 0.6667, 0.7778)),
            "ceaf_e": ((0.5556, 0.8333, 0.6667), (0.5556, 0.7778, 0.6296)),
        },
    ),
    Difference(
        _case(
            "no-arguments",
            (_events(("MEET", "0-4")), _events(("MEET", "0-4"))),
        ),
        "TextEE",
        "Without arguments in gold and predictions, scores are undefined. The peer gives 0.",
        dict.fromkeys(
            ["argument_id", "argument_cls", "argument_attached_id", "argument_attached_cls"],
            ((None, None, None), (0.0, 0.0, 0.0)),
        ),
    ),
    Difference(
        _case("overlapping-trigger", (_events(("MEET", "0-4")), _events(("MEET", "0-6")))),
        "EvmEval",
        "A trigger matches if its span is the same. The peer gives credit for overlap (Dice).",
        dict.fromkeys(["plain", "mention_type"], ((0.0, 0.0, 0.0), (0.8, 0.8, 0.8))),
    ),
    Difference(
        _case(
            "two-types-at-a-trigger",
            (_events(("MEET", "0-4"), ("ATTACK", "0-4")), _events(("MEET", "0-4"))),
        ),
        "EvmEval",
        "TI counts a trigger once, however many types it has. The peer counts each type.",
        {
            "plain": ((1.0, 1.0, 1.0), (1.0, 0.5, 0.6667)),
        },
    ),
    Difference(
        _case(
            "predicted-trigger-twice",
            (_events(("MEET", "0-4")), _events(("MEET", "0-4"), ("MEET", "0-4"))),
        ),
        "EvmEval",
        "Duplicates count once. The peer counts each as a prediction.",
        dict.fromkeys(["plain", "mention_type"], ((1.0, 1.0, 1.0), (0.5, 1.0, 0.6667))),
    ),
    Difference(
        _case(
            "document-without-events",
            (_events(("MEET", "0-4")), _events(("MEET", "0-4"))),
            (_events(), _events(("MEET", "0-4"))),
        ),
        "EvmEval",
        "All predictions count. The peer leaves out those of a document without gold events.",
        dict.fromkeys(["plain", "mention_type"], ((0.5, 1.0, 0.6667), (1.0, 1.0, 1.0))),
    ),
    Difference(
        _case(
            "wrong-type-in-a-cluster",
            (
                _events(("MEET", "0-4", "v1"), ("MEET", "5-9", "v1")),
                _events(("MEET", "0-4", "v1"), ("ATTACK", "5-9", "v1")),
            ),
        ),
        "EvmEval-coreference",
        "Event coreference ignores types. The peer requires the same type.",
        {
            "bcub": ((None, None, 1.0), (None, None, 0.25)),
            "ceafe": ((None, None, 1.0), (None, None, 0.5)),
            "ceafm": ((None, None, 1.0), (None, None, 0.5)),
            "muc": ((None, None, 1.0), (None, None, 0.0)),
            "blanc": ((None, None, 1.0), (None, None, 0.0)),
        },
    ),
    Difference(
        _case(
            "two-types-at-a-span",
            (
                _mentions(("A", "0-3", "e1"), ("B", "0-3", "e2"), e1="Q1", e2="Q2"),
                _mentions(("A", "0-3", "e1"), e1="Q1"),
            ),
        ),
        "neleval-mentions",
        "Each mention counts. Without types, the peer counts a span once.",
        {
            "strong_mention_match": ((1.0, 0.5, 0.6667), (1.0, 1.0, 1.0)),
        },
    ),
    Difference(
        _case(
            "unlinked-mention",
            (
                _mentions(("A", "0-3", "e1"), ("A", "4-6"), e1="Q1"),
                _mentions(("A", "0-3", "e1"), ("A", "4-6"), e1="Q1"),
            ),
        ),
        "neleval",
        "A mention without a link is left out. The peer counts it as NIL.",
        {
            "strong_typed_nil_match": ((None, None, None), (1.0, 1.0, 1.0)),
        },
    ),
    Difference(
        _case(
            "one-entity-in-two-documents",
            (_chains(["0-1", "2-3"]), _chains(["0-1", "2-3"])),
            (_chains(["0-1", "2-3"]), _chains(["0-1"], ["2-3"])),
        ),
        "neleval-corpus-chains",
        "Chains end with the document. The peer's chains are those of the whole corpus.",
        {
            "b_cubed": ((1.0, 0.75, 0.8571), (1.0, 0.625, 0.769)),
            "entity_ceaf": ((0.5556, 0.8333, 0.6667), (0.429, 0.857, 0.571)),
            "muc": ((1.0, 0.5, 0.6667), (1.0, 0.667, 0.8)),
        },
    ),
    Difference(
        _case(
            "equal-scores",
            (
                _claims(("0-4", VALUE, None)),
                _claims(("0-4", VALUE, 0.5), ("5-9", VALUE, 0.5)),
            ),
        ),
        "ir_measures",
        "Equal scores are ranked by place in the text. The peer ranks them by id, in reverse.",
        {
            "AP": ((None, None, 1.0), (None, None, 0.5)),
            "RR": ((None, None, 1.0), (None, None, 0.5)),
            "P@1": ((None, None, 1.0), (None, None, 0.0)),
        },
    ),
    Difference(
        TWO_EVENTS,
        "TextEE",
        "Events of one trigger and type are told apart. The peer merges their arguments.",
        {
            "argument_attached_id": ((1.0, 0.5, 0.6667), (1.0, 0.6667, 0.8)),
            "argument_attached_cls": ((1.0, 0.5, 0.6667), (1.0, 0.6667, 0.8)),
        },
    ),
    Difference(
        TWO_EVENTS,
        "EvmEval",
        "TI and TC count a trigger with its type once. The peer counts each event.",
        dict.fromkeys(["plain", "mention_type"], ((1.0, 1.0, 1.0), (1.0, 0.5, 0.6667))),
    ),
    Difference(
        GOLD_IN_TWO_CHAINS,
        "reference-coreference-scorers",
        "Chains that share a mention are one chain. The peer does not merge them.",
        {
            "muc": ((1.0, 0.5, 0.6667), (0.0, 0.0, 0.0)),
            "bcub": ((1.0, 0.5556, 0.7143), (0.8333, 0.5, 0.625)),
            "ceafm": ((0.6667, 0.6667, 0.6667), (1.0, 0.75, 0.8571)),
            "ceafe": ((0.4, 0.8, 0.5333), (0.8333, 0.8333, 0.8333)),
            "blanc links": ((1.0, 0.3333, 0.5), (1.0, 0.5, 0.6666)),
            "blanc non-links": ((0.0, None, 0.0), (1.0, 0.5, 0.6666)),
            "blanc": ((None, None, 0.5), (None, None, 0.6666)),
        },
    ),
    Difference(
        PREDICTED_IN_TWO_CHAINS,
        "reference-coreference-scorers",
        "Chains that share a mention are one chain. The peer drops the repeated mention.",
        {
            "muc": ((0.5, 1.0, 0.6667), (1.0, 1.0, 1.0)),
            "bcub": ((0.5556, 1.0, 0.7143), (1.0, 1.0, 1.0)),
            "ceafm": ((0.6667, 0.6667, 0.6667), (1.0, 1.0, 1.0)),
            "ceafe": ((0.8, 0.4, 0.5333), (1.0, 1.0, 1.0)),
            "blanc links": ((0.3333, 1.0, 0.5), (1.0, 1.0, 1.0)),
            "blanc non-links": ((None, 0.0, 0.0), (1.0, 1.0, 1.0)),
            "blanc": ((None, None, 0.25), (None, None, 1.0)),
        },
    ),
    Difference(
        GOLD_IN_TWO_CHAINS,
        "corefud-scorer",
        "Chains that share a mention are one chain. The peer does not merge them.",
        {
            "muc": ((1.0, 0.5, 0.6667), (0.0, 0.5, 0.0)),
            "bcub": ((1.0, 0.5556, 0.7143), (0.6667, 0.75, 0.7059)),
            "ceafe": ((0.4, 0.8, 0.5333), (0.8333, 0.8333, 0.8333)),
            "ceafm": ((0.6667, 0.6667, 0.6667), (1.0, 0.75, 0.8571)),
            "lea": ((0.6667, 0.3333, 0.4444), (0.0, 0.5, 0.0)),
        },
    ),
    Difference(
        PREDICTED_IN_TWO_CHAINS,
        "corefud-scorer",
        "Chains that share a mention are one chain. The peer does not merge them.",
        {
            "muc": ((0.5, 1.0, 0.6667), (0.5, 0.0, 0.0)),
            "bcub": ((0.5556, 1.0, 0.7143), (0.75, 0.6667, 0.7059)),
            "ceafe": ((0.8, 0.4, 0.5333), (0.8333, 0.8333, 0.8333)),
            "ceafm": ((0.6667, 0.6667, 0.6667), (0.75, 1.0, 0.8571)),
            "lea": ((0.3333, 0.6667, 0.4444), (0.5, 0.0, 0.0)),
        },
    ),
]
