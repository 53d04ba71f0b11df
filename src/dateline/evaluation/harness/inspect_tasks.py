"""Tasks for Inspect, which finds them as ``dateline/entities`` and so on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from inspect_ai import Task, task
from inspect_ai._util.error import PrerequisiteError
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ResponseSchema,
)
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import TaskState
from inspect_ai.util import JSONSchema

from dateline.errors import DatelineError
from dateline.evaluation.harness.tasks import (
    NAMES,
    LanguageModelTask,
    Message,
    Outcome,
    TaskOptions,
    make_task,
    task_options,
)
from dateline.evaluation.prompting.schema import NAME
from dateline.predictions.prediction import Prediction

_CLASSES: Mapping[str, Callable[..., ChatMessage]] = {
    "system": ChatMessageSystem,
    "user": ChatMessageUser,
    "assistant": ChatMessageAssistant,
}


@metric(scores="unreduced")
def scores(options: dict[str, Any], out: str | None = None) -> Metric:
    """F1 by the primary measures of the task, over all documents; epochs are runs."""
    made = _task_of(options)

    def compute(scores: list[SampleScore]) -> Value:
        outcomes = [_outcome(one.score) for one in scores]
        if not outcomes:  # before the first answer
            return {}
        return made.values(outcomes, None if out is None else Path(out))

    return compute


@scorer(metrics=[])
def answers(options: dict[str, Any]) -> Scorer:
    """Counts of each document by the first measure, with the prediction as metadata."""
    made = _task_of(options)

    async def read(state: TaskState, target: Target) -> Score:  # noqa: ARG001 (the protocol's)
        outcome = made.read(str(state.sample_id), state.output.completion)
        return Score(
            value=made.counts(outcome),
            answer=state.output.completion,
            explanation=outcome.problem,
            reason=None if outcome.problem is None else "invalid_response_format",
            metadata={
                "prediction": msgspec.to_builtins(outcome.prediction),
                "ungrounded": list(outcome.ungrounded),
            },
        )

    return read


def _task_of(options: dict[str, Any]) -> LanguageModelTask:
    return make_task(msgspec.convert(options, TaskOptions))


def _outcome(found: Score) -> Outcome:
    metadata = found.metadata or {}
    return Outcome(
        msgspec.convert(metadata["prediction"], Prediction),
        tuple(metadata["ungrounded"]),
        found.explanation,
    )


def _sample(made: LanguageModelTask, document: str, shots: int, seed: int) -> Sample:
    messages = made.messages(document, shots, seed)
    return Sample(id=document, input=[*map(_chat, messages)], target=made.target(document))


def _chat(message: Message) -> ChatMessage:
    return _CLASSES[message.role](content=message.content)


def _register(name: str) -> None:
    def make(
        dataset: str = "",
        split: str = "test",
        fewshot: int = 0,
        seed: int = 13,
        train_split: str = "train",
        contrasts: bool = False,
        attributes: bool = False,
        structured: bool = True,
        out: str | None = None,
    ) -> Task:
        try:
            options = task_options(
                name,
                {
                    "dataset": dataset,
                    "split": split,
                    "train_split": train_split,
                    "contrasts": contrasts,
                    "attributes": attributes,
                    "structured": structured,
                },
            )
            made = make_task(options)
            samples = [_sample(made, one.id, fewshot, seed) for one in made.documents]
        except DatelineError as error:
            raise PrerequisiteError(str(error)) from None
        schema = ResponseSchema(
            name=NAME, json_schema=JSONSchema.model_validate(made.schema), strict=True
        )
        plain = msgspec.to_builtins(options)
        return Task(
            dataset=MemoryDataset(samples, name=dataset),
            scorer=answers(plain),
            metrics=[scores(plain, out)],
            config=GenerateConfig(temperature=0.0, response_schema=schema if structured else None),
            metadata=dict(made.description),
        )

    task(name=name)(make)


for _name in NAMES:
    _register(_name)
