"""Rules about the list of annotators."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.corpus.annotators import read_register, register_path
from dateline.errors import DatelineError
from dateline.model import GOLD
from dateline.validation.contexts import AnnotationContext, CorpusContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "A207", "error", "corpus", "The list of annotators is valid",
    "It says whether each annotator is a person or a model.",
)  # fmt: skip
def register_readable(context: CorpusContext) -> Iterator[Finding]:
    try:
        read_register(context.corpus)
    except DatelineError as error:
        path = register_path(context.corpus)
        hint = "Fix the file, or run `dateline annotators add`."
        yield context.finding(path, "", str(error), hint)


@rule(
    "A208", "warning", "corpus", "Annotators are listed",
    "Readers want to know whether a person or a model made an annotation.",
)  # fmt: skip
def annotator_listed(context: CorpusContext) -> Iterator[Finding]:
    corpus = context.corpus
    try:
        known = read_register(corpus)
    except DatelineError:
        return
    for name in corpus.annotators():
        folder = corpus.annotations / name
        if name != GOLD and name not in known and not corpus.is_elsewhere(folder):
            first = min(folder.glob("*.json"))
            yield context.finding(
                first,
                first.stem,
                f'"{name}" is not in annotations/annotators.json',
                f"Run `dateline annotators add {name} --kind human` or `--kind model`.",
                "/annotator",
            )


@rule(
    "A211", "warning", "annotation", "The kind of an annotation is that of its annotator",
    "Readers want to know whether a person or a model made an annotation.",
)  # fmt: skip
def kind_as_listed(context: AnnotationContext) -> Iterator[Finding]:
    annotation = context.annotation
    listed, kind = context.listed_kind, annotation.provenance.kind
    if listed is not None and kind != listed:
        yield context.finding(
            "/provenance/kind",
            annotation.annotator,
            f'"{annotation.annotator}" is {listed} in annotations/annotators.json, and this '
            f"annotation is by a {kind}",
            "Correct one of them.",
        )
