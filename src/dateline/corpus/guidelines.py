"""The guidelines of a corpus: their version and hash, and the record of how their rules changed.

The guidelines are the rules of the ontology and, if the corpus has one, the page of guidelines.
``schema/rules.json`` records which rules each version has changed, so that annotations made by an
earlier version can be found.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from dateline.corpus.store import Corpus, read_struct, schema_json
from dateline.errors import ConflictError, InvalidInputError
from dateline.files.reading import read_text
from dateline.files.writing import write_if_changed
from dateline.model import Guidelines, Struct
from dateline.ontology.guidelines_page import PAGE, sections
from dateline.ontology.rules import Rule, rule_hash, rules
from dateline.rendering.listing import listed
from dateline.text import sha256_of_text

RECORD = "schema/rules.json"
"""The file with the recorded versions."""

SECTION = "section"
"""The kind of rule that a section of the page is."""

SHOWN = 5
"""Rules that a message lists."""


class RecordedVersion(Struct, frozen=True, omit_defaults=True):
    """A version of the guidelines, and the rules that it adds, changes or removes.

    ``sha256`` is the hash of the guidelines. ``rules`` has hashes by key, None for a rule that was
    removed. An ``editorial`` version has new wording only, so annotations need no check.
    """

    version: str
    sha256: str
    date: str
    reason: str
    editorial: bool = False
    rules: Mapping[str, str | None] = {}


class Record(Struct, frozen=True):
    """The recorded versions, the first one first."""

    versions: tuple[RecordedVersion, ...] = ()

    def rules_after(self, count: int) -> Mapping[str, str]:
        """The hashes of all rules by key, as they were after so many versions."""
        found: dict[str, str] = {}
        for version in self.versions[:count]:
            for key, sha256 in version.rules.items():
                if sha256 is None:
                    found.pop(key, None)
                else:
                    found[key] = sha256
        return found

    def position(self, guidelines: Guidelines | None) -> int:
        """The number of the last version that had these rules, from 1; 0 if there is none."""
        if guidelines is None:
            return 0
        numbered = enumerate(self.versions, 1)
        return max((n for n, v in numbered if v.sha256 == guidelines.sha256), default=0)


class RuleChange(Struct, frozen=True):
    """A rule that has changed: the versions before and after, and why.

    ``is_new`` tells that the version before did not have the rule.
    """

    rule: Rule
    before: str
    after: str
    is_new: bool
    reason: str


class CurrentGuidelines:
    """The guidelines of a corpus as they are now, and what has changed since earlier versions.

    ``version`` has their version and hash, and ``rules`` all rules by key.
    """

    def __init__(self, corpus: Corpus) -> None:
        """Read them. Raises InvalidInputError if the page or the record cannot be read."""
        page, record = corpus.root / PAGE, corpus.root / RECORD
        self._path = record
        self.record = read_struct(record, Record) if record.is_file() else Record()
        self._recorded = self.record.rules_after(len(self.record.versions))
        self.rules = {**rules(corpus.ontology, self._recorded)}
        for heading, text in (sections(read_text(page)) if page.is_file() else {}).items():
            rule = Rule(kind=SECTION, name=heading, sha256=rule_hash(text))
            self.rules[rule.title] = rule
        lines = (f"{key} {self.rules[key].sha256}\n" for key in sorted(self.rules))
        self.version = Guidelines(
            version=corpus.ontology.version, sha256=sha256_of_text("".join(lines))
        )

    @property
    def unrecorded(self) -> Mapping[str, str | None]:
        """The rules that differ from the last recorded version: hashes, None if removed."""
        now = {key: rule.sha256 for key, rule in self.rules.items()}
        gone = dict.fromkeys(key for key in self._recorded if key not in now)
        return {k: v for k, v in now.items() if self._recorded.get(k) != v} | gone

    def position(self, guidelines: Guidelines | None) -> int:
        """As that of the record; these guidelines come last, even if they are not recorded."""
        if guidelines is not None and guidelines.sha256 == self.version.sha256:
            return len(self.record.versions) + 1
        return self.record.position(guidelines)

    def changes_since(self, made: Guidelines | None) -> tuple[RuleChange, ...] | None:
        """The rules that changed since these guidelines; None if it is not known what they said.

        Editorial versions, and rules that are again what they were, do not count.
        """
        position = self.position(made)
        if position == 0:
            return None
        if position > len(self.record.versions):
            return ()
        before = self.record.rules_after(position)
        found: dict[str, RuleChange] = {}
        for version in (*self.record.versions[position:], self._next("", "not recorded yet")):
            for key in () if version.editorial else version.rules:
                if key in self.rules and before.get(key) != self.rules[key].sha256:
                    found[key] = RuleChange(
                        rule=self.rules[key],
                        before=self.record.versions[position - 1].version,
                        after=version.version,
                        is_new=key not in before,
                        reason=version.reason,
                    )
        return tuple(found.values())

    def record_version(
        self, reason: str, date: str, *, editorial: bool = False
    ) -> RecordedVersion | None:
        """Add the guidelines to the record; None if they are recorded. Hold `locked` meanwhile.

        Raises ConflictError if other rules are recorded under this version, and InvalidInputError
        if there is no reason, or an editorial version adds or removes rules.
        """
        new = self._next(date, reason.strip(), editorial=editorial)
        if self.record.versions and not new.rules:
            return None
        titles = [self.rules[key].title if key in self.rules else key for key in new.rules]
        shown = ", ".join(listed(titles, SHOWN))
        if any(version.version == new.version for version in self.record.versions):
            raise ConflictError(
                f'{RECORD}: has other rules for version "{new.version}". Changed: {shown}. Raise '
                "x-version in schema/ontology.schema.json, and record the new version."
            )
        if not new.reason or "\n" in new.reason:
            raise InvalidInputError("The reason has to be one line, and not empty.")
        if editorial and {*new.rules} - ({*self._recorded} & {*self.rules}):
            raise InvalidInputError(
                f"An editorial version only changes wording, but rules were added or removed "
                f"since the last one. Changed: {shown}."
            )
        record = Record(versions=(*self.record.versions, new))
        write_if_changed(self._path, schema_json(msgspec.to_builtins(record)))
        return new

    def _next(self, date: str, reason: str, *, editorial: bool = False) -> RecordedVersion:
        return RecordedVersion(
            version=self.version.version,
            sha256=self.version.sha256,
            date=date,
            reason=reason,
            editorial=editorial,
            rules=self.unrecorded,
        )


def guidelines_of(corpus: Corpus) -> Guidelines:
    """Version and hash of a corpus's guidelines. Raises InvalidInputError."""
    return CurrentGuidelines(corpus).version
