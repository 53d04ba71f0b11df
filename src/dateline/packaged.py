"""Folders of the repository that the package carries: schemas and documentation."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Literal


@contextlib.contextmanager
def packaged(name: Literal["docs", "schema"]) -> Iterator[Path]:
    """A folder that comes with the package."""
    folder = resources.files("dateline") / name
    # In an editable installation, it is only in the checkout.
    found = folder if folder.is_dir() else Path(__file__).parents[2] / name
    with resources.as_file(found) as path:
        yield path
