"""Rules about a release and the one before: what was given out once keeps its meaning."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.model import Annotation, Document, Spans
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule
from dateline.validation.release_context import ReleaseContext


@rule(
    "R801", "error", "release", "An id that is gone stays in retired",
    "Else a new item could get it, and would be taken for the old one.",
)  # fmt: skip
def tombstones(context: ReleaseContext) -> Iterator[Finding]:
    for before, after in _annotations(context):
        known = {*after.ids(), *after.retired}
        for name in (*before.ids(), *before.retired):
            if name not in known:
                yield _of_annotation(
                    context,
                    after,
                    name,
                    f"«{name}» was released, and is neither here nor in retired",
                    f"Add «{name}» to retired, or restore it.",
                )


@rule(
    "R802", "error", "release", "An id means what it meant in the release before",
    "Who has worked with an item must find the same one under its id.",
)  # fmt: skip
def same_meaning(context: ReleaseContext) -> Iterator[Finding]:
    for before, after in _annotations(context):
        old, new = dict(_meanings(before)), dict(_meanings(after))
        for name in old.keys() & new.keys():
            (kind, spans), (new_kind, new_spans) = old[name], new[name]
            if kind != new_kind:
                problem = f"was released as a {kind}, and is a {new_kind} now"
            elif spans and not _overlap(spans, new_spans):
                problem = (
                    f"was released for «{spans[0].text}» at {spans[0].start}, and is "
                    f"«{new_spans[0].text}» at {new_spans[0].start} now"
                )
            else:
                continue
            yield _of_annotation(
                context,
                after,
                name,
                f"«{name}» {problem}",
                f"Give the new item a new id, and add «{name}» to retired.",
            )


@rule(
    "R803", "error", "release", "A released document stays in its split",
    "Systems have been trained on it, or measured with it.",
)  # fmt: skip
def same_split(context: ReleaseContext) -> Iterator[Finding]:
    for before, after in _documents(context):
        if before.split != after.split:
            yield _of_document(
                context,
                after,
                "/split",
                f"was released in «{before.split}», and is in «{after.split}» now",
                f"Set it to «{before.split}» again.",
            )


@rule(
    "R804", "error", "release", "The text of a released document never changes",
    "Offsets, predictions and readers' copies of the text are tied to it.",
)  # fmt: skip
def same_text(context: ReleaseContext) -> Iterator[Finding]:
    for before, after in _documents(context):
        if before.text_sha256 != after.text_sha256:
            yield _of_document(
                context,
                after,
                "/text",
                "is not the text that was released under this id",
                "Restore it, and save the new text as a new seed, under another name.",
            )


@rule(
    "R805", "error", "release", "What was removed as a whole does not come back as another",
    "Ids of removed documents and annotations are retired with them.",
)  # fmt: skip
def not_reused(context: ReleaseContext) -> Iterator[Finding]:
    for document in context.after.documents.values():
        text = context.retired_texts.get(document.id)
        if text is not None and text != document.text_sha256:
            yield _of_document(
                context,
                document,
                "/id",
                "is the id of a document with another text, which an earlier release had",
                "Give the seed another name, and ingest it again.",
            )
    for key, annotation in context.after.annotations.items():
        gone = context.retired_ids.get(key, ())
        for name in sorted({*annotation.ids()} & {*gone}):
            yield _of_annotation(
                context,
                annotation,
                name,
                f"«{name}» was in an annotation that was released once and then removed",
                f"Give the item a new id, and add «{name}» to retired.",
            )


def _annotations(context: ReleaseContext) -> Iterator[tuple[Annotation, Annotation]]:
    for key, after in sorted(context.after.annotations.items()):
        before = context.before.annotations.get(key)
        if before is not None:
            yield before, after


def _documents(context: ReleaseContext) -> Iterator[tuple[Document, Document]]:
    for name, after in sorted(context.after.documents.items()):
        before = context.before.documents.get(name)
        if before is not None:
            yield before, after


def _meanings(annotation: Annotation) -> Iterator[tuple[str, tuple[str, Spans]]]:
    """By id, the kind of item and its place; entities have none."""
    for mention in annotation.mentions:
        yield mention.id, ("mention", mention.spans)
    for entity in annotation.entities:
        yield entity.id, ("entity", ())
    for event in annotation.events:
        yield event.id, ("event", event.trigger)
    for claim in annotation.claims:
        yield claim.id, ("claim", claim.spans)


def _overlap(some: Spans, others: Spans) -> bool:
    return any(a.start < b.end and b.start < a.end for a in some for b in others)


def _of_annotation(
    context: ReleaseContext, annotation: Annotation, subject: str, message: str, hint: str
) -> Finding:
    path = context.corpus.annotation_path(annotation.annotator, annotation.document)
    return Finding(
        file=context.corpus.relative(path), pointer="", message=message, hint=hint, subject=subject
    )


def _of_document(
    context: ReleaseContext, document: Document, pointer: str, message: str, hint: str
) -> Finding:
    return Finding(
        file=context.corpus.relative(context.corpus.document_path(document.id)),
        pointer=pointer,
        message=message,
        hint=hint,
        subject=document.id,
    )
