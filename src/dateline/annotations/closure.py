"""The closure of relations: what follows from them, and where that is contradictory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from dateline.model import Relation, Struct
from dateline.ontology.labels import RelationLabel

EXAMINED = 10_000
"""Contradictions that are compared to find those with the shortest chains."""


class Fact(NamedTuple):
    """A relation between two nodes, given or inferred. Nodes are numbers."""

    type: str
    source: int
    target: int


class Contradiction(Struct, frozen=True):
    """Given relations that cannot all hold, in the order of a chain.

    They make a cycle of relations of the type ``first``, or, with ``second``, a chain for each of
    two types that exclude each other. ``seconds`` is the chain of the second type.
    """

    first: str
    firsts: tuple[Relation, ...]
    second: str = ""
    seconds: tuple[Relation, ...] = ()

    @property
    def relations(self) -> frozenset[tuple[str, str, str]]:
        """The keys of all these relations."""
        return frozenset(relation.key for relation in (*self.firsts, *self.seconds))


def contradictions(
    relations: Iterable[Relation],
    labels: Sequence[RelationLabel],
    node_of: Mapping[str, str],
    most: int,
) -> list[Contradiction]:
    """Contradictions in the closure of relations, at most ``most``.

    ``node_of`` has the node of each end; ends with the same node are one thing. From each set of
    relations that has a contradictory part, only the part is returned.
    """
    closure = _Closure(relations, labels, node_of)
    pairs = list(islice(closure.contradictory_pairs(), EXAMINED))
    pairs.sort(key=lambda pair: sum(closure.step_of(fact) for fact in pair if fact is not None))
    found: list[Contradiction] = []
    of_cycles: set[tuple[str, str]] = set()
    for first, second in pairs:
        if second is None and closure.node(first) in of_cycles:
            continue
        contradiction = Contradiction(
            first=first.type,
            firsts=closure.chain(first),
            second=second.type if second is not None else "",
            seconds=closure.chain(second) if second is not None else (),
        )
        if not any(other.relations <= contradiction.relations for other in found):
            found.append(contradiction)
            if second is None:
                of_cycles |= {(first.type, node_of[r.source]) for r in contradiction.firsts}
            if len(found) == most:
                break
    return found


class _Closure:
    """All facts that follow, as a set of bits for each type and source.

    Each step infers what follows at once from the facts of the steps before it, which gives every
    fact a derivation from earlier ones.
    """

    def __init__(
        self,
        relations: Iterable[Relation],
        labels: Sequence[RelationLabel],
        node_of: Mapping[str, str],
    ) -> None:
        self._labels = {label.name: label for label in labels}
        self._compositions = [found for label in labels for found in _compositions(label)]
        self._rows: dict[str, dict[int, int]] = {name: {} for name in self._labels}
        self._steps: dict[tuple[str, int], list[tuple[int, int]]] = {}
        self._given: dict[Fact, Relation] = {}
        numbers: dict[str, int] = {}
        for relation in relations:
            if relation.type in self._labels and {relation.source, relation.target} <= {*node_of}:
                nodes = (node_of[relation.source], node_of[relation.target])
                source, target = (numbers.setdefault(node, len(numbers)) for node in nodes)
                self._given.setdefault(Fact(relation.type, source, target), relation)
        self._nodes = [*numbers]
        self._infer()

    def node(self, fact: Fact) -> tuple[str, str]:
        """The type of a fact, and the node that it starts from."""
        return fact.type, self._nodes[fact.source]

    def contradictory_pairs(self) -> Iterator[tuple[Fact, Fact | None]]:
        """Facts of a cycle, from a node to itself, and pairs of facts that exclude each other."""
        for label in self._labels.values():
            for source, row in self._rows[label.name].items():
                if label.is_order and row >> source & 1:
                    yield Fact(label.name, source, source), None
        for first, second in self._exclusions():
            others = self._rows[second]
            for source, row in self._rows[first].items():
                for target in _bits(row & ~(1 << source)):
                    fact = Fact(first, source, target)
                    if first != second and others.get(source, 0) >> target & 1:
                        yield fact, Fact(second, source, target)
                    if others.get(target, 0) >> source & 1:
                        yield fact, Fact(second, target, source)

    def step_of(self, fact: Fact) -> int:
        """The step that inferred a fact; 0 if it is given."""
        steps = self._steps[fact.type, fact.source]
        return next(step for step, row in steps if row >> fact.target & 1)

    def chain(self, fact: Fact) -> tuple[Relation, ...]:
        """The given relations that a fact follows from."""
        found, pending = [], [fact]
        while pending:
            fact = pending.pop()
            if fact in self._given:
                found.append(self._given[fact])
            else:
                pending += reversed(self._premises(fact))
        return tuple(found)

    def _infer(self) -> None:
        new: dict[tuple[str, int], int] = {}
        for type_, source, target in self._given:
            new[type_, source] = new.get((type_, source), 0) | 1 << target
        step = 0
        while new:
            for (type_, source), row in new.items():
                rows = self._rows[type_]
                rows[source] = rows.get(source, 0) | row
                self._steps.setdefault((type_, source), []).append((step, rows[source]))
            new, step = self._inferred(new), step + 1

    def _inferred(self, last: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], int]:
        """What follows at once from facts of which one is among the last ones, and is new."""
        new: dict[tuple[str, int], int] = {}
        # The nodes from which there are new facts, by type.
        longer = dict.fromkeys(self._labels, 0)
        for type_, source in last:
            longer[type_] |= 1 << source
        for first, second, result in self._compositions:
            continuations, known = self._rows[second], self._rows[result]
            for source, row in self._rows[first].items():
                reached = 0
                for middle in _bits(last.get((first, source), 0) | row & longer[second]):
                    reached |= continuations.get(middle, 0)
                if fresh := reached & ~known.get(source, 0):
                    new[result, source] = new.get((result, source), 0) | fresh
        for label in self._labels.values():
            rows = self._rows[label.name] if label.symmetric else {}
            for source, row in rows.items():
                for target in _bits(row):
                    if not rows.get(target, 0) >> source & 1:
                        new[label.name, target] = new.get((label.name, target), 0) | 1 << source
        return new

    def _premises(self, fact: Fact) -> tuple[Fact, ...]:
        """Facts of earlier steps from which one follows at once."""
        step, reverse = self.step_of(fact), Fact(fact.type, fact.target, fact.source)
        if self._labels[fact.type].symmetric and self._holds(reverse, step - 1):
            return (reverse,)
        for first, second, result in self._compositions:
            if result == fact.type:
                for middle in _bits(self._row(first, fact.source, step - 1)):
                    premise = Fact(second, middle, fact.target)
                    if self._holds(premise, step - 1):
                        return Fact(first, fact.source, middle), premise
        raise AssertionError(f"{fact} has no derivation")

    def _holds(self, fact: Fact, step: int) -> bool:
        return bool(self._row(fact.type, fact.source, step) >> fact.target & 1)

    def _row(self, type_: str, source: int, step: int) -> int:
        """The row after a step."""
        steps = self._steps.get((type_, source), [])
        return next((row for at, row in reversed(steps) if at <= step), 0)

    def _exclusions(self) -> list[tuple[str, str]]:
        names = [*self._labels]
        pairs = (
            sorted((label.name, other), key=names.index)
            for label in self._labels.values()
            for other in label.excludes
        )
        return [*dict.fromkeys((first, second) for first, second in pairs)]


def _compositions(label: RelationLabel) -> Iterator[tuple[str, str, str]]:
    """A relation, the one that follows it, and what both give."""
    if label.transitive:
        yield label.name, label.name, label.name
    for second, result in label.then.items():
        yield label.name, second, result


def _bits(row: int) -> Iterator[int]:
    while row:
        low = row & -row
        yield low.bit_length() - 1
        row ^= low
