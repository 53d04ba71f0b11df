"""Roles of mentions in events, by a classifier of sentences in which both are marked.

Trigger and mention have punctuation and their types around them, so that any tokenizer knows the
marks: Zhou and Chen, "An Improved Baseline for Sentence-level Relation Extraction", AACL 2022.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dateline.evaluation.models.transformers.encoding import Classifier, encode, probabilities
from dateline.model import Event, Mention, Range, Span, Spans
from dateline.ontology.labels import Ontology

NO_ROLE = "no role"
"""The first class; labels have no spaces."""


class Marked(NamedTuple):
    """A span of a sentence to be marked, with its type."""

    start: int
    end: int
    type: str


class Pair(NamedTuple):
    """A trigger and a mention in one sentence."""

    sentence: str
    trigger: Marked
    mention: Marked

    @property
    def text(self) -> str:
        """The sentence with marks: ``@`` around the trigger, ``#`` around the mention."""
        # Marks that begin at one place nest: the longer span is outside.
        marks = []
        for span, around, inner in ((self.trigger, "@", "*"), (self.mention, "#", "^")):
            type_ = span.type.lower().replace("_", " ")
            length = span.end - span.start
            marks.append((span.start, 1, -length, f"{around} {inner} {type_} {inner} "))
            marks.append((span.end, 0, length, f" {around}"))
        text, position = [], 0
        for place, _, _, mark in sorted(marks):
            text += [self.sentence[position:place], mark]
            position = place
        return "".join([*text, self.sentence[position:]])


def possible_roles(ontology: Ontology, event: str, mention: str) -> frozenset[str]:
    """The roles that a mention of a type can have in events of a type."""
    found = ontology.event_types.get(event)
    roles = found.roles.values() if found else ()
    return frozenset(role.name for role in roles if mention in role.fillers)


def pairs_of(
    text: str,
    sentences: Sequence[Range],
    events: Sequence[Event],
    mentions: Sequence[Mention],
    ontology: Ontology,
) -> Iterator[tuple[tuple[str, str], Pair]]:
    """Each event and mention in one sentence, if it can have a role in it: their ids, and the pair.

    Of discontinuous ones, the first span counts.
    """
    for sentence in sentences:
        for event, mention in product(
            [one for one in events if _is_inside(one.trigger[0], sentence)],
            [one for one in mentions if _is_inside(one.spans[0], sentence)],
        ):
            if possible_roles(ontology, event.type, mention.type):
                yield (event.id, mention.id), _pair(text, sentence, event, mention)


def _is_inside(span: Span, sentence: Range) -> bool:
    return sentence[0] <= span.start and span.end <= sentence[1]


def _pair(text: str, sentence: Range, event: Event, mention: Mention) -> Pair:
    start, end = sentence

    def marked(spans: Spans, type_: str) -> Marked:
        return Marked(spans[0].start - start, spans[-1].end - start, type_)

    return Pair(
        text[start:end], marked(event.trigger, event.type), marked(mention.spans, mention.type)
    )


class RoleClassifier:
    """Predicts the role of each pair, one that the ontology allows, or none."""

    def __init__(self, classifier: Classifier, ontology: Ontology) -> None:
        self._classifier = classifier
        self._ontology = ontology

    def roles(self, pairs: Sequence[Pair]) -> list[tuple[str | None, float]]:
        """The role of the mention in the event of the trigger, or None; and its probability."""
        classifier = self._classifier
        texts = [pair.text for pair in pairs]
        encoded = encode(classifier.tokenizer, texts, classifier.max_length)
        # Of a sentence that is too long, the first input is read.
        first = dict(zip(reversed(encoded.sentence), reversed(encoded.inputs), strict=True))
        logits = classifier.logits([first[number] for number in range(len(pairs))])
        scores = (score for batch in logits for score in batch)
        return [self._best(pair, score) for pair, score in zip(pairs, scores, strict=True)]

    def _best(self, pair: Pair, scores: npt.NDArray[np.floating[Any]]) -> tuple[str | None, float]:
        labels = self._classifier.labels
        possible = possible_roles(self._ontology, pair.trigger.type, pair.mention.type)
        ranked = sorted(zip(probabilities(scores).tolist(), labels, strict=True), reverse=True)
        sure, best = next(
            (sure, label) for sure, label in ranked if label == NO_ROLE or label in possible
        )
        return None if best == NO_ROLE else best, sure
