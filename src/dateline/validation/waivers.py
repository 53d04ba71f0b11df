"""Waivers: a curator's decision that one rule does not hold for one thing, with the reason.

They stand in ``annotations/waivers.toml``::

    [[waiver]]
    rule = "T305"
    document = "some-document"
    annotator = "gold"  # left out where the rule is about the document itself
    id = "m12"
    reason = "The printed hyphen is part of a name."
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from dateline.model import Struct
from dateline.validation.incidents import Finding, Incident
from dateline.validation.registry import RULES, declare

UNUSED = declare(
    "W701", "warning", "corpus", "A waiver excuses something",
    "One that excuses nothing any more would silently excuse the next mistake.",
)  # fmt: skip
MALFORMED = declare(
    "W702", "error", "corpus", "Waivers can be read, and say why",
    "A waiver that cannot be read, names no rule or gives no reason is no decision.",
)  # fmt: skip

NOT_WAIVABLE = frozenset({"S001", "S002", "W701", "W702", "R801", "R803", "R804", "R805"})


class Waiver(Struct, frozen=True):
    """One rule, excused for one thing."""

    rule: str
    document: str
    id: str
    reason: str
    annotator: str | None = None


class _Sheet(Struct, frozen=True):
    waiver: tuple[Waiver, ...] = ()


class Waivers:
    """The waivers of a corpus, and which of them have been used."""

    def __init__(self, path: Path) -> None:
        self._findings: list[Finding] = []
        self._used: set[Waiver] = set()
        self._waivers = self._read(path) if path.is_file() else ()
        self._by_key = {(w.rule, w.document, w.annotator, w.id): w for w in self._waivers}

    def excuses(self, incident: Incident, document: str, annotator: str | None) -> bool:
        """Whether a waiver excuses the incident; remembers that it did."""
        waiver = self._by_key.get((incident.code, document, annotator, incident.subject))
        if waiver is not None:
            self._used.add(waiver)
        return waiver is not None

    def incidents(self, file: str) -> Iterator[Incident]:
        """What is wrong with the waivers themselves; ask after all else was checked."""
        for finding in self._findings:
            yield MALFORMED.incident(finding, file)
        yield from self._unused(file, of_release=False)

    def unused_at_release(self, file: str) -> Iterator[Incident]:
        """Waivers of rules about releases that excuse nothing; ask when those were checked."""
        yield from self._unused(file, of_release=True)

    def _unused(self, file: str, *, of_release: bool) -> Iterator[Incident]:
        for position, waiver in enumerate(self._waivers):
            about_release = RULES[waiver.rule].scope == "release"
            if waiver not in self._used and about_release == of_release:
                finding = Finding(
                    pointer=f"/waiver/{position}",
                    message=f"{waiver.rule} on «{waiver.id}» of «{waiver.document}» "
                    "excuses nothing",
                    hint="Remove the waiver, or correct what it names.",
                    subject=waiver.id,
                )
                yield UNUSED.incident(finding, file)

    def _read(self, path: Path) -> tuple[Waiver, ...]:
        try:
            sheet = msgspec.toml.decode(path.read_bytes(), type=_Sheet)
        except (msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            example = (
                'rule = "T305"', 'document = "NAME"', 'annotator = "gold"', 'id = "m12"',
                'reason = "…"',
            )  # fmt: skip
            self._complain(
                "",
                f"cannot be read: {error}",
                f"Write each as [[waiver]] and then, a line each, {', '.join(example)}; leave the "
                "annotator out for a rule about documents.",
            )
            return ()
        kept = []
        for position, waiver in enumerate(sheet.waiver):
            if waiver.rule not in RULES or waiver.rule in NOT_WAIVABLE:
                self._complain(
                    f"/waiver/{position}/rule",
                    f"«{waiver.rule}» is no rule that can be waived",
                    "`dateline rules` lists them; a file that cannot be read or breaks its "
                    "schema is never excused, nor is what would betray an earlier release.",
                )
            elif not waiver.reason.strip():
                self._complain(f"/waiver/{position}/reason", "is empty", "Say why.")
            else:
                kept.append(waiver)
        return tuple(kept)

    def _complain(self, pointer: str, message: str, hint: str) -> None:
        self._findings.append(Finding(pointer=pointer, message=message, hint=hint))
