"""Predictions as annotations, for annotators to start from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from dateline.corpus.store import Corpus
from dateline.model import Annotation, canonical
from dateline.predictions.checking import schema_problems
from dateline.predictions.confidence import mean_confidence
from dateline.predictions.document_checks import DocumentCheck
from dateline.predictions.problems import PredictionProblem, refuse
from dateline.predictions.reading import read_prediction_lines
from dateline.predictions.rules import as_annotation, broken_rules
from dateline.predictions.texts import CorpusTexts
from dateline.validation.engine import Checker
from dateline.validation.schema import SchemaValidator


class ScoredAnnotation(NamedTuple):
    """A prediction as an annotation, and its mean confidence, None if no item has one."""

    annotation: Annotation
    confidence: float | None


def read_as_annotations(corpus: Corpus, path: Path) -> dict[str, Annotation]:
    """The annotations of `read_with_confidence`."""
    return {name: found.annotation for name, found in read_with_confidence(corpus, path).items()}


def pseudonym_of(name: str) -> str:
    """The name of a file or a model, as far as a pseudonym may have it."""
    return re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")[:40] or "predictions"


def read_with_confidence(corpus: Corpus, path: Path) -> dict[str, ScoredAnnotation]:
    """The predictions of a JSON Lines file as annotations, by document.

    The annotator is the file's stem, as far as a pseudonym may have it. Fields that annotations do
    not have are left out. Raises DatelineError that lists every problem with its line, place and
    hint: invalid JSON, the schema, unknown documents, or the rules for annotations.
    """
    annotator = pseudonym_of(path.stem)
    schema = SchemaValidator(corpus.schemas, "prediction")
    checker = Checker(corpus)
    documents = DocumentCheck(CorpusTexts(corpus))
    found: dict[str, ScoredAnnotation] = {}
    problems: list[PredictionProblem] = []
    for line in read_prediction_lines(path):
        reasons = [problem for problem in line.problems if problem.effect == "rejected"]
        if line.value is not None and not reasons:
            reasons = list(schema_problems(line.number, line.value, schema))
        if line.misfit is not None:
            reasons = reasons or [line.misfit]
        elif line.read is not None and not reasons:
            problem = documents.problem(line.read, line.number)
            if problem is not None:
                reasons = [problem]
            else:
                document = corpus.read_document(line.read.document)
                layers = corpus.ontology.layer_names
                annotation = as_annotation(line.read, document, annotator, layers)
                confidence = mean_confidence(line.read)
                found[document.id] = ScoredAnnotation(canonical(annotation), confidence)
                reasons = list(broken_rules(line.number, annotation, document, checker, "rejected"))
        problems += reasons
    refuse(str(path), problems)
    return found
