"""Spans with the labels of another library as mentions and triggers, by a mapping of labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dateline.errors import InvalidInputError
from dateline.evaluation.models.training_record import TrainingRecord
from dateline.files.reading import read_toml
from dateline.model import Claim, Event, Mention, Span
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text


class LabelledSpan(NamedTuple):
    """Offsets with a label of another library, and how sure that is of it, if it says so."""

    start: int
    end: int
    label: str
    confidence: float | None = None


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
        spans: Iterable[LabelledSpan],
        claims: Sequence[tuple[Claim, float]] = (),
    ) -> Prediction:
        """The mentions and events of spans, and claims with their confidence."""
        mentions: list[Mention] = []
        events: list[Event] = []
        confidence: dict[str, float] = {}
        for start, end, label, score in spans:
            type_ = self.types.get(label)
            if type_ is None:
                continue
            found = (Span(start=start, end=end, text=text.text[start:end]),)
            if type_ in self._events:
                pointer = f"/events/{len(events)}"
                events.append(Event(id=f"e{len(events) + 1}", trigger=found, type=type_))
            else:
                pointer = f"/mentions/{len(mentions)}"
                mentions.append(Mention(id=f"m{len(mentions) + 1}", spans=found, type=type_))
            if score is not None:
                confidence[pointer] = score
        confidence |= {f"/claims/{number}": score for number, (_, score) in enumerate(claims)}
        return Prediction(
            document=text.id,
            text_sha256=text.text_sha256,
            mentions=tuple(mentions),
            events=tuple(events),
            claims=tuple(claim for claim, _ in claims),
            confidence=confidence,
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
