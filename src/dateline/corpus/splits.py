"""Which split a document belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def assign_split(document: str, shares: Mapping[str, int]) -> str:
    """The split of a document, by a hash of its id alone, so that others never move it.

    ``shares`` gives each split's share in hundredths, in order; the last takes what is left.
    """
    percentile = int.from_bytes(hashlib.sha256(document.encode()).digest()[:8]) % 100
    bound = 0
    for split, share in shares.items():
        bound += share
        if percentile < bound:
            return split
    return split
