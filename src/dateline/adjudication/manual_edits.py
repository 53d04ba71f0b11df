"""Manual corrections of gold, which the next adjudication keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from dateline.adjudication.cases.case import CORRECTION, Curator, Decision, Option
from dateline.annotations.differences import Difference, differences
from dateline.annotations.items import clusters_of
from dateline.annotations.merging import merge
from dateline.errors import ConflictError
from dateline.model import Annotation, Struct
from dateline.rendering.listing import listed

ADJUDICATED, CORRECTED = "adjudicated", "corrected"
"""The two options of a correction."""


class Source(Struct, frozen=True):
    """Where accepted gold comes from: a pseudonym or the name of a predictions file.

    ``sha256`` is the hash of the annotation in canonical form, or of the predictions file.
    """

    name: str
    kind: str
    sha256: str


class GoldRecord(Struct, frozen=True, omit_defaults=True):
    """A line of the log: fingerprints of gold as it was written.

    ``merged`` is gold under the annotators' ids, ``adjudicated`` the same under gold's ids, and
    ``gold`` the latter with manual corrections. ``removed`` has the ids of items that corrections
    removed, by their annotators' ids. ``accepted_from`` is given if gold is one annotation that
    nobody adjudicated.
    """

    document: str
    merged: str
    adjudicated: str
    gold: str
    when: str
    removed: dict[str, str] = msgspec.field(default_factory=dict)
    accepted_from: Source | None = None
    note: str | None = None


def corrections(adjudicated: Annotation, present: Annotation) -> list[Difference]:
    """What differs between gold as adjudicated and the present gold, without links."""
    found = differences(adjudicated, present)
    return [d for d in found if d.kind == "document" or d.field != "links"]


def keep_corrections(base: Annotation, present: Annotation, regenerated: Annotation) -> Annotation:
    """Regenerated gold with the corrections that ``present`` has on top of ``base``.

    Raises ConflictError if a correction contradicts a new decision.
    """
    found = merge(base, present, regenerated)
    if found.conflicts:
        conflicts = "\n".join(f"  {conflict.message}" for conflict in found.conflicts)
        raise ConflictError(
            f"{present.document}: gold was not written, because manual corrections (here) "
            f"contradict new decisions (there):\n{conflicts}\n"
            "Decide like the correction, undo the correction, or replace gold to drop all "
            "corrections."
        )
    known = {
        name
        for side in (base, present, regenerated)
        for name in (*side.ids(), *clusters_of(side), *side.retired)
    }
    used = {*found.annotation.ids(), *clusters_of(found.annotation)}
    return msgspec.structs.replace(found.annotation, retired=tuple(sorted(known - used)))


def as_decisions(
    found: Iterable[Difference], document: str, curator: Curator | None, when: str
) -> list[Decision]:
    """Corrections as lines of the log."""
    return [
        Decision(
            document=document,
            case="/".join(["correction", change.kind, change.id, *filter(None, [change.field])]),
            choice=(CORRECTED,),
            reason=curator.reason if curator else None,
            by=CORRECTION,
            curator=curator.name if curator else None,
            role=curator.kind if curator else None,
            when=when,
            options={
                ADJUDICATED: Option(value=change.left, text=change.left or "nothing"),
                CORRECTED: Option(value=change.right, text=change.right or "nothing"),
            },
            quote=f'"{change.quote}"' if change.quote else None,
        )
        for change in found
    ]


def same_options(one: Decision, other: Decision) -> bool:
    """Whether the options of two decisions have the same values."""
    return _values(one) == _values(other)


def format_corrections(found: Iterable[Difference]) -> str:
    """The first five corrections, one a line."""
    lines = []
    for change in found:
        quote = f' "{change.quote}"' if change.quote else ""
        values = f"{change.left or 'nothing'} → {change.right or 'nothing'}"
        lines.append(f"{change.id}{quote} {change.field or change.kind}: {values}")
    return "\n".join(f"  {line}" for line in listed(lines, 5))


def _values(decision: Decision) -> dict[str, Any]:
    # Older logs quote the text of corrections in guillemets.
    return {
        name: re.sub("[«»]", '"', option.value) if isinstance(option.value, str) else option.value
        for name, option in (decision.options or {}).items()
    }
