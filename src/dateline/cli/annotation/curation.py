"""Conflicts between annotators, as a curator gets them in Label Studio."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dateline.adjudication.adjudicate import Adjudication
    from dateline.adjudication.cases.case import Case
    from dateline.cli.shared import Settings
    from dateline.corpus.store import Corpus
    from dateline.label_studio.convert.conflict_marks import CurationProposal
    from dateline.label_studio.convert.conflict_versions import RowChange
    from dateline.label_studio.result_rows import Rows
    from dateline.model import Annotation

CURATION = "curation"
"""The last part of the project's title."""


def to_curate(
    settings: Settings, corpus: Corpus, annotators: tuple[str, ...], documents: tuple[str, ...]
) -> tuple[dict[str, CurationProposal], list[str], tuple[str, ...]]:
    """What a curator starts from, by document; the documents; and the layers with conflicts.

    Raises a DatelineError if the annotations cannot be adjudicated.
    """
    from dateline.adjudication.adjudicate import Adjudication
    from dateline.adjudication.cases.case_text import case_note
    from dateline.adjudication.selection import select_documents
    from dateline.adjudication.strategy import UNANIMOUS, strategy
    from dateline.label_studio.convert.conflict_marks import ConflictMark, CurationProposal
    from dateline.label_studio.convert.to_result import to_result

    proposals: dict[str, CurationProposal] = {}
    layers: tuple[str, ...] = ()
    selection, rule = select_documents(corpus, annotators, documents), strategy(UNANIMOUS, ())
    for message in selection.left_out:
        settings.say(message)
    for document, names in selection.documents.items():
        adjudication = Adjudication(corpus, document, names, rule)
        annotation, cases = adjudication.curator_draft()
        annotated, rows = adjudication.annotated, to_result(annotation, corpus.ontology)
        marks = [
            ConflictMark(
                place=case.ranges[0],
                note=case_note(case, annotated),
                versions=_versions(adjudication, case, annotation, rows),
            )
            for case in cases
        ]
        elsewhere = adjudication.notes_without_case(cases)
        marks += [ConflictMark(place=place, note=note) for place, note in elsewhere]
        proposals[document] = CurationProposal(annotation=annotation, marks=tuple(marks))
        layers = annotated.layers
    return proposals, [*proposals], layers


def _versions(
    adjudication: Adjudication, case: Case, draft: Annotation, rows: Rows
) -> dict[str, RowChange]:
    """What each version of a conflict on relations changes in the rows of the draft.

    None for other conflicts.
    """
    from dateline.label_studio.convert.conflict_versions import change_between
    from dateline.label_studio.convert.to_result import to_result

    if not case.is_on_relations:
        return {}
    ontology = adjudication.annotated.ontology
    changes = {
        name: change_between(rows, to_result(other, ontology))
        for name, other in adjudication.drafts_by_choice(case, draft).items()
    }
    return changes if any(change.is_on_relations for change in changes.values()) else {}


def how_to_go_on(annotators: Iterable[str], titles: Iterable[str]) -> str:
    """The commands to run when the curator has submitted."""
    pulls = "\n".join(
        f"  dateline studio pull --project '{title}' --users USER=CURATOR" for title in titles
    )
    return (
        "Once for each curator:\n"
        "  dateline annotators add CURATOR --kind human\n"
        f"When the curator has submitted:\n{pulls}\n"
        f"  dateline adjudicate {' '.join(annotators)} --from-curator CURATOR"
    )
