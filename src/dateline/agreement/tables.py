"""The report as a table of measures, for the terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from dateline.agreement.report import ALL, AgreementReport, Coefficients, PairAgreement, Score
from dateline.model import Struct
from dateline.rendering.listing import documents_and_contrasts


class Row(Struct, frozen=True):
    """A measure of a pair; ``is_main`` is False for details that a summary leaves out."""

    name: str
    score: Score
    is_main: bool = True


def measure_rows(pair: PairAgreement) -> Iterator[Row]:
    """All measures of a pair."""
    for name, layer in pair.layers.items():
        for mode, labels in layer.spans.items():
            yield Row(name=f"{name}: F1, {mode}", score=labels[ALL], is_main=mode != "span")
        if ALL in layer.tokens:
            yield from _coefficient_rows(f"{name}: tokens", layer.tokens[ALL])
        if layer.gamma is not None:
            yield Row(name=f"{name}: gamma", score=Score(value=layer.gamma), is_main=False)
        if ALL in layer.relations:
            is_layer = name == "relations"
            title = "relations: F1" if is_layer else f"{name}: relations, F1"
            yield Row(name=title, score=layer.relations[ALL], is_main=is_layer)
        for attribute, of_attribute in layer.attributes.items():
            for measure, score in of_attribute.measures.items():
                counted = replace(
                    score,
                    common=of_attribute.same,
                    first=of_attribute.units,
                    second=of_attribute.units,
                )
                yield Row(name=f"{name}: {attribute}, {measure}", score=counted, is_main=False)
    if pair.coreference is not None:
        yield Row(name="coreference: CoNLL F1", score=Score(value=pair.coreference))
    for mode, score in pair.arguments.items():
        yield Row(name=f"arguments: F1, same {mode}", score=score)
    for part, score in pair.claims.items():
        yield Row(name=f"claims: same {part}", score=score)


class Summary(Struct, frozen=True):
    """A measure of many pairs: its mean, and the lowest and the highest value with their pairs."""

    name: str
    mean: float
    lowest: tuple[float, str]
    highest: tuple[float, str]


def summaries(pairs: Sequence[PairAgreement]) -> Iterator[Summary]:
    """Each measure over all pairs for which it is defined."""
    found: dict[str, list[tuple[float, str]]] = {}
    for pair in pairs:
        for row in measure_rows(pair):
            if row.score.value is not None:
                value = row.score.value, f"{pair.first} and {pair.second}"
                found.setdefault(row.name, []).append(value)
    for name, values in found.items():
        mean = sum(value for value, _ in values) / len(values)
        yield Summary(name=name, mean=mean, lowest=min(values), highest=max(values))


def agreement_markdown(report: AgreementReport, *, main_only: bool = False) -> str:
    """A Markdown table with a column for each pair; intervals in brackets.

    With ``main_only``, it leaves out attributes, γ and F1 of spans regardless of their label.
    """
    columns = []
    for pair in report.pairs:
        rows = (row for row in measure_rows(pair) if row.is_main or not main_only)
        documents = {"documents shared": str(len(pair.documents) - pair.contrasts)}
        if pair.contrasts:
            documents["contrasts shared"] = str(pair.contrasts)
        columns.append(documents | {row.name: _with_interval(row.score) for row in rows})
    names = " | ".join(f"{pair.first} and {pair.second}" for pair in report.pairs)
    measures = dict.fromkeys(name for column in columns for name in column)
    lines = [
        f"| {name} | " + " | ".join(column.get(name, "—") for column in columns) + " |"
        for name in measures
    ]
    if report.apart:
        lines += ["", f"No documents are shared by {apart(report)}."]
    return "\n".join([f"| measure | {names} |", "|---" * (len(columns) + 1) + "|", *lines]) + "\n"


def documents_of(pair: PairAgreement) -> str:
    """How many documents a pair shares, in words."""
    return documents_and_contrasts(len(pair.documents) - pair.contrasts, pair.contrasts)


def apart(report: AgreementReport) -> str:
    """The pairs that share no document, in words."""
    return ", ".join(f"{first} and {second}" for first, second in report.apart)


def format_number(value: float | None) -> str:
    """Three decimals, or a dash where undefined."""
    # Adding 0 leaves out the sign of what is rounded to 0.
    return "—" if value is None else f"{round(value, 3) + 0.0:.3f}"


def format_interval(score: Score) -> str:
    """The interval, or an empty string if there is none."""
    if score.low is None or score.high is None:
        return ""
    return f"[{score.low:.3f}, {score.high:.3f}]"


def _coefficient_rows(name: str, found: Coefficients) -> Iterator[Row]:
    for symbol, score in (("kappa", found.kappa), ("alpha", found.alpha)):
        counted = replace(score, common=found.same, first=found.units, second=found.units)
        yield Row(name=f"{name}, {symbol}", score=counted)


def _with_interval(score: Score) -> str:
    return f"{format_number(score.value)} {format_interval(score)}".rstrip()
