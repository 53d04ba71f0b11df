"""The lexicon baseline: words get the label that they had in training.

Mentions and triggers are looked up in a lexicon, longest match first. Mentions with the same words
are one entity. A role is filled by the nearest mention of a type that had this role. A cue makes
the rest of its sentence a claim by the nearest mention.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dateline.errors import InvalidInputError, NotFoundError
from dateline.evaluation.models.interface import ModelConfig, PredictionFailure
from dateline.evaluation.models.lexicon import (
    Entry,
    Lexicon,
    learn_from_examples,
    learn_from_gold,
    ngrams,
)
from dateline.model import Argument, Claim, Entity, Event, Factuality, Mention, Range, Span
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text

TRAINING, SCHEMA = "training", "schema"


def make(config: ModelConfig) -> Baseline:
    """Learn from the training split, or with the option ``learn=schema`` from its examples.

    Raises InvalidInputError for other options, and NotFoundError if there is nothing to learn from.
    """
    config.check_options("learn")
    learn = config.options.get("learn", TRAINING)
    if learn not in (TRAINING, SCHEMA):
        raise InvalidInputError(f"option learn is {learn!r}. Allowed: {TRAINING}, {SCHEMA}.")
    if learn == SCHEMA:
        return Baseline(learn_from_examples(config.ontology), config.ontology, {"learn": learn})
    try:
        gold = config.training_gold()
    except NotFoundError as error:
        raise NotFoundError(
            f"{error} Choose another training split, or learn from the schema's examples with the "
            f"option learn={SCHEMA}."
        ) from None
    documents = [document.id for document in gold.documents]
    lexicon = learn_from_gold(gold)
    return Baseline(lexicon, config.ontology, {"learn": learn, "documents": documents})


class Baseline:
    """Predicts from a lexicon and simple rules."""

    version = "1"
    cost: Mapping[str, float] = {}

    def __init__(self, lexicon: Lexicon, ontology: Ontology, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        self._lexicon = lexicon
        self._ontology = ontology

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailure]:
        """A prediction for each text."""
        for text in texts:
            yield _TextPredictor(text, self._lexicon, self._ontology).prediction()


class _TextPredictor:
    def __init__(self, text: Text, lexicon: Lexicon, ontology: Ontology) -> None:
        self._text = text
        self._lexicon = lexicon
        self._has_coreference = ontology.has_coreference
        self._default_claimer = ontology.claimers[0].name if ontology.claimers else None
        self._mentions: list[Mention] = []
        self._events: list[Event] = []
        self._claims: list[Claim] = []
        self._entities: dict[str, Entity] = {}

    def prediction(self) -> Prediction:
        """Predict sentence by sentence."""
        for sentence in self._text.sentences:
            tokens = self._text.tokens_of(sentence)
            mentions = [
                self._add_mention(start, end, entry)
                for start, end, entry in self._lookup(tokens, self._lexicon.names, lower=False)
            ]
            for start, end, entry in self._lookup(tokens, self._lexicon.triggers, lower=True):
                self._add_event(start, end, entry, mentions)
            for start, end, entry in self._lookup(tokens, self._lexicon.cues, lower=True):
                self._add_claim(sentence, start, end, entry, mentions)
        return Prediction(
            document=self._text.id,
            text_sha256=self._text.text_sha256,
            mentions=tuple(self._mentions),
            entities=tuple(self._entities.values()),
            events=tuple(self._events),
            claims=tuple(self._claims),
        )

    def _lookup(
        self, tokens: list[Range], entries: Mapping[str, Entry], *, lower: bool
    ) -> list[tuple[int, int, Entry]]:
        """Words of a sentence that are in the lexicon, without overlaps; longer ones win."""
        taken = [False] * len(tokens)
        found = []
        for first, last, words in ngrams(self._text.text, tokens):
            entry = entries.get(words.lower() if lower else words)
            if entry is not None and not any(taken[first:last]):
                taken[first:last] = [True] * (last - first)
                found.append((tokens[first][0], tokens[last - 1][1], entry))
        return sorted(found, key=lambda item: item[0])

    def _span(self, start: int, end: int) -> tuple[Span, ...]:
        return (Span(start=start, end=end, text=self._text.text[start:end]),)

    def _add_mention(self, start: int, end: int, entry: Entry) -> Mention:
        spans = self._span(start, end)
        mention = Mention(
            id=f"m{len(self._mentions) + 1}",
            spans=spans,
            type=entry.label,
            attributes=dict(entry.attributes),
            entity=self._entity(entry.label, spans[0].text) if self._has_coreference else None,
        )
        self._mentions.append(mention)
        return mention

    def _entity(self, label: str, words: str) -> str:
        """The id of the entity of all mentions with these words."""
        entity = Entity(id=f"n{len(self._entities) + 1}", type=label, name=words)
        return self._entities.setdefault(f"{label} {words.lower()}", entity).id

    def _add_event(self, start: int, end: int, entry: Entry, mentions: list[Mention]) -> None:
        nearest: dict[str, tuple[int, Mention]] = {}
        for mention in mentions:
            role = self._lexicon.roles.get((entry.label, mention.type))
            away = _distance(mention, start, end)
            if role is not None and (role not in nearest or away < nearest[role][0]):
                nearest[role] = away, mention
        self._events.append(
            Event(
                id=f"e{len(self._events) + 1}",
                trigger=self._span(start, end),
                type=entry.label,
                arguments=tuple(
                    Argument(
                        role=role,
                        mention=mention.id,
                        attributes=self._lexicon.arguments.get((entry.label, role), {}),
                    )
                    for role, (_, mention) in sorted(nearest.items())
                ),
                attributes=dict(entry.attributes),
                factuality=tuple(
                    Factuality(source=source, value=value)
                    for source, value in entry.factuality.items()
                ),
                cluster=None,
            )
        )

    def _add_claim(
        self, sentence: Range, start: int, end: int, entry: Entry, mentions: list[Mention]
    ) -> None:
        """Add the longer part of the sentence, before or after the cue, as a claim."""
        before, after = self._trimmed(sentence[0], start), self._trimmed(end, sentence[1])
        content = max(after, before, key=lambda part: part[1] - part[0])
        if content[0] >= content[1]:
            return
        outside = [
            mention
            for mention in mentions
            if mention.type in self._lexicon.claimers
            and not content[0] <= mention.spans[0].start < content[1]
        ]
        nearest = min(outside, key=lambda m: _distance(m, start, end), default=None)
        claimer = nearest.id if nearest else self._default_claimer
        if claimer is None:
            return
        self._claims.append(
            Claim(
                id=f"c{len(self._claims) + 1}",
                spans=self._span(*content),
                act=entry.label,
                claimer=claimer,
                cue=self._span(start, end),
                events=(),
                attributes=dict(entry.attributes),
            )
        )

    def _trimmed(self, start: int, end: int) -> Range:
        """A range without spaces and punctuation at its ends."""
        text = self._text.text
        while start < end and not text[start].isalnum():
            start += 1
        while start < end and not text[end - 1].isalnum():
            end -= 1
        return start, end


def _distance(mention: Mention, start: int, end: int) -> int:
    span = mention.spans[0]
    return max(span.start - end, start - span.end, 0)
