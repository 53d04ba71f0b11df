"""The context of release rules: the previous release, and fingerprints of documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dateline.corpus.snapshot import Snapshot
from dateline.model import Annotation, Document, Link, Struct
from dateline.shingles import shingles, word_ranges
from dateline.validation.contexts import FilesContext

SHINGLE = 5
"""Words in a shingle."""

LONG_SENTENCE = 8
"""Words from which on a sentence is too long to occur twice by chance."""


class ReleasedText(Struct, frozen=True):
    """A document of a release; ``split`` is None if only a manifest tells that it was released."""

    text_sha256: str
    split: str | None


class ReleasedIds(Struct, frozen=True):
    """The ids of an annotation: in use, and retired."""

    used: frozenset[str]
    retired: frozenset[str]


class ReleasedItems(Struct, frozen=True):
    """What all releases so far had; annotations are by annotator and document.

    ``documents`` are as the last release that had them; ``ids`` are all ids that were ever used or
    retired, and ``gone`` those of them that some later release did not use.
    """

    documents: Mapping[str, ReleasedText]
    ids: Mapping[tuple[str, str], frozenset[str]]
    gone: Mapping[tuple[str, str], frozenset[str]]


class Fingerprint(Struct, frozen=True):
    """What is compared between documents, without their texts.

    ``minhash`` is a sketch of the shingles; ``sentences`` are the positions of long sentences by
    hash; ``event_instances`` identify what gold's event clusters are.
    """

    id: str
    text_sha256: str
    split: str
    group: str | None
    published: str | None
    minhash: Any
    sentences: Mapping[int, int]
    event_instances: frozenset[tuple[str, ...]]


class ReleaseContext(FilesContext, frozen=True):
    """A corpus that is to be released.

    ``before`` is the previous release (empty if there is none) and ``after`` the new one, both
    without the files that are equal in both. ``history`` is what all releases had; ``documents``
    are all documents, and ``annotations`` the ids of all annotations, by annotator and document.
    """

    before: Snapshot
    after: Snapshot
    history: ReleasedItems
    documents: tuple[Fingerprint, ...]
    annotations: Mapping[tuple[str, str], ReleasedIds]


def fingerprint(document: Document, gold: Annotation | None) -> Fingerprint:
    """The fingerprint of a document."""
    from datasketch import MinHash  # noqa: PLC0415 (brings scipy, which takes a second)

    minhash = MinHash(num_perm=128, seed=1)
    minhash.update_batch([shingle.encode() for shingle in shingles(document.text, SHINGLE)])
    sentences = {}
    for position, (start, end) in enumerate(document.sentences):
        sentence = document.text[start:end]
        if len(word_ranges(sentence)) >= LONG_SENTENCE:
            sentences[hash(shingles(sentence, SHINGLE))] = position
    return Fingerprint(
        id=document.id,
        text_sha256=document.text_sha256,
        split=document.split,
        group=document.group,
        published=document.source.published,
        minhash=minhash,
        sentences=sentences,
        event_instances=frozenset(_event_instances(gold)) if gold is not None else frozenset(),
    )


def _event_instances(gold: Annotation) -> Iterator[tuple[str, ...]]:
    """What identifies event instances across documents.

    These are the entries of knowledge bases that their clusters are linked to. A cluster without
    any is known by its name, the type of its events, and a participant: one with an entry, or with
    a name if gold has no links at all, because a name such as "today" identifies nobody.
    """
    linked = {cluster.id: _entries(cluster.links) for cluster in gold.event_clusters}
    for entries in linked.values():
        yield from ((entry,) for entry in entries)
    has_links = any(entity.links for entity in gold.entities)
    participants = {
        entity.id: _entries(entity.links) or ([] if has_links else [entity.name.casefold()])
        for entity in gold.entities
    }
    referents = {mention.id: mention.entity or "" for mention in gold.mentions}
    for event in gold.events:
        if event.cluster is not None and not linked.get(event.cluster):
            for argument in event.arguments:
                for who in participants.get(referents.get(argument.filler, ""), ()):
                    yield event.cluster, event.type, who


def _entries(links: Iterable[Link]) -> list[str]:
    return [f"{link.kb}:{link.id}" for link in links if link.id]
