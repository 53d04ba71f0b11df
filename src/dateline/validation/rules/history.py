"""Rules that compare a release with earlier ones: released ids and texts keep their meaning."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.annotations.items import Item, items_by_id, kind_of, overlap, spans_of
from dateline.model import Annotation, Entity
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule
from dateline.validation.release_context import ReleaseContext


@rule(
    "R801", "error", "release", "Ids of removed items are listed in retired",
    "Otherwise, a new item could get the id and be mistaken for the old one.",
)  # fmt: skip
def tombstones(context: ReleaseContext) -> Iterator[Finding]:
    for key, ids in sorted(context.annotations.items()):
        for name in sorted(context.history.ids.get(key, frozenset()) - ids.used - ids.retired):
            yield _finding(
                context,
                key,
                name,
                f'"{name}" was released, but is neither in use nor in retired',
                f'Add "{name}" to retired, or restore the item.',
            )


@rule(
    "R802", "error", "release", "A released id still refers to the same item",
    "Users of a release must find the same item under the same id.",
)  # fmt: skip
def same_meaning(context: ReleaseContext) -> Iterator[Finding]:
    for before, after in _annotations(context):
        old, new = items_by_id(before), items_by_id(after)
        for name in old.keys() & new.keys():
            problem = _changed_meaning(old[name], new[name])
            if problem is None:
                continue
            yield _finding(
                context,
                (after.annotator, after.document),
                name,
                f'"{name}" {problem}',
                f'Give the new item a new id, and add "{name}" to retired.',
            )


@rule(
    "R803", "error", "release", "A released document stays in its split",
    "Systems may have been trained or evaluated on it.",
)  # fmt: skip
def same_split(context: ReleaseContext) -> Iterator[Finding]:
    for document in context.documents:
        before = context.history.documents.get(document.id)
        if before is not None and before.split not in (None, document.split):
            yield context.document_finding(
                document.id,
                "/split",
                f'was released as "{before.split}", but is now "{document.split}"',
                f'Set it back to "{before.split}".',
            )


@rule(
    "R804", "error", "release", "The text of a released document does not change",
    "Offsets, predictions and users' copies of the text depend on it.",
)  # fmt: skip
def same_text(context: ReleaseContext) -> Iterator[Finding]:
    for name, after in sorted(context.after.documents.items()):
        before = context.before.documents.get(name)
        if before is not None and before.text_sha256 != after.text_sha256:
            yield context.document_finding(
                name,
                "/text",
                "differs from the text that was released under this id",
                "Restore it, and save the new text as a seed with another name.",
            )


@rule(
    "R805", "error", "release", "Ids of removed documents, annotations and items are not reused",
    "An id stays with what it was released for, in all later releases.",
)  # fmt: skip
def not_reused(context: ReleaseContext) -> Iterator[Finding]:
    for document in context.documents:
        released = context.history.documents.get(document.id)
        if (
            released is not None
            and released.text_sha256 != document.text_sha256
            and document.id not in context.before.documents
        ):
            yield context.document_finding(
                document.id,
                "/id",
                "was the id of a document with another text in an earlier release",
                "Rename the seed, and ingest it again.",
            )
    for key, ids in sorted(context.annotations.items()):
        for name in sorted(context.history.gone.get(key, frozenset()) & ids.used):
            yield _finding(
                context,
                key,
                name,
                f'"{name}" was released, and a later release no longer used it',
                f'Give the item a new id, and add "{name}" to retired.',
            )


def _annotations(context: ReleaseContext) -> Iterator[tuple[Annotation, Annotation]]:
    for key, after in sorted(context.after.annotations.items()):
        before = context.before.annotations.get(key)
        if before is not None:
            yield before, after


def _changed_meaning(old: Item, new: Item) -> str | None:
    if kind_of(old) != kind_of(new):
        return f"was released as a {kind_of(old)}, but is now a {kind_of(new)}"
    if isinstance(old, Entity) or isinstance(new, Entity):
        return None
    before, after = spans_of(old), spans_of(new)
    if overlap(before, after):
        return None
    return (
        f'was released as "{before[0].text}" at {before[0].start}, but is now '
        f'"{after[0].text}" at {after[0].start}'
    )


def _finding(
    context: ReleaseContext, key: tuple[str, str], subject: str, message: str, hint: str
) -> Finding:
    path = context.corpus.annotation_path(*key)
    return context.finding(path, subject, message, hint)
