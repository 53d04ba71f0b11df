"""Rules about an annotation as a whole: its file, its document, its ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dateline.annotations.layers import limited
from dateline.model import LAYER_FIELDS
from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "A201", "error", "annotation", "The path matches the annotator and document in the header",
    "Annotations are looked up by annotator and document.",
)  # fmt: skip
def file_place(context: AnnotationContext) -> Iterator[Finding]:
    annotation = context.annotation
    for field, stated, actual in (
        ("annotator", annotation.annotator, context.folder),
        ("document", annotation.document, context.stem),
    ):
        if stated != actual:
            yield context.finding(
                f"/{field}",
                "",
                f'is "{stated}", but the file is annotations/{context.folder}/{context.stem}.json',
                f"Move it to annotations/{annotation.annotator}/{annotation.document}.json.",
            )


@rule(
    "A203", "error", "annotation", "The annotation refers to the document's current text",
    "Offsets into another text are wrong.",
)  # fmt: skip
def text_hash(context: AnnotationContext) -> Iterator[Finding]:
    if context.annotation.text_sha256 != context.text.document.text_sha256:
        yield context.finding(
            "/text_sha256",
            "",
            f"is {context.annotation.text_sha256[:12]}…, but the hash of the document is "
            f"{context.text.document.text_sha256[:12]}…",
            "Restore the document that was annotated. A new text needs a new document.",
        )


@rule(
    "A204", "error", "annotation", "Ids are unique",
    "An id is permanent and names one item only.",
)  # fmt: skip
def unique_ids(context: AnnotationContext) -> Iterator[Finding]:
    counts = Counter(context.annotation.ids())
    claimers = context.ontology.special_claimers
    for name, count in counts.items():
        if count > 1:
            message = f'the id "{name}" is used {count} times'
            yield context.finding("", name, message, "Give all but one item a new id.")
        if name in claimers:
            message = f'the id "{name}" is the name of a claimer in the ontology'
            yield context.finding("", name, message, "Give the item another id.")


@rule(
    "A205", "error", "annotation", "A retired id is not in use",
    "The id of a removed item must not be given to another item.",
)  # fmt: skip
def retired_ids(context: AnnotationContext) -> Iterator[Finding]:
    used = set(context.annotation.ids())
    for position, name in enumerate(context.annotation.retired):
        if name in used:
            yield context.finding(
                f"/retired/{position}",
                name,
                f'the retired id "{name}" is in use',
                "Give the new item a new id. If it is the old item, remove the id from retired.",
            )


@rule(
    "A206", "error", "annotation", "A layer that is not listed in layers holds only context",
    'Readers rely on layers to tell "nothing found" from "not annotated". Items that an annotated '
    "layer refers to, such as claimers, are allowed.",
)  # fmt: skip
def layers(context: AnnotationContext) -> Iterator[Finding]:
    allowed = limited(context.annotation, context.annotation.layers)
    for layer, members in LAYER_FIELDS.items():
        if layer not in context.annotation.layers:
            for member in members:
                if getattr(context.annotation, member) != getattr(allowed, member):
                    yield context.finding(
                        f"/{member}",
                        "",
                        f'"{layer}" is not in layers, but {member} has items that no annotated '
                        "layer refers to",
                        f'Add "{layer}" to layers, or remove these items.',
                    )
