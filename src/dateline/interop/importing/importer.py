"""Imports what a reader yields: into a new corpus with a draft ontology, or into an existing one.

Everything is first made in a temporary corpus, by `dateline.ingest`, and checked. Only if all of it
is right is it put in place, all or nothing.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from dateline.corpus.seed_names import document_id
from dateline.corpus.store import Corpus, canonical_json, file_name, schema_json
from dateline.dataset.output_folder import replaced_folder
from dateline.errors import ConflictError, InvalidInputError
from dateline.files.writing import locked, sha256, write_together
from dateline.ingest.ingest import ingest
from dateline.ingest.seeds import find_seeds
from dateline.interop.format import Format
from dateline.interop.importing.drafting import draft_ontology
from dateline.interop.importing.labels import LabelCount, count_labels, layers_of
from dateline.interop.importing.mapping import LabelMapping, Targets, same_names, unmapped
from dateline.interop.importing.translation import translated
from dateline.interop.losses import Loss, LossCounter, LossError, LossReport, reason_lines
from dateline.interop.representation import tokens_by_sentence
from dateline.interop.source import SourceDocument
from dateline.model import (
    SCHEMA_VERSION,
    Annotation,
    Document,
    Provenance,
    Struct,
    canonical,
)
from dateline.ontology.derived_schemas import derived_schemas
from dateline.ontology.schemas import split_shares
from dateline.rendering.listing import listed
from dateline.text import sha256_of_text
from dateline.validation.engine import Checker

MAX_LINES = 50
"""How many labels or problems a message lists."""

Progress = Callable[[Sequence[SourceDocument]], Iterable[SourceDocument]]
"""Wraps the documents in a progress bar."""


class ImportOptions(Struct, frozen=True):
    """Options of an import.

    ``pseudonyms`` are by the annotators of the source. ``mapping`` is None to take labels as they
    are. ``kind`` is that of provenance. With ``draft``, annotations with problems are written as
    drafts. With ``strict``, any loss is an error.
    """

    mapping: LabelMapping | None = None
    pseudonyms: Mapping[str, str] = {}
    language: str | None = None
    kind: str = "human"
    draft: bool = False
    strict: bool = False
    allow_duplicates: bool = False


class Imported(Struct, frozen=True):
    """The outcome: the numbers of documents and annotations, the annotators, and what is lost."""

    documents: int
    annotations: int
    drafts: int
    annotators: tuple[str, ...]
    report: LossReport


def label_counts(documents: Iterable[SourceDocument]) -> list[LabelCount]:
    """All labels of the documents."""
    return count_labels(a for document in documents for a in document.annotations.values())


def import_into_new(
    form: Format,
    documents: Sequence[SourceDocument],
    out: Path,
    options: ImportOptions,
    progress: Progress = iter,
) -> Imported:
    """Make a new corpus of the documents, with an ontology of the labels that they have.

    Raises ConflictError if the folder is not empty, InvalidInputError if a label is not mapped or
    something cannot be imported, and LossError. Nothing is then written.
    """
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise ConflictError(f"{out}: exists and is not empty. Choose another folder.")
    counts = label_counts(documents)
    mapping = _complete(counts, options.mapping or same_names(counts, None), None)
    annotations = [a for document in documents for a in document.annotations.values()]
    title = out.resolve().name or "Corpus"
    ontology = draft_ontology(title, counts, mapping, annotations)
    with replaced_folder(out) as folder:
        pages = starting_pages(out, language=options.language)
        create_corpus(folder, ("entities",), pages)
        for name, schema in {"ontology": ontology, **derived_schemas(ontology)}.items():
            (folder / "schema" / file_name(name)).write_bytes(schema_json(schema))
        return _Importer(form, Corpus(folder), mapping, options).run(documents, progress)


def import_into_existing(
    form: Format,
    documents: Sequence[SourceDocument],
    corpus: Corpus,
    options: ImportOptions,
    progress: Progress = iter,
) -> Imported:
    """Add the documents and their annotations to a corpus; existing files are never overwritten.

    A text that the corpus has already gets the annotations only. Raises InvalidInputError if a
    label is not mapped or something cannot be imported, ConflictError if a file exists with another
    content, and LossError. Nothing is then written.
    """
    counts = label_counts(documents)
    targets = Targets(corpus.ontology)
    mapping = _complete(counts, options.mapping or same_names(counts, targets), targets)
    with tempfile.TemporaryDirectory() as folder, locked(corpus.root):
        made = _scratch(corpus, Path(folder))
        importer = _Importer(form, made, mapping, options)
        result = importer.run(documents, progress, _known_texts(corpus))
        files = {}
        for part in ("seeds", "corpus", "annotations"):
            for path in sorted((made.root / part).rglob("*")):
                target = corpus.root / path.relative_to(made.root)
                if path.is_file() and path != register_path(made):
                    files[target] = path.read_bytes()
        for target, content in files.items():
            if target.exists() and target.read_bytes() != content:
                raise ConflictError(
                    f"{corpus.relative(target)}: exists with another content, and is not "
                    "overwritten. Move it away, or use another pseudonym."
                )
        files[register_path(corpus)] = _register(corpus, importer.annotators)
        write_together(corpus.root, dict(files))
    return result


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
    """An empty corpus with the schemas of another."""
    for part in ("seeds", "corpus", "annotations", "schema"):
        (root / part).mkdir()
    for path in (corpus.root / "schema").glob("*.json"):
        (root / "schema" / path.name).write_bytes(path.read_bytes())
    return Corpus(root)


def _known_texts(corpus: Corpus) -> dict[str, Document]:
    documents = map(corpus.read_document, corpus.document_ids())
    return {document.text_sha256: document for document in documents}


def _register(corpus: Corpus, annotators: Iterable[Annotator]) -> bytes:
    known = {**{a.pseudonym: a for a in annotators}, **read_register(corpus)}
    return canonical_json(Register(annotators=tuple(known[name] for name in sorted(known))))


class _Importer:
    """Makes documents and annotations in an empty corpus."""

    def __init__(
        self, form: Format, corpus: Corpus, mapping: LabelMapping, options: ImportOptions
    ) -> None:
        self._form, self._corpus, self._mapping = form, corpus, mapping
        self._options = options
        self._losses = LossCounter()
        self._layers = tuple(
            layer
            for layer in layers_of(k for k, target in mapping.targets.items() if target is not None)
            if layer in corpus.ontology.layers
        )
        self.annotators: list[Annotator] = []

    def run(
        self,
        documents: Sequence[SourceDocument],
        progress: Progress,
        known: Mapping[str, Document] = {},
    ) -> Imported:
        """Import all. Raises InvalidInputError with all problems, and LossError."""
        pseudonyms = self._pseudonyms(documents)
        names = self._write_seeds([d for d in documents if _sha256(d) not in known])
        self._ingest()
        checker = Checker(self._corpus)
        register_path(self._corpus).write_bytes(_register(self._corpus, self.annotators))
        problems: list[str] = []
        written = drafts = 0
        for source in progress(documents):
            document = known.get(_sha256(source)) or self._document(names[source.name])
            self._count(source)
            for annotator, given in source.annotations.items():
                annotation = self._annotation(given, document, pseudonyms[annotator])
                found = [
                    f"{source.name}: {i.code} {i.pointer}: {i.message}"
                    for i in checker.check_annotation(annotation, document)
                    if i.level == "error"
                ]
                if found:
                    drafts += 1
                    problems += found
                    annotation = replace(annotation, status="draft")
                self._corpus.write_annotation(annotation)
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

    def _pseudonyms(self, documents: Iterable[SourceDocument]) -> dict[str, str]:
        """The pseudonym of each annotator of the source; those that are not given are numbered."""
        names = sorted({name for document in documents for name in document.annotations})
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

    def _write_seeds(self, documents: Iterable[SourceDocument]) -> dict[str, str]:
        """Write texts, tokens and metadata; returns the hash of each text by the seed's name."""
        shares = split_shares(self._corpus.schemas)
        names: dict[str, str] = {}
        for source in documents:
            name = _seed_name(source.name)
            if name in names:
                raise ConflictError(
                    f'"{source.name}": another document has the name "{name}". Rename one of them.'
                )
            names[name] = source.name
            seed = self._corpus.seeds / name
            seed.with_name(f"{name}.txt").write_bytes(source.text.encode())
            metadata = {"title": source.title, "language": source.language}
            if source.split is not None and source.split in shares:
                metadata["split"] = source.split
            lines = [f"{k} = {json.dumps(v)}\n" for k, v in metadata.items() if v]
            if lines:
                seed.with_name(f"{name}.toml").write_bytes("".join(lines).encode())
            words = _words(source)
            if words is not None:
                content = json.dumps(words, ensure_ascii=False).encode()
                seed.with_name(f"{name}.tokens.json").write_bytes(content)
        return {source: name for name, source in names.items()}

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

    def _document(self, seed: str) -> Document:
        return self._corpus.read_document(document_id(seed, self._corpus.schemas))

    def _count(self, source: SourceDocument) -> None:
        """Count what the source has, and what its reader had to leave out."""
        counts = Counter(source.items) + Counter(documents=1)
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
        if source.tokens is not None:
            counts["segmentation"] += 1
            if _words(source) is None:
                losses.append(
                    Loss(
                        document=source.name,
                        kind="segmentation",
                        name="segmentation",
                        outcome="left out",
                        reason="it has no sentences, or they do not cover the text",
                    )
                )
        self._losses.add(counts, losses)

    def _annotation(self, given: Annotation, document: Document, annotator: str) -> Annotation:
        annotation, losses = translated(given, self._mapping, self._corpus.ontology)
        self._losses.add({}, losses)
        return canonical(
            replace(
                annotation,
                schema_version=SCHEMA_VERSION,
                document=document.id,
                text_sha256=document.text_sha256,
                annotator=annotator,
                layers=self._layers,
                provenance=Provenance(
                    kind=self._options.kind,
                    tool=None,
                    created=None,
                    updated=None,
                    label_studio=None,
                    note=f"Imported from {self._form.title}.",
                ),
            )
        )


def _words(source: SourceDocument) -> list[list[str]] | None:
    """The tokens of each sentence; None if there are none, or if they do not cover the text."""
    if source.sentences is None or source.tokens is None:
        return None
    sentences = tokens_by_sentence(source.sentences, source.tokens)
    end = 0
    for start, next_end in (token for tokens in sentences for token in tokens):
        if source.text[end:start].strip():
            return None
        end = next_end
    if source.text[end:].strip():
        return None
    return [[source.text[start:end] for start, end in tokens] for tokens in sentences]


def _sha256(document: SourceDocument) -> str:
    return sha256_of_text(document.text)


def _seed_name(name: str) -> str:
    cleaned = re.sub(r"[/\\\x00-\x1f]", "-", name).strip(".") or "document"
    return cleaned if len(cleaned) <= 100 else f"{cleaned[:80]}-{sha256(name.encode())[:8]}"
