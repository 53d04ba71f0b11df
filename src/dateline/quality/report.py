"""The quality report: plain values, as JSON output has them."""

from __future__ import annotations

from dateline.model import Struct

OTHERS = "others"
"""What several other annotators are called together."""

ALPHA = 0.01
"""The share of reports on steady annotators that may flag one of them for drift, and likewise for
labels."""


class Agreement(Struct, frozen=True):
    """F1 of an annotator with others, or with gold, and its 95% interval; None where undefined.

    ``documents`` were annotated by both sides. ``items`` is the number of the annotator's items and
    values that were compared, each counted once for each other annotator.
    """

    documents: int
    items: int
    value: float | None
    low: float | None
    high: float | None


class Work(Struct, frozen=True):
    """What an annotator did in an ISO week; a ``week`` of None means unknown times.

    ``items`` are mentions, events, claims and relations. ``seconds`` is how long ``timed`` of the
    documents were open on the page. An agreement is None if nothing can be compared.
    """

    annotator: str
    week: str | None
    documents: int
    items: int
    seconds: float
    timed: int
    others: Agreement | None
    gold: Agreement | None


class Drift(Struct, frozen=True):
    """Whether an annotator's agreement falls with time.

    ``against`` is ``gold``, ``others``, or the only other annotator, of whom it may be the drift as
    well. ``earlier`` and ``later`` are the agreement on both halves of the ``documents``. ``p`` is
    that of `dateline.metrics.permutation.decline`, ``adjusted`` corrected for the number of tests
    in the report. All are None with too few documents.
    """

    annotator: str
    against: str
    documents: int
    earlier: float | None
    later: float | None
    p: float | None
    adjusted: float | None
    flagged: bool


class LabelUse(Struct, frozen=True):
    """How often an annotator uses a label, and others do on the same documents.

    ``against`` is ``others`` or the only other annotator. ``others`` is the mean over the others of
    a document, summed over documents. ``value`` is the F1 of the label's items with the same spans.
    ``instead`` is the label that the others give most often to matched items of this label, None if
    they give no other one. ``adjusted`` is a p value that is corrected for the number of labels and
    annotators, None with too few documents.
    """

    annotator: str
    against: str
    layer: str
    label: str
    own: int
    others: float
    value: float | None
    instead: str | None
    adjusted: float | None
    flagged: bool


class QualityReport(Struct, frozen=True):
    """The work of each annotator by week, drift, and labels."""

    alpha: float
    work: tuple[Work, ...]
    drift: tuple[Drift, ...]
    labels: tuple[LabelUse, ...]
