"""Label Studio to corpus: what annotators submitted, kept as the server said it, then converted.

A pull asks for what has changed since the last one. One that breaks off leaves whole files, and the
next one does the rest.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from dateline.fault import Fault
from dateline.model import GOLD, Struct
from dateline.store import Corpus
from dateline.studio.client import AnnotatedTask, Project, Server
from dateline.studio.kept import kept_results, read_kept
from dateline.studio.progress import Progress, basis, read_progress, since, stamps, write_progress
from dateline.studio.puller import Notice, Puller, Settling, Wishes

_PSEUDONYM = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")

Track = Callable[[Iterable[AnnotatedTask]], Iterable[AnnotatedTask]]


class Pulled(Struct, frozen=True):
    """What a pull did: files written and removed, how many had not changed, and what to know."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    notices: tuple[Notice, ...]


def pull(
    corpus: Corpus,
    server: Server,
    project: Project,
    documents: Collection[str],
    wishes: Wishes = Wishes(),  # noqa: B008 (frozen)
    *,
    settling: Settling = "stop",
    prune: bool = False,
    full: bool = False,
    track: Track = iter,
) -> Pulled:
    """Bring what annotators submitted for these documents into the corpus.

    Asks for what has changed since the last pull, unless ``full``. With ``prune``, what is no more
    on the server goes here too. What cannot be taken over is reported and the rest is pulled; a
    pull that breaks off leaves whole files, and the next one does the rest. Raises Fault, before
    anything is written, where a pseudonym cannot serve.
    """
    _check_pseudonyms(wishes.pseudonyms)
    everything = {*documents} >= {*corpus.document_ids()}
    wanted = basis(corpus, project, wishes)
    last = read_progress(corpus, server, project, wanted) if everything and not full else None
    people = _known_people(corpus, project) if last is None else last.people
    for user, known in people.items():
        if wishes.pseudonyms.get(user, known) != known:
            raise Fault(
                f"--annotator {user}={wishes.pseudonyms[user]}: user {user} of this project was "
                f"pulled as «{known}» before, and one person must not become two; keep the name, "
                f"or rename annotations/{known}/ and the annotator in its files first."
            )
    asked = since(server)
    tool = f"Label Studio {server.version}"
    puller = Puller(corpus, project, tool, wishes, {**people, **wishes.pseudonyms}, settling, prune)
    if last is not None:
        round_ = _changes(corpus, server, project, last)
        looked = puller.tasks(server, track(round_.tasks), documents) | round_.again
        puller.missing((name, of) for of in looked for name in last.pulled.get(of, ()))
    else:
        round_ = _Round(tasks=(), known={}, again=frozenset())
        found = (
            server.annotated_tasks(project) if everything else server.tasks_of(project, documents)
        )
        looked = puller.tasks(server, track(found), documents)
        puller.missing((name, of) for name, of in kept_results(corpus) if of in documents)
    if everything:
        pulled = {} if last is None else {n: f for n, f in last.pulled.items() if n not in looked}
        for annotator, name in puller.seen:
            pulled.setdefault(name, {})[annotator] = stamps(corpus, annotator, name)
        if asked:
            progress = Progress(
                basis=wanted,
                since=asked,
                tasks={**round_.known, **puller.numbers},
                people={**people, **puller.people},
                pulled=pulled,
                open=tuple(sorted(puller.open)),
            )
            write_progress(corpus, server, project, progress)
    untouched = (
        0 if last is None else sum(len(f) for n, f in last.pulled.items() if n not in looked)
    )
    return Pulled(
        written=tuple(puller.written),
        removed=tuple(puller.removed),
        unchanged=puller.unchanged + untouched,
        notices=tuple(puller.notices),
    )


class _Round(Struct, frozen=True):
    """What an incremental pull looks at: tasks, those known besides, and documents to look at."""

    tasks: Sequence[AnnotatedTask]
    known: Mapping[int, str]
    again: frozenset[str]


def _changes(corpus: Corpus, server: Server, project: Project, last: Progress) -> _Round:
    changed = server.changed_tasks(project, last.since)
    known = {**last.tasks, **{a.task.id: a.task.document or "" for a in changed}}
    gone = {number: known.pop(number) for number in server.gone_tasks(project, known)}
    again = {*last.open, *last.touched(corpus), *gone.values()}
    # What a document with several tasks comes to depends on all of them.
    again |= last.several() & {a.task.document or "" for a in changed}
    again.discard("")
    tasks = [a for a in changed if a.task.document not in again]
    tasks += server.tasks_of(project, again)
    return _Round(tasks=tasks, known=known, again=frozenset(again))


def _known_people(corpus: Corpus, project: Project) -> dict[int, str]:
    """What the project's users were called when their work was last pulled, by number."""
    known: dict[int, str] = {}
    for annotator, document in kept_results(corpus):
        with contextlib.suppress(Fault):  # an unreadable one is refused when its turn comes
            kept = read_kept(corpus, annotator, document)
            if kept is not None and kept.project == project.id:
                known[kept.user] = annotator
    return known


def _check_pseudonyms(pseudonyms: Mapping[int, str]) -> None:
    for user, name in pseudonyms.items():
        if name == GOLD:
            raise Fault(
                f"--annotator {user}={name}: gold is what curators agree on, never pulled; choose "
                "another pseudonym and adjudicate."
            )
        if not _PSEUDONYM.fullmatch(name):
            raise Fault(
                f"--annotator {user}={name}: a pseudonym has up to 40 of a-z, 0-9, «-» and «_», "
                "and starts with a letter or digit."
            )
        others = {other: number for number, other in pseudonyms.items() if number != user}
        if name in others or (re.fullmatch(r"user-[0-9]+", name) and name != f"user-{user}"):
            raise Fault(
                f"--annotator {user}={name}: another user is or may be called so; choose another."
            )
