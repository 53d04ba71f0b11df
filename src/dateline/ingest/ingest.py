"""Ingest seeds: ``seeds/<id>.txt`` and the files beside it to ``corpus/<id>.json``.

``<id>.toml`` has metadata, ``<id>.conllu`` or ``<id>.tokens.json`` sentences and tokens; all are
optional. Ingesting is deterministic and can be repeated: an unchanged seed changes nothing, and its
segmentation stays even if a newer version of the library would split differently. The text of an
annotated document never changes. A bad seed is refused, and the others are still ingested.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from dateline.corpus.boilerplate import boilerplate_in
from dateline.corpus.former_format import upgraded_document
from dateline.corpus.languages import language_tag
from dateline.corpus.seed_text import text_of_seed
from dateline.corpus.segmentation.choosing import segmenter_for
from dateline.corpus.segmentation.interface import Segments
from dateline.corpus.splits import assign_split
from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, DatelineError, InvalidInputError
from dateline.files.names import inside
from dateline.files.reading import converted, read_json
from dateline.files.writing import locked, sha256
from dateline.ingest.given_segments import read_given_segments
from dateline.ingest.metadata import MetadataReader
from dateline.ingest.other_documents import OtherDocuments
from dateline.ingest.seeds import SeedNames, read_seed
from dateline.ingest.text_fixes import fixed, fixes_in, has_continued_lines
from dateline.ingest.text_warnings import NOT_UNWRAPPED, TextWarning, warnings_about
from dateline.model import SCHEMA_VERSION, Document, Dropped, Seed, Segmentation, Struct
from dateline.ontology.schemas import boilerplate, split_shares
from dateline.rendering.suggestions import sentences
from dateline.text import sha256_of_text
from dateline.validation.schema import SchemaValidator


class Outcome(Struct, frozen=True):
    """The result for one seed: ``message`` is the reason if it was refused, ``warnings`` are
    about its text, in the same words for every seed.
    """

    seed: str
    result: Literal["added", "updated", "unchanged", "refused"]
    message: str = ""
    warnings: tuple[TextWarning, ...] = ()


def ingest(
    corpus: Corpus,
    seeds: Iterable[Path],
    *,
    language: str | None = None,
    allow_duplicates: bool = False,
    fixes: Collection[str] = (),
    target: Corpus | None = None,
) -> Iterator[Outcome]:
    """Ingest seeds, yielding an outcome for each; holds the corpus's lock until the last one.

    ``language`` is that of seeds whose metadata have none. With ``allow_duplicates``, texts that
    another document has are ingested. ``fixes`` are names in `text_fixes.FIXES`.
    If the documents are to be added to another corpus, ``target``, its ``seeds.csv``,
    ``seeds.toml`` and documents count, as if the seeds were there.

    Raises InvalidInputError for invalid schemas, documents or metadata of all seeds, and for a
    language that is not a BCP 47 tag; and ConflictError if another command holds the lock.
    """
    inside(corpus.root, corpus.documents)
    with locked(corpus.root):
        ingester = _Ingester(
            corpus, language, frozenset(fixes), target, allow_duplicates=allow_duplicates
        )
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
    def __init__(
        self,
        corpus: Corpus,
        language: str | None,
        fixes: frozenset[str],
        target: Corpus | None,
        *,
        allow_duplicates: bool,
    ) -> None:
        self._corpus = corpus
        self._language = None if language is None else language_tag(language)
        self._fixes = fixes
        self._allow_duplicates = allow_duplicates
        self._metadata = MetadataReader(corpus, target)
        self._validator = SchemaValidator(corpus.schemas, "document")
        self._shares = split_shares(corpus.schemas)
        self._boilerplate = boilerplate(corpus.schemas)
        self._names = SeedNames(corpus)
        self._others = OtherDocuments(target or corpus)

    def ingest(self, path: Path) -> Outcome:
        content, decoded = read_seed(self._corpus, path)
        metadata = self._metadata.read(path)
        name = self._names.document_id(path)
        old = self._existing(name, path)
        language = metadata.language or (old.language if old else None) or self._language
        dropped = self._dropped(decoded, sha256(content), old)
        text = text_of_seed(decoded, dropped)
        is_new = old is None or old.text != text
        twin = self._others.with_text(text, name) if is_new else None
        is_allowed = metadata.duplicate or self._allow_duplicates
        if twin is not None and not is_allowed:
            raise ConflictError(
                f'has the same text as the document "{twin.id}". Remove one of them, or set '
                f"duplicate = true in {path.stem}.toml, or allow all duplicates (option "
                "--allow-duplicates)."
            )
        assigned = assign_split(metadata.group or name, self._shares)
        split = self._others.split_of(name, metadata.group, metadata.split, twin) or assigned
        (sentences, tokens), segmentation = self._segmented(path, text, language, old)
        document = Document(
            schema_version=SCHEMA_VERSION,
            id=name,
            original_id=None if path.stem == name else path.stem,
            text=text,
            text_sha256=sha256_of_text(text),
            language=language,
            title=metadata.title,
            date=metadata.date,
            group=metadata.group,
            contrast=metadata.contrast,
            meta=metadata.meta,
            source=metadata.source,
            rights=metadata.rights,
            split=split,
            split_given=metadata.split is not None or split != assigned,
            duplicate=metadata.duplicate
            or twin is not None
            or (old is not None and old.duplicate and not is_new),
            seed=Seed(file=path.name, sha256=sha256(content), dropped=dropped),
            segmentation=segmentation,
            sentences=sentences,
            tokens=tokens,
        )
        self._refuse_invalid(document, path.with_suffix(".toml"))
        changed = self._corpus.write_document(document)
        self._others.add(document)
        warnings = self._warnings(document) if changed else []
        if "wrap" in self._fixes - fixes_in(dropped) and has_continued_lines(text):
            warnings.append(NOT_UNWRAPPED)
        if twin is not None:
            warnings.append(TextWarning("has the text of another document"))
        return Outcome(
            seed=self._corpus.relative(path),
            result="added" if old is None else "updated" if changed else "unchanged",
            warnings=tuple(warnings),
        )

    def _warnings(self, document: Document) -> list[TextWarning]:
        """Warnings about a text, except those that a fix that was made is for."""
        segmentation, made = document.segmentation, fixes_in(document.seed.dropped)
        is_given = segmentation is not None and segmentation.given
        found = warnings_about(document.text, document.language, given_tokens=is_given)
        return [warning for warning in found if warning.fix not in made]

    def _existing(self, name: str, seed: Path) -> Document | None:
        """The document; one of the former format is read as one of the present format."""
        path = inside(self._corpus.root, self._corpus.document_path(name))
        if not path.exists():
            return None
        document = self._corpus.read_document(name)
        file = document.seed.file
        if file != seed.name and (self._corpus.seeds / file).exists():
            raise ConflictError(
                f'the document "{name}" comes from {file}; rename one of the two files.'
            )
        if document.schema_version == SCHEMA_VERSION:
            return document
        return converted(upgraded_document(read_json(path)), Document)

    def _dropped(self, seed: str, seed_sha256: str, old: Document | None) -> tuple[Dropped, ...]:
        """What the text does not have of the seed; what was fixed in a seed stays fixed."""
        made = fixes_in(old.seed.dropped) if old is not None else set()
        fixes = self._fixes | made
        if old is not None and made and fixes == made and old.seed.sha256 == seed_sha256:
            return old.seed.dropped
        return fixed(seed, boilerplate_in(seed, self._boilerplate), fixes)

    def _segmented(
        self, path: Path, text: str, language: str | None, old: Document | None
    ) -> tuple[Segments, Segmentation | None]:
        """The sentences and tokens of a text; those that a document has are frozen."""
        given = read_given_segments(self._corpus.root, path, text)
        frozen = (old.sentences, old.tokens) if old is not None and old.text == text else None
        if old is not None and frozen is not None and (given is None or given[0] == frozen):
            return frozen, given[1] if given else old.segmentation
        self._refuse_change(old, text)
        if not text.strip():
            raise InvalidInputError(
                "has no text other than boilerplate; add the text, or remove the file."
            )
        if given is not None:
            return given
        segmenter = segmenter_for(text, language)
        made = Segmentation(name=segmenter.name, version=segmenter.version)
        return segmenter.segment(text), made

    def _refuse_change(self, old: Document | None, text: str) -> None:
        annotators = self._corpus.annotators_of(old.id) if old is not None else []
        if old is None or not annotators:
            return
        names = ", ".join(annotators)
        if text != old.text and self._fixes - fixes_in(old.seed.dropped):
            raise ConflictError(
                f"would get another text by the fixes, but it has been annotated by {names}. "
                "Ingest it without fixes, or save the text as a seed with another name."
            )
        raise ConflictError(
            f"has changed, but the text has been annotated by {names}. Restore the seed and its "
            "files from version control, and save the new text as a seed with another name."
        )

    def _refuse_invalid(self, document: Document, sidecar: Path) -> None:
        # Only the metadata can be invalid; everything else is computed.
        findings = self._validator.findings(msgspec.json.decode(msgspec.json.encode(document)))
        lines = [
            f"{f.pointer.strip('/').replace('/', '.')}: {sentences(f.message, f.hint)}"
            for f in findings
        ]
        if lines:
            raise InvalidInputError(f"{sidecar.name}: " + "\n  ".join(lines))
