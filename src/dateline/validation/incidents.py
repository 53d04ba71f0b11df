"""A rule, what it finds, and the table of all rules.

A rule is a generator function that yields findings and nothing else; ``@rule`` puts it into the
table under a stable code. Rules about a document, an annotation and the whole corpus take different
contexts, so each scope has a table of its own.
"""

from __future__ import annotations

from typing import Literal

from dateline.model import Struct

Level = Literal["error", "warning"]


class Finding(Struct, frozen=True):
    """What a rule found, before the engine adds the rule's code and the file.

    ``subject`` is the id that a waiver would name; ``pointer`` is a JSON Pointer into the file.
    """

    pointer: str
    message: str
    hint: str
    quote: str = ""
    subject: str = ""
    file: str = ""


class Incident(Struct, frozen=True):
    """Something wrong at one place of one file."""

    code: str
    level: Level
    file: str
    pointer: str
    message: str
    quote: str
    hint: str
    subject: str
