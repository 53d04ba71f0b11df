"""What is irregular in a Label Studio result."""

from __future__ import annotations

from dateline.model import Struct
from dateline.text import excerpt

MAX_LENGTH = 500
"""Characters of a problem's line: names in a result may be of any length."""


class ResultProblem(Struct, frozen=True):
    """Something irregular in a result: the region's id, a message, and the marked text.

    ``effect`` is how the result was read nevertheless, if anything was made of it. ``repaired``
    means that nothing was lost: there is only one possible reading.
    """

    region: str
    message: str
    quote: str = ""
    effect: str = ""
    repaired: bool = False

    @property
    def line(self) -> str:
        """The problem and its effect in one line that any terminal can show."""
        effect = f"; {self.effect}" if self.effect else ""
        where = f"region {self.region}: " if self.region else ""
        quote = f" ({quoted(self.quote)})" if self.quote else ""
        line = f"{where}{self.message}{effect}"
        return excerpt(line, width=MAX_LENGTH) + quote


def with_article(noun: str) -> str:
    """The noun with "a" or "an"."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def quoted(text: str) -> str:
    """A shortened text in quotation marks, for a message."""
    return f'"{excerpt(text)}"'
