"""Rules about contrast sets: minimal edits of a text, and what they change in gold."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.annotations.contrasts.declarations import compare_with_declared
from dateline.annotations.contrasts.declared_names import declaration_problems
from dateline.annotations.contrasts.text_edit import TextEdit
from dateline.annotations.differences import format_value
from dateline.model import GOLD, Contrast, Document
from dateline.validation.contexts import CorpusContext, DocumentFacts
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule

MOST_WORDS = 12
"""Words from which on an edit is not a small one."""


@rule(
    "D121", "error", "corpus", "The original of a contrast exists, and is not a contrast itself",
    "A contrast is compared with its original.",
)  # fmt: skip
def original_exists(context: CorpusContext) -> Iterator[Finding]:
    for document, contrast in _contrasts(context):
        original = context.documents.get(contrast.of)
        if original is None:
            problem = f'there is no document "{contrast.of}"'
        elif original.contrast is not None:
            problem = f'"{contrast.of}" is a contrast itself, of "{original.contrast.of}"'
        else:
            continue
        yield context.document_finding(
            document, "/contrast/of", problem, "Name the original in the metadata of the seed."
        )


@rule(
    "D122", "error", "corpus", "A contrast is in the group of its original",
    "The two are not independent: they belong in one split, and are one unit for intervals.",
)  # fmt: skip
def in_group_of_original(context: CorpusContext) -> Iterator[Finding]:
    for document, _, original in _pairs(context):
        group = context.documents[document].group
        if group is None or group != original.group:
            names = (f'"{name}"' if name else "no group" for name in (group, original.group))
            yield context.document_finding(
                document,
                "/group",
                "is {}, and that of its original is {}".format(*names),
                "Give both the same group in the metadata of their seeds.",
            )


@rule(
    "D123", "warning", "corpus", "A contrast differs from its original in a few words",
    "With more words, the declared change is not the only one.",
)  # fmt: skip
def few_words(context: CorpusContext) -> Iterator[Finding]:
    for document, contrast, _ in _pairs(context):
        edit = TextEdit(*_texts(context, document, contrast))
        if edit.words > MOST_WORDS:
            yield context.document_finding(
                document,
                "/text",
                f'differs from that of "{contrast.of}" in {edit.words} words, expected at '
                f"most {MOST_WORDS}",
                "Edit less, or remove the contrast from the metadata of the seed.",
            )


@rule(
    "D124", "error", "corpus", "What a contrast declares can be found in the texts and the labels",
    "A declaration with an error would never be confirmed by gold.",
)  # fmt: skip
def declarations(context: CorpusContext) -> Iterator[Finding]:
    ontology = context.corpus.ontology
    for document, contrast, _ in _pairs(context):
        before, after = _texts(context, document, contrast)
        for number, change in enumerate(contrast.changes):
            for problem in declaration_problems(change, (before.text, after.text), ontology):
                yield context.document_finding(
                    document,
                    f"/contrast/changes/{number}",
                    problem,
                    "Fix it in the metadata of the seed and run `dateline ingest`.",
                )


@rule(
    "D125", "error", "corpus", "The gold of a contrast differs from its original's as declared",
    "Otherwise, one of the two is wrong, or the edit changes more than it was meant to.",
)  # fmt: skip
def gold_differs_as_declared(context: CorpusContext) -> Iterator[Finding]:
    for document, contrast, original in _pairs(context):
        if not (original.has_gold and context.documents[document].has_gold):
            continue
        before, after = _texts(context, document, contrast)
        old, new = (context.corpus.read_annotation(GOLD, name) for name in (contrast.of, document))
        compared = compare_with_declared((before, old), (after, new), contrast.changes)
        path = context.corpus.annotation_path(GOLD, document)
        for found in compared.undeclared:
            yield context.finding(
                path,
                document,
                f'differs from the gold of "{contrast.of}": {format_value(found.change)}',
                "If the edit changes this, declare it so in [[contrast.changes]]. If it does not, "
                "fix gold.",
                found.pointer,
            )
        for unconfirmed in compared.unconfirmed:
            yield context.document_finding(
                document,
                f"/contrast/changes/{unconfirmed.number}",
                f"is not confirmed by gold: {unconfirmed.reason}",
                "Fix gold, or the declaration in the metadata of the seed.",
            )


def _contrasts(context: CorpusContext) -> Iterator[tuple[str, Contrast]]:
    for document, facts in context.documents.items():
        if facts.contrast is not None:
            yield document, facts.contrast


def _pairs(context: CorpusContext) -> Iterator[tuple[str, Contrast, DocumentFacts]]:
    """The contrasts whose originals exist, with what is known of the originals."""
    for document, contrast in _contrasts(context):
        original = context.documents.get(contrast.of)
        if original is not None:
            yield document, contrast, original


def _texts(context: CorpusContext, document: str, contrast: Contrast) -> tuple[Document, Document]:
    """The original and the contrast."""
    return context.corpus.read_document(contrast.of), context.corpus.read_document(document)
