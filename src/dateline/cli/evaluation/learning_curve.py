"""``dateline learning-curve``: a command for each recipe of ``dateline train``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dateline.cli.evaluation.train import log_of, train
from dateline.cli.shared import Command, Group, Settings, echo_json, format_option, pass_settings

HELP = """Score {0} by share of training groups.

    Trains on 10, 25, 50 and 100% of the groups of the training split; those of a smaller share are
    among those of a larger one. Scores the models on other splits by primary measures, with 95%
    intervals. The folder gets models, predictions and learning-curve.json. The same command resumes
    an interrupted run: models that are finished are not trained again.

    The other options are those of `dateline train {0}`.

    \b
    Examples:
      dateline learning-curve {0} --base MODEL --out models/curve
      dateline learning-curve {0} --base MODEL --share 50 --share 100 --out models/curve
    """


@click.group(cls=Group, name="learning-curve")
def learning_curve() -> None:
    """Score models of growing training sets."""


@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR",
    help="Folder for models, predictions and learning-curve.json.",
)  # fmt: skip
@click.option(
    "--share", "shares", type=click.IntRange(1, 100), multiple=True, default=(10, 25, 50, 100),
    show_default=True, metavar="PERCENT",
    help="Share of the groups to train on, by the seed; repeat it for several.",
)  # fmt: skip
@click.option(
    "--score-split", "score_splits", multiple=True, default=("validation", "test"),
    show_default=True, metavar="NAME", help="Split to score on; repeat it for several.",
)  # fmt: skip
@format_option("text", "json", "md", "html")
@pass_settings
def _curve(
    settings: Settings,
    /,
    out: Path,
    shares: tuple[int, ...],
    score_splits: tuple[str, ...],
    output_format: str,
    **options: Any,
) -> None:
    from dateline.cli.evaluation.scoring_options import print_report
    from dateline.corpus.store import Corpus
    from dateline.training.learning_curve import learning_curve as curve_of
    from dateline.training.recipes import recipe_named
    from dateline.training.tables import LEGEND, tables

    recipe = recipe_named(str(click.get_current_context().command.name))
    curve = curve_of(
        Corpus(settings.root),
        recipe,
        recipe.options(**options),
        out,
        shares=shares,
        score_splits=score_splits,
        log=log_of(settings),
    )
    if output_format == "json":
        echo_json(curve.to_dict())
    else:
        title = f"Learning curve of {out.name}"
        name = curve.steps[0].training.corpus
        print_report(
            output_format, title, name, None, [LEGEND], tables(curve), curve.signature_line
        )


for _name, _recipe in train.commands.items():
    _options = [one for one in _recipe.params if one.name not in ("out", "share", "root", "quiet")]
    learning_curve.add_command(
        Command(
            _name,
            params=[*reversed(_curve.__click_params__), *_options],  # type: ignore[attr-defined]
            callback=_curve,
            help=HELP.format(_name),
        )
    )
