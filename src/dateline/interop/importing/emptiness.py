"""The message if nothing of a source can be imported: it says what the source has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dateline.errors import InvalidInputError
from dateline.interop.importing.labels import LabelCount
from dateline.interop.importing.sources import SourceDocuments
from dateline.rendering.listing import counted, listed

_SHOWN = 20


def nothing_said(
    documents: SourceDocuments, counts: Sequence[LabelCount], *, is_lost: bool
) -> InvalidInputError:
    """The error that annotations would say nothing, or, if all is lost, that nothing was found."""
    what = "no label of the source is mapped" if counts else "the source has no labels"
    fix = "Give the layers in which the annotators found nothing."
    if is_lost:
        fix = "Map one of them." if counts else "Leave the annotations out."
    lines = "\n".join(f"  {line}" for line in listed(_contents(documents, counts), _SHOWN))
    return InvalidInputError(f"Nothing was imported: {what}. {fix} The source has:\n{lines}")


def _contents(documents: SourceDocuments, counts: Sequence[LabelCount]) -> Iterator[str]:
    """Documents, annotations, labels, and what the reader left out, with reasons."""
    annotations = sum(len(document.annotations) for document in documents)
    yield f"{counted(len(documents), 'document')}, {counted(annotations, 'annotation')}"
    yield from (one.line for one in counts)
    lost = Counter((loss.kind, loss.reason) for document in documents for loss in document.losses)
    yield from (f"{kind}, {number:,} left out: {reason}" for (kind, reason), number in lost.items())
