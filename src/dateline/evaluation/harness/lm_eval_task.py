"""The task for lm-evaluation-harness; the files in ``lm_eval_tasks`` give it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import nan
from pathlib import Path
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.task import Task, TaskConfig

from dateline.errors import DatelineError
from dateline.evaluation.harness.tasks import (
    UNGROUNDED,
    UNPARSABLE,
    Outcome,
    TaskOptions,
    make_task,
    task_options,
)
from dateline.evaluation.prompting.schema import response_format

TASK = "dateline_task"
"""The key of the metadata that says which task it is."""

OPTIONS = frozenset(TaskOptions.__struct_fields__) - {"name"}
"""Keys of the metadata that are passed on; others are arguments of the model."""

LONGEST = 16_384
"""The longest answer, in tokens."""


class AnnotationTask(Task):  # type: ignore[misc] # lm_eval has no types
    """A chat about each document; ``--metadata`` has the dataset and the other options."""

    VERSION = 1
    OUTPUT_TYPE = "generate_until"

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        metadata = dict(config.get("metadata") or {})
        self._out = metadata.get("out")
        given = {key: value for key, value in metadata.items() if key in OPTIONS}
        try:
            self._made = make_task(task_options(metadata[TASK], given))
        except DatelineError as error:
            # The harness would show a traceback.
            raise SystemExit(f"dateline: {error}") from None
        self._scored: tuple[Sequence[_Answered], Mapping[str, float | None]] = (), {}
        self._seed = 0
        self._config = TaskConfig(
            task=config["task"],
            metadata=dict(self._made.description),
            generation_kwargs={"until": [], "max_gen_toks": LONGEST, "temperature": 0.0},
        )

    def download(self, *_: Any, **__: Any) -> None:
        """Do nothing: the dataset is read when the task is made."""

    def has_training_docs(self) -> bool:
        """Examples are chosen by the task itself, from the training split only."""
        return False

    def has_validation_docs(self) -> bool:
        """Only one split is evaluated."""
        return False

    def has_test_docs(self) -> bool:
        """There are documents to evaluate."""
        return True

    def test_docs(self) -> list[dict[str, str]]:
        """The id and text of each document."""
        return [{"id": one.id, "text": one.text} for one in self._made.documents]

    def doc_to_text(self, doc: Mapping[str, str]) -> str:
        """The text of a document."""
        return doc["text"]

    def doc_to_target(self, doc: Mapping[str, str]) -> str:
        """The answer that gold gives."""
        return self._made.target(doc["id"])

    def set_fewshot_seed(self, seed: int | None = None) -> None:
        """Set the order from which examples are taken."""
        self._seed = seed or 0

    def fewshot_context(
        self,
        doc: Mapping[str, str],
        num_fewshot: int,
        *,
        system_instruction: str | None = None,
        apply_chat_template: bool = False,
        chat_template: Callable[[list[dict[str, str]]], str] | None = None,
        **_: Any,
    ) -> str:
        """The chat in the model's template, or as text."""
        messages = self._made.messages(doc["id"], num_fewshot, self._seed)
        if system_instruction:
            system = f"{system_instruction}\n\n{messages[0].content}"
            messages[0] = messages[0]._replace(content=system)
        if apply_chat_template and chat_template is not None:
            return chat_template([one._asdict() for one in messages])
        return "\n\n".join([*(one.content for one in messages), ""])

    def construct_requests(self, doc: Mapping[str, str], ctx: str, **kwargs: Any) -> Instance:
        """A request for an answer in the schema, unless the model cannot be made to follow it."""
        options = dict(self.config.generation_kwargs or {})
        if self._made.options.structured:
            options["response_format"] = response_format(self._made.schema)
        return Instance(
            request_type=self.OUTPUT_TYPE,
            doc=doc,
            arguments=(ctx, options),
            idx=0,
            metadata=kwargs["metadata"],
        )

    def process_results(
        self, doc: Mapping[str, str], results: Sequence[str]
    ) -> dict[str, _Answered]:
        """The same answer for each measure, because all of them are over all documents."""
        answered = _Answered(self._made.read(doc["id"], results[0]))
        return dict.fromkeys(self.aggregation(), answered)

    def aggregation(self) -> dict[str, Callable[[Sequence[_Answered]], float]]:
        """The scores over all documents, by measure."""
        names = (*self._made.measures, UNPARSABLE, UNGROUNDED)
        return {name: partial(self._value, name) for name in names}

    def higher_is_better(self) -> dict[str, bool]:
        """Whether more is better, by measure."""
        return {name: name not in (UNPARSABLE, UNGROUNDED) for name in self.aggregation()}

    def _value(self, name: str, answered: Sequence[_Answered]) -> float:
        # Each measure is asked for apart, of the same answers.
        if self._scored[0] != answered:
            out = None if self._out is None else Path(str(self._out))
            self._scored = answered, self._made.values([one.outcome for one in answered], out)
        value = self._scored[1][name]
        return nan if value is None else value


class _Answered:
    """An answer that was read; in a log of samples, its document stands for it."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def __str__(self) -> str:
        return self.outcome.prediction.document
