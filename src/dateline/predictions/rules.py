"""The rules for annotations, applied to predictions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dateline.model import LAYER_FIELDS, SCHEMA_VERSION, Annotation, Document, Provenance
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import Effect, PredictionProblem
from dateline.validation.engine import Checker


def broken_rules(
    number: int, annotation: Annotation, document: Document, checker: Checker, effect: Effect
) -> Iterator[PredictionProblem]:
    """The errors that `dateline validate` would report in a prediction on this line."""
    for incident in checker.check_annotation(annotation, document):
        if incident.level == "error":
            yield PredictionProblem(
                line=number,
                document=document.id,
                effect=effect,
                pointer=incident.pointer,
                id=incident.subject,
                message=f"{incident.message} ({incident.code})",
                hint=incident.hint,
            )


def used_layers(several: Iterable[Annotation | Prediction]) -> tuple[str, ...]:
    """The layers of which any of several annotations has items, in the order of `LAYERS`."""
    some = list(several)
    return tuple(
        layer
        for layer, fields in LAYER_FIELDS.items()
        if any(getattr(one, field) for one in some for field in fields)
    )


def as_annotation(
    prediction: Prediction, document: Document, annotator: str, layers: tuple[str, ...]
) -> Annotation:
    """The prediction as a draft; its layers are those that it has items of, or all ``layers``."""
    return Annotation(
        schema_version=SCHEMA_VERSION,
        document=prediction.document,
        text_sha256=document.text_sha256,
        annotator=annotator,
        layers=used_layers([prediction]) or layers,
        status="draft",
        provenance=Provenance(
            kind="model",
            tool=annotator,
            created=None,
            updated=None,
            label_studio=None,
            note=None,
        ),
        **prediction.content(),
    )
