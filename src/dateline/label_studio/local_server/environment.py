"""The server's own virtual environment: Label Studio pins too many packages to share one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from filelock import FileLock

from dateline.errors import InvalidInputError, ServerError
from dateline.files.writing import sha256, write_atomically

VARIABLE = "DATELINE_LABEL_STUDIO_VENV"
"""The environment variable that names another folder for the virtual environment."""

UNREPORTED = {
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
}
"""Environment variables with which Label Studio reports nothing to its vendor."""

_STAMP = "dateline-stamp"
_EMPTY = "empty-data"
_DATABASE = "label_studio.sqlite3"
_LOCK = resources.files(__package__) / "requirements.lock"


def label_studio_version() -> str:
    """The version of Label Studio that is installed."""
    found = re.search(r"^label-studio==(\S+)", _LOCK.read_text(encoding="utf-8"), flags=re.M)
    assert found is not None  # noqa: S101 (a file of the package)
    return found[1]


def environment_folder() -> Path:
    """The folder of the virtual environment, in the user's cache unless the variable names one.

    It depends on the versions of Label Studio and Python, so that no other one is in the way.
    """
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE]).resolve()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = f"{label_studio_version()}-{sys.implementation.cache_tag}"
    return cache / "dateline" / "label-studio" / name


def is_installed(folder: Path) -> bool:
    """Whether the virtual environment is complete and has the locked versions."""
    stamp = folder / _STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == stamp_of(folder)


def stamp_of(folder: Path) -> str:
    """The content of the file that marks a complete environment, which cannot be moved."""
    return f"{sha256(_LOCK.read_bytes())} {folder} with an empty database\n"


def copy_empty_database(environment: Path, data: Path) -> None:
    """Give a new server the empty database of the environment: creating one takes a minute."""
    empty, own = environment / _EMPTY / _DATABASE, data / _DATABASE
    if empty.is_file() and not own.exists():
        write_atomically(own, empty.read_bytes(), mode=0o600)


def install(notify: Callable[[str], None]) -> Path:
    """Create the virtual environment if it is missing or outdated, and return its folder.

    ``notify`` receives a line before a long step. Raises InvalidInputError if the folder has other
    content, and ServerError if the installation fails.
    """
    folder = environment_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if is_installed(folder):
            return folder
        if folder.exists() and any(folder.iterdir()) and not (folder / "pyvenv.cfg").is_file():
            raise InvalidInputError(
                f"{folder}: is not a virtual environment. Name an empty folder in {VARIABLE}."
            )
        log = Path(f"{folder}.log")
        notify(f"Installing Label Studio {label_studio_version()} into {folder} (1 GB) ...")
        stamp, python = folder / _STAMP, folder / "bin" / "python"
        is_moved = stamp.is_file() and str(folder) not in stamp.read_text(encoding="utf-8")
        stamp.unlink(missing_ok=True)
        empty = folder / _EMPTY
        shutil.rmtree(empty, ignore_errors=True)
        environment = {
            **clean_environment(), **UNREPORTED, "LABEL_STUDIO_BASE_DATA_DIR": str(empty),
        }  # fmt: skip
        with resources.as_file(_LOCK) as lock, log.open("wb") as output:
            commands: list[list[str | Path]] = [
                [sys.executable, "-m", "venv", *(["--clear"] if is_moved else []), folder],
                [python, "-m", "pip", "install", "--disable-pip-version-check", "-r", lock],
                # Any command creates the database first.
                [python, folder / "bin" / "label-studio", "version", "--data-dir", empty],
            ]
            for command in commands:
                done = subprocess.run(  # noqa: S603 (our own command)
                    command,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    check=False,
                )
                if done.returncode != 0:
                    raise ServerError(
                        f"Label Studio cannot be installed: {last_line(log)} The log is {log}."
                    )
        write_atomically(stamp, stamp_of(folder).encode())
    return folder


def clean_environment() -> dict[str, str]:
    """The environment variables of this process, without those of Python and Label Studio."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LABEL_STUDIO_", "PYTHON"))
    }


def last_line(log: Path) -> str:
    """The last line of a log, which usually has the reason of a failure."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "there is no output.")
