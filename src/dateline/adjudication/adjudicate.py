"""Adjudication of a corpus's documents: reads annotations and decisions, writes log and gold."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.case import CORRECTION, CURATOR, RULE, Case, Curator, Decision
from dateline.adjudication.cases.coreference_cases import linked_items
from dateline.adjudication.curator_annotation import UNION, curator_decisions
from dateline.adjudication.decision_log import (
    GO_ON,
    add_decisions,
    is_same,
    log_path,
    read_log,
)
from dateline.adjudication.fingerprints import fingerprint
from dateline.adjudication.former_labels import current_decisions
from dateline.adjudication.gold_ids import assign_ids, ids_of_removed
from dateline.adjudication.gold_provenance import gold_guidelines, gold_provenance
from dateline.adjudication.manual_edits import (
    GoldRecord,
    as_decisions,
    corrections,
    format_corrections,
    keep_corrections,
    same_options,
)
from dateline.adjudication.resolve import Resolution, resolve
from dateline.adjudication.strategy import Strategy
from dateline.annotations.differences import differences
from dateline.annotations.items import clusters_of
from dateline.corpus.annotators import check_signature
from dateline.corpus.guidelines import CurrentGuidelines
from dateline.corpus.store import Corpus, canonical_json
from dateline.errors import ConflictError, DatelineError, InvalidInputError
from dateline.files.writing import hashes, sha256, write_together
from dateline.model import GOLD, Annotation, Range, canonical
from dateline.validation.engine import Checker
from dateline.validation.required import valid_document


class Adjudication:
    """The adjudication of one document.

    Decisions are kept until they are saved; gold is written when no case is open. The methods that
    write compare the files with what was read, so the corpus may change in between. Call them while
    holding `locked`.
    """

    def __init__(
        self,
        corpus: Corpus,
        document: str,
        annotators: Sequence[str],
        strategy: Strategy,
        reopened: Iterable[str] = (),
        *,
        dry_run: bool = False,
        checker: Checker | None = None,
    ) -> None:
        """Read the annotations, gold and the log.

        Earlier decisions on the cases ``reopened`` are ignored. With ``dry_run`` nothing is
        written. Raises DatelineError if an annotation is missing or has other layers than the rest,
        gold has a layer that they lack, or one of these files has errors.
        """
        self._corpus = corpus
        self._strategy = strategy
        self._dry_run = dry_run
        self._checker = checker or Checker(corpus)
        has_gold = corpus.annotation_path(GOLD, document).exists()
        names = [*annotators, *[GOLD] * has_gold]
        paths = [corpus.annotation_path(name, document) for name in {*names, GOLD}]
        self._inputs = hashes([corpus.document_path(document), *sorted(paths)])
        valid = valid_document(corpus, document, names, self._checker)
        self.document = valid.document
        annotations = [valid.annotations[name] for name in annotators]
        self._present = valid.annotations.get(GOLD)
        self._check_layers(annotations)
        self.annotated = AnnotatedDocument.of(self.document, annotations, corpus.ontology)
        self.log = read_log(log_path(corpus, document))
        self._current = current_decisions(corpus.ontology)
        self._decisions_of_gold = [self._current(d) for d in self.log.decisions_of_gold]
        self._unsaved: list[Decision] = []
        ignored = set(reopened)
        self._decisions = [d for d in self._logged() if d.case not in ignored]
        self._curated: Annotation | None = None
        self.resolution = self._resolve()

    def curator_draft(self) -> tuple[Annotation, list[Case]]:
        """The union of all annotations, under gold's ids, and the cases that it leaves open."""
        union = resolve(self.annotated, self._decisions, UNION)
        if union.gold is None:
            raise DatelineError(
                f"{self.document.id}: the annotations have no union, because of the case "
                f"{union.open[0].id}. Decide it first."
            )
        conflicts = [case for case, decision in union.decided if decision.by == UNION.name]
        return self._with_ids(union.gold, self._present), conflicts

    def notes_without_case(self, drafted: Iterable[Case] = ()) -> list[tuple[Range, str]]:
        """Notes on items that no case is about, or on a document without cases, and their places.

        Cases are those known so far, and those that the ``drafted`` annotation leaves open.
        """
        decided = (case for case, _ in self.resolution.decided)
        places = [case.ranges for case in (*self.resolution.open, *decided, *drafted)]
        return self.annotated.notes_elsewhere(places)

    def drafts_by_choice(self, case: Case, draft: Annotation) -> dict[str, Annotation]:
        """For each of the case's choices, what the draft would be; its items keep their ids."""
        found = {}
        for name, annotators in case.choices():
            chosen = Decision(document=self.document.id, case=case.id, choice=annotators)
            with contextlib.suppress(InvalidInputError):  # all links together may be invalid
                union = resolve(self.annotated, [*self._decisions, chosen], UNION).gold
                if union is not None:
                    found[name] = self._with_ids(union, draft)
        return found

    def adopt(self, curated: Annotation, curator: Curator, when: str) -> None:
        """Decide the open cases as a curator's annotation does; gold will be equal to it.

        Cases that do not come up in it stay open. Raises InvalidInputError if the annotation has
        other layers.
        """
        self._check_layers([next(iter(self.annotated.annotations.values())), curated])
        self._curated = curated
        tried: set[str] = set()
        while fresh := [
            decision
            for decision in curator_decisions(self.annotated, self.resolution.open, curated)
            if decision.case not in tried
        ]:
            for decision in fresh:
                tried.add(decision.case)
                own = msgspec.structs.replace(
                    decision,
                    curator=curator.name,
                    role=curator.kind,
                    reason=curator.reason,
                    when=when,
                )
                # Values that only the curator has may be invalid here; they become corrections.
                with contextlib.suppress(DatelineError):
                    self.apply([own])

    def apply(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Apply decisions, and keep the new ones to be saved.

        Returns those that fit no case, or a case whose options have changed. Raises
        InvalidInputError, and keeps nothing, if a case does not allow the decision on it, a curator
        is not a pseudonym, or a reason has an e-mail address.
        """
        wanted = [
            self._current(d)
            for d in decisions
            if d.document == self.document.id and d.by not in (RULE, CORRECTION)
        ]
        for decision in wanted:
            check_signature(decision.curator, decision.reason)
        before = list(self._decisions)
        self._decisions += wanted
        try:
            self.resolution = self._resolve()
        except DatelineError:
            self._decisions = before
            raise
        cases = {case.id: (case, decision) for case, decision in self.resolution.decided}
        fitting = [d for d in wanted if d.case in cases and d.fits(cases[d.case][0])]
        self._unsaved += self._not_logged(
            [self._record(*cases[d.case]) for d in fitting if cases[d.case][1] is d]
        )
        return [decision for decision in wanted if decision not in fitting]

    def decide(self, case: Case, decision: Decision) -> None:
        """Decide one case, and save the decision.

        Raises InvalidInputError if the case does not allow it, and ConflictError, after saving, if
        a file has changed since it was read.
        """
        self.apply([self._record(case, decision)])
        self.save_decisions()
        self._refuse_changed_inputs()

    def save_decisions(self) -> None:
        """Write new decisions to the log. Raises ConflictError as `add_decisions` does."""
        if not self._dry_run:
            self.log = add_decisions(self.log, self._unsaved)
            self._unsaved = []

    def write_gold(self, when: str, curator: Curator | None = None, replace: bool = False) -> bool:
        """Write gold and the log, both or neither; True if gold has changed.

        Decisions by rule and corrections are logged with the time ``when``, ISO 8601. Manual
        corrections of gold are kept, and logged as the curator's; with ``replace``, gold is
        overwritten. Raises DatelineError, and only saves decisions, if a case is open, gold would
        have errors, corrections cannot be kept or have no curator, or a file has changed since it
        was read.
        """
        try:
            return self._write_gold(when, curator, replace)
        except DatelineError:
            self.save_decisions()
            raise

    def _write_gold(self, when: str, curator: Curator | None, replace: bool) -> bool:
        merged = self.resolution.gold
        if merged is None:
            raise ConflictError(
                f"{self.document.id}: {len(self.resolution.open)} case(s) are open."
            )
        by_rule = [
            msgspec.structs.replace(self._record(case, decision), when=when)
            for case, decision in self.resolution.decided
            if decision.by != CURATOR and decision.when is None
        ]
        gold, base = self._with_corrections(merged, replace)
        if self._curated is not None:
            gold = self._equal_to(self._curated, gold, base)
        changes = corrections(base, gold)
        known = {d.case: d for d in self.log.decisions if d.by == CORRECTION}
        corrected = [
            before if (before := known.get(d.case)) and same_options(before, d) else d
            for d in as_decisions(changes, self.document.id, curator, when)
        ]
        new = [d for d in corrected if d is not known.get(d.case)]
        if new and curator is None:
            raise InvalidInputError(
                f"{self.document.id}: gold was corrected by hand:\n{format_corrections(changes)}\n"
                "Name a curator, and a reason, to log the corrections; they are kept."
            )
        annotations, present = self.annotated.annotations.values(), self._present
        current = self._checker.guidelines or CurrentGuidelines(self._corpus)
        provenance = gold_provenance(
            self.annotated,
            [decision for _, decision in self.resolution.decided],
            by_rule,
            corrected,
            gold_guidelines(annotations, None if replace else present, current),
        )
        gold = msgspec.structs.replace(gold, provenance=provenance)
        self._check_gold(gold)
        if self._dry_run:
            return self._present is None or canonical(gold) != canonical(self._present)
        self._refuse_changed_inputs()
        if read_log(self.log.path).content != self.log.content:
            raise ConflictError(f"{self.log.path}: another command has changed the log.")
        log = self.log.extended(
            [
                *self._unsaved,
                *self._not_logged([*by_rule, *new]),
                *self._gold_records(merged, base, gold, when),
            ]
        )
        path = self._corpus.annotation_path(GOLD, self.document.id)
        content = canonical_json(canonical(gold))
        files = {self.log.path: log.content} if log.content != self.log.content else {}
        written = self._inputs[path] != sha256(content)
        if written:
            files[path] = content
        write_together(self._corpus.root, files)
        self.log, self._unsaved = log, []
        self._inputs[path] = sha256(content)
        return written

    def _with_corrections(self, merged: Annotation, replace: bool) -> tuple[Annotation, Annotation]:
        """Gold with manual corrections, and without; both under gold's ids."""
        present, named = self._present, self._with_ids(merged, self._present)
        if present is None or replace or fingerprint(present) == fingerprint(named):
            return named, named
        last = self.log.last_written
        if last and last.gold == last.adjudicated == fingerprint(present):
            return named, named
        before = resolve(self.annotated, self._decisions_of_gold, self._strategy).gold
        if last is None or before is None or last.merged != fingerprint(before):
            path = self._corpus.relative(self._corpus.annotation_path(GOLD, self.document.id))
            problem = (
                "gold was corrected by hand, and the annotations have changed since"
                if last
                else "this gold does not come from adjudication"
            )
            raise ConflictError(
                f"{path}: {problem}. Nothing was written. Adjudication would change:\n"
                f"{format_corrections(corrections(present, named))}\n"
                "Replace gold to overwrite it."
            )
        base = self._with_ids(before, present, last.removed)
        regenerated = self._with_ids(merged, base)
        return keep_corrections(base, present, regenerated), regenerated

    def _equal_to(self, curated: Annotation, gold: Annotation, base: Annotation) -> Annotation:
        if fingerprint(gold) != fingerprint(base):
            raise ConflictError(
                f"{self.document.id}: gold was corrected by hand, and the curator's annotation "
                f"lacks these corrections:\n{format_corrections(corrections(base, gold))}\n"
                "Replace gold to drop them."
            )
        same_header = msgspec.structs.replace(
            curated,
            annotator=base.annotator,
            layers=base.layers,
            status=base.status,
            provenance=base.provenance,
            retired=(),
        )
        special = self._corpus.ontology.special_claimers
        every = [f"entities/{entity.id}" for entity in curated.entities]
        every += [f"clusters/{id_}" for id_ in clusters_of(curated)]
        return assign_ids(same_header, base, special, every)

    def _with_ids(
        self,
        merged: Annotation,
        present: Annotation | None,
        removed: Mapping[str, str] = MappingProxyType({}),
    ) -> Annotation:
        special = self._corpus.ontology.special_claimers
        return assign_ids(merged, present, special, linked_items(self.annotated), removed)

    def _resolve(self) -> Resolution:
        return resolve(self.annotated, self._decisions, self._strategy)

    def _record(self, case: Case, decision: Decision) -> Decision:
        """The decision with the options and the text of its case, for readers of the log."""
        return msgspec.structs.replace(
            decision,
            document=self.document.id,
            case=case.id,
            options=case.options,
            quote=self.annotated.quote(case.ranges),
        )

    def _logged(self) -> list[Decision]:
        """The decisions of the log, with the current names of labels."""
        return [self._current(decision) for decision in self.log.decisions]

    def _not_logged(self, decisions: Sequence[Decision]) -> list[Decision]:
        last = {decision.case: decision for decision in (*self._logged(), *self._unsaved)}
        return [d for d in decisions if d.case not in last or not is_same(last[d.case], d)]

    def _gold_records(
        self, merged: Annotation, base: Annotation, gold: Annotation, when: str
    ) -> Iterator[GoldRecord]:
        record = GoldRecord(
            document=self.document.id,
            merged=fingerprint(merged),
            adjudicated=fingerprint(base),
            gold=fingerprint(gold),
            when=when,
            removed=ids_of_removed(merged, base, gold),
        )
        last = self.log.last_written
        if last is None or msgspec.structs.replace(record, when=last.when) != last:
            yield record

    def _refuse_changed_inputs(self) -> None:
        changed = [
            path for path, now in hashes([*self._inputs]).items() if now != self._inputs[path]
        ]
        if changed and not self._dry_run:
            lines = [line for path in changed for line in self._changes_of(path)]
            raise ConflictError(
                f"{self.document.id}: changed while this command was running, so gold was not "
                "written:\n" + "\n".join(lines) + f"\n{GO_ON}"
            )

    def _changes_of(self, path: Path) -> Iterator[str]:
        yield self._corpus.relative(path)
        before = {**self.annotated.annotations, GOLD: self._present}.get(path.parent.name)
        if before is not None and path != self._corpus.document_path(self.document.id):
            try:
                after = self._corpus.read_annotation(path.parent.name, path.stem)
            except DatelineError as error:
                yield f"  {error}"
            else:
                yield format_corrections(differences(before, after))

    def _check_layers(self, annotations: Sequence[Annotation]) -> None:
        first, gold = annotations[0], self._present
        for other in annotations[1:]:
            if other.layers != first.layers:
                raise InvalidInputError(
                    f'{self.document.id}: "{first.annotator}" annotated {", ".join(first.layers)}, '
                    f'"{other.annotator}" {", ".join(other.layers)}. Adjudication needs the same '
                    "layers in all annotations."
                )
        lacking = [layer for layer in (gold.layers if gold else ()) if layer not in first.layers]
        if lacking:
            raise InvalidInputError(
                f"{self.document.id}: gold also has the layers {', '.join(lacking)}, which would "
                f'be lost, because "{first.annotator}" annotated {", ".join(first.layers)} only. '
                "Adjudicate annotations that have all layers of gold: to add a layer to gold, add "
                "it to the annotations that gold was made from (`dateline docs adjudication`)."
            )

    def _check_gold(self, gold: Annotation) -> None:
        incidents = self._checker.check_annotation(gold, self.document)
        errors = [incident for incident in incidents if incident.level == "error"]
        if errors:
            listed = "\n".join(
                f"  {i.code} {i.pointer}: {i.message}\n    {i.quote}" for i in errors
            )
            raise InvalidInputError(
                f"{self.document.id}: gold was not written, because it would have errors:\n"
                f"{listed}\nReopen the cases that lead to them, and decide differently."
            )
