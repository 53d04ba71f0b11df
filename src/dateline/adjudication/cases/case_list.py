"""The cases of one document: decided and open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.case import RULE, Case, Decision, Validate, chosen_values
from dateline.adjudication.strategy import Strategy


class CaseList:
    """Collects cases, and resolves those on which there is a decision."""

    def __init__(
        self, annotated: AnnotatedDocument, decisions: Iterable[Decision], strategy: Strategy
    ) -> None:
        self.annotated = annotated
        self.open: list[Case] = []
        self.decided: list[tuple[Case, Decision]] = []
        self.incomplete = False
        """Whether deciding the open cases can lead to more cases."""
        self._strategy = strategy
        self._decisions: dict[str, list[Decision]] = {}
        for decision in decisions:
            # Decisions by rule are derived again from the others.
            if decision.document == annotated.document.id and decision.by != RULE:
                self._decisions.setdefault(decision.case, []).append(decision)

    def resolve(self, case: Case, validate: Validate | None = None) -> list[Any] | None:
        """Add a case, and return the chosen values, or None while the case is open.

        If all options are the same, there is nothing to decide. ``validate`` checks a value that no
        annotator gave; without it such values are not allowed. Raises InvalidInputError if the case
        does not allow the decision on it.
        """
        options = case.distinct_options()
        if len(options) == 1:
            return [options[0][0].value]
        decision = self._decision(case)
        if decision is None:
            self.open.append(case)
            return None
        self.decided.append((case, decision))
        return chosen_values(case, decision, validate)

    def add_by_rule(self, case: Case, value: Any, reason: str) -> None:
        """Add a case whose decision follows from others."""
        document = self.annotated.document.id
        decision = Decision(document=document, case=case.id, value=value, by=RULE, reason=reason)
        self.decided.append((case, decision))

    def _decision(self, case: Case) -> Decision | None:
        for decision in reversed(self._decisions.get(case.id, ())):
            if decision.fits(case):
                return decision
        answer = self._strategy.decide(case) if case.options else None
        if answer is None:
            return None
        return Decision(
            document=self.annotated.document.id,
            case=case.id,
            choice=answer.choice,
            value=answer.value,
            by=self._strategy.name,
        )
