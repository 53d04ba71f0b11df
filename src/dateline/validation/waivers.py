"""Waivers: a curator's decision that one rule does not apply to one item, with the reason.

They are in ``annotations/waivers.toml``::

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

from dateline.errors import DatelineError
from dateline.files.reading import converted, read_toml
from dateline.model import Struct
from dateline.validation.incidents import Finding, Incident
from dateline.validation.registry import all_rules
from dateline.validation.rules.waivers import INVALID, UNUSED

NOT_WAIVABLE = frozenset({"S001", "S002", "W701", "W702", "R801", "R803", "R804", "R805"})


class Waiver(Struct, frozen=True):
    """An exception from one rule for one item."""

    rule: str
    document: str
    id: str
    reason: str
    annotator: str | None = None


class _WaiverFile(Struct, frozen=True):
    waiver: tuple[Waiver, ...] = ()


class Waivers:
    """The waivers of a corpus; remembers which of them were used."""

    def __init__(self, path: Path) -> None:
        self._invalid: list[Finding] = []
        self._used: set[Waiver] = set()
        self._waivers = self._read(path) if os.path.lexists(path) else ()
        self._by_key = {(w.rule, w.document, w.annotator, w.id): w for w in self._waivers}

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
            found = converted(read_toml(path), _WaiverFile).waiver
        except DatelineError as error:
            self._add_invalid(
                "",
                f"cannot be read: {str(error).removeprefix(f'{path}: ')}",
                "Write each waiver as [[waiver]], followed by a line each for rule, document, "
                "annotator (omit it if the rule is about documents), id and reason, such as "
                'rule = "T305".',
            )
            return ()
        valid = []
        for position, waiver in enumerate(found):
            if waiver.rule not in all_rules() or waiver.rule in NOT_WAIVABLE:
                self._add_invalid(
                    f"/waiver/{position}/rule",
                    f'"{waiver.rule}" is not a rule that can be waived',
                    "`dateline rules` lists all rules. Not waivable: "
                    f"{', '.join(sorted(NOT_WAIVABLE))}.",
                )
            elif not waiver.reason.strip():
                self._add_invalid(f"/waiver/{position}/reason", "is empty", "Add the reason.")
            else:
                valid.append(waiver)
        return tuple(valid)

    def _add_invalid(self, pointer: str, message: str, hint: str) -> None:
        self._invalid.append(Finding(pointer=pointer, message=message, hint=hint))
