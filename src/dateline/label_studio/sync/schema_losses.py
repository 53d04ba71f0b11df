"""Says what a changed ontology would take from a project, and how much work hangs on it."""

from __future__ import annotations

from collections.abc import Sequence

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.label_studio.config.entries import (
    ConfigEntry,
    UseCount,
    count_uses,
    uses_in_annotation,
    uses_in_result,
)
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import Project
from dateline.rendering.listing import counted

SHOWN = 20
"""How many lost labels a message lists."""


def refusal(
    corpus: Corpus, server: Server, project: Project, lost: Sequence[ConfigEntry]
) -> DatelineError:
    """The fault that says what would be lost, where it is used, and the hint."""
    there = count_uses(
        lost,
        (
            uses_in_result(submission.result)
            for annotated in server.annotated_tasks(project)
            for submission in annotated.submissions
        ),
    )
    here = count_uses(
        lost,
        (
            uses_in_annotation(corpus.read_annotation(annotator, path.stem), corpus.ontology)
            for annotator in corpus.annotators()
            for path in sorted((corpus.annotations / annotator).glob("*.json"))
        ),
    )
    lines = [
        f"  {entry.description}: used {_use(there[entry.description])} on the server and "
        f"{_use(here[entry.description])} in annotations/"
        for entry in lost[:SHOWN]
    ]
    if len(lost) > SHOWN:
        lines.append(f"  and {len(lost) - SHOWN} more")
    return DatelineError(
        f"{server.address}: the project «{project.title}» has what schema/ontology.schema.json "
        "has not, and annotators would lose it:\n"
        + "\n".join(lines)
        + "\nNothing was changed. Where a label was renamed, write its old name into "
        "x-formerly of the new one; otherwise add it to the ontology, or push to another project "
        "with --project. Unsubmitted drafts are not counted."
    )


def _use(use: UseCount) -> str:
    if not use.times:
        return "nowhere"
    return f"{counted(use.times, 'time')} in {counted(use.annotations, 'annotation')}"
