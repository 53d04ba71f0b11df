"""Tasks for the harnesses that evaluate language models: Inspect and lm-evaluation-harness."""

from pathlib import Path

LM_EVAL_TASKS = Path(__file__).parent / "lm_eval_tasks"
"""The folder of the tasks of lm-evaluation-harness, which finds them by it."""
