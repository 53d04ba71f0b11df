"""The content of a corpus at one point in time."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.model import Annotation, Document, Struct
from dateline.ontology.schemas import Schema


class Snapshot(Struct, frozen=True):
    """Some or all files of a corpus at one point in time.

    Schemas are by name, documents by id, annotations by annotator and document.
    """

    schemas: Mapping[str, Schema]
    documents: Mapping[str, Document]
    annotations: Mapping[tuple[str, str], Annotation]
