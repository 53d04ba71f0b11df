"""How an annotation differs from the prediction that it started from.

The server's ``origin`` of a region is not reliable: it stays "prediction" when an attribute is
added. So the two are compared.
"""

from __future__ import annotations

from collections.abc import Collection

from dateline.annotations.differences import changed
from dateline.annotations.items import items_by_id
from dateline.label_studio.convert.from_result import from_result, header_of
from dateline.label_studio.server.responses import Prediction
from dateline.model import Annotation, Document, Origin
from dateline.ontology.labels import Ontology


def origin_of(
    annotation: Annotation,
    prediction: Prediction,
    document: Document,
    ontology: Ontology,
    tidied: Collection[str],
) -> Origin:
    """Ids of what was confirmed, changed, drawn by hand and removed.

    ``tidied`` are the layers that were tidied in the annotation, and are in the prediction too.
    """
    header = header_of(annotation)
    started, _ = from_result(prediction.result, document, header, ontology, tidied=tidied)
    before, now = items_by_id(started), items_by_id(annotation)
    found = list(changed(before, now))
    return Origin(
        started_from=prediction.version or "unknown",
        confirmed=tuple(sorted(now.keys() - {name for name, *_ in found})),
        changed=tuple(sorted(name for name, old, new in found if old and new)),
        drawn=tuple(sorted(name for name, old, _ in found if old is None)),
        removed=tuple(sorted(name for name, _, new in found if new is None)),
    )
