"""Conflicts of annotators on their way to a curator in Label Studio."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dateline.adjudication.adjudicate import Adjudication
    from dateline.adjudication.cases.case import Case
    from dateline.corpus.store import Corpus
    from dateline.label_studio.convert.conflict_marks import ConflictMark, CurationProposal

CURATION = "curation"
"""Ends the title of the project."""


def to_curate(
    corpus: Corpus, annotators: str, documents: tuple[str, ...]
) -> tuple[dict[str, CurationProposal], list[str], tuple[str, ...]]:
    """What a curator starts from, by document; the documents; and the layers to be settled.

    ``annotators`` are names with commas between. Raises DatelineError where their annotations
    cannot be adjudicated.
    """
    from dateline.adjudication.adjudicate import Adjudication, shared_documents
    from dateline.adjudication.strategy import UNANIMOUS, strategy
    from dateline.label_studio.convert.conflict_marks import CurationProposal

    names = [name.strip() for name in annotators.split(",") if name.strip()]
    found: dict[str, CurationProposal] = {}
    layers: tuple[str, ...] = ()
    for document in shared_documents(corpus, names, documents):
        adjudication = Adjudication(corpus, document, names, strategy(UNANIMOUS, names))
        annotation, cases = adjudication.curator_draft()
        marks = tuple(_mark(adjudication, case) for case in cases)
        found[document] = CurationProposal(annotation=annotation, marks=marks)
        layers = adjudication.annotated.layers
    return found, [*found], layers


def how_to_go_on(annotators: str, titles: Iterable[str]) -> str:
    """What to run once the curator has submitted."""
    names = " ".join(name.strip() for name in annotators.split(","))
    pulls = "\n".join(
        f"  dateline studio pull --project '{title}' --annotator USER=CURATOR" for title in titles
    )
    return f"When it is curated:\n{pulls}\n  dateline adjudicate {names} --from-curator CURATOR"


def _mark(adjudication: Adjudication, case: Case) -> ConflictMark:
    from dateline.adjudication.cases.case_text import case_note
    from dateline.label_studio.convert.conflict_marks import ConflictMark

    note = case_note(case, adjudication.annotated)
    return ConflictMark(place=case.ranges[0], note=note)
