"""Rules about an annotation as a whole: its file, its document, its ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dateline.annotations.items import QUOTE_LENGTH, quote_of, spans_of, text_items
from dateline.annotations.layers import limited
from dateline.dates import parse_date, parse_time
from dateline.errors import InvalidInputError
from dateline.model import GOLD, ID_FIELDS, LAYER_FIELDS
from dateline.rendering.listing import listed
from dateline.text import excerpt
from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule

SHOWN = 5
"""Items with one id that a message lists."""


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
    items: dict[str, list[str]] = {}
    for field in ID_FIELDS:
        for position, item in enumerate(getattr(context.annotation, field)):
            quote = excerpt(quote_of(item), 0, QUOTE_LENGTH)
            items.setdefault(item.id, []).append(f'/{field}/{position} "{quote}"')
    claimers = context.ontology.special_claimers
    for name, places in items.items():
        if len(places) > 1:
            message = (
                f'the id "{name}" is used {len(places)} times: {", ".join(listed(places, SHOWN))}'
            )
            hint = "Give all but one item a new id; otherwise, programs see only one of them."
            yield context.finding("", name, message, hint)
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
                        f'"{layer}" is not in layers, but {member} has content that no annotated '
                        "layer refers to",
                        f'Add "{layer}" to layers, or remove this content.',
                    )


@rule(
    "A210", "error", "annotation", "An annotated document has the required attributes",
    "Readers rely on layers to tell what was annotated.",
)  # fmt: skip
def document_attributes(context: AnnotationContext) -> Iterator[Finding]:
    annotation = context.annotation
    for attribute in context.ontology.attributes_of("document"):
        required = attribute.required and "document" in annotation.layers
        if required and attribute.name not in annotation.attributes:
            yield context.finding(
                "/attributes",
                "",
                f'"document" is in layers, but the attribute "{attribute.name}" is missing',
                'Add it, or remove "document" from layers.',
            )


@rule(
    "A214", "error", "annotation", "A note is on an item that exists, and an item has one note",
    "Label Studio and adjudication show a note at its item. Gold has no notes.",
)  # fmt: skip
def notes(context: AnnotationContext) -> Iterator[Finding]:
    annotation = context.annotation
    if annotation.annotator == GOLD and annotation.notes:
        message = "gold has notes, which the next adjudication would remove"
        yield context.finding("/notes", "", message, "Move them to an annotator's file.")
    items = text_items(annotation)
    seen: set[str | None] = set()
    for position, note in enumerate(annotation.notes):
        pointer = f"/notes/{position}"
        if note.item is not None and note.item not in items:
            yield context.finding(
                f"{pointer}/item",
                note.item,
                f'there is no mention, event or claim "{note.item}"',
                "Use the id of one of them, or remove the note. Without an item, it is on the "
                "document.",
            )
        if note.item in seen:
            yield context.finding(
                pointer,
                note.item or "",
                f"{note.subject} has several notes",
                "Make one note of them.",
                spans_of(items[note.item]) if note.item in items else (),
            )
        seen.add(note.item)


@rule(
    "A209", "error", "annotation", "Dates and times are in the calendar",
    "Programs that read the dataset would fail at a day or a time that does not exist.",
)  # fmt: skip
def dates(context: AnnotationContext) -> Iterator[Finding]:
    annotation = context.annotation
    places: list[tuple[str, str, str | None, Callable[[str], object]]] = [
        ("/provenance/created", "", annotation.provenance.created, parse_time),
        ("/provenance/updated", "", annotation.provenance.updated, parse_time),
        *(
            (f"/{field}/{position}/links/{number}/date", item.id, link.date, parse_date)
            for field in ("entities", "event_clusters")
            for position, item in enumerate(getattr(annotation, field))
            for number, link in enumerate(item.links)
        ),
    ]
    for pointer, subject, written, parse in places:
        try:
            if written is not None:
                parse(written)
        except InvalidInputError as error:
            yield context.finding(pointer, subject, str(error), "Fix it, or set it to null.")
