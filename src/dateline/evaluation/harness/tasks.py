"""A task for language models: documents of a dataset as prompts, and answers scored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from dateline.corpus.store import canonical_json
from dateline.errors import InvalidInputError, NotFoundError
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.gold import Gold, restricted
from dateline.evaluation.gold_documents import GoldDocument
from dateline.evaluation.measures.groups import GROUPS
from dateline.evaluation.prompting.answer import read_answer
from dateline.evaluation.prompting.asked import asked_for
from dateline.evaluation.prompting.example import answer_of
from dateline.evaluation.prompting.grounding import as_prediction
from dateline.evaluation.prompting.prompt import instructions
from dateline.evaluation.prompting.schema import answer_schema, fitted
from dateline.evaluation.report import Report, Score
from dateline.evaluation.scoring import Runs, as_gold, read_runs, score_runs, select_groups
from dateline.evaluation.signature import sign
from dateline.files.reading import MalformedError
from dateline.files.writing import write_atomically
from dateline.model import Struct
from dateline.predictions.prediction import Prediction
from dateline.rendering.listing import counted, listed

ALL = "all"
NAMES = ("entities", "relations", "events", "claims", ALL)
"""The tasks: one for each layer whose items language models are asked for, and all layers."""

UNPARSABLE, UNGROUNDED = "unparsable", "ungrounded"
"""The number of answers that are no JSON of the schema, and of items that are not in the text."""

SHOWN = 5


class TaskOptions(Struct, frozen=True):
    """What a task is made from.

    ``dataset`` is the folder of a built dataset or of a corpus, or the name of a dataset on the
    Hub (``ORG/NAME@REVISION``). ``split`` is evaluated, and with ``contrasts`` its contrasts are
    too. ``attributes`` asks for attributes of items. If answers are not ``structured``, because
    models cannot be made to follow the schema, it is in the prompt.
    """

    name: str
    dataset: str
    split: str = "test"
    train_split: str = "train"
    contrasts: bool = False
    attributes: bool = False
    structured: bool = True


def task_options(name: str, given: Mapping[str, Any]) -> TaskOptions:
    """The options of a task from values that a harness read from its command line.

    Raises InvalidInputError for a value of the wrong type.
    """
    try:
        return msgspec.convert({"dataset": "", **given, "name": name}, TaskOptions)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$.")
        option = place.rstrip("`")
        raise InvalidInputError(f"{option}: is {given[option]!r}. {problem}.") from None


class Outcome(NamedTuple):
    """What became of an answer.

    ``problem`` says why an answer is not one; its prediction is then empty. ``ungrounded`` are
    words that are not in the text, or not those of an item that they refer to.
    """

    prediction: Prediction
    ungrounded: tuple[str, ...] = ()
    problem: str | None = None


class Message(NamedTuple):
    """A message of a chat; ``role`` is system, user or assistant."""

    role: str
    content: str


@lru_cache(maxsize=8)
def make_task(options: TaskOptions) -> LanguageModelTask:
    """The task with these options, made once.

    Raises DatelineError if there is no such task, dataset, split or layer, or texts are withheld.
    """
    return LanguageModelTask(options)


class LanguageModelTask:
    """Prompts for the documents of a split, and scores of the answers to them."""

    def __init__(self, options: TaskOptions) -> None:
        if options.name not in NAMES:
            raise NotFoundError(
                f"there is no task {options.name!r}. Available: {', '.join(NAMES)}."
            )
        if not options.dataset:
            raise InvalidInputError(
                "dataset: is missing. Expected the folder of a dataset, or its name on the Hub."
            )
        self.options = options
        self.gold = _gold(options.dataset, options.split)
        asked = self.gold.every_document() if options.contrasts else self.gold.documents
        self._documents = {document.id: document for document in asked}
        contrasts = self.gold.contrast_sets.contrasts if self.gold.contrast_sets else {}
        self._scored = self._documents.keys() - contrasts.keys()
        _refuse_withheld(options.dataset, self._documents.values())
        ontology = self.gold.ontology
        layers = () if options.name == ALL else ("entities", options.name)
        declared = [name for name in layers if name in ontology.layers or name == options.name]
        self._asked = asked_for(ontology, [*dict.fromkeys(declared)], attributes=options.attributes)
        self.schema = answer_schema(self._asked)
        self.instructions = instructions(self._asked, with_schema=not options.structured)
        self._examples: dict[tuple[int, int], list[Message]] = {}
        scored = (*ontology.layers,) if options.name == ALL else (options.name,)
        best = [self.read(name, self.target(name)) for name in sorted(self._scored)]
        self.groups = tuple(self._groups(scored, best))
        self.measures = (*map(_name, self.report(best).primary),)

    @property
    def documents(self) -> Sequence[GoldDocument]:
        """The documents that are asked about: first those that are scored, then contrasts."""
        return (*self._documents.values(),)

    @property
    def signature(self) -> str:
        """The signature of scores over all documents."""
        return str(sign(self.gold, ScoringInput(self.gold, ()), self.groups))

    @property
    def description(self) -> Mapping[str, Any]:
        """What the scores depend on but for the model: options, prompt and signature."""
        prompt = msgspec.json.encode([self.instructions, self.schema])
        return {
            **msgspec.to_builtins(self.options),
            "signature": self.signature,
            "prompt_sha256": hashlib.sha256(prompt).hexdigest(),
        }

    def messages(self, document: str, shots: int = 0, seed: int = 13) -> list[Message]:
        """The chat about a document, up to the answer that is wanted.

        The first ``shots`` documents of the training split, in the order of ``seed``, are examples.
        """
        text = self._documents[document].text
        return [
            Message("system", self.instructions),
            *self._example_messages(shots, seed),
            Message("user", text),
        ]

    def target(self, document: str) -> str:
        """The answer that gold gives."""
        return self._written(self._documents[document])

    def read(self, document: str, content: str) -> Outcome:
        """What a model wrote about a document."""
        text = self._documents[document]
        try:
            answer = read_answer(content)
        except MalformedError as error:
            empty = Prediction(document=text.id, text_sha256=text.text_sha256)
            return Outcome(empty, problem=error.problem)
        return Outcome(*as_prediction(answer, text, self._asked))

    def report(self, outcomes: Iterable[Outcome]) -> Report:
        """The scores of answers, of the documents that have one.

        With several answers about a document, the first ones are the first run, and so on.
        """
        runs: list[dict[str, Prediction]] = []
        for outcome in outcomes:
            name = outcome.prediction.document
            run = next((run for run in runs if name not in run), None)
            if run is None:
                runs.append(run := {})
            run[name] = outcome.prediction
        if not runs:
            raise InvalidInputError("there is no answer to score.")
        gold = self._restricted(runs[0].keys())
        inputs = read_runs(Runs(*([*run.values()] for run in runs)), gold)
        return score_runs(gold, inputs, [GROUPS[name] for name in self.groups])

    def values(
        self, outcomes: Sequence[Outcome], out: Path | None = None
    ) -> dict[str, float | None]:
        """The scores by primary measures, from 0 to 1, and the numbers of answers with problems.

        Predictions, and the report that `dateline score` gives, are written to the folder ``out``.
        """
        report = self.report(outcomes)
        if out is not None:
            lines = [outcome.prediction.to_json() + b"\n" for outcome in outcomes]
            out.mkdir(parents=True, exist_ok=True)
            write_atomically(out / "predictions.jsonl", b"".join(lines))
            write_atomically(out / "scores.json", canonical_json(report.to_dict()))
        found = {_name(one): one.value for one in report.primary}
        return {
            **{name: found.get(name) for name in self.measures},
            UNPARSABLE: float(sum(one.problem is not None for one in outcomes)),
            UNGROUNDED: float(sum(len(one.ungrounded) for one in outcomes)),
        }

    def counts(self, outcome: Outcome) -> dict[str, float]:
        """True positives, predicted and gold items of a document by the first measure."""
        found = self.report([outcome]).primary[0].total
        if found is None:
            return {}
        return {
            "correct": found.matched_predicted,
            "predicted": found.predicted,
            "gold": found.gold,
        }

    def _restricted(self, names: Set[str]) -> Gold:
        """The gold of the documents that were answered; all of it if all of them were.

        Contrasts are scored apart: among other documents they are left out.
        """
        if self._scored <= names:
            return self.gold
        chosen = self._scored & names or names
        gold = restricted(self.gold, [self._documents[name] for name in sorted(chosen)])
        return msgspec.structs.replace(gold, unscored=gold.unscored | (names - chosen))

    def _groups(self, layers: Collection[str], best: Iterable[Outcome]) -> list[str]:
        """The groups of measures of some layers that the best answers have items of."""
        predictions = [outcome.prediction for outcome in best]
        found = select_groups((), [ScoringInput(self.gold, predictions)])
        names = [one.name for one in found if GROUPS[one.name].layer in layers]
        if not names:
            raise NotFoundError(
                f"{self.options.dataset}: the split {self.options.split!r} has no items of the "
                f"task {self.options.name!r}."
            )
        return names

    def _written(self, document: GoldDocument) -> str:
        answer = msgspec.to_builtins(answer_of(document.items, self._asked))
        return json.dumps(fitted(answer, self.schema), ensure_ascii=False)

    def _example_messages(self, shots: int, seed: int) -> list[Message]:
        if not shots:
            return []
        if (shots, seed) not in self._examples:
            self._examples[shots, seed] = [
                message
                for document in self._training_documents(shots, seed)
                for message in (
                    Message("user", document.text),
                    Message("assistant", self._written(document)),
                )
            ]
        return self._examples[shots, seed]

    def _training_documents(self, number: int, seed: int) -> list[GoldDocument]:
        options = self.options
        if options.train_split == options.split:
            raise InvalidInputError("train_split: is the split that is evaluated.")
        gold = _gold(options.dataset, options.train_split)
        usable = [one for one in gold.documents if {*self._asked.layers} <= {*one.layers}]
        if len(usable) < number:
            raise InvalidInputError(
                f"{options.dataset}: the split {options.train_split!r} has "
                f"{counted(len(usable), 'document')} with these layers, and {number} are needed."
            )
        _refuse_withheld(options.dataset, usable)
        return sorted(usable, key=lambda one: hashlib.sha256(f"{seed} {one.id}".encode()).digest())[
            :number
        ]


@lru_cache(maxsize=4)
def _gold(dataset: str, split: str) -> Gold:
    """The gold of a split, read once for several tasks."""
    return as_gold(dataset, split)


def _name(score: Score) -> str:
    """The name of a measure, without commas and colons, which harnesses give a meaning."""
    return f"{score.group}/{score.measure.replace(', ', '/')}"


def _refuse_withheld(dataset: str, documents: Iterable[GoldDocument]) -> None:
    withheld = [document.id for document in documents if document.withheld is not None]
    if withheld:
        raise InvalidInputError(
            f"{dataset}: the texts of {counted(len(withheld), 'document')} are withheld: "
            f"{', '.join(listed(withheld, SHOWN))}. Restore them with `dateline hydrate`."
        )
