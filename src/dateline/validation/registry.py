"""Rules, and the table of all rules.

A rule is a generator function that yields findings. ``@rule`` adds it to the table under a
permanent code. Its scope decides which context it gets: a document, an annotation, the whole
corpus, or a release.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Literal, TypeVar

from dateline.model import Struct
from dateline.text import escaped
from dateline.validation import rules
from dateline.validation.incidents import Finding, Incident, Level

Scope = Literal["file", "document", "annotation", "corpus", "release"]
Check = Callable[[Any], Iterator[Finding]]
C = TypeVar("C", bound=Callable[..., Iterator[Finding]])


class Rule(Struct, frozen=True):
    """A rule: its code, level and scope, what must hold (``title``), why, and its function."""

    code: str
    level: Level
    scope: Scope
    title: str
    why: str
    check: Check | None

    def incident(self, finding: Finding, file: str) -> Incident:
        """The finding as an incident of this rule in this file.

        What comes from files is escaped here, so that an incident can be shown anywhere.
        """
        return Incident(
            code=self.code,
            level=self.level,
            file=escaped(finding.file or file),
            pointer=escaped(finding.pointer),
            message=escaped(finding.message),
            quote=escaped(finding.quote),
            hint=escaped(finding.hint),
            subject=escaped(finding.subject),
        )


@cache
def all_rules() -> Mapping[str, Rule]:
    """All rules by code, sorted."""
    for module in pkgutil.iter_modules(rules.__path__):
        import_module(f"{rules.__name__}.{module.name}")
    return dict(sorted(_RULES.items()))


def rule(code: str, level: Level, scope: Scope, title: str, why: str) -> Callable[[C], C]:
    """Add a generator function to the table of rules."""

    def add(check: C) -> C:
        add_rule(code, level, scope, title, why, check)
        return check

    return add


def add_rule(
    code: str, level: Level, scope: Scope, title: str, why: str, check: Check | None = None
) -> Rule:
    """Add a rule to the table; the engine itself reports violations of one without a function."""
    if code in _RULES:
        raise ValueError(f"two rules have the code {code}")
    _RULES[code] = Rule(code=code, level=level, scope=scope, title=title, why=why, check=check)
    return _RULES[code]


_RULES: dict[str, Rule] = {}
