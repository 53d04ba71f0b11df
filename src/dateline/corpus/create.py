"""Create a corpus from the schemas that come with the package."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from dateline.corpus.store import file_name
from dateline.errors import ConflictError
from dateline.files.writing import write_atomically
from dateline.ontology.schemas import SCHEMA_NAMES


def create_corpus(root: str | Path) -> None:
    """Write the schemas and the empty folders of a new corpus.

    Raises ConflictError if the folder already has schemas.
    """
    root = Path(root)
    schema = root / "schema"
    if schema.exists():
        raise ConflictError(
            f"{schema}: already exists and is not overwritten; choose another folder."
        )
    for folder in ("seeds", "corpus", "annotations"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    write_atomically(root / ".gitignore", b"dist/\n.dist.*/\n.dateline/\n")
    with packaged_schemas() as packaged:
        for name in SCHEMA_NAMES:
            write_atomically(schema / file_name(name), (packaged / file_name(name)).read_bytes())


@contextlib.contextmanager
def packaged_schemas() -> Iterator[Path]:
    """The folder of the schemas that come with the package."""
    packaged = resources.files("dateline") / "schema"
    # In an editable installation, the schemas are only in the checkout.
    found = packaged if packaged.is_dir() else Path(__file__).parents[3] / "schema"
    with resources.as_file(found) as folder:
        yield folder
