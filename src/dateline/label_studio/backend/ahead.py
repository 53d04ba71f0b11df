"""Predicting the tasks of a project before anybody opens them, so that they can be ordered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from dateline.label_studio.backend.live_predictions import LivePredictions
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import Project, Task
from dateline.label_studio.start import Start
from dateline.model import Struct

BATCH = 16
"""Tasks that are predicted at once, and then added to the server."""

Watch = Callable[[Iterable[Task]], Iterable[Task]]


class Ahead(Struct, frozen=True):
    """The number of predictions added, that of tasks that had one, and reasons of failures."""

    added: int
    present: int
    refused: tuple[str, ...]


def predict_ahead(
    predictions: LivePredictions, server: Server, project: Project, watch: Watch = iter
) -> Ahead:
    """Add predictions to the tasks of a project that have none of this model.

    ``watch`` wraps the tasks, for example in a progress bar. Raises DatelineError if the model
    raises an exception; what was added before stays.
    """
    tasks = [*server.tasks(project)]
    missing = [task for task in tasks if predictions.version not in task.versions]
    refused: list[str] = []
    left = iter(watch(missing))
    for batch in iter(lambda: tuple(islice(left, BATCH)), ()):
        starts = predictions.starts(batch, project.config)
        found = [
            start.prediction_of(task)
            for task, start in zip(batch, starts, strict=True)
            if isinstance(start, Start)
        ]
        refused += [start for start in starts if isinstance(start, str)]
        server.import_predictions(project, found)
    added = len(missing) - len(refused)
    return Ahead(added, len(tasks) - len(missing), tuple(refused))
