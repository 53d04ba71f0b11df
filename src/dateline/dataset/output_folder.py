"""The output folder of a dataset: replaced as a whole, and only if a build wrote it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dateline.dataset.description.card import CARD, MARKER
from dateline.errors import ConflictError, DatelineError

BUILT_FILES = frozenset({CARD, "croissant.json", "release.json"})
"""Files of a dataset other than its tables."""


def refuse_foreign_files(out: Path) -> None:
    """Raise ConflictError if a folder contains anything that a build does not write again."""
    if not out.exists() and not out.is_symlink():
        return
    if out.is_symlink() or not out.is_dir():
        raise ConflictError(f"{out}: is not a folder. Choose another output folder.")
    found = sorted(path for path in out.rglob("*") if not path.is_dir())
    if not found and not any(out.iterdir()):
        return
    card = out / CARD
    if not card.is_file() or MARKER not in card.read_text(encoding="utf-8", errors="replace"):
        raise ConflictError(
            f"{out}: was not written by `dateline build`, and would be replaced. Choose another "
            "output folder, or remove this one."
        )
    for path in found:
        place = path.relative_to(out)
        table = len(place.parts) == 2 and path.suffix == ".parquet"
        if not table and place.as_posix() not in BUILT_FILES:
            raise ConflictError(
                f"{path}: is not part of a build, and would be deleted. Move it, or choose another "
                "output folder."
            )


@contextlib.contextmanager
def replaced_folder(out: Path) -> Iterator[Path]:
    """A new folder that replaces ``out`` on success and is deleted on an error."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise DatelineError(
            f"{out}: cannot be written: {error}. Choose another output folder."
        ) from None
    try:
        folder, old = temporary / "new", temporary / "old"
        folder.mkdir()
        yield folder
        if out.exists():
            out.rename(old)
        try:
            folder.rename(out)
        except OSError:
            if old.exists():
                old.rename(out)
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
