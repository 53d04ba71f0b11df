"""seqeval and conlleval: flat mentions as BIO tags."""

from __future__ import annotations

import re
import warnings

from ..documents import TEXT, TYPES, Case, Items, bounds
from .peer import Numbers, Peer, Place, apart, both_sides, contiguous, only_mentions, output_of


def _flat(items: Items) -> Items:
    return only_mentions(apart(contiguous(items.mentions)), items)


def tags(items: Items) -> list[str]:
    """BIO tags of the mentions, one for each code point."""
    found = ["O"] * len(TEXT)
    for mention in items.mentions:
        start, end = bounds(mention.span)
        found[start:end] = [f"B-{mention.type}", *[f"I-{mention.type}"] * (end - start - 1)]
    return found


def run_seqeval(case: Case, place: Place) -> Numbers:
    from seqeval.metrics.v1 import precision_recall_fscore_support
    from seqeval.scheme import IOB2

    sides = [[tags(d.gold) for d in case.documents], [tags(d.predicted) for d in case.documents]]
    names = sorted({tag[2:] for side in sides for row in side for tag in row if tag != "O"})
    if not names:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        micro, macro, each = (
            precision_recall_fscore_support(*sides, scheme=IOB2, average=average)
            for average in ("micro", "macro", None)
        )
    found = {"micro": [float(n) for n in micro[:3]], "macro": [None, None, float(macro[2])]}
    for number, name in enumerate(names):
        found[name] = [float(column[number]) for column in each[:3]]
    return found


def run_conlleval(case: Case, place: Place) -> Numbers:
    sentences = [
        "\n".join(map("\t".join, zip(TEXT, tags(d.gold), tags(d.predicted), strict=True)))
        for d in case.documents
    ]
    printed = output_of(
        ["perl", place.clone / "conlleval.pl", "-d", "\t"], given="\n\n".join(sentences) + "\n"
    )
    found = {}
    for line in printed.splitlines():
        numbers = re.search(r"precision: *([\d.]+)%; recall: *([\d.]+)%; FB1: *([\d.]+)", line)
        if numbers:
            name = "micro" if line.startswith("accuracy") else line.split(":")[0].strip()
            found[name] = [float(number) / 100 for number in numbers.groups()]
    return found


MEASURES = {
    "micro": "entities: strict",
    "macro": "entities: strict, macro",
    **{name: f"entities: strict: {name}" for name in TYPES},
}
PEERS = (
    Peer("seqeval", "seqeval", ("entities",), run_seqeval, MEASURES, both_sides(_flat)),
    Peer(
        "conlleval",
        "conlleval",
        ("entities",),
        run_conlleval,
        MEASURES,
        both_sides(_flat),
        tolerance=0.6e-4,
    ),
)
