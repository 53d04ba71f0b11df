"""Gold of originals, and its corrections, carried over to annotations of their contrasts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from dateline.adjudication.accept import Acceptance, Candidate
from dateline.adjudication.manual_edits import Source
from dateline.annotations.contrasts.carrying import carried
from dateline.annotations.contrasts.text_edit import TextEdit
from dateline.annotations.merging import merge
from dateline.corpus.annotators import annotation_files
from dateline.corpus.store import Corpus, canonical_json, read_struct
from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.writing import sha256, write_together
from dateline.model import CONTENT_FIELDS, GOLD, Annotation, Document, Provenance, canonical
from dateline.rendering.listing import listed
from dateline.validation.engine import Checker
from dateline.validation.required import valid_annotations

TOOL = "dateline carry"
SHOWN = 5
"""Problems of a document that a message lists."""

_CONTENT = ("retired", *CONTENT_FIELDS)


def carried_gold(corpus: Corpus, documents: Sequence[str] = ()) -> list[Candidate]:
    """Drafts for contrasts: by default for all that have no gold, and whose original has.

    Raises NotFoundError if a document does not exist or the original of a chosen one has no gold,
    and InvalidInputError if a chosen one is not a contrast, or gold has errors.
    """
    gold = annotation_files(corpus, GOLD) if GOLD in corpus.annotators() else {}
    chosen = [corpus.read_document(name) for name in documents or corpus.document_ids()]
    pairs: list[tuple[Document, str]] = []
    for document in chosen:
        original = document.contrast.of if document.contrast else None
        if documents and original is None:
            raise _not_a_contrast(document)
        if documents and original not in gold:
            raise NotFoundError(f"annotations/{GOLD}/{original}.json: there is no such file.")
        if original in gold and (documents or document.id not in gold):
            pairs.append((document, str(original)))
    originals = {
        valid.document.id: (valid.document, valid.annotations[GOLD])
        for valid in (valid_annotations(corpus, {o for _, o in pairs}, [GOLD]) if pairs else ())
    }
    return [_candidate(document, *originals[original]) for document, original in pairs]


def carry_corrections(
    corpus: Corpus,
    annotator: str,
    former: Path,
    documents: Sequence[str] = (),
    *,
    dry_run: bool = False,
) -> Acceptance:
    """Change an annotator's annotations of contrasts as the gold of their originals was changed.

    ``former`` is a folder with the gold that the annotations started from, a file for each
    original. ``documents`` are contrasts, by default all that the annotator has annotated. Where an
    annotation differs from what was carried over, it stays, and annotations in conflict with a
    correction are left alone; ``refused`` has the conflicts. All files are written together.

    Raises DatelineError if a file is missing or has errors, a document is not a contrast, or a
    result would have errors.
    """
    files: dict[Path, bytes | None] = {}
    written, unchanged, refused = [], [], []
    checker = Checker(corpus)
    for name in documents or annotation_files(corpus, annotator):
        document = corpus.read_document(name)
        if document.contrast is None:
            raise _not_a_contrast(document)
        original = corpus.read_document(document.contrast.of)
        before = read_struct(former / f"{original.id}.json", Annotation)
        after = corpus.read_annotation(GOLD, original.id)
        own, edit = corpus.read_annotation(annotator, name), TextEdit(original, document)
        merged = merge(carried(before, edit), own, carried(after, edit))
        place = corpus.relative(corpus.annotation_path(annotator, name))
        result = replace(own, **{field: getattr(merged.annotation, field) for field in _CONTENT})
        incidents = checker.check_annotation(result, document)
        problems = [conflict.message for conflict in merged.conflicts]
        problems += [incident.line for incident in incidents if incident.level == "error"]
        if problems:
            refused.append(f"{place}: {'; '.join(listed(problems, SHOWN))}")
        elif canonical(replace(result, retired=own.retired)) == canonical(own):
            unchanged.append(name)
        else:
            files[corpus.annotation_path(annotator, name)] = canonical_json(canonical(result))
            written.append(name)
    if files and not dry_run:
        write_together(corpus.root, files)
    return Acceptance(written=tuple(written), unchanged=tuple(unchanged), refused=tuple(refused))


def _not_a_contrast(document: Document) -> InvalidInputError:
    return InvalidInputError(
        f"corpus/{document.id}.json: is not a contrast. Its metadata would have a table [contrast]."
    )


def _candidate(document: Document, original: Document, gold: Annotation) -> Candidate:
    content = sha256(canonical_json(canonical(gold)))
    return Candidate(
        source=Source(name=GOLD, kind="model", sha256=content),
        annotation=replace(
            carried(gold, TextEdit(original, document)),
            document=document.id,
            text_sha256=document.text_sha256,
            status="draft",
        ),
        provenance=Provenance(
            kind="model",
            tool=TOOL,
            created=None,
            updated=None,
            label_studio=None,
            note=f'From the gold of "{original.id}", SHA-256 {content[:12]}, of which this is a '
            "contrast. Nobody has annotated what the edit changes.",
        ),
    )
