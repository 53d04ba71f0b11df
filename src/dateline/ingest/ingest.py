"""Ingest seeds: ``seeds/<id>.txt`` and the files beside it to ``corpus/<id>.json``.

``<id>.toml`` has metadata, ``<id>.conllu`` or ``<id>.tokens.json`` sentences and tokens; all are
optional. Ingesting is deterministic and can be repeated: an unchanged seed changes nothing, and its
segmentation stays even if a newer version of the library would split differently. The text of an
annotated document never changes. A bad seed is refused, and the others are still ingested.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from dateline.corpus.boilerplate import drop_boilerplate
from dateline.corpus.former_format import upgraded_document
from dateline.corpus.segmentation.choosing import segmenter_for
from dateline.corpus.segmentation.interface import Segments
from dateline.corpus.splits import assign_split
from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, DatelineError, InvalidInputError
from dateline.files.names import inside
from dateline.files.reading import converted, read_json
from dateline.files.writing import locked, sha256
from dateline.ingest.given_segments import read_given_segments
from dateline.ingest.seeds import read_seed
from dateline.ingest.sidecar import read_metadata
from dateline.ingest.text_warnings import warnings_about
from dateline.model import SCHEMA_VERSION, Document, Seed, Segmentation, Struct
from dateline.ontology.schemas import boilerplate, split_shares
from dateline.text import sha256_of_text
from dateline.validation.schema import SchemaValidator


class Outcome(Struct, frozen=True):
    """The result for one seed: ``message`` is the reason if it was refused, ``warnings`` are
    about its text, in the same words for every seed.
    """

    seed: str
    result: Literal["added", "updated", "unchanged", "refused"]
    message: str = ""
    warnings: tuple[str, ...] = ()


def ingest(corpus: Corpus, seeds: Iterable[Path]) -> Iterator[Outcome]:
    """Ingest seeds, yielding an outcome for each; holds the corpus's lock until the last one.

    Raises InvalidInputError for invalid schemas or documents, and ConflictError if another command
    holds the lock.
    """
    inside(corpus.root, corpus.documents)
    with locked(corpus.root):
        ingester = _Ingester(corpus)
        for path in seeds:
            name = corpus.relative(path)
            try:
                yield ingester.ingest(path)
            except DatelineError as error:
                yield Outcome(seed=name, result="refused", message=str(error))
            except OSError as error:
                file = f"{Path(error.filename).name}: " if error.filename else ""
                yield Outcome(seed=name, result="refused", message=f"{file}{error.strerror}.")


class _Ingester:
    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._schema = corpus.schemas["document"]
        self._validator = SchemaValidator(corpus.schemas, "document")
        self._shares = split_shares(corpus.schemas)
        self._boilerplate = boilerplate(corpus.schemas)
        self._by_text: dict[str, str] = {}
        for name in corpus.document_ids():
            inside(corpus.root, corpus.document_path(name))
            self._by_text[corpus.read_document(name).text_sha256] = name

    def ingest(self, path: Path) -> Outcome:
        content, decoded = read_seed(self._corpus, path)
        sidecar = path.with_suffix(".toml")
        metadata = read_metadata(self._corpus.root, sidecar, self._schema)
        old = self._existing(path.stem)
        text, dropped = drop_boilerplate(decoded, self._boilerplate)
        segments, segmentation = self._segmented(path, text, metadata["language"], old)
        sentences, tokens = segments
        document = Document(
            schema_version=SCHEMA_VERSION,
            id=path.stem,
            text=text,
            text_sha256=sha256_of_text(text),
            date=metadata["source"].published,
            split=old.split if old else assign_split(path.stem, self._shares),
            seed=Seed(file=path.name, sha256=sha256(content), dropped=dropped),
            segmentation=segmentation,
            sentences=sentences,
            tokens=tokens,
            **metadata,
        )
        self._refuse_invalid(document, sidecar)
        changed = document != old
        if changed:
            self._corpus.write_document(document)
        if old is not None and old.text_sha256 != document.text_sha256:
            del self._by_text[old.text_sha256]
        self._by_text[document.text_sha256] = document.id
        return Outcome(
            seed=self._corpus.relative(path),
            result="added" if old is None else "updated" if changed else "unchanged",
            warnings=tuple(warnings_about(text, document.language)) if changed else (),
        )

    def _existing(self, name: str) -> Document | None:
        """The document, in the present format so that its format alone changes nothing."""
        path = inside(self._corpus.root, self._corpus.document_path(name))
        if not path.exists():
            return None
        self._corpus.read_document(name)  # whose errors name the file
        return converted(upgraded_document(read_json(path)), Document)

    def _segmented(
        self, path: Path, text: str, language: str | None, old: Document | None
    ) -> tuple[Segments, Segmentation | None]:
        """The sentences and tokens of a text; those that a document has are frozen."""
        given = read_given_segments(self._corpus.root, path, text)
        frozen = (old.sentences, old.tokens) if old is not None and old.text == text else None
        if old is not None and frozen is not None and (given is None or given[0] == frozen):
            return frozen, given[1] if given else old.segmentation
        self._refuse_change(old)
        self._refuse_duplicate(text, path.stem)
        if not text.strip():
            raise InvalidInputError(
                "has no text other than boilerplate; add the text, or remove the file."
            )
        if given is not None:
            return given
        segmenter = segmenter_for(text, language)
        made = Segmentation(name=segmenter.name, version=segmenter.version)
        return segmenter.segment(text), made

    def _refuse_change(self, old: Document | None) -> None:
        annotators = self._corpus.annotators_of(old.id) if old is not None else []
        if annotators:
            raise ConflictError(
                f"has changed, but the text has been annotated by {', '.join(annotators)}. Restore "
                "the seed and its files from version control, and save the new text as a seed with "
                "another name."
            )

    def _refuse_duplicate(self, text: str, document: str) -> None:
        other = self._by_text.get(sha256_of_text(text), document)
        if other != document:
            raise ConflictError(f'has the same text as the document "{other}"; remove one of them.')

    def _refuse_invalid(self, document: Document, sidecar: Path) -> None:
        # Only the metadata can be invalid; everything else is computed.
        findings = self._validator.findings(msgspec.json.decode(msgspec.json.encode(document)))
        lines = [
            f"{f.pointer.strip('/').replace('/', '.')}: {f.message}. {f.hint}" for f in findings
        ]
        if lines:
            raise InvalidInputError(f"{sidecar.name}: " + "\n  ".join(lines))
