"""Importing a Label Studio export as annotation files, through a mapping of its labels.

Nothing is imported on a guess: with an unmapped label nothing is written at all, and an annotation
with problems is written as a draft or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from dateline.corpus.annotators import check_pseudonym
from dateline.corpus.store import Corpus
from dateline.dates import parse_time
from dateline.errors import InvalidInputError
from dateline.files.writing import sha256
from dateline.label_studio.convert.from_result import Header, from_result
from dateline.label_studio.convert.problems import quoted
from dateline.label_studio.importing.export_file import ExportedAnnotation, ExportedTask
from dateline.label_studio.importing.mapping import LabelMapping
from dateline.label_studio.importing.source_labels import SourceLabelCount, count_labels
from dateline.label_studio.importing.translate import translate
from dateline.model import Annotation, Document, Provenance, Struct
from dateline.validation.engine import Checker

ALL_USERS = ""
"""In place of a user's number: the only user of the export, with any number or none."""

Level = Literal["refused", "problem", "note"]


class ImportNotice(Struct, frozen=True):
    """A message about a task or an annotation.

    ``refused``: it was not imported; ``problem``: it was imported as a draft; ``note``: something
    was left out or repaired.
    """

    level: Level
    task: int
    document: str | None
    annotator: str | None
    message: str

    @property
    def line(self) -> str:
        """The notice in one line."""
        where = self.document or f"task {self.task}"
        of = f" ({self.annotator})" if self.annotator else ""
        return f"{where}{of}: {self.message}"


class ImportResult(Struct, frozen=True):
    """The outcome of an import; with ``unmapped`` labels nothing was imported.

    ``written`` are the annotation files, ``unchanged`` the number of those that were the same
    before.
    """

    written: tuple[str, ...] = ()
    unchanged: int = 0
    unmapped: tuple[SourceLabelCount, ...] = ()
    notices: tuple[ImportNotice, ...] = ()


class ImportOptions(Struct, frozen=True):
    """Options of an import.

    ``pseudonyms`` are by the number of the export's user, or for ``ALL_USERS``. ``layers`` are
    those that were annotated, by default those with mapped labels. ``kind`` is the provenance's;
    ``draft`` writes annotations with problems as drafts; ``dry_run`` writes nothing.
    """

    pseudonyms: Mapping[str, str]
    layers: tuple[str, ...] | None = None
    kind: str = "human"
    draft: bool = False
    dry_run: bool = False


def export_labels(tasks: Iterable[ExportedTask]) -> list[SourceLabelCount]:
    """All labels in the annotations of an export, except skipped ones."""
    return count_labels(a.result for task in tasks for a in task.annotations if not a.skipped)


def import_export(
    corpus: Corpus, tasks: Sequence[ExportedTask], mapping: LabelMapping, options: ImportOptions
) -> ImportResult:
    """Write the export's annotations of documents in the corpus; never overwrites a file.

    Raises InvalidInputError, before anything is written, if a pseudonym is missing or not valid.
    """
    unmapped = tuple(count for count in export_labels(tasks) if mapping.of(count.label) is None)
    if unmapped:
        return ImportResult(unmapped=unmapped)
    importer = _Importer(corpus, mapping, options, _pseudonyms(tasks, options.pseudonyms))
    for task in tasks:
        importer.task(task)
    importer.convert()
    return importer.write()


def _pseudonyms(tasks: Sequence[ExportedTask], given: Mapping[str, str]) -> Mapping[str, str]:
    for name in given.values():
        check_pseudonym(name, name)
    if len(set(given.values())) < len(given):
        raise InvalidInputError("Two users have the same pseudonym; give each their own.")
    users = sorted({a.user for task in tasks for a in task.annotations if not a.skipped})
    unnamed = [user for user in users if user not in given]
    if ALL_USERS in given and len(users) <= 1:
        return dict.fromkeys(users, given[ALL_USERS])
    if unnamed:
        names = ",".join(f"{user}=PSEUDONYM" for user in unnamed)
        raise InvalidInputError(f"Users of the export without a pseudonym. Give each one: {names}")
    return given


class _Importer:
    def __init__(
        self,
        corpus: Corpus,
        mapping: LabelMapping,
        options: ImportOptions,
        pseudonyms: Mapping[str, str],
    ) -> None:
        self._corpus = corpus
        self._mapping = mapping
        self._options = options
        self._pseudonyms = pseudonyms
        self._checker = Checker(corpus)
        self._by_hash = {
            document.text_sha256: document.id
            for document in map(corpus.read_document, corpus.document_ids())
        }
        self._found: dict[tuple[str, str], list[tuple[ExportedTask, ExportedAnnotation]]] = {}
        self._ready: list[Annotation] = []
        self._unchanged = 0
        self._notices: list[ImportNotice] = []

    def task(self, task: ExportedTask) -> None:
        """Find the task's document, and collect its annotations by document and annotator."""
        document = self._document(task)
        if document is None:
            return
        if task.predictions:
            self._notify("note", task, document, None, f"{task.predictions} prediction(s) left out")
        for annotation in task.annotations:
            annotator = self._pseudonyms.get(annotation.user)
            if annotation.skipped or annotator is None:
                message = f"{annotation.id} was skipped; left out"
                self._notify("note", task, document, annotator, message)
            else:
                self._found.setdefault((document, annotator), []).append((task, annotation))

    def convert(self) -> None:
        """Convert each annotator's newest annotation of each document."""
        for (name, annotator), found in sorted(self._found.items()):
            found.sort(key=lambda pair: (pair[1].updated, pair[1].id))
            task, newest = found[-1]
            for older_task, older in found[:-1]:
                message = f"{older.id} is older than {newest.id} by the same user; left out"
                self._notify("note", older_task, name, annotator, message)
            self._convert(task, newest, self._corpus.read_document(name), annotator)

    def write(self) -> ImportResult:
        """Write what was converted; called only when everything has been checked."""
        written = []
        for annotation in self._ready:
            path = self._corpus.annotation_path(annotation.annotator, annotation.document)
            if not self._options.dry_run:
                self._corpus.write_annotation(annotation)
            written.append(self._corpus.relative(path))
        return ImportResult(
            written=tuple(written), unchanged=self._unchanged, notices=tuple(self._notices)
        )

    def _document(self, task: ExportedTask) -> str | None:
        mapping, fields = self._mapping, task.fields
        texts = (
            list(fields.values())
            if mapping.text_field is None
            else [fields[mapping.text_field]] * (mapping.text_field in fields)
        )
        found = {
            self._by_hash[digest]: text
            for text in texts
            if (digest := sha256(text.encode("utf-8", "surrogatepass"))) in self._by_hash
        }
        named = fields.get(mapping.id_field or "")
        if named is not None and named in found:
            return named
        if named is None and len(found) == 1:
            return next(iter(found))
        if named is not None:
            problem = f"its text is not the text of the document {quoted(named)} in corpus/"
        elif found:
            problem = f"it has the texts of several documents ({', '.join(sorted(found))})"
        else:
            text = max(texts, key=len, default="")
            problem = f"its text is not in corpus/: {quoted(text)}"
        # Without annotations, nothing is left out.
        level: Level = "refused" if any(not a.skipped for a in task.annotations) else "note"
        self._notify(level, task, None, None, f"{problem}. Ingest exactly this text first.")
        return None

    def _convert(
        self, task: ExportedTask, exported: ExportedAnnotation, document: Document, annotator: str
    ) -> None:
        def notify(level: Level, message: str) -> None:
            self._notify(level, task, document.id, annotator, message)

        ontology = self._corpus.ontology
        translated = translate(exported.result, document.text, self._mapping, ontology)
        annotation, irregular = from_result(
            translated.rows, document, self._header(exported, annotator), ontology
        )
        incidents = self._checker.check_annotation(annotation, document)
        problems = [p.line for p in (*translated.problems, *irregular) if not p.repaired]
        problems += [f"{i.code} {i.pointer}: {i.message}" for i in incidents if i.level == "error"]
        if problems:
            annotation = msgspec.structs.replace(annotation, status="draft")
        path = self._corpus.annotation_path(annotator, document.id)
        if path.is_file():
            if self._corpus.read_annotation(annotator, document.id) == annotation:
                self._unchanged += 1
            else:
                file = self._corpus.relative(path)
                notify("refused", f"{file} exists. Move it away, or use another pseudonym.")
            return
        if not problems or self._options.draft:
            self._ready.append(annotation)
        for message in problems:
            notify("problem" if self._options.draft else "refused", message)
        for repaired in (problem for problem in irregular if problem.repaired):
            notify("note", repaired.line)
        if translated.dropped:
            notify("note", f"{translated.dropped} row(s) left out with ignored regions")

    def _header(self, exported: ExportedAnnotation, annotator: str) -> Header:
        return Header(
            annotator=annotator,
            layers=self._options.layers or self._mapping.layers,
            status="submitted",
            provenance=Provenance(
                kind=self._options.kind,
                tool="Label Studio",
                created=_time(exported.created),
                updated=_time(exported.updated),
                # Numbers of another server would be mistaken for those of the corpus's own.
                label_studio=None,
                note="Imported from an export of another labelling project.",
            ),
            retired=(),
        )

    def _notify(
        self,
        level: Level,
        task: ExportedTask,
        document: str | None,
        annotator: str | None,
        message: str,
    ) -> None:
        self._notices.append(
            ImportNotice(
                level=level,
                task=task.number,
                document=document,
                annotator=annotator,
                message=message,
            )
        )


def _time(text: str) -> str | None:
    try:
        parse_time(text)
    except InvalidInputError:
        return None
    return text
