"""Scores of BIO tags in a training loop are those of the spans that they make."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import f1_score, precision_score, recall_score

import dateline
from dateline.errors import InvalidInputError
from dateline.evaluation.tags import Tags, Tokens

TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
IGNORED = -100


class Evaluated(NamedTuple):
    """As `transformers.EvalPrediction`."""

    predictions: np.ndarray
    label_ids: np.ndarray


def padded(rows: list[list[int]], value: int = IGNORED) -> np.ndarray:
    width = max((len(row) for row in rows), default=0)
    return np.array([[*row, *[value] * (width - len(row))] for row in rows]).reshape(-1, width)


def offsets_of(rows: list[list[int]]) -> list[list[tuple[int, int]]]:
    """Tokens of two code points with a space between, and [CLS] and [SEP] around."""
    return [[(0, 0), *((3 * n, 3 * n + 2) for n in range(len(row))), (0, 0)] for row in rows]


def around(rows: list[list[int]]) -> list[list[int]]:
    return [[IGNORED, *row, IGNORED] for row in rows]


pairs = st.lists(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8), min_size=1, max_size=5
)


@given(pairs)
def test_strict_scores_are_those_of_seqeval(rows: list[list[tuple[int, int]]]):
    gold, found = ([[pair[side] for pair in row] for row in rows] for side in (0, 1))
    compute_metrics = dateline.trainer_metrics(TAGS, offsets_of(gold))
    scores = compute_metrics(Evaluated(padded(around(found), 0), padded(around(gold))))
    tags = [[[TAGS[n] for n in row] for row in side] for side in (gold, found)]
    assert scores["strict_precision"] == pytest.approx(precision_score(*tags, zero_division=0))
    assert scores["strict_recall"] == pytest.approx(recall_score(*tags, zero_division=0))
    assert scores["strict_f1"] == pytest.approx(f1_score(*tags, zero_division=0))


def test_logits_are_scored_by_their_greatest():
    gold = [[1, 2, 0, 3]]
    logits = np.eye(len(TAGS), dtype=np.float32)[padded(around(gold), 0).clip(0)]
    scores = dateline.trainer_metrics(TAGS, offsets_of(gold))(
        Evaluated(logits, padded(around(gold)))
    )
    assert scores["strict_f1"] == scores["type_f1"] == 1


def test_what_tags_cannot_represent_is_missed_if_gold_is_given():
    rows = [[1, 2, 0]]  # the second span is inside the first
    gold = [[(0, 5, "PER"), (3, 5, "LOC"), (30, 32, "UNSEEN")]]
    evaluated = Evaluated(padded(around(rows), 0), padded(around(rows)))
    assert dateline.trainer_metrics(TAGS, offsets_of(rows))(evaluated)["strict_recall"] == 1
    scores = dateline.trainer_metrics(TAGS, offsets_of(rows), gold)(evaluated)
    assert scores["strict_recall"] == pytest.approx(1 / 3)
    assert scores["strict_precision"] == 1


def test_pieces_without_a_tag_belong_to_the_word():
    # "Kim Jongun": only the first piece of each word has a tag.
    offsets = [[(0, 0), (0, 3), (4, 8), (8, 10), (0, 0)], [(0, 0), (0, 2), (2, 4)]]
    labels = padded([[IGNORED, 1, 2, IGNORED, IGNORED], [IGNORED, 3, IGNORED]])
    gold = [[(0, 10, "PER")], [(0, 4, "LOC")]]
    predictions = padded([[0, 1, 2, 0, 0], [0, 3, 1]], 0)
    scores = dateline.trainer_metrics(TAGS, offsets, gold)(Evaluated(predictions, labels))
    assert scores["strict_f1"] == 1


def test_other_rows_and_other_tags_are_refused():
    with pytest.raises(InvalidInputError, match="Expected 'O', or B- or I-"):
        dateline.trainer_metrics(["O", "PER"], [])
    with pytest.raises(InvalidInputError, match="gold has 1 rows, and offsets 2"):
        dateline.trainer_metrics(TAGS, [[], []], [[]])
    compute_metrics = dateline.trainer_metrics(TAGS, [[]])
    with pytest.raises(InvalidInputError, match="the evaluation data has 2 rows, and offsets 1"):
        compute_metrics(Evaluated(np.zeros((2, 3), int), np.zeros((2, 3), int)))
    compute_metrics = dateline.trainer_metrics(TAGS, [[(0, 1)] * 4])
    with pytest.raises(InvalidInputError, match="has 3 tokens in a row, and offsets more"):
        compute_metrics(Evaluated(np.zeros((1, 3), int), np.zeros((1, 3), int)))


def test_no_tokens_make_no_spans():
    tokens, _ = Tokens.of_offsets([])
    assert len(Tags(TAGS).spans(np.array([], int), tokens)) == 0
