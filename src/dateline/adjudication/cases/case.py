"""A case, on which annotators disagree, and the decision on it, as the log keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from dateline.errors import InvalidInputError
from dateline.model import Range, Struct

CaseKind = Literal[
    "presence",
    "span",
    "chain",
    "cluster",
    "type",
    "name",
    "link",
    "attribute",
    "labels",
    "argument",
    "factuality",
    "claimer",
    "cue",
    "about",
    "relation",
]
ItemKind = Literal[
    "document",
    "mention",
    "entity",
    "relation",
    "event",
    "argument",
    "cluster",
    "claim",
    "event_relation",
    "claim_relation",
]
Validate = Callable[[Any], Any]
"""Returns a value that no annotator gave in its normal form; raises ValueError if it is invalid."""

CURATOR, RULE, CORRECTION = "curator", "rule", "correction"
SET_KINDS = frozenset({"argument", "about", "relation", "labels", "link"})
"""Kinds whose options are lists; the lists of several annotators can be united."""

_ON_RELATIONS = frozenset({"argument", "about", "relation", "claimer", "cue", "factuality"})


class Option(Struct, frozen=True):
    """An annotator's value, and the text that shows it.

    Spans are lists of [start, end]; several labels and links are lists. Items are
    ``ANNOTATOR:ID``, under the name of the first annotator who has them. Null means nothing.
    """

    value: Any
    text: str


class Case(Struct, frozen=True):
    """A disagreement to be decided.

    ``id`` is made of the items concerned, so it is the same in every run. ``kind`` is ``labels``
    for an attribute with several labels. ``detail`` is the role, the attribute or the source of
    factuality, ``ranges`` the
    place in the text; that of a document is its first sentence. ``allows_several`` says whether
    different options can be chosen together, ``allows_none`` whether all can be rejected.
    ``allowed_values`` lists the values that can be given instead of an option, if they form a
    closed list.
    """

    id: str
    kind: CaseKind
    item_kind: ItemKind
    detail: str
    ranges: tuple[Range, ...]
    options: Mapping[str, Option]
    allows_several: bool = False
    allows_none: bool = False
    allowed_values: tuple[str, ...] = ()

    @property
    def is_on_relations(self) -> bool:
        """Whether what is to be decided are relations on the page of Label Studio."""
        return self.kind in _ON_RELATIONS or self.item_kind in ("relation", "argument")

    def choices(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What can be chosen without another value: a name, and the annotators who are chosen.

        Names are the number of each different option, ``all`` and ``none``.
        """
        for number, (_, names) in enumerate(self.distinct_options(), 1):
            yield str(number), names
        if self.allows_several:
            yield "all", tuple(self.options)
        if self.allows_none:
            yield "none", ()

    def distinct_options(self) -> list[tuple[Option, tuple[str, ...]]]:
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
    """The decision on a case: a line of the log.

    ``choice`` names the annotators whose options are chosen; it is empty if all are rejected. If it
    is null, ``value`` is taken instead. ``by`` is ``curator``, the name of the strategy, ``rule``
    for what follows from other decisions, or ``correction`` for a manual edit of gold. ``curator``
    is a pseudonym, and ``role`` its kind.
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
        """Whether it is about this case, and the case still has the same options."""
        return self.case == case.id and (
            self.options is None
            or {name: option.value for name, option in self.options.items()}
            == {name: option.value for name, option in case.options.items()}
        )

    @property
    def lacks_curator(self) -> bool:
        """Whether a curator made it, but the curator's name is missing."""
        return self.by == CURATOR and self.curator is None


class Curator(Struct, frozen=True):
    """Who decides or corrects: pseudonym and kind; and the reason for corrections."""

    name: str
    kind: Literal["human", "model"]
    reason: str | None = None


def chosen_values(case: Case, decision: Decision, validate: Validate | None) -> list[Any]:
    """The values that a decision chooses: none, one, or several if the case allows it.

    Raises InvalidInputError if the case does not allow the decision.
    """
    if decision.choice is None:
        if validate is None:
            raise _invalid(decision, "choose among the annotators; other values are not allowed")
        try:
            return [validate(decision.value)]
        except ValueError as error:
            raise _invalid(decision, str(error)) from None
    unknown = [name for name in decision.choice if name not in case.options]
    if unknown:
        names = ", ".join(case.options)
        raise _invalid(decision, f'"{unknown[0]}" is not an option. Allowed: {names}')
    values = distinct(case.options[name].value for name in decision.choice)
    if not values and not case.allows_none:
        raise _invalid(decision, "choose one of the options; rejecting all is not allowed")
    if len(values) > 1 and not case.allows_several:
        raise _invalid(decision, "choose only one of the options")
    if len(values) > 1 and case.kind == "link" and decision.by == CURATOR and validate:
        try:
            validate(distinct(link for links in values for link in links))
        except ValueError as error:
            raise _invalid(decision, str(error)) from None
    return values


def distinct(values: Iterable[Any]) -> list[Any]:
    """The different values, in order; they need not be hashable."""
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _invalid(decision: Decision, problem: str) -> InvalidInputError:
    return InvalidInputError(
        f"{decision.document}: invalid decision on {decision.case}: {problem}."
    )
