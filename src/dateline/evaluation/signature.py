"""The signature of a score: all that must be equal before two scores may be compared."""

from __future__ import annotations

from importlib.metadata import version

import msgspec

from dateline.evaluation.columns.scoring_input import MatchingOptions, ScoringInput
from dateline.evaluation.gold import Gold
from dateline.model import Struct

HASH = 12
"""Hexadecimal digits of the gold's hash that are shown."""


class Signature(Struct, frozen=True):
    """What was scored, against what, and by which rules; as a line of text it can be cited."""

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
    resamples: int
    seed: int
    dateline: str

    def __str__(self) -> str:
        parts = []
        for name in self.__struct_fields__:
            value = getattr(self, name)
            shown = "+".join(value) if isinstance(value, tuple) else value
            parts.append(f"{name}:{'none' if shown is None else shown}")
        return "|".join(parts)

    @property
    def rules(self) -> Signature:
        """All that a score depends on.

        A measure is the same whatever is scored beside it, and the hash of the gold says more than
        the corpus's name, which a dataset does not carry, and its version, which a release gives to
        gold that was there before.
        """
        return msgspec.structs.replace(self, corpus="", version=None, groups=())

    def differences(self, other: Signature) -> list[str]:
        """The fields in which another signature differs, each with both values."""
        return [
            f"{name}: {getattr(self, name)} and {getattr(other, name)}"
            for name in self.__struct_fields__
            if getattr(self, name) != getattr(other, name)
        ]


def sign(
    gold: Gold, inputs: ScoringInput, groups: tuple[str, ...], resamples: int, seed: int
) -> Signature:
    """The signature of scores of some groups of measures."""
    options: MatchingOptions = inputs.options
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
        offsets="code-points",
        denominators="all-gold",
        undefined="none",
        resamples=resamples,
        seed=seed,
        dateline=version("dateline"),
    )
