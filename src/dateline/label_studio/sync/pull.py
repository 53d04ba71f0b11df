"""Pull submitted annotations from Label Studio: keep each result unchanged, then convert it.

A pull asks for what has changed since the last one. If it breaks off, the files that it wrote are
complete, and the next pull does the rest.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, InvalidInputError
from dateline.files.writing import locked, sha256
from dateline.label_studio.notice import Level, Notice
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import AnnotatedTask, Project, Submission
from dateline.label_studio.sync.annotation_pull import AnnotationPuller, PullOptions
from dateline.label_studio.sync.kept_results import kept_results
from dateline.label_studio.sync.pull_progress import (
    Progress,
    basis,
    read_progress,
    since,
    stamps,
    write_progress,
)
from dateline.label_studio.sync.pull_result import PulledDocument, PullResult
from dateline.label_studio.sync.tasks import several_tasks
from dateline.label_studio.sync.users import check_pseudonyms, known_people, pseudonym
from dateline.model import Document, Struct

_BATCH = 16
"""Documents that are in memory together."""


def pull(
    corpus: Corpus,
    server: Server,
    project: Project,
    documents: Collection[str],
    options: PullOptions = PullOptions(),  # noqa: B008 (frozen)
    *,
    on_task: Callable[[], None] = lambda: None,
) -> PullResult:
    """Pull what annotators submitted for these documents; ``on_task`` is called after each task.

    Annotations that cannot be pulled are reported, and the others are pulled. Raises a
    DatelineError before anything is written if a pseudonym is not valid.
    """
    if project.key is None:
        raise ConflictError(
            f'{server.address}: the project "{project.title}" was not made by a push, so its '
            "annotations cannot be told from those of other servers. Push to it first: that adds "
            "a key to its description, and nothing twice."
        )
    complete = {*documents} >= {*corpus.document_ids()}
    started = since(server)
    wanted = basis(
        corpus, project, options.pseudonyms, options.layers, options.kind, options.annotator
    )
    last = None
    if complete and not options.full:
        last = read_progress(corpus, project, wanted)
    people = known_people(corpus, project) if last is None else last.people
    check_pseudonyms(options.pseudonyms, people)
    if last is not None:
        changes = _changes(corpus, server, project, last)
    elif complete:
        changes = _Changes(tasks=server.annotated_tasks(project))
    else:
        changes = _Changes(tasks=server.tasks_of(project, documents))
    numbers = dict(changes.known)
    pulled: list[PulledDocument] = []
    puller = AnnotationPuller(corpus, server, project, options)
    names: Mapping[int, str] = {**people, **options.pseudonyms}
    tasks = _counted(changes.tasks, numbers, on_task)
    for batch in _batches(server, project, tasks, documents):
        names = _with_annotator(names, batch, project, options.annotator)
        with _writing(corpus, options):
            for name in sorted(batch):
                pulled.append(_document(puller, corpus.read_document(name), batch[name], names))
    looked = {document.document for document in pulled} | changes.again
    candidates = (
        {(name, of) for name, of in kept_results(corpus) if of in documents}
        if last is None
        else {(name, of) for of in looked for name in last.pulled.get(of, ())}
    )
    with _writing(corpus, options):
        pulled += _deleted(corpus, puller, candidates - _present(pulled))
    pulled += _drafts(server, project, documents)
    if complete and started and not options.dry_run:
        kept = {} if last is None else {n: f for n, f in last.pulled.items() if n not in looked}
        for annotator, name in sorted(_present(pulled)):
            kept.setdefault(name, {})[annotator] = stamps(corpus, annotator, name)
        progress = Progress(
            basis=wanted,
            since=started,
            tasks=numbers,
            people={**people, **_people(pulled)},
            pulled=kept,
            open=tuple(sorted({document.document for document in pulled if document.pending})),
        )
        write_progress(corpus, project, progress)
    untouched = (
        0 if last is None else sum(len(f) for n, f in last.pulled.items() if n not in looked)
    )
    return PullResult(documents=tuple(pulled), untouched=untouched)


def _writing(corpus: Corpus, options: PullOptions) -> contextlib.AbstractContextManager[None]:
    return contextlib.nullcontext() if options.dry_run else locked(corpus.root)


class _Changes(Struct, frozen=True):
    """The tasks to pull, other tasks that are known, and documents to pull in any case."""

    tasks: Iterable[AnnotatedTask]
    known: Mapping[int, str] = {}
    again: frozenset[str] = frozenset()


def _changes(corpus: Corpus, server: Server, project: Project, last: Progress) -> _Changes:
    changed = server.changed_tasks(project, last.since)
    known = {**last.tasks, **{a.task.id: a.task.document or "" for a in changed}}
    deleted = {number: known.pop(number) for number in server.deleted_tasks(project, known)}
    again = {*last.open, *last.touched(corpus), *deleted.values()}
    # The result for a document with several tasks depends on all of them.
    again |= last.several() & {a.task.document or "" for a in changed}
    again.discard("")
    tasks = [a for a in changed if a.task.document not in again]
    tasks += server.tasks_of(project, again)
    return _Changes(tasks=tasks, known=known, again=frozenset(again))


def _counted(
    tasks: Iterable[AnnotatedTask], numbers: dict[int, str], on_task: Callable[[], None]
) -> Iterator[AnnotatedTask]:
    for annotated in tasks:
        numbers[annotated.task.id] = annotated.task.document or ""
        yield annotated
        on_task()


def _batches(
    server: Server, project: Project, tasks: Iterable[AnnotatedTask], documents: Collection[str]
) -> Iterator[Mapping[str, Sequence[AnnotatedTask]]]:
    """All tasks of a few documents at a time; a document may have been imported more than once."""
    batch: dict[str, list[AnnotatedTask]] = {}
    earlier: set[str] = set()
    late: set[str] = set()
    for annotated in tasks:
        name = annotated.task.document or ""
        if name in earlier:
            late.add(name)  # all of its tasks are asked for again
        elif name in documents:
            batch.setdefault(name, []).append(annotated)
        if len(batch) >= _BATCH:
            yield batch
            earlier |= batch.keys()
            batch = {}
    for annotated in server.tasks_of(project, late):
        batch.setdefault(annotated.task.document or "", []).append(annotated)
    yield batch


def _with_annotator(
    names: Mapping[int, str],
    batch: Mapping[str, Sequence[AnnotatedTask]],
    project: Project,
    annotator: str | None,
) -> Mapping[int, str]:
    """The pseudonyms, with the unknown user who has submitted in an annotator's own project."""
    users = {
        submission.user
        for tasks in batch.values()
        for annotated in tasks
        for submission in annotated.submissions
        if submission.user is not None and not submission.skipped
    }
    unknown = sorted(users - names.keys())
    if annotator is None or not unknown:
        return names
    if len(unknown) > 1 or annotator in names.values():
        numbers = ", ".join(map(str, sorted(users)))
        raise InvalidInputError(
            f'"{project.title}": is the project of {annotator}, but users {numbers} have submitted '
            "there; give the pseudonym of each, as NUMBER=PSEUDONYM."
        )
    return {**names, unknown[0]: annotator}


def _document(
    puller: AnnotationPuller,
    document: Document,
    tasks: Sequence[AnnotatedTask],
    names: Mapping[int, str],
) -> PulledDocument:
    notices: list[Notice] = []
    if len(tasks) > 1:
        message = several_tasks(annotated.task.id for annotated in tasks)
        effect = "of each annotator, the newest submission in any of them is pulled"
        notices.append(_notice("problem", document.id, f"{message}; {effect}"))
    by_user: dict[int, list[Submission]] = {}
    for annotated in tasks:
        task = annotated.task
        # The server may have text that is not valid Unicode, which no document has.
        text = None if task.text is None else task.text.encode("utf-8", "surrogatepass")
        if text is None or sha256(text) != document.text_sha256:
            message = (
                f"task {task.id} has a different text from corpus/{document.id}.json, so its "
                "offsets are meaningless here. Restore the document, or the text of the task."
            )
            notices.append(_notice("refused", document.id, message))
            continue
        for submission in annotated.submissions:
            if submission.user is None:
                message = f"annotation {submission.id} has no user; not pulled"
                notices.append(_notice("note", document.id, message))
            else:
                by_user.setdefault(submission.user, []).append(submission)
    annotations = tuple(
        puller.pull(document, pseudonym(user, names), user, submissions)
        for user, submissions in sorted(by_user.items())
    )
    return PulledDocument(document=document.id, annotations=annotations, notices=tuple(notices))


def _deleted(
    corpus: Corpus, puller: AnnotationPuller, candidates: Iterable[tuple[str, str]]
) -> Iterator[PulledDocument]:
    """What becomes of annotations, by annotator and document, that the server no longer has."""
    for annotator, name in sorted(candidates):
        annotation = puller.deleted(corpus.read_document(name), annotator)
        if annotation is not None:
            yield PulledDocument(document=name, annotations=(annotation,))


def _drafts(
    server: Server, project: Project, documents: Collection[str]
) -> Iterator[PulledDocument]:
    for name in server.documents_with_drafts(project):
        if name in documents:
            notice = _notice("note", name, "has a draft, which is not submitted, so not pulled")
            yield PulledDocument(document=name, notices=(notice,))


def _present(pulled: Iterable[PulledDocument]) -> set[tuple[str, str]]:
    """Annotator and document of every annotation that was not removed."""
    return {
        (annotation.annotator, document.document)
        for document in pulled
        for annotation in document.annotations
        if annotation.action != "removed"
    }


def _people(pulled: Iterable[PulledDocument]) -> dict[int, str]:
    return {
        annotation.user: annotation.annotator
        for document in pulled
        for annotation in document.annotations
        if annotation.user is not None
    }


def _notice(level: Level, document: str, message: str) -> Notice:
    return Notice(level=level, document=document, annotator=None, message=message)
