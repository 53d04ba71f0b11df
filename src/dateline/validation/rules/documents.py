"""Rules about one document: its text, its seed, its segmentation, its split."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.corpus.boilerplate import remove
from dateline.corpus.splits import assign_split
from dateline.model import Range
from dateline.text import excerpt, sha256_of_text
from dateline.validation.contexts import DocumentContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "D101", "error", "document", "The hash is that of the text",
    "Every annotation, prediction and withheld copy is tied to the text by this hash.",
)  # fmt: skip
def text_hash(context: DocumentContext) -> Iterator[Finding]:
    document = context.document
    actual = sha256_of_text(document.text)
    if document.text_sha256 != actual:
        yield context.finding(
            "/text_sha256",
            f"is {document.text_sha256[:12]}…, but the text's is {actual[:12]}…",
            "Restore the text from version control; a new text needs a new document.",
        )


@rule(
    "D102", "error", "document", "The file is named after the id",
    "Documents are found by their file name.",
)  # fmt: skip
def file_name(context: DocumentContext) -> Iterator[Finding]:
    if context.document.id != context.stem:
        yield context.finding(
            "/id",
            f"is «{context.document.id}», but the file is called «{context.stem}.json»",
            "Rename the file, or restore the id; an id never changes once annotated.",
        )


@rule(
    "D103", "error", "document", "Sentences are sorted, disjoint and inside the text",
    "Everything made by sentence would lose or repeat text.",
)  # fmt: skip
def sentences(context: DocumentContext) -> Iterator[Finding]:
    yield from _ranges(context, context.document.sentences, "/sentences")


@rule(
    "D104", "error", "document", "Tokens are sorted, disjoint and inside the text",
    "Token scores and BIO tags need a token to be one stretch that no other shares.",
)  # fmt: skip
def tokens(context: DocumentContext) -> Iterator[Finding]:
    yield from _ranges(context, context.document.tokens, "/tokens")


@rule(
    "D105", "error", "document", "Each token lies within one sentence",
    "A sentence's tokens are found by its borders.",
)  # fmt: skip
def tokens_in_sentences(context: DocumentContext) -> Iterator[Finding]:
    sentences, current = context.document.sentences, 0
    for position, (start, end) in enumerate(context.document.tokens):
        while current < len(sentences) and sentences[current][1] <= start:
            current += 1
        if (
            current == len(sentences)
            or start < sentences[current][0]
            or end > sentences[current][1]
        ):
            yield context.finding(
                f"/tokens/{position}",
                f"[{start}, {end}] does not lie within one sentence",
                "Restore sentences and tokens from version control, or ingest the seed again.",
                excerpt(context.document.text, start, end),
            )


@rule(
    "D106", "error", "document", "The text can be made again from its seed",
    "Offsets can be mapped back to the seed only if the seed less its dropped ranges is the text.",
)  # fmt: skip
def seed(context: DocumentContext) -> Iterator[Finding]:
    seed = context.document.seed
    content = context.read_seed(seed.file)
    if content is None:
        yield context.finding(
            "/seed/file",
            f"seeds/{seed.file} is not there",
            f"Restore it; if nobody has annotated it, corpus/{context.stem}.json may go as well.",
        )
        return
    if remove(content.decode("utf-8", errors="replace"), seed.dropped) != context.document.text:
        yield context.finding(
            "/seed",
            f"seeds/{seed.file} less the dropped ranges is not the text",
            "Restore the seed from version control; save a new text as a new seed.",
        )


@rule(
    "D107", "error", "document", "The split is the one that the id's hash decides",
    "A document that moves between splits has been trained on and tested on.",
)  # fmt: skip
def split(context: DocumentContext) -> Iterator[Finding]:
    assigned = assign_split(context.document.id, context.shares)
    if context.document.split != assigned:
        yield context.finding(
            "/split",
            f"is «{context.document.split}», but the id's hash says «{assigned}»",
            f"Set it to «{assigned}»; do not change the shares once documents are out.",
        )


def _ranges(context: DocumentContext, ranges: tuple[Range, ...], pointer: str) -> Iterator[Finding]:
    length, previous = len(context.document.text), 0
    for position, (start, end) in enumerate(ranges):
        if not previous <= start < end <= length:
            yield context.finding(
                f"{pointer}/{position}",
                f"[{start}, {end}] is empty, overlaps the one before, or leaves the text"
                f" (0 to {length})",
                "Restore it from version control, or ingest the seed again.",
                excerpt(context.document.text, start, end),
            )
        previous = max(previous, end)
