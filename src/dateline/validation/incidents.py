"""Findings of a rule, and the incidents that the engine makes of them."""

from __future__ import annotations

from typing import Literal

from dateline.model import Struct

Level = Literal["error", "warning"]


class Finding(Struct, frozen=True):
    """Something that a rule or a schema finds in a file, before the engine adds code and file.

    ``pointer`` is a JSON Pointer into the file, ``subject`` the id that a waiver would name, and
    ``quote`` the text around the place. ``file`` is needed only if the engine cannot know it.
    """

    pointer: str
    message: str
    hint: str
    quote: str = ""
    subject: str = ""
    file: str = ""


class Incident(Struct, frozen=True):
    """A finding with the code and level of its rule, and its file."""

    code: str
    level: Level
    file: str
    pointer: str
    message: str
    quote: str
    hint: str
    subject: str

    @property
    def line(self) -> str:
        """Place, code and message, on one line."""
        return f"{f'{self.file} {self.pointer}'.strip()}: {self.code} {self.message}"
