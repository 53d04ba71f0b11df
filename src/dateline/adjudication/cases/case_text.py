"""A case as plain text, for a terminal or a note in Label Studio."""

from __future__ import annotations

from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.case import Case, Decision


def case_title(case: Case, annotated: AnnotatedDocument) -> str:
    """What the case is about, such as ``argument place of the event "met"``."""
    kind = "attribute" if case.kind == "labels" else case.kind
    field = f"{kind} {case.detail}".strip()
    return f"{field} of the {case.item_kind.replace('_', ' ')} {annotated.quote(case.ranges)}"


def case_options(case: Case) -> list[str]:
    """The different options, one a line: the annotators and their value."""
    return [f"{', '.join(names)}: {option.text}" for option, names in case.distinct_options()]


def case_notes(case: Case, annotated: AnnotatedDocument) -> list[str]:
    """What annotators noted on items there, one a line, and after it on the document."""
    return [f"note of {name}: {words}" for name, words in annotated.notes(case.ranges)]


def case_note(case: Case, annotated: AnnotatedDocument) -> str:
    """Title and numbered options, without the context and the case's id."""
    numbered = (f"{number}  {line}" for number, line in enumerate(case_options(case), 1))
    return "\n".join([case_title(case, annotated), *numbered, *case_notes(case, annotated)])


def decision_text(decision: Decision) -> str:
    """The decision, who made it and why, on one line."""
    if decision.choice is None:
        chosen = repr(decision.value)
    else:
        chosen = ", ".join(decision.choice) or "none"
    reason = f": {decision.reason}" if decision.reason else ""
    return f"decided: {chosen}, by {decision.curator or decision.by}{reason}"
