"""What can be settled by rule, without a curator."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from dateline.adjudication.cases import SETS, Case, distinct
from dateline.errors import DatelineError
from dateline.model import Struct

UNANIMOUS, MAJORITY, PREFER = "unanimous", "majority", "prefer"


class Ruling(Struct, frozen=True):
    """What a strategy says of a case: annotators whose option holds, or else a value."""

    choice: tuple[str, ...] | None
    value: Any = None


class Strategy(Struct, frozen=True):
    """A rule by its name; ``settle`` returns None to leave a case to the curator."""

    name: str
    settle: Callable[[Case], Ruling | None]


def strategy(name: str, annotators: Collection[str]) -> Strategy:
    """The strategy of this name. Raises DatelineError where there is none.

    ``unanimous`` leaves everything to the curator that not all say; ``majority`` follows more than
    half of the annotators; ``prefer:NAME`` follows one annotator in all that they looked at.
    """
    if name == UNANIMOUS:
        return Strategy(name, lambda _: None)
    if name == MAJORITY:
        return Strategy(name, _majority)
    kind, _, preferred = name.partition(":")
    if kind == PREFER and preferred in annotators:
        return Strategy(
            name, lambda case: Ruling(choice=(preferred,)) if preferred in case.options else None
        )
    raise DatelineError(
        f"--strategy {name}: there is no such strategy; it is unanimous, majority or prefer:NAME, "
        f"where NAME is one of {', '.join(annotators)}."
    )


def _majority(case: Case) -> Ruling | None:
    voters = len(case.options)
    if case.kind in SETS:
        # Each element is a question of its own: who has it, and who has not.
        votes = {
            repr(element): (element, sum(element in o.value for o in case.options.values()))
            for option in case.options.values()
            for element in option.value
        }
        if any(2 * count == voters for _, count in votes.values()):
            return None
        return Ruling(
            choice=None, value=[element for element, count in votes.values() if 2 * count > voters]
        )
    for value in distinct(option.value for option in case.options.values()):
        names = tuple(name for name, option in case.options.items() if option.value == value)
        if 2 * len(names) > voters:
            return Ruling(choice=names)
    return None
