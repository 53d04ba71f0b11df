"""The ``dateline`` command: which commands there are, in sections by job."""

from __future__ import annotations

import click

from dateline.cli.shared import Group

# Section → command → "module:attribute" below dateline.cli. A module is imported when its command
# runs or the help is shown, so that start-up stays fast.
SECTIONS = {
    "Corpus": {
        "init": "corpus.init:init",
        "ontology": "corpus.ontology:ontology",
        "guidelines": "corpus.guidelines:guidelines",
        "ingest": "corpus.ingest:ingest",
        "validate": "corpus.validate:validate",
        "rules": "corpus.validate:rules",
        "rename": "corpus.rename:rename",
        "migrate": "corpus.migrate:migrate",
        "stats": "corpus.stats:stats",
        "datasheet": "corpus.datasheet:datasheet",
        "view": "corpus.view:view",
    },
    "Annotation": {
        "annotators": "annotation.annotators:annotators",
        "studio": "annotation.studio:studio",
        "carry": "annotation.carry:carry",
    },
    "Agreement and gold": {
        "agree": "gold.agree:agree",
        "quality": "gold.quality:quality",
        "adjudicate": "gold.adjudicate:adjudicate",
        "accept": "gold.accept:accept",
        "reopen": "gold.reopen:reopen",
    },
    "Search": {
        "find": "search.find:find",
        "query": "search.query:query",
    },
    "Release": {
        "build": "corpus.build:build",
        "diff": "releases.release:diff",
        "release": "releases.release:release",
        "verify": "releases.verify:verify",
        "publish": "releases.publish:publish",
        "hydrate": "releases.hydrate:hydrate",
    },
    "Evaluation": {
        "train": "evaluation.train:train",
        "learning-curve": "evaluation.learning_curve:learning_curve",
        "predict": "evaluation.predict:predict",
        "tasks": "evaluation.tasks:tasks",
        "check-predictions": "evaluation.check_predictions:check_predictions",
        "convert-predictions": "evaluation.convert_predictions:convert_predictions",
        "score": "evaluation.score:score",
        "curves": "evaluation.curves:curves",
        "report": "evaluation.report:report",
        "compare": "evaluation.compare:compare",
        "errors": "evaluation.errors:errors",
        "leaderboard": "evaluation.leaderboard:leaderboard",
    },
    "Other formats": {
        "export": "interop.export:export",
        "import": "interop.import_:import_",
        "formats": "interop.formats:formats",
    },
    "Help": {
        "docs": "docs:docs",
    },
}

EPILOG = """\b
Examples:
  dateline ingest && dateline validate && dateline build
  dateline score predictions.jsonl
  dateline COMMAND --help
"""


@click.group(
    cls=Group,
    sections=SECTIONS,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="dateline")
def main() -> None:
    """Build, check, publish and score against a corpus of annotated texts."""
