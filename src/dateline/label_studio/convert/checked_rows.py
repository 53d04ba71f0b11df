"""Rows of annotations to start from, checked before the page gets them."""

from __future__ import annotations

from dateline.corpus.store import canonical_json
from dateline.label_studio.config.labelling_config import row_errors
from dateline.label_studio.convert.from_result import from_result, header_of
from dateline.label_studio.convert.to_result import to_result
from dateline.label_studio.result_rows import Rows
from dateline.model import Annotation, Document, canonical
from dateline.ontology.labels import Ontology


def checked_rows(
    annotation: Annotation, document: Document, config: str, ontology: Ontology
) -> tuple[Rows, list[str]]:
    """The rows of an annotation, and why a page with this configuration cannot have them.

    They would break the page, or would not convert back to the same annotation.
    """
    rows = to_result(annotation, ontology)
    return rows, _problems(rows, annotation, document, config, ontology)


def _problems(
    rows: Rows, annotation: Annotation, document: Document, config: str, ontology: Ontology
) -> list[str]:
    if errors := row_errors(rows, config):
        return errors
    returned, problems = from_result(rows, document, header_of(annotation), ontology)
    if problems:
        return [problem.line for problem in problems]
    expected = canonical(annotation)
    changed = [
        f"/{field}: would be changed by the conversion"
        for field in annotation.__struct_fields__
        if getattr(returned, field) != getattr(expected, field)
    ]
    if b"\\u0000" in canonical_json(expected):
        changed.append("has a NUL character, which databases refuse")
    return changed
