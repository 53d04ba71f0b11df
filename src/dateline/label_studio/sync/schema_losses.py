"""Says what a changed ontology would take from a project, and how much work hangs on it."""

from __future__ import annotations

from collections.abc import Sequence

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.label_studio.importing.inventory import times
from dateline.label_studio.page.offers import (
    Offer,
    Use,
    count_uses,
    used_in_annotation,
    used_in_result,
)
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.responses import Project

SHOWN = 20
"""How many lost labels a message lists."""


def refusal(
    corpus: Corpus, server: Server, project: Project, lost: Sequence[Offer]
) -> DatelineError:
    """The fault that says what would be lost, where it is used, and the hint."""
    there = count_uses(
        lost,
        (
            used_in_result(submission.result)
            for annotated in server.annotated_tasks(project)
            for submission in annotated.submissions
        ),
    )
    here = count_uses(
        lost,
        (
            used_in_annotation(corpus.read_annotation(annotator, path.stem), corpus.ontology)
            for annotator in corpus.annotators()
            for path in sorted((corpus.annotations / annotator).glob("*.json"))
        ),
    )
    lines = [
        f"  {offer.line}: used {_use(there[offer.line])} on the server and "
        f"{_use(here[offer.line])} in annotations/"
        for offer in lost[:SHOWN]
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


def _use(use: Use) -> str:
    if not use.times:
        return "nowhere"
    return f"{times(use.times)} in {use.annotations:,} annotation{'s'[: use.annotations != 1]}"
