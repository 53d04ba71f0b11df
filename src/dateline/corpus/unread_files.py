"""Files in a corpus's folders that nothing reads, and folders that are somewhere else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from dateline.corpus.guidelines import RECORD
from dateline.corpus.seed_names import SEED_COMPANIONS, SEED_DEFAULTS, SEED_TABLE
from dateline.corpus.store import Corpus, file_name
from dateline.model import GOLD
from dateline.ontology.schemas import SCHEMA_NAMES

SCENARIOS = "scenarios"
"""The folder in seeds/ with sheets of invented worlds, and below ``texts/`` what is written from
them before it becomes a seed."""

KEPT_RESULTS = "label-studio"
"""Folder of the results that came from Label Studio, below an annotator's."""


def unread_files(corpus: Corpus) -> Iterator[tuple[Path, str]]:
    """Files that nothing reads because of their place or name, each with what belongs there.

    Hidden files and files named README are left out.
    """
    schemas = {*(file_name(name) for name in SCHEMA_NAMES), Path(RECORD).name}
    for path in _files(corpus, corpus.root / "schema"):
        if path.parent.name != "schema" or path.name not in schemas:
            yield path, f"Read from schema/: {', '.join(sorted(schemas))}."
    for path in _files(corpus, corpus.seeds):
        if not is_read_seed(corpus, path):
            endings = ", ".join(f"NAME{ending}" for ending in SEED_COMPANIONS)
            yield (
                path,
                f"Read from seeds/: {SEED_DEFAULTS}, {SEED_TABLE}, and NAME.txt with {endings} "
                "beside it; no subfolders.",
            )
    for path in _files(corpus, corpus.documents):
        if path.parent != corpus.documents or path.suffix != ".json":
            yield path, "Read from corpus/: ID.json; no subfolders."
    for path in _files(corpus, corpus.annotations):
        is_annotator = path.parent == corpus.annotations and path.is_symlink()
        if not is_annotator and not _is_read_annotation(path.relative_to(corpus.annotations)):
            yield (
                path,
                "Read from annotations/: ANNOTATOR/DOCUMENT.json, annotators.json, plan.json, "
                "waivers.toml, withheld.toml.",
            )


def is_read_seed(corpus: Corpus, path: Path) -> bool:
    """Whether a file is a seed, belongs to seeds, or is a scenario sheet or their folder."""
    scenarios = corpus.seeds / SCENARIOS
    if scenarios in path.parents:
        return (path.parent, path.suffix) in (
            (scenarios, ".toml"),
            (scenarios, ".tsv"),
            (scenarios / "texts", ".txt"),
        )
    return path.parent == corpus.seeds and (
        path.suffix == ".txt"
        or path == scenarios
        or path.name in (SEED_DEFAULTS, SEED_TABLE)
        or any(
            path.name.endswith(ending)
            and path.with_name(f"{path.name.removesuffix(ending)}.txt").exists()
            for ending in SEED_COMPANIONS
        )
    )


def outside_folders(corpus: Corpus) -> Iterator[Path]:
    """Folders of seeds or an annotator that are links out of the corpus, or to nothing."""
    for folder in (corpus.seeds, *sorted(corpus.annotations.glob("*"))):
        if corpus.is_elsewhere(folder):
            yield folder


def _files(corpus: Corpus, folder: Path) -> Iterator[Path]:
    """Files of all kinds, and links to folders, which are not followed."""
    if corpus.is_elsewhere(folder):
        return
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in sorted([*names, *links]):
            if not name.startswith(".") and not name.lower().startswith("readme"):
                yield Path(parent, name)


def _is_read_annotation(path: Path) -> bool:
    match path.parts:
        case ("annotators.json" | "plan.json" | "waivers.toml" | "withheld.toml",):
            return True
        case (_, name):
            is_log = path.parts[0] == GOLD and name.endswith(".log.jsonl")
            return is_log or name.endswith(".json") or name == KEPT_RESULTS
        case (_, folder, name):
            return folder == KEPT_RESULTS and name.endswith(".json")
        case _:
            return False
