"""The output folder of a command: replaced as a whole, and only if the command wrote it."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

from dateline.dataset.stored import CARD, COMMITMENT, MARKER, ONTOLOGY
from dateline.errors import ConflictError, DatelineError

BUILT_FILES = frozenset({CARD, ONTOLOGY, COMMITMENT, "croissant.json", "release.json"})
"""Files of a dataset other than its tables."""


class Content(NamedTuple):
    """What a command writes to a folder.

    The file ``marked`` has the ``marker``. ``includes`` tells whether a file belongs to the
    content, by its path in the folder; ``name`` is what messages call the content.
    """

    name: str
    command: str
    marked: str
    marker: str
    includes: Callable[[PurePath], bool]


def _of_dataset(place: PurePath) -> bool:
    is_table = len(place.parts) == 2 and place.suffix == ".parquet"
    return is_table or place.as_posix() in BUILT_FILES


DATASET = Content("a build", "dateline build", CARD, MARKER, _of_dataset)

LOCK = "lock"
"""The file in a temporary folder that the run using it has locked."""


def refuse_foreign_files(out: Path, content: Content = DATASET) -> None:
    """Raise ConflictError if a folder has anything that the command does not write again."""
    if not out.exists() and not out.is_symlink():
        return
    if out.is_symlink() or not out.is_dir():
        raise ConflictError(f"{out}: is not a folder. Choose another output folder.")
    if not any(out.iterdir()):
        return
    file = out / content.marked
    if not file.is_file() or content.marker not in file.read_text("utf-8", errors="replace"):
        raise ConflictError(
            f"{out}: was not written by `{content.command}`, and would be replaced. Choose another "
            "output folder, or remove this one."
        )
    for path in sorted(path for path in out.rglob("*") if not path.is_dir()):
        if not content.includes(path.relative_to(out)):
            raise ConflictError(
                f"{path}: is not part of {content.name}, and would be deleted. Move it, or choose "
                "another output folder."
            )


def refuse_existing_files(out: Path) -> None:
    """Raise ConflictError unless a folder is empty or does not exist."""
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise ConflictError(f"{out}: exists and is not empty. Choose another output folder.")


@contextlib.contextmanager
def replaced_folder(out: Path) -> Iterator[Path]:
    """A new folder that replaces ``out`` on success and is deleted on an error.

    Removes first what killed runs have left beside it. A full disk is an OSError that names a file.
    """
    from filelock import FileLock  # noqa: PLC0415

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(out)
        temporary = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise DatelineError(
            f"{out}: cannot be written: {error}. Choose another output folder."
        ) from None
    try:
        # Held while the folder is in use, so that another run does not take it for a leftover.
        with FileLock(temporary / LOCK):
            folder, old = temporary / "new", temporary / "old"
            folder.mkdir()
            yield folder
            if out.exists():
                out.rename(old)
            try:
                folder.rename(out)
            except BaseException:
                if old.exists() and not out.exists():
                    old.rename(out)
                raise
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror or str(error), str(out)) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _remove_leftovers(out: Path) -> None:
    """Remove temporary folders of killed runs, and restore the output folder that one has moved."""
    from filelock import FileLock, Timeout  # noqa: PLC0415

    name = re.compile(rf"\.{re.escape(out.name)}\.[a-z0-9_]{{8}}")
    for folder in [path for path in out.parent.iterdir() if name.fullmatch(path.name)]:
        if folder.is_symlink() or not folder.is_dir():
            continue
        if not {path.name for path in folder.iterdir()} <= {LOCK, "new", "old"}:
            continue
        with contextlib.suppress(Timeout), FileLock(folder / LOCK, timeout=0):
            if (folder / "old").is_dir() and not out.exists():
                (folder / "old").rename(out)
            shutil.rmtree(folder, ignore_errors=True)
