"""ir_measures: claims ranked by a score."""

from __future__ import annotations

from ..documents import ATTRIBUTE, VALUE, Case, Claim, Document, Items, points
from .peer import Numbers, Peer, Place

CUTOFFS = (1, 3, 5, 10)


def _covered(document: Document) -> Document | None:
    """Claims that share no text, and predictions at a gold claim or apart from all."""
    gold = _apart(document.gold.claims)
    spans = {claim.span for claim in gold}
    predicted = [
        claim
        for claim in _apart(document.predicted.claims)
        if claim.span in spans or all(points(claim.span).isdisjoint(points(s)) for s in spans)
    ]
    return Document(Items(claims=tuple(gold)), Items(claims=tuple(predicted)))


def _apart(claims: tuple[Claim, ...]) -> list[Claim]:
    kept: list[Claim] = []
    for claim in claims:
        if all(points(claim.span).isdisjoint(points(other.span)) for other in kept):
            kept.append(claim)
    return kept


def run(case: Case, place: Place) -> Numbers:
    import ir_measures
    from ir_measures import AP, RR, P

    measures = {"AP": AP, "RR": RR, **{f"P@{k}": P @ k for k in CUTOFFS}}
    judged = [
        ir_measures.Qrel(f"d{n}", claim.span, 1)
        for n, document in enumerate(case.documents)
        for claim in document.gold.claims
        if claim.value == VALUE
    ]
    ranked = [
        ir_measures.ScoredDoc(f"d{n}", claim.span, claim.score)
        for n, document in enumerate(case.documents)
        for claim in document.predicted.claims
    ]
    if not judged or not ranked:
        return {}
    values = ir_measures.calc_aggregate(measures.values(), judged, ranked)
    return {name: [None, None, float(values[measure])] for name, measure in measures.items()}


PEERS = (
    Peer(
        "ir_measures",
        "ir_measures",
        ("ranking",),
        run,
        {
            name: f"ranking: {name}, {ATTRIBUTE} = {VALUE}"
            for name in ("AP", "RR", *(f"P@{k}" for k in CUTOFFS))
        },
        _covered,
    ),
)
