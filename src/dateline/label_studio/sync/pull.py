"""Label Studio to corpus: what annotators submitted, kept as the server said it, then converted.

A pull asks for what has changed since the last one. One that breaks off leaves whole files, and the
next one does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from dateline.corpus.store import Corpus
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import AnnotatedTask, Project
from dateline.label_studio.sync.kept_results import kept_results
from dateline.label_studio.sync.pull_progress import (
    Progress,
    basis,
    read_progress,
    since,
    stamps,
    write_progress,
)
from dateline.label_studio.sync.puller import Notice, Puller, Settling, Wishes
from dateline.label_studio.sync.users import check_pseudonyms, known_people
from dateline.model import Struct

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
    pull that breaks off leaves whole files, and the next one does the rest. Raises
    DatelineError, before anything is written, where a pseudonym cannot serve.
    """
    everything = {*documents} >= {*corpus.document_ids()}
    wanted = basis(corpus, project, wishes)
    last = read_progress(corpus, server, project, wanted) if everything and not full else None
    people = known_people(corpus, project) if last is None else last.people
    check_pseudonyms(wishes.pseudonyms, people)
    asked = since(server)
    puller = Puller(
        corpus, server, project, wishes, {**people, **wishes.pseudonyms}, settling, prune
    )
    if last is not None:
        round_ = _changes(corpus, server, project, last)
        looked = puller.tasks(track(round_.tasks), documents) | round_.again
        puller.missing((name, of) for of in looked for name in last.pulled.get(of, ()))
    else:
        round_ = _Round(tasks=(), known={}, again=frozenset())
        found = (
            server.annotated_tasks(project) if everything else server.tasks_of(project, documents)
        )
        looked = puller.tasks(track(found), documents)
        puller.missing((name, of) for name, of in kept_results(corpus) if of in documents)
    puller.drafts(documents)
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
    gone = {number: known.pop(number) for number in server.deleted_tasks(project, known)}
    again = {*last.open, *last.touched(corpus), *gone.values()}
    # What a document with several tasks comes to depends on all of them.
    again |= last.several() & {a.task.document or "" for a in changed}
    again.discard("")
    tasks = [a for a in changed if a.task.document not in again]
    tasks += server.tasks_of(project, again)
    return _Round(tasks=tasks, known=known, again=frozenset(again))
