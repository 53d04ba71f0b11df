"""Ten thousand random cases each, compared with other scorers."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.metrics.v1 import precision_recall_fscore_support
from seqeval.scheme import IOB2, Entities
from sklearn.metrics import multilabel_confusion_matrix

from dateline.metrics.classification import LabelPairs, matched_only
from dateline.metrics.counts import (
    GOLD,
    HIT_GOLD,
    HIT_PREDICTED,
    PREDICTED,
    f_score,
    precision,
    recall,
)
from dateline.metrics.span_matching import match_distinct
from dateline.metrics.span_scores import semeval, strict
from dateline.metrics.spans import Spans
from dateline.predictions.formats.bio import BEGIN, DROP, read_bio
from tests.metrics import oracle

CASES = 10_000
LABELS = 3


def noisy(generator: random.Random, gold: list[oracle.Row]) -> list[oracle.Row]:
    """Predictions that are often correct, sometimes nearly, with spurious and duplicate ones."""
    found = []
    for document, label, place in gold:
        chance = generator.random()
        if chance < 0.5:
            found.append((document, label, place))
        elif chance < 0.65:
            found.append((document, generator.randrange(LABELS), place))
        elif chance < 0.8:
            (start, end), *rest = place
            found.append((document, label, ((start, max(end - 1, start + 1)), *rest)))
        if chance < 0.05:
            found.append(found[-1])
    found += [(document, label, place) for document, label, place in rows(generator, 2)]
    generator.shuffle(found)
    return found


def rows(generator: random.Random, most: int) -> list[oracle.Row]:
    """Spans of two documents: nested, crossing, discontinuous."""
    found = []
    for _ in range(generator.randint(0, most)):
        size = generator.choice((1, 1, 1, 2))
        cuts = sorted(generator.sample(range(14), 2 * size))
        place = tuple(zip(cuts[::2], cuts[1::2], strict=True))
        found.append((generator.randrange(2), generator.randrange(LABELS), place))
    return found


def test_sets_of_spans():
    generator = random.Random(1)
    for _ in range(CASES):
        gold = rows(generator, 6)
        predicted = noisy(generator, gold)
        hits, in_gold, in_predicted = oracle.strict(gold, predicted)
        counts = strict(Spans.of(gold), Spans.of(predicted), 2, LABELS).sum(axis=(0, 1))
        assert counts.tolist() == [hits, in_gold, hits, in_predicted], (gold, predicted)


def test_every_assignment_tried():
    generator = random.Random(2)
    for _ in range(CASES):
        gold = rows(generator, 4)
        predicted = noisy(generator, gold)[:5]
        expected = oracle.semeval(gold, predicted)
        found = semeval(match_distinct(Spans.of(gold), Spans.of(predicted)), 2, LABELS)
        for mode, counts in found.items():
            assert counts.sum(axis=(0, 1))[HIT_GOLD] == expected[mode], (mode, gold, predicted)


def tags(generator: random.Random, length: int) -> tuple[list[str], list[tuple[int, int, int]]]:
    """Valid BIO tags, and their spans as label, first token, end (exclusive)."""
    names, spans = ["O"] * length, []
    position = 0
    while position < length:
        if generator.random() < 0.5:
            label, size = generator.randrange(LABELS), generator.randint(1, 3)
            end = min(position + size, length)
            names[position:end] = [f"B-{label}", *[f"I-{label}"] * (end - position - 1)]
            spans.append((label, position, end))
            position = end
        else:
            position += 1
    return names, spans


def test_seqeval_in_strict_mode():
    generator = random.Random(3)
    compared = 0
    while compared < CASES:
        length = generator.randint(1, 8)
        (gold_tags, gold), (predicted_tags, predicted) = (
            tags(generator, length),
            tags(generator, length),
        )
        if not gold or not predicted:
            continue  # seqeval gives 0 for undefined scores
        compared += 1
        sides = (
            Spans.of((0, label, [(a, b)]) for label, a, b in side) for side in (gold, predicted)
        )
        total = strict(*sides, 1, LABELS).sum(axis=(0, 1))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = precision_recall_fscore_support(
                [gold_tags], [predicted_tags], scheme=IOB2, average="micro"
            )
        scores = precision(total), recall(total), f_score(total)
        assert scores == pytest.approx(theirs[:3]), (gold_tags, predicted_tags)


def any_tags(generator: random.Random) -> list[str]:
    """Tags of any order, many of them invalid."""
    allowed = ("O", *(f"{border}-{label}" for border in "BI" for label in range(LABELS)))
    return [generator.choice(allowed) for _ in range(generator.randint(1, 8))]


@pytest.mark.parametrize("repair", [BEGIN, DROP])
def test_invalid_tags_become_the_spans_of_seqeval(tmp_path, repair):
    generator = random.Random(5)
    documents = {f"d{i}": any_tags(generator) for i in range(CASES)}
    path = tmp_path / "tags.tsv"
    path.write_text(
        "".join(
            f"# document = {name}\n" + "".join(f"x\t{tag}\n" for tag in some)
            for name, some in documents.items()
        )
    )
    texts = {name: " ".join("x" * len(some)) for name, some in documents.items()}
    for prediction, _ in read_bio(path, texts, "entities", repair):
        some = documents[prediction.document]
        if repair == BEGIN:  # seqeval's default mode
            theirs = {(label, first, last) for label, first, last in get_entities(some)}
        else:  # its strict mode
            (entities,) = Entities([some], scheme=IOB2).entities
            theirs = {(entity.tag, entity.start, entity.end - 1) for entity in entities}
        found = {
            (m.type, m.spans[0].start // 2, (m.spans[0].end - 1) // 2) for m in prediction.mentions
        }
        assert found == theirs, some


def test_confusions_of_scikit_learn():
    generator = np.random.default_rng(4)
    for _ in range(CASES):
        gold, predicted = generator.integers(LABELS, size=(2, generator.integers(1, 12)))
        counts = matched_only(LabelPairs(np.zeros_like(gold), gold, predicted), 1, LABELS)[0]
        theirs = multilabel_confusion_matrix(gold, predicted, labels=range(LABELS))
        hits = theirs[:, 1, 1]
        assert counts[:, HIT_GOLD].tolist() == counts[:, HIT_PREDICTED].tolist() == hits.tolist()
        assert counts[:, GOLD].tolist() == (hits + theirs[:, 1, 0]).tolist()
        assert counts[:, PREDICTED].tolist() == (hits + theirs[:, 0, 1]).tolist()
