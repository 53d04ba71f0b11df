"""What an import is asked to do, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from dateline.ingest.text_warnings import TextWarning
from dateline.interop.importing.mapping import LabelMapping
from dateline.interop.losses import (
    LossReport,
)
from dateline.model import (
    Guidelines,
    Struct,
)

T = TypeVar("T")


class Progress(Protocol):
    """Wraps items in a progress bar that says what is done with them."""

    def __call__(self, items: Iterable[T], label: str) -> Iterable[T]:
        """The same items."""


def no_progress(items: Iterable[T], label: str) -> Iterable[T]:
    """The same items, without a progress bar."""
    del label
    return items


class ImportOptions(Struct, frozen=True):
    """Options of an import.

    ``pseudonyms`` are by the annotators of the source; that of the only annotator may be given for
    `UNNAMED`. ``mapping`` is None to take labels as they are. ``layers`` are those that were
    annotated, by default those with mapped labels. ``kind`` is that of provenance; ``guidelines``
    are those that the annotations were made by, None if they were others. With ``draft``,
    annotations with problems are written as drafts. With ``strict``, any loss of texts or
    annotations is an error. With ``known_texts``, documents whose text the corpus does not have are
    left out. With ``dry_run``, nothing is written.
    """

    mapping: LabelMapping | None = None
    pseudonyms: Mapping[str, str] = {}
    language: str | None = None
    layers: tuple[str, ...] = ()
    kind: str = "human"
    guidelines: Guidelines | None = None
    draft: bool = False
    strict: bool = False
    allow_duplicates: bool = False
    known_texts: bool = False
    dry_run: bool = False


class Imported(Struct, frozen=True):
    """The outcome: the numbers of documents and annotations, the annotators, and what is lost.

    ``new`` is the number of documents that the corpus did not have, ``unchanged`` that of
    annotations that it had already. ``written`` are the new files, by their path;
    ``warnings`` are about new texts, with the seeds that they are about.
    """

    documents: int
    new: int
    annotations: int
    drafts: int
    annotators: tuple[str, ...]
    report: LossReport
    unchanged: int = 0
    written: tuple[str, ...] = ()
    warnings: Mapping[TextWarning, Sequence[str]] = {}
