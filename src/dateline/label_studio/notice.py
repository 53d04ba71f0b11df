"""What a user should know about a document, a task, or an annotator's work on it."""

from __future__ import annotations

from typing import Literal

from dateline.model import Struct

Level = Literal["refused", "invalid", "problem", "note"]


class Notice(Struct, frozen=True):
    """A message of a pull or an import.

    ``refused``: nothing was written, and the user has to decide. ``invalid``: the annotation was
    written, but breaks a rule. ``problem``: the annotation was written, an imported one as a draft,
    but has an irregularity. ``note``: for information.
    ``task`` is the number of the task in an export. ``draftable``: it was refused, and could be
    imported as a draft.
    """

    level: Level
    document: str | None
    annotator: str | None
    message: str
    task: int | None = None
    draftable: bool = False

    @property
    def line(self) -> str:
        """The notice in one line."""
        where = self.document or f"task {self.task}"
        of = f" ({self.annotator})" if self.annotator else ""
        return f"{where}{of}: {self.message}"
