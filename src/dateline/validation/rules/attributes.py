"""Rules about attributes."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.annotations.items import label_of
from dateline.model import Spans
from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "A213", "error", "annotation",
    "Items have the attributes of their label, and all that are required",
    "The ontology lists the labels that have an attribute. Elsewhere, its value means nothing.",
)  # fmt: skip
def attributes_of_labels(context: AnnotationContext) -> Iterator[Finding]:
    for field, attributes in context.ontology.attributes_by_field.items():
        limited = [attribute for attribute in attributes if attribute.labels]
        for position, item in enumerate(getattr(context.annotation, field) if limited else ()):
            label, id_ = label_of(item), getattr(item, "id", "")
            spans: Spans = getattr(item, "spans", getattr(item, "trigger", ()))
            place = f"/{field}/{position}/attributes"
            for attribute in limited:
                is_given, has_it = attribute.name in item.attributes, attribute.is_of(label)
                if is_given and not has_it:
                    yield context.finding(
                        f"{place}/{attribute.name}",
                        id_,
                        f'{label} has no attribute "{attribute.name}"; '
                        f"{', '.join(attribute.labels)} have it",
                        "Remove the attribute, or correct the label.",
                        spans,
                    )
                if has_it and attribute.required and not is_given:
                    yield context.finding(
                        place,
                        id_,
                        f'the attribute "{attribute.name}" is missing; {label} requires it',
                        "Add it, or correct the label.",
                        spans,
                    )
