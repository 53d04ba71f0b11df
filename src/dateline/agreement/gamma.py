"""Mathet's γ, which measures agreement on spans and labels at once."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

from dateline.annotations.items import items_of_layer, label_of, spans_of
from dateline.extras import extra
from dateline.model import Annotation, Document


def gamma(
    documents: Sequence[tuple[Document, Sequence[Annotation]]], layer: str, seed: int
) -> float | None:
    """γ of the annotators of these documents on a layer; None if undefined.

    Documents are concatenated. An item extends from its first to its last character, including the
    gaps of discontinuous items. Position and label have the same weight. None if an annotator has
    no item. Expected disagreement is estimated on random samples, drawn with this seed. Raises
    MissingExtraError if pygamma-agreement is not installed.

    Source: Mathet, Widlöcher and Métivier, "The Unified and Holistic Method Gamma (γ) for
    Inter-Annotator Agreement Measure and Alignment", Computational Linguistics 41(3), 2015.
    """
    import numpy as np  # noqa: PLC0415 (heavy)

    with extra("gamma"):
        from cvxopt import glpk  # noqa: PLC0415 (optional)
        from pyannote.core import Segment  # noqa: PLC0415 (optional, and slow to import)
        from pygamma_agreement import (  # noqa: PLC0415
            CombinedCategoricalDissimilarity,
            Continuum,
        )
    continuum, before = Continuum(), 0
    counts: dict[str, int] = {}
    for document, sides in documents:
        for annotation in sides:
            items = items_of_layer(annotation, layer)
            counts[annotation.annotator] = counts.get(annotation.annotator, 0) + len(items)
            for item in items:
                spans = spans_of(item)
                segment = Segment(before + spans[0].start, before + spans[-1].end)
                continuum.add(annotation.annotator, segment, label_of(item))
        before += len(document.text) + 1
    if len(counts) < 2 or not all(counts.values()):
        return None
    # The package uses NumPy's global generator, and logs a warning for each missing solver.
    state, level = np.random.get_state(), logging.root.level
    np.random.seed(seed)
    logging.root.setLevel(logging.ERROR)
    # Its threads silence the solver one by one, and each undoes that for all of them.
    glpk.options["msg_lev"] = "GLP_MSG_OFF"
    try:
        result = continuum.compute_gamma(CombinedCategoricalDissimilarity(alpha=1, beta=1))
        value = float(result.gamma)
    finally:
        np.random.set_state(state)
        logging.root.setLevel(level)
        glpk.options.pop("msg_lev", None)
    return None if math.isnan(value) else value
