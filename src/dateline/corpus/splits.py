"""Assignment of documents to splits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def assign_split(document: str, shares: Mapping[str, int]) -> str:
    """The split of a document, by a hash of its id, so that new documents never change it.

    ``shares`` are the percentages of the splits, in order; the last split takes the remainder.
    """
    percentile = int.from_bytes(hashlib.sha256(document.encode()).digest()[:8]) % 100
    bound = 0
    for split, share in shares.items():
        bound += share
        if percentile < bound:
            return split
    return split
