"""The ``dateline`` command and its subcommands."""

from __future__ import annotations

import click

from dateline.cli.adjudicate import adjudicate
from dateline.cli.agree import agree
from dateline.cli.annotators import annotators
from dateline.cli.base import Group
from dateline.cli.build import build
from dateline.cli.check_predictions import check_predictions, convert_predictions
from dateline.cli.compare import compare, errors
from dateline.cli.guidelines import guidelines
from dateline.cli.hydrate import hydrate
from dateline.cli.ingest import ingest
from dateline.cli.leaderboard import leaderboard
from dateline.cli.ontology import init, ontology
from dateline.cli.predict import predict
from dateline.cli.publish import publish
from dateline.cli.release import diff, release
from dateline.cli.rename import rename
from dateline.cli.score import score
from dateline.cli.stats import datasheet, stats
from dateline.cli.studio import studio
from dateline.cli.studio_follow import status, watch
from dateline.cli.studio_import import import_export
from dateline.cli.validate import rules, validate
from dateline.cli.verify import verify


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dateline")
def main() -> None:
    """Make, check and publish a corpus annotated with entities, events and claims."""


for command in (
    init,
    ontology,
    guidelines,
    ingest,
    validate,
    rules,
    rename,
    annotators,
    agree,
    adjudicate,
    stats,
    datasheet,
    studio,
    build,
    predict,
    check_predictions,
    convert_predictions,
    score,
    compare,
    errors,
    leaderboard,
    diff,
    release,
    verify,
    publish,
    hydrate,
):
    main.add_command(command)
for command in (status, watch, import_export):
    studio.add_command(command)
