"""Selects the documents to check by paths of files and folders."""

from __future__ import annotations

from collections.abc import Sequence

from dateline.corpus.store import Corpus
from dateline.errors import NotFoundError


def documents_at(corpus: Corpus, paths: Sequence[str]) -> list[str]:
    """Ids of the documents that are, or whose annotations are, at paths relative to the corpus.

    Raises NotFoundError if there are none.
    """
    found = {
        name
        for name in corpus.document_ids()
        if is_at(corpus.relative(corpus.document_path(name)), paths)
    }
    for path in corpus.annotation_paths():
        if is_at(corpus.relative(path), paths):
            found.add(path.stem)
    if not found:
        raise NotFoundError(
            f"{', '.join(paths)}: there are no documents or annotations of this corpus there; "
            "pass files or folders in corpus/ or annotations/."
        )
    return sorted(found)


def is_at(file: str, paths: Sequence[str]) -> bool:
    """Whether a file is one of the paths, or is in a folder among them."""
    return any(path == "." or file == path or file.startswith(f"{path}/") for path in paths)
