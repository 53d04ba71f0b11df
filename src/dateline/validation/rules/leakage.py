"""Rules about leakage: content that two splits share, which makes scores misleading.

Near-duplicates are found by MinHash (Broder, 1997) over shingles of five words, as in Lee et al.
(2022), and confirmed by the exact Jaccard similarity of the shingles.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from dateline.rendering.listing import listed
from dateline.shingles import shingles
from dateline.text import excerpt
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule
from dateline.validation.release_context import SHINGLE, Fingerprint, ReleaseContext

NEAR_DUPLICATE = 0.5
"""The Jaccard similarity from which on two texts are near-duplicates."""

LISTED = 3

K = TypeVar("K", bound=Hashable)


@rule(
    "R811", "error", "release", "No two splits have near-duplicate texts",
    "A system could memorize one and be tested on the other.",
)  # fmt: skip
def near_duplicates(context: ReleaseContext) -> Iterator[Finding]:
    for document, other, share in _near_pairs(context, in_one_split=False):
        yield context.document_finding(
            document.id,
            "/text",
            f"({document.split}) shares {share:.0%} of its word sequences with "
            f'"{other.id}" ({other.split})',
            "Remove one of the two. Documents cannot change their split.",
            subject=other.id,
        )


@rule(
    "R812", "warning", "release", "No two splits share a long sentence",
    "Stories often quote news agencies word for word.",
)  # fmt: skip
def shared_sentences(context: ReleaseContext) -> Iterator[Finding]:
    for sentence, documents in _shared(context, lambda document: document.sentences):
        first, *others = documents
        document = context.corpus.read_document(first.id)
        start, end = document.sentences[first.sentences[sentence]]
        yield context.document_finding(
            first.id,
            f"/sentences/{first.sentences[sentence]}",
            f"also occurs in {_listed(others)}",
            "Remove one of the documents, or add a waiver with a reason.",
            subject=others[0].id,
            quote=excerpt(document.text, start, end),
        )


@rule(
    "R813", "warning", "release", "No two splits report the same event instance",
    "Clusters are one event instance if they have a link in common or, if they have none, the same "
    "name, type and participant.",
)  # fmt: skip
def shared_event_instances(context: ReleaseContext) -> Iterator[Finding]:
    for (cluster, *known_by), documents in _shared(context, lambda d: d.event_instances):
        first, *others = documents
        details = f" ({', '.join(known_by)})" if known_by else ""
        yield context.document_finding(
            first.id,
            "/text",
            f'the cluster "{cluster}"{details} is also in {_listed(others)}',
            "Rename the cluster if it is another event instance, or add a waiver with a reason.",
            subject=others[0].id,
        )


@rule(
    "R814", "warning", "release", "No two splits have stories published on the same day",
    "They often report the same events, from the same agency.",
)  # fmt: skip
def same_day(context: ReleaseContext) -> Iterator[Finding]:
    for day, documents in _shared(context, lambda d: () if d.published is None else (d.published,)):
        first, *others = documents
        yield context.document_finding(
            first.id,
            "/source/published",
            f"is {day}, the same day as for {_listed(others)}",
            "Compare the stories, and add a waiver with a reason if they are different.",
            subject=day,
        )


@rule(
    "R815", "warning", "release", "No two texts of a split are near-duplicates, except in a group",
    "They count twice, and are not independent for intervals and tests.",
)  # fmt: skip
def near_duplicates_in_a_split(context: ReleaseContext) -> Iterator[Finding]:
    for document, other, share in _near_pairs(context, in_one_split=True):
        if document.group is None or document.group != other.group:
            yield context.document_finding(
                document.id,
                "/text",
                f'shares {share:.0%} of its word sequences with "{other.id}" of the same split',
                "Give both the same group in their metadata, or remove one of the two.",
                subject=other.id,
            )


def _near_pairs(
    context: ReleaseContext, *, in_one_split: bool
) -> Iterator[tuple[Fingerprint, Fingerprint, float]]:
    """Near-duplicates with an earlier document, and the similarity of the two."""
    from datasketch import MinHashLSH  # noqa: PLC0415 (brings scipy, which takes a second)

    # A lower threshold than NEAR_DUPLICATE, because MinHash only estimates the similarity.
    index = MinHashLSH(threshold=0.8 * NEAR_DUPLICATE, num_perm=128)
    earlier: dict[str, Fingerprint] = {}
    for document in context.documents:
        for name in sorted(index.query(document.minhash)):
            other = earlier[name]
            if (other.split == document.split) == in_one_split:
                share = _similarity(context, document, other)
                if share >= NEAR_DUPLICATE:
                    yield document, other, share
        index.insert(document.id, document.minhash)
        earlier[document.id] = document


def _shared(
    context: ReleaseContext, keys: Callable[[Fingerprint], Iterable[K]]
) -> Iterator[tuple[K, list[Fingerprint]]]:
    """Keys that occur in several splits: a document, then those of other splits."""
    found: dict[K, list[Fingerprint]] = {}
    for document in context.documents:
        for key in keys(document):
            found.setdefault(key, []).append(document)
    for key, (first, *more) in found.items():
        others = [document for document in more if document.split != first.split]
        if others:
            yield key, [first, *others]


def _similarity(context: ReleaseContext, one: Fingerprint, other: Fingerprint) -> float:
    first, second = (
        shingles(context.corpus.read_document(d.id).text, SHINGLE) for d in (one, other)
    )
    return len(first & second) / len(first | second)


def _listed(documents: Sequence[Fingerprint]) -> str:
    return ", ".join(listed((f'"{d.id}" ({d.split})' for d in documents), LISTED))
