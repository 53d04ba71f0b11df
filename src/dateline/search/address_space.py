"""Bounds the memory that this process takes, beyond what a library counts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

_PAGES = Path("/proc/self/statm")


@contextlib.contextmanager
def limited_growth(amount: int) -> Iterator[None]:
    """Let the address space of this process grow by at most this many bytes, on Linux.

    What needs more fails to get it, which libraries report as an error. On other systems, there is
    no limit.
    """
    try:
        import resource  # noqa: PLC0415 (not on all systems)

        size = int(_PAGES.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except (ImportError, OSError):
        yield
        return
    before = soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = size + amount
    if soft == resource.RLIM_INFINITY or wanted < soft:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
