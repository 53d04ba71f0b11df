"""Tables for LaTeX documents, with the rules of the package booktabs; all text is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dateline.rendering.markdown import one_line
from dateline.rendering.tables import Table

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "-": "{-}",  # else two of them become a dash
    "[": "{[}",  # else it is an option of the row before
    "]": "{]}",
    "–": "--",
    "—": "---",
    "−": r"$-$",
    "…": r"\dots{}",
    "≥": r"$\ge$",
    "≤": r"$\le$",
    "½": r"$\frac12$",
}
_ANY = re.compile("|".join(map(re.escape, _SPECIAL)))


def escape(text: str) -> str:
    """Text for LaTeX, on one line. Letters of all scripts stay: fonts are the document's matter."""
    return _ANY.sub(lambda found: _SPECIAL[found[0]], one_line(text))


def latex_tables(lead: Iterable[str], tables: Iterable[Table], signature: str) -> str:
    """Tables as LaTeX, each with a caption; the signature and the lead are comments above them.

    The document needs ``\\usepackage{booktabs}``, and ``\\usepackage[T1]{fontenc}`` with pdfLaTeX.
    """
    comments = [r"\usepackage{booktabs}", *lead, signature]
    lines = [f"% {one_line(comment)}" for comment in comments]
    return "\n".join([*lines, *(_table(table) for table in tables)]) + "\n"


def _table(table: Table) -> str:
    alignment = "l" * table.texts + "r" * (len(table.columns) - table.texts)
    rows = [" & ".join(map(escape, row)) + r" \\" for row in table.rows]
    return "\n".join(
        [
            "",
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{escape(table.title)}}}",
            rf"\begin{{tabular}}{{{alignment}}}",
            r"\toprule",
            " & ".join(map(escape, table.columns)) + r" \\",
            r"\midrule",
            *rows,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        ]
    )
