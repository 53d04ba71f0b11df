"""Problems of predictions: one type for reading, checking, scoring and uploading them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from dateline.errors import InvalidInputError
from dateline.model import Struct
from dateline.rendering.listing import listed
from dateline.rendering.suggestions import sentences

Effect: TypeAlias = Literal["rejected", "wrong", "warning"]
"""What a problem does to scores. A ``rejected`` line keeps the file from being scored. An item that
is ``wrong`` counts as a prediction that no gold item matches. A ``warning`` changes no count."""

SHOWN = 20
"""How many problems an error message lists."""


class PredictionProblem(Struct, frozen=True):
    """A problem at one place of a prediction.

    ``line`` is the line of the file, None for predictions that are not from a file. ``pointer`` is
    a JSON Pointer into the prediction, and ``id`` the id of the item there, if it has one. ``file``
    is given where there may be several.
    """

    effect: Effect
    message: str
    hint: str = ""
    line: int | None = None
    document: str = ""
    pointer: str = ""
    id: str = ""
    file: str = ""

    def __str__(self) -> str:
        file = f"{self.file}, " if self.file and self.line else ""
        place = [f"{file}line {self.line}"] if self.line else [self.document]
        place += [self.pointer] if self.pointer else []
        item = f" ({self.id})" if self.id else ""
        said = sentences(self.message, self.hint) if self.hint else self.message
        return f"{' '.join(place)}{item}: {said}"


def refuse(source: str, problems: Iterable[PredictionProblem]) -> None:
    """Raise InvalidInputError that lists the problems, if there are any."""
    lines = listed(problems, SHOWN)
    if lines:
        found = "\n".join(f"  {line}" for line in lines)
        raise InvalidInputError(f"{source} cannot be used:\n{found}")
