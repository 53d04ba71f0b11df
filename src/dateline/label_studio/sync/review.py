"""Returning annotations to their annotators with a comment, which the page shows."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, NotFoundError
from dateline.label_studio.config.labelling_config import shows_reviews
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import Project, Review
from dateline.label_studio.sync.users import names_of, pseudonym, submissions_of, users_of
from dateline.model import Struct


class Returned(Struct, frozen=True):
    """What was returned: the number of the annotation, and who else sees the comment."""

    annotation: int
    others: tuple[str, ...]


def return_annotation(
    corpus: Corpus,
    server: Server,
    project: Project,
    annotator: str,
    document: str,
    comment: str | None,
    names: Mapping[int, str],
    owner: str | None = None,
) -> Returned:
    """Show a comment on an annotation until the next one; a comment of None removes it.

    The annotation itself is not touched. ``names`` are pseudonyms by user number, and ``owner`` is
    the pseudonym of the only annotator of the project.

    Raises NotFoundError if the annotator has submitted nothing for the document, and ConflictError
    if the project's page does not show comments yet.
    """
    if not shows_reviews(project.config):
        raise ConflictError(
            f'{server.address}: the page of "{project.title}" does not show comments yet. Update '
            "it with `dateline studio push --labels-only`."
        )
    tasks = list(server.tasks_of(project, [document]))
    names = names_of(corpus, project, tasks, owner, names)
    own = submissions_of(tasks, annotator, names)
    if not own:
        raise NotFoundError(
            f'{server.address}: {annotator} has submitted no annotation of {document} in "'
            f'{project.title}".'
        )
    newest = own[-1]
    (task,) = (one for one in tasks if one.task.id == newest.task)
    reviews = {user: one for user, one in task.reviews.items() if user != newest.user}
    if comment is not None and newest.user is not None:
        reviews[newest.user] = Review(annotation=newest.id, updated=newest.updated, comment=comment)
    people = {pseudonym(user, names): one.comment for user, one in sorted(reviews.items())}
    alone = owner is not None or {*people} == {annotator}
    text = "\n".join(people.values() if alone else (f"{who}: {c}" for who, c in people.items()))
    server.set_reviews(newest.task, text, reviews)
    others = {pseudonym(user, names) for user in users_of(task)} - {annotator}
    return Returned(annotation=newest.id, others=tuple(sorted(others)))
