"""The signature of scores: everything that must be equal before scores can be compared."""

from __future__ import annotations

import hashlib
from importlib.metadata import version

import msgspec

from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.gold import Gold
from dateline.model import Struct
from dateline.rendering.listing import counted

HASH = 12
"""Hexadecimal digits of the gold's hash in the signature."""


class Signature(Struct, frozen=True):
    """What was scored, against which gold, and by which rules. ``str()`` gives a line to cite."""

    corpus: str
    version: str | None
    gold: str
    ontology: str
    split: str
    documents: int
    groups: tuple[str, ...]
    mentions: str
    singletons: str
    claims: str
    triggers: str
    duplicates: str
    unknown: str
    offsets: str
    denominators: str
    undefined: str
    intervals: str
    units: str
    runs: int
    dateline: str
    threshold: float | None = None
    contrasts: str | None = None

    def __str__(self) -> str:
        parts = []
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if name in ("threshold", "contrasts") and value is None:
                continue  # what has no confidence or contrasts has the signature that it always had
            shown = "+".join(value) if isinstance(value, tuple) else value
            parts.append(f"{name}:{'none' if shown is None else shown}")
        return "|".join(parts)

    @property
    def subject(self) -> str:
        """The documents and the gold, in words."""
        split = "" if self.split == "all" else f", split {self.split}"
        return f"{counted(self.documents, 'document')} of {self.corpus}{split} (gold {self.gold})"

    @property
    def rules(self) -> Signature:
        """The part that values depend on; scores with equal rules can be compared.

        Groups do not affect each other's values, and neither do contrasts. The hash of the gold
        identifies it better than the corpus's name, which a dataset does not have, and version.
        Systems may have different numbers of runs.
        """
        rest = {"corpus": "", "version": None, "groups": (), "runs": 1, "contrasts": None}
        return msgspec.structs.replace(self, **rest)

    def differences(self, other: Signature) -> list[str]:
        """The fields that differ in another signature, each with both values."""
        return [
            f"{name}: {getattr(self, name)} and {getattr(other, name)}"
            for name in self.__struct_fields__
            if getattr(self, name) != getattr(other, name)
        ]


def sign(gold: Gold, inputs: ScoringInput, groups: tuple[str, ...], runs: int = 1) -> Signature:
    """The signature of the scores of some groups of measures, averaged over so many runs."""
    options = inputs.options
    return Signature(
        corpus=gold.name,
        version=gold.version,
        gold=inputs.gold_sha256[:HASH],
        ontology=f"{gold.ontology.title} {gold.ontology.version}",
        split=gold.split or "all",
        documents=inputs.document_count,
        groups=groups,
        mentions=options.mention_match,
        singletons="kept" if options.singletons else "dropped",
        claims=f"iou>={options.claim_overlap:g}",
        triggers="given" if options.given_triggers else "predicted",
        duplicates="once",
        unknown="wrong",
        offsets=f"code-points,unquoted:{inputs.withheld}" if inputs.withheld else "code-points",
        denominators="all-gold",
        undefined="none",
        intervals="jackknife",
        units=_units(gold),
        runs=runs,
        dateline=version("dateline"),
        threshold=options.threshold,
        contrasts=_contrasts(gold.contrast_sets),
    )


def _contrasts(sets: Gold | None) -> str | None:
    """How many contrasts were scored apart, and the hash of their gold and that of originals."""
    return None if sets is None else f"{len(sets.contrasts)},apart,{sets.columns.sha256[:HASH]}"


def _units(gold: Gold) -> str:
    """The unit of intervals and tests; of groups also their column, number and hash."""
    if not gold.units:
        return "documents"
    lines = "\n".join(f"{document}\t{unit}" for document, unit in sorted(gold.units.items()))
    digest = hashlib.sha256(lines.encode()).hexdigest()[:HASH]
    return f"{gold.unit_column},{len(set(gold.units.values()))},{digest}"
