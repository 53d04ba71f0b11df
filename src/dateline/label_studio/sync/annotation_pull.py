"""Pulling one annotator's annotation of a document, unless that would lose something.

An annotation file is replaced only if it is what the kept result converts to, or if the user says
so. Conversion is pure, so no further notes are needed to find out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from dateline.annotations.items import quote_of, text_items
from dateline.annotations.layers import limited
from dateline.corpus.annotators import read_register
from dateline.corpus.store import Corpus, canonical_json
from dateline.errors import DatelineError
from dateline.files.writing import write_if_changed
from dateline.label_studio.config.instructions import guidelines_shown
from dateline.label_studio.config.labelling_config import labelled_layers
from dateline.label_studio.convert.conflict_marks import unresolved_marks, without_marks
from dateline.label_studio.convert.from_result import Header, from_result
from dateline.label_studio.convert.origin import origin_of
from dateline.label_studio.convert.problems import ResultProblem, quoted
from dateline.label_studio.convert.relations import carried_relations, with_unshown
from dateline.label_studio.notice import Level, Notice
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import Project, Submission
from dateline.label_studio.sync.kept_results import KeptResult, kept_path, read_kept
from dateline.label_studio.sync.pull_result import Action, PulledAnnotation
from dateline.label_studio.sync.reconcile import OnConflict, Sides, indented, reconcile
from dateline.model import RELATION_FIELDS, Annotation, Document, Struct, canonical
from dateline.ontology.former_names import renamed
from dateline.rendering.listing import counted, listed
from dateline.validation.engine import Checker


class PullOptions(Struct, frozen=True):
    """Options of a pull.

    ``pseudonyms`` maps numbers of the server's users to pseudonyms. ``layers`` and ``kind`` are
    what the annotations are to record: the layers that annotators were asked to annotate, and the
    kind of annotator. By default, files that exist keep theirs. ``annotator`` is the pseudonym of
    the only person who annotates in the project.

    ``prune`` removes files whose annotation was deleted on the server. ``full`` asks the server for
    everything, not only for what has changed since the last pull. With ``dry_run``, nothing is
    written.
    """

    pseudonyms: Mapping[int, str] = msgspec.field(default_factory=dict)
    layers: tuple[str, ...] | None = None
    kind: str | None = None
    annotator: str | None = None
    on_conflict: OnConflict = "refuse"
    prune: bool = False
    full: bool = False
    dry_run: bool = False


class AnnotationPuller:
    """Pulls annotations of a project, one at a time."""

    def __init__(
        self, corpus: Corpus, server: Server, project: Project, options: PullOptions
    ) -> None:
        self._corpus = corpus
        self._server = server
        self._project = project
        self._options = options
        self._tool = f"Label Studio {server.version}"
        self._register = read_register(corpus)
        self._layers = labelled_layers(project.config)
        self._checker = Checker(corpus)

    def pull(
        self, document: Document, annotator: str, user: int, submissions: Sequence[Submission]
    ) -> PulledAnnotation:
        """Pull the newest of a user's submissions for a document."""
        skips = [f"annotation {s.id} is a skip; not pulled" for s in submissions if s.skipped]
        done = sorted((s for s in submissions if not s.skipped), key=lambda s: (s.updated, s.id))
        older = [
            f"annotation {s.id} is older than {done[-1].id} of the same user; not pulled"
            for s in done[:-1]
        ]
        work = _Work(self._corpus, document, annotator, user)
        notes = work.notices("note", [*skips, *older])
        pulled = self._submission(work, user, done[-1]) if done else work.result("none")
        return msgspec.structs.replace(pulled, notices=(*notes, *pulled.notices))

    def deleted(self, document: Document, annotator: str) -> PulledAnnotation | None:
        """Remove or keep an annotation that the server no longer has; None if it never had it."""
        work = _Work(self._corpus, document, annotator, None)
        try:
            kept = read_kept(self._corpus, annotator, document.id)
        except DatelineError as error:
            return work.result("refused", f"{error} Nothing was changed.")
        if kept is None or not kept.is_from(self._project):
            return None
        if not self._options.prune:
            message = "was deleted on the server; the files here are kept (prune removes them)"
            return work.result("kept", message)
        ours = self._ours(work)
        if ours is not None and ours != self._as_pulled(kept, document, ours):
            return work.result(
                "refused",
                "was deleted on the server, but edited here, so it is kept; delete "
                f"{work.file} yourself if you do not need it.",
            )
        if not self._options.dry_run:
            self._corpus.annotation_path(annotator, document.id).unlink(missing_ok=True)
            kept_path(self._corpus, annotator, document.id).unlink()
        return work.result("removed")

    def _submission(self, work: _Work, user: int, submission: Submission) -> PulledAnnotation:
        marked = list(unresolved_marks(submission.result))
        if marked:
            return work.result(
                "refused",
                f"annotation {submission.id} still has marked conflicts, so it was not pulled:"
                f"{indented(map(quoted, marked))}\n    Resolve them in Label Studio, mark them as "
                "resolved, and update the annotation.",
            )
        try:
            old = read_kept(self._corpus, work.annotator, work.document.id)
            ours = self._ours(work)
            new = self._kept(submission, user).by_the_same_tool(old)
            known = old is not None and old == new.with_lead_time(old.lead_time)
            if not known and submission.prediction is not None:
                canonical_json(new)  # fails before the server is asked
                new = self._with_origin(work, new, submission.prediction)
            content = canonical_json(new)
        except DatelineError as error:
            return work.result("refused", f"{error} Nothing was written.")
        except UnicodeEncodeError:
            return work.result(
                "refused",
                f"annotation {submission.id} contains half of a surrogate pair, which cannot be "
                "written to a file; find it in Label Studio and type it again.",
            )
        theirs, problems = self._convert(work, new, ours, known=known)
        moved = old is not None and not old.is_earlier(new)
        base = None
        if ours is not None and (moved or ours != theirs):
            base = self._as_pulled(old, work.document, ours)
        if ours is None or (not moved and ours in (theirs, base)):
            return self._write(work, theirs, content, problems, _gone(ours, theirs))
        if known:
            return work.result("kept", "was edited here since the last pull; kept as it is")
        if old is None:
            reason = "did not come from Label Studio"
        elif moved:
            reason = f"was pulled from another project or server (project {old.project} there)"
        else:
            reason = "was edited here, and on the server too"
        return self._reconcile(
            work, Sides(base=base, ours=ours, theirs=theirs, reason=reason), content
        )

    def _reconcile(self, work: _Work, sides: Sides, content: bytes) -> PulledAnnotation:
        chosen = reconcile(
            sides, work.document, work.file, self._options.on_conflict, self._checker
        )
        if chosen.annotation is None:
            return work.result("refused", chosen.message)
        if chosen.annotation is not sides.ours:
            return self._write(work, chosen.annotation, content, (), chosen.message)
        if not self._options.dry_run:
            write_if_changed(kept_path(self._corpus, work.annotator, work.document.id), content)
        return work.result("unchanged", chosen.message)

    def _write(
        self,
        work: _Work,
        annotation: Annotation,
        kept: bytes,
        problems: Iterable[ResultProblem],
        note: str | None = None,
    ) -> PulledAnnotation:
        problems = tuple(problems)
        repaired = [problem.line for problem in problems if problem.repaired]
        found = [problem.line for problem in problems if not problem.repaired]
        invalid = [
            f"{i.code} {i.pointer}: {i.message}"
            for i in self._checker.check_annotation(annotation, work.document)
            if i.level == "error"
        ]
        content = canonical_json(canonical(annotation))
        path = self._corpus.annotation_path(work.annotator, work.document.id)
        action: Action = "written"
        if path.is_file() and path.read_bytes() == content:
            action = "unchanged"
        if not self._options.dry_run:
            # The annotation first: if the pull breaks off in between, the next one finds it equal
            # to the server's and goes on. The other way round it would look edited.
            write_if_changed(path, content)
            write_if_changed(kept_path(self._corpus, work.annotator, work.document.id), kept)
        pulled = work.result(action, note)
        return msgspec.structs.replace(
            pulled,
            notices=(
                *work.notices("note", repaired),
                *work.notices("problem", found),
                *work.notices("invalid", invalid),
                *pulled.notices,
            ),
        )

    def _kept(self, submission: Submission, user: int) -> KeptResult:
        return KeptResult(
            project=self._project.id,
            task=submission.task,
            annotation=submission.id,
            user=user,
            created=submission.created,
            updated=submission.updated,
            tool=self._tool,
            result=submission.result,
            key=self._project.key,
            lead_time=submission.lead_time,
            guidelines=guidelines_shown(self._project.instructions),
        )

    def _with_origin(self, work: _Work, kept: KeptResult, number: int) -> KeptResult:
        prediction = self._server.prediction(number)
        if prediction is None:
            return kept
        annotation, _ = self._convert(work, kept, None)
        ontology = self._corpus.ontology
        return msgspec.structs.replace(
            kept,
            origin=origin_of(annotation, prediction, work.document, ontology, self._layers),
            relations=tuple(carried_relations(prediction.result)),
        )

    def _ours(self, work: _Work) -> Annotation | None:
        """The annotation here; a label that was renamed in the ontology counts as no edit."""
        if not self._corpus.annotation_path(work.annotator, work.document.id).is_file():
            return None
        annotation = self._corpus.read_annotation(work.annotator, work.document.id)
        return canonical(renamed(annotation, self._corpus.ontology)[0])

    def _convert(
        self, work: _Work, kept: KeptResult, ours: Annotation | None, *, known: bool = False
    ) -> tuple[Annotation, list[ResultProblem]]:
        """The server's annotation; its header is that of the file here, unless options differ.

        If the annotation on the server is ``known``, the file tells by which guidelines it was made
        or checked.
        """
        kind, layers = self._options.kind, self._options.layers
        if ours is not None:
            kind, layers = kind or ours.provenance.kind, layers or ours.layers
        registered = self._register.get(work.annotator)
        kind = kind or (registered.kind if registered is not None else "human")
        header = kept.header(work.annotator, kind, layers or self._corpus.ontology.layer_names)
        if ours is not None and known:
            header = _by_guidelines_of(ours, header)
        theirs, problems = self._read(kept, work.document, header)
        if ours is not None:
            retired = {*ours.retired, *ours.ids()} - set(theirs.ids())
            theirs = msgspec.structs.replace(theirs, retired=tuple(sorted(retired)))
        return theirs, problems

    def _as_pulled(
        self, old: KeptResult | None, document: Document, ours: Annotation
    ) -> Annotation | None:
        """What the file here was after the last pull; equal to ``ours`` unless it was edited.

        Before 0.2.0, pulls did not tidy what was drawn.
        """
        if old is None:
            return None
        header = old.header(ours.annotator, ours.provenance.kind, ours.layers, ours.retired)
        header = _by_guidelines_of(ours, header)
        annotation, _ = self._read(old, document, header)
        untidied, _ = self._read(old, document, header, tidied=())
        return untidied if ours == untidied else annotation

    def _read(
        self,
        kept: KeptResult,
        document: Document,
        header: Header,
        tidied: tuple[str, ...] | None = None,
    ) -> tuple[Annotation, list[ResultProblem]]:
        """The annotation of a kept result, limited to the layers of the project, and tidied."""
        ontology = self._corpus.ontology
        tidied = self._layers if tidied is None else tidied
        rows = without_marks(kept.result)
        annotation, problems = from_result(rows, document, header, ontology, tidied=tidied)
        annotation = with_unshown(annotation, kept.relations, ontology)
        return self._without_context(canonical(annotation)), problems

    def _without_context(self, annotation: Annotation) -> Annotation:
        """Without items of layers that the project only shows, unless others refer to them."""
        if self._layers == self._corpus.ontology.layer_names:
            return annotation
        return canonical(limited(annotation, self._layers))


def _gone(ours: Annotation | None, theirs: Annotation) -> str | None:
    """A note on what the last pull had and the server no longer has.

    The server keeps no earlier versions, so nothing else shows that one overwrote another.
    """
    if ours is None:
        return None
    before, after = text_items(ours), text_items(theirs)
    items = sorted(quoted(quote_of(before[name])) for name in before.keys() - after.keys())
    pairs = [pair for pair in _joined(ours) - _joined(theirs) if after.keys() >= {*pair}]
    parts = [f"{counted(len(items), 'item')} ({', '.join(listed(items, 5))})"] * bool(items)
    parts += [counted(len(pairs), "relation")] * bool(pairs)
    if not parts:
        return None
    return (
        f"no longer has {' and '.join(parts)} of the last pull: removed by the annotator, or "
        "overwritten from another tab; version control has the file of the last pull"
    )


def _joined(annotation: Annotation) -> set[tuple[str, str]]:
    """The ids of items that a relation on the page joins, whatever its label."""
    relations = (r for field in RELATION_FIELDS for r in getattr(annotation, field))
    found = {(relation.source, relation.target) for relation in relations}
    for event in annotation.events:
        found |= {(event.id, argument.filler) for argument in event.arguments}
    for claim in annotation.claims:
        found |= {(claim.id, end) for end in (claim.claimer, *claim.events)}
    return found


def _by_guidelines_of(ours: Annotation, header: Header) -> Header:
    """The header, with the guidelines that the annotation here was made or checked by."""
    made = ours.provenance.guidelines
    provenance = msgspec.structs.replace(header.provenance, guidelines=made)
    return msgspec.structs.replace(header, provenance=provenance)


class _Work:
    """An annotator's work on a document, as results and notices name it."""

    def __init__(
        self, corpus: Corpus, document: Document, annotator: str, user: int | None
    ) -> None:
        self.document = document
        self.annotator = annotator
        self.user = user
        self.file = corpus.relative(corpus.annotation_path(annotator, document.id))

    def notices(self, level: Level, messages: Iterable[str]) -> tuple[Notice, ...]:
        return tuple(
            Notice(
                level=level, document=self.document.id, annotator=self.annotator, message=message
            )
            for message in messages
        )

    def result(self, action: Action, message: str | None = None) -> PulledAnnotation:
        level: Level = "refused" if action == "refused" else "note"
        return PulledAnnotation(
            annotator=self.annotator,
            user=self.user,
            file=self.file,
            action=action,
            notices=self.notices(level, [] if message is None else [message]),
        )
