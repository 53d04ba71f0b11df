"""Everything that is wrong with a file of predictions, and what becomes of each of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.model import Span, Struct
from dateline.ontology.labels import Ontology
from dateline.predictions.item_checks import admit
from dateline.predictions.label_index import OntologyIndex
from dateline.predictions.offset_units import recognise
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text
from dateline.validation.schema import SchemaValidator

Fate: TypeAlias = Literal["refused", "wrong", "noted"]
"""A refused line keeps the file from being scored. What is wrong counts as a prediction and cannot
be right. What is noted is scored as it stands."""

ITEMS = ("mentions", "events", "event_relations", "claims", "claim_relations")


class Problem(Struct, frozen=True):
    """Something about a line of the file; ``pointer`` is a JSON Pointer into it."""

    line: int
    document: str
    fate: Fate
    pointer: str
    id: str
    message: str
    hint: str


class Checked(Struct, frozen=True):
    """What was found in a file: how many items are counted, how many of them as wrong, and why.

    ``refused`` are items in lines that cannot be scored.
    """

    lines: int
    items: int
    wrong: int
    refused: int
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every prediction can be scored and could be right."""
        return not any(problem.fate != "noted" for problem in self.problems)


def check_predictions(
    path: Path, corpus: Corpus, texts: Mapping[str, Text] | None = None
) -> Checked:
    """Check a file of predictions against a corpus's schemas, labels and texts.

    ``texts`` are the texts by document, where they are not the corpus's. Raises DatelineError
    where the file cannot be read at all.
    """
    known = texts if texts is not None else _Texts(corpus)
    desk = _Desk(known, corpus.ontology, SchemaValidator(corpus.schemas, "prediction"))
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    desk.line(number, line)
    except OSError as error:
        raise DatelineError(f"{path}: {error.strerror}.") from None
    if not desk.lines:
        raise DatelineError(
            f"{path}: holds no predictions; it needs a line of JSON for each document."
        )
    return Checked(
        lines=desk.lines,
        items=desk.items,
        wrong=desk.wrong,
        refused=desk.refused,
        missing=tuple(sorted(set(known) - set(desk.seen))),
        problems=tuple(desk.problems),
    )


class _Texts(Mapping[str, Text]):
    """The texts of a corpus, read when they are asked for."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._ids = dict.fromkeys(corpus.document_ids())

    def __getitem__(self, name: str) -> Text:
        if name not in self._ids:
            raise KeyError(name)
        document = self._corpus.read_document(name)
        return Text(id=name, text=document.text, text_sha256=document.text_sha256)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


class _Desk:
    def __init__(
        self, texts: Mapping[str, Text], ontology: Ontology, schema: SchemaValidator
    ) -> None:
        self._texts = texts
        self._vocabulary = OntologyIndex(ontology)
        self._schema = schema
        self.seen: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.lines = self.items = self.wrong = self.refused = 0

    def line(self, number: int, line: bytes) -> None:
        """Take in a line."""
        self.lines += 1
        try:
            instance = json.loads(line)
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            self._add(number, "", "refused", f"is not JSON in UTF-8: {error}", "Correct the line.")
            return
        items = _size(instance)
        name = str(instance.get("document", "")) if isinstance(instance, dict) else ""
        before = len(self.problems)
        prediction = self._prediction(number, name, instance)
        if prediction is None:
            self.refused += items
            return
        self.items += items
        document = self._texts[name]
        # First, because it explains all that follows.
        self._name_unit(number, name, prediction, document.text)
        _, flaws = admit(prediction, document.id, document.text, self._vocabulary)
        for flaw in flaws:
            fate: Fate = "wrong" if flaw.is_wrong else "noted"
            self._add(number, name, fate, flaw.problem, "", flaw.pointer, flaw.id)
        self.wrong += len({_item(flaw.pointer) for flaw in flaws if flaw.is_wrong})
        known = {problem.pointer for problem in self.problems[before:]}
        for finding in self._schema.findings(instance):
            if not any(p == finding.pointer or p.startswith(f"{finding.pointer}/") for p in known):
                self._add(
                    number, name, "noted", finding.message, finding.hint, finding.pointer,
                    finding.subject,
                )  # fmt: skip

    def _prediction(self, number: int, name: str, instance: Any) -> Prediction | None:
        """The line as a prediction; None where it has to be refused, with the reasons noted."""
        try:
            prediction = msgspec.convert(instance, Prediction)
        except msgspec.ValidationError as error:
            findings = list(self._schema.findings(instance))
            for finding in findings:
                self._add(
                    number, name, "refused", finding.message, finding.hint, finding.pointer,
                    finding.subject,
                )  # fmt: skip
            if not findings:
                self._add(number, name, "refused", str(error), "Correct the line.")
            return None
        if name not in self._texts:
            hint = "Name a document of the corpus, or the corpus that has it."
            self._add(number, name, "refused", f"«{name}» is no document here", hint, "/document")
            return None
        if name in self.seen:
            message = f"«{name}» is predicted on line {self.seen[name]} already"
            self._add(number, name, "refused", message, "Keep one line for it.", "/document")
            return None
        self.seen[name] = number
        if prediction.text_sha256 not in (None, self._texts[name].text_sha256):
            message = "is not the hash of this document's text: another text was read"
            self._add(number, name, "refused", message, "Predict on the text as it is in the "
                      "corpus.", "/text_sha256")  # fmt: skip
            return None
        return prediction

    def _name_unit(self, number: int, name: str, prediction: Prediction, text: str) -> None:
        spans: list[Span] = [span for mention in prediction.mentions for span in mention.spans]
        spans += [span for event in prediction.events for span in event.trigger]
        spans += [s for claim in prediction.claims for s in (*claim.spans, *(claim.cue or ()))]
        found = recognise(text, spans)
        if found:
            hint = "Offsets are Unicode code points, from 0, end exclusive: convert them."
            self._add(number, name, "noted", found, hint)

    def _add(
        self,
        line: int,
        document: str,
        fate: Fate,
        message: str,
        hint: str,
        pointer: str = "",
        item: str = "",
    ) -> None:
        self.problems.append(
            Problem(
                line=line, document=document, fate=fate, pointer=pointer, id=item,
                message=message, hint=hint,
            )
        )  # fmt: skip


def _size(instance: Any) -> int:
    if not isinstance(instance, dict):
        return 0
    lists = (instance.get(name) for name in ITEMS)
    return sum(len(found) for found in lists if isinstance(found, list))


def _item(pointer: str) -> str:
    """The part of a pointer that names an item, such as /mentions/3."""
    return "/".join(pointer.split("/")[:3])
