"""Gold, or an annotator's annotations, taken from one source as they are, without adjudication."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from dateline.adjudication.decision_log import log_path, read_log
from dateline.adjudication.fingerprints import fingerprint
from dateline.adjudication.gold_ids import assign_ids, linked_items
from dateline.adjudication.manual_edits import GoldRecord, Source
from dateline.adjudication.resolve import NO_PROVENANCE
from dateline.annotations.layers import limited
from dateline.corpus.annotators import annotation_files, check_pseudonym, read_register
from dateline.corpus.guidelines import guidelines_of
from dateline.corpus.store import Corpus, canonical_json
from dateline.errors import ConflictError, InvalidInputError, NotFoundError
from dateline.files.reading import read_bytes
from dateline.files.writing import sha256, write_together
from dateline.model import GOLD, Annotation, Provenance, Struct, canonical, made_by
from dateline.predictions.annotations import read_as_annotations
from dateline.predictions.rules import used_layers
from dateline.rendering.listing import listed
from dateline.validation.engine import Checker
from dateline.validation.required import valid_annotations

TOOL = "dateline accept"
NOT_ADJUDICATED = "Accepted as it is; nobody adjudicated it."
SHOWN = 5
"""Errors that a message lists."""


class Acceptance(Struct, frozen=True):
    """What was done, by document: ``refused`` has the reason for each that was left alone."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[str, ...]


class Candidate(Struct, frozen=True):
    """An annotation to be accepted, where it comes from, and the provenance that states this."""

    source: Source
    annotation: Annotation
    provenance: Provenance


def annotations_of(
    corpus: Corpus, annotator: str, documents: Sequence[str] = (), layers: Collection[str] = ()
) -> list[Candidate]:
    """An annotator's annotations, of all documents or the chosen ones.

    Raises DatelineError if one has errors, is missing, or lacks one of the ``layers``.
    """
    if annotator == GOLD:
        raise InvalidInputError(f'"{GOLD}" is the result of accepting. Name an annotator instead.')
    files = annotation_files(corpus, annotator)
    _refuse_missing(documents, files, f'"{annotator}" has not annotated')
    candidates = []
    for valid in valid_annotations(corpus, documents or files, [annotator]):
        annotation = valid.annotations[annotator]
        lacking = [layer for layer in layers if layer not in annotation.layers]
        if lacking:
            raise InvalidInputError(
                f'{corpus.relative(files[annotation.document])}: "{annotator}" did not annotate '
                f"{', '.join(lacking)}, only {', '.join(annotation.layers)}."
            )
        source = Source(
            name=annotator,
            kind=annotation.provenance.kind,
            sha256=sha256(canonical_json(canonical(annotation))),
        )
        candidates.append(_candidate(source, annotation))
    return candidates


def predictions_of(
    corpus: Corpus, path: Path, documents: Sequence[str] = (), layers: Collection[str] = ()
) -> list[Candidate]:
    """The predictions of a file as annotations, of all its documents or the chosen ones.

    Their layers are those of which the file has any items, or ``layers``. Raises DatelineError if
    a prediction has errors, or a chosen document has none. They count as made by the current
    guidelines.
    """
    found = read_as_annotations(corpus, path)
    _refuse_missing(documents, found, f"{path} has no prediction for")
    used = tuple(layers) or used_layers(found.values())
    content, guidelines = sha256(read_bytes(path)), guidelines_of(corpus)
    return [
        _candidate(
            source=Source(name=found[name].annotator, kind="model", sha256=content),
            annotation=made_by(
                msgspec.structs.replace(
                    limited(found[name], used or corpus.ontology.layer_names), status="submitted"
                ),
                guidelines,
            ),
        )
        for name in documents or found
    ]


def accept(
    corpus: Corpus,
    candidates: Sequence[Candidate],
    target: str,
    when: str,
    layers: Collection[str] = (),
    *,
    dry_run: bool = False,
) -> Acceptance:
    """Write the candidates as the annotations of ``target``, which is gold or a pseudonym.

    Gold of the same source is updated and keeps its ids. Other gold, gold with manual corrections,
    and annotations with other content are never overwritten, but reported in ``refused``. All
    files are written together, gold with a line in its log. Call it while holding `locked`.

    Raises InvalidInputError, and writes nothing, if a result would have errors, or ``target`` is
    a person while the candidates are a model's.
    """
    if target != GOLD:
        _check_target(corpus, target, candidates)
    checker, errors = Checker(corpus), []
    files: dict[Path, bytes | None] = {}
    written, unchanged, refused = [], [], []
    for candidate in candidates:
        document = candidate.annotation.document
        try:
            result, present = _result(corpus, candidate, target, layers)
        except ConflictError as error:
            refused.append(str(error))
            continue
        if present is not None and _content(result) == _content(present):
            unchanged.append(document)
            continue
        incidents = checker.check_annotation(result, corpus.read_document(document))
        errors += [incident for incident in incidents if incident.level == "error"]
        files[corpus.annotation_path(target, document)] = canonical_json(canonical(result))
        if target == GOLD:
            log = read_log(log_path(corpus, document)).extended([_record(candidate, result, when)])
            files[log.path] = log.content
        written.append(document)
    if errors:
        lines = listed((error.line for error in errors), SHOWN, more="more errors")
        raise InvalidInputError("\n".join(["Nothing was written, because of errors:", *lines]))
    if files and not dry_run:
        write_together(corpus.root, files)
    return Acceptance(written=tuple(written), unchanged=tuple(unchanged), refused=tuple(refused))


def _refuse_missing(documents: Sequence[str], present: Collection[str], problem: str) -> None:
    missing = [document for document in documents if document not in present]
    if missing:
        raise NotFoundError(f"{problem} {', '.join(listed(missing, SHOWN))}.")


def _check_target(corpus: Corpus, target: str, candidates: Sequence[Candidate]) -> None:
    check_pseudonym(target, f'"{target}"')
    known = read_register(corpus).get(target)
    folder = corpus.annotations / target
    kinds: set[str] = {known.kind} if known else set()
    if folder.is_dir():
        for valid in valid_annotations(corpus, annotators={target} & {*corpus.annotators()}):
            kinds.update(a.provenance.kind for a in valid.annotations.values())
    given = {candidate.source.kind for candidate in candidates}
    if given and kinds - given:
        raise InvalidInputError(
            f'"{target}" is a person, but this is a model\'s work. Choose another name, '
            "and add it with `dateline annotators add NAME --kind model`."
        )


def _result(
    corpus: Corpus, candidate: Candidate, target: str, layers: Collection[str]
) -> tuple[Annotation, Annotation | None]:
    """The annotation to be written, and the present one. Raises ConflictError if it must stay."""
    source, given = candidate.source, candidate.annotation
    wanted = msgspec.structs.replace(
        limited(given, layers) if layers else given,
        annotator=target,
        status="draft" if given.status == "draft" else "submitted",
        provenance=candidate.provenance,
        notes=() if target == GOLD else given.notes,
        retired=(),
    )
    path = corpus.annotation_path(target, given.document)
    present = corpus.read_annotation(target, given.document) if path.exists() else None
    place = corpus.relative(path)
    if target != GOLD:
        if present is not None and _content(wanted) != _content(present):
            raise ConflictError(
                f"{place}: has other content. Remove it, or choose a name other than {target}."
            )
        return wanted, present
    special = corpus.ontology.special_claimers
    result = assign_ids(wanted, present, special, linked_items(wanted))
    if present is not None and _content(result) != _content(present):
        reasons = [*_reasons_to_keep(corpus, source, present, result)]
        if reasons:
            raise ConflictError(
                f"{place}: {reasons[0]}. Remove this gold to accept the annotation instead."
            )
    return result, present


def _reasons_to_keep(
    corpus: Corpus, source: Source, present: Annotation, result: Annotation
) -> Iterator[str]:
    """Why present gold must not be overwritten."""
    lost = [layer for layer in present.layers if layer not in result.layers]
    if lost:
        yield (
            f"this gold also has the layers {', '.join(lost)}, which would be lost. To add a layer "
            "to gold, add it to the annotations that gold was made from"
        )
    last = read_log(log_path(corpus, present.document)).last_written
    if last is None:
        yield "this gold has no log, so it may be somebody's work"
    elif last.accepted_from is None:
        yield "this gold was adjudicated"
    elif last.accepted_from.name != source.name:
        yield f'this gold was accepted from "{last.accepted_from.name}"'
    elif last.gold != fingerprint(present):
        yield "this gold was corrected by hand after it was accepted"


def _candidate(source: Source, annotation: Annotation) -> Candidate:
    own = annotation.provenance
    started = f" It started from {own.origin.started_from}." if own.origin is not None else ""
    provenance = Provenance(
        kind=source.kind,
        tool=TOOL,
        created=own.created,
        updated=own.updated,
        label_studio=None,
        guidelines=own.guidelines,
        note=f"From {source.name} ({source.kind}), SHA-256 {source.sha256[:12]}.{started} "
        f"{NOT_ADJUDICATED}",
    )
    return Candidate(source=source, annotation=annotation, provenance=provenance)


def _record(candidate: Candidate, gold: Annotation, when: str) -> GoldRecord:
    written = fingerprint(gold)
    return GoldRecord(
        document=gold.document,
        merged=fingerprint(candidate.annotation),
        adjudicated=written,
        gold=written,
        when=when,
        accepted_from=candidate.source,
        note=NOT_ADJUDICATED,
    )


def _content(annotation: Annotation) -> Annotation:
    """An annotation without provenance, which names the source's hash."""
    return canonical(msgspec.structs.replace(annotation, provenance=NO_PROVENANCE))
