"""The ``dateline`` command and its subcommands."""

from __future__ import annotations

import click

from dateline.cli.annotation.annotators import annotators
from dateline.cli.annotation.studio import studio
from dateline.cli.annotation.studio_follow import status, watch
from dateline.cli.annotation.studio_import import import_export
from dateline.cli.corpus.build import build
from dateline.cli.corpus.guidelines import guidelines
from dateline.cli.corpus.ingest import ingest
from dateline.cli.corpus.ontology import init, ontology
from dateline.cli.corpus.rename import rename
from dateline.cli.corpus.stats import datasheet, stats
from dateline.cli.corpus.validate import rules, validate
from dateline.cli.evaluation.check_predictions import check_predictions, convert_predictions
from dateline.cli.evaluation.compare import compare, errors
from dateline.cli.evaluation.leaderboard import leaderboard
from dateline.cli.evaluation.predict import predict
from dateline.cli.evaluation.score import score
from dateline.cli.gold.adjudicate import adjudicate
from dateline.cli.gold.agree import agree
from dateline.cli.releases.hydrate import hydrate
from dateline.cli.releases.publish import publish
from dateline.cli.releases.release import diff, release
from dateline.cli.releases.verify import verify
from dateline.cli.shared import Group


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
