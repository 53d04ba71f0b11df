"""Spans with the labels of another library as mentions and triggers, by a mapping of labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dateline.errors import InvalidInputError
from dateline.evaluation.models.training_record import TrainingRecord
from dateline.files.reading import read_toml
from dateline.model import Claim, Event, Mention, Span
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text


class LabelMapping:
    """Maps labels to types of mentions or, for triggers, of events; the others are left out.

    ``path`` is a TOML file with a table ``labels``; without one, labels map to the types of that
    name, and to that of mentions if events have it too. Raises InvalidInputError if the file is not
    valid.
    """

    def __init__(self, path: str, ontology: Ontology, labels: Iterable[str]) -> None:
        mentions = ontology.labels_of("entities")
        self._events = frozenset(ontology.labels_of("events")).difference(mentions)
        types = *mentions, *(name for name in ontology.labels_of("events") if name in self._events)
        self.types = _read(path, types) if path else {la: la for la in labels if la in types}

    def prediction(
        self,
        text: Text,
        spans: Iterable[tuple[int, int, str]],
        claims: tuple[Claim, ...] = (),
    ) -> Prediction:
        """The mentions and events of spans, given as start, end and label."""
        found = [
            (Span(start=start, end=end, text=text.text[start:end]), self.types[label])
            for start, end, label in spans
            if label in self.types
        ]
        mentions = [(span, type_) for span, type_ in found if type_ not in self._events]
        triggers = [(span, type_) for span, type_ in found if type_ in self._events]
        return Prediction(
            document=text.id,
            text_sha256=text.text_sha256,
            mentions=tuple(
                Mention(id=f"m{number}", spans=(span,), type=type_, attributes={}, entity=None)
                for number, (span, type_) in enumerate(mentions, 1)
            ),
            events=tuple(
                Event(id=f"e{number}", trigger=(span,), type=type_)
                for number, (span, type_) in enumerate(triggers, 1)
            ),
            claims=claims,
        )


def training_settings(record: TrainingRecord | None) -> Mapping[str, object]:
    """The settings that a run record has of a model's training, if there is a record of it."""
    if record is None:
        return {}
    return {"training": record.origin, "documents": record.documents}


def _read(path: str, types: Sequence[str]) -> Mapping[str, str]:
    mapping = read_toml(Path(path)).get("labels")
    if not isinstance(mapping, dict) or not all(isinstance(v, str) for v in mapping.values()):
        raise InvalidInputError(
            f'{path}: expected a table [labels] with lines such as NORP = "LABEL".'
        )
    for label, type_ in mapping.items():
        if type_ not in types:
            raise InvalidInputError(
                f'{path}: "{label}" is mapped to "{type_}", which is not a type of mention '
                f"or event. Allowed: {', '.join(types)}."
            )
    return mapping
