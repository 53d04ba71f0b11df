"""Users of the server and their pseudonyms."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping

from dateline.corpus.annotators import check_pseudonym
from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, DatelineError, InvalidInputError
from dateline.label_studio.server.responses import AnnotatedTask, Project, Submission
from dateline.label_studio.sync.kept_results import kept_results, read_kept


def pseudonym(user: int, names: Mapping[int, str]) -> str:
    """The pseudonym of a user, ``user-NUMBER`` by default."""
    return names.get(user, f"user-{user}")


def known_people(corpus: Corpus, project: Project) -> dict[int, str]:
    """Pseudonyms of the project's users when their annotations were last pulled, by number."""
    known: dict[int, str] = {}
    for annotator, document in kept_results(corpus):
        with contextlib.suppress(DatelineError):  # reported when it is pulled
            kept = read_kept(corpus, annotator, document)
            if kept is not None and kept.is_from(project):
                known[kept.user] = annotator
    return known


def names_of(
    corpus: Corpus,
    project: Project,
    tasks: Iterable[AnnotatedTask],
    owner: str | None,
    names: Mapping[int, str] | None = None,
) -> dict[int, str]:
    """Pseudonyms by user number: those given, those known from pulls, and the owner's."""
    found = {**(names or {}), **known_people(corpus, project)}
    if owner is not None:
        users = (user for task in tasks for user in users_of(task))
        found = {**dict.fromkeys(users, owner), **found}
    return found


def users_of(task: AnnotatedTask) -> set[int]:
    """The users who have submitted or begun an annotation of a task."""
    users = {*(s.user for s in task.submissions), *task.draft_users}
    return {user for user in users if user is not None}


def submissions_of(
    tasks: Iterable[AnnotatedTask], annotator: str | None, names: Mapping[int, str]
) -> list[Submission]:
    """An annotator's submissions, the newest last."""
    own = [
        submission
        for annotated in tasks
        for submission in annotated.submissions
        if submission.user is not None and pseudonym(submission.user, names) == annotator
    ]
    return sorted(own, key=lambda s: (s.updated, s.id))


def check_pseudonyms(names: Mapping[int, str], known: Mapping[int, str]) -> None:
    """Raise a DatelineError if a pseudonym is not valid, or differs from the known one."""
    for user, name in names.items():
        given = f"{user}={name}"
        check_pseudonym(name, given)
        others = {other for number, other in names.items() if number != user}
        if name in others or (re.fullmatch(r"user-[0-9]+", name) and name != f"user-{user}"):
            raise InvalidInputError(
                f"{given}: another user has or may get this pseudonym; choose another."
            )
        if known.get(user, name) != name:
            raise ConflictError(
                f'{given}: user {user} of this project was pulled as "{known[user]}" before, and '
                "one person must not have two pseudonyms; use that one, or first rename "
                f"annotations/{known[user]}/ and the annotator in its files."
            )
