"""What a reader of a format yields: documents with annotations in the labels of their source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from dateline.interop.losses import Outcome
from dateline.interop.units import units_of
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
    (kinds and names) are ignored; otherwise an annotation has no place for it. What is approximated
    is not lost if a mapping gives another name to all its labels.
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


def count_items(annotations: Iterable[Annotation], losses: Iterable[SourceLoss]) -> Counter[str]:
    """How many items a source has by kind: those of its annotations, and those left out."""
    found = Counter(unit.kind for annotation in annotations for unit in units_of(annotation))
    found.update(loss.kind for loss in losses if loss.outcome == "left out")
    return found


def dangling(kind: str, name: str, target: object, *labels: tuple[str, str]) -> SourceLoss:
    """That an item is left out because it refers to ``target``, which the source does not have."""
    return SourceLoss(
        kind=kind,
        name=name,
        reason=f"there is no {target}",
        annotator=UNNAMED,
        is_wrong=True,
        labels=labels,
    )


def without_type(mention: str, annotator: str = UNNAMED) -> SourceLoss:
    """That this mention, by its id, has the type `UNLABELLED` because the source has none."""
    return SourceLoss(
        kind="mentions",
        name=mention,
        reason=f'has no type in the source: "{UNLABELLED}" stands for it',
        outcome="approximated",
        annotator=annotator,
        labels=(("entity", UNLABELLED),),
    )


def spans_at(text: str, ranges: Iterable[Range]) -> Spans:
    """Spans with the text at these ranges, sorted."""
    return tuple(Span(start=start, end=end, text=text[start:end]) for start, end in sorted(ranges))
