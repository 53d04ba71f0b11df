"""The ceiling of a score: how well two annotators agree by the same measures."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dateline.corpus.store import Corpus
from dateline.errors import NotFoundError
from dateline.evaluation.columns.scoring_input import MatchingOptions, ScoringInput
from dateline.evaluation.gold import gold_of_corpus
from dateline.evaluation.scoring import score_groups, select_groups
from dateline.predictions.prediction import Prediction


def annotator_scores(
    corpus: Corpus, first: str, second: str, documents: Sequence[str], options: MatchingOptions
) -> dict[tuple[str, str], float | None]:
    """Score the second annotator with the first as gold; values by group and measure.

    Counts the documents that both annotated. Raises DatelineError if there are none.
    """
    both = [name for name in documents if {first, second} <= set(corpus.annotators_of(name))]
    if not both:
        raise NotFoundError(f"{first} and {second} have no annotated document in common here.")
    gold = gold_of_corpus(corpus, annotator=first)
    gold = msgspec.structs.replace(
        gold, documents=tuple(d for d in gold.documents if d.id in set(both))
    )
    predictions = (
        Prediction.from_annotation(corpus.read_annotation(second, name)) for name in both
    )
    runs = [ScoringInput(gold, predictions, options)]
    found = score_groups(gold, runs, select_groups(corpus.ontology.layer_names, runs))
    return {(score.group, score.measure): score.value for score in found.scores}
