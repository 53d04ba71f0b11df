"""CoNLL F1 of two annotators' coreference chains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dateline.annotations.items import ranges_of
from dateline.annotations.matching import Matches
from dateline.metrics.coreference import Chains, conll, conll_score, contingency_table
from dateline.metrics.counts import defined
from dateline.model import Annotation


def conll_f1(
    documents: Sequence[tuple[tuple[Annotation, Annotation], Matches]],
) -> float | None:
    """The CoNLL score, the mean of MUC, B³ and CEAFe, of two annotators' chains; symmetric.

    Mentions are the same if they match and have the same spans. A mention without an entity is a
    chain of its own. None if neither annotator has a mention.

    Source: Pradhan et al., "CoNLL-2012 Shared Task", 2012.
    """
    first: list[tuple[int, int, int]] = []
    second: list[tuple[int, int, int]] = []
    mentions: dict[tuple[int, str, str], int] = {}
    chains: dict[tuple[int, str, str], int] = {}
    for document, ((one, other), matches) in enumerate(documents):
        ranges = {mention.id: ranges_of(mention.spans) for mention in one.mentions}
        other_ranges = {mention.id: ranges_of(mention.spans) for mention in other.mentions}
        shared = {
            match: name
            for name, match in matches.mentions.items()
            if ranges[name] == other_ranges[match]
        }
        for side, annotation, rows in (("first", one, first), ("second", other, second)):
            for mention in annotation.mentions:
                owner = "first" if side == "second" and mention.id in shared else side
                name = shared.get(mention.id, mention.id) if side == "second" else mention.id
                number = mentions.setdefault((document, owner, name), len(mentions))
                chain = mention.entity or f"alone {mention.id}"
                rows.append(
                    (document, number, chains.setdefault((document, side, chain), len(chains)))
                )
    if not first and not second:
        return None
    table = contingency_table(_columns(first), _columns(second), len(documents))
    return defined(float(conll_score(conll(table).sum(axis=0))))


def _columns(rows: Sequence[tuple[int, int, int]]) -> Chains:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Chains(document=columns[0], mention=columns[1], chain=columns[2])
