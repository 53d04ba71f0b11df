"""How far annotating has come, document by document and annotator by annotator."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Literal

from dateline.corpus.store import Corpus
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import AnnotatedTask, Project, Submission
from dateline.label_studio.sync.kept_results import Kept, kept_results, read_kept
from dateline.label_studio.sync.users import known_people, pseudonym
from dateline.model import Struct

State = Literal[
    "not pushed", "to do", "in progress", "skipped", "submitted", "pulled", "stale", "deleted",
    "other text",
]  # fmt: skip
"""``submitted``: on the server, and never pulled; ``stale``: pulled, and changed there since;
``deleted``: pulled, and no more there; ``other text``: the task has another text than ours."""


class Standing(Struct, frozen=True):
    """Where an annotator stands with a document; ``annotator`` is None where nobody has begun."""

    document: str
    annotator: str | None
    state: State


def status(
    corpus: Corpus,
    server: Server,
    project: Project,
    documents: Collection[str],
    only: str | None = None,
) -> list[Standing]:
    """Where everybody stands with each of these documents, by document and annotator.

    ``only`` is the pseudonym of the only annotator whose project it is, and so of everybody who is
    not known there.
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
    ours = {key: value for key, value in kept.items() if value and value.project == project.id}
    users = {
        user
        for found in tasks.values()
        for annotated in found
        for user in (*(s.user for s in annotated.submissions), *annotated.draft_users)
        if user is not None
    }
    if only is not None:
        names = {**dict.fromkeys(users, only), **names}
    everybody = {name for name, _ in ours} | {pseudonym(user, names) for user in users}
    if only is not None:
        everybody.add(only)
    standings: list[Standing] = []
    for document in sorted(tasks):
        text = corpus.read_document(document).text
        annotators: list[str | None] = [*sorted(everybody)] or [None]
        for annotator in annotators:
            state = _state(
                tasks[document], text, annotator, names, ours.get((annotator or "", document))
            )
            standings.append(Standing(document=document, annotator=annotator, state=state))
    return standings


def _state(
    tasks: list[AnnotatedTask],
    text: str,
    annotator: str | None,
    names: Mapping[int, str],
    kept: Kept | None,
) -> State:
    if not tasks:
        return "deleted" if kept else "not pushed"
    if any(annotated.task.text != text for annotated in tasks):
        return "other text"
    mine = [
        submission
        for annotated in tasks
        for submission in annotated.submissions
        if submission.user is not None and pseudonym(submission.user, names) == annotator
    ]
    done = sorted(_submitted(mine), key=lambda s: (s.updated, s.id))
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


def _submitted(submissions: list[Submission]) -> Iterator[Submission]:
    return (submission for submission in submissions if not submission.skipped)
