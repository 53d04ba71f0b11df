"""Create a corpus from the schemas that come with the package."""

from __future__ import annotations

from pathlib import Path

from dateline.corpus.store import file_name
from dateline.errors import ConflictError
from dateline.files.writing import write_atomically
from dateline.ontology.schemas import SCHEMA_NAMES
from dateline.packaged import packaged


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
    with packaged("schema") as schemas:
        for name in SCHEMA_NAMES:
            write_atomically(schema / file_name(name), (schemas / file_name(name)).read_bytes())
