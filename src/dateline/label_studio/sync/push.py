"""Push documents to a Label Studio project: its tasks, and annotations to start from.

A push only adds. It compares what exists already and leaves it alone, so it can be repeated, and
the next push completes one that broke off. A project that exists gets no documents that are not
named: what an annotator has to do does not grow by itself.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from dateline.corpus.store import Corpus, canonical_json
from dateline.errors import ConflictError, InvalidInputError, NotFoundError
from dateline.files.writing import sha256
from dateline.label_studio.config.entries import removed_entries
from dateline.label_studio.config.former_labels import with_former_names
from dateline.label_studio.config.instructions import (
    instructions,
    is_current,
    is_written_by_hand,
)
from dateline.label_studio.config.labelling_config import (
    has_conflict_marks,
    labelled_layers,
    labelling_config,
    row_errors,
)
from dateline.label_studio.convert.checked_rows import checked_rows
from dateline.label_studio.convert.conflict_marks import CONFLICTS, CurationProposal, with_marks
from dateline.label_studio.convert.to_result import to_result
from dateline.label_studio.result_rows import Rows
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import Project, Task
from dateline.label_studio.start import Start
from dateline.label_studio.sync.lost_labels import lost_labels
from dateline.label_studio.sync.pending_push import read_pending, remove_pending, write_pending
from dateline.label_studio.sync.tasks import several_tasks
from dateline.model import Document, Struct, canonical, made_by
from dateline.ontology.labels import Ontology
from dateline.predictions.annotations import ScoredAnnotation, read_with_confidence
from dateline.rendering.listing import listed
from dateline.validation.engine import Checker

Source = str | Path | Mapping[str, CurationProposal]
"""Annotations to start from: an annotator's, those in a file of predictions, or, by document, those
that a curator gets."""

SHOWN = 20
"""How many problems a message lists."""

TITLE_LENGTH = (3, 50)
"""Minimum and maximum length of a project's title on the server."""


class PushResult(Struct, frozen=True):
    """What a push did, or would do: ids of documents added, counts, and messages of refusals.

    ``instructions`` are None if they are up to date; those written on the server are kept.
    ``not_named`` is the number of documents that the project lacks and that were not named.
    """

    title: str
    project: Literal["created", "updated", "found"]
    instructions: Literal["updated", "kept"] | None
    not_named: int
    added: tuple[str, ...]
    present: int
    predictions: int
    predictions_present: int
    refused: tuple[str, ...]


def project_title(ontology: Ontology) -> str:
    """The default title of a corpus's project."""
    return ontology.title[: TITLE_LENGTH[1]].strip()


def title_for(title: str, annotator: str) -> str:
    """The title of an annotator's own project."""
    ending = f" · {annotator}"
    return title[: TITLE_LENGTH[1] - len(ending)].rstrip() + ending


def push(
    corpus: Corpus,
    server: Server,
    title: str,
    documents: Iterable[str] | None,
    source: Source | None = None,
    layers: Collection[str] = (),
    *,
    blank: Collection[str] = (),
    uncertain_first: bool = False,
    labels_only: bool = False,
    dry_run: bool = False,
) -> PushResult:
    """Upload documents to the project of this title, which is created if it does not exist.

    ``documents`` of None are all for a new project; a project that exists keeps its own. Each
    document gets its annotation in ``source``, if there is one, as a prediction to start from,
    except for those of ``blank``. New tasks are in the order of the documents, or, with
    ``uncertain_first``, of the scores of their annotations to start from, the lowest first.
    Layers other than ``layers`` are shown as context and cannot be changed; by default, all are
    labelled, or those of the project that exists. A document whose task has a different text is
    refused; the others are uploaded. ``labels_only`` updates the labelling page and the
    instructions of a project, and uploads nothing. With ``dry_run``, nothing is changed.

    Raises a DatelineError before anything is changed if the title, a document or an annotation is
    not valid there, if the project's configuration has labels that would be lost, or if only labels
    are to be updated in a project that does not exist.
    """
    shortest, longest = TITLE_LENGTH
    if not shortest <= len(title) <= longest:
        raise InvalidInputError(
            f'"{title}": the title of a project has {shortest} to {longest} characters; give '
            "another title."
        )
    project = server.find_project(title)
    if project is None and labels_only:
        raise NotFoundError(f'{server.address}: there is no project "{title}" to update.')
    config = _config(corpus, project, layers, curation=isinstance(source, Mapping))
    tasks = [] if project is None or labels_only else [*server.tasks(project)]
    chosen, not_named = _chosen(corpus, server, title, project, tasks, documents)
    texts = [] if labels_only else [_checked(corpus, corpus.read_document(n)) for n in chosen]
    starts = _starts(corpus, [text for text in texts if text.id not in blank], source, config)
    state: Literal["created", "updated", "found"] = "created" if project is None else "found"
    change = None if project is None else _changed_config(corpus, server, project, config)
    if change is not None:
        state = "updated"
    guidelines = instructions(corpus)
    guided = None if project is None else _changed_instructions(project, guidelines)
    known, refused = _match(tasks, texts)
    new = [text for text in texts if text.id not in known and text.id not in refused]
    ordered = starts if uncertain_first else {}
    new.sort(key=lambda text: _score(ordered.get(text.id)))
    pushed = {*known, *(text.id for text in new)}
    present = sum(
        name in known and start.version in known[name].versions for name, start in starts.items()
    )
    added = sum(name in pushed for name in starts) - present
    if not dry_run:
        if new:
            write_pending(corpus, server.address, title, chosen)
        if project is None:
            project = server.create_project(title, config, guidelines)
        if change is not None:
            server.update_config(project, change)
        if guided == "updated":
            server.update_instructions(project, guidelines)
        if project.key is None:
            project = server.add_key(project)
        if new:
            server.import_tasks(project, [_fields(text) for text in new])
            if starts:
                known, _ = _match(server.tasks(project), texts)
        predictions = [
            start.prediction_of(task)
            for name, start in starts.items()
            if (task := known.get(name)) is not None and start.version not in task.versions
        ]
        server.import_predictions(project, predictions)
        added = len(predictions)
        if not labels_only:
            remove_pending(corpus, server.address, title, chosen)
    return PushResult(
        title=title,
        project=state,
        instructions=guided,
        not_named=0 if labels_only else not_named,
        added=tuple(text.id for text in new),
        present=len(texts) - len(new) - len(refused),
        predictions=added,
        predictions_present=present,
        refused=tuple(refused.values()),
    )


def _config(
    corpus: Corpus, project: Project | None, layers: Collection[str], *, curation: bool
) -> str:
    if project is not None:
        labelled = labelled_layers(project.config)
        layers = layers or [name for name in labelled if name in corpus.ontology.layers]
        curation = curation or has_conflict_marks(project.config)
    return labelling_config(corpus.ontology, layers, curation=curation)


def _chosen(
    corpus: Corpus,
    server: Server,
    title: str,
    project: Project | None,
    tasks: Sequence[Task],
    documents: Iterable[str] | None,
) -> tuple[list[str], int]:
    """The documents to push, and the number of those that were not named and are left out."""
    if documents is not None:
        return list(documents), 0
    known = corpus.document_ids()
    if project is None:
        return known, 0
    own = {*(task.document for task in tasks), *read_pending(corpus, server.address, title)}
    chosen = [name for name in known if name in own]
    return chosen, len(known) - len(chosen)


def _changed_instructions(project: Project, wanted: str) -> Literal["updated", "kept"] | None:
    if is_written_by_hand(project.instructions):
        return "kept"
    return None if is_current(project.instructions, wanted) else "updated"


def _checked(corpus: Corpus, document: Document) -> Document:
    file = corpus.relative(corpus.document_path(document.id))
    if "\x00" in document.text:
        raise InvalidInputError(f"{file}: the text has a NUL character, which databases refuse.")
    if sha256(document.text.encode()) != document.text_sha256:
        raise InvalidInputError(
            f"{file}: text_sha256 is not the hash of the text; restore the file from version "
            "control."
        )
    return document


def _fields(document: Document) -> dict[str, str]:
    """What the list of tasks shows, and the page."""
    return {
        "doc_id": document.id,
        "title": document.title or document.id,
        "split": document.split,
        "text": document.text,
    }


def _starts(
    corpus: Corpus, documents: Sequence[Document], source: Source | None, config: str
) -> dict[str, Start]:
    """The annotations to start from, by document."""
    if source is None:
        return {}
    if isinstance(source, Mapping):
        return {
            document.id: _proposal(corpus, source[document.id], document, config)
            for document in documents
            if document.id in source
        }
    annotations = _annotations(corpus, documents, source)
    if not annotations:
        place = source if isinstance(source, Path) else f"annotations/{source}"
        names = ", ".join(corpus.annotators()) or "none"
        raise NotFoundError(
            f"{place}: has no annotation of the documents to push. Annotators: {names}."
        )
    return {
        document.id: _start(corpus, annotations[document.id], document, config, source)
        for document in documents
        if document.id in annotations
    }


def _score(start: Start | None) -> float:
    """The score of an annotation to start from, infinite if it has none."""
    return math.inf if start is None or start.score is None else start.score


def _annotations(
    corpus: Corpus, documents: Sequence[Document], source: str | Path
) -> Mapping[str, ScoredAnnotation]:
    if isinstance(source, Path):
        return read_with_confidence(corpus, source)
    return {
        document.id: ScoredAnnotation(corpus.read_annotation(source, document.id), None)
        for document in documents
        if corpus.annotation_path(source, document.id).is_file()
    }


def _proposal(corpus: Corpus, proposal: CurationProposal, document: Document, config: str) -> Start:
    # Until the conflicts are resolved it may break rules, so only the page is checked.
    rows = with_marks(to_result(proposal.annotation, corpus.ontology), proposal.marks, document)
    errors = row_errors(rows, config)
    if errors:
        raise InvalidInputError(
            f"{document.id}: cannot be shown on the page: {'; '.join(listed(errors, 5))}."
        )
    return Start(f"{CONFLICTS}@{sha256(canonical_json(proposal))[:12]}", rows)


def _start(
    corpus: Corpus, start: ScoredAnnotation, document: Document, config: str, source: str | Path
) -> Start:
    annotation = start.annotation
    incidents = Checker(corpus).check_annotation(annotation, document)
    problems = [f"{i.pointer} {i.code}: {i.message}" for i in incidents if i.level == "error"]
    rows: Rows = []
    if not problems:
        rows, problems = checked_rows(annotation, document, config, corpus.ontology)
    if problems:
        path = corpus.annotation_path(annotation.annotator, document.id)
        file = source if isinstance(source, Path) else corpus.relative(path)
        raise InvalidInputError(
            f"{file}: cannot be shown on the page:\n"
            + "\n".join(f"  {problem}" for problem in listed(problems, SHOWN))
            + "\nFix the file; `dateline validate` tells more."
        )
    # After a check by newer guidelines, it is still the same annotation to start from.
    content = canonical_json(canonical(made_by(annotation, None)))
    version = f"{annotation.annotator}@{sha256(content)[:12]}"
    return Start(version, rows, start.confidence)


def _changed_config(corpus: Corpus, server: Server, project: Project, config: str) -> str | None:
    """The configuration that the project must get, None if it has it already.

    Raises a ConflictError if labels would be lost.
    """
    if project.config.strip() == config.strip():
        return None
    current, wanted = labelled_layers(project.config), labelled_layers(config)
    if current != wanted:
        raise ConflictError(
            f'{server.address}: in the project "{project.title}", annotators label '
            f"{', '.join(current)}, not {', '.join(wanted)}. Set layers to {','.join(current)}, or "
            "push to a project with another title."
        )
    if removed_entries(project.config, config):
        # What was annotated under a former name keeps that name on the page.
        config = with_former_names(config, corpus.ontology, project.config)
        if project.config.strip() == config.strip():
            return None
    removed = removed_entries(project.config, config)
    if removed:
        raise lost_labels(corpus, server, project, removed)
    return config


def _match(
    tasks: Iterable[Task], documents: Sequence[Document]
) -> tuple[dict[str, Task], dict[str, str]]:
    """The task of each document that has one, and messages on those that are refused."""
    found: dict[str, list[Task]] = {document.id: [] for document in documents}
    for task in tasks:
        if task.document in found:
            found[task.document].append(task)
    known: dict[str, Task] = {}
    refused: dict[str, str] = {}
    for document in documents:
        own = found[document.id]
        stale = [task for task in own if task.text != document.text]
        if stale:
            refused[document.id] = (
                f"{document.id}: task {stale[0].id} has a different text from "
                f"corpus/{document.id}.json. A changed text is a new document: give it a new id, "
                "or delete the task if nobody has annotated it."
            )
        elif len(own) > 1:
            refused[document.id] = f"{document.id}: {several_tasks(task.id for task in own)}."
        elif own:
            known[document.id] = own[0]
    return known, refused
