"""Mathet's γ, which measures agreement on where items are and what they are at once."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

from dateline.annotations.items import items_of_layer, label_of, spans_of
from dateline.errors import DatelineError
from dateline.model import Annotation, Document

NEEDED = "pip install 'dateline[gamma]'"


def gamma(
    found: Sequence[tuple[Document, Sequence[Annotation]]], layer: str, seed: int
) -> float | None:
    """γ of the annotators of these documents on a layer; None where it is undefined.

    The documents stand one after another; an item reaches from its first character to its last,
    so that one in pieces takes in what is between. Position and label weigh the same. None where
    one of the annotators has no item. Chance is estimated on samples drawn with this seed.

    Source: Mathet, Widlöcher and Métivier, "The Unified and Holistic Method Gamma (γ) for
    Inter-Annotator Agreement Measure and Alignment", Computational Linguistics 41(3), 2015. Raises
    DatelineError where pygamma-agreement is not installed.
    """
    try:
        import numpy as np  # noqa: PLC0415 (heavy)
        from pyannote.core import Segment  # noqa: PLC0415 (optional, and slow to import)
        from pygamma_agreement import (  # noqa: PLC0415
            CombinedCategoricalDissimilarity,
            Continuum,
        )
    except ModuleNotFoundError:
        raise DatelineError(f"γ needs pygamma-agreement: {NEEDED}") from None
    continuum, before = Continuum(), 0
    annotators: dict[str, int] = {}
    for document, sides in found:
        for annotation in sides:
            items = items_of_layer(annotation, layer)
            annotators[annotation.annotator] = annotators.get(annotation.annotator, 0) + len(items)
            for item in items:
                spans = spans_of(item)
                place = Segment(before + spans[0].start, before + spans[-1].end)
                continuum.add(annotation.annotator, place, label_of(item))
        before += len(document.text) + 1
    if len(annotators) < 2 or not all(annotators.values()):
        return None
    # The package draws from NumPy's shared generator, and warns of each solver that is not there.
    state, level = np.random.get_state(), logging.root.level
    np.random.seed(seed)
    logging.root.setLevel(logging.ERROR)
    try:
        result = continuum.compute_gamma(CombinedCategoricalDissimilarity(alpha=1, beta=1))
        value = float(result.gamma)
    finally:
        np.random.set_state(state)
        logging.root.setLevel(level)
    return None if math.isnan(value) else value
