"""What annotators reach against each other: more than that no score can mean."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.evaluation.columns.pairing import Options, Pair
from dateline.evaluation.gold import gold_of_corpus
from dateline.evaluation.scoring import chosen, report
from dateline.model import LAYERS
from dateline.predictions.prediction import Prediction


def agreement(
    corpus: Corpus, first: str, second: str, documents: Sequence[str], options: Options
) -> dict[tuple[str, str], float | None]:
    """Every score, by group and measure, of the second annotator with the first taken for gold.

    On those of the documents that both have annotated. Raises DatelineError where there are none.
    """
    both = [name for name in documents if {first, second} <= set(corpus.annotators_of(name))]
    if not both:
        raise DatelineError(f"{first} and {second} have annotated none of these documents both.")
    taken = gold_of_corpus(corpus, annotator=first)
    taken = msgspec.structs.replace(
        taken, documents=tuple(d for d in taken.documents if d.id in set(both))
    )
    pair = Pair(taken, (_as_prediction(corpus, second, name) for name in both), options)
    found = report(taken, pair, chosen(LAYERS, pair), resamples=0)
    return {(score.group, score.measure): score.value for score in found.scores}


def _as_prediction(corpus: Corpus, annotator: str, document: str) -> Prediction:
    said = corpus.read_annotation(annotator, document)
    return Prediction(
        document=document,
        text_sha256=said.text_sha256,
        mentions=said.mentions,
        entities=said.entities,
        events=said.events,
        event_relations=said.event_relations,
        claims=said.claims,
        claim_relations=said.claim_relations,
    )
