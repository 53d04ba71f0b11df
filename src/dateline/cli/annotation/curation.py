"""Conflicts between annotators, as a curator gets them in Label Studio."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dateline.cli.shared import Settings
    from dateline.corpus.store import Corpus
    from dateline.label_studio.convert.conflict_marks import CurationProposal

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

    proposals: dict[str, CurationProposal] = {}
    layers: tuple[str, ...] = ()
    selection, rule = select_documents(corpus, annotators, documents), strategy(UNANIMOUS, ())
    for message in selection.left_out:
        settings.say(message)
    for document, names in selection.documents.items():
        adjudication = Adjudication(corpus, document, names, rule)
        annotation, cases = adjudication.curator_draft()
        marks = tuple(
            ConflictMark(place=case.ranges[0], note=case_note(case, adjudication.annotated))
            for case in cases
        )
        proposals[document] = CurationProposal(annotation=annotation, marks=marks)
        layers = adjudication.annotated.layers
    return proposals, [*proposals], layers


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
