"""What rules about a release look at: the release before it, and what documents share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from dateline.corpus.snapshot import Snapshot
from dateline.corpus.store import Corpus
from dateline.model import Annotation, Document, Struct
from dateline.text import runs, word_places

RUN = 5
"""Words in a run."""

LONG_SENTENCE = 8
"""Words from which on a sentence is too long to be said twice by chance."""


class Fingerprint(Struct, frozen=True):
    """What may tell that a document is akin to another, without its text.

    ``minhash`` is a sketch of its runs of words; ``sentences`` are positions of its long sentences
    by a hash of their words; ``happenings`` are its clusters of events, each with the type of the
    events and one who takes part in them.
    """

    id: str
    split: str
    published: str | None
    minhash: Any
    sentences: Mapping[int, int]
    happenings: frozenset[tuple[str, str, str]]


class ReleaseContext(Struct, frozen=True):
    """A corpus that is to be released.

    ``before`` is the release before it and ``after`` itself, both without the files that are equal
    in both; ``before`` has nothing where there was no release. Of what earlier releases had, and
    the last one has no more as a whole, ``retired_texts`` has the hashes of documents' texts by id,
    and ``retired_ids`` the ids of annotations by annotator and document. ``documents`` are all
    documents.
    """

    corpus: Corpus
    before: Snapshot
    after: Snapshot
    retired_texts: Mapping[str, str]
    retired_ids: Mapping[tuple[str, str], Collection[str]]
    documents: tuple[Fingerprint, ...]


def fingerprint(document: Document, gold: Annotation | None) -> Fingerprint:
    """The fingerprint of a document."""
    from datasketch import MinHash  # noqa: PLC0415 (brings scipy, which takes a second)

    minhash = MinHash(num_perm=128, seed=1)
    minhash.update_batch([run.encode() for run in runs(document.text, RUN)])
    sentences = {}
    for position, (start, end) in enumerate(document.sentences):
        said = document.text[start:end]
        if len(word_places(said)) >= LONG_SENTENCE:
            sentences[hash(runs(said, RUN))] = position
    return Fingerprint(
        id=document.id,
        split=document.split,
        published=document.source.published,
        minhash=minhash,
        sentences=sentences,
        happenings=frozenset(_happenings(gold)) if gold is not None else frozenset(),
    )


def _happenings(gold: Annotation) -> Iterator[tuple[str, str, str]]:
    entities = {entity.id: entity for entity in gold.entities}
    referents = {mention.id: entities.get(mention.entity or "") for mention in gold.mentions}
    for event in gold.events:
        for argument in event.arguments:
            entity = referents.get(argument.filler)
            if event.cluster is not None and entity is not None:
                link = entity.link
                who = f"{link.kb}:{link.id}" if link and link.id else entity.name.casefold()
                yield event.cluster, event.type, who
