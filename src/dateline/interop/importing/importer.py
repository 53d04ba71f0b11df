"""Imports what a reader yields: into a new corpus with a draft ontology, or into an existing one.

Everything is first made in a temporary corpus, by `dateline.ingest`, and checked. Only if all of it
is right is it put in place, all or nothing.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from msgspec.structs import replace

from dateline.corpus.annotators import (
    Annotator,
    Register,
    check_pseudonym,
    read_register,
    register_path,
)
from dateline.corpus.create import create_corpus, starting_pages
from dateline.corpus.scenarios import linkable_items, scenario_paths
from dateline.corpus.seed_names import document_id
from dateline.corpus.store import Corpus, canonical_json, file_name, schema_json
from dateline.corpus.text_forms import TextFinder, TextMatch
from dateline.dataset.output_folder import refuse_existing_files, replaced_folder
from dateline.errors import ConflictError, InvalidInputError
from dateline.files.writing import locked, write_together
from dateline.ingest.ingest import ingest
from dateline.ingest.seeds import find_seeds
from dateline.interop.format import Format
from dateline.interop.importing.drafting import draft_metadata, draft_ontology
from dateline.interop.importing.labels import LabelCount, SourceLabel, count_labels, layers_of
from dateline.interop.importing.mapping import LabelMapping, Targets, same_names, unmapped
from dateline.interop.importing.regrouping import regrouped
from dateline.interop.importing.seeds import SeedWriter
from dateline.interop.importing.sources import SourceDocuments
from dateline.interop.importing.translation import Translator
from dateline.interop.losses import Loss, LossCounter, LossError, LossReport, reason_lines
from dateline.interop.source import SourceDocument
from dateline.model import (
    LAYER_FIELDS,
    LAYERS,
    SCHEMA_VERSION,
    Annotation,
    Document,
    Guidelines,
    Provenance,
    Struct,
)
from dateline.ontology.derived_schemas import derived_schemas
from dateline.rendering.listing import listed
from dateline.validation.engine import Checker

MAX_LINES = 50
"""How many labels or problems a message lists."""

Progress = Callable[[SourceDocuments], Iterable[SourceDocument]]
"""Wraps the documents in a progress bar."""


class ImportOptions(Struct, frozen=True):
    """Options of an import.

    ``pseudonyms`` are by the annotators of the source. ``mapping`` is None to take labels as they
    are. ``layers`` are those that were annotated, by default those with mapped labels. ``kind`` is
    that of provenance; ``guidelines`` are those that the annotations were made by, None if they
    were others. With ``draft``, annotations with problems are written as drafts. With ``strict``,
    any loss is an error. With ``dry_run``, nothing is written.
    """

    mapping: LabelMapping | None = None
    pseudonyms: Mapping[str, str] = {}
    language: str | None = None
    layers: tuple[str, ...] = ()
    kind: str = "human"
    guidelines: Guidelines | None = None
    draft: bool = False
    strict: bool = False
    allow_duplicates: bool = False
    dry_run: bool = False


class Imported(Struct, frozen=True):
    """The outcome: the numbers of documents and annotations, the annotators, and what is lost."""

    documents: int
    annotations: int
    drafts: int
    annotators: tuple[str, ...]
    report: LossReport


def import_into_new(
    form: Format,
    documents: SourceDocuments,
    out: Path,
    options: ImportOptions,
    progress: Progress = iter,
) -> Imported:
    """Make a new corpus of the documents, with an ontology of the labels that they have.

    Its schema of documents declares the metadata that they have.

    Raises ConflictError if the folder is not empty, InvalidInputError if a label is not mapped or
    something cannot be imported, and LossError. Nothing is then written.
    """
    refuse_existing_files(out)
    counts = count_labels(documents.annotations)
    mapping = _complete(counts, options.mapping or same_names(counts, None), None)
    title = out.resolve().name or "Corpus"

    def made() -> Iterator[Annotation]:
        return (regrouped(annotation, mapping)[0] for annotation in documents.annotations)

    ontology = draft_ontology(title, count_labels(made()), mapping, made())
    with _scratch_folder() if options.dry_run else replaced_folder(out) as folder:
        pages = starting_pages(out, language=options.language)
        create_corpus(folder, ("entities",), pages)
        metadata = draft_metadata(Corpus(folder).schemas["document"], documents)
        drafts = {"ontology": ontology, "document": metadata, **derived_schemas(ontology)}
        for name, schema in drafts.items():
            (folder / "schema" / file_name(name)).write_bytes(schema_json(schema))
        return _Importer(form, Corpus(folder), mapping, options).run(documents, progress)


def import_into_existing(
    form: Format,
    documents: SourceDocuments,
    corpus: Corpus,
    options: ImportOptions,
    progress: Progress = iter,
) -> Imported:
    """Add the documents and their annotations to a corpus; existing files are never overwritten.

    A text that the corpus has already gets the annotations only. Raises InvalidInputError if a
    label is not mapped or something cannot be imported, ConflictError if a file exists with another
    content, and LossError. Nothing is then written.
    """
    counts = count_labels(documents.annotations)
    targets = Targets(corpus.ontology)
    mapping = _complete(counts, options.mapping or same_names(counts, targets), targets)
    lock = contextlib.nullcontext() if options.dry_run else locked(corpus.root)
    with _scratch_folder() as folder, lock:
        made = _scratch(corpus, folder)
        importer = _Importer(form, made, mapping, options, corpus)
        result = importer.run(documents, progress)
        files: dict[Path, bytes | Path] = {}
        for part in ("seeds", "corpus", "annotations"):
            for path in sorted((made.root / part).rglob("*")):
                target = corpus.root / path.relative_to(made.root)
                if not path.is_file() or path == register_path(made):
                    continue
                if not target.exists():
                    files[target] = path
                elif target.read_bytes() != path.read_bytes():
                    raise ConflictError(
                        f"{corpus.relative(target)}: exists with another content, and is not "
                        "overwritten. Move it away, or use another pseudonym."
                    )
        files[register_path(corpus)] = _register(corpus, importer.annotators)
        if not options.dry_run:
            write_together(corpus.root, files)
    return result


@contextlib.contextmanager
def _scratch_folder() -> Iterator[Path]:
    """A folder that is removed afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _complete(
    counts: Sequence[LabelCount], mapping: LabelMapping, targets: Targets | None
) -> LabelMapping:
    """The mapping. Raises InvalidInputError, with counts and examples, if labels are missing."""
    missing = unmapped(counts, mapping, targets)
    if missing:
        lines = listed((count.line for count in missing), MAX_LINES)
        raise InvalidInputError(
            "Nothing was imported: these labels are not mapped. Print a mapping with --template, "
            "fill it in, and give it with --mapping:\n" + "\n".join(f"  {line}" for line in lines)
        )
    return mapping


def _scratch(corpus: Corpus, root: Path) -> Corpus:
    """A corpus with the schemas and the scenario sheets of another, and no documents."""
    for part in ("seeds", "corpus", "annotations", "schema"):
        (root / part).mkdir()
    for path in (corpus.root / "schema").glob("*.json"):
        (root / "schema" / path.name).write_bytes(path.read_bytes())
    made = Corpus(root)
    for path in scenario_paths(corpus):
        sheet = root / path.relative_to(corpus.root)
        sheet.parent.mkdir(exist_ok=True)
        sheet.write_bytes(path.read_bytes())
    return made


def _register(corpus: Corpus, annotators: Iterable[Annotator]) -> bytes:
    known = {**{a.pseudonym: a for a in annotators}, **read_register(corpus)}
    return canonical_json(Register(annotators=tuple(known[name] for name in sorted(known))))


class _Importer:
    """Makes documents and annotations in a corpus without documents.

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
        self._written: set[Path] = set()
        self.annotators: list[Annotator] = []

    def run(self, documents: SourceDocuments, progress: Progress) -> Imported:
        """Import all. Raises InvalidInputError with all problems, and LossError."""
        pseudonyms = self._pseudonyms(documents.annotators)
        known: dict[str, str] = {}
        seeds: dict[str, str] = {}
        for source in documents:
            found = self._finder.find(source.text) if self._finder else ()
            if len(found) == 1:
                known[source.name] = found[0].document
            else:
                seeds[source.name] = self._seeds.write(source)
        self._ingest()
        checker = Checker(self._corpus)
        register_path(self._corpus).write_bytes(_register(self._corpus, self.annotators))
        problems: list[str] = []
        written = drafts = 0
        for source in progress(documents):
            if self._existing is not None and source.name in known:
                document = self._existing.read_document(known[source.name])
            else:
                name = document_id(seeds[source.name], self._corpus.schemas)
                document = self._corpus.read_document(name)
            self._count(source, document if source.name in known else None)
            match = self._match(source, document, is_known=source.name in known)
            for annotator, given in source.annotations.items():
                annotation = self._annotation(given, document, match, pseudonyms[annotator])
                incidents = [
                    f"{source.name}: {i.code} {i.pointer}: {i.message}"
                    for i in checker.check_annotation(annotation, document)
                    if i.level == "error"
                ]
                if incidents:
                    drafts += 1
                    problems += incidents
                    annotation = replace(annotation, status="draft")
                self._write(annotation)
                written += 1
        if problems and not self._options.draft:
            lines = "\n".join(f"  {line}" for line in listed(problems, MAX_LINES))
            raise InvalidInputError(
                "Nothing was imported: annotations break rules of the corpus (import them as "
                f"drafts with --draft):\n{lines}"
            )
        report = self._losses.report(self._form.name, "import")
        if self._options.strict and report.losses:
            lines = "\n".join(f"  {x}" for x in listed(reason_lines(report.losses), MAX_LINES))
            raise LossError(f"Nothing was imported, because this would be lost:\n{lines}", report)
        return Imported(
            documents=len(documents),
            annotations=written,
            drafts=drafts,
            annotators=tuple(sorted(set(pseudonyms.values()))),
            report=report,
        )

    def _match(
        self, source: SourceDocument, document: Document, *, is_known: bool
    ) -> TextMatch | None:
        """Where the text of the source is in the document, None if it is the same."""
        finder = self._finder if is_known else self._made
        if document.text == source.text or finder is None:
            return None
        found = (m for m in finder.find(source.text) if m.document == document.id)
        return next(found, None)

    @cached_property
    def _finder(self) -> TextFinder | None:
        return None if self._existing is None else TextFinder(self._existing)

    @cached_property
    def _made(self) -> TextFinder:
        return TextFinder(self._corpus)

    def _pseudonyms(self, names: Iterable[str]) -> dict[str, str]:
        """The pseudonym of each annotator of the source; those that are not given are numbered."""
        given = self._options.pseudonyms
        found = {}
        for number, name in enumerate(names, 1):
            pseudonym = given.get(name, f"annotator{number}")
            check_pseudonym(pseudonym, f"{name or self._form.name}={pseudonym}")
            found[name] = pseudonym
        if len({*found.values()}) < len(found):
            raise InvalidInputError("Two annotators have one pseudonym; give each their own.")
        self.annotators = [
            Annotator(
                pseudonym=pseudonym,
                kind="model" if self._options.kind == "model" else "human",
                note=f"Imported from {self._form.title}.",
            )
            for pseudonym in found.values()
        ]
        return found

    def _ingest(self) -> None:
        refused = [
            f"{outcome.seed}: {outcome.message}"
            for outcome in ingest(
                self._corpus,
                find_seeds(self._corpus, []),
                language=self._options.language,
                allow_duplicates=self._options.allow_duplicates,
            )
            if outcome.result == "refused"
        ]
        if refused:
            lines = "\n".join(f"  {line}" for line in listed(refused, MAX_LINES))
            raise InvalidInputError(f"Nothing was imported: texts are refused:\n{lines}")

    def _count(self, source: SourceDocument, known: Document | None) -> None:
        """Count what the source has, and what its reader had to leave out."""
        counts = Counter(source.items) + Counter(self._seeds.counts(source))
        losses = [
            Loss(
                document=source.name,
                kind=loss.kind,
                name=loss.name,
                outcome="left out",
                reason=loss.reason,
            )
            for loss in source.losses
        ]
        self._losses.add(counts, [*losses, *self._seeds.losses(source, known)])

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

    def _annotation(
        self, given: Annotation, document: Document, match: TextMatch | None, annotator: str
    ) -> Annotation:
        annotation, losses, counts = self._translator.translated(given, document.text, match)
        self._losses.add(counts, losses)
        found = {layer for layer, (field, *_) in LAYER_FIELDS.items() if getattr(annotation, field)}
        return replace(
            annotation,
            schema_version=SCHEMA_VERSION,
            document=document.id,
            text_sha256=document.text_sha256,
            annotator=annotator,
            layers=tuple(layer for layer in LAYERS if layer in self._layers | found),
            provenance=Provenance(
                kind=self._options.kind,
                tool=given.provenance.tool,
                created=given.provenance.created,
                updated=given.provenance.updated,
                label_studio=None,
                note=f"Imported from {self._form.title}.",
                guidelines=self._options.guidelines,
            ),
        )
