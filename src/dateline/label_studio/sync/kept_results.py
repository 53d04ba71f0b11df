"""What the server said, kept beside each annotation that was made of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from dateline.corpus.store import Corpus, read_struct
from dateline.label_studio.convert.from_result import Header
from dateline.model import LabelStudioIds, Origin, Provenance, Struct

FOLDER = "label-studio"
"""Below an annotator's folder: where results are kept as the server said them."""


class Kept(Struct, frozen=True, omit_defaults=True):
    """A result as the server said it, less everything about the user but their number there.

    ``origin`` is what became of the prediction that it was started from, found out when it was
    pulled.
    """

    project: int
    task: int
    annotation: int
    user: int
    created: str
    updated: str
    tool: str
    result: Any
    origin: Origin | None = None

    def header(
        self, annotator: str, kind: str, layers: tuple[str, ...], retired: tuple[str, ...] = ()
    ) -> Header:
        """The header of the annotation that it converts to."""
        return Header(
            annotator=annotator,
            layers=layers,
            status="submitted",
            provenance=Provenance(
                kind=kind,
                tool=self.tool,
                created=self.created,
                updated=self.updated,
                label_studio=LabelStudioIds(
                    project=self.project, task=self.task, annotation=self.annotation
                ),
                note=None,
                origin=self.origin,
            ),
            retired=retired,
        )

    def by_the_same_tool(self, other: Kept | None) -> Kept:
        """The other, if only the server's version differs: a newer one makes no other result."""
        if other is not None and self == msgspec.structs.replace(
            other, tool=self.tool, origin=self.origin
        ):
            return other
        return self


def kept_path(corpus: Corpus, annotator: str, document: str) -> Path:
    """Where an annotator's result for a document is kept as the server said it."""
    return corpus.annotations / annotator / FOLDER / f"{document}.json"


def read_kept(corpus: Corpus, annotator: str, document: str) -> Kept | None:
    """The result that is kept, if any. Raises DatelineError where it cannot be read."""
    path = kept_path(corpus, annotator, document)
    return read_struct(path, Kept) if path.is_file() else None


def kept_results(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """The annotator and the document of every kept result."""
    for path in sorted(corpus.annotations.glob(f"*/{FOLDER}/*.json")):
        yield path.parent.parent.name, path.stem
