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
    "A201", "error", "annotation", "The file lies where its header says",
    "Annotations are found by annotator and document.",
)  # fmt: skip
def file_place(context: AnnotationContext) -> Iterator[Finding]:
    annotation = context.annotation
    for field, says, is_ in (
        ("annotator", annotation.annotator, context.folder),
        ("document", annotation.document, context.stem),
    ):
        if says != is_:
            yield context.finding(
                f"/{field}",
                "",
                f"is «{says}», but the file is annotations/{context.folder}/{context.stem}.json",
                f"Move it to annotations/{annotation.annotator}/{annotation.document}.json.",
            )


@rule(
    "A203", "error", "annotation", "The annotated text is the document's text",
    "Offsets into another text mean nothing.",
)  # fmt: skip
def text_hash(context: AnnotationContext) -> Iterator[Finding]:
    if context.annotation.text_sha256 != context.text.document.text_sha256:
        yield context.finding(
            "/text_sha256",
            "",
            f"is {context.annotation.text_sha256[:12]}…, but the document's is "
            f"{context.text.document.text_sha256[:12]}…",
            "Restore the document that was annotated; a new text needs a new document.",
        )


@rule(
    "A204", "error", "annotation", "No id stands for two things",
    "An id means the same thing everywhere, for ever.",
)  # fmt: skip
def unique_ids(context: AnnotationContext) -> Iterator[Finding]:
    counts = Counter(context.annotation.ids())
    claimers = context.ontology.special_claimers
    for name, count in counts.items():
        if count > 1:
            yield context.finding(
                "", name, f"the id «{name}» is used {count} times", "Give all but one a new id."
            )
        if name in claimers:
            yield context.finding(
                "", name, f"the id «{name}» is the name of a claimer", "Give it another id."
            )


@rule(
    "A205", "error", "annotation", "A retired id is not in use",
    "A removed thing's id must not come to mean another thing.",
)  # fmt: skip
def retired_ids(context: AnnotationContext) -> Iterator[Finding]:
    used = set(context.annotation.ids())
    for position, name in enumerate(context.annotation.retired):
        if name in used:
            yield context.finding(
                f"/retired/{position}",
                name,
                f"the retired id «{name}» is in use",
                "Give the new thing a new id; if it is the old one restored, take it out here.",
            )


@rule(
    "A206", "error", "annotation", "A layer that was not annotated holds only context",
    "Who reads the header must be able to trust it: nothing found is not the same as not looked. "
    "What an annotated layer refers to may stand there, such as the claimers of claims.",
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
                        f"has what no layer refers to, and «{layer}» is not named in layers",
                        f"Add «{layer}» to layers, or take out of {member} what nothing there "
                        "refers to.",
                    )
