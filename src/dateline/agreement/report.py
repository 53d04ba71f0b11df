"""The agreement report: plain values, as JSON output has them."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.agreement.disagreements import Disagreement
from dateline.model import Struct
from dateline.ontology.labels import AttributeKind

ALL = "all"
"""The label that means all labels together."""


FEWEST_ITEMS = 5
"""Items that an interval needs."""


class Score(Struct, frozen=True):
    """A coefficient with its 95% interval; None where undefined, or on fewer than five items.

    ``first`` and ``second`` count the items of each annotator, ``common`` those that both have.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    common: int | None = None
    first: int | None = None
    second: int | None = None


class Coefficients(Struct, frozen=True):
    """Cohen's κ and Krippendorff's nominal α on units; ``same`` of them have the same label."""

    units: int
    same: int
    kappa: Score
    alpha: Score


class AttributeAgreement(Struct, frozen=True):
    """Agreement on an attribute of matched items; ``same`` of the units have the same value.

    ``measures`` depends on the kind: ``kappa`` and ``alpha`` (one label, boolean), ``alpha (MASI)``
    (several labels), ``alpha (interval)`` (number) or ``same``, the share of equal values (text).
    """

    kind: AttributeKind
    units: int
    same: int
    measures: Mapping[str, Score]


class LayerAgreement(Struct, frozen=True):
    """Agreement on a layer.

    ``spans`` has F1 by match mode and label. Modes are ``exact`` (same spans and label),
    ``overlap`` (same label, of items matched one to one) and ``span`` (same spans, any label); the
    label ``all`` means all labels together. ``tokens`` has coefficients on the labels of tokens,
    for ``all`` and for each label against the rest; a token has the label of the shortest item that
    covers it, or O. A layer without spans (document, relations) has none of these. ``relations``
    has F1 by type of relations between matched items, of the same type and direction.
    ``attributes`` are those of matched items; of entities, they are named ``entity NAME``.
    ``gamma`` is None unless requested.
    """

    spans: Mapping[str, Mapping[str, Score]]
    tokens: Mapping[str, Coefficients]
    token_confusion: Mapping[str, Mapping[str, int]]
    relations: Mapping[str, Score]
    attributes: Mapping[str, AttributeAgreement]
    gamma: float | None


class PairAgreement(Struct, frozen=True):
    """Agreement of two annotators on the documents that both have annotated.

    ``contrasts`` is how many of these are contrasts.
    """

    first: str
    second: str
    documents: tuple[str, ...]
    contrasts: int
    layers: Mapping[str, LayerAgreement]
    coreference: float | None
    arguments: Mapping[str, Score]
    claims: Mapping[str, Score]
    disagreements: tuple[Disagreement, ...]


class AgreementReport(Struct, frozen=True):
    """Agreement of all pairs, and Krippendorff's α on tokens of all annotators, by layer.

    ``resamples`` is the number of resamples that each interval is computed from. ``apart`` are the
    pairs that share no document.
    """

    annotators: tuple[str, ...]
    resamples: int
    pairs: tuple[PairAgreement, ...]
    apart: tuple[tuple[str, str], ...]
    alpha: Mapping[str, float | None]
