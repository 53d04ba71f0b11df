"""Models of Transformers that tag mentions and triggers, and those that find roles as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from dateline.evaluation.models.interface import ModelConfig, PredictionFailure
from dateline.evaluation.models.labelled_spans import (
    LabelledSpan,
    LabelMapping,
    training_settings,
)
from dateline.evaluation.models.training_record import read_training_record
from dateline.evaluation.models.transformers.encoding import (
    Classifier,
    encode,
    pretrained,
    probabilities,
)
from dateline.evaluation.models.transformers.roles import RoleClassifier, pairs_of
from dateline.evaluation.tags import Tags, Tokens, best_classes
from dateline.model import Argument
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text

TAGGER, ROLES = "tagger", "roles"
"""The parts of a folder that `dateline train transformers` writes."""


def make(config: ModelConfig) -> TransformersModel:
    """Load the model that the argument names: one that Dateline trained, or any with BIO tags.

    The option ``labels`` is a TOML file that maps its labels to types of mentions or events. Raises
    MissingExtraError if Transformers is not installed, NotFoundError if the model cannot be loaded,
    and InvalidInputError if its classes are not BIO tags or the mapping is not valid.
    """
    config.check_options("labels")
    config.ontology.chosen_layers(["entities"])
    folder = Path(config.argument)
    trained = (folder / TAGGER).is_dir()
    source = str(folder / TAGGER) if trained else config.argument
    tagger = Classifier(*pretrained("AutoModelForTokenClassification", source))
    tags = Tags(tagger.labels)
    mapping = LabelMapping(config.options.get("labels", ""), config.ontology, tags.labels)
    roles = None
    if trained and (folder / ROLES).is_dir():
        found = pretrained("AutoModelForSequenceClassification", str(folder / ROLES))
        roles = RoleClassifier(Classifier(*found), config.ontology)
    settings = {
        "model": config.argument,
        "labels": dict(mapping.types),
        **training_settings(read_training_record(folder)),
    }
    return TransformersModel(tagger, tags, mapping, roles, config.ontology, settings)


class TransformersModel:
    """Predicts mentions and triggers sentence by sentence, and with ``roles`` arguments."""

    cost: Mapping[str, float] = {}

    def __init__(
        self,
        tagger: Classifier,
        tags: Tags,
        mapping: LabelMapping,
        roles: RoleClassifier | None,
        ontology: Ontology,
        settings: Mapping[str, Any],
    ) -> None:
        self.settings = settings
        self._tagger = tagger
        self._tags = tags
        self._mapping = mapping
        self._roles = roles
        self._ontology = ontology

    @property
    def version(self) -> str:
        """Version of the library; weights have none."""
        return version("transformers")

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailure]:
        """A prediction for each text."""
        for text in texts:
            found = self._mapping.prediction(text, self._spans(text))
            yield found if self._roles is None else self._with_roles(found, text, self._roles)

    def _spans(self, text: Text) -> Iterator[LabelledSpan]:
        """The spans of all sentences, with the mean probability of the tags of their tokens."""
        sentences = [text.text[start:end] for start, end in text.sentences]
        encoded = encode(self._tagger.tokenizer, sentences, self._tagger.max_length)
        if not encoded.inputs:
            return
        width = max(map(len, encoded.offsets))
        tag = np.zeros((len(encoded.inputs), width), np.int64)
        probability = np.zeros(tag.shape)
        rows = (row for batch in self._tagger.logits(encoded.inputs) for row in batch)
        for number, row in enumerate(rows):
            tag[number, : len(row)] = best_classes(row)[:width]
            probability[number, : len(row)] = probabilities(row).max(axis=-1)[:width]
        tokens, position = Tokens.of_offsets(encoded.offsets)
        spans = self._tags.spans(tag[tokens.row, position], tokens)
        confidence = probability[tokens.row, position]
        for row, label, start, end in zip(
            *map(np.ndarray.tolist, (spans.document, spans.label, spans.start, spans.end)),
            strict=True,
        ):
            of_row = slice(*np.searchsorted(tokens.row, (row, row + 1)))
            inside = (start <= tokens.start[of_row]) & (tokens.end[of_row] <= end)
            offset = text.sentences[encoded.sentence[row]][0]
            yield LabelledSpan(
                offset + start,
                offset + end,
                self._tags.labels[label],
                float(confidence[of_row][inside].mean()),
            )

    def _with_roles(self, found: Prediction, text: Text, roles: RoleClassifier) -> Prediction:
        pairs = dict(
            pairs_of(text.text, text.sentences, found.events, found.mentions, self._ontology)
        )
        arguments: dict[str, list[Argument]] = {}
        confidence = {}
        position = {event.id: number for number, event in enumerate(found.events)}
        for (event_id, mention_id), (role, sure) in zip(
            pairs, roles.roles([*pairs.values()]), strict=True
        ):
            if role is not None:
                filled = arguments.setdefault(event_id, [])
                confidence[f"/events/{position[event_id]}/arguments/{len(filled)}"] = sure
                filled.append(Argument(role=role, mention=mention_id))
        return msgspec.structs.replace(
            found,
            confidence={**found.confidence, **confidence},
            events=tuple(
                msgspec.structs.replace(event, arguments=tuple(arguments.get(event.id, ())))
                for event in found.events
            ),
        )
