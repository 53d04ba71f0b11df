"""Takes what annotators submitted for a document into the corpus, unless that would lose something.

An annotation file is replaced only while it is what the kept result converts to, or where the user
chooses. Conversion is pure, so that can be told without further notes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from dateline.annotations.differences import Difference, differences
from dateline.annotations.layers import limited
from dateline.annotations.merging import merge
from dateline.corpus.annotators import read_register
from dateline.corpus.store import Corpus, canonical_json
from dateline.errors import DatelineError
from dateline.files.writing import sha256, write_if_changed
from dateline.label_studio.config.labelling_config import labelled_layers
from dateline.label_studio.convert.conflict_marks import unresolved_marks
from dateline.label_studio.convert.from_result import from_result
from dateline.label_studio.convert.origin import origin_of
from dateline.label_studio.convert.problems import ResultProblem
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import AnnotatedTask, Project, Submission, Task
from dateline.label_studio.sync.kept_results import Kept, kept_path, read_kept
from dateline.label_studio.sync.users import pseudonym
from dateline.model import LAYERS, Annotation, Document, Struct, canonical
from dateline.ontology.former_names import renamed
from dateline.validation.engine import Checker

_AT_ONCE = 16
"""Documents that are held in memory together."""
_SHOWN = 12
"""How many differences or errors a message lists."""

Level = Literal["refused", "problem", "note"]
Settling = Literal["stop", "ours", "theirs", "merge"]
"""What becomes of an annotation that was changed both here and on the server."""


class Notice(Struct, frozen=True):
    """Something that the user should know about a document, or about an annotator's work on it.

    ``refused``: nothing was written, and somebody has to decide; ``problem``: the annotation was
    written, but has something irregular; ``note``: there was nothing to write.
    """

    level: Level
    document: str
    annotator: str | None
    message: str


class Wishes(Struct, frozen=True):
    """What the user wants of a pull.

    ``pseudonyms`` are by the number of the server's user, ``layers`` those that annotators were
    asked to look at, ``kind`` is the provenance's. Where a file is there already and nothing else
    is wished, its own layers and kind stay. ``only`` is the pseudonym of the only annotator whose
    project it is.
    """

    pseudonyms: Mapping[int, str] = msgspec.field(default_factory=dict)
    layers: tuple[str, ...] | None = None
    kind: str | None = None
    only: str | None = None


class Puller:
    """Goes through the documents; collects what was written and what to say."""

    def __init__(
        self,
        corpus: Corpus,
        server: Server,
        project: Project,
        wishes: Wishes,
        people: Mapping[int, str],
        settling: Settling,
        prune: bool,
    ) -> None:
        self._corpus = corpus
        self._server = server
        self._project = project
        self._tool = f"Label Studio {server.version}"
        self._wishes = wishes
        self._pseudonyms = dict(people)
        self._annotators = read_register(corpus)
        self._settling = settling
        self._prune = prune
        self._layers = labelled_layers(project.config)
        self._checker = Checker(corpus)
        self.seen: set[tuple[str, str]] = set()
        self.people: dict[int, str] = {}
        self.numbers: dict[int, str] = {}
        self.open: set[str] = set()
        self.written: list[str] = []
        self.removed: list[str] = []
        self.unchanged = 0
        self.notices: list[Notice] = []

    def tasks(self, found: Iterable[AnnotatedTask], documents: Collection[str]) -> set[str]:
        """Pull these tasks; returns the documents that were looked at."""
        looked: set[str] = set()
        late: set[str] = set()
        waiting: dict[str, list[AnnotatedTask]] = {}
        for annotated in found:
            name = annotated.task.document or ""
            self.numbers[annotated.task.id] = name
            if name in looked and name not in waiting:
                late.add(name)  # another task of a document that is done already
            elif name in documents:
                looked.add(name)
                waiting.setdefault(name, []).append(annotated)
            if len(waiting) >= _AT_ONCE:
                self._documents(waiting)
                waiting.clear()
        for annotated in self._server.tasks_of(self._project, late):
            waiting.setdefault(annotated.task.document or "", []).append(annotated)
        self._documents(waiting)
        return looked

    def _documents(self, tasks: Mapping[str, Sequence[AnnotatedTask]]) -> None:
        self._recognise(tasks)
        for name in sorted(tasks):
            self._document(self._corpus.read_document(name), tasks[name])

    def _recognise(self, tasks: Mapping[str, Sequence[AnnotatedTask]]) -> None:
        """Find out whose project it is, if it is one person's. Raises DatelineError in doubt."""
        only = self._wishes.only
        users = {
            submission.user
            for found in tasks.values()
            for annotated in found
            for submission in annotated.submissions
            if submission.user is not None and not submission.skipped
        }
        strangers = sorted(users - self._pseudonyms.keys())
        if only is None or not strangers:
            return
        if len(strangers) > 1 or only in self._pseudonyms.values():
            raise DatelineError(
                f"«{self._project.title}»: is {only}'s, but users "
                f"{', '.join(map(str, sorted(users)))} have submitted there; say who is who with "
                f"--annotator NUMBER=PSEUDONYM for each."
            )
        self._pseudonyms[strangers[0]] = only

    def _document(self, document: Document, tasks: Sequence[AnnotatedTask]) -> None:
        """Pull what was submitted for a document; it may have been imported more than once."""
        by_user: dict[int, list[Submission]] = {}
        for annotated in tasks:
            if not self._has_our_text(annotated.task, document):
                continue
            for submission in annotated.submissions:
                if submission.user is None:
                    self._note(
                        document.id, None, f"annotation {submission.id} has no user; not pulled"
                    )
                else:
                    by_user.setdefault(submission.user, []).append(submission)
        for user, submissions in sorted(by_user.items()):
            annotator = pseudonym(user, self._pseudonyms)
            self.people[user] = annotator
            self.seen.add((annotator, document.id))
            newest = self._newest(document.id, annotator, submissions)
            if newest is not None:
                self._submission(document, annotator, user, newest)

    def drafts(self, documents: Collection[str]) -> None:
        """Tell which of these documents somebody has begun and not submitted."""
        for name in self._server.documents_with_drafts(self._project):
            if name in documents:
                self._note(
                    name, None, "somebody has a draft, which is not submitted, so not pulled"
                )

    def missing(self, candidates: Iterable[tuple[str, str]]) -> None:
        """See to results by these annotators of these documents that the server has no more."""
        for annotator, name in sorted({*candidates} - self.seen):
            try:
                kept = read_kept(self._corpus, annotator, name)
            except DatelineError as fault:
                self._refuse(name, annotator, f"{fault} Nothing was changed.")
                continue
            if kept is None or kept.project != self._project.id:
                continue
            self.seen.add((annotator, name))
            self.open.add(name)
            if self._prune:
                self._remove(annotator, self._corpus.read_document(name), kept)
            else:
                self._note(
                    name,
                    annotator,
                    "is no more on the server; our files are kept (--prune removes)",
                )

    def _remove(self, annotator: str, document: Document, kept: Kept) -> None:
        ours = self._ours(annotator, document.id)
        path = self._corpus.annotation_path(annotator, document.id)
        if ours is not None and ours != self._as_pulled(kept, document, ours):
            self._refuse(
                document.id,
                annotator,
                "is no more on the server, but was edited here, so it is kept; delete "
                f"{self._corpus.relative(path)} yourself if it must go.",
            )
            return
        path.unlink(missing_ok=True)
        kept_path(self._corpus, annotator, document.id).unlink()
        self.removed.append(self._corpus.relative(path))
        self.seen.discard((annotator, document.id))
        self.open.discard(document.id)

    def _has_our_text(self, task: Task, document: Document) -> bool:
        if task.text is not None and sha256(_encoded(task.text)) == document.text_sha256:
            return True
        self._refuse(
            document.id,
            None,
            f"task {task.id} has another text than corpus/{document.id}.json, so its offsets mean "
            "nothing here. Restore the document, or the text of the task.",
        )
        return False

    def _newest(
        self, document: str, annotator: str, submissions: Sequence[Submission]
    ) -> Submission | None:
        for skipped in (s for s in submissions if s.skipped):
            self._note(document, annotator, f"annotation {skipped.id} is a skip; not pulled")
        done = sorted((s for s in submissions if not s.skipped), key=lambda s: (s.updated, s.id))
        for older in done[:-1]:
            self._note(
                document,
                annotator,
                f"annotation {older.id} is older than {done[-1].id} of the same user; not pulled",
            )
        return done[-1] if done else None

    def _submission(
        self, document: Document, annotator: str, user: int, submission: Submission
    ) -> None:
        marked = list(unresolved_marks(submission.result))
        if marked:
            self._refuse(
                document.id,
                annotator,
                f"annotation {submission.id} has conflicts that are still marked, so it was not "
                f"pulled: {_listed(f'«{text}»' for text in marked)}\n    Settle them in Label "
                "Studio, delete the marks, and update the annotation.",
            )
            return
        new = Kept(
            project=self._project.id,
            task=submission.task,
            annotation=submission.id,
            user=user,
            created=submission.created,
            updated=submission.updated,
            tool=self._tool,
            result=submission.result,
        )
        try:
            old = read_kept(self._corpus, annotator, document.id)
            ours = self._ours(annotator, document.id)
            new = new.by_the_same_tool(old)
            content = canonical_json(new)
        except DatelineError as fault:
            self._refuse(document.id, annotator, f"{fault} Nothing was written.")
            return
        except UnicodeEncodeError:
            self._refuse(
                document.id,
                annotator,
                f"annotation {submission.id} holds half of a surrogate pair, which no file can "
                "keep; find it in Label Studio and type it anew.",
            )
            return
        if new is not old and submission.prediction is not None:
            new = self._with_origin(new, document, annotator, submission.prediction)
            content = canonical_json(new)
        theirs, problems = self._convert(new, document, annotator, ours)
        moved = old is not None and old.project != new.project
        base = None
        if ours is not None and (moved or ours != theirs):
            base = self._as_pulled(old, document, ours)
        if ours is None or (not moved and ours in (theirs, base)):
            self._write(theirs, content)
            self._report(document, theirs, problems)
        elif old == new:
            self._note(document.id, annotator, "was edited here since the last pull; kept as it is")
            self.open.add(document.id)
        elif old is None:
            self._settle("did not come from Label Studio", document, base, ours, theirs, content)
        else:
            why = (
                f"was pulled from project {old.project}"
                if moved
                else "was edited here, and on the server too"
            )
            self._settle(why, document, base, ours, theirs, content)

    def _with_origin(self, kept: Kept, document: Document, annotator: str, number: int) -> Kept:
        prediction = self._server.prediction(number)
        if prediction is None:
            return kept
        said, _ = self._convert(kept, document, annotator, None)
        origin = origin_of(said, prediction, document, self._corpus.ontology)
        return msgspec.structs.replace(kept, origin=origin)

    def _settle(
        self,
        why: str,
        document: Document,
        base: Annotation | None,
        ours: Annotation,
        theirs: Annotation,
        content: bytes,
    ) -> None:
        """Do with an annotation that both sides have changed what the user wishes."""
        file = self._corpus.relative(self._corpus.annotation_path(ours.annotator, document.id))
        match self._settling:
            case "ours":
                write_if_changed(kept_path(self._corpus, ours.annotator, document.id), content)
                self.unchanged += 1
                self._note(document.id, ours.annotator, f"{why}; ours is kept")
            case "theirs":
                self._write(theirs, content)
                self._report(document, theirs, ())
            case "merge" if base is not None:
                merged = merge(base, ours, theirs)
                problems = [conflict.message for conflict in merged.conflicts] or self._new_errors(
                    merged.annotation, document, ours, theirs
                )
                if problems:
                    self._refuse(
                        document.id,
                        ours.annotator,
                        f"{file} {why}, and the two cannot be merged; nothing was written. "
                        f"{_listed(problems)}\n    Settle these here or on the server and pull "
                        "again, or choose --ours or --theirs.",
                    )
                else:
                    self._write(merged.annotation, content)
                    self._report(document, merged.annotation, ())
                    self._note(document.id, ours.annotator, f"{why}; both were merged")
            case "merge":
                self._refuse(
                    document.id,
                    ours.annotator,
                    f"{file} {why}, so nothing says which side has changed what, and nothing was "
                    "written; choose --ours or --theirs, or pull under another pseudonym "
                    "(--annotator).",
                )
            case _:
                self._refuse(
                    document.id,
                    ours.annotator,
                    f"{file} {why}; nothing was written. "
                    f"{_listed(map(_in_words, differences(ours, theirs)))}\n"
                    "    Choose --ours, --theirs or --merge; or, to keep both, pull under another "
                    "pseudonym (--annotator).",
                )

    def _new_errors(self, merged: Annotation, document: Document, *sides: Annotation) -> list[str]:
        """Errors of the merged annotation that neither side had."""
        known = {
            i.message for side in sides for i in self._checker.check_annotation(side, document)
        }
        return [
            f"{i.code} {i.subject or i.pointer}: {i.message}"
            for i in self._checker.check_annotation(merged, document)
            if i.level == "error" and i.message not in known
        ]

    def _convert(
        self, kept: Kept, document: Document, annotator: str, ours: Annotation | None
    ) -> tuple[Annotation, list[ResultProblem]]:
        """What the result says, with our header where the user wishes nothing else."""
        kind, layers = self._wishes.kind, self._wishes.layers
        if ours is not None:
            kind, layers = kind or ours.provenance.kind, layers or ours.layers
        listed = self._annotators.get(annotator)
        kind = kind or (listed.kind if listed is not None else "human")
        header = kept.header(annotator, kind, layers or LAYERS)
        theirs, problems = from_result(kept.result, document, header, self._corpus.ontology)
        theirs = self._without_context(theirs)
        if ours is not None:
            used = set(theirs.ids())
            retired = {*ours.retired, *ours.ids()} - used
            theirs = msgspec.structs.replace(theirs, retired=tuple(sorted(retired)))
        return theirs, problems

    def _as_pulled(
        self, old: Kept | None, document: Document, ours: Annotation
    ) -> Annotation | None:
        """What our file was when the kept result was pulled, if nobody has edited it since."""
        if old is None:
            return None
        header = old.header(ours.annotator, ours.provenance.kind, ours.layers, ours.retired)
        return self._without_context(
            from_result(old.result, document, header, self._corpus.ontology)[0]
        )

    def _without_context(self, annotation: Annotation) -> Annotation:
        """Less what a project for some layers shows of the others, unless they refer to it."""
        if self._layers == LAYERS:
            return annotation
        return canonical(limited(annotation, self._layers))

    def _write(self, annotation: Annotation, kept: bytes) -> None:
        # The annotation first: were the pull to break off in between, the next one would find it
        # equal to what the server says, and go on. The other way round it would look edited.
        changed = self._corpus.write_annotation(annotation)
        write_if_changed(kept_path(self._corpus, annotation.annotator, annotation.document), kept)
        if changed:
            path = self._corpus.annotation_path(annotation.annotator, annotation.document)
            self.written.append(self._corpus.relative(path))
        else:
            self.unchanged += 1

    def _report(
        self, document: Document, annotation: Annotation, problems: Iterable[ResultProblem]
    ) -> None:
        incidents = self._checker.check_annotation(annotation, document)
        found = [problem.line for problem in problems]
        found += [f"{i.code} {i.pointer}: {i.message}" for i in incidents if i.level == "error"]
        self.notices.extend(
            Notice(
                level="problem",
                document=document.id,
                annotator=annotation.annotator,
                message=message,
            )
            for message in found
        )

    def _ours(self, annotator: str, document: str) -> Annotation | None:
        path = self._corpus.annotation_path(annotator, document)
        if not path.is_file():
            return None
        annotation = self._corpus.read_annotation(annotator, document)
        # A label that was renamed since is no edit.
        return canonical(renamed(annotation, self._corpus.ontology)[0])

    def _refuse(self, document: str, annotator: str | None, message: str) -> None:
        self.notices.append(
            Notice(level="refused", document=document, annotator=annotator, message=message)
        )
        self.open.add(document)

    def _note(self, document: str, annotator: str | None, message: str) -> None:
        self.notices.append(
            Notice(level="note", document=document, annotator=annotator, message=message)
        )


def _in_words(difference: Difference) -> str:
    quote = f" «{difference.quote}»" if difference.quote else ""
    what = f"{difference.kind} {difference.id}{quote}"
    if difference.right is None:
        return f"{what}: only here"
    if difference.left is None:
        return f"{what}: only there, as {difference.right}"
    field = f" {difference.field}" if difference.field else ""
    return f"{what}{field}: {difference.left} here, {difference.right} there"


def _listed(lines: Iterable[str]) -> str:
    found = list(lines)
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return "".join(f"\n    {line}" for line in [*found[:_SHOWN], *more])


def _encoded(text: str) -> bytes:
    # The server may hold what is no Unicode text; it is not ours then, whatever its hash.
    return text.encode("utf-8", "surrogatepass")
