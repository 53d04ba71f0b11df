"""Strategies: rules that decide cases without a curator."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from dateline.adjudication.cases.case import SET_KINDS, Case, distinct
from dateline.errors import InvalidInputError
from dateline.model import Struct

UNANIMOUS, MAJORITY, PREFER = "unanimous", "majority", "prefer"


class Answer(Struct, frozen=True):
    """A strategy's answer to a case: the annotators whose options it chooses, or else a value."""

    choice: tuple[str, ...] | None
    value: Any = None


class Strategy(Struct, frozen=True):
    """A rule and its name; ``decide`` returns None to leave a case open."""

    name: str
    decide: Callable[[Case], Answer | None]


def strategy(name: str, annotators: Collection[str]) -> Strategy:
    """The strategy of this name. Raises InvalidInputError if there is none.

    ``unanimous`` leaves all cases open, ``majority`` follows more than half of the annotators,
    ``prefer:NAME`` follows one annotator wherever they have an option.
    """
    if name == UNANIMOUS:
        return Strategy(name=name, decide=lambda _: None)
    if name == MAJORITY:
        return Strategy(name=name, decide=_majority)
    kind, _, preferred = name.partition(":")
    if kind == PREFER and preferred in annotators:
        return Strategy(
            name=name,
            decide=lambda case: Answer(choice=(preferred,)) if preferred in case.options else None,
        )
    preferences = (f"{PREFER}:{annotator}" for annotator in annotators)
    raise InvalidInputError(
        f"There is no strategy {name!r}. Allowed: {', '.join([UNANIMOUS, MAJORITY, *preferences])}."
    )


def _majority(case: Case) -> Answer | None:
    voters = len(case.options)
    if case.kind in SET_KINDS:
        # Each element is voted on separately.
        votes = {
            repr(element): (element, sum(element in o.value for o in case.options.values()))
            for option in case.options.values()
            for element in option.value
        }
        if any(2 * count == voters for _, count in votes.values()):
            return None
        return Answer(
            choice=None, value=[element for element, count in votes.values() if 2 * count > voters]
        )
    for value in distinct(option.value for option in case.options.values()):
        names = tuple(name for name, option in case.options.items() if option.value == value)
        if 2 * len(names) > voters:
            return Answer(choice=names)
    return None
