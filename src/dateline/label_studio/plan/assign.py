"""Assigning documents to a team.

Documents are assigned one after the other, in a random order, and what is assigned stays. So more
documents change nothing of what annotators have, and the first documents of a plan have the same
shares as all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from dateline.errors import InvalidInputError
from dateline.files.writing import sha256
from dateline.label_studio.plan.plan import GOLD_QUESTION, Assignment, Member, Plan, Why

COPIES = {"single": 1, "overlap": 2}
"""How many annotators get a document."""


def with_team(plan: Plan, team: Sequence[str], done: Collection[tuple[str, str]]) -> Plan:
    """The plan for this team: all others leave, new ones join.

    What somebody who leaves has not ``done``, as pairs of annotator and document, goes to the
    others, in the same lot. A document of an overlap that nobody else can get becomes single, and
    gold questions are dropped. Raises InvalidInputError if nobody stays.
    """
    if not team:
        raise InvalidInputError("A plan needs at least one annotator.")
    leaving = {*plan.team()} - {*team}
    kept: list[Assignment] = []
    left: list[Assignment] = []
    for one in plan.assignments:
        stays = one.annotator not in leaving or (one.annotator, one.document) in done
        (kept if stays else left).append(one)
    members = tuple(replace(one, left=one.left or one.name not in team) for one in plan.annotators)
    table = _Table(replace(plan, annotators=members, assignments=tuple(kept)))
    for name in team:
        table.join(name)
    # Those of an overlap first: fewer annotators can get them.
    for one in sorted(left, key=lambda one: one.why == "single"):
        if one.why != GOLD_QUESTION:
            table.hand_over(one)
    return table.plan()


def with_documents(plan: Plan, documents: Iterable[str], gold: Iterable[str]) -> Plan:
    """The plan with these documents; those that it has already stay as they are.

    ``gold`` are the documents that can become gold questions. Raises InvalidInputError if a single
    annotator cannot overlap with anybody, or if there are not enough gold questions.
    """
    if plan.overlap and len(plan.team()) < COPIES["overlap"]:
        raise InvalidInputError(
            "An overlap needs two annotators; name another one, or set the overlap to 0%."
        )
    table = _Table(plan)
    chosen = {*documents}
    table.offer({*gold} - chosen)
    for document in table.new(chosen):
        table.add(document)
    table.ask()  # the share may have grown
    return table.plan()


class _Table:
    """A plan that changes; its annotators have loads, the documents that they got."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._members = {one.name: one for one in plan.annotators}
        self._assignments = [*plan.assignments]
        self._annotators: dict[str, list[str]] = {}
        self._why: dict[str, Why] = {}  # without gold questions
        self._own = Counter[str]()
        self._asked = Counter[str]()
        self._overlapping = 0
        for one in plan.assignments:
            self._count(one)
        self._lot = max((one.lot for one in plan.assignments), default=1)
        last = {one.document for one in plan.assignments if one.lot == self._lot}
        self._in_lot = len(last & self._why.keys())
        self._questions: list[str] = []

    def plan(self) -> Plan:
        return replace(
            self._plan,
            annotators=tuple(self._members.values()),
            assignments=tuple(self._assignments),
        )

    def join(self, name: str) -> None:
        """Let an annotator take part from now on, level with the one who has the fewest."""
        member = self._members.get(name)
        if member is None or member.left:
            least = min((self._load(other) for other in self._team()), default=self._own[name])
            self._members[name] = Member(name=name, credit=least - self._own[name])

    def offer(self, questions: Collection[str]) -> None:
        """Name what can be a gold question; those that somebody has already come first."""
        used = [one.document for one in self._assignments if one.why == GOLD_QUESTION]
        self._questions = [*dict.fromkeys(used), *self.new(questions)]

    def new(self, documents: Collection[str]) -> list[str]:
        """Those that the plan lacks, in a random order."""
        return sorted({*documents} - self._annotators.keys(), key=self._hash)

    def add(self, document: str) -> None:
        """Assign a document, and the gold questions that it makes due."""
        if self._in_lot == self._plan.batch:
            self._lot, self._in_lot = self._lot + 1, 0
        self._in_lot += 1
        due = self._overlapping < _share(len(self._why) + 1, self._plan.overlap)
        why: Why = "overlap" if due else "single"
        for name in self._next(document, COPIES[why]):
            self._assign(document, name, self._lot, why)
        self.ask()

    def ask(self) -> None:
        """Assign the gold questions that are due."""
        for name in self._team():
            while self._asked[name] < _share(self._own[name], self._plan.gold):
                self._assign(self._question(name), name, self._lot, GOLD_QUESTION)

    def hand_over(self, one: Assignment) -> None:
        """Give what somebody leaves behind to another annotator, if there is one without it."""
        names = self._next(one.document, 1)
        if names:
            self._assign(one.document, names[0], one.lot, one.why)
            return
        self._why[one.document] = "single"
        self._overlapping -= 1
        self._assignments = [
            replace(other, why="single") if other.document == one.document else other
            for other in self._assignments
        ]

    def _team(self) -> list[str]:
        return [one.name for one in self._members.values() if not one.left]

    def _load(self, name: str) -> int:
        return self._members[name].credit + self._own[name]

    def _next(self, document: str, number: int) -> list[str]:
        """Those with the fewest documents, who do not have this one; at random among equals."""
        free = {*self._team()} - {*self._annotators.get(document, ())}
        by_load = sorted(free, key=lambda name: (self._load(name), self._hash(document, name)))
        return by_load[:number]

    def _question(self, name: str) -> str:
        for document in self._questions:
            if name not in self._annotators.get(document, ()):
                return document
        raise InvalidInputError(
            f"{len(self._questions)} documents have gold and can be gold questions; {name} needs "
            f"more for a share of {self._plan.gold}%. Lower the share, or make more gold first."
        )

    def _assign(self, document: str, name: str, lot: int, why: Why) -> None:
        one = Assignment(document=document, annotator=name, lot=lot, why=why)
        self._assignments.append(one)
        self._count(one)

    def _count(self, one: Assignment) -> None:
        self._annotators.setdefault(one.document, []).append(one.annotator)
        if one.why == GOLD_QUESTION:
            self._asked[one.annotator] += 1
        else:
            self._own[one.annotator] += 1
            self._overlapping += one.document not in self._why and one.why == "overlap"
            self._why[one.document] = one.why

    def _hash(self, *names: str) -> str:
        return sha256("\n".join([str(self._plan.seed), *names]).encode())


def _share(documents: int, percent: int) -> int:
    """A share of documents, rounded half up."""
    return (2 * documents * percent + 100) // 200
