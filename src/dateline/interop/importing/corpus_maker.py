"""Makes the documents and annotations of a source in an empty corpus, and checks them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from dateline.corpus.annotators import Annotator, register_path
from dateline.corpus.scenarios import linkable_items
from dateline.corpus.seed_names import document_id
from dateline.corpus.store import Corpus, canonical_json
from dateline.corpus.text_forms import TextFinder, TextMatch
from dateline.errors import ConflictError, InvalidInputError
from dateline.ingest.ingest import ingest
from dateline.ingest.seeds import find_seeds
from dateline.ingest.text_warnings import TextWarning
from dateline.interop.format import Format
from dateline.interop.importing.emptiness import nothing_said
from dateline.interop.importing.labels import LabelCount, SourceLabel, layers_of
from dateline.interop.importing.mapping import LabelMapping
from dateline.interop.importing.options import Imported, ImportOptions, Progress
from dateline.interop.importing.pseudonyms import pseudonyms, register_with
from dateline.interop.importing.seeds import SeedWriter
from dateline.interop.importing.sources import SourceDocuments
from dateline.interop.importing.translation import Translated, Translator
from dateline.interop.losses import (
    Loss,
    LossCounter,
    LossError,
    Outcome,
    reason_lines,
)
from dateline.interop.source import UNNAMED, SourceDocument, SourceLoss
from dateline.model import (
    LAYER_FIELDS,
    LAYERS,
    SCHEMA_VERSION,
    Annotation,
    Document,
    Provenance,
)
from dateline.rendering.listing import listed
from dateline.validation.engine import Checker

MAX_LINES = 50
"""How many labels or problems a message lists."""
_ITEMS = ("mentions", "events", "claims")
"""What a mention of a source may be."""


class _Made(NamedTuple):
    """An annotation that was written, None if nothing of it can be read, and its problems."""

    problems: list[str]
    annotation: Annotation | None = None


class CorpusMaker:
    """Makes what a source has in a corpus that is empty.

    Texts that the corpus ``existing`` has, in any form, are not made.
    """

    def __init__(
        self,
        form: Format,
        corpus: Corpus,
        mapping: LabelMapping,
        options: ImportOptions,
        existing: Corpus | None = None,
    ) -> None:
        self._form, self._corpus, self._existing = form, corpus, existing
        self._options = options
        self._seeds = SeedWriter(corpus)
        self._translator = Translator(mapping, corpus.ontology, linkable_items(corpus))
        self._losses = LossCounter()
        mapped = [label for label, target in mapping.targets.items() if target is not None]
        mapped += [SourceLabel(name, "") for name in mapping.defaults]
        ontology = corpus.ontology
        given = ontology.chosen_layers(options.layers) if options.layers else layers_of(mapped)
        self._layers = {layer for layer in given if layer in ontology.layers}
        self._known: dict[str, str] = {}
        self._seed_names: dict[str, str] = {}
        self._unknown: set[str] = set()
        self._written: set[Path] = set()
        self._mapping = mapping
        self._says_something = self._has_lost = False
        self.annotators: list[Annotator] = []

    def run(
        self, documents: SourceDocuments, counts: Sequence[LabelCount], progress: Progress
    ) -> Imported:
        """Import all. Raises InvalidInputError with all problems, and LossError."""
        annotators: set[str] = set()
        for source in documents:
            self._place(source)
            if source.name not in self._unknown:
                annotators.update(source.annotations)
        if len(self._unknown) == len(documents):
            raise InvalidInputError(
                "Nothing was imported: the corpus has none of the texts, nor one of them with "
                "other white space."
            )
        names = self._pseudonyms(annotators)
        warnings = self._ingest(progress)
        for name in documents.empty:
            loss = Loss(
                document=name, kind="documents", name=name, outcome="left out", reason="has no text"
            )
            self._losses.add({"documents": 1}, [loss])
        self._checker = Checker(self._corpus)
        problems: list[str] = []
        written = drafts = 0
        for source in progress(documents, "Importing"):
            if source.name in self._unknown:
                self._lose(source, "documents", source.name, "the corpus does not have its text")
                continue
            for made in self._annotations_of(source, names):
                problems += made.problems
                written += made.annotation is not None
                drafts += bool(made.problems and made.annotation)
        if problems and not self._options.draft:
            lines = "\n".join(f"  {line}" for line in listed(problems, MAX_LINES))
            raise InvalidInputError(
                "Nothing was imported: annotations have problems, or break rules of the corpus "
                f"(--draft imports them as drafts):\n{lines}"
            )
        is_lost = not self._says_something and (bool(counts) or self._has_lost)
        if names and (is_lost or not (self._written or self._seed_names)):
            raise nothing_said(documents, counts, is_lost=is_lost)
        there = {path.parent.name for path in self._written}
        self.annotators = [a for a in self.annotators if a.pseudonym in there]
        register_path(self._corpus).write_bytes(register_with(self._corpus, self.annotators))
        report = self._losses.report(self._form.name, "import")
        if self._options.strict and (refused := report.refused):
            lines = "\n".join(f"  {line}" for line in listed(reason_lines(refused), MAX_LINES))
            raise LossError(f"Nothing was imported, because this would be lost:\n{lines}", report)
        return Imported(
            documents=len(documents) - len(self._unknown),
            new=len(self._seed_names),
            annotations=written,
            drafts=drafts,
            annotators=tuple(sorted(there)),
            report=report,
            warnings=warnings,
        )

    def _place(self, source: SourceDocument) -> None:
        """Note which document of the corpus a text is, or make a seed of it."""
        found = [m.document for m in self._finder.find(source.text)] if self._finder else []
        if len(found) > 1 and source.name in found:
            found = [source.name]
        if len(found) > 1:
            raise InvalidInputError(
                f"{source.name}: its text is that of several documents ({', '.join(found)}). Name "
                "it like one of them."
            )
        if found:
            self._known[source.name] = found[0]
        elif self._finder is not None and self._options.known_texts:
            self._unknown.add(source.name)
        else:
            self._seed_names[source.name] = self._seeds.write(source)

    def _annotations_of(self, source: SourceDocument, names: Mapping[str, str]) -> Iterator[_Made]:
        """Write the annotations of a document, in the labels of the corpus, and count all."""
        known = source.name in self._known
        if self._existing is not None and known:
            document = self._existing.read_document(self._known[source.name])
        else:
            seed = self._seed_names[source.name]
            document = self._corpus.read_document(document_id(seed, self._corpus.schemas))
        match = self._match(source, document, is_known=known)
        items: dict[str | None, dict[str, str]] = {}
        for annotator, given in source.annotations.items():
            translated = self._translator.translated(given, document.text, match)
            self._losses.add(translated.counts, translated.losses)
            annotation = self._annotation(translated.annotation, document, names[annotator])
            items[annotator] = {
                item.id: kind for kind in _ITEMS for item in getattr(annotation, kind)
            }
            lines = self._problems(source, annotator, translated, annotation, document)
            problems = [f"{source.name} ({names[annotator]}): {line}" for line in lines]
            is_empty = not (any(annotation.ids()) or annotation.attributes)
            self._says_something |= not is_empty
            if problems and is_empty:
                # A draft would say that nothing was found.
                reason = "nothing of it can be read"
                self._lose(source, "annotations", names[annotator], reason)
                yield _Made(problems)
            elif not annotation.layers:
                if annotator != UNNAMED:
                    reason = "has no labels, and no layers are given in which nothing was found"
                    self._lose(source, "annotations", names[annotator], reason)
            else:
                if problems:
                    annotation = replace(annotation, status="draft")
                self._write(annotation)
                yield _Made(problems, annotation)
        self._count(source, document if known else None, items)

    def _problems(
        self,
        source: SourceDocument,
        annotator: str,
        translated: Translated,
        annotation: Annotation,
        document: Document,
    ) -> list[str]:
        """What is wrong with an annotation; what cannot be read may be the reason for the rest."""
        wrong: list[Loss | SourceLoss] = [
            loss
            for loss in source.losses
            if loss.is_wrong and loss.annotator == annotator and not self._is_ignored(loss)
        ]
        if wrong := wrong or [*translated.wrong]:
            return [f"{loss.kind} {loss.name}: {loss.reason}" for loss in wrong]
        return [
            f"{incident.code} {incident.pointer}: {incident.message}"
            for incident in self._checker.check_annotation(annotation, document)
            if incident.level == "error"
        ]

    def _is_ignored(self, loss: SourceLoss) -> bool:
        labels = [SourceLabel(*label) for label in loss.labels]
        return bool(labels) and all(map(self._mapping.ignores, labels))

    def _is_renamed(self, loss: SourceLoss) -> bool:
        targets = self._mapping.targets
        return bool(loss.labels) and all(
            targets.get(SourceLabel(*label), label[1]) != label[1] for label in loss.labels
        )

    def _match(
        self, source: SourceDocument, document: Document, *, is_known: bool
    ) -> TextMatch | None:
        """Where the text of the source is in the document, None if it is the same."""
        finder = self._finder if is_known else self._new_finder
        if document.text == source.text or finder is None:
            return None
        found = (m for m in finder.find(source.text) if m.document == document.id)
        return next(found, None)

    @cached_property
    def _finder(self) -> TextFinder | None:
        return None if self._existing is None else TextFinder(self._existing)

    @cached_property
    def _new_finder(self) -> TextFinder:
        return TextFinder(self._corpus)

    def _pseudonyms(self, names: Iterable[str]) -> dict[str, str]:
        given, is_new = self._options.pseudonyms, self._existing is None
        found = pseudonyms(self._form, names, given, numbered=is_new)
        self.annotators = [
            Annotator(
                pseudonym=pseudonym,
                kind="model" if self._options.kind == "model" else "human",
                note=f"Imported from {self._form.title}.",
            )
            for pseudonym in found.values()
        ]
        return found

    def _ingest(self, progress: Progress) -> dict[TextWarning, list[str]]:
        """Ingest the seeds as the corpus that they are for would. Returns seeds by warning."""
        refused: list[str] = []
        warnings: dict[TextWarning, list[str]] = {}
        for outcome in ingest(
            self._corpus,
            progress(find_seeds(self._corpus, []), "Segmenting"),
            language=self._options.language,
            allow_duplicates=self._options.allow_duplicates,
            target=self._existing,
        ):
            if outcome.result == "refused":
                refused.append(f"{outcome.seed}: {outcome.message}")
            for warning in outcome.warnings:
                warnings.setdefault(warning, []).append(outcome.seed)
        if refused:
            lines = "\n".join(f"  {line}" for line in listed(refused, MAX_LINES))
            raise InvalidInputError(f"Nothing was imported: texts are refused:\n{lines}")
        return warnings

    def _count(
        self,
        source: SourceDocument,
        known: Document | None,
        items: Mapping[str | None, Mapping[str, str]],
    ) -> None:
        """Count what the source has, and what its reader had to leave out or to change.

        ``items`` are the kinds by id that the items of each annotator have now: of others, which
        are left out or part of another item, no change is reported.
        """
        counts = Counter(source.items) + Counter(self._seeds.counts(source))
        for loss in source.losses:
            kind: str | None = loss.kind
            if loss.outcome == "approximated":
                kind = items.get(loss.annotator, {}).get(loss.name)
                kind = None if self._is_renamed(loss) else kind
            self._has_lost |= loss.annotator is not None and loss.outcome == "left out"
            if kind is not None:
                self._lose(source, kind, loss.name, loss.reason, loss.outcome, count=0)
        self._losses.add(counts, self._seeds.losses(source, known))

    def _lose(
        self,
        source: SourceDocument,
        kind: str,
        name: str,
        reason: str,
        outcome: Outcome = "left out",
        count: int = 1,
    ) -> None:
        loss = Loss(document=source.name, kind=kind, name=name, outcome=outcome, reason=reason)
        self._losses.add({kind: count}, [loss])

    def _write(self, annotation: Annotation) -> None:
        """Write without waiting for the disk: the folder is temporary."""
        path = self._corpus.annotation_path(annotation.annotator, annotation.document)
        if path in self._written:
            raise ConflictError(
                f"{annotation.document}: the source has two annotations by {annotation.annotator}, "
                "of texts that are the same. Leave one."
            )
        self._written.add(path)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(canonical_json(annotation))

    def _annotation(self, annotation: Annotation, document: Document, annotator: str) -> Annotation:
        found = {layer for layer, (field, *_) in LAYER_FIELDS.items() if getattr(annotation, field)}
        given = annotation.provenance
        return replace(
            annotation,
            schema_version=SCHEMA_VERSION,
            document=document.id,
            text_sha256=document.text_sha256,
            annotator=annotator,
            layers=tuple(layer for layer in LAYERS if layer in self._layers | found),
            provenance=Provenance(
                kind=self._options.kind,
                tool=given.tool,
                created=given.created,
                updated=given.updated,
                label_studio=None,
                note=f"Imported from {self._form.title}.",
                guidelines=self._options.guidelines,
            ),
        )
