"""Adjudication of a corpus's documents: reads annotations and decisions, writes log and gold."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from dateline.adjudication.candidates import Inputs
from dateline.adjudication.cases import CORRECTION, CURATOR, RULE, Case, Decision
from dateline.adjudication.coreference_cases import linked
from dateline.adjudication.curator_annotation import ALL, answers
from dateline.adjudication.decision_log import append, last_written, log_path, read_decisions
from dateline.adjudication.gold_ids import with_ids
from dateline.adjudication.manual_edits import (
    Signed,
    Written,
    as_decisions,
    carried,
    corrections,
    fingerprint,
    in_words,
    same_values,
)
from dateline.adjudication.resolve import Settlement, settle
from dateline.adjudication.strategy import Strategy
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.model import GOLD, Annotation, Provenance
from dateline.validation.engine import Checker

TOOL = "dateline adjudicate"


class Adjudication:
    """One document under adjudication; decisions are kept at once, gold once all are made."""

    def __init__(
        self,
        corpus: Corpus,
        document: str,
        annotators: Sequence[str],
        strategy: Strategy,
        reopened: Iterable[str] = (),
    ) -> None:
        """Read what there is.

        ``reopened`` are ids of cases whose earlier decisions no longer hold. Raises
        DatelineError where the annotations cannot be compared, or one of them has errors.
        """
        self._corpus = corpus
        self._strategy = strategy
        self.document = corpus.read_document(document)
        self._checker = Checker(corpus)
        annotations = [corpus.read_annotation(name, document) for name in annotators]
        path = corpus.annotation_path(GOLD, document)
        self._present = corpus.read_annotation(GOLD, document) if path.is_file() else None
        self._check(annotations)
        self.inputs = Inputs.of(self.document, annotations, corpus.ontology)
        self._log = log_path(corpus, document)
        self._logged = read_decisions(self._log) if self._log.is_file() else []
        self._logged_before = tuple(self._logged)
        self._written = last_written(self._log) if self._log.is_file() else None
        again = set(reopened)
        self._decisions = [decision for decision in self._logged if decision.case not in again]
        self._curated: Annotation | None = None
        self.settlement = self._settled()

    def proposal(self) -> tuple[Annotation, list[Case]]:
        """What a curator starts from: all that anybody has, under gold's ids; and what is open."""
        whole = settle(self.inputs, self._decisions, ALL)
        if whole.gold is None:
            raise DatelineError(
                f"{self.document.id}: {whole.open[0].id} cannot be put to a curator."
            )
        conflicts = [case for case, decision in whole.decided if decision.by == ALL.name]
        return self._with_ids(whole.gold, self._present), conflicts

    def follow(self, curated: Annotation, signed: Signed, when: str) -> None:
        """Decide the open cases as a curator's own annotation has them, and make gold equal to it.

        Cases on which it says nothing stay open. Raises DatelineError where it has errors,
        or other layers.
        """
        self._check([next(iter(self.inputs.annotations.values())), curated])
        self._curated = curated
        tried: set[str] = set()
        while fresh := [
            decision
            for decision in answers(self.inputs, self.settlement.open, curated)
            if decision.case not in tried
        ]:
            for decision in fresh:
                tried.add(decision.case)
                own = msgspec.structs.replace(
                    decision,
                    curator=signed.curator,
                    role=signed.role,
                    reason=signed.reason,
                    when=when,
                )
                # What only the curator has cannot be chosen here; it is a correction then.
                with contextlib.suppress(DatelineError):
                    self.take([own])

    def take(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Decide as these decisions do, and keep those that are new in the log.

        Returns those that fit no case, or are about options that have changed. Raises
        DatelineError, with none of them kept, where one is not among those that its case
        allows.
        """
        wanted = [
            d
            for d in decisions
            if d.document == self.document.id and d.by not in (RULE, CORRECTION)
        ]
        before = list(self._decisions)
        self._decisions += wanted
        try:
            self.settlement = self._settled()
        except DatelineError:
            self._decisions = before
            raise
        cases = {case.id: (case, decision) for case, decision in self.settlement.decided}
        fitting = [d for d in wanted if d.case in cases and d.fits(cases[d.case][0])]
        self._keep([self.recorded(*cases[d.case]) for d in fitting if cases[d.case][1] is d])
        return [decision for decision in wanted if decision not in fitting]

    def decide(self, case: Case, decision: Decision) -> None:
        """Decide one case, and keep the decision in the log.

        Raises DatelineError where it cannot hold.
        """
        self.take([self.recorded(case, decision)])

    def recorded(self, case: Case, decision: Decision) -> Decision:
        """The decision with all that a reader of the log wants to know of its case."""
        return msgspec.structs.replace(
            decision,
            document=self.document.id,
            case=case.id,
            options=case.options,
            quote=self.inputs.quote(case.place),
        )

    def finish(self, when: str, signed: Signed | None = None, replace: bool = False) -> bool:
        """Write gold, and what was settled by rule into the log; True if gold has changed.

        ``when`` is the time to put to the latter, ISO 8601. What was corrected in gold by hand is
        kept, and logged as ``signed`` says; with ``replace``, gold is written whatever it was.
        Raises DatelineError, with all files as they were, where a case is open, gold would
        break a rule, or it is not clear what was corrected, or by whom.
        """
        merged = self.settlement.gold
        if merged is None:
            raise DatelineError(
                f"{self.document.id}: {len(self.settlement.open)} case(s) are open."
            )
        by_rule = [
            msgspec.structs.replace(self.recorded(case, decision), when=when)
            for case, decision in self.settlement.decided
            if decision.by != CURATOR and decision.when is None
        ]
        gold, base = self._named(merged, replace)
        if self._curated is not None:
            gold = self._as_curated(self._curated, gold, base)
        changed = corrections(base, gold)
        signed_before = {d.case: d for d in self._logged if d.by == CORRECTION}
        corrected = [
            before if (before := signed_before.get(d.case)) and same_values(before, d) else d
            for d in as_decisions(changed, self.document.id, signed, when)
        ]
        new = [d for d in corrected if d is not signed_before.get(d.case)]
        if new and signed is None:
            raise DatelineError(
                f"{self.document.id}: gold was corrected by hand:\n{in_words(changed)}\n"
                "This is kept; say who did it with --curator, and why with --reason."
            )
        gold = msgspec.structs.replace(gold, provenance=self._provenance(by_rule, corrected))
        errors = [
            i for i in self._checker.check_annotation(gold, self.document) if i.level == "error"
        ]
        if errors:
            raise DatelineError(
                f"{self.document.id}: gold was not written, for as decided it would break rules:\n"
                + "\n".join(f"  {i.code} {i.pointer}: {i.message}\n    {i.quote}" for i in errors)
                + "\nDecide otherwise with --reopen CASE; --list --settled shows every decision."
            )
        self._keep([*by_rule, *new])
        written = self._corpus.write_annotation(gold)
        self._note(merged, base, gold, when)
        return written

    def _named(self, merged: Annotation, replace: bool) -> tuple[Annotation, Annotation]:
        """Gold with corrections, and without; both under the ids that they have in gold."""
        present, named = self._present, self._with_ids(merged, self._present)
        if present is None or replace or fingerprint(present) == fingerprint(named):
            return named, named
        last = self._written
        if last and last.gold == last.adjudicated == fingerprint(present):
            return named, named
        before = settle(self.inputs, self._logged_before, self._strategy).gold
        if last is None or before is None or last.merged != fingerprint(before):
            why = (
                "gold has been corrected, and since then the annotations have changed"
                if last
                else "this gold was not made by adjudicating"
            )
            raise DatelineError(
                f"{self._corpus.relative(self._corpus.annotation_path(GOLD, self.document.id))}: "
                f"{why}. It would change:\n{in_words(corrections(present, named))}\n"
                "It was left alone; --replace writes it all the same."
            )
        base = self._with_ids(before, present)
        anew = self._with_ids(merged, base)
        return carried(base, present, anew), anew

    def _as_curated(self, curated: Annotation, gold: Annotation, base: Annotation) -> Annotation:
        if fingerprint(gold) != fingerprint(base):
            raise DatelineError(
                f"{self.document.id}: gold was corrected by hand, which what was curated would "
                f"undo:\n{in_words(corrections(base, gold))}\n--replace drops the corrections."
            )
        alike = msgspec.structs.replace(
            curated,
            annotator=base.annotator,
            layers=base.layers,
            status=base.status,
            provenance=base.provenance,
            retired=(),
        )
        names = self._corpus.ontology.special_claimers
        return with_ids(alike, base, names, [entity.id for entity in curated.entities])

    def _with_ids(self, merged: Annotation, present: Annotation | None) -> Annotation:
        names = self._corpus.ontology.special_claimers
        return with_ids(merged, present, names, linked(self.inputs))

    def _note(self, merged: Annotation, base: Annotation, gold: Annotation, when: str) -> None:
        note = Written(
            document=self.document.id,
            merged=fingerprint(merged),
            adjudicated=fingerprint(base),
            gold=fingerprint(gold),
            when=when,
        )
        if self._written is None or msgspec.structs.replace(note, when=self._written.when) != (
            self._written
        ):
            append(self._log, [note])
            self._written = note

    def _settled(self) -> Settlement:
        return settle(self.inputs, self._decisions, self._strategy)

    def _keep(self, decisions: Sequence[Decision]) -> None:
        last = {decision.case: decision for decision in self._logged}
        new = [d for d in decisions if not _same(last.get(d.case), d)]
        append(self._log, new)
        self._logged += new

    def _check(self, annotations: Sequence[Annotation]) -> None:
        for annotation in annotations:
            errors = [
                i
                for i in self._checker.check_annotation(annotation, self.document)
                if i.level == "error"
            ]
            if errors:
                raise DatelineError(
                    f"{errors[0].file} {errors[0].pointer}: {errors[0].message}. Only annotations "
                    "without errors can be adjudicated; `dateline validate` shows them all."
                )
        first = annotations[0]
        for other in (*annotations[1:], *([self._present] if self._present else [])):
            if other.layers != first.layers:
                raise DatelineError(
                    f"{self.document.id}: «{first.annotator}» annotated "
                    f"{', '.join(first.layers)}, «{other.annotator}» {', '.join(other.layers)}; "
                    "to be adjudicated, and to become gold, the layers must be the same."
                )

    def _provenance(self, by_rule: Sequence[Decision], corrected: Sequence[Decision]) -> Provenance:
        kinds = {n: a.provenance.kind for n, a in self.inputs.annotations.items()}
        decided = [d for _, d in self.settlement.decided]
        curators = {d.curator: d.role for d in (*decided, *corrected) if d.curator}
        whose = " and ".join(f"{name} ({kind})" for name, kind in kinds.items())
        cases = f"Cases decided: {_counted(decided) or 'none, all agree'}."
        by_hand = f" Corrected afterwards: {_counted(corrected)}." if corrected else ""
        times = sorted(d.when for d in (*decided, *by_rule, *corrected) if d.when and d.by != RULE)
        return Provenance(
            # Where a program had a part, no person has checked all of it.
            kind="model" if "model" in {*kinds.values(), *curators.values()} else "human",
            tool=TOOL,
            created=times[0] if times else None,
            updated=times[-1] if times else None,
            label_studio=None,
            note=f"From {whose}. {cases}{by_hand}",
        )


def comparable(corpus: Corpus, annotators: Sequence[str], chosen: Sequence[str]) -> list[str]:
    """Documents that all of these have annotated, the chosen ones if any are.

    Raises DatelineError where an annotator cannot take part, or a chosen document lacks an
    annotation.
    """
    if GOLD in annotators or len(set(annotators)) != len(annotators) or len(annotators) < 2:
        raise DatelineError("Name two annotators or more, each once; gold is what comes of them.")
    common = set(corpus.document_ids())
    for name in annotators:
        annotated = {path.stem for path in (corpus.annotations / name).glob("*.json")}
        if not annotated:
            raise DatelineError(f"{corpus.annotations / name}: holds no annotations of «{name}».")
        missing = [document for document in chosen if document not in annotated]
        if missing:
            raise DatelineError(
                f"{corpus.annotation_path(name, missing[0])}: there is no such file."
            )
        common &= annotated
    return sorted(set(chosen) or common)


def _counted(decisions: Iterable[Decision]) -> str:
    counts = Counter(f"{d.curator} ({d.role})" if d.curator else d.by for d in decisions)
    return ", ".join(f"{count} by {who}" for who, count in sorted(counts.items()))


def _same(one: Decision | None, other: Decision) -> bool:
    """Whether a line of the log says the same; when it was written does not count."""
    return (
        one is not None
        and same_values(one, other)
        and msgspec.structs.replace(one, when=None, options=None, quote=None)
        == msgspec.structs.replace(other, when=None, options=None, quote=None)
    )
