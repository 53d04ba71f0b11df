"""Label Studio to corpus: what annotators submitted, kept as the server said it, then converted.

Nothing of ours is lost: an annotation file is replaced only while it is what the kept result
converts to. Conversion is pure, so no other record of the last pull is needed.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from dateline.fault import Fault
from dateline.former import renamed
from dateline.layers import limited
from dateline.model import (
    GOLD,
    LAYERS,
    Annotation,
    Document,
    LabelStudioIds,
    Provenance,
    Struct,
    canonical,
)
from dateline.rules.check import Checker
from dateline.store import Corpus, canonical_json, read_struct, sha256, write_if_changed
from dateline.studio.client import AnnotatedTask, Project, Server, Submission, Task
from dateline.studio.config import labelled_layers
from dateline.studio.convert import Header, from_result
from dateline.studio.regions import Problem

FOLDER = "label-studio"
"""Below an annotator's folder: where results are kept as the server said them."""

_PSEUDONYM = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")

Level = Literal["refused", "problem", "note"]
Track = Callable[[Iterable[AnnotatedTask]], Iterable[AnnotatedTask]]


class Kept(Struct, frozen=True):
    """A result as the server said it, less everything about the user but their number there."""

    project: int
    task: int
    annotation: int
    user: int
    created: str
    updated: str
    tool: str
    result: object


class Notice(Struct, frozen=True):
    """Something that the user should know about a document, or about an annotator's work on it.

    ``refused``: nothing was written, and somebody has to decide; ``problem``: the annotation was
    written, but has something irregular; ``note``: there was nothing to write.
    """

    level: Level
    document: str
    annotator: str | None
    message: str


class Pulled(Struct, frozen=True):
    """What a pull did: annotation files written, how many had not changed, and what to know."""

    written: tuple[str, ...]
    unchanged: int
    notices: tuple[Notice, ...]


class Wishes(Struct, frozen=True):
    """What the user wants of a pull.

    ``pseudonyms`` are by the number of the server's user, ``layers`` those that annotators were
    asked to look at, ``kind`` is the provenance's. Where a file is there already and nothing else
    is wished, its own layers and kind stay.
    """

    pseudonyms: Mapping[int, str] = msgspec.field(default_factory=dict)
    layers: tuple[str, ...] | None = None
    kind: str | None = None


def pull(
    corpus: Corpus,
    server: Server,
    project: Project,
    documents: Collection[str],
    wishes: Wishes = Wishes(),  # noqa: B008 (frozen)
    track: Track = iter,
) -> Pulled:
    """Bring what annotators submitted for these documents into the corpus.

    What cannot be taken over is reported and the rest is pulled. Raises Fault, before anything is
    written, where a pseudonym cannot serve.
    """
    _check_pseudonyms(wishes.pseudonyms)
    for user, known in _known_pseudonyms(corpus, project).items():
        if wishes.pseudonyms.get(user, known) != known:
            raise Fault(
                f"--annotator {user}={wishes.pseudonyms[user]}: user {user} of this project was "
                f"pulled as «{known}» before, and one person must not become two; keep the name, "
                f"or rename annotations/{known}/ and the annotator in its files first."
            )
    puller = _Puller(corpus, project, f"Label Studio {server.version}", wishes)
    tasks: dict[str, list[AnnotatedTask]] = {}
    for annotated in track(server.annotated_tasks(project)):
        name = annotated.task.document
        if name is not None and name in documents:
            tasks.setdefault(name, []).append(annotated)
    for name in sorted(tasks):
        puller.document(corpus.read_document(name), tasks[name])
    puller.missing(documents)
    return Pulled(
        written=tuple(puller.written), unchanged=puller.unchanged, notices=tuple(puller.notices)
    )


def kept_path(corpus: Corpus, annotator: str, document: str) -> Path:
    """Where an annotator's result for a document is kept as the server said it."""
    return corpus.annotations / annotator / FOLDER / f"{document}.json"


def _known_pseudonyms(corpus: Corpus, project: Project) -> dict[int, str]:
    """What the project's users were called when their work was last pulled, by number."""
    known: dict[int, str] = {}
    for path in sorted(corpus.annotations.glob(f"*/{FOLDER}/*.json")):
        with contextlib.suppress(Fault):  # an unreadable one is refused when its turn comes
            kept = read_struct(path, Kept)
            if kept.project == project.id:
                known[kept.user] = path.parent.parent.name
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


class _Puller:
    """Goes through the documents; collects what was written and what to say."""

    def __init__(self, corpus: Corpus, project: Project, tool: str, wishes: Wishes) -> None:
        self._corpus = corpus
        self._project = project
        self._tool = tool
        self._wishes = wishes
        self._layers = labelled_layers(project.config)
        self._checker = Checker(corpus)
        self._pseudonyms = {**_known_pseudonyms(corpus, project), **wishes.pseudonyms}
        self._seen: set[tuple[str, str]] = set()
        self.written: list[str] = []
        self.unchanged = 0
        self.notices: list[Notice] = []

    def document(self, document: Document, tasks: Sequence[AnnotatedTask]) -> None:
        """Pull what was submitted for a document; it may have been imported more than once."""
        by_user: dict[int, list[Submission]] = {}
        for annotated in tasks:
            if not self._has_our_text(annotated.task, document):
                continue
            if annotated.drafts:
                self._note(
                    document.id, None, f"not submitted, so not pulled: {annotated.drafts} draft(s)"
                )
            for submission in annotated.submissions:
                if submission.user is None:
                    self._note(
                        document.id, None, f"annotation {submission.id} has no user; not pulled"
                    )
                else:
                    by_user.setdefault(submission.user, []).append(submission)
        for user, submissions in sorted(by_user.items()):
            annotator = self._pseudonyms.get(user, f"user-{user}")
            self._seen.add((annotator, document.id))
            newest = self._newest(document.id, annotator, submissions)
            if newest is not None:
                self._submission(document, annotator, user, newest)

    def missing(self, documents: Collection[str]) -> None:
        """Say which results kept from this project the server has no more."""
        for path in sorted(self._corpus.annotations.glob(f"*/{FOLDER}/*.json")):
            annotator, name = path.parent.parent.name, path.stem
            if name in documents and (annotator, name) not in self._seen:
                kept = self._kept(annotator, name)
                if kept is not None and kept.project == self._project.id:
                    self._note(name, annotator, "is no more on the server; our files are kept")

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
            old, ours = self._kept(annotator, document.id), self._ours(annotator, document.id)
            kept = canonical_json(new)
        except Fault as fault:
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
        # A server of a newer version has not made another result.
        if old is not None and msgspec.structs.replace(new, tool=old.tool) == old:
            new, kept = old, canonical_json(old)
        theirs, problems = self._convert(new, document, annotator, ours)
        if old is not None and old.project != new.project:
            self._conflict(document.id, annotator, f"was pulled from project {old.project}")
        elif ours is None or ours in (theirs, self._as_pulled(old, document, ours)):
            self._write(theirs, kept)
            self._report(document, theirs, problems)
        elif old is None:
            self._conflict(document.id, annotator, "did not come from Label Studio")
        elif old == new:
            self._note(document.id, annotator, "was edited here since the last pull; kept as it is")
        else:
            self._conflict(document.id, annotator, "was edited here, and on the server too")

    def _convert(
        self, kept: Kept, document: Document, annotator: str, ours: Annotation | None
    ) -> tuple[Annotation, list[Problem]]:
        """What the result says, with our header where the user wishes nothing else."""
        kind, layers = self._wishes.kind, self._wishes.layers
        if ours is not None:
            kind, layers = kind or ours.provenance.kind, layers or ours.layers
        header = _header(kept, annotator, kind or "human", layers or LAYERS, ())
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
        header = _header(old, ours.annotator, ours.provenance.kind, ours.layers, ours.retired)
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
        self, document: Document, annotation: Annotation, problems: Iterable[Problem]
    ) -> None:
        incidents = self._checker.annotation(annotation, document)
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

    def _kept(self, annotator: str, document: str) -> Kept | None:
        path = kept_path(self._corpus, annotator, document)
        return read_struct(path, Kept) if path.is_file() else None

    def _ours(self, annotator: str, document: str) -> Annotation | None:
        path = self._corpus.annotation_path(annotator, document)
        if not path.is_file():
            return None
        annotation = self._corpus.read_annotation(annotator, document)
        # A label that was renamed since is no edit.
        return canonical(renamed(annotation, self._corpus.ontology)[0])

    def _conflict(self, document: str, annotator: str, why: str) -> None:
        file = self._corpus.relative(self._corpus.annotation_path(annotator, document))
        self._refuse(
            document,
            annotator,
            f"{file} {why}; nothing was written. To take the server's, move our file and "
            f"annotations/{annotator}/{FOLDER}/{document}.json away and pull again; to keep both, "
            "pull under another pseudonym (--annotator).",
        )

    def _refuse(self, document: str, annotator: str | None, message: str) -> None:
        self.notices.append(
            Notice(level="refused", document=document, annotator=annotator, message=message)
        )

    def _note(self, document: str, annotator: str | None, message: str) -> None:
        self.notices.append(
            Notice(level="note", document=document, annotator=annotator, message=message)
        )


def _header(
    kept: Kept, annotator: str, kind: str, layers: tuple[str, ...], retired: tuple[str, ...]
) -> Header:
    return Header(
        annotator=annotator,
        layers=layers,
        status="submitted",
        provenance=Provenance(
            kind=kind,
            tool=kept.tool,
            created=kept.created,
            updated=kept.updated,
            label_studio=LabelStudioIds(
                project=kept.project, task=kept.task, annotation=kept.annotation
            ),
            note=None,
        ),
        retired=retired,
    )


def _encoded(text: str) -> bytes:
    # The server may hold what is no Unicode text; it is not ours then, whatever its hash.
    return text.encode("utf-8", "surrogatepass")
