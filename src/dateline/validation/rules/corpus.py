"""Rules about the corpus as a whole: what no single file can show."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.validation.contexts import CorpusContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "A202", "error", "corpus", "An annotated document exists",
    "An annotation without its text cannot be read.",
)  # fmt: skip
def document_exists(context: CorpusContext) -> Iterator[Finding]:
    corpus = context.corpus
    known = set(corpus.document_ids())
    for path in sorted(corpus.annotations.glob("*/*.json")):
        if path.stem not in known:
            yield Finding(
                file=corpus.relative(path),
                pointer="/document",
                message=f"there is no document «{path.stem}»",
                hint=f"Restore corpus/{path.stem}.json, or remove the annotation.",
                subject=path.stem,
            )


@rule(
    "D108", "error", "corpus", "No two documents have the same text",
    "The same text twice counts twice, and may stand in two splits.",
)  # fmt: skip
def duplicate_text(context: CorpusContext) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for document, text in context.texts.items():
        first = seen.setdefault(text, document)
        if first != document:
            yield Finding(
                file=context.corpus.relative(context.corpus.document_path(document)),
                pointer="/text",
                message=f"is the text of «{first}» too",
                hint="Remove one of the two documents and its seed.",
                subject=document,
            )


@rule(
    "D109", "warning", "corpus", "Every seed has been ingested",
    "A seed that is not in the corpus is in no release either.",
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
                hint="Run `dateline ingest`, which brings it in or says why it cannot.",
                subject=path.stem,
            )
