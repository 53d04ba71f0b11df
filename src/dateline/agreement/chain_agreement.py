"""Chains of one annotator against those of another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dateline.agreement.tallies import PairOnDocument
from dateline.annotations.items import ranges_of
from dateline.metrics.coreference import Chains, conll, conll_score, contingency_table
from dateline.metrics.counts import defined
from dateline.model import Annotation


def conll_f1(
    annotations: Sequence[tuple[Annotation, Annotation]], found: Sequence[PairOnDocument]
) -> float | None:
    """The CoNLL score of the second annotator's chains against the first's: the mean of three F₁.

    Mentions are the same where they match and have the same spans; one without an entity is a chain
    of its own. The score is the same the other way round.

    Source: Pradhan et al., "CoNLL-2012 Shared Task", 2012.
    """
    first: list[tuple[int, int, int]] = []
    second: list[tuple[int, int, int]] = []
    mentions: dict[tuple[int, str, str], int] = {}
    chains: dict[tuple[int, str, str], int] = {}
    for document, ((one, other), pair) in enumerate(zip(annotations, found, strict=True)):
        places = {mention.id: ranges_of(mention.spans) for mention in other.mentions}
        shared = {
            match: name
            for name, match in pair.matches.mentions.items()
            if places[match] == ranges_of(next(m.spans for m in one.mentions if m.id == name))
        }
        for side, annotation, rows in (("first", one, first), ("second", other, second)):
            for mention in annotation.mentions:
                whose = "first" if side == "second" and mention.id in shared else side
                name = shared.get(mention.id, mention.id) if side == "second" else mention.id
                number = mentions.setdefault((document, whose, name), len(mentions))
                chain = mention.entity or f"alone {mention.id}"
                rows.append(
                    (document, number, chains.setdefault((document, side, chain), len(chains)))
                )
    if not first and not second:
        return None
    table = contingency_table(_columns(first), _columns(second), len(annotations))
    return defined(float(conll_score(conll(table).sum(axis=0))))


def _columns(rows: Sequence[tuple[int, int, int]]) -> Chains:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Chains(document=columns[0], mention=columns[1], chain=columns[2])
