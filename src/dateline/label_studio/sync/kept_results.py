"""Results as the server sent them, kept beside the annotations that were converted from them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from dateline.corpus.store import Corpus, read_struct
from dateline.label_studio.convert.from_result import Header
from dateline.label_studio.server.responses import Project
from dateline.model import Guidelines, LabelStudioIds, Origin, Provenance, Relation, Struct

FOLDER = "label-studio"
"""The folder of kept results, below an annotator's folder."""


class KeptResult(Struct, frozen=True, omit_defaults=True):
    """A result as the server sent it; of the user, only the number on the server is kept.

    ``origin`` compares it with the prediction that the annotator started from, and ``relations``
    are those of the prediction that have attributes which the page cannot show. ``key`` is that of
    the project, whose number another server may have given to another project; None in files that
    were written before projects had keys. ``lead_time`` is the number of seconds that the annotator
    had the task open, None if the server does not report it. ``guidelines`` are those that the
    project showed when the result was first pulled, None if it showed none of this corpus.
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
    relations: tuple[Relation, ...] = ()
    key: str | None = None
    lead_time: float | None = None
    guidelines: Guidelines | None = None

    def is_from(self, project: Project) -> bool:
        """Whether it was pulled from this project of this server."""
        return self.key is not None and (self.key, self.project) == (project.key, project.id)

    def is_earlier(self, other: KeptResult) -> bool:
        """Whether the other is the same annotation on the same server, perhaps changed since."""
        if self.key is None:
            # An annotation keeps the time of its creation, which the server gives in microseconds.
            mine = (self.project, self.task, self.annotation, self.user, self.created)
            return mine == (
                other.project, other.task, other.annotation, other.user, other.created,
            )  # fmt: skip
        return (self.key, self.project) == (other.key, other.project)

    def header(
        self, annotator: str, kind: str, layers: tuple[str, ...], retired: tuple[str, ...] = ()
    ) -> Header:
        """The header of the annotation that the result converts to."""
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
                guidelines=self.guidelines,
                origin=self.origin,
            ),
            retired=retired,
        )

    def by_the_same_tool(self, other: KeptResult | None) -> KeptResult:
        """The other with this lead time, if else only the server's version differs."""
        if other is None or self != msgspec.structs.replace(
            other,
            tool=self.tool,
            origin=self.origin,
            relations=self.relations,
            lead_time=self.lead_time,
            guidelines=self.guidelines,
        ):
            return self
        return other.with_lead_time(self.lead_time)

    def with_lead_time(self, seconds: float | None) -> KeptResult:
        """The same result with this lead time."""
        if self.lead_time == seconds:
            return self
        return msgspec.structs.replace(self, lead_time=seconds)


def kept_path(corpus: Corpus, annotator: str, document: str) -> Path:
    """The path of an annotator's kept result for a document."""
    return corpus.annotations / annotator / FOLDER / f"{document}.json"


def read_kept(corpus: Corpus, annotator: str, document: str) -> KeptResult | None:
    """The kept result, if there is one. Raises a DatelineError if it cannot be read."""
    path = kept_path(corpus, annotator, document)
    return read_struct(path, KeptResult) if path.is_file() else None


def kept_results(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """The annotator and the document of every kept result."""
    for path in sorted(corpus.annotations.glob(f"*/{FOLDER}/*.json")):
        yield path.parent.parent.name, path.stem
