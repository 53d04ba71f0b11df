"""Renames labels, in the ontology and in all annotation files or in none of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from dateline.corpus.store import Corpus, canonical_json, file_name, write_atomically
from dateline.errors import DatelineError
from dateline.migration.schema_names import NewName, with_new_names
from dateline.model import Struct, canonical
from dateline.ontology.former_names import Renaming, renamed
from dateline.ontology.schemas import Schema
from dateline.validation.engine import Checker

SHOWN = 20
"""How many problems a message lists."""


class Renamed(Struct, frozen=True):
    """What was renamed: how often each label, and in which files."""

    labels: Counter[Renaming]
    files: tuple[str, ...]


def rename(corpus: Corpus, wanted: Iterable[NewName] = (), *, dry_run: bool = False) -> Renamed:
    """Give labels new names, and replace every former name in every annotator's files.

    The old names of the ``wanted`` ones go into the ontology's ``x-formerly``. Raises
    DatelineError, with every file as it was, where one cannot be read or written, or where an
    annotation would not fit its schema afterwards.
    """
    new: dict[Path, bytes] = {}
    wanted = tuple(wanted)
    if wanted:
        corpus, (path, content) = _with_new_names(corpus, wanted)
        new[path] = content
    checker = Checker(corpus)
    total: Counter[Renaming] = Counter()
    problems: list[str] = []
    for annotator in corpus.annotators():
        for path in sorted((corpus.annotations / annotator).glob("*.json")):
            annotation, done = renamed(
                corpus.read_annotation(annotator, path.stem), corpus.ontology
            )
            if not done:
                continue
            total += done
            new[path] = canonical_json(canonical(annotation))
            problems += [
                f"{i.file} {i.pointer}: {i.message}"
                for i in checker.check_annotation(annotation, corpus.read_document(path.stem))
                if i.code == "S002"
            ]
    if problems:
        raise DatelineError(
            "Nothing was renamed, for these would not fit the schema even then:\n"
            + "\n".join(f"  {problem}" for problem in problems[:SHOWN])
            + "\nMend the files, or name what else was renamed in x-formerly, and run it again."
        )
    if not dry_run:
        _write(new)
    return Renamed(labels=total, files=tuple(corpus.relative(path) for path in new))


def _with_new_names(corpus: Corpus, wanted: Sequence[NewName]) -> tuple[Corpus, tuple[Path, bytes]]:
    """The corpus as if its ontology had the new names already, and the file that says so."""
    path = corpus.root / "schema" / file_name("ontology")
    schema = corpus.schemas["ontology"]
    _ = corpus.ontology  # which says what is wrong with the schema, if anything is
    if path.read_bytes() != _written(schema):
        raise DatelineError(
            f"{path}: is not indented by two blanks throughout, and would change in every line. "
            "Indent it so, or rename the label there by hand: put the old name into x-formerly."
        )
    changed = Corpus(corpus.root)
    changed.schemas = {**corpus.schemas, "ontology": with_new_names(schema, wanted)}
    _ = changed.ontology
    return changed, (path, _written(changed.schemas["ontology"]))


def _written(schema: Schema) -> bytes:
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


def _write(new: dict[Path, bytes]) -> None:
    old: dict[Path, bytes] = {}
    try:
        for path, content in new.items():
            old[path] = path.read_bytes()
            write_atomically(path, content)
    except OSError as error:
        for path, content in old.items():
            if path.read_bytes() != content:
                write_atomically(path, content)
        raise DatelineError(
            f"{error.filename}: {error.strerror}. Nothing was renamed; make room or fix the "
            "rights, and run it again."
        ) from None
