"""What became of the prediction that an annotation was started from.

The server's own word for it (``origin`` of a region) is no proof: it stays «prediction» when an
attribute is added. So the two are compared.
"""

from __future__ import annotations

from dateline.annotations.differences import items
from dateline.label_studio.convert.conversion import from_result, header_of
from dateline.label_studio.server.responses import Start
from dateline.model import Annotation, Document, Origin
from dateline.ontology.labels import Ontology


def origin_of(
    annotation: Annotation, start: Start, document: Document, ontology: Ontology
) -> Origin:
    """Which items were confirmed, changed, drawn by hand and removed, by id."""
    started, _ = from_result(start.result, document, header_of(annotation), ontology)
    before, now = items(started), items(annotation)
    return Origin(
        started_from=start.version or "unknown",
        confirmed=tuple(sorted(name for name in now if before.get(name) == now[name])),
        changed=tuple(sorted(n for n in now if n in before and before[n] != now[n])),
        drawn=tuple(sorted(now.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - now.keys())),
    )
