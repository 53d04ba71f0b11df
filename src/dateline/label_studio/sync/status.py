"""Progress of the annotation: the state of each document for each annotator, and totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, get_args

from dateline.corpus.store import Corpus
from dateline.dates import iso_week
from dateline.errors import DatelineError
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import AnnotatedTask, Project, Submission
from dateline.label_studio.sync.kept_results import KeptResult, kept_results, read_kept
from dateline.label_studio.sync.users import names_of, pseudonym, submissions_of, users_of
from dateline.model import Document, Struct
from dateline.validation.engine import Checker

State = Literal[
    "not pushed", "to do", "in progress", "skipped", "submitted", "pulled", "stale", "deleted",
    "different text",
]  # fmt: skip
"""``submitted``: on the server, not pulled yet. ``stale``: pulled, and changed on the server since.
``deleted``: pulled, and deleted on the server since. ``different text``: the task's text is not the
document's."""


STATES: tuple[State, ...] = get_args(State)


Review = Literal["returned", "revised"]
"""``returned``: the annotation was returned with a comment. ``revised``: it was submitted again."""


REVIEWS: tuple[Review, ...] = get_args(Review)


class DocumentState(Struct, frozen=True):
    """The state of a document for an annotator; ``annotator`` is None if nobody has started.

    ``submitted`` is the time of the newest submission, ISO 8601, and ``seconds`` how long the
    annotator had it open, as Label Studio reports it; both are None if there is none. ``errors`` is
    the number of errors that validation finds in the annotation that was pulled, None if there is
    none. ``tasks`` are the numbers of the document's tasks, of which it should have one.
    ``review`` and ``comment`` are those of the annotation; both are None if it was not returned.
    """

    document: str
    annotator: str | None
    state: State
    submitted: str | None = None
    seconds: float | None = None
    errors: int | None = None
    tasks: tuple[int, ...] = ()
    review: Review | None = None
    comment: str | None = None

    @property
    def week(self) -> str | None:
        """The ISO week of the submission; None if its time is not valid."""
        return iso_week(self.submitted)


class Total(Struct, frozen=True):
    """Documents by state and by review, and the time that the submitted ones took.

    ``timed`` is the number of documents whose time is known.
    """

    documents: int
    states: Mapping[State, int]
    reviews: Mapping[Review, int]
    seconds: float
    timed: int

    @classmethod
    def of(cls, states: Collection[DocumentState]) -> Total:
        """The total of some states."""
        times = [state.seconds for state in states if state.seconds is not None]
        counts = Counter(state.state for state in states)
        reviews = Counter(state.review for state in states)
        return cls(
            documents=len(states),
            states={name: counts[name] for name in STATES if name in counts},
            reviews={name: reviews[name] for name in REVIEWS if name in reviews},
            seconds=sum(times),
            timed=len(times),
        )


def totals(states: Iterable[DocumentState]) -> dict[str | None, Total]:
    """The totals by annotator, sorted."""
    groups: dict[str | None, list[DocumentState]] = {}
    for state in states:
        groups.setdefault(state.annotator, []).append(state)
    return {name: Total.of(groups[name]) for name in sorted(groups, key=lambda n: n or "")}


def weekly_totals(states: Iterable[DocumentState]) -> dict[tuple[str, str], Total]:
    """The totals of submitted documents by ISO week and annotator, sorted."""
    groups: dict[tuple[str, str], list[DocumentState]] = {}
    for state in states:
        if state.week is not None and state.annotator is not None:
            groups.setdefault((state.week, state.annotator), []).append(state)
    return {key: Total.of(groups[key]) for key in sorted(groups)}


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
    every = [annotated for found in tasks.values() for annotated in found]
    names = names_of(corpus, project, every, owner)
    users = {user for annotated in every for user in users_of(annotated)}
    annotators = {name for name, _ in ours} | {pseudonym(user, names) for user in users}
    if owner is not None:
        annotators.add(owner)
    states: list[DocumentState] = []
    checker = Checker(corpus)
    for name in sorted(tasks):
        document = corpus.read_document(name)
        columns: list[str | None] = [*sorted(annotators)] or [None]
        for annotator in columns:
            kept_result = ours.get((annotator or "", name))
            own = submissions_of(tasks[name], annotator, names)
            state = _state(tasks[name], document.text, annotator, names, own, kept_result)
            done = [s for s in own if not s.skipped]
            latest = done[-1] if done else kept_result
            review, comment = _review(tasks[name], own)
            states.append(
                DocumentState(
                    document=name,
                    annotator=annotator,
                    state=state,
                    submitted=latest.updated if latest else None,
                    seconds=latest.lead_time if latest else None,
                    errors=_errors(corpus, checker, annotator, document) if kept_result else None,
                    tasks=tuple(sorted(annotated.task.id for annotated in tasks[name])),
                    review=review,
                    comment=comment,
                )
            )
    return states


def not_pushed(documents: Iterable[str], annotator: str) -> list[DocumentState]:
    """The states of an annotator's documents if there is no project."""
    return [
        DocumentState(document=name, annotator=annotator, state="not pushed")
        for name in sorted(documents)
    ]


def _errors(
    corpus: Corpus, checker: Checker, annotator: str | None, document: Document
) -> int | None:
    """The errors in an annotation; one if it cannot be read, None if there is no file."""
    if annotator is None or not corpus.annotation_path(annotator, document.id).is_file():
        return None
    try:
        annotation = corpus.read_annotation(annotator, document.id)
    except DatelineError:
        return 1
    return sum(i.level == "error" for i in checker.check_annotation(annotation, document))


def _review(tasks: list[AnnotatedTask], own: list[Submission]) -> tuple[Review | None, str | None]:
    """Whether an annotator's newest submission was returned, and with which comment."""
    if not own:
        return None, None
    newest = own[-1]
    for annotated in tasks:
        found = annotated.reviews.get(newest.user or 0)
        if found is not None:
            same = (found.annotation, found.updated) == (newest.id, newest.updated)
            return "returned" if same else "revised", found.comment
    return None, None


def _state(
    tasks: list[AnnotatedTask],
    text: str,
    annotator: str | None,
    names: Mapping[int, str],
    own: list[Submission],
    kept: KeptResult | None,
) -> State:
    if not tasks:
        return "deleted" if kept else "not pushed"
    if any(annotated.task.text != text for annotated in tasks):
        return "different text"
    done = [submission for submission in own if not submission.skipped]
    if done:
        newest = done[-1]
        if kept is None:
            return "submitted"
        same = (kept.annotation, kept.updated) == (newest.id, newest.updated)
        return "pulled" if same else "stale"
    if kept is not None:
        return "deleted"
    if own:
        return "skipped"
    drafting = (user for annotated in tasks for user in annotated.draft_users if user is not None)
    return "in progress" if annotator in {pseudonym(user, names) for user in drafting} else "to do"
