"""A Label Studio export made elsewhere to annotation files, by a mapping of its labels to ours.

Nothing enters that is not understood: with anything unmapped nothing is written at all, and an
annotation that loses something or breaks a rule is written as a draft or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from dateline.corpus.annotators import PSEUDONYM
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.files.writing import sha256
from dateline.label_studio.convert.conversion import Header, from_result
from dateline.label_studio.importing.export_file import ExportedAnnotation, ExportedTask
from dateline.label_studio.importing.inventory import Occurrence, inventory
from dateline.label_studio.importing.mapping import LabelMapping
from dateline.label_studio.importing.translate import translate
from dateline.model import GOLD, Annotation, Document, Provenance, Struct
from dateline.text import excerpt
from dateline.validation.engine import Checker

EVERYBODY = ""
"""Instead of a user's number: whoever annotated."""

_MOVE = "Move it away, or import under another pseudonym (--annotator)."
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})")

Level = Literal["refused", "problem", "note"]


class ImportNotice(Struct, frozen=True):
    """Something to know: ``refused`` was not imported, ``problem`` was, but only as a draft."""

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


class Imported(Struct, frozen=True):
    """What an import did; with anything ``unmapped`` it did nothing."""

    written: tuple[str, ...] = ()
    unchanged: int = 0
    unmapped: tuple[Occurrence, ...] = ()
    notices: tuple[ImportNotice, ...] = ()


class ImportWishes(Struct, frozen=True):
    """What the user wants of an import; pseudonyms are by the number of the export's user."""

    pseudonyms: Mapping[str, str]
    layers: tuple[str, ...] | None = None
    kind: str = "human"
    draft: bool = False


def occurrences(tasks: Iterable[ExportedTask]) -> list[Occurrence]:
    """Everything that the annotations of an export say, skipped ones aside."""
    return inventory(a.result for task in tasks for a in task.annotations if not a.skipped)


def import_export(
    corpus: Corpus, tasks: Sequence[ExportedTask], mapping: LabelMapping, wishes: ImportWishes
) -> Imported:
    """Write what the export says about documents of the corpus.

    No file is ever overwritten. Raises DatelineError, before anything is written, where a
    pseudonym is missing or cannot serve.
    """
    unmapped = tuple(o for o in occurrences(tasks) if mapping.of(o.thing) is None)
    if unmapped:
        return Imported(unmapped=unmapped)
    importer = _Importer(corpus, mapping, wishes, _pseudonyms(tasks, wishes.pseudonyms))
    for task in tasks:
        importer.task(task)
    importer.convert()
    return importer.write()


def _pseudonyms(tasks: Sequence[ExportedTask], given: Mapping[str, str]) -> Mapping[str, str]:
    for name in given.values():
        if name == GOLD or not PSEUDONYM.fullmatch(name):
            raise DatelineError(
                f"--annotator {name}: a pseudonym has up to 40 of a-z, 0-9, «-» and «_», starts "
                "with a letter or digit, and is not «gold», which is what curators agree on."
            )
    if len(set(given.values())) < len(given):
        raise DatelineError("--annotator: two users have one pseudonym; give each another.")
    users = sorted({a.user for task in tasks for a in task.annotations if not a.skipped})
    if EVERYBODY in given:
        if len(users) > 1:
            raise DatelineError(
                f"--annotator {given[EVERYBODY]}: the export is by {len(users)} users; name each: "
                + " ".join(f"--annotator {user}=PSEUDONYM" for user in users)
            )
        return dict.fromkeys(users, given[EVERYBODY])
    unnamed = [user for user in users if user not in given]
    if unnamed:
        raise DatelineError(
            "The export's users need pseudonyms; name each: "
            + " ".join(f"--annotator {user}=PSEUDONYM" for user in unnamed)
        )
    return given


class _Importer:
    def __init__(
        self,
        corpus: Corpus,
        mapping: LabelMapping,
        wishes: ImportWishes,
        pseudonyms: Mapping[str, str],
    ) -> None:
        self._corpus = corpus
        self._mapping = mapping
        self._wishes = wishes
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
        """Find the task's document, and put its annotations with the others of their users."""
        document = self._document(task)
        if document is None:
            return
        if task.predictions:
            self._say("note", task, document, None, f"{task.predictions} prediction(s) left out")
        for annotation in task.annotations:
            annotator = self._pseudonyms.get(annotation.user)
            if annotation.skipped or annotator is None:
                self._say("note", task, document, annotator, f"{annotation.id} is a skip; left out")
            else:
                self._found.setdefault((document, annotator), []).append((task, annotation))

    def convert(self) -> None:
        """Convert the newest annotation of each user for each document."""
        for (name, annotator), found in sorted(self._found.items()):
            found.sort(key=lambda pair: (pair[1].updated, pair[1].id))
            task, newest = found[-1]
            for older_task, older in found[:-1]:
                message = f"{older.id} is older than {newest.id} of the same user; left out"
                self._say("note", older_task, name, annotator, message)
            self._convert(task, newest, self._corpus.read_document(name), annotator)

    def write(self) -> Imported:
        """Write what was converted, which is only begun when everything has been checked."""
        written = []
        for annotation in self._ready:
            path = self._corpus.annotation_path(annotation.annotator, annotation.document)
            self._corpus.write_annotation(annotation)
            written.append(self._corpus.relative(path))
        return Imported(
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
        if named is not None and named not in found:
            shown = excerpt(named, 0, len(named))
            what = f"has not the text of a document «{shown}» of corpus/"
        elif named is not None:
            return named
        elif len(found) == 1:
            return next(iter(found))
        elif found:
            what = f"has the texts of several documents ({', '.join(sorted(found))})"
        else:
            text = max(texts, key=len, default="")
            what = f"is about no document of corpus/: «{excerpt(text, 0, len(text))}»"
        # Where nobody has annotated it, nothing is left out.
        level: Level = "refused" if any(not a.skipped for a in task.annotations) else "note"
        self._say(level, task, None, None, f"{what}; ingest the very same text first.")
        return None

    def _convert(
        self, task: ExportedTask, exported: ExportedAnnotation, document: Document, annotator: str
    ) -> None:
        def say(level: Level, message: str) -> None:
            self._say(level, task, document.id, annotator, message)

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
        if path.is_file() and self._corpus.read_annotation(annotator, document.id) == annotation:
            self._unchanged += 1
            return
        if path.is_file():
            file = self._corpus.relative(path)
            say("refused", f"{file} is there already, and is not overwritten. {_MOVE}")
            return
        if not problems or self._wishes.draft:
            self._ready.append(annotation)
        for message in problems:
            say("problem" if self._wishes.draft else "refused", message)
        for repaired in (problem for problem in irregular if problem.repaired):
            say("note", repaired.line)
        if translated.dropped:
            say("note", f"{translated.dropped} row(s) left out with regions that are ignored")

    def _header(self, exported: ExportedAnnotation, annotator: str) -> Header:
        return Header(
            annotator=annotator,
            layers=self._wishes.layers or self._mapping.layers,
            status="submitted",
            provenance=Provenance(
                kind=self._wishes.kind,
                tool="Label Studio",
                created=_time(exported.created),
                updated=_time(exported.updated),
                # The numbers of another server would be taken for those of ours.
                label_studio=None,
                note="Imported from an export that was made with other labels.",
            ),
            retired=(),
        )

    def _say(
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
    return text if _TIME.fullmatch(text) else None
