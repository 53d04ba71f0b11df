"""``dateline studio serve``."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

import click

from dateline.cli.annotation.connection import (
    Target,
    existing_project,
    host_and_port,
    listen_option,
    project_options,
    uncertain_first_option,
)
from dateline.cli.interrupts import REQUEST_GRACE, prompt_exit
from dateline.cli.model_options import ChosenModel, chosen_model, model_options
from dateline.cli.shared import Command
from dateline.errors import DatelineError
from dateline.rendering.listing import counted

if TYPE_CHECKING:
    from dateline.label_studio.backend.live_predictions import LivePredictions
    from dateline.label_studio.server.responses import Project
    from dateline.predictions.texts import Text


@click.command(cls=Command)
@project_options
@model_options
@listen_option("Where Label Studio reaches the model on this machine.", "127.0.0.1:9090")
@click.option(
    "--address",
    metavar="URL",
    help="Address of --listen as Label Studio has to call it, such as that of a proxy.",
)
@uncertain_first_option(
    "Predict all tasks now, and give annotators those first of which the model is least sure."
)
def serve(
    target: Target,
    model: str,
    options: tuple[str, ...],
    train_split: str,
    listen: str,
    address: str | None,
    uncertain_first: bool,
) -> None:
    """Show a model's predictions in Label Studio until stopped with Ctrl+C.

    Connects the model to the project as an ML backend: who opens a task to which nothing was
    pushed gets the model's prediction to start from. Ctrl+C disconnects it; its predictions stay.
    Predictions have the model's mean confidence as their score, if it gives one. A task whose text
    is not that of the corpus gets no prediction. The model does not learn from annotations.

    \b
    Examples:
      dateline studio serve --model baseline
      dateline studio serve --model transformers:models/roberta --annotators ana --uncertain-first
    """
    with (
        suppress(KeyboardInterrupt),
        prompt_exit(0, (signal.SIGINT, signal.SIGTERM), REQUEST_GRACE),
        ExitStack() as stack,
    ):
        from dateline.evaluation.models.run import model_version
        from dateline.label_studio.backend.app import Backend
        from dateline.label_studio.backend.live_predictions import LivePredictions
        from dateline.label_studio.backend.serving import serving

        host, port = host_and_port(listen)
        chosen = chosen_model(target.corpus, model, options, train_split)
        predictions = LivePredictions(
            target.corpus,
            model_version(chosen.name, chosen.model, chosen.secrets),
            lambda texts: _predicted(chosen, texts),
            target.gold_questions(),
        )
        password = secrets.token_urlsafe(24)
        backend = Backend(predictions, password, target.settings.say)
        port = stack.enter_context(serving(backend, host, port))
        url = address or f"http://{host}:{port}"
        _connect(target, predictions, url, password, stack, uncertain_first=uncertain_first)
        target.settings.say(f"{predictions.version} answers at {url}; Ctrl+C stops")
        SimpleQueue[None]().get()


def _predicted(chosen: ChosenModel, texts: Sequence[Text]) -> Iterator[bytes | str]:
    from dateline.evaluation.models.run import predicted_lines

    for found in predicted_lines(chosen.name, chosen.model, texts, chosen.secrets):
        yield found if isinstance(found, bytes) else found.reason


def _connect(
    target: Target,
    predictions: LivePredictions,
    url: str,
    password: str,
    stack: ExitStack,
    *,
    uncertain_first: bool,
) -> None:
    from dateline.label_studio.backend.ahead import predict_ahead
    from dateline.label_studio.backend.app import USER

    with target.connect() as server:
        projects = [existing_project(server, title) for title in target.titles(left=False)]
        for project in projects:
            number = server.add_model(project, url, predictions.version, (USER, password))
            ordered_by = predictions.version if uncertain_first else None
            stack.callback(_disconnect, target, project, number, url, ordered_by)
            target.settings.say(f'project "{project.title}": model connected')
            if ordered_by is not None:
                ahead = predict_ahead(
                    predictions,
                    server,
                    project,
                    lambda tasks: target.settings.progress(tasks, "Predicting"),
                )
                server.order_by_uncertainty(project, ordered_by)
                for reason in ahead.refused:
                    target.settings.say(f"not predicted: {reason}")
                target.settings.say(
                    f"{counted(ahead.added, 'prediction')} added, {ahead.present} already there"
                )


def _disconnect(
    target: Target, project: Project, number: int, url: str, ordered_by: str | None
) -> None:
    """Remove the model from the project, whose order stays that of its predictions."""
    try:
        with target.connect() as server:
            server.remove_model(project, number, url)
            if ordered_by is not None:
                server.order_by_uncertainty(project, ordered_by)
    except DatelineError as error:
        target.settings.say(f'project "{project.title}": the model may still be connected: {error}')
