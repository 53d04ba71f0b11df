"""Rules about who annotates."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.corpus.annotators import read_register, register_path
from dateline.errors import DatelineError
from dateline.model import GOLD
from dateline.validation.contexts import CorpusContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "A207", "error", "corpus", "The list of annotators can be read",
    "It says of each whether it is a person or a program, and must say so once.",
)  # fmt: skip
def register_readable(context: CorpusContext) -> Iterator[Finding]:
    try:
        read_register(context.corpus)
    except DatelineError as fault:
        yield Finding(
            file=context.corpus.relative(register_path(context.corpus)),
            pointer="",
            message=str(fault),
            hint="Correct it there, or with `dateline annotators add`.",
        )


@rule(
    "A208", "warning", "corpus", "An annotator is listed",
    "Who reads an annotation wants to know whether a person made it, or a program.",
)  # fmt: skip
def annotator_listed(context: CorpusContext) -> Iterator[Finding]:
    corpus = context.corpus
    try:
        known = read_register(corpus)
    except DatelineError:
        return
    for name in corpus.annotators():
        if name != GOLD and name not in known:
            first = min((corpus.annotations / name).glob("*.json"))
            yield Finding(
                file=corpus.relative(first),
                pointer="/annotator",
                message=f"«{name}» is not in annotations/annotators.json",
                hint=f"Run `dateline annotators add {name} --kind human` or `--kind model`.",
                subject=first.stem,
            )
