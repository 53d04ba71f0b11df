"""Rules about what leaks from one split into another, so that a score says less than it seems to.

Near-duplicates are found by MinHash (Broder, 1997) over runs of five words, as Lee et al. (2022)
do, and confirmed by the exact share of runs that two texts have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from dateline.text import excerpt, runs
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule
from dateline.validation.release_context import RUN, Fingerprint, ReleaseContext

NEAR = 0.5
"""The share of runs in common from which on two texts are near-duplicates."""

LISTED = 3

K = TypeVar("K", bound=Hashable)


@rule(
    "R811", "error", "release", "No two splits have nearly the same text",
    "What was learnt by heart from one would be scored in the other.",
)  # fmt: skip
def near_duplicates(context: ReleaseContext) -> Iterator[Finding]:
    from datasketch import MinHashLSH  # noqa: PLC0415 (brings scipy, which takes a second)

    # A lower bound than NEAR, so that sketches that are a little off are found as well.
    index = MinHashLSH(threshold=0.8 * NEAR, num_perm=128)
    earlier: dict[str, Fingerprint] = {}
    for document in context.documents:
        for name in sorted(index.query(document.minhash)):
            other = earlier[name]
            if other.split != document.split:
                share = _in_common(context, document, other)
                if share >= NEAR:
                    yield _finding(
                        context,
                        document,
                        other.id,
                        f"has {share:.0%} of its runs of words in common with «{other.id}» of "
                        f"{other.split}, and is of {document.split}",
                        "Remove one of the two, as neither may change its split.",
                    )
        index.insert(document.id, document.minhash)
        earlier[document.id] = document


@rule(
    "R812", "warning", "release", "No two splits have a long sentence in common",
    "News agencies are quoted word by word.",
)  # fmt: skip
def shared_sentences(context: ReleaseContext) -> Iterator[Finding]:
    for sentence, documents in _shared(context, lambda document: document.sentences):
        first, *others = documents
        document = context.corpus.read_document(first.id)
        start, end = document.sentences[first.sentences[sentence]]
        yield _finding(
            context,
            first,
            others[0].id,
            f"has a sentence of {_listed(others)}",
            "Remove one of the documents, or waive it with a reason.",
            pointer=f"/sentences/{first.sentences[sentence]}",
            quote=excerpt(document.text, start, end),
        )


@rule(
    "R813", "warning", "release", "No two splits tell of the same happening",
    "A cluster of the same name and type, with the same participant, is taken for one happening.",
)  # fmt: skip
def shared_happenings(context: ReleaseContext) -> Iterator[Finding]:
    for (cluster, kind, who), documents in _shared(context, lambda d: d.happenings):
        first, *others = documents
        yield _finding(
            context,
            first,
            others[0].id,
            f"has the cluster «{cluster}» ({kind}, {who}) of {_listed(others)}",
            "Name the cluster otherwise if it is another happening, or waive it with a reason.",
        )


@rule(
    "R814", "warning", "release", "No two splits have stories of the same day",
    "They often tell the same, from the same agency.",
)  # fmt: skip
def same_day(context: ReleaseContext) -> Iterator[Finding]:
    for day, documents in _shared(context, lambda d: () if d.published is None else (d.published,)):
        first, *others = documents
        yield _finding(
            context,
            first,
            day,
            f"was published on {day}, as {_listed(others)}",
            "Read whether they tell the same, and waive it with a reason if they do not.",
            pointer="/source/published",
        )


def _shared(
    context: ReleaseContext, keys: Callable[[Fingerprint], Iterable[K]]
) -> Iterator[tuple[K, list[Fingerprint]]]:
    """Keys that documents of several splits have: a document, and those of other splits."""
    found: dict[K, list[Fingerprint]] = {}
    for document in context.documents:
        for key in keys(document):
            found.setdefault(key, []).append(document)
    for key, (first, *more) in found.items():
        others = [document for document in more if document.split != first.split]
        if others:
            yield key, [first, *others]


def _in_common(context: ReleaseContext, one: Fingerprint, other: Fingerprint) -> float:
    mine, theirs = (runs(context.corpus.read_document(d.id).text, RUN) for d in (one, other))
    return len(mine & theirs) / len(mine | theirs)


def _listed(documents: Sequence[Fingerprint]) -> str:
    named = ", ".join(f"«{d.id}» of {d.split}" for d in documents[:LISTED])
    more = len(documents) - LISTED
    return f"{named} and {more} more" if more > 0 else named


def _finding(
    context: ReleaseContext,
    document: Fingerprint,
    subject: str,
    message: str,
    hint: str,
    pointer: str = "/text",
    quote: str = "",
) -> Finding:
    return Finding(
        file=context.corpus.relative(context.corpus.document_path(document.id)),
        pointer=pointer,
        message=message,
        hint=hint,
        quote=quote,
        subject=subject,
    )
