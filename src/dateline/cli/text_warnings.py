"""Warnings about texts, as the commands that ingest texts print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dateline.cli.shared import echo

if TYPE_CHECKING:
    from dateline.ingest.text_warnings import TextWarning

_SHOWN = 3
"""How many seeds a warning names."""


def show_warnings(warnings: Mapping[TextWarning, Sequence[str]], *, can_fix: bool = False) -> None:
    """Print each warning with its seeds, and if the command ``can_fix`` it, the option for it."""
    from dateline.rendering.listing import listed

    for warning, seeds in warnings.items():
        hint = f" (see --fix {warning.fix})" if can_fix and warning.fix else ""
        echo(f"warning: {', '.join(listed(seeds, _SHOWN))}: {warning.message}{hint}", err=True)
