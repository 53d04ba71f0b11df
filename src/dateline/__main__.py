"""The program: ``dateline``, or ``python -m dateline``."""

from __future__ import annotations

import signal


def run() -> None:
    """Run the command line."""
    # Until a command starts there is nothing to clean up, so Ctrl+C may kill the process. Python
    # would raise an exception instead, which is lost if it comes in a callback of an import.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from dateline.cli.main import main  # noqa: PLC0415 (takes a while)

    main(prog_name="dateline")


if __name__ == "__main__":
    run()
