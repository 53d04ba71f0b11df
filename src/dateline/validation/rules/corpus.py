"""Rules about the corpus as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.validation.contexts import CorpusContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "A202", "error", "corpus", "The annotated document exists",
    "Offsets mean nothing without the text.",
)  # fmt: skip
def document_exists(context: CorpusContext) -> Iterator[Finding]:
    corpus = context.corpus
    known = set(corpus.document_ids())
    for path in sorted(corpus.annotations.glob("*/*.json")):
        if path.stem not in known:
            yield context.finding(
                path,
                path.stem,
                f'there is no document "{path.stem}"',
                f"Restore corpus/{path.stem}.json, or remove the annotation.",
                "/document",
            )


@rule(
    "D108", "error", "corpus", "No two documents have the same text",
    "Duplicates count twice, and may end up in two splits.",
)  # fmt: skip
def duplicate_text(context: CorpusContext) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for document, text in context.texts.items():
        first = seen.setdefault(text, document)
        if first != document:
            yield context.document_finding(
                document,
                "/text",
                f'is also the text of "{first}"',
                "Remove one of the two documents and its seed.",
            )


@rule(
    "D109", "warning", "corpus", "Every seed has been ingested",
    "A seed that is not in the corpus is not in any release.",
)  # fmt: skip
def seeds_ingested(context: CorpusContext) -> Iterator[Finding]:
    corpus = context.corpus
    known = set(corpus.document_ids())
    for path in sorted(corpus.seeds.glob("*.txt")):
        if path.stem not in known:
            yield context.finding(
                path,
                path.stem,
                "is not in the corpus",
                "Run `dateline ingest`, which adds it or reports the reason.",
            )
