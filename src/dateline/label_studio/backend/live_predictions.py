"""Predictions of a model for tasks on a server, as the page shows them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.files.reading import decode_json
from dateline.label_studio.convert.checked_rows import checked_rows
from dateline.label_studio.server.responses import Task
from dateline.label_studio.start import Start
from dateline.model import canonical
from dateline.predictions.confidence import mean_confidence
from dateline.predictions.document_checks import DocumentCheck
from dateline.predictions.item_checks import check_items
from dateline.predictions.label_index import OntologyIndex
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem
from dateline.predictions.reading import prediction_line
from dateline.predictions.rules import as_annotation
from dateline.predictions.texts import CorpusTexts, Text
from dateline.rendering.listing import listed

Predict = Callable[[Sequence[Text]], Iterable[bytes | str]]
"""For each text its prediction, as a line of a file, or the reason why there is none."""

SHOWN = 3
"""How many problems of a prediction a message lists."""


class LivePredictions:
    """Predicts documents of a corpus for tasks, one request at a time.

    ``version`` is the name that the server gives all predictions of the model. Documents of
    ``blank`` get none.
    """

    def __init__(
        self, corpus: Corpus, version: str, predict: Predict, blank: Collection[str] = ()
    ) -> None:
        self.version = version
        self._corpus = corpus
        self._predict = predict
        self._blank = blank
        self._annotator = version.partition("@")[0]
        self._index = OntologyIndex(corpus.ontology)
        self._lock = threading.Lock()

    def starts(self, tasks: Sequence[Task], config: str) -> list[Start | str]:
        """For each task its prediction, or the reason why there is none.

        ``config`` is the labelling configuration of the project. Raises DatelineError if the model
        raises an exception.
        """
        documents = CorpusTexts(self._corpus)
        found = [self._text_of(task, documents) for task in tasks]
        texts = {one.id: one for one in found if isinstance(one, Text)}
        with self._lock:  # models need not be able to do two things at once
            lines = dict(zip(texts, self._predict([*texts.values()]), strict=True))
        return [self._start(one, lines, config) if isinstance(one, Text) else one for one in found]

    def _text_of(self, task: Task, documents: CorpusTexts) -> Text | str:
        """The text of a task, or why it is not predicted."""
        name = task.document
        if name is None or name not in documents:
            named = "has no doc_id" if name is None else f'"{name}" is not a document of the corpus'
            return (
                f"task {task.id}: {named}. `dateline studio push` adds tasks that can be predicted."
            )
        if name in self._blank:
            return f"{name}: is a gold question, which annotators start without a prediction."
        try:
            text = documents[name]
        except DatelineError as error:
            return str(error)
        if task.text != text.text:
            return (
                f"{name}: task {task.id} has a different text from corpus/{name}.json. A changed "
                "text is a new document: give it a new id, and push it."
            )
        return text

    def _start(self, text: Text, lines: Mapping[str, bytes | str], config: str) -> Start | str:
        line = lines[text.id]
        if isinstance(line, str):
            return f"{text.id}: {line}"
        read = prediction_line(0, decode_json(line))
        prediction, problems = read.read, [read.rejection] if read.rejection else []
        if prediction is not None:
            problems += self._wrong(prediction, text)
        if prediction is None or problems:
            return f"{text.id}: the prediction is not valid: {'; '.join(listed(problems, SHOWN))}"
        document, ontology = self._corpus.read_document(text.id), self._corpus.ontology
        annotation = as_annotation(prediction, document, self._annotator, ontology.layer_names)
        rows, errors = checked_rows(canonical(annotation), document, config, ontology)
        if errors:
            return f"{text.id}: cannot be shown on the page: {'; '.join(listed(errors, SHOWN))}"
        return Start(self.version, rows, mean_confidence(prediction))

    def _wrong(self, prediction: Prediction, text: Text) -> list[PredictionProblem]:
        """What could not be right. Attributes that are missing are for the annotator to choose."""
        problem = DocumentCheck({text.id: text}).problem(prediction)
        _, found = check_items(prediction, text, self._index)
        return [*filter(None, [problem]), *(one for one in found if one.effect == "wrong")]
