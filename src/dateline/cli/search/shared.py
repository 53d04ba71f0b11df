"""Options that ``find`` and ``query`` share."""

from __future__ import annotations

from pathlib import Path

import click

dataset_option = click.option(
    "--dataset", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="A built dataset, such as a downloaded release.  [default: this corpus]",
)  # fmt: skip
