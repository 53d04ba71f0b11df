"""Starting and stopping a corpus's own Label Studio on this machine.

The server inherits the lock of its folder, and holds it as long as it runs. A process id is trusted
only while the lock is held, so that no other process is ever stopped.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from dateline.errors import ConflictError, InvalidInputError, NotFoundError, ServerError
from dateline.files.reading import MalformedError, decode_json_as, read_bytes
from dateline.files.writing import NOTES, write_atomically
from dateline.label_studio.local_server.environment import (
    UNREPORTED,
    clean_environment,
    copy_empty_database,
    install,
    last_line,
)
from dateline.model import Struct

HOST = "127.0.0.1"
DEFAULT_PORT = 8080
START = 300
"""Seconds that a server may take until it answers."""
STOP = 60
"""Seconds that a server may take to stop."""

# The shell writes the id of the server, which it starts, and exits.
_DETACH = 'pid=$1; shift; "$@" & echo $! >"$pid"'


class Access(Struct, frozen=True):
    """The address and the account of a local server."""

    # The patterns are of what a shell takes as it is.
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]
    username: Annotated[str, msgspec.Meta(pattern=r"^[a-z@.]+\Z")]
    password: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]+\Z")]
    token: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]+\Z")]

    @property
    def address(self) -> str:
        """Its address, such as ``http://127.0.0.1:8080``."""
        return f"http://{HOST}:{self.port}"


class LocalServer:
    """The Label Studio of a corpus, whose data are in ``.dateline/label-studio``."""

    def __init__(self, root: Path) -> None:
        self.folder = root / NOTES / "label-studio"
        self.log = self.folder / "log"
        self._access = self.folder / "access.json"
        self._pid = self.folder / "pid"

    def start(self, port: int, notify: Callable[[str], None]) -> Access:
        """Start the server, wait until it answers, and return its address and account.

        Installs Label Studio if needed; ``notify`` receives a line before a long step. Raises
        ConflictError if it is running or the port is in use, and ServerError if it does not start;
        then nothing keeps running.
        """
        environment = install(notify)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        with self._lock() as held:
            if held is None:
                raise ConflictError(f"{self.folder}: Label Studio is already running.")
            _check_port(port)
            access = self._access_at(port)
            self._pid.unlink(missing_ok=True)
            data = self.folder / "data"
            data.mkdir(exist_ok=True)
            copy_empty_database(environment, data)
            notify(f"Starting Label Studio at {access.address} ...")
            with self.log.open("wb") as log:
                subprocess.run(  # noqa: S603 (our own command)
                    ["/bin/sh", "-c", _DETACH, "sh", self._pid, *command(environment, port, data)],
                    cwd=self.folder,
                    env=variables(access, data),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=[held],
                    start_new_session=True,
                    check=True,
                )
        try:
            self._wait(access)
        except BaseException:
            self.stop()
            raise
        return access

    def stop(self) -> bool:
        """Stop the server; False if it is not running. Raises ServerError if it does not stop."""
        pid = self.pid()
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP
        while self.pid() is not None:
            if time.monotonic() > deadline:
                raise ServerError(
                    f"process {pid} did not stop within {STOP} seconds. The log is {self.log}."
                )
            time.sleep(0.1)
        self._pid.unlink(missing_ok=True)
        return True

    def pid(self) -> int | None:
        """The server's process id; None if it is not running.

        Raises ConflictError if it is just being started.
        """
        if not self.folder.is_dir():
            return None
        with self._lock() as held:
            if held is not None:
                return None
            found = self._pid.read_text(encoding="utf-8") if self._pid.is_file() else ""
        if not found.endswith("\n"):
            raise ConflictError(f"{self.folder}: Label Studio is just being started. Try again.")
        return int(found)

    def access(self) -> Access:
        """Its address and account. Raises NotFoundError before the first start."""
        if not self._access.is_file():
            raise NotFoundError(f"{self._access}: does not exist yet. Start the server first.")
        try:
            return decode_json_as(read_bytes(self._access), Access)
        except MalformedError as error:
            raise InvalidInputError(
                f"{self._access}: {error.problem}. Remove the file and {self.folder / 'data'} to "
                "start again without data."
            ) from None

    def answers(self) -> bool:
        """Whether the server answers."""
        # Requests to this machine go through no proxy.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with contextlib.suppress(OSError):
            opener.open(f"{self.access().address}/health", timeout=5).close()
            return True
        return False

    @contextlib.contextmanager
    def _lock(self) -> Iterator[int | None]:
        """The lock as an open file; None if the server, or a command that starts it, holds it."""
        file = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        free = True
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                free = False
            yield file if free else None
        finally:
            os.close(file)  # which releases the lock, unless the server has inherited it

    def _access_at(self, port: int) -> Access:
        """The account of the earlier starts, or a new one."""
        if self._access.is_file():
            access = msgspec.structs.replace(self.access(), port=port)
        else:
            access = Access(
                port=port,
                username="admin@localhost",
                password=secrets.token_urlsafe(18),
                token=secrets.token_hex(20),
            )
        write_atomically(self._access, msgspec.json.encode(access), mode=0o600)
        return access

    def _wait(self, access: Access) -> None:
        deadline = time.monotonic() + START
        while not self.answers():
            if self.pid() is None:
                reason = f"Label Studio stopped: {last_line(self.log)}"
                raise ServerError(f"{reason} The log is {self.log}.")
            if time.monotonic() > deadline:
                raise ServerError(
                    f"{access.address}: no answer after {START} seconds. The log is {self.log}."
                )
            time.sleep(0.5)


def command(environment: Path, port: int, data: Path) -> list[str | Path]:
    """The command that runs a server from a virtual environment, on this machine only."""
    folder = environment / "bin"
    return [
        folder / "python", folder / "label-studio", "start", "--no-browser",
        "--internal-host", HOST, "--port", str(port), "--data-dir", data,
    ]  # fmt: skip


def variables(access: Access, data: Path) -> dict[str, str]:
    """Environment variables of a server: its account, and nothing reported to its vendor."""
    return clean_environment() | {
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        "LABEL_STUDIO_USERNAME": access.username,
        "LABEL_STUDIO_PASSWORD": access.password,
        "LABEL_STUDIO_USER_TOKEN": access.token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "ML_BLOCK_LOCAL_IP": "false",  # it may ask a model on this machine
        **UNREPORTED,
    }


def _check_port(port: int) -> None:
    """Raise ConflictError if the port is in use: Label Studio would silently use the next one."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise ConflictError(
                f"port {port} cannot be used: {error.strerror}. Choose another port."
            ) from None
