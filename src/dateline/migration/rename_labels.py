"""Rename labels in the ontology and in all annotations: in all of these files or in none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dateline.corpus.annotators import annotation_files
from dateline.corpus.store import Corpus, canonical_json, file_name, schema_json
from dateline.errors import InvalidInputError
from dateline.files.writing import write_together
from dateline.migration.rename_in_schema import LabelRename, rename_in_schema
from dateline.model import Struct, canonical
from dateline.ontology.format import check_schemas
from dateline.ontology.former_names import Renaming, renamed
from dateline.rendering.listing import listed
from dateline.validation.engine import Checker
from dateline.validation.rules.files import SCHEMA

SHOWN = 20


class RenameResult(Struct, frozen=True):
    """How often each label was renamed, and the changed files."""

    labels: Counter[Renaming]
    files: tuple[str, ...]


def rename_labels(
    corpus: Corpus, renames: Sequence[LabelRename] = (), *, dry_run: bool = False
) -> RenameResult:
    """Rename labels in the ontology, and replace all former names in all annotations.

    The old names are added to ``x-formerly`` in the ontology. A label that already has its new name
    is not renamed again, so an interrupted rename can be repeated. Call it while holding `locked`,
    unless it is a ``dry_run``. Raises DatelineError, and changes nothing, if a file cannot be read,
    or would not match its schema afterwards; OSError if it cannot be written.
    """
    new: dict[Path, bytes] = {}
    if renames:
        corpus, path, content = _renamed_ontology(corpus, renames)
        if content != path.read_bytes():
            new[path] = content
    checker = Checker(corpus)
    total: Counter[Renaming] = Counter()
    problems: list[str] = []
    for annotator in corpus.annotators():
        for document, path in annotation_files(corpus, annotator).items():
            annotation, done = renamed(corpus.read_annotation(annotator, document), corpus.ontology)
            if not done:
                continue
            total += done
            new[path] = canonical_json(canonical(annotation))
            incidents = checker.check_annotation(annotation, corpus.read_document(document))
            problems += [incident.line for incident in incidents if incident.code == SCHEMA.code]
    if problems:
        raise InvalidInputError(
            "\n  ".join(
                [
                    "Nothing was renamed, because annotations would not match the schema:",
                    *listed(problems, SHOWN),
                ]
            )
            + "\nFix the files, or add other renamed labels to x-formerly, and run it again."
        )
    if not dry_run and new:
        write_together(corpus.root, new)
    return RenameResult(labels=total, files=tuple(corpus.relative(path) for path in new))


def _renamed_ontology(corpus: Corpus, renames: Sequence[LabelRename]) -> tuple[Corpus, Path, bytes]:
    """The corpus with the changed ontology, and the path and new content of the ontology's file."""
    path = corpus.root / "schema" / file_name("ontology")
    schema = corpus.schemas["ontology"]
    _ = corpus.ontology  # raises an error if the schema is not a valid ontology
    # The line end at the end of the file may be missing.
    if path.read_bytes().rstrip() != schema_json(schema).rstrip():
        raise InvalidInputError(
            f"{path}: is not indented by two spaces throughout, so other lines would change. "
            "Reformat it, or rename the label there by hand and add the old name to x-formerly."
        )
    changed = Corpus(corpus.root)
    changed.schemas = {**corpus.schemas, "ontology": rename_in_schema(schema, renames)}
    check_schemas(changed.schemas)
    return changed, path, schema_json(changed.schemas["ontology"])
