"""Progress of the annotation: the state of each document for each annotator."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from dateline.corpus.store import Corpus
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import AnnotatedTask, Project
from dateline.label_studio.sync.kept_results import KeptResult, kept_results, read_kept
from dateline.label_studio.sync.users import known_people, pseudonym
from dateline.model import Struct

State = Literal[
    "not pushed", "to do", "in progress", "skipped", "submitted", "pulled", "stale", "deleted",
    "different text",
]  # fmt: skip
"""``submitted``: on the server, not pulled yet. ``stale``: pulled, and changed on the server since.
``deleted``: pulled, and deleted on the server since. ``different text``: the task's text is not the
document's."""


class DocumentState(Struct, frozen=True):
    """The state of a document for an annotator; ``annotator`` is None if nobody has started."""

    document: str
    annotator: str | None
    state: State


def status(
    corpus: Corpus,
    server: Server,
    project: Project,
    documents: Collection[str],
    owner: str | None = None,
) -> list[DocumentState]:
    """The state of each document for each annotator, by document and annotator.

    ``owner`` is the pseudonym of the only annotator of the project, and so of its unknown users.
    """
    names = known_people(corpus, project)
    tasks: dict[str, list[AnnotatedTask]] = {name: [] for name in documents}
    for annotated in server.annotated_tasks(project, all_drafts=True):
        if annotated.task.document in tasks:
            tasks[annotated.task.document].append(annotated)
    kept = {
        (name, document): read_kept(corpus, name, document)
        for name, document in kept_results(corpus)
        if document in tasks
    }
    ours = {key: value for key, value in kept.items() if value and value.is_from(project)}
    users = {
        user
        for found in tasks.values()
        for annotated in found
        for user in (*(s.user for s in annotated.submissions), *annotated.draft_users)
        if user is not None
    }
    if owner is not None:
        names = {**dict.fromkeys(users, owner), **names}
    annotators = {name for name, _ in ours} | {pseudonym(user, names) for user in users}
    if owner is not None:
        annotators.add(owner)
    states: list[DocumentState] = []
    for document in sorted(tasks):
        text = corpus.read_document(document).text
        columns: list[str | None] = [*sorted(annotators)] or [None]
        for annotator in columns:
            state = _state(
                tasks[document], text, annotator, names, ours.get((annotator or "", document))
            )
            states.append(DocumentState(document=document, annotator=annotator, state=state))
    return states


def _state(
    tasks: list[AnnotatedTask],
    text: str,
    annotator: str | None,
    names: Mapping[int, str],
    kept: KeptResult | None,
) -> State:
    if not tasks:
        return "deleted" if kept else "not pushed"
    if any(annotated.task.text != text for annotated in tasks):
        return "different text"
    mine = [
        submission
        for annotated in tasks
        for submission in annotated.submissions
        if submission.user is not None and pseudonym(submission.user, names) == annotator
    ]
    done = sorted((s for s in mine if not s.skipped), key=lambda s: (s.updated, s.id))
    if done:
        newest = done[-1]
        if kept is None:
            return "submitted"
        same = (kept.annotation, kept.updated) == (newest.id, newest.updated)
        return "pulled" if same else "stale"
    if kept is not None:
        return "deleted"
    if mine:
        return "skipped"
    drafting = (user for annotated in tasks for user in annotated.draft_users if user is not None)
    return "in progress" if annotator in {pseudonym(user, names) for user in drafting} else "to do"
