"""``python -m dateline``."""

from __future__ import annotations

from dateline.cli.main import main

main(prog_name="dateline")
