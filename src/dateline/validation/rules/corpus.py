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
            yield Finding(
                file=corpus.relative(path),
                pointer="/document",
                message=f'there is no document "{path.stem}"',
                hint=f"Restore corpus/{path.stem}.json, or remove the annotation.",
                subject=path.stem,
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
            yield Finding(
                file=context.corpus.relative(context.corpus.document_path(document)),
                pointer="/text",
                message=f'is also the text of "{first}"',
                hint="Remove one of the two documents and its seed.",
                subject=document,
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
            yield Finding(
                file=corpus.relative(path),
                pointer="",
                message="is not in the corpus",
                hint="Run `dateline ingest`, which adds it or reports the reason.",
                subject=path.stem,
            )
