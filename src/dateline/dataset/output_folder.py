"""The folder that a dataset is written to: replaced whole or not at all, and only if it is ours."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dateline.dataset.description.card import CARD, MARKER
from dateline.errors import DatelineError

MADE = frozenset({CARD, "croissant.json", "release.json"})
"""Files besides tables that a dataset may have."""


def refuse_foreign(out: Path) -> None:
    """A folder is only replaced if everything in it is ours to make again."""
    if not out.exists() and not out.is_symlink():
        return
    if out.is_symlink() or not out.is_dir():
        raise DatelineError(f"{out}: is not a folder; choose another --out.")
    found = sorted(path for path in out.rglob("*") if not path.is_dir())
    if not found and not any(out.iterdir()):
        return
    card = out / CARD
    if not card.is_file() or MARKER not in card.read_text(encoding="utf-8", errors="replace"):
        raise DatelineError(
            f"{out}: holds something that `dateline build` did not make, and would be replaced. "
            "Choose another --out, or remove the folder."
        )
    for path in found:
        place = path.relative_to(out)
        table = len(place.parts) == 2 and path.suffix == ".parquet"
        ours = table or place.as_posix() in MADE
        if not ours:
            raise DatelineError(
                f"{path}: does not belong to a build, and would be lost. Move it away, or choose "
                "another --out."
            )


@contextlib.contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A new folder that takes the place of ``out`` if all goes well, and vanishes otherwise."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise DatelineError(f"{out}: cannot be written: {error}. Choose another --out.") from None
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
