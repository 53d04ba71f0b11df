"""What the documents of a corpus say about one that is ingested: the same text, and its group."""

from __future__ import annotations

from dateline.corpus.store import Corpus
from dateline.errors import ConflictError
from dateline.files.names import inside
from dateline.model import Document, Struct
from dateline.text import sha256_of_text


class OtherDocument(Struct, frozen=True):
    """What is known of a document without its text."""

    id: str
    text_sha256: str
    group: str | None
    split: str


class OtherDocuments:
    """All documents of a corpus, by text and by group."""

    def __init__(self, corpus: Corpus) -> None:
        self._documents: dict[str, OtherDocument] = {}
        self._by_text: dict[str, dict[str, None]] = {}
        self._by_group: dict[str, dict[str, None]] = {}
        for name in corpus.document_ids():
            inside(corpus.root, corpus.document_path(name))
            self.add(corpus.read_document(name))

    def add(self, document: Document) -> None:
        """Add a document, in place of an earlier one with its id."""
        earlier = self._documents.get(document.id)
        if earlier is not None:
            del self._by_text[earlier.text_sha256][earlier.id]
            if earlier.group is not None:
                del self._by_group[earlier.group][earlier.id]
        self._documents[document.id] = OtherDocument(
            id=document.id,
            text_sha256=document.text_sha256,
            group=document.group,
            split=document.split,
        )
        self._by_text.setdefault(document.text_sha256, {})[document.id] = None
        if document.group is not None:
            self._by_group.setdefault(document.group, {})[document.id] = None

    def with_text(self, text: str, name: str) -> OtherDocument | None:
        """A document with this text that is not the one called ``name``."""
        names = self._by_text.get(sha256_of_text(text), {})
        return next((self._documents[other] for other in names if other != name), None)

    def split_of(
        self, name: str, group: str | None, given: str | None, twin: OtherDocument | None
    ) -> str | None:
        """The split that a document must be in; None if the hash decides.

        It is the one that the document is in, then the one that is ``given``, that of its group,
        and that of the document with the same text. Raises ConflictError if the first three of
        these contradict each other.
        """
        present = self._documents[name].split if name in self._documents else None
        if present is not None and given not in (None, present):
            raise ConflictError(
                f'the split is "{given}", but the document has been ingested into "{present}". '
                f'Documents keep their split; set split = "{present}". If it was not released, you '
                f"can remove corpus/{name}.json instead."
            )
        split = present or given
        in_group = (other for other in self._by_group.get(group or "", {}) if other != name)
        member = next((self._documents[other] for other in in_group), None)
        if member is not None and split not in (None, member.split):
            raise ConflictError(
                f'the split is "{split}", but "{member.id}" of the same group, "{group}", is in '
                f'"{member.split}". Documents of one group are in one split; change the split or '
                "the group."
            )
        if split is not None:
            return split
        other = member or twin
        return None if other is None else other.split
