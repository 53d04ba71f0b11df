"""What is irregular in a Label Studio result."""

from __future__ import annotations

from dateline.model import Struct
from dateline.text import excerpt


class ResultProblem(Struct, frozen=True):
    """Something irregular in a result: the region's id, a message, and the marked text.

    ``repaired`` means that nothing was lost: there is only one possible reading.
    """

    region: str
    message: str
    quote: str = ""
    repaired: bool = False

    @property
    def line(self) -> str:
        """The problem in one line that any terminal can show."""
        where = f"region {self.region}: " if self.region else ""
        quote = f" ({quoted(self.quote)})" if self.quote else ""
        line = f"{where}{self.message}"
        return excerpt(line, 0, len(line), len(line)) + quote


def with_article(noun: str) -> str:
    """The noun with "a" or "an"."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def quoted(text: str) -> str:
    """A shortened text in quotation marks, for a message."""
    return f'"{excerpt(text, 0, len(text))}"'
