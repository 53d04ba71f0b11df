"""What annotators start from: the server calls it a prediction."""

from __future__ import annotations

from typing import Any, NamedTuple

from dateline.label_studio.result_rows import Rows
from dateline.label_studio.server.responses import Task


class Start(NamedTuple):
    """Rows to start from, with a version by which the server knows them.

    ``score`` is the mean confidence of the system that made them, if it gives one.
    """

    version: str
    rows: Rows
    score: float | None = None

    def answer(self) -> dict[str, Any]:
        """The fields of a prediction, as the server reads them."""
        score = {} if self.score is None else {"score": self.score}
        return {"result": self.rows, "model_version": self.version, **score}

    def prediction_of(self, task: Task) -> dict[str, Any]:
        """The prediction of a task, to import."""
        return {"task": task.id, **self.answer()}
