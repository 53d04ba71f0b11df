"""Scores of token classification during training, for the Trainer of Transformers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from dateline.errors import InvalidInputError
from dateline.evaluation.span_rates import rates_by_name
from dateline.evaluation.tags import Tags, Tokens, best_classes
from dateline.metrics.spans import Spans
from dateline.model import Range

IGNORED = -100
"""The class number of tokens that the loss ignores."""


def trainer_metrics(
    tags: Sequence[str],
    offsets: Sequence[Sequence[Range]],
    gold: Sequence[Iterable[tuple[int, int, str]]] | None = None,
) -> Callable[[Any], dict[str, float]]:
    """Make a function ``compute_metrics`` that scores the spans of BIO tags as `score` does.

    ``tags`` are the names of the classes, such as ``["O", "B-PERSON", "I-PERSON"]``. ``offsets``
    has the ``offset_mapping`` of each row of the evaluation data, in its order; tokens without text
    are ignored, and a token whose label is -100 belongs to the token before. ``gold`` has start,
    end and label of the spans of each row, in the same offsets. Without it, gold is what the tags
    of the evaluation data make, so that overlapping spans, and others that tags cannot represent,
    are not counted.

    The function takes a ``transformers.EvalPrediction``, of logits or of class numbers. It returns
    precision, recall and F1, from 0 to 1, of strict, exact, partial and type: ``strict_f1`` and so
    on; undefined values are 0. Raises InvalidInputError for a class that is not a BIO tag, and for
    evaluation data with other rows than ``offsets``.
    """
    names = Tags(tags)
    tokens, position = Tokens.of_offsets(offsets)
    labels = {label: number for number, label in enumerate(names.labels)}
    given = None
    if gold is not None:
        _check_rows("gold", len(gold), len(offsets))
        given = Spans.of(
            (row, labels.setdefault(label, len(labels)), [(start, end)])
            for row, items in enumerate(gold)
            for start, end, label in items
        )

    def compute_metrics(prediction: Any) -> dict[str, float]:
        tagged = np.asarray(prediction.label_ids)
        _check_rows("the evaluation data", len(tagged), len(offsets))
        if (width := tagged.shape[1]) <= position.max(initial=-1):
            raise InvalidInputError(
                f"the evaluation data has {width} tokens in a row, and offsets more. Use the "
                "offsets of the same encoding."
            )
        gold_tag = tagged[tokens.row, position]
        tag = best_classes(np.asarray(prediction.predictions))[tokens.row, position]
        kept = gold_tag != IGNORED
        seen = tokens.continued(kept)
        wanted = names.spans(gold_tag[kept], seen) if given is None else given
        return rates_by_name(wanted, names.spans(tag[kept], seen))

    return compute_metrics


def _check_rows(what: str, found: int, offsets: int) -> None:
    if found != offsets:
        raise InvalidInputError(f"{what} has {found} rows, and offsets {offsets}.")
