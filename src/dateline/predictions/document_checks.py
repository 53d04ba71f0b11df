"""Checks that predictions are about known documents, each predicted once, on the right text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from dateline.predictions.problems import PredictionProblem, refuse
from dateline.predictions.reading import Found, Predicted, PredictionFile
from dateline.predictions.texts import Text


class DocumentCheck:
    """Checks predictions one after the other and remembers the documents they are about.

    ``texts`` are the documents that are scored. ``unscored`` are ids of others that are known: they
    have no gold, or are in another split.
    """

    def __init__(self, texts: Mapping[str, Text], unscored: Collection[str] = ()) -> None:
        self._texts = texts
        self._unscored = unscored
        self._lines: dict[str, int | None] = {}

    @property
    def missing(self) -> tuple[str, ...]:
        """Documents without a prediction so far, sorted."""
        return tuple(sorted(set(self._texts) - set(self._unscored) - set(self._lines)))

    def problem(self, prediction: Predicted, line: int | None = None) -> PredictionProblem | None:
        """Why a prediction is rejected, or a warning that it is not scored; None if it is."""
        name = prediction.document
        if name not in self._texts and name not in self._unscored:
            return _rejected(
                name, line, "document", f'"{name}" is not a document here', "Check the id."
            )
        if name in self._lines:
            first = self._lines[name]
            where = "" if first is None else f" on line {first}"
            message = f'"{name}" is already predicted{where}'
            return _rejected(name, line, "document", message, "Keep one prediction per document.")
        self._lines[name] = line
        if name in self._unscored:
            return PredictionProblem(
                line=line,
                document=name,
                effect="warning",
                message="is not scored: the document has no gold here",
            )
        if prediction.text_sha256 not in (None, self._texts[name].text_sha256):
            message = "is not the hash of the document's text: the system read another text"
            hint = "Predict on the document's text as it is now."
            return _rejected(name, line, "text_sha256", message, hint)
        return None


class ScoredPredictions:
    """The predictions that are scored, one after the other.

    ``file`` is where they come from. When all were iterated over, ``unscored`` has the documents of
    others that were left out, and ``warnings`` those about what was read.
    """

    def __init__(
        self,
        predictions: Iterable[Found],
        texts: Mapping[str, Text],
        unscored: Collection[str] = (),
        file: PredictionFile | None = None,
    ) -> None:
        self._predictions, self._file = predictions, file
        self._check = DocumentCheck(texts, unscored)
        self.unscored: list[str] = []
        self.warnings: list[PredictionProblem] = []

    def __iter__(self) -> Iterator[Predicted]:
        """Raises InvalidInputError at the end if a prediction was rejected."""
        rejections = []
        for prediction in self._predictions:
            if isinstance(prediction, PredictionProblem):
                self.warnings.append(prediction)
                continue
            line = None if self._file is None else self._file.line
            problem = self._check.problem(prediction, line)
            if problem is None:
                yield prediction
            elif problem.effect == "rejected":
                rejections.append(problem)
            else:
                self.unscored.append(prediction.document)
        refuse("the predictions" if self._file is None else self._file.title, rejections)


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
