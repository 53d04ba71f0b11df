"""Who is called what: numbers of the server's users, and pseudonyms."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping

from dateline.corpus.annotators import check_pseudonym
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.label_studio.server.responses import Project
from dateline.label_studio.sync.kept_results import kept_results, read_kept


def pseudonym(user: int, names: Mapping[int, str]) -> str:
    """What a user of the server is called here."""
    return names.get(user, f"user-{user}")


def known_people(corpus: Corpus, project: Project) -> dict[int, str]:
    """What the project's users were called when their work was last pulled, by number."""
    known: dict[int, str] = {}
    for annotator, document in kept_results(corpus):
        with contextlib.suppress(DatelineError):  # an unreadable one is refused when its turn comes
            kept = read_kept(corpus, annotator, document)
            if kept is not None and kept.project == project.id:
                known[kept.user] = annotator
    return known


def check_pseudonyms(names: Mapping[int, str], known: Mapping[int, str]) -> None:
    """Raise DatelineError where a pseudonym cannot serve, or differs from the one that is known."""
    for user, name in names.items():
        given = f"--annotator {user}={name}"
        check_pseudonym(name, given)
        others = {other for number, other in names.items() if number != user}
        if name in others or (re.fullmatch(r"user-[0-9]+", name) and name != f"user-{user}"):
            raise DatelineError(f"{given}: another user is or may be called so; choose another.")
        if known.get(user, name) != name:
            raise DatelineError(
                f"{given}: user {user} of this project was pulled as «{known[user]}» before, and "
                "one person must not become two; keep the name, or rename "
                f"annotations/{known[user]}/ and the annotator in its files first."
            )
