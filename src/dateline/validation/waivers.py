"""Waivers: a decision that a rule does not apply to an item, or to the corpus, with the reason.

They are in ``annotations/waivers.toml``::

    [rules]
    D107 = { level = "off", reason = "Splits follow an older edition." }

    [[waiver]]
    rule = "T305"
    document = "some-document"
    annotator = "gold"  # omitted if the rule is about the document itself
    id = "m12"
    reason = "The printed hyphen is part of a name."
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from dateline.errors import DatelineError
from dateline.files.reading import converted, read_toml
from dateline.model import Struct
from dateline.validation.incidents import Finding, Incident, Level
from dateline.validation.registry import Rule, all_rules
from dateline.validation.rules.waivers import INVALID, UNUSED

NOT_WAIVABLE = frozenset({"S001", "S002", "W701", "W702", "R801", "R803", "R804", "R805"})


class Waiver(Struct, frozen=True):
    """An exception from one rule for one item."""

    rule: str
    document: str
    id: str
    reason: str
    annotator: str | None = None


class RuleLevel(Struct, frozen=True):
    """The level of a rule in the whole corpus; "off" means that it is not checked."""

    level: Literal["off", "error", "warning"]
    reason: str


class _WaiverFile(Struct, frozen=True):
    rules: dict[str, RuleLevel] = msgspec.field(default_factory=dict)
    waiver: tuple[Waiver, ...] = ()


class Waivers:
    """The waivers of a corpus; remembers which of them were used."""

    def __init__(self, path: Path) -> None:
        self._invalid: list[Finding] = []
        self._used: set[Waiver] = set()
        self.rules: dict[str, RuleLevel] = {}
        self._waivers = self._read(path) if os.path.lexists(path) else ()
        self._by_key = {(w.rule, w.document, w.annotator, w.id): w for w in self._waivers}

    def level(self, rule: Rule) -> Level | None:
        """The level of a rule in this corpus; None if it is switched off."""
        chosen = self.rules.get(rule.code)
        if chosen is None:
            return rule.level
        return None if chosen.level == "off" else chosen.level

    def is_waived(self, incident: Incident, document: str, annotator: str | None) -> bool:
        """Whether there is a waiver for the incident, which is then used."""
        waiver = self._by_key.get((incident.code, document, annotator, incident.subject))
        if waiver is not None:
            self._used.add(waiver)
        return waiver is not None

    def incidents(self, file: str) -> Iterator[Incident]:
        """Invalid and unused waivers; call it after everything else was checked."""
        for finding in self._invalid:
            yield INVALID.incident(finding, file)
        yield from self._unused(file, of_release=False)

    def unused_at_release(self, file: str) -> Iterator[Incident]:
        """Unused waivers of release rules; call it after the release was checked."""
        yield from self._unused(file, of_release=True)

    def _unused(self, file: str, *, of_release: bool) -> Iterator[Incident]:
        for position, waiver in enumerate(self._waivers):
            about_release = all_rules()[waiver.rule].scope == "release"
            if waiver not in self._used and about_release == of_release:
                finding = Finding(
                    pointer=f"/waiver/{position}",
                    message=f'{waiver.rule} does not apply to "{waiver.id}" in '
                    f'"{waiver.document}", so the waiver is unused',
                    hint="Remove the waiver, or fix its rule, document, annotator or id.",
                    subject=waiver.id,
                )
                yield UNUSED.incident(finding, file)

    def _read(self, path: Path) -> tuple[Waiver, ...]:
        try:
            file = converted(read_toml(path), _WaiverFile)
        except DatelineError as error:
            self._add_invalid(
                "",
                f"cannot be read: {str(error).removeprefix(f'{path}: ')}",
                "Write each waiver as [[waiver]], followed by a line each for rule, document, "
                "annotator (omit it if the rule is about documents), id and reason, such as "
                'rule = "T305". Under [rules], write lines such as '
                'T305 = { level = "off", reason = "..." }; the level is off, warning or error.',
            )
            return ()
        for code, setting in file.rules.items():
            if self._is_valid(code, setting.reason, f"/rules/{code}", f"/rules/{code}"):
                self.rules[code] = setting
        return tuple(
            waiver
            for position, waiver in enumerate(file.waiver)
            if self._is_valid(
                waiver.rule, waiver.reason, f"/waiver/{position}", f"/waiver/{position}/rule"
            )
        )

    def _is_valid(self, rule: str, reason: str, place: str, rule_place: str) -> bool:
        if rule not in all_rules() or rule in NOT_WAIVABLE:
            self._add_invalid(
                rule_place,
                f'"{rule}" is not a rule that can be waived',
                "`dateline rules` lists all rules. Not waivable: "
                f"{', '.join(sorted(NOT_WAIVABLE))}.",
            )
        elif not reason.strip():
            self._add_invalid(f"{place}/reason", "is empty", "Add the reason.")
        else:
            return True
        return False

    def _add_invalid(self, pointer: str, message: str, hint: str) -> None:
        self._invalid.append(Finding(pointer=pointer, message=message, hint=hint))
