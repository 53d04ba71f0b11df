"""The baseline: words that were seen with a label get it again.

Mentions and triggers are looked up in a lexicon, the longest first; mentions of the same words are
one entity; roles go to the nearest mention of a type that had the role; a cue makes the rest of its
sentence a claim of the nearest mention. A system that cannot beat this has learnt nothing but
words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dateline.errors import DatelineError
from dateline.evaluation.models.interface import PredictionFailedError, Setting
from dateline.evaluation.models.lexicon import (
    Entry,
    Lexicon,
    learn_from_examples,
    learn_from_gold,
    ngrams,
)
from dateline.model import Argument, Claim, Entity, Event, Mention, Range, Span
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text

TRAINING, SCHEMA = "training", "schema"


def make(setting: Setting) -> Baseline:
    """The baseline, learnt from the training split, or with ``learn=schema`` from the schema.

    Raises DatelineError for anything else.
    """
    setting.refuse_other_options("learn")
    learn = setting.option("learn", TRAINING)
    if learn not in (TRAINING, SCHEMA):
        raise DatelineError(
            f"--option learn={learn}: the baseline learns from {TRAINING} or {SCHEMA}."
        )
    if learn == SCHEMA:
        return Baseline(learn_from_examples(setting.ontology), setting.ontology, {"learn": learn})
    try:
        gold = setting.training()
    except DatelineError as fault:
        raise DatelineError(
            f"{fault} Name another --train-split to learn from, or learn from the schema's "
            f"examples with --option learn={SCHEMA}."
        ) from None
    documents = [document.id for document in gold.documents]
    lexicon = learn_from_gold(gold)
    return Baseline(lexicon, setting.ontology, {"learn": learn, "documents": documents})


class Baseline:
    """Predicts from a lexicon."""

    version = "1"
    cost: Mapping[str, float] = {}

    def __init__(self, lexicon: Lexicon, ontology: Ontology, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        self._lexicon = lexicon
        self._nobody = ontology.claimers[0].name if ontology.claimers else ""

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailedError]:
        """A prediction for each text."""
        for text in texts:
            yield _Reading(text, self._lexicon, self._nobody).prediction()


class _Reading:
    def __init__(self, text: Text, lexicon: Lexicon, nobody: str) -> None:
        self._text = text
        self._lexicon = lexicon
        self._nobody = nobody
        self._mentions: list[Mention] = []
        self._events: list[Event] = []
        self._claims: list[Claim] = []
        self._entities: dict[str, Entity] = {}

    def prediction(self) -> Prediction:
        """What is found in the text."""
        for sentence in self._text.sentences:
            tokens = self._text.tokens_of(sentence)
            mentions = [
                self._mention(start, end, entry)
                for start, end, entry in self._found(tokens, self._lexicon.names, lower=False)
            ]
            for start, end, entry in self._found(tokens, self._lexicon.triggers, lower=True):
                self._event(start, end, entry, mentions)
            for start, end, entry in self._found(tokens, self._lexicon.cues, lower=True):
                self._claim(sentence, start, end, entry, mentions)
        return Prediction(
            document=self._text.id,
            text_sha256=self._text.text_sha256,
            mentions=tuple(self._mentions),
            entities=tuple(self._entities.values()),
            events=tuple(self._events),
            claims=tuple(self._claims),
        )

    def _found(
        self, tokens: list[Range], entries: Mapping[str, Entry], *, lower: bool
    ) -> list[tuple[int, int, Entry]]:
        """Words of the lexicon in a sentence, the longest first, none over another, by place."""
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

    def _mention(self, start: int, end: int, entry: Entry) -> Mention:
        spans = self._span(start, end)
        entity = self._entities.setdefault(
            f"{entry.label} {spans[0].text.lower()}",
            Entity(
                id=f"n{len(self._entities) + 1}", type=entry.label, name=spans[0].text, link=None
            ),
        )
        mention = Mention(
            id=f"m{len(self._mentions) + 1}",
            spans=spans,
            type=entry.label,
            attributes=dict(entry.attributes),
            entity=entity.id,
        )
        self._mentions.append(mention)
        return mention

    def _event(self, start: int, end: int, entry: Entry, mentions: list[Mention]) -> None:
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
                    Argument(role=role, mention=mention.id)
                    for role, (_, mention) in sorted(nearest.items())
                ),
                attributes=dict(entry.attributes),
                cluster=None,
            )
        )

    def _claim(
        self, sentence: Range, start: int, end: int, entry: Entry, mentions: list[Mention]
    ) -> None:
        """The longer part of the sentence, before or after the cue, is what is claimed."""
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
        self._claims.append(
            Claim(
                id=f"c{len(self._claims) + 1}",
                spans=self._span(*content),
                act=entry.label,
                claimer=nearest.id if nearest else self._nobody,
                cue=self._span(start, end),
                events=(),
                attributes=dict(entry.attributes),
            )
        )

    def _trimmed(self, start: int, end: int) -> Range:
        """A stretch less the blanks and marks at its ends."""
        text = self._text.text
        while start < end and not text[start].isalnum():
            start += 1
        while start < end and not text[end - 1].isalnum():
            end -= 1
        return start, end


def _distance(mention: Mention, start: int, end: int) -> int:
    span = mention.spans[0]
    return max(span.start - end, start - span.end, 0)
