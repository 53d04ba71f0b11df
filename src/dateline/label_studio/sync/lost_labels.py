"""Labels that a changed ontology would remove from a project, and how often they are used."""

from __future__ import annotations

from collections.abc import Sequence

from dateline.corpus.store import Corpus
from dateline.errors import ConflictError
from dateline.label_studio.config.entries import (
    ConfigEntry,
    UseCount,
    count_uses,
    uses_in_annotation,
    uses_in_result,
)
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import Project
from dateline.rendering.listing import counted, listed

SHOWN = 20
"""How many labels a message lists."""


def lost_labels(
    corpus: Corpus, server: Server, project: Project, removed: Sequence[ConfigEntry]
) -> ConflictError:
    """The error that lists the labels that would be removed, and where they are used."""
    on_server = count_uses(
        removed,
        (
            uses_in_result(submission.result)
            for annotated in server.annotated_tasks(project)
            for submission in annotated.submissions
        ),
    )
    in_corpus = count_uses(
        removed,
        (
            uses_in_annotation(corpus.read_annotation(annotator, path.stem), corpus.ontology)
            for annotator in corpus.annotators()
            for path in sorted((corpus.annotations / annotator).glob("*.json"))
        ),
    )
    lines = [
        f"{entry.description}: used {_format(on_server[entry.description])} on the server and "
        f"{_format(in_corpus[entry.description])} in annotations/"
        for entry in removed
    ]
    return ConflictError(
        f'{server.address}: the project "{project.title}" has labels that are not in '
        "schema/ontology.schema.json, and annotators would lose them:\n"
        + "\n".join(f"  {line}" for line in listed(lines, SHOWN))
        + "\nNothing was changed. If a label was renamed, add its old name to x-formerly of the "
        "new one. Otherwise add it to the ontology, or push to a project with another title. "
        "Drafts that are not submitted are not counted."
    )


def _format(use: UseCount) -> str:
    if not use.times:
        return "nowhere"
    return f"{counted(use.times, 'time')} in {counted(use.annotations, 'annotation')}"
