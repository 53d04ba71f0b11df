"""BIO tags of tokens: what tags there are, and the spans that tags of tokens make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dateline.errors import InvalidInputError
from dateline.metrics.counts import BoolArray, IntArray
from dateline.metrics.spans import Spans
from dateline.model import Range

OUTSIDE = "O"


class Tags:
    """The tags of a model by class number, such as ``O``, ``B-PERSON`` and ``I-PERSON``.

    ``labels`` are the labels of spans without duplicates, in the order of the tags. Raises
    InvalidInputError for a name that is not a BIO tag.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        for name in self.names:
            if name != OUTSIDE and (name[:2] not in ("B-", "I-") or not name[2:]):
                raise InvalidInputError(
                    f"tags has {name!r}. Expected {OUTSIDE!r}, or B- or I- and a label."
                )
        self.labels = tuple(dict.fromkeys(name[2:] for name in self.names if name != OUTSIDE))
        number = {label: n for n, label in enumerate(self.labels)}
        self._label = np.array([number.get(name[2:], -1) for name in self.names], np.int64)
        self._begins = np.array([name.startswith("B-") for name in self.names])

    @classmethod
    def of_labels(cls, labels: Iterable[str]) -> Tags:
        """``O``, then B and I of each label."""
        return cls([OUTSIDE, *(f"{kind}-{label}" for label in labels for kind in "BI")])

    def spans(self, tag: IntArray, tokens: Tokens) -> Spans:
        """The spans that a tag for each token makes; the row of a text is the span's document.

        I without a B before starts a span, as in conlleval.
        """
        label = self._label[tag]
        before = np.concatenate(([-1], label[:-1]))
        starts_row = np.concatenate(([True], tokens.row[1:] != tokens.row[:-1]))[: len(label)]
        inside = label >= 0
        begins = inside & (self._begins[tag] | (label != before[: len(label)]) | starts_row)
        # A span ends at the last token before something else begins.
        goes_on = np.concatenate(((inside & ~begins)[1:], [False]))[: len(label)]
        first, last = np.flatnonzero(begins), np.flatnonzero(inside & ~goes_on)
        return Spans(
            tokens.row[first],
            label[first],
            np.arange(len(first) + 1),
            tokens.start[first],
            tokens.end[last],
        )


class Tokens(NamedTuple):
    """The tokens of several texts, in order: the row of the text, and offsets in it."""

    row: IntArray
    start: IntArray
    end: IntArray

    @classmethod
    def of_offsets(cls, offsets: Sequence[Sequence[Range]]) -> tuple[Tokens, IntArray]:
        """The tokens that have text, and the position of each among the tokens of its row.

        ``offsets`` are those of a tokenizer: empty for tokens that it adds, such as ``[CLS]``.
        """
        sizes = [len(row) for row in offsets]
        flat = np.array([pair for row in offsets for pair in row], np.int64).reshape(-1, 2)
        row = np.repeat(np.arange(len(sizes)), sizes)
        first = np.concatenate(([0], np.cumsum(sizes)))[:-1].astype(np.int64)
        position = np.arange(len(flat)) - first[row]
        kept = flat[:, 1] > flat[:, 0]
        return cls(row[kept], flat[kept, 0], flat[kept, 1]), position[kept]

    def continued(self, kept: BoolArray) -> Tokens:
        """The tokens of a mask; each reaches to the end of those left out after it in its row.

        So the first piece of a word, if only first pieces have a tag, stands for the word.
        """
        first = np.flatnonzero(kept)
        following = np.concatenate((first[1:], [len(self.row)]))[: len(first)]
        in_row = np.searchsorted(self.row, self.row[first], side="right")
        last = np.minimum(following, in_row) - 1
        return Tokens(self.row[first], self.start[first], self.end[last])


def best_classes(predictions: npt.NDArray[np.generic]) -> IntArray:
    """Class numbers: of logits of shape (..., classes) the greatest, of integers themselves."""
    if np.issubdtype(predictions.dtype, np.floating):
        return np.asarray(predictions.argmax(axis=-1), np.int64)
    return np.asarray(predictions, np.int64)
