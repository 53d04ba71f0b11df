"""Error analyses as tables of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dateline.evaluation.error_analysis import ErrorAnalysis
from dateline.evaluation.error_kinds import CORRECT, Example, LayerErrors
from dateline.evaluation.report import Report
from dateline.evaluation.tables.scores import number
from dateline.rendering.site_links import passage_link
from dateline.rendering.tables import Linked, Table

LEGEND = (
    "Correct: same span and label. Type, boundary: what is wrong in a matched pair. Missed: gold "
    "without a match. Spurious: predicted without a match. Ends: a relation of the same type with "
    "one other end. Value: another value of a document's attribute."
)


def tables(errors: ErrorAnalysis, *, name_documents: bool = True) -> Iterator[Table]:
    """Kinds, confusions and examples of each layer, then where arguments were lost.

    Labels with the most errors come first.

    ``name_documents`` adds a column with the document of each example.
    """
    for layer in errors.layers:
        yield Table(
            f"{layer.layer}: errors by kind",
            ("label", *next(iter(layer.kinds.values()))),
            [
                (label, *(f"{n}" for n in kinds.values()))
                for label, kinds in sorted(layer.kinds.items(), key=_errors_first)
            ],
        )
        yield from _confusions(layer)
        yield from _examples(layer.layer, layer.examples, name_documents=name_documents)
    if any(errors.waterfall.values()):
        yield Table(
            "arguments: where they were lost",
            ("step", "arguments"),
            [(step, f"{n}") for step, n in errors.waterfall.items()],
        )
        yield from _examples("arguments", errors.arguments, name_documents=name_documents)


def ceiling_table(report: Report, ceilings: Mapping[tuple[str, str], float | None]) -> Table:
    """Each score next to the agreement of two annotators."""
    return Table(
        "scores and annotator agreement",
        ("measure", "score", "agreement"),
        [
            (
                f"{score.group}: {score.measure}",
                number(score.value),
                number(ceilings.get((score.group, score.measure))),
            )
            for score in report.scores
        ],
    )


def _errors_first(row: tuple[str, Mapping[str, int]]) -> int:
    return row[1].get(CORRECT, 0) - sum(row[1].values())


def _confusions(layer: LayerErrors) -> Iterator[Table]:
    wrong = [
        (gold, predicted, f"{n}")
        for gold, found in layer.confusions.items()
        for predicted, n in found.items()
        if predicted != gold
    ]
    if wrong:
        wrong.sort(key=lambda row: -int(row[2]))
        columns = ("gold label", "predicted label", "items")
        yield Table(f"{layer.layer}: confusions", columns, wrong, texts=2)


def _examples(layer: str, examples: Sequence[Example], *, name_documents: bool) -> Iterator[Table]:
    if not examples:
        return
    columns: tuple[str, ...] = ("kind", "gold", "predicted", "context")
    rows: list[tuple[str, ...]] = [(e.kind, e.gold, e.predicted, e.context) for e in examples]
    if name_documents:
        columns = (*columns, "document")
        rows = [(*row, _document(e)) for row, e in zip(rows, examples, strict=True)]
    yield Table(f"{layer}: examples", columns, rows, texts=len(columns))


def _document(example: Example) -> Linked:
    link = passage_link(example.document, example.start, example.end)
    return Linked(example.document, link)
