"""Options that ``find`` and ``query`` share."""

from __future__ import annotations

import click

from dateline.cli.shared import DATASET, DatasetType

dataset_option = click.option(
    "--dataset", type=DatasetType(), metavar=DATASET,
    help="Built dataset, such as a downloaded release, or dataset on the Hugging Face Hub.  "
    "[default: this corpus]",
)  # fmt: skip
