"""Imports what a reader yields: into a new corpus with a draft ontology, or into an existing one.

Everything is first made in a temporary corpus, and checked. Only if all of it is right is it put in
place, all or nothing.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from dateline.corpus.annotators import register_path
from dateline.corpus.create import create_corpus, starting_pages
from dateline.corpus.scenarios import scenario_paths
from dateline.corpus.store import Corpus, file_name, schema_json
from dateline.dataset.output_folder import refuse_existing_files, replaced_folder
from dateline.errors import ConflictError, InvalidInputError
from dateline.files.writing import locked, write_together
from dateline.interop.format import Format
from dateline.interop.importing.corpus_maker import MAX_LINES, CorpusMaker
from dateline.interop.importing.drafting import draft_metadata, draft_ontology
from dateline.interop.importing.labels import LabelCount, count_labels
from dateline.interop.importing.mapping import LabelMapping, Targets, same_names, unmapped
from dateline.interop.importing.options import Imported, ImportOptions, Progress, no_progress
from dateline.interop.importing.pseudonyms import register_with
from dateline.interop.importing.regrouping import regrouped
from dateline.interop.importing.sources import SourceDocuments
from dateline.model import made_by
from dateline.ontology.derived_schemas import derived_schemas
from dateline.rendering.listing import listed

OTHER_TEXTS = (
    "\nThe corpus has another text of this name, which differs in more than white space. "
    "--known-texts leaves out texts that the corpus does not have."
)


def import_into_new(
    form: Format,
    documents: SourceDocuments,
    out: Path,
    options: ImportOptions,
    progress: Progress = no_progress,
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
    made = (regrouped(annotation, mapping).annotation for annotation in documents.annotations)
    ontology = draft_ontology(title, mapping, made)
    with _scratch_folder() if options.dry_run else replaced_folder(out) as folder:
        pages = starting_pages(out, language=options.language)
        create_corpus(folder, ("entities",), pages)
        metadata = draft_metadata(Corpus(folder).schemas["document"], documents)
        drafts = {"ontology": ontology, "document": metadata, **derived_schemas(ontology)}
        for name, schema in drafts.items():
            (folder / "schema" / file_name(name)).write_bytes(schema_json(schema))
        importer = CorpusMaker(form, Corpus(folder), mapping, options)
        return importer.run(documents, counts, progress)


def import_into_existing(
    form: Format,
    documents: SourceDocuments,
    corpus: Corpus,
    options: ImportOptions,
    progress: Progress = no_progress,
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
        importer = CorpusMaker(form, made, mapping, options, corpus)
        result = importer.run(documents, counts, progress)
        files, unchanged = _new_files(made, corpus)
        register = {register_path(corpus): register_with(corpus, importer.annotators)}
        if not options.dry_run:
            write_together(corpus.root, {**files, **register})
        return replace(result, unchanged=unchanged, written=tuple(map(corpus.relative, files)))


def _new_files(made: Corpus, corpus: Corpus) -> tuple[dict[Path, bytes | Path], int]:
    """The files to add to a corpus, and the number of annotations that it has already.

    Raises ConflictError for all that exist with another content.
    """
    files: dict[Path, bytes | Path] = {}
    unchanged, conflicts = 0, []
    for part in ("seeds", "corpus", "annotations"):
        for path in sorted((made.root / part).rglob("*")):
            target = corpus.root / path.relative_to(made.root)
            if not path.is_file() or path == register_path(made):
                continue
            if not target.exists():
                files[target] = path
            elif part == "annotations" and _is_same_annotation(corpus, made, path):
                unchanged += 1
            elif target.read_bytes() != path.read_bytes():
                conflicts.append(corpus.relative(target))
    if conflicts:
        lines = "\n".join(f"  {line}" for line in listed(conflicts, MAX_LINES))
        raise ConflictError(
            "Nothing was imported: these files exist with another content, and are not "
            f"overwritten. Move them away, or use another pseudonym or name:\n{lines}"
            + (OTHER_TEXTS if any(line.startswith("seeds/") for line in conflicts) else "")
        )
    return files, unchanged


def _is_same_annotation(corpus: Corpus, made: Corpus, path: Path) -> bool:
    """Whether a corpus has an annotation already, by any version of the guidelines."""
    annotator, document = path.parent.name, path.stem
    present = corpus.read_annotation(annotator, document)
    found = made.read_annotation(annotator, document)
    return present == made_by(found, present.provenance.guidelines)


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
            'fill it in, and give it with --mapping; "ignore" leaves a label out:\n'
            + "\n".join(f"  {line}" for line in lines)
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
