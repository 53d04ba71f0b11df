"""Gold of originals, carried over to their contrasts as annotations to start from."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from dateline.adjudication.accept import Candidate
from dateline.adjudication.manual_edits import Source
from dateline.annotations.contrasts.carrying import carried
from dateline.annotations.contrasts.text_edit import TextEdit
from dateline.corpus.annotators import annotation_files
from dateline.corpus.store import Corpus, canonical_json
from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.writing import sha256
from dateline.model import GOLD, Annotation, Document, Provenance, canonical
from dateline.validation.required import valid_annotations

TOOL = "dateline carry"


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
            raise InvalidInputError(
                f"corpus/{document.id}.json: is not a contrast. Its metadata would have a table "
                "[contrast]."
            )
        if documents and original not in gold:
            raise NotFoundError(f"annotations/{GOLD}/{original}.json: there is no such file.")
        if original in gold and (documents or document.id not in gold):
            pairs.append((document, str(original)))
    originals = {
        valid.document.id: (valid.document, valid.annotations[GOLD])
        for valid in (valid_annotations(corpus, {o for _, o in pairs}, [GOLD]) if pairs else ())
    }
    return [_candidate(document, *originals[original]) for document, original in pairs]


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
