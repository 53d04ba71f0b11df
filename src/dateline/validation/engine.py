"""The validation engine: reads each file once, checks it against schema and rules, applies waivers.

Rules run only on files that match their schema, so they can rely on the types. All incidents are
reported, not just the first.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import msgspec

from dateline.corpus.annotators import read_register
from dateline.corpus.guidelines import CurrentGuidelines
from dateline.corpus.scenarios import linkable_items
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError, InvalidInputError, NotFoundError
from dateline.files.names import inside
from dateline.files.reading import MalformedError, converted, decode_json, read_bytes
from dateline.model import Annotation, Document, Struct
from dateline.ontology.schemas import split_shares
from dateline.text import excerpt
from dateline.validation.contexts import (
    AnnotationContext,
    CorpusContext,
    DocumentContext,
    DocumentFacts,
    TextContext,
)
from dateline.validation.examples import Examples
from dateline.validation.incidents import Finding, Incident
from dateline.validation.registry import Check, Rule, Scope, all_rules
from dateline.validation.release_context import ReleaseContext
from dateline.validation.rules.files import SCHEMA, UNREADABLE
from dateline.validation.schema import SchemaValidator
from dateline.validation.waivers import Waivers

T = TypeVar("T")

WAIVERS = "annotations/waivers.toml"


class CheckedDocument(Struct, frozen=True):
    """A document file and its annotation files, with all incidents in them.

    ``id`` is the document's id by its file name. ``document`` is None if the file does not match
    its schema, in which case its annotations are not read. ``annotations`` are those that match
    their schema, by annotator, out of ``annotation_files``.
    """

    id: str
    document: Document | None
    annotations: Mapping[str, Annotation]
    annotation_files: int
    incidents: tuple[Incident, ...]


class CheckedCorpus(Struct, frozen=True):
    """The incidents that concern the corpus as a whole."""

    incidents: tuple[Incident, ...]


def check_corpus(corpus: Corpus) -> Iterator[CheckedDocument | CheckedCorpus]:
    """Check all documents in the order of their ids, and finally the corpus as a whole.

    Each file is read once, and memory holds one document at a time.
    """
    checker = Checker(corpus)
    facts: dict[str, DocumentFacts] = {}
    for checked in checker.check_documents(corpus.document_ids()):
        if checked.document is not None:
            facts[checked.id] = DocumentFacts.of(checked.document, checked.annotations)
        yield checked
    yield checker.check_corpus_wide(facts)


def check_documents(corpus: Corpus, documents: Iterable[str]) -> Iterator[CheckedDocument]:
    """Check some documents with their annotations, in the order of their ids."""
    yield from Checker(corpus).check_documents(sorted(documents))


def _listed_kinds(corpus: Corpus) -> Mapping[str, str]:
    """The kinds of the annotators who are listed; none if the list has errors, as A207 reports."""
    try:
        return {name: annotator.kind for name, annotator in read_register(corpus).items()}
    except DatelineError:
        return {}


def _guidelines(corpus: Corpus) -> CurrentGuidelines | None:
    """The guidelines; None if the page or the record has errors, as G901 reports."""
    try:
        return CurrentGuidelines(corpus)
    except DatelineError:
        return None


class Checker:
    """Checks documents and annotations of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._ontology = corpus.ontology
        self._shares = split_shares(corpus.schemas)
        self._schemas = {n: SchemaValidator(corpus.schemas, n) for n in ("document", "annotation")}
        self._kinds = _listed_kinds(corpus)
        self._scenarios = cache(partial(linkable_items, corpus))
        self._rules: dict[Scope, list[tuple[Rule, Check]]] = {}
        self.guidelines = _guidelines(corpus)
        self._examples = Examples(corpus)
        self._waivers = Waivers(corpus.root / WAIVERS)
        for rule in all_rules().values():
            level = self._waivers.level(rule)
            checks = self._rules.setdefault(rule.scope, [])
            if rule.check is not None and level is not None:
                checks.append((msgspec.structs.replace(rule, level=level), rule.check))

    def check_documents(
        self, documents: Iterable[str], annotators: Collection[str] | None = None
    ) -> Iterator[CheckedDocument]:
        """Check documents with all of their annotations, or with those of some annotators."""
        if annotators is None:
            annotators = self._corpus.annotators()
        by_document = _annotators_by_document(self._corpus, annotators)
        for name in documents:
            document, incidents = self._check_document(self._corpus.document_path(name))
            annotations = {}
            files = by_document.get(name, ()) if document is not None else ()
            if document is not None:
                text = TextContext(document)
                for annotator in files:
                    path = self._corpus.annotation_path(annotator, name)
                    annotation, found = self._check_annotation_file(path, text)
                    incidents += found
                    if annotation is not None:
                        annotations[annotator] = annotation
            yield CheckedDocument(
                id=name,
                document=document,
                annotations=annotations,
                annotation_files=len(files),
                incidents=tuple(incidents),
            )

    def check_annotation(self, annotation: Annotation, document: Document) -> list[Incident]:
        """Check an annotation that has not been written yet against schema and rules."""
        path = self._corpus.annotation_path(annotation.annotator, annotation.document)
        file = self._corpus.relative(path)
        # As it would be read: to_builtins keeps tuples, which are not arrays to JSON Schema.
        instance = msgspec.json.decode(msgspec.json.encode(annotation))
        findings = self._schemas["annotation"].findings(instance)
        incidents = [SCHEMA.incident(finding, file) for finding in findings]
        if not incidents:
            context = self._context(annotation, TextContext(document), path)
            incidents += self._run("annotation", context, file)
        return self._unwaived(incidents, path.stem, annotation.annotator)

    def check_corpus_wide(self, documents: Mapping[str, DocumentFacts]) -> CheckedCorpus:
        """Check the corpus as a whole, after its documents, which are given by id."""
        context = CorpusContext(corpus=self._corpus, documents=documents)
        incidents = self._run("corpus", context, "")
        incidents = [i for i in incidents if not self._waivers.is_waived(i, i.subject, None)]
        return CheckedCorpus(incidents=(*incidents, *self._waivers.incidents(WAIVERS)))

    def check_release(self, context: ReleaseContext) -> list[Incident]:
        """Check a release against the previous one, and its splits against each other."""
        incidents = self._run("release", context, "")
        unwaived = []
        for incident in incidents:
            *_, folder, name = incident.file.split("/")
            annotator = None if folder == "corpus" else folder
            unwaived += self._unwaived([incident], name.removesuffix(".json"), annotator)
        return [*unwaived, *self._waivers.unused_at_release(WAIVERS)]

    def _check_document(self, path: Path) -> tuple[Document | None, list[Incident]]:
        document, incidents = self._read(path, "document", Document)
        if document is not None:
            context = DocumentContext(document, path.stem, self._shares, self._seed, self._examples)
            incidents += self._run("document", context, self._corpus.relative(path))
            incidents = self._unwaived(incidents, path.stem, None)
        return document, incidents

    def _context(self, annotation: Annotation, text: TextContext, path: Path) -> AnnotationContext:
        folder = path.parent.name
        kind = self._kinds.get(folder)
        return AnnotationContext(
            annotation,
            text,
            self._ontology,
            path.stem,
            folder,
            kind,
            self._scenarios,
            self.guidelines,
        )

    def _check_annotation_file(
        self, path: Path, text: TextContext
    ) -> tuple[Annotation | None, list[Incident]]:
        annotation, incidents = self._read(path, "annotation", Annotation)
        if annotation is not None:
            context = self._context(annotation, text, path)
            incidents += self._run("annotation", context, self._corpus.relative(path))
            incidents = self._unwaived(incidents, path.stem, path.parent.name)
        return annotation, incidents

    def _read(self, path: Path, schema: str, kind: type[T]) -> tuple[T | None, list[Incident]]:
        file = self._corpus.relative(path)
        try:
            instance = decode_json(read_bytes(inside(self._corpus.root, path)))
        except (InvalidInputError, NotFoundError) as error:
            finding = Finding(
                pointer="",
                message=f"cannot be read: {str(error).removeprefix(f'{path}: ')}",
                hint="Fix the file, or restore it from version control.",
                quote=excerpt(error.quote) if isinstance(error, MalformedError) else "",
            )
            return None, [UNREADABLE.incident(finding, file)]
        validator = self._schemas[schema]
        if not validator.is_valid(instance):
            return None, [SCHEMA.incident(f, file) for f in validator.findings(instance)]
        try:
            return converted(instance, kind), []
        except MalformedError as error:
            finding = Finding(
                pointer="",
                message=f"fits its schema, but cannot be read: {error}",
                hint="Compare the schema with the one that `dateline init` creates.",
            )
            return None, [SCHEMA.incident(finding, file)]

    def _run(self, scope: Scope, context: object, file: str) -> list[Incident]:
        return [
            rule.incident(finding, file)
            for rule, check in self._rules[scope]
            for finding in check(context)
        ]

    def _unwaived(
        self, incidents: list[Incident], document: str, annotator: str | None
    ) -> list[Incident]:
        return [i for i in incidents if not self._waivers.is_waived(i, document, annotator)]

    def _seed(self, file: str) -> bytes | None:
        try:
            return read_bytes(inside(self._corpus.root, self._corpus.seeds / file))
        except DatelineError:
            return None


def _annotators_by_document(corpus: Corpus, annotators: Iterable[str]) -> Mapping[str, list[str]]:
    # One listing of each annotator's folder, not a search of all folders for each document.
    found: dict[str, list[str]] = {}
    for annotator in annotators:
        if corpus.is_elsewhere(corpus.annotations / annotator):
            continue
        for name in os.listdir(corpus.annotations / annotator):  # noqa: PTH208 (names are enough)
            stem, extension = os.path.splitext(name)  # noqa: PTH122
            if extension == ".json":
                found.setdefault(stem, []).append(annotator)
    return found
