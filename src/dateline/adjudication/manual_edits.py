"""What was changed in gold by hand since it was adjudicated: it survives the next adjudication."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from dateline.adjudication.cases import CORRECTION, Decision, Option
from dateline.annotations.differences import Difference, differences
from dateline.annotations.items import clusters_of
from dateline.annotations.merging import merge
from dateline.corpus.store import canonical_json, sha256
from dateline.errors import DatelineError
from dateline.model import Annotation, Provenance, Struct, canonical

ADJUDICATED, CORRECTED = "adjudicated", "corrected"
"""The two options of a correction."""


class Written(Struct, frozen=True):
    """A line of the log: gold as it was written.

    Hashes: ``merged`` of what came of annotations and decisions, under the annotators' ids;
    ``adjudicated`` of the same under gold's ids; ``gold`` of that with corrections. None counts
    links, which may be added at any time, or the header.
    """

    document: str
    merged: str
    adjudicated: str
    gold: str
    when: str


class Signed(Struct, frozen=True):
    """Who corrected gold, by pseudonym, and why."""

    curator: str
    role: Literal["human", "model"]
    reason: str | None = None


def fingerprint(annotation: Annotation) -> str:
    """SHA-256 of what an annotation says, links and header aside."""
    bare = msgspec.structs.replace(
        annotation,
        provenance=Provenance(
            kind="", tool=None, created=None, updated=None, label_studio=None, note=None
        ),
        entities=tuple(msgspec.structs.replace(e, link=None) for e in annotation.entities),
        retired=(),
    )
    return sha256(canonical_json(canonical(bare)))


def corrections(adjudicated: Annotation, present: Annotation) -> list[Difference]:
    """What present gold says otherwise than it was adjudicated, links aside."""
    return [d for d in differences(adjudicated, present) if (d.kind, d.field) != ("entity", "link")]


def carried(base: Annotation, present: Annotation, adjudicated: Annotation) -> Annotation:
    """Gold as adjudicated anew, with what ``present`` has corrected since ``base``.

    Raises DatelineError where something was both corrected and decided otherwise.
    """
    found = merge(base, present, adjudicated)
    if found.conflicts:
        raise DatelineError(
            f"{present.document}: gold was not written, for some of it was corrected by hand and "
            "has now been decided otherwise:\n"
            + "\n".join(f"  {conflict.message}" for conflict in found.conflicts)
            + "\nDecide as it was corrected, or undo the correction, or let --replace drop all "
            "corrections."
        )
    known = {
        name
        for side in (base, present, adjudicated)
        for name in (*side.ids(), *clusters_of(side), *side.retired)
    }
    used = {*found.annotation.ids(), *clusters_of(found.annotation)}
    return msgspec.structs.replace(found.annotation, retired=tuple(sorted(known - used)))


def as_decisions(
    found: Iterable[Difference], document: str, signed: Signed | None, when: str
) -> list[Decision]:
    """Corrections as the log keeps them."""
    return [
        Decision(
            document=document,
            case="/".join(["correction", change.kind, change.id, *filter(None, [change.field])]),
            choice=(CORRECTED,),
            reason=signed.reason if signed else None,
            by=CORRECTION,
            curator=signed.curator if signed else None,
            role=signed.role if signed else None,
            when=when,
            options={
                ADJUDICATED: Option(value=change.left, text=change.left or "nothing"),
                CORRECTED: Option(value=change.right, text=change.right or "nothing"),
            },
            quote=f"«{change.quote}»" if change.quote else None,
        )
        for change in found
    ]


def same_values(one: Decision, other: Decision) -> bool:
    """Whether two decisions have the same options; how these are shown does not count."""
    return _values(one) == _values(other)


def _values(decision: Decision) -> dict[str, Any]:
    # Older logs quote the text of corrections in guillemets.
    return {
        name: re.sub("[«»]", '"', option.value) if isinstance(option.value, str) else option.value
        for name, option in (decision.options or {}).items()
    }


def in_words(found: Iterable[Difference], most: int = 5) -> str:
    """The first few of the changes, a line each."""
    lines = [
        f"  {change.id}"
        + (f' "{change.quote}" ' if change.quote else " ")
        + f"{change.field or change.kind}: {change.left or 'nothing'} → {change.right or 'nothing'}"
        for change in found
    ]
    more = len(lines) - most
    return "\n".join(lines[:most] + ([f"  and {more} more"] if more > 0 else []))
