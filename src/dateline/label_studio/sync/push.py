"""Corpus to Label Studio: the project, its tasks, and annotations to start from.

Only adds: what is there already is compared and left alone, so a push can be repeated, and one
that broke off is completed by the next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from dateline.corpus.store import Corpus, canonical_json
from dateline.errors import DatelineError
from dateline.files.writing import sha256
from dateline.label_studio.config.entries import removed_entries
from dateline.label_studio.config.former_labels import with_former_names
from dateline.label_studio.config.labelling_config import (
    labelled_layers,
    labelling_config,
    row_errors,
)
from dateline.label_studio.convert.conflict_marks import CurationProposal, mark_rows
from dateline.label_studio.convert.from_result import from_result, header_of
from dateline.label_studio.convert.to_result import to_result
from dateline.label_studio.result_rows import Rows
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import Project, Task
from dateline.label_studio.sync.schema_losses import refusal
from dateline.model import LAYERS, Annotation, Document, Struct, canonical
from dateline.ontology.labels import Ontology
from dateline.predictions.annotations import read_as_annotations
from dateline.validation.engine import Checker

Source = str | Path | Mapping[str, CurationProposal]
"""Where annotations to start from come from: an annotator, a file, or what is to be curated."""

TITLE_LENGTH = (3, 50)
"""Fewest and most characters of a project's title that the server takes."""


class Pushed(Struct, frozen=True):
    """What a push did: documents and predictions added, those there already, what was refused."""

    project: Project
    created: bool
    reconfigured: bool
    added: tuple[str, ...]
    present: int
    predictions: int
    predictions_present: int
    refused: tuple[str, ...]


def project_title(ontology: Ontology) -> str:
    """The title of a corpus's project unless somebody says otherwise."""
    return ontology.title[: TITLE_LENGTH[1]].strip()


def title_for(title: str, annotator: str) -> str:
    """The title of the project that is one annotator's alone."""
    ending = f" · {annotator}"
    return title[: TITLE_LENGTH[1] - len(ending)].rstrip() + ending


def push(
    corpus: Corpus,
    server: Server,
    title: str,
    documents: Iterable[str],
    source: Source | None = None,
    layers: Collection[str] = LAYERS,
) -> Pushed:
    """Bring documents into the project of this title, which is made if there is none.

    ``source`` is an annotator, or a file of predictions: each document takes along what these say
    about it, where there is something, as a prediction that the page starts from. It may also be
    what a curator starts from, by document, with the conflicts to mark. A document whose
    task has another text is refused and left as it is; the others are pushed. Layers that are not
    among ``layers`` travel along as context that cannot be changed there.

    Raises DatelineError, before anything has changed, where a title, a document or an
    annotation cannot go there, or the project's configuration has what ours would take away.
    """
    if not TITLE_LENGTH[0] <= len(title) <= TITLE_LENGTH[1]:
        raise DatelineError(
            f"«{title}»: a project's title has 3 to 50 characters; choose with --project."
        )
    ontology = corpus.ontology
    config = labelling_config(ontology, layers, curation=isinstance(source, Mapping))
    texts = [_checked(corpus, corpus.read_document(name)) for name in documents]
    starts = _starts(corpus, texts, source, config)
    project, created, reconfigured = _project(corpus, server, title, config)
    tasks = [] if created else list(server.tasks(project))
    known, refused = _match(tasks, texts)
    new = [text for text in texts if text.id not in known and text.id not in refused]
    if new:
        server.import_tasks(project, [_fields(text) for text in new])
        if starts:
            known, _ = _match(server.tasks(project), texts)
    predictions = [
        {"task": task.id, "result": rows, "model_version": version}
        for name, (version, rows) in starts.items()
        if (task := known.get(name)) is not None and version not in task.versions
    ]
    server.import_predictions(project, predictions)
    return Pushed(
        project=project,
        created=created,
        reconfigured=reconfigured,
        added=tuple(text.id for text in new),
        present=len(texts) - len(new) - len(refused),
        predictions=len(predictions),
        predictions_present=sum(name in known for name in starts) - len(predictions),
        refused=tuple(refused.values()),
    )


def _checked(corpus: Corpus, document: Document) -> Document:
    file = corpus.relative(corpus.document_path(document.id))
    if "\x00" in document.text:
        raise DatelineError(f"{file}: the text holds a NUL character, which databases refuse.")
    if sha256(document.text.encode()) != document.text_sha256:
        raise DatelineError(
            f"{file}: the text is not the one that text_sha256 was taken from; restore the file "
            "from version control."
        )
    return document


def _fields(document: Document) -> dict[str, str]:
    return {
        "text": document.text,
        "doc_id": document.id,
        "text_sha256": document.text_sha256,
    }


def _starts(
    corpus: Corpus, documents: Sequence[Document], source: Source | None, config: str
) -> dict[str, tuple[str, Rows]]:
    """By document: the model version and the rows of the annotation to start from."""
    if source is None:
        return {}
    if isinstance(source, Mapping):
        return {
            document.id: _to_curate(corpus, source[document.id], document, config)
            for document in documents
            if document.id in source
        }
    said = read_as_annotations(corpus, source) if isinstance(source, Path) else None
    found = {
        document.id: (document, annotation)
        for document in documents
        if (
            annotation := said.get(document.id)
            if said is not None
            else _annotation_of(corpus, str(source), document.id)
        )
    }
    if not found:
        place = source if isinstance(source, Path) else f"annotations/{source}"
        raise DatelineError(
            f"{place}: says nothing of the documents to push. Annotators are "
            f"{', '.join(corpus.annotators()) or 'not there yet'}."
        )
    return {
        name: _start(corpus, annotation, document, config, source)
        for name, (document, annotation) in found.items()
    }


def _to_curate(
    corpus: Corpus, curated: CurationProposal, document: Document, config: str
) -> tuple[str, Rows]:
    # It may break rules as long as it is not settled, so that only the page itself is checked.
    rows = to_result(curated.annotation, corpus.ontology)
    rows = [*mark_rows(curated.marks, document, {row.get("id", "") for row in rows}), *rows]
    errors = row_errors(rows, config)
    if errors:
        raise DatelineError(f"{document.id}: cannot be shown on the page: {'; '.join(errors[:5])}.")
    return f"conflicts@{sha256(canonical_json(curated))[:12]}", rows


def _annotation_of(corpus: Corpus, annotator: str, document: str) -> Annotation | None:
    if not corpus.annotation_path(annotator, document).is_file():
        return None
    return corpus.read_annotation(annotator, document)


def _start(
    corpus: Corpus, annotation: Annotation, document: Document, config: str, source: str | Path
) -> tuple[str, Rows]:
    rows = to_result(annotation, corpus.ontology)
    content = canonical_json(canonical(annotation))
    problems = _unfit(corpus, annotation, document, rows, config)
    if b"\\u0000" in content:
        problems.append("it holds a NUL character, which databases refuse")
    if problems:
        path = corpus.annotation_path(annotation.annotator, document.id)
        file = source if isinstance(source, Path) else corpus.relative(path)
        raise DatelineError(
            f"{file}: cannot be shown on the page:\n"
            + "\n".join(f"  {problem}" for problem in problems[:20])
            + "\nMend the file; `dateline validate` says more."
        )
    return f"{annotation.annotator}@{sha256(content)[:12]}", rows


def _unfit(
    corpus: Corpus, annotation: Annotation, document: Document, rows: Rows, config: str
) -> list[str]:
    """Why the rows would break the page, or would not come back as the same annotation."""
    incidents = Checker(corpus).check_annotation(annotation, document)
    if errors := [f"{i.pointer} {i.code}: {i.message}" for i in incidents if i.level == "error"]:
        return errors
    errors = row_errors(rows, config)
    if errors:
        return errors
    returned, problems = from_result(rows, document, header_of(annotation), corpus.ontology)
    if problems:
        return [problem.line for problem in problems]
    if returned != canonical(annotation):
        fields = [f for f in annotation.__struct_fields__ if _differ(f, returned, annotation)]
        return [f"/{field}: would not come back as it is" for field in fields]
    return []


def _differ(field: str, returned: Annotation, annotation: Annotation) -> bool:
    return bool(getattr(returned, field) != getattr(canonical(annotation), field))


def _project(corpus: Corpus, server: Server, title: str, config: str) -> tuple[Project, bool, bool]:
    """The project, whether it was created, and whether its configuration was changed."""
    project = server.find_project(title)
    if project is None:
        return server.create_project(title, config), True, False
    if project.config.strip() == config.strip():
        return project, False, False
    asked, wanted = labelled_layers(project.config), labelled_layers(config)
    if asked != wanted:
        raise DatelineError(
            f"{server.address}: in the project «{title}» annotators label {', '.join(asked)}, not "
            f"{', '.join(wanted)}. Say --layers {','.join(asked)}, or push to another project with "
            "--project."
        )
    if removed_entries(project.config, config):
        # What was annotated under a former name keeps that name on the page.
        config = with_former_names(config, corpus.ontology)
        if project.config.strip() == config.strip():
            return project, False, False
    lost = removed_entries(project.config, config)
    if lost:
        raise refusal(corpus, server, project, lost)
    server.update_config(project, config)
    return project, False, True


def _match(
    tasks: Iterable[Task], documents: Sequence[Document]
) -> tuple[dict[str, Task], dict[str, str]]:
    """The task of each document that has one, and why others are refused."""
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
                f"{document.id}: task {stale[0].id} has another text than "
                f"corpus/{document.id}.json. A changed text is a new document: give it a new id, "
                "or delete the task if nobody has annotated it."
            )
        elif len(own) > 1:
            numbers = ", ".join(str(task.id) for task in own)
            refused[document.id] = (
                f"{document.id}: has several tasks ({numbers}); delete all but one."
            )
        elif own:
            known[document.id] = own[0]
    return known, refused
