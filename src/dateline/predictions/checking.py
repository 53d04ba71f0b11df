"""Reports every problem in a file of predictions, and what it does to the scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dateline.corpus.store import Corpus
from dateline.model import ITEM_FIELDS, Span, Struct
from dateline.ontology.labels import Ontology
from dateline.predictions.document_checks import DocumentCheck
from dateline.predictions.item_checks import check_items
from dateline.predictions.label_index import OntologyIndex
from dateline.predictions.offset_units import better_unit
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem
from dateline.predictions.reading import read_json_lines
from dateline.predictions.texts import CorpusTexts, Text
from dateline.validation.schema import SchemaValidator


class CheckResult(Struct, frozen=True):
    """The problems of a file, with the number of predicted items that are counted when scored.

    ``wrong`` of the ``items`` cannot match gold; ``rejected`` are items in lines that cannot be
    scored. ``missing`` are documents without a prediction.
    """

    lines: int
    items: int
    wrong: int
    rejected: int
    missing: tuple[str, ...]
    problems: tuple[PredictionProblem, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every prediction can be scored and could be right."""
        return all(problem.effect == "warning" for problem in self.problems)


def check_predictions(
    path: Path,
    corpus: Corpus,
    texts: Mapping[str, Text] | None = None,
    ontology: Ontology | None = None,
) -> CheckResult:
    """Check a file of predictions against the schema, labels and texts of a corpus.

    ``texts`` are the texts by document id, and ``ontology`` has the labels, if they are not the
    corpus's. Raises DatelineError if
    the file cannot be read at all.
    """
    known = texts if texts is not None else CorpusTexts(corpus)
    documents = DocumentCheck(known)
    index = OntologyIndex(ontology or corpus.ontology)
    schema = SchemaValidator(corpus.schemas, "prediction")
    lines = items = wrong = rejected = 0
    problems: list[PredictionProblem] = []
    for number, value, read in read_json_lines(path, Prediction):
        lines += 1
        found = _rejection(number, value, read, documents, schema)
        if found:
            rejected += _item_count(value)
        elif isinstance(read, Prediction):
            items += _item_count(value)
            found = _flaws(number, value, read, known[read.document].text, index, schema)
            wrong += len({_item(p.pointer) for p in found if p.effect == "wrong"})
        problems += found
    return CheckResult(
        lines=lines,
        items=items,
        wrong=wrong,
        rejected=rejected,
        missing=documents.missing,
        problems=tuple(problems),
    )


def schema_problems(
    number: int, value: Any, schema: SchemaValidator
) -> Iterator[PredictionProblem]:
    """What the JSON Schema rejects in a line; nothing if the line is not JSON."""
    if value is None:
        return
    document = value.get("document", "") if isinstance(value, dict) else ""
    for finding in schema.findings(value):
        yield PredictionProblem(
            line=number,
            document=str(document),
            effect="rejected",
            pointer=finding.pointer,
            id=finding.subject,
            message=finding.message,
            hint=finding.hint,
        )


def _rejection(
    number: int,
    value: Any,
    read: Prediction | PredictionProblem,
    documents: DocumentCheck,
    schema: SchemaValidator,
) -> list[PredictionProblem]:
    """Why a line cannot be scored; empty if it can."""
    if isinstance(read, PredictionProblem):
        return list(schema_problems(number, value, schema)) or [read]
    problem = documents.problem(read, number)
    return [] if problem is None else [problem]


def _flaws(
    number: int,
    value: Any,
    prediction: Prediction,
    text: str,
    ontology: OntologyIndex,
    schema: SchemaValidator,
) -> list[PredictionProblem]:
    """What is wrong with the items of a line that can be scored."""
    _, problems = check_items(prediction, text, ontology)
    found = [msgspec.structs.replace(problem, line=number) for problem in problems]
    reported = {part for problem in found for part in _with_parents(problem.pointer)}
    for problem in schema_problems(number, value, schema):
        if problem.pointer not in reported:
            found.append(msgspec.structs.replace(problem, effect="warning"))
    unit = better_unit(text, list(_spans(prediction)))
    if unit:
        warning = PredictionProblem(
            line=number,
            document=prediction.document,
            effect="warning",
            message=unit,
            hint="Convert the offsets to Unicode code points, from 0, end exclusive.",
        )
        # First, because it explains the others.
        found.insert(0, warning)
    return found


def _spans(prediction: Prediction) -> Iterator[Span]:
    for mention in prediction.mentions:
        yield from mention.spans
    for event in prediction.events:
        yield from event.trigger
    for claim in prediction.claims:
        yield from (*claim.spans, *(claim.cue or ()))


def _with_parents(pointer: str) -> Iterator[str]:
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]


def _item_count(value: Any) -> int:
    if not isinstance(value, dict):
        return 0
    # Entities are what mentions refer to, and are not predicted by themselves.
    lists = (value.get(field) for field in ITEM_FIELDS if field != "entities")
    return sum(len(found) for found in lists if isinstance(found, list))


def _item(pointer: str) -> str:
    """The part of a pointer that names an item, such as /mentions/3."""
    return "/".join(pointer.split("/")[:3])
