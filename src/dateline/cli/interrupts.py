"""Ending promptly on Ctrl+C, whatever the process is waiting for."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
"""The exit code of a command that was ended by Ctrl+C, as shells report it."""
GRACE = 1.5
"""Seconds that an interrupted command has to clean up and end."""
REQUEST_GRACE = 10.0
"""Seconds that one has which must tell a server that it ends."""


def raise_on_interrupt() -> None:
    """Raise KeyboardInterrupt on Ctrl+C, where it would have killed the process so far."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def prompt_exit(
    code: int = INTERRUPTED,
    signals: Collection[signal.Signals] = (signal.SIGINT,),
    grace: float = GRACE,
) -> Iterator[None]:
    """Raise KeyboardInterrupt on these signals; end the process if it still runs after ``grace``.

    The exception alone is not enough. Python runs its signal handlers in the main thread between
    two instructions, so looking up a host name delays them; leaving a thread pool waits for its
    running request; and an exception in a destructor is dropped. The part of the handler that is
    written in C therefore also writes to a socket, which a thread reads. A second signal ends the
    process at once. Use this only around work that may be killed at any moment, as a block or as a
    decorator.

    An error that follows from the interruption is raised as a KeyboardInterrupt too.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may change how signals are handled
        return
    interrupted = False

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        raise KeyboardInterrupt

    reader, writer = socket.socketpair()
    writer.setblocking(False)
    threading.Thread(target=_count_down, args=(reader, code, signals, grace), daemon=True).start()
    former_fd = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    former = {number: signal.getsignal(number) for number in signals}
    try:
        for number in signals:
            signal.signal(number, interrupt)
        yield
    except BaseException as error:
        if not interrupted:
            raise
        raise KeyboardInterrupt from error
    finally:
        if interrupted:
            writer.detach()  # left open, so that the countdown goes on until the process has ended
        else:
            for number, handler in former.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(former_fd)
            writer.close()


def _count_down(
    reader: socket.socket, code: int, signals: Collection[signal.Signals], grace: float
) -> None:
    """End the process some time after a signal; return when the other end is closed before."""
    with reader:
        while (received := reader.recv(1)) and received[0] not in signals:
            pass
        if not received:
            return
        reader.settimeout(grace)
        try:
            if not reader.recv(1):
                return
        except TimeoutError:
            pass
        os._exit(code)
