"""Rules about one document: its text, its seed, its segmentation, its split."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.corpus.seed_text import text_of_seed
from dateline.corpus.splits import assign_split
from dateline.dates import parse_date
from dateline.errors import InvalidInputError
from dateline.model import Dropped, Range
from dateline.text import excerpt, sha256_of_text
from dateline.validation.contexts import DocumentContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "D101", "error", "document", "text_sha256 is the hash of the text",
    "Annotations, predictions and withheld copies refer to the text by this hash.",
)  # fmt: skip
def text_hash(context: DocumentContext) -> Iterator[Finding]:
    document = context.document
    actual = sha256_of_text(document.text)
    if document.text_sha256 != actual:
        yield context.finding(
            "/text_sha256",
            f"is {document.text_sha256[:12]}…, but the hash of the text is {actual[:12]}…",
            "Restore the text from version control. A new text needs a new document.",
        )


@rule(
    "D102", "error", "document", "The file is named after the document's id",
    "Documents are looked up by file name.",
)  # fmt: skip
def file_name(context: DocumentContext) -> Iterator[Finding]:
    if context.document.id != context.stem:
        yield context.finding(
            "/id",
            f'is "{context.document.id}", but the file is "{context.stem}.json"',
            "Rename the file or restore the id. Ids of annotated documents never change.",
        )


@rule(
    "D103", "error", "document", "Sentences are sorted, disjoint and within the text",
    "Otherwise, reading by sentence would lose or repeat text.",
)  # fmt: skip
def sentences(context: DocumentContext) -> Iterator[Finding]:
    yield from _ranges(context, context.document.sentences, "/sentences")


@rule(
    "D104", "error", "document", "Tokens are sorted, disjoint and within the text",
    "Token-level scores and BIO tags need tokens that do not overlap.",
)  # fmt: skip
def tokens(context: DocumentContext) -> Iterator[Finding]:
    yield from _ranges(context, context.document.tokens, "/tokens")


@rule(
    "D105", "error", "document", "Each token is within one sentence",
    "The tokens of a sentence are found by its offsets.",
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
                f"[{start}, {end}] is not within one sentence",
                "Restore sentences and tokens from version control.",
                excerpt(context.document.text, start, end),
            )


@rule(
    "D106", "error", "document", "The text can be reproduced from its seed",
    "Offsets map back to the seed only if dropping and replacing its ranges gives the text.",
)  # fmt: skip
def seed(context: DocumentContext) -> Iterator[Finding]:
    seed = context.document.seed
    content = context.read_seed(seed.file)
    if content is None:
        yield context.finding(
            "/seed/file",
            f"seeds/{seed.file} does not exist, or is not a file that can be read",
            f"Restore it. If nobody has annotated the document, you can remove "
            f"corpus/{context.stem}.json instead.",
        )
        return
    decoded = content.decode("utf-8", errors="replace")
    if not _are_in_order(seed.dropped, len(decoded)) or (
        text_of_seed(decoded, seed.dropped) != context.document.text
    ):
        yield context.finding(
            "/seed",
            f"seeds/{seed.file} with what seed.dropped lists is not the text",
            "Restore the seed from version control, and save a new text as a new seed.",
        )


@rule(
    "D107", "error", "document", "A split that was not given matches the hash of group or id",
    "A document that changes its split may end up in both training and test data.",
)  # fmt: skip
def split(context: DocumentContext) -> Iterator[Finding]:
    document = context.document
    assigned = assign_split(document.group or document.id, context.shares)
    if document.split != assigned and not document.split_given:
        key = "id" if document.group is None else "group"
        yield context.finding(
            "/split",
            f'is "{document.split}", but the hash of the {key} assigns "{assigned}"',
            f'Set it to "{assigned}". Do not change the shares of splits after a release.',
        )


@rule(
    "D110", "error", "document", "Date and date of publication are in the calendar",
    "Programs that read the dataset would fail at a day that does not exist.",
)  # fmt: skip
def dates(context: DocumentContext) -> Iterator[Finding]:
    document = context.document
    published = document.source.published
    for pointer, day in (("/date", document.date), ("/source/published", published)):
        try:
            if day is not None:
                parse_date(day)
        except InvalidInputError as error:
            hint = "Fix it in the metadata of the seed and run `dateline ingest`."
            yield context.finding(pointer, str(error), hint)


def _are_in_order(dropped: tuple[Dropped, ...], length: int) -> bool:
    ends = [0, *(cut.end for cut in dropped)]
    in_order = all(end <= cut.start <= cut.end for end, cut in zip(ends, dropped, strict=False))
    return in_order and ends[-1] <= length


def _ranges(context: DocumentContext, ranges: tuple[Range, ...], pointer: str) -> Iterator[Finding]:
    length, previous = len(context.document.text), 0
    for position, (start, end) in enumerate(ranges):
        if not previous <= start < end <= length:
            yield context.finding(
                f"{pointer}/{position}",
                f"[{start}, {end}] is empty, overlaps the previous one, or exceeds the text "
                f"(0 to {length})",
                "Restore it from version control.",
                excerpt(context.document.text, start, end),
            )
        previous = max(previous, end)
