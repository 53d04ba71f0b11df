"""What a reader of a format yields: documents with annotations in the labels of their source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dateline.interop.losses import Outcome
from dateline.model import (
    SCHEMA_VERSION,
    Annotation,
    MetaValue,
    Provenance,
    Range,
    Span,
    Spans,
    Struct,
)

UNNAMED = ""
"""The annotator where a source does not tell who annotated."""

UNLABELLED = "mention"
"""The type of mentions where a format has none."""

UNLABELLED_RELATION = "relation"
"""The type of relations that have none in their source."""

DOCUMENT_FIELDS = ("document_id", "doc_id", "document", "doc")
"""Names of columns or fields that name a document."""


NO_PLACE = "an annotation has no place for it"
"""Why a column, a comment or the like is left out."""


class SourceLoss(Struct, frozen=True):
    """Something of a source that is not read as it is: its kind there, its name, and why.

    ``annotator`` is the one who made it, None if it is of no annotation. ``is_wrong`` means that
    the source is damaged there, so that the annotation has a problem, unless all its ``labels``
    (kinds and names) are ignored; otherwise an annotation has no place for it.
    """

    kind: str
    name: str
    reason: str
    outcome: Outcome = "left out"
    annotator: str | None = None
    is_wrong: bool = False
    labels: tuple[tuple[str, str], ...] = ()


class SourceDocument(Struct, frozen=True):
    """A document as a source has it.

    ``name`` is its name there, or a number. ``sentences`` and ``tokens`` are None where the source
    has none. ``annotations`` are by annotator, in the labels of the source; ``items`` is how many
    items the source has, by its own kinds, of which ``losses`` are left out or approximated.
    """

    name: str
    text: str
    sentences: tuple[Range, ...] | None = None
    tokens: tuple[Range, ...] | None = None
    split: str | None = None
    language: str | None = None
    title: str | None = None
    meta: Mapping[str, MetaValue] = {}
    annotations: Mapping[str, Annotation] = {}
    items: Mapping[str, int] = {}
    losses: tuple[SourceLoss, ...] = ()


def source_annotation(document: str, annotator: str = UNNAMED) -> Annotation:
    """An empty annotation of a source, to be filled in with ``replace``."""
    return Annotation(
        schema_version=SCHEMA_VERSION,
        document=document,
        text_sha256="",
        annotator=annotator,
        layers=(),
        status="submitted",
        provenance=Provenance(
            kind="human", tool=None, created=None, updated=None, label_studio=None, note=None
        ),
    )


def spans_at(text: str, ranges: Iterable[Range]) -> Spans:
    """Spans with the text at these ranges, sorted."""
    return tuple(Span(start=start, end=end, text=text[start:end]) for start, end in sorted(ranges))
