"""Annotations that a command can rely on: read, checked, and without errors."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from dateline.corpus.annotators import annotation_files
from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError, NotFoundError
from dateline.model import Annotation, Document, Struct
from dateline.rendering.listing import listed
from dateline.validation.engine import Checker

SHOWN = 5
"""Errors that a message lists."""


class ValidDocument(Struct, frozen=True):
    """A document and its annotations by annotator; none of these files has errors."""

    document: Document
    annotations: Mapping[str, Annotation]


def valid_annotations(
    corpus: Corpus,
    documents: Iterable[str] | None = None,
    annotators: Collection[str] | None = None,
    *,
    checker: Checker | None = None,
) -> Iterator[ValidDocument]:
    """Read documents with the annotations of these annotators, by default all of them.

    Gives one document at a time, in the order of their ids, with the annotations that exist. A
    document that has errors, or whose annotations have, is not given; after the last one, all of
    these errors are raised as an InvalidInputError that lists the first of them. Nothing may be
    concluded from the documents before the iterator has ended. Waived errors do not count.

    Raises InvalidInputError for a name that is not a pseudonym and for a link that leads out of
    the corpus, and NotFoundError for an annotator without annotations, a document that does not
    exist, and an annotation without a document.
    """
    known = {*corpus.document_ids()}
    chosen = sorted(known if documents is None else {*documents})
    missing = [name for name in chosen if name not in known]
    if missing:
        file = corpus.relative(corpus.document_path(missing[0]))
        raise NotFoundError(f"{file}: there is no such file.")
    names = sorted(corpus.annotators() if annotators is None else {*annotators})
    for name in names:
        for document, path in annotation_files(corpus, name).items():
            if documents is None and document not in known:
                raise NotFoundError(
                    f"{corpus.relative(path)}: there is no document "
                    f"{corpus.relative(corpus.document_path(document))}."
                )
    errors = []
    for checked in (checker or Checker(corpus)).check_documents(chosen, names):
        found = [incident for incident in checked.incidents if incident.level == "error"]
        errors += found
        if checked.document is not None and not errors:
            yield ValidDocument(document=checked.document, annotations=checked.annotations)
    if errors:
        lines = listed((error.line for error in errors), SHOWN, more="more errors")
        advice = "Fix all errors first; `dateline validate` shows each with a hint."
        raise InvalidInputError("\n".join([*lines, advice]))


def valid_document(
    corpus: Corpus, document: str, annotators: Collection[str], checker: Checker | None = None
) -> ValidDocument:
    """Read one document with the annotations of these annotators; raises as `valid_annotations`."""
    (found,) = valid_annotations(corpus, [document], annotators, checker=checker)
    return found
