"""The report in a few lines of Markdown, for a datasheet."""

from __future__ import annotations

from dateline.agreement.measuring import ALL, PairAgreement, Report, Score


def summary(report: Report) -> str:
    """A table of the main measures, a column for each pair; intervals where there are some."""
    names = " | ".join(f"{pair.first} and {pair.second}" for pair in report.pairs)
    columns = [dict(_measures(pair)) for pair in report.pairs]
    measures = dict.fromkeys(name for column in columns for name in column)
    rows = [
        f"| {name} | " + " | ".join(column.get(name, "—") for column in columns) + " |"
        for name in measures
    ]
    return "\n".join([f"| measure | {names} |", "|---" * (len(columns) + 1) + "|", *rows]) + "\n"


def _measures(pair: PairAgreement) -> list[tuple[str, str]]:
    found = [("documents shared", str(len(pair.documents)))]
    for name, layer in pair.layers.items():
        for way in ("exact", "overlap"):
            score = layer.spans.get(way, {}).get("all")
            if score is not None:
                found.append((f"{name}, F₁ {way}", _bounded(score)))
        tokens = layer.tokens[ALL]
        found.append((f"{name}, Cohen’s κ on tokens", _bounded(tokens.kappa)))
        found.append((f"{name}, Krippendorff’s α on tokens", _bounded(tokens.alpha)))
    found.append(("coreference, CoNLL F₁", _number(pair.coreference)))
    found += [
        (f"arguments, F₁, the same {way}", _bounded(score)) for way, score in pair.arguments.items()
    ]
    found += [(f"claims, {part}", _bounded(score)) for part, score in pair.claims.items()]
    return found


def _bounded(score: Score) -> str:
    return _number(score.value, score.low, score.high)


def _number(value: float | None, low: float | None = None, high: float | None = None) -> str:
    if value is None:
        return "—"
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} [{low:.3f}, {high:.3f}]"
