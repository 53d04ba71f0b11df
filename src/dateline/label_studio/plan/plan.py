"""The plan of a team as a file: who gets which document, in which lot, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal, get_args

from dateline.corpus.annotators import check_pseudonym
from dateline.corpus.store import Corpus, canonical_json, read_struct
from dateline.errors import InvalidInputError
from dateline.files.writing import write_if_changed
from dateline.model import Struct

Why = Literal["single", "overlap", "gold question"]
"""``single``: nobody else gets the document. ``overlap``: two annotators do, to measure agreement.
``gold question``: it has gold that the annotator does not see."""


WHYS: tuple[Why, ...] = get_args(Why)
GOLD_QUESTION: Why = "gold question"


class Member(Struct, frozen=True, omit_defaults=True):
    """An annotator of the team; ``left`` if documents are no longer assigned.

    ``credit`` is the number of documents that the others had when this one joined, so that a new
    annotator gets an equal share of what comes, and need not catch up.
    """

    name: str
    credit: int = 0
    left: bool = False


class Assignment(Struct, frozen=True):
    """A document that an annotator gets; lots are numbered from 1 and pushed in this order."""

    document: str
    annotator: str
    lot: int
    why: Why


class Plan(Struct, frozen=True):
    """The plan: ``overlap`` and ``gold`` in percent, the documents of a lot, and assignments.

    Of 100 documents, ``overlap`` go to two annotators. An annotator gets ``gold`` gold questions
    for 100 other documents.
    """

    seed: int
    overlap: int
    gold: int
    batch: int
    annotators: tuple[Member, ...] = ()
    assignments: tuple[Assignment, ...] = ()

    def team(self) -> list[str]:
        """The annotators who have not left."""
        return [member.name for member in self.annotators if not member.left]

    def of(self, annotator: str) -> list[Assignment]:
        """What an annotator gets, in the order of the plan."""
        return [one for one in self.assignments if one.annotator == annotator]

    def gold_questions(self) -> set[str]:
        """The documents that are gold questions."""
        return {one.document for one in self.assignments if one.why == GOLD_QUESTION}

    def current_lot(self, annotator: str, done: Collection[str]) -> int:
        """The first lot of which the annotator has not done all documents; else the last one."""
        own = self.of(annotator)
        return min(
            (one.lot for one in own if one.document not in done),
            default=max((one.lot for one in own), default=1),
        )


def plan_path(corpus: Corpus) -> Path:
    """Where a corpus has its plan."""
    return corpus.annotations / "plan.json"


def read_plan(path: Path) -> Plan:
    """Read a plan. Raises NotFoundError or InvalidInputError."""
    plan = read_struct(path, Plan)
    names = [member.name for member in plan.annotators]
    for name in names:
        check_pseudonym(name, f"{path}: annotators")
    for one in plan.assignments:
        if one.annotator not in names:
            raise InvalidInputError(
                f'{path}: {one.document}: "{one.annotator}" is not in annotators; add an entry.'
            )
    pairs = [(one.annotator, one.document) for one in plan.assignments]
    for annotator, document in _repeated(pairs):
        raise InvalidInputError(
            f"{path}: {document}: is assigned to {annotator} twice; remove one of the entries."
        )
    return plan


def write_plan(path: Path, plan: Plan) -> bool:
    """Write a plan; True if the file changed."""
    return write_if_changed(path, canonical_json(plan))


def done_by(corpus: Corpus, plan: Plan) -> set[tuple[str, str]]:
    """The annotators and documents of the plan that have an annotation here."""
    return {
        (one.annotator, one.document)
        for one in plan.assignments
        if corpus.annotation_path(one.annotator, one.document).is_file()
    }


def _repeated(pairs: Collection[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    seen = set()
    for pair in pairs:
        if pair in seen:
            yield pair
        seen.add(pair)
