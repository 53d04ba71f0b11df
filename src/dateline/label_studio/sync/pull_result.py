"""What a pull did, document by document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from dateline.label_studio.notice import Notice
from dateline.model import Struct

Action = Literal["written", "unchanged", "removed", "kept", "refused", "none"]


class PulledAnnotation(Struct, frozen=True):
    """What became of an annotator's work on a document.

    ``unchanged``: the file has this content already. ``removed``: deleted on the server, and here
    because of ``prune``. ``kept``: the file here was edited, or its annotation was deleted on the
    server. ``none``: nothing was submitted. ``user`` is the server's number of the annotator, None
    if the server has nothing of theirs any more. ``file`` is relative to the corpus root.
    """

    annotator: str
    user: int | None
    file: str
    action: Action
    notices: tuple[Notice, ...] = ()


class PulledDocument(Struct, frozen=True):
    """What became of a document's annotations, with notices on the document as a whole."""

    document: str
    annotations: tuple[PulledAnnotation, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether the next pull has to look at it even if the server has not changed."""
        return any(notice.level == "refused" for notice in self.notices) or any(
            annotation.action in ("kept", "refused") for annotation in self.annotations
        )


class PullResult(Struct, frozen=True):
    """What a pull did; ``untouched`` annotations have not changed since the last pull."""

    documents: tuple[PulledDocument, ...]
    untouched: int = 0

    @property
    def written(self) -> tuple[str, ...]:
        """The files that were written."""
        return tuple(a.file for a in self._annotations() if a.action == "written")

    @property
    def removed(self) -> tuple[str, ...]:
        """The files that were removed."""
        return tuple(a.file for a in self._annotations() if a.action == "removed")

    @property
    def unchanged(self) -> int:
        """How many annotations were up to date."""
        return self.untouched + sum(a.action == "unchanged" for a in self._annotations())

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All notices, in the order in which the documents were pulled."""
        return tuple(
            notice
            for document in self.documents
            for notices in (document.notices, *(a.notices for a in document.annotations))
            for notice in notices
        )

    def _annotations(self) -> Iterator[PulledAnnotation]:
        return (annotation for document in self.documents for annotation in document.annotations)
