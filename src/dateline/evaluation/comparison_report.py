"""The result of comparing systems: differences with their intervals and p values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dateline.evaluation.signature import Signature
from dateline.model import Struct


class Difference(Struct, frozen=True):
    """A system's value on a measure, and its difference from the first system's.

    ``interval`` is the 95% interval of the difference. The p values are two-sided:
    ``p_randomization`` if both systems have a single run, else ``p_runs``, of a t test over
    documents and runs. ``p_holm`` is that p value, corrected for all primary measures and all
    systems; exploratory measures have none. ``p_bootstrap`` is None for fewer than 50 documents (or
    groups of documents). All are None if a value is undefined, or the systems were not scored on
    the same documents.
    """

    system: str
    value: float | None
    difference: float | None
    interval: tuple[float, float] | None = None
    p_bootstrap: float | None = None
    p_randomization: float | None = None
    p_runs: float | None = None
    p_holm: float | None = None


class ComparedMeasure(Struct, frozen=True):
    """A measure with the first system's value, and the differences of the others.

    Systems are tested on ``primary`` measures; all others are exploratory. ``documents`` is the
    number of documents that are annotated on the layer, ``gold`` that of gold items, for CoNLL of
    mentions, and ``reliable`` says whether there are at least 5. ``by`` has the comparisons by a
    primary measure on the documents with each value of a field, without p values; those of
    documents without a value are at the empty string.
    """

    group: str
    measure: str
    primary: bool
    first: float | None
    others: tuple[Difference, ...]
    documents: int
    gold: float
    reliable: bool
    by: Mapping[str, Mapping[str, ComparedMeasure]] = {}


class ComparisonReport(Struct, frozen=True):
    """Systems compared with the first one, on all measures that they have in common.

    ``units`` is the number of documents, or of groups of documents. ``resamples`` and ``seed`` are
    those of the tests. ``differing`` has the fields in which a system's signature is not the
    first's, and ``missing`` the measures that a system was not scored on, which are left out.
    ``consistency`` compares the shares of contrast sets that are right; its documents are sets.
    ``print(report)`` shows tables, as a notebook does.
    """

    systems: tuple[str, ...]
    signature: Signature
    resamples: int
    seed: int
    units: int
    differing: Mapping[str, tuple[str, ...]]
    missing: Mapping[str, tuple[str, ...]]
    measures: tuple[ComparedMeasure, ...]
    consistency: tuple[ComparedMeasure, ...] = ()

    @property
    def signature_line(self) -> str:
        """The signature of the first system and of the tests, as a line to cite."""
        return f"{self.signature}|resamples:{self.resamples}|seed:{self.seed}"

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values for JSON, with the signature also as a line of text."""
        return {"signature_line": self.signature_line, **msgspec.to_builtins(self)}

    @property
    def summary(self) -> str:
        """What was compared, on one line."""
        first, *others = self.systems
        return f"{', '.join(others)} compared with {first} on {self.signature.subject}"

    def __repr__(self) -> str:
        return f"<ComparisonReport: {self.summary}>"

    def __str__(self) -> str:
        from dateline.evaluation.tables.comparison import tables  # noqa: PLC0415
        from dateline.rendering.tables import text_tables  # noqa: PLC0415

        return f"{self.summary}\n\n{text_tables(tables(self))}"

    def _repr_html_(self) -> str:
        from dateline.evaluation.tables.comparison import tables  # noqa: PLC0415
        from dateline.rendering.html import html_tables  # noqa: PLC0415

        return html_tables([self.summary], tables(self))
