"""How far pulling has come: local notes, so that the next pull asks for what has changed since.

They are no part of the corpus and not in version control; without them, everything is asked for.
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
"""What a server writes may become visible later than its time says."""

Stamp = tuple[int, int]
"""A file's time in nanoseconds and its size."""
Stamps = tuple[Stamp, Stamp]


class Progress(Struct, frozen=True):
    """What the last pull of a project saw.

    ``basis`` stands for all that a pull depends on here; ``since`` is when it asked, by the
    server's clock, less what a write may take to be seen; ``tasks`` gives the document of each task
    by number, ``people`` the pseudonym of each user, ``pulled`` the annotators of each document
    with the times and sizes of their two files; and ``open`` lists documents that must be looked at
    again whatever the server says.
    """

    basis: str
    since: str
    tasks: dict[int, str]
    people: dict[int, str]
    pulled: dict[str, dict[str, Stamps]]
    open: tuple[str, ...]

    def touched(self, corpus: Corpus) -> Iterator[str]:
        """Documents with a file that was changed or removed here since."""
        for document, annotators in self.pulled.items():
            if any(stamps(corpus, name, document) != was for name, was in annotators.items()):
                yield document

    def several(self) -> frozenset[str]:
        """Documents that have more than one task."""
        counts = Counter(self.tasks.values())
        return frozenset(name for name, count in counts.items() if count > 1)


def since(server: Server) -> str:
    """From when the next pull must ask for changes; empty where the server tells no time."""
    return f"{server.time - OVERLAP:%Y-%m-%dT%H:%M:%S.%fZ}" if server.time else ""


def basis(corpus: Corpus, project: Project, *wishes: object) -> str:
    """What the outcome of a pull depends on besides annotations: a hash."""
    schema = (corpus.root / "schema" / file_name("ontology")).read_bytes()
    parts = (sha256(schema), project.config, corpus.document_ids(), wishes)
    return sha256(msgspec.json.encode(parts))


def read_progress(corpus: Corpus, server: Server, project: Project, wanted: str) -> Progress | None:
    """The notes of this project's last pull, if they are there and have the wanted basis."""
    path = corpus.root / FOLDER / _name(server, project)
    try:
        progress = read_struct(path, Progress)
    except DatelineError:
        return None  # never made, or by another version: everything is asked for again
    return progress if progress.basis == wanted else None


def write_progress(corpus: Corpus, server: Server, project: Project, progress: Progress) -> None:
    """Keep notes of a pull that has written all that it could."""
    write_if_changed(corpus.root / FOLDER / _name(server, project), canonical_json(progress))


def stamps(corpus: Corpus, annotator: str, document: str) -> Stamps:
    """Time and size of an annotation file and of the result that is kept beside it."""
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


def _name(server: Server, project: Project) -> str:
    # An address has characters that no file name may have.
    return f"pull-{sha256(server.address.rstrip('/').encode())[:12]}-{project.id}.json"
