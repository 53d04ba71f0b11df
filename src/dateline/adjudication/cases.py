"""A case: one thing that annotators say differently; and a decision on it, as the log keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from dateline.errors import DatelineError
from dateline.model import Range, Struct

Kind = Literal[
    "presence",
    "span",
    "chain",
    "cluster",
    "type",
    "name",
    "link",
    "attribute",
    "argument",
    "claimer",
    "cue",
    "about",
    "relation",
]
What = Literal["mention", "entity", "event", "claim", "event_relation", "claim_relation"]
Accept = Callable[[Any], Any]
"""Takes a value that no annotator gave, and returns it or raises ValueError with what is wrong."""

CURATOR, RULE, CORRECTION = "curator", "rule", "correction"
SETS = frozenset({"argument", "about", "relation"})
"""Kinds whose options are lists: what is chosen of several annotators is put together."""


class Option(Struct, frozen=True):
    """What one annotator says: the value, and how to show it to a person.

    Spans are lists of [start, end]; items are «ANNOTATOR:ID», under the first annotator's name
    where several have them; null stands for nothing.
    """

    value: Any
    text: str


class Case(Struct, frozen=True):
    """Something that annotators say differently.

    ``id`` is made of what the case is about, so it is the same in every run. ``detail`` is the role
    or attribute that is meant, ``place`` where to look in the text. ``several`` says whether
    different options can be chosen together, ``none`` whether all can be refused, and ``values``
    lists what else may be given, where there is a list.
    """

    id: str
    kind: Kind
    what: What
    detail: str
    place: tuple[Range, ...]
    options: Mapping[str, Option]
    several: bool = False
    none: bool = False
    values: tuple[str, ...] = ()

    def by_value(self) -> list[tuple[Option, tuple[str, ...]]]:
        """The different options, each with the annotators who gave it."""
        found: list[tuple[Option, list[str]]] = []
        for name, option in self.options.items():
            names = next((names for known, names in found if known.value == option.value), None)
            if names is None:
                found.append((option, [name]))
            else:
                names.append(name)
        return [(option, tuple(names)) for option, names in found]


class Decision(Struct, frozen=True, omit_defaults=True):
    """How a case was decided: a line of the log.

    ``choice`` names annotators whose option holds, none of them if it is empty; where it is null,
    ``value`` holds instead. ``by`` is «curator», the strategy, «rule» for what follows from other
    decisions, or «correction» for what was changed in gold by hand. ``curator`` is a pseudonym;
    ``role`` says whether it is a human's or a model's.
    """

    document: str
    case: str
    choice: tuple[str, ...] | None = None
    value: Any = None
    reason: str | None = None
    by: str = CURATOR
    curator: str | None = None
    role: Literal["human", "model"] | None = None
    when: str | None = None
    options: Mapping[str, Option] | None = None
    quote: str | None = None

    def fits(self, case: Case) -> bool:
        """Whether it is about this case, and the options are still those that were decided on."""
        return self.case == case.id and (
            self.options is None
            or {name: option.value for name, option in self.options.items()}
            == {name: option.value for name, option in case.options.items()}
        )


def unsigned(decision: Decision) -> bool:
    """Whether a curator made it, and it does not say which."""
    return decision.by == CURATOR and decision.curator is None


def outcome(case: Case, decision: Decision, accept: Accept | None) -> list[Any]:
    """The values that hold by a decision: none, one, or several where the case allows it.

    Raises DatelineError where the decision is not among those that the case allows.
    """
    if decision.choice is None:
        if accept is None:
            raise _refused(decision, "choose among the annotators; no other value can be given")
        try:
            return [accept(decision.value)]
        except ValueError as error:
            raise _refused(decision, f"{decision.value!r}: {error}") from None
    unknown = [name for name in decision.choice if name not in case.options]
    if unknown:
        raise _refused(decision, f"«{unknown[0]}» is none of {', '.join(case.options)}")
    values = distinct(case.options[name].value for name in decision.choice)
    if not values and not case.none:
        raise _refused(decision, "one of the options must hold")
    if len(values) > 1 and not case.several:
        raise _refused(decision, "only one of these options can hold")
    return values


def distinct(values: Iterable[Any]) -> list[Any]:
    """The different values, in order; they need not be hashable."""
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _refused(decision: Decision, why: str) -> DatelineError:
    return DatelineError(
        f"{decision.document}: the decision on {decision.case} cannot be taken: {why}."
    )
