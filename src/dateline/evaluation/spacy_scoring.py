"""Scores of spans during training, as a scorer of spaCy's registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dateline.evaluation.span_rates import rates_by_name
from dateline.metrics.spans import Spans

PREFIX = "mentions_"


def make_mention_scorer(spans_key: str | None = None) -> Callable[..., dict[str, float]]:
    """Make the scorer ``dateline.mention_scorer.v1``, which scores spans as `score` does.

    It scores the entities of documents, or with ``spans_key`` the spans of this group, which may
    overlap. It returns precision, recall and F1, from 0 to 1, of strict, exact, partial and type:
    ``mentions_strict_f1`` and so on; undefined values are 0.
    """

    def score(examples: Iterable[Any], **_: Any) -> dict[str, float]:
        pairs = [(example.reference, example.predicted) for example in examples]
        labels: dict[str, int] = {}
        gold, predicted = (
            Spans.of(_rows([pair[side] for pair in pairs], spans_key, labels)) for side in (0, 1)
        )
        return rates_by_name(gold, predicted, PREFIX)

    return score


def _rows(
    documents: list[Any], spans_key: str | None, labels: dict[str, int]
) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    for number, document in enumerate(documents):
        group = document.ents if spans_key is None else document.spans.get(spans_key, ())
        for span in group:
            # Spans without any token, which components may suggest, are nowhere.
            if span.start_char < span.end_char:
                label = labels.setdefault(span.label_, len(labels))
                yield number, label, [(span.start_char, span.end_char)]
