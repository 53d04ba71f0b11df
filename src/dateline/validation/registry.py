"""A rule, and the table of all rules.

A rule is a generator function that yields findings and nothing else; ``@rule`` puts it into the
table under a stable code. Rules about a document, an annotation and the whole corpus take different
contexts, so each scope has a table of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

from dateline.model import Struct
from dateline.validation.incidents import Finding, Incident, Level

Scope = Literal["file", "document", "annotation", "corpus", "release"]
Check = Callable[[Any], Iterator[Finding]]
C = TypeVar("C", bound=Callable[..., Iterator[Finding]])


class Rule(Struct, frozen=True):
    """A rule of the table: its code, its level, what it checks, and why."""

    code: str
    level: Level
    scope: Scope
    title: str
    why: str
    check: Check | None

    def incident(self, finding: Finding, file: str) -> Incident:
        """The finding as an incident of this rule in this file."""
        return Incident(
            code=self.code,
            level=self.level,
            file=finding.file or file,
            pointer=finding.pointer,
            message=finding.message,
            quote=finding.quote,
            hint=finding.hint,
            subject=finding.subject,
        )


RULES: dict[str, Rule] = {}


def rule(code: str, level: Level, scope: Scope, title: str, why: str) -> Callable[[C], C]:
    """Put a generator function into the table of rules."""

    def register(check: C) -> C:
        declare(code, level, scope, title, why, check)
        return check

    return register


def declare(
    code: str, level: Level, scope: Scope, title: str, why: str, check: Check | None = None
) -> Rule:
    """Put a rule into the table; one without a check is raised by the engine itself."""
    if code in RULES:
        raise ValueError(f"two rules are called {code}")
    RULES[code] = Rule(code=code, level=level, scope=scope, title=title, why=why, check=check)
    return RULES[code]
