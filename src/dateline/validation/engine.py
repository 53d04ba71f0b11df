"""The engine: reads each file once, runs the schemas and the rules, applies the waivers.

It knows no rule by name but the two about files that cannot be used at all. Rules run on files
that fit their schema, so a rule may trust the types; every incident is reported, not the first.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import msgspec

from dateline.corpus.boilerplate import BYTE_ORDER_MARK
from dateline.corpus.store import Corpus
from dateline.model import Annotation, Document, Struct
from dateline.ontology.schemas import split_shares
from dateline.text import excerpt
from dateline.validation.contexts import (
    AnnotationContext,
    CorpusContext,
    DocumentContext,
    TextContext,
)
from dateline.validation.incidents import Finding, Incident
from dateline.validation.registry import RULES, Check, Rule, Scope, declare
from dateline.validation.release_context import ReleaseContext
from dateline.validation.schema import SchemaValidator
from dateline.validation.waivers import Waivers

T = TypeVar("T")

WAIVERS = "annotations/waivers.toml"

for module in (
    *("documents", "annotation_files", "spans", "entities", "events", "claims", "corpus"),
    *("history", "leakage", "annotators"),
):
    import_module(f"dateline.validation.rules.{module}")  # which puts its rules into the table

UNREADABLE = declare(
    "S001", "error", "file", "A file is JSON in UTF-8",
    "What cannot be read cannot be checked.",
)  # fmt: skip
SCHEMA = declare(
    "S002", "error", "file", "A file fits its JSON Schema",
    "Any program in any language can rely on the shape; the labels are the ontology's.",
)  # fmt: skip


class Bundle(Struct, frozen=True):
    """A document, what its annotators say, and all that is wrong with either.

    ``document`` is None where it is unusable, and in the last bundle, which is about the corpus
    as a whole. ``annotations`` holds those that fit their schema, by annotator.
    """

    document: Document | None
    annotations: Mapping[str, Annotation]
    incidents: list[Incident]
    annotation_files: int = 0
    """How many annotations were looked at, those that do not fit their schema included."""


class Checker:
    """Checks documents and annotations of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._ontology = corpus.ontology
        self._shares = split_shares(corpus.schemas)
        self._schemas = {n: SchemaValidator(corpus.schemas, n) for n in ("document", "annotation")}
        self._rules: dict[Scope, list[tuple[Rule, Check]]] = {}
        for rule in RULES.values():
            if rule.check is not None:
                self._rules.setdefault(rule.scope, []).append((rule, rule.check))
        self.waivers = Waivers(corpus.root / WAIVERS)

    def document_file(self, path: Path) -> tuple[Document | None, list[Incident]]:
        """Read and check a document; None where it is not JSON or does not fit its schema."""
        document, incidents = self._read(path, "document", Document)
        if document is not None:
            context = DocumentContext(document, path.stem, self._shares, self._seed)
            incidents += self._run("document", context, self._corpus.relative(path))
            incidents = self._unwaived(incidents, path.stem, None)
        return document, incidents

    def annotation_file(
        self, path: Path, text: TextContext
    ) -> tuple[Annotation | None, list[Incident]]:
        """Read and check an annotation; None where it is not JSON or does not fit its schema."""
        annotation, incidents = self._read(path, "annotation", Annotation)
        if annotation is not None:
            context = AnnotationContext(
                annotation, text, self._ontology, path.stem, path.parent.name
            )
            incidents += self._run("annotation", context, self._corpus.relative(path))
            incidents = self._unwaived(incidents, path.stem, path.parent.name)
        return annotation, incidents

    def annotation(self, annotation: Annotation, document: Document) -> list[Incident]:
        """Check an annotation that has not been written yet, schema and rules."""
        path = self._corpus.annotation_path(annotation.annotator, annotation.document)
        file = self._corpus.relative(path)
        # As it would be read: to_builtins leaves tuples, which are no arrays of JSON Schema.
        instance = msgspec.json.decode(msgspec.json.encode(annotation))
        findings = self._schemas["annotation"].findings(instance)
        incidents = [SCHEMA.incident(finding, file) for finding in findings]
        if not incidents:
            context = AnnotationContext(
                annotation, TextContext(document), self._ontology, path.stem, path.parent.name
            )
            incidents += self._run("annotation", context, file)
        return self._unwaived(incidents, path.stem, annotation.annotator)

    def corpus_wide(self, texts: Mapping[str, str]) -> list[Incident]:
        """Check what no single file shows; ``texts`` are the text hashes seen, by document."""
        incidents = self._run("corpus", CorpusContext(corpus=self._corpus, texts=texts), "")
        incidents = [i for i in incidents if not self.waivers.excuses(i, i.subject, None)]
        return [*incidents, *self.waivers.incidents(WAIVERS)]

    def release(self, context: ReleaseContext) -> list[Incident]:
        """Check what is to be released against the release before it, and its splits."""
        incidents = self._run("release", context, "")
        unwaived = []
        for incident in incidents:
            *_, folder, name = incident.file.split("/")
            annotator = None if folder == "corpus" else folder
            unwaived += self._unwaived([incident], name.removesuffix(".json"), annotator)
        return [*unwaived, *self.waivers.unused_at_release(WAIVERS)]

    def _read(self, path: Path, schema: str, kind: type[T]) -> tuple[T | None, list[Incident]]:
        file = self._corpus.relative(path)
        try:
            instance = msgspec.json.decode(path.read_bytes())
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            return None, [UNREADABLE.incident(_unreadable(path.read_bytes(), error), file)]
        validator = self._schemas[schema]
        if not validator.is_valid(instance):
            return None, [SCHEMA.incident(f, file) for f in validator.findings(instance)]
        return msgspec.convert(instance, kind), []

    def _run(self, scope: Scope, context: object, file: str) -> list[Incident]:
        return [
            rule.incident(finding, file)
            for rule, check in self._rules[scope]
            for finding in check(context)
        ]

    def _unwaived(
        self, incidents: list[Incident], document: str, annotator: str | None
    ) -> list[Incident]:
        return [i for i in incidents if not self.waivers.excuses(i, document, annotator)]

    def _seed(self, file: str) -> bytes | None:
        path = self._corpus.seeds / file
        return path.read_bytes() if path.is_file() else None


def check_corpus(corpus: Corpus, documents: Iterable[str] | None = None) -> Iterator[Bundle]:
    """Check documents with their annotations, a bundle for each, in the order of their ids.

    Each file is read once and memory holds one bundle at a time. Without ``documents`` all are
    checked, and a last bundle, whose document is None, holds what concerns the whole corpus.
    """
    checker = Checker(corpus)
    annotators = _annotators_by_document(corpus)
    texts: dict[str, str] = {}
    for name in corpus.document_ids() if documents is None else sorted(documents):
        document, incidents = checker.document_file(corpus.document_path(name))
        annotations = {}
        files = annotators.get(name, ()) if document is not None else ()
        if document is not None:
            texts[name] = document.text_sha256
            text = TextContext(document)
            for annotator in files:
                path = corpus.annotation_path(annotator, name)
                annotation, found = checker.annotation_file(path, text)
                incidents += found
                if annotation is not None:
                    annotations[annotator] = annotation
        yield Bundle(
            document=document,
            annotations=annotations,
            incidents=incidents,
            annotation_files=len(files),
        )
    if documents is None:
        yield Bundle(document=None, annotations={}, incidents=checker.corpus_wide(texts))


def _unreadable(content: bytes, error: Exception) -> Finding:
    """Where JSON goes wrong, by line and column if they can be told."""
    message, quote = str(error), ""
    if content.startswith(BYTE_ORDER_MARK.encode()):
        message = "starts with a byte order mark"
    else:
        try:
            json.loads(content)
        except json.JSONDecodeError as wrong:
            message = f"line {wrong.lineno}, column {wrong.colno}: {wrong.msg}"
            quote = excerpt(wrong.doc, wrong.pos - 30, wrong.pos + 30)
        except UnicodeDecodeError as wrong:
            message = f"byte {content[wrong.start]:#04x} at position {wrong.start} is not UTF-8"
    hint = "Correct it there; version control has the last state that could be read."
    return Finding(pointer="", message=f"cannot be read: {message}", hint=hint, quote=quote)


def _annotators_by_document(corpus: Corpus) -> Mapping[str, list[str]]:
    # One listing of each annotator's folder, not a search of all folders for each document.
    found: dict[str, list[str]] = {}
    for annotator in corpus.annotators():
        for name in os.listdir(corpus.annotations / annotator):  # noqa: PTH208 (names are enough)
            stem, extension = os.path.splitext(name)  # noqa: PTH122
            if extension == ".json":
                found.setdefault(stem, []).append(annotator)
    return found
