"""Checks that predictions are about known documents, each predicted once, on the right text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem, refuse
from dateline.predictions.texts import Text


class DocumentCheck:
    """Checks predictions one after the other and remembers the documents they are about."""

    def __init__(self, texts: Mapping[str, Text]) -> None:
        self._texts = texts
        self._lines: dict[str, int | None] = {}

    @property
    def missing(self) -> tuple[str, ...]:
        """Documents without a prediction so far, sorted."""
        return tuple(sorted(set(self._texts) - set(self._lines)))

    def problem(self, prediction: Prediction, line: int | None = None) -> PredictionProblem | None:
        """Why a prediction has to be rejected; None if it can be used."""
        name = prediction.document
        if name not in self._texts:
            return _rejected(
                name, line, "document", f'"{name}" is not a document here', "Check the id."
            )
        if name in self._lines:
            first = self._lines[name]
            where = "" if first is None else f" on line {first}"
            message = f'"{name}" is already predicted{where}'
            return _rejected(name, line, "document", message, "Keep one prediction per document.")
        self._lines[name] = line
        if prediction.text_sha256 not in (None, self._texts[name].text_sha256):
            message = "is not the hash of the document's text: the system read another text"
            hint = "Predict on the document's text as it is now."
            return _rejected(name, line, "text_sha256", message, hint)
        return None


def by_document(
    predictions: Iterable[Prediction], texts: Mapping[str, Text]
) -> dict[str, Prediction]:
    """The predictions by document. Raises InvalidInputError if one has to be rejected."""
    check = DocumentCheck(texts)
    found: dict[str, Prediction] = {}
    problems = []
    for prediction in predictions:
        problem = check.problem(prediction)
        if problem is None:
            found[prediction.document] = prediction
        else:
            problems.append(problem)
    refuse("the predictions", problems)
    return found


def _rejected(
    document: str, line: int | None, field: str, message: str, hint: str
) -> PredictionProblem:
    return PredictionProblem(
        line=line,
        document=document,
        effect="rejected",
        pointer=f"/{field}",
        message=message,
        hint=hint,
    )
