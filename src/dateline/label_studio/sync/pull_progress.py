"""Local notes on the last pull, so that the next one asks only for what has changed since.

They are not part of the corpus and not in version control. Without them,
a pull asks for everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec

from dateline.corpus.store import Corpus, canonical_json, file_name, read_struct
from dateline.errors import DatelineError
from dateline.files.writing import sha256, write_if_changed
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import Project
from dateline.label_studio.sync.kept_results import kept_path
from dateline.model import Struct

FOLDER = ".dateline"
OVERLAP = timedelta(seconds=10)
"""A change on the server may become visible later than its time stamp."""

Stamp = tuple[int, int]
"""A file's modification time in nanoseconds and its size; zeros if there is no file."""
Stamps = tuple[Stamp, Stamp]
"""Of an annotation file, and of the result that is kept beside it."""


class Progress(Struct, frozen=True):
    """What the last pull of a project found.

    ``basis`` is a hash of everything here that a pull depends on. ``since`` is the server's time of
    the last request, less ``OVERLAP``. ``tasks`` maps task numbers to documents, ``people`` users
    to pseudonyms, and ``pulled`` documents to their annotators with the stamps of their files.
    Documents in ``open`` are pulled again even if the server has not changed.
    """

    basis: str
    since: str
    tasks: dict[int, str]
    people: dict[int, str]
    pulled: dict[str, dict[str, Stamps]]
    open: tuple[str, ...]

    def touched(self, corpus: Corpus) -> Iterator[str]:
        """Documents with a file here that was changed or removed since."""
        for document, annotators in self.pulled.items():
            if any(stamps(corpus, name, document) != was for name, was in annotators.items()):
                yield document

    def several(self) -> frozenset[str]:
        """Documents that have more than one task."""
        counts = Counter(self.tasks.values())
        return frozenset(name for name, count in counts.items() if count > 1)


def since(server: Server) -> str:
    """The time from which the next pull asks for changes; empty if the server sends no time."""
    return f"{server.time - OVERLAP:%Y-%m-%dT%H:%M:%S.%fZ}" if server.time else ""


def basis(corpus: Corpus, project: Project, *options: object) -> str:
    """A hash of what the result of a pull depends on besides annotations."""
    schema = (corpus.root / "schema" / file_name("ontology")).read_bytes()
    parts = (sha256(schema), project.config, corpus.document_ids(), options)
    return sha256(msgspec.json.encode(parts))


def read_progress(corpus: Corpus, project: Project, wanted: str) -> Progress | None:
    """The notes on this project's last pull, if they exist and have the wanted basis."""
    path = corpus.root / FOLDER / _name(project)
    try:
        progress = read_struct(path, Progress)
    except DatelineError:
        return None  # there are none, or another version wrote them
    return progress if progress.basis == wanted else None


def write_progress(corpus: Corpus, project: Project, progress: Progress) -> None:
    """Write the notes on a finished pull."""
    write_if_changed(corpus.root / FOLDER / _name(project), canonical_json(progress))


def stamps(corpus: Corpus, annotator: str, document: str) -> Stamps:
    """The stamps of an annotator's files on a document."""
    return (
        _stamp(corpus.annotation_path(annotator, document)),
        _stamp(kept_path(corpus, annotator, document)),
    )


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def _name(project: Project) -> str:
    # The same server may have several addresses, and another one the same address later.
    return f"pull-{project.key}-{project.id}.json"
