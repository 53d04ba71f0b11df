"""Importing a Label Studio export as annotation files, through a mapping of its labels.

Nothing is imported on a guess: with an unmapped label nothing is written at all, and an annotation
with problems is written as a draft or not at all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from dateline.corpus.annotators import check_pseudonym
from dateline.corpus.store import Corpus, canonical_json
from dateline.corpus.text_forms import TextFinder, TextMatch
from dateline.errors import InvalidInputError
from dateline.files.writing import locked, write_together
from dateline.label_studio.convert.from_result import Header, from_result
from dateline.label_studio.convert.problems import quoted
from dateline.label_studio.importing.export_file import ExportedAnnotation, ExportedTask, newest
from dateline.label_studio.importing.mapping import LabelMapping
from dateline.label_studio.importing.source_labels import SourceLabelCount, count_labels
from dateline.label_studio.importing.translate import translate
from dateline.label_studio.notice import Level, Notice
from dateline.model import Annotation, Document, Guidelines, Provenance, Struct, canonical, made_by
from dateline.rendering.listing import listed
from dateline.validation.engine import Checker

ALL_USERS = ""
"""In place of a user's number: the only user of the export, with any number or none."""

_SHOWN = 20


class ImportResult(Struct, frozen=True):
    """The outcome of an import; with ``unmapped`` labels nothing was imported.

    ``written`` are the annotation files, ``unchanged`` the number of those that were the same
    before.
    """

    written: tuple[str, ...] = ()
    unchanged: int = 0
    unmapped: tuple[SourceLabelCount, ...] = ()
    notices: tuple[Notice, ...] = ()


class ImportOptions(Struct, frozen=True):
    """Options of an import.

    ``pseudonyms`` are by the number of the export's user, or for ``ALL_USERS``. ``layers`` are
    those that were annotated, by default those with mapped labels. ``kind`` is the provenance's;
    ``draft`` writes annotations with problems as drafts; ``dry_run`` writes nothing.
    ``guidelines`` are those that the annotations were made by, None if they were others.
    """

    pseudonyms: Mapping[str, str]
    layers: tuple[str, ...] | None = None
    kind: str = "human"
    draft: bool = False
    dry_run: bool = False
    guidelines: Guidelines | None = None


def export_labels(tasks: Iterable[ExportedTask]) -> list[SourceLabelCount]:
    """All labels in the annotations of an export, except skipped ones."""
    return count_labels(a.result for task in tasks for a in task.annotations if not a.skipped)


def import_export(
    corpus: Corpus, tasks: Sequence[ExportedTask], mapping: LabelMapping, options: ImportOptions
) -> ImportResult:
    """Write the export's annotations of documents in the corpus; never overwrites a file.

    Raises InvalidInputError, before anything is written, if nothing of the export is mapped, or a
    pseudonym is missing or not valid.
    """
    counts = export_labels(tasks)
    unmapped = tuple(count for count in counts if mapping.of(count.label) is None)
    if unmapped:
        return ImportResult(unmapped=unmapped)
    _refuse_nothing(tasks, counts, mapping, options)
    pseudonyms = _pseudonyms(tasks, options.pseudonyms)
    with contextlib.nullcontext() if options.dry_run else locked(corpus.root):
        importer = _Importer(corpus, mapping, options, pseudonyms)
        for task in tasks:
            importer.task(task)
        importer.convert()
        return importer.write()


def _refuse_nothing(
    tasks: Sequence[ExportedTask],
    counts: Sequence[SourceLabelCount],
    mapping: LabelMapping,
    options: ImportOptions,
) -> None:
    """Refuse an import whose annotations would say nothing, or that nothing was found."""
    if not any(task.annotations for task in tasks):
        raise InvalidInputError(
            "Nothing was imported: the export has no annotations. Export the project with them."
        )
    labels = [count for count in counts if count.label.kind == "label"]
    layers = options.layers or mapping.layers
    # Without any labels, every annotator found nothing.
    mapped = (target for count in counts for target in mapping.of(count.label) or ())
    if layers and (not counts or any(target.layer for target in mapped)):
        return
    there = labels or counts
    if not there:
        raise InvalidInputError(
            "Nothing was imported: the export has no labels, and no layers were given. Give the "
            "layers in which the annotators found nothing."
        )
    lines = "\n".join(f"  {line}" for line in listed((count.line for count in there), _SHOWN))
    raise InvalidInputError(
        f"Nothing was imported: no label of a region is mapped to this corpus. Map at least one "
        f"of those in the export:\n{lines}"
        if labels
        else "Nothing was imported: the export has no regions with labels for a text, and nothing "
        f"is mapped to an attribute of the document. It has:\n{lines}"
    )


def _pseudonyms(tasks: Sequence[ExportedTask], given: Mapping[str, str]) -> Mapping[str, str]:
    for name in given.values():
        check_pseudonym(name, name)
    if len(set(given.values())) < len(given):
        raise InvalidInputError("Two users have the same pseudonym; give each their own.")
    users = sorted(
        {a.user for task in tasks for a in task.annotations if not a.skipped},
        key=lambda user: (len(user), user),  # numbers in their order
    )
    unnamed = [user for user in users if user not in given]
    if ALL_USERS in given and len(users) <= 1:
        return dict.fromkeys(users, given[ALL_USERS])
    if unnamed:
        names = ",".join(f"{user}=PSEUDONYM" for user in unnamed)
        raise InvalidInputError(f"Users of the export without a pseudonym. Give each one: {names}")
    return given


class _Candidate(Struct, frozen=True):
    """An annotation by a user of a document, with the text that it is about."""

    task: ExportedTask
    match: TextMatch
    annotation: ExportedAnnotation


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
        self._finder = TextFinder(corpus)
        self._found: dict[tuple[str, str], list[_Candidate]] = {}
        self._ready: list[Annotation] = []
        self._unchanged = 0
        self._notices: list[Notice] = []

    def task(self, task: ExportedTask) -> None:
        """Find the task's document, and collect its annotations by document and annotator."""
        match = self._match(task)
        if match is None:
            return
        document = match.document
        if task.predictions:
            self._notify("note", task, document, None, f"{task.predictions} prediction(s) left out")
        for annotation in task.annotations:
            annotator = self._pseudonyms.get(annotation.user)
            if annotation.skipped or annotator is None:
                message = f"{annotation.id} was skipped; left out"
                self._notify("note", task, document, annotator, message)
            else:
                candidate = _Candidate(task=task, match=match, annotation=annotation)
                self._found.setdefault((document, annotator), []).append(candidate)

    def convert(self) -> None:
        """Convert each annotator's newest annotation of each document."""
        for (name, annotator), found in sorted(self._found.items()):
            chosen = self._newest(name, annotator, found)
            if chosen is not None:
                self._convert(chosen, self._corpus.read_document(name), annotator)

    def write(self) -> ImportResult:
        """Write what was converted; called only when everything has been checked."""
        files: dict[Path, bytes | None] = {
            self._corpus.annotation_path(a.annotator, a.document): canonical_json(canonical(a))
            for a in self._ready
        }
        if files and not self._options.dry_run:
            write_together(self._corpus.root, files)
        return ImportResult(
            written=tuple(map(self._corpus.relative, files)),
            unchanged=self._unchanged,
            notices=tuple(self._notices),
        )

    def _newest(
        self, document: str, annotator: str, found: Sequence[_Candidate]
    ) -> _Candidate | None:
        position = newest([one.annotation for one in found])
        if position is None:
            ids = ", ".join(one.annotation.id for one in found)
            message = f"has several annotations ({ids}) without times and ids; leave one"
            self._notify("refused", found[0].task, document, annotator, message)
            return None
        for at, older in enumerate(found):
            if at != position:
                newest_id = found[position].annotation.id
                message = f"{older.annotation.id} is older than {newest_id} by the same user"
                self._notify("note", older.task, document, annotator, f"{message}; left out")
        return found[position]

    def _match(self, task: ExportedTask) -> TextMatch | None:
        mapping, fields = self._mapping, task.fields
        texts = list(fields.values())
        if mapping.text_field is not None:
            texts = [fields[mapping.text_field]] if mapping.text_field in fields else []
        found = {match.document: match for text in texts for match in self._finder.find(text)}
        named = fields.get(mapping.id_field or "")
        if named is not None and named in found:
            return found[named]
        if named is None and len(found) == 1:
            return next(iter(found.values()))
        fix = "Ingest exactly this text first."
        if not texts:
            expected = f"field {quoted(mapping.text_field)}" if mapping.text_field else "field"
            problem = f"its data has no {expected} with a text"
            names = ", ".join(listed(map(quoted, fields), _SHOWN)) or "none"
            fix = f"Fields with a text: {names}. Correct the mapping or the export."
        elif named is not None:
            problem = f"its text is not the text of the document {quoted(named)} in corpus/"
        elif found:
            problem = f"it has the texts of several documents ({', '.join(sorted(found))})"
            fix = "Name the field with the text, or with the document's id, in [document]."
        else:
            text = max(texts, key=len)
            problem = f"its text is not in corpus/: {quoted(text)}"
        # Without annotations, nothing is left out.
        level: Level = "refused" if any(not a.skipped for a in task.annotations) else "note"
        self._notify(level, task, None, None, f"{problem}. {fix}")
        return None

    def _convert(self, found: _Candidate, document: Document, annotator: str) -> None:
        def notify(level: Level, message: str, draftable: bool = False) -> None:
            self._notify(level, found.task, document.id, annotator, message, draftable)

        ontology = self._corpus.ontology
        translated = translate(found.annotation.result, self._mapping, ontology)
        annotation, irregular = from_result(
            translated.rows,
            document,
            self._header(found.annotation, annotator),
            ontology,
            found.match,
        )
        irregular = [*translated.problems, *irregular]
        problems = [p for p in irregular if not p.repaired]
        incidents = [
            f"{i.code} {i.pointer}: {i.message}"
            # What could not be read may be the reason for these.
            for i in (() if problems else self._checker.check_annotation(annotation, document))
            if i.level == "error"
        ]
        if problems or incidents:
            annotation = msgspec.structs.replace(annotation, status="draft")
        path = self._corpus.annotation_path(annotator, document.id)
        if path.is_file():
            present = self._corpus.read_annotation(annotator, document.id)
            if present == made_by(annotation, present.provenance.guidelines):
                self._unchanged += 1
            else:
                file = self._corpus.relative(path)
                notify("refused", f"{file} exists. Move it away, or use another pseudonym.")
            return
        # A draft of which nothing could be read would say that nothing was found.
        draftable = any(annotation.ids()) or bool(annotation.attributes)
        draft = self._options.draft and draftable
        if draft or not (problems or incidents):
            self._ready.append(annotation)
        lines = [*((p.line if draft else p.cause) for p in problems), *incidents]
        for line in lines:
            notify("problem" if draft else "refused", line, draftable and not draft)
        for repaired in (problem for problem in irregular if problem.repaired):
            notify("note", repaired.line)
        if found.match.text != document.text:
            notify("note", "the text has another form than in corpus/; offsets were converted")
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
                created=exported.created,
                updated=exported.updated_text,
                # Numbers of another server would be mistaken for those of the corpus's own.
                label_studio=None,
                note="Imported from an export of another labelling project.",
                guidelines=self._options.guidelines,
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
        draftable: bool = False,
    ) -> None:
        self._notices.append(
            Notice(
                level=level,
                task=task.number,
                document=document,
                annotator=annotator,
                message=message,
                draftable=draftable,
            )
        )
