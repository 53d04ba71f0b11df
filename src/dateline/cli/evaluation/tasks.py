"""``dateline tasks``."""

from __future__ import annotations

from importlib.util import find_spec

import click

from dateline.cli.shared import Command, Settings, echo, pass_settings

PACKAGES = ("inspect_ai", "lm_eval", "openai")


@click.command(cls=Command)
@click.option(
    "--include-path", is_flag=True, help="Print the folder for --include_path of lm_eval only."
)
@pass_settings
def tasks(settings: Settings, include_path: bool) -> None:
    """List the tasks for language models.

    Inspect finds its tasks by itself, lm-evaluation-harness in the folder of --include-path.

    \b
    Examples:
      dateline tasks
      inspect eval dateline/claims -T dataset=dist --model openai/MODEL
      lm_eval --include_path "$(dateline tasks --include-path)" --tasks dateline_claims \\
        --metadata dataset=dist --model local-chat-completions --apply_chat_template \\
        --model_args model=MODEL,base_url=https://HOST/v1/chat/completions
    """
    from dateline.evaluation.harness import LM_EVAL_TASKS
    from dateline.evaluation.harness.tasks import NAMES
    from dateline.extras import extra
    from dateline.rendering.tables import Table, print_tables

    del settings
    with extra("eval"):
        for package in PACKAGES:  # importing them takes seconds
            if find_spec(package) is None:
                raise ModuleNotFoundError(name=package)
    if include_path:
        echo(str(LM_EVAL_TASKS))
        return
    rows = [(name, f"dateline/{name}", f"dateline_{name}") for name in NAMES]
    print_tables([Table("tasks", ("task", "Inspect", "lm-evaluation-harness"), rows, texts=3)])
