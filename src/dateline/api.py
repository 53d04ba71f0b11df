"""Functions of the public API that are thin layers over others; see ``dateline.__init__``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dateline.corpus.store import Corpus
from dateline.dataset.build import build as build_dataset
from dateline.validation.engine import check_corpus, check_documents
from dateline.validation.incidents import Incident
from dateline.validation.selection import documents_at, is_at


def validate(
    corpus: str | Path | Corpus, paths: str | Path | Iterable[str | Path] = ()
) -> list[Incident]:
    """Check a corpus against its schemas and rules.

    ``paths`` are files or folders of the corpus, absolute or relative to it. Without them,
    everything is checked, with the rules for the corpus as a whole. Returns all errors and
    warnings. Raises NotFoundError if there is no document or annotation at the paths.
    """
    root = (corpus.root if isinstance(corpus, Corpus) else Path(corpus)).resolve()
    corpus = Corpus(root)
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    if not given:
        return [incident for checked in check_corpus(corpus) for incident in checked.incidents]
    files = [corpus.relative((root / path).resolve()) for path in given]
    return [
        incident
        for checked in check_documents(corpus, documents_at(corpus, files))
        for incident in checked.incidents
        if is_at(incident.file, files)
    ]


def build(corpus: str | Path | Corpus, out: str | Path = "dist") -> dict[str, dict[str, int]]:
    """Write the dataset of a corpus to the folder ``out``, and replace an earlier build there.

    Returns the number of rows by config and split. Raises DatelineError, and leaves ``out`` as it
    was, if the corpus has errors or no documents, or ``out`` holds anything but a build.
    """
    corpus = corpus if isinstance(corpus, Corpus) else Corpus(Path(corpus))
    files = build_dataset(corpus, Path(out)).tables
    return {
        config: {split: written.rows for split, written in splits.items()}
        for config, splits in files.items()
    }
