"""The cases of one document: which are decided, by whom, and which are open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dateline.adjudication.cases import RULE, Accept, Case, Decision, outcome
from dateline.adjudication.strategy import Strategy


class Docket:
    """Takes up the cases as they arise, and decides those on which there is a decision."""

    def __init__(self, document: str, decisions: Iterable[Decision], strategy: Strategy) -> None:
        self._document = document
        self._decisions: dict[str, list[Decision]] = {}
        for decision in decisions:
            # What followed from other decisions follows again, or does not.
            if decision.document == document and decision.by != RULE:
                self._decisions.setdefault(decision.case, []).append(decision)
        self._strategy = strategy
        self.open: list[Case] = []
        self.decided: list[tuple[Case, Decision]] = []
        self.waiting = False
        """Whether there may be more cases once open ones are decided."""

    def ask(self, case: Case, accept: Accept | None = None) -> list[Any] | None:
        """The values that hold, or None while the case is open.

        Where all say the same there is no case. ``accept`` checks a value that no annotator gave;
        without it there can be none.
        """
        options = case.by_value()
        if len(options) == 1:
            return [options[0][0].value]
        decision = self._decision(case)
        if decision is None:
            self.open.append(case)
            return None
        self.decided.append((case, decision))
        return outcome(case, decision, accept)

    def settle(self, case: Case, value: Any, reason: str) -> None:
        """Take down what needs no decision because it follows from others."""
        decision = Decision(
            document=self._document, case=case.id, value=value, by=RULE, reason=reason
        )
        self.decided.append((case, decision))

    def _decision(self, case: Case) -> Decision | None:
        for decision in reversed(self._decisions.get(case.id, ())):
            if decision.fits(case):
                return decision
        ruling = self._strategy.settle(case)
        if ruling is None:
            return None
        return Decision(
            document=self._document,
            case=case.id,
            choice=ruling.choice,
            value=ruling.value,
            by=self._strategy.name,
        )
