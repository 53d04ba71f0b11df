"""Rows of stories: groups of documents, and what their links say is the same in several of them."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.dataset.columns import (
    ClusterPlace,
    EntityPlace,
    LinkedEntity,
    LinkedEventInstance,
    StoryRow,
)
from dateline.dataset.declared import DeclaredColumns
from dateline.model import Annotation, Document, Link
from dateline.ontology.labels import Ontology

_Key = tuple[str, str]
"""A knowledge base and an entry in it."""


class Stories:
    """Collects the stories of a corpus, document by document in the order of their ids."""

    def __init__(self, ontology: Ontology) -> None:
        self._columns = DeclaredColumns(ontology)
        self._has_links = ontology.has_links or ontology.has_event_links
        self._stories: dict[str, _Story] = {}

    def add(self, document: Document, gold: Annotation | None) -> None:
        """Add a document; one without a group is in no story."""
        if document.group is not None:
            story = self._stories.setdefault(document.group, _Story(document.split))
            story.add(document.id, gold)

    def rows(self) -> dict[str, list[StoryRow]]:
        """The row of each group, by split and in the order of their names.

        There are none if the ontology declares no links.
        """
        found: dict[str, list[StoryRow]] = {}
        for group, story in sorted(self._stories.items()) if self._has_links else ():
            row = self._columns.of(story.row(group))
            found.setdefault(story.split, []).append(row)
        return found


class _Story:
    def __init__(self, split: str) -> None:
        self.split = split
        self._documents: list[str] = []
        self._entities: dict[_Key, list[EntityPlace]] = {}
        self._event_instances: dict[_Key, list[ClusterPlace]] = {}

    def add(self, document: str, gold: Annotation | None) -> None:
        self._documents.append(document)
        if gold is None:
            return
        for entity in gold.entities:
            for key in _entries(entity.links):
                self._entities.setdefault(key, []).append(EntityPlace(document, entity.id))
        for cluster in gold.event_clusters:
            for key in _entries(cluster.links):
                self._event_instances.setdefault(key, []).append(ClusterPlace(document, cluster.id))

    def row(self, group: str) -> StoryRow:
        return StoryRow(
            group=group,
            split=self.split,
            documents=self._documents,
            entities=[
                LinkedEntity(kb, id_, places)
                for (kb, id_), places in sorted(self._entities.items())
            ],
            event_instances=[
                LinkedEventInstance(kb, id_, places)
                for (kb, id_), places in sorted(self._event_instances.items())
            ],
        )


def _entries(links: Iterable[Link]) -> list[_Key]:
    """The entries that are linked; NIL is not one."""
    return [(link.kb, link.id) for link in links if link.id is not None]
