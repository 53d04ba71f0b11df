"""Reports the problems in a file of predictions, and what it does to the scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from dateline.corpus.store import Corpus
from dateline.model import CONTENT_FIELDS, Struct
from dateline.ontology.labels import Ontology
from dateline.predictions.document_checks import DocumentCheck
from dateline.predictions.item_checks import check_items
from dateline.predictions.label_index import OntologyIndex
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem
from dateline.predictions.reading import read_prediction_lines
from dateline.predictions.rules import as_annotation, broken_rules
from dateline.predictions.texts import Text
from dateline.validation.engine import Checker
from dateline.validation.schema import SchemaValidator

GROUPING_FIELDS = ("entities", "event_clusters")
"""What mentions and events refer to, and what is not predicted by itself."""


class CheckResult(Struct, frozen=True):
    """The problems of a file, with the number of predicted items that are counted when scored.

    ``wrong`` of the ``items`` cannot match gold; ``rejected`` are items in lines that cannot be
    scored. Attributes of documents count as items. ``missing`` are documents without a prediction.
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


class Target(NamedTuple):
    """What predictions are checked against.

    ``texts`` are the known texts by document id, and ``unscored`` are ids of documents that have no
    gold, with or without a text. ``schema`` is that of predictions, or None if there is none for
    these labels. ``knowledge_bases`` are those of the gold. With a ``corpus``, predictions are also
    checked by its rules for annotations.
    """

    texts: Mapping[str, Text]
    ontology: OntologyIndex
    schema: SchemaValidator | None
    unscored: frozenset[str] = frozenset()
    knowledge_bases: frozenset[str] = frozenset()
    corpus: Corpus | None = None


def check_file(path: Path, target: Target) -> CheckResult:
    """Check a file of predictions. Raises DatelineError if the file cannot be read at all."""
    documents = DocumentCheck(target.texts, target.unscored)
    checker = None if target.corpus is None else Checker(target.corpus)
    lines = items = wrong = rejected = 0
    problems: list[PredictionProblem] = []
    for line in read_prediction_lines(path):
        found = list(line.problems)
        if line.misfit is not None:
            violations = list(schema_problems(line.number, line.value, target.schema))
            found += violations or [line.misfit]
        elif line.read is not None and (problem := documents.problem(line.read, line.number)):
            found.append(problem)
        is_rejected = any(problem.effect == "rejected" for problem in found)
        lines += is_rejected or line.read is not None
        if is_rejected:
            rejected += _item_count(line.value)
        elif line.read is not None:
            items += _item_count(_declared(line.value, target.ontology.ontology))
            if line.read.document in target.texts:
                found += _flaws(line.number, line.value, line.read, target, checker)
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
    number: int, value: Any, schema: SchemaValidator | None
) -> Iterator[PredictionProblem]:
    """What the JSON Schema, if there is one, rejects in the value of a line."""
    if schema is None:
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


def _flaws(
    number: int, value: Any, prediction: Prediction, target: Target, checker: Checker | None
) -> list[PredictionProblem]:
    """What is wrong with the items of a line that can be scored."""
    text = target.texts[prediction.document]
    _, problems = check_items(prediction, text, target.ontology, target.knowledge_bases)
    found = [msgspec.structs.replace(problem, line=number) for problem in problems]
    reported = {part for problem in found for part in _with_parents(problem.pointer)}
    # What is not declared has been reported, and has no other problems.
    declared = _declared(value, target.ontology.ontology)
    violations = list(schema_problems(number, declared, target.schema))
    found += [
        msgspec.structs.replace(problem, effect="warning")
        for problem in violations
        if problem.pointer not in reported
    ]
    # Rules rely on the schema.
    is_valid = declared is value and not violations
    if target.corpus is not None and checker is not None and is_valid:
        document = target.corpus.read_document(prediction.document)
        layers = target.corpus.ontology.layer_names
        annotation = as_annotation(prediction, document, "predictions", layers)
        rules = broken_rules(number, annotation, document, checker, "warning")
        found += [problem for problem in rules if not reported & {*_with_parents(problem.pointer)}]
    if text.withheld is not None:
        warning = PredictionProblem(
            line=number,
            document=prediction.document,
            effect="warning",
            message="its text is withheld, so quotes are not checked",
            hint="Restore the texts of the dataset with `dateline hydrate`.",
        )
        found.insert(0, warning)
    return found


def _with_parents(pointer: str) -> Iterator[str]:
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]


def _declared(value: Any, ontology: Ontology) -> Any:
    """The value of a line without content that the ontology does not declare."""
    ignored = {*CONTENT_FIELDS} - {*ontology.fields}
    if not isinstance(value, dict) or ignored.isdisjoint(value):
        return value
    return {name: found for name, found in value.items() if name not in ignored}


def _item_count(value: Any) -> int:
    """The number of items, and of attributes of the document."""
    if not isinstance(value, dict):
        return 0
    fields = (value.get(field) for field in CONTENT_FIELDS if field not in GROUPING_FIELDS)
    return sum(len(found) for found in fields if isinstance(found, list | dict))


def _item(pointer: str) -> str:
    """The part of a pointer that names an item, such as /mentions/3."""
    return "/".join(pointer.split("/")[:3])
