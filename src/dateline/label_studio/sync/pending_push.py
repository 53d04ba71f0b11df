"""Local notes on a push that has begun, so that the next one completes it.

Otherwise the documents of an interrupted push would look like all that was ever to be annotated in
the project. Notes are removed when the push has ended.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from dateline.corpus.store import Corpus, canonical_json, read_struct
from dateline.errors import DatelineError
from dateline.files.writing import NOTES, locked, sha256, write_if_changed
from dateline.model import Struct


class PendingPush(Struct, frozen=True):
    """The documents of a push to a project, whose number is not known before it is created."""

    server: str
    title: str
    documents: tuple[str, ...]


def read_pending(corpus: Corpus, server: str, title: str) -> tuple[str, ...]:
    """The documents of an interrupted push to this project; none if there was none."""
    try:
        return read_struct(_path(corpus, server, title), PendingPush).documents
    except DatelineError:
        return ()  # there are no notes, or another version wrote them


def write_pending(corpus: Corpus, server: str, title: str, documents: Collection[str]) -> None:
    """Note which documents a push is about to upload, besides those of interrupted ones."""
    _write(corpus, server, title, {*read_pending(corpus, server, title), *documents})


def remove_pending(corpus: Corpus, server: str, title: str, documents: Collection[str]) -> None:
    """Take the documents of a push that has ended out of the notes."""
    pending = {*read_pending(corpus, server, title)}
    if pending:
        _write(corpus, server, title, pending - {*documents})


def _write(corpus: Corpus, server: str, title: str, documents: Collection[str]) -> None:
    path = _path(corpus, server, title)
    pending = PendingPush(server=server, title=title, documents=tuple(sorted(documents)))
    with locked(corpus.root):
        if documents:
            write_if_changed(path, canonical_json(pending))
        else:
            path.unlink(missing_ok=True)


def _path(corpus: Corpus, server: str, title: str) -> Path:
    return corpus.root / NOTES / f"push-{sha256(f'{server} {title}'.encode())[:12]}.json"
