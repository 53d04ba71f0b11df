"""Brings annotation files to the names that the ontology has now, all of them or none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from dateline.fault import Fault
from dateline.former import Renaming, renamed
from dateline.model import Struct, canonical
from dateline.rules.check import Checker
from dateline.store import Corpus, canonical_json, write_atomically

SHOWN = 20
"""How many problems a message lists."""


class Renamed(Struct, frozen=True):
    """What was renamed: how often each label, and in which files."""

    labels: Counter[Renaming]
    files: tuple[str, ...]


def rename(corpus: Corpus, *, dry_run: bool = False) -> Renamed:
    """Replace every former name in every annotator's files by the name that it has become.

    Raises Fault, with every file as it was, where one cannot be read or written, or where a file
    would not fit its schema afterwards.
    """
    checker = Checker(corpus)
    total: Counter[Renaming] = Counter()
    new: dict[Path, bytes] = {}
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
                for i in checker.annotation(annotation, corpus.read_document(path.stem))
                if i.code == "S002"
            ]
    if problems:
        raise Fault(
            "Nothing was renamed, for these would not fit the schema even then:\n"
            + "\n".join(f"  {problem}" for problem in problems[:SHOWN])
            + "\nMend the files, or name what else was renamed in x-formerly, and run it again."
        )
    if not dry_run:
        _write(new)
    return Renamed(labels=total, files=tuple(corpus.relative(path) for path in new))


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
        raise Fault(
            f"{error.filename}: {error.strerror}. Nothing was renamed; make room or mend the "
            "rights, and run it again."
        ) from None
