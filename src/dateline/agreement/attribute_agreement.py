"""Agreement on attributes, with the measure that fits their kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from dateline.agreement.coefficients import distance_alpha, interval_alpha, masi_distance
from dateline.agreement.counts import PairCount, Unit
from dateline.agreement.intervals import Resamples, scores, without_interval_of_few
from dateline.agreement.report import AttributeAgreement, Score
from dateline.annotations.pairing import CLAIMS
from dateline.model import AttributeValue
from dateline.ontology.labels import AttributeKind, Ontology

NOMINAL = ("label", "boolean")
"""Kinds whose values are compared for equality, corrected for chance."""


def attribute_kinds(ontology: Ontology, layer: str) -> dict[str, AttributeKind]:
    """The kind of each attribute of a layer.

    Those of entities are named ``entity NAME``, those of arguments ``argument NAME``, and the
    factuality of events ``factuality by SOURCE``.
    """
    kinds = {attribute.name: attribute.kind for attribute in ontology.attributes_of(layer)}
    if layer == "entities":
        kinds |= {f"entity {a.name}": a.kind for a in ontology.entity_attributes}
    if layer == "events":
        kinds |= {f"argument {a.name}": a.kind for a in ontology.argument_attributes}
        sources = [CLAIMS, *ontology.special_claimers] if ontology.factuality else []
        kinds |= dict.fromkeys((f"factuality by {source}" for source in sources), "label")
    return kinds


def attribute_agreements(
    kinds: Mapping[str, AttributeKind],
    units: Mapping[str, Sequence[Unit]],
    resamples: Resamples,
) -> dict[str, AttributeAgreement]:
    """Agreement by attribute, in the order of the names.

    Labels and booleans have Cohen's κ and Krippendorff's nominal α; several labels have α with
    MASI, in which a missing value is the empty set; numbers have α with the interval metric, on the
    units for which both annotators have a number; texts have the share of equal values.
    """
    nominal = {name: some for name, some in units.items() if kinds[name] in NOMINAL}
    coefficients, _ = resamples.coefficients(nominal) if nominal else ({}, {})
    found = {}
    for name in sorted(units):
        some, kind = units[name], kinds[name]
        if name in coefficients:
            one = coefficients[name]
            measures = {"kappa": one.kappa, "alpha": one.alpha}
        elif kind == "labels":
            score = _alpha_of_sets(some, resamples)
            measures = {"alpha (MASI)": without_interval_of_few(score, len(some))}
        elif kind == "number":
            score = _alpha_of_numbers(some, resamples)
            measures = {"alpha (interval)": without_interval_of_few(score, len(some))}
        else:
            measures = {"same": _share(some, resamples)}
        found[name] = AttributeAgreement(
            kind=kind,
            units=len(some),
            same=sum(one == other for _, one, other in some),
            measures=measures,
        )
    return found


def _alpha_of_sets(units: Sequence[Unit], resamples: Resamples) -> Score:
    pairs = [(sentence, _label_set(one), _label_set(other)) for sentence, one, other in units]
    sets = list(dict.fromkeys(value for _, *both in pairs for value in both))
    number = {value: n for n, value in enumerate(sets)}
    counts = np.zeros((resamples.sentences, len(sets) + 1))
    for sentence, one, other in pairs:
        counts[sentence, number[one]] += 1
        counts[sentence, number[other]] += 1
        counts[sentence, -1] += masi_distance(one, other)
    sums = resamples.sums(counts)
    distances = np.array([[masi_distance(one, other) for other in sets] for one in sets])
    return scores(distance_alpha(sums[:, -1], sums[:, :-1], distances)[None])[0]


def _alpha_of_numbers(units: Sequence[Unit], resamples: Resamples) -> Score:
    counts = np.zeros((resamples.sentences, 4))
    zero: float | None = None
    for sentence, one, other in units:
        if isinstance(one, int | float) and isinstance(other, int | float):
            # The measure does not depend on where zero is, and is exact close to it.
            zero = float(one) if zero is None else zero
            a, b = one - zero, other - zero
            counts[sentence] += 1, (a - b) ** 2, a + b, a**2 + b**2
    if zero is None:
        return Score(value=None)
    return scores(interval_alpha(*resamples.sums(counts).T)[None])[0]


def _share(units: Sequence[Unit], resamples: Resamples) -> Score:
    counts: dict[int, PairCount] = defaultdict(PairCount)
    for sentence, one, other in units:
        counts[sentence] += PairCount(common=int(one == other), first=1, second=1)
    return resamples.f1_scores({"": counts})[""]


def _label_set(value: AttributeValue | None) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()
