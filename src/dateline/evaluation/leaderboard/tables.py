"""The leaderboard as tables: results side by side if they can be compared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dateline.corpus.annotators import kind_of
from dateline.corpus.store import Corpus
from dateline.evaluation.gold import Gold
from dateline.evaluation.leaderboard.comparable import ComparableResults, primary_measures
from dateline.evaluation.leaderboard.ranks import ranks
from dateline.evaluation.leaderboard.results import Result
from dateline.evaluation.leaderboard.systems import Systems
from dateline.evaluation.report import Consistency, Score
from dateline.evaluation.tables.scores import NONE, columns, interval, number, row
from dateline.rendering.tables import Table

LEGEND = (
    "F1 in percent, with its 95% confidence interval if there is one. —: undefined, or not "
    "predicted. Systems that cannot be told apart by a measure share a rank. For the definitions, "
    "run: dateline docs metrics"
)


def notes(corpus: Corpus, gold: Gold, listed: Systems, results: Mapping[str, Result]) -> list[str]:
    """Notes for readers of the scores, most important first."""
    found = [listed.note] if listed.note else []
    documents = len(gold.documents)
    splits = sorted({document.split for document in gold.documents})
    where = f"in the split{'s' if len(splits) > 1 else ''} {', '.join(splits)}"
    if documents == 1:
        found.append(
            f"There is one annotated document, {where}. Scores on one document say little about "
            "other documents, have no confidence interval, and cannot rank systems."
        )
    else:
        units = len({gold.units.get(document.id, (document.id,)) for document in gold.documents})
        over = "documents" if units == documents else f"their {units} groups"
        found.append(f"{documents} documents {where}; intervals are over {over}.")
    if listed.ceiling:
        found.append(_ceiling_note(corpus, listed.ceiling))
    return found + [f"{result.title}: {result.note}" for result in results.values() if result.note]


def headline_tables(groups: Sequence[ComparableResults], ceiling: str | None) -> Iterator[Table]:
    """A table for each group of results: one system per row, the main measures as columns.

    ``ceiling`` is the title of the row with the agreement of annotators.
    """
    for group in groups:
        title = "Scores"
        if group.differences:
            title = f"Not comparable with the others: {'; '.join(group.differences)}"
        shown = primary_measures(group.results.values())
        places = ranks(group.results)
        rows = [
            (
                _title(result),
                *(_ranked(result.by_measure.get(h), places[name].get(h)) for h in shown),
            )
            for name, result in group.results.items()
        ]
        if ceiling and group.agreement:
            rows.append((ceiling, *(number(group.agreement.get(h)) for h in shown)))
        if rows:
            columns = ("system", *(f"{name}: {measure}" for name, measure in shown))
            yield Table(title, columns, rows)


def detail_tables(groups: Sequence[ComparableResults]) -> Iterator[Table]:
    """A table of all scores for each group of measures, then a table for each run."""
    for group in groups:
        suffix = " (not comparable with the others)" if group.differences else ""
        scores = [(_title(r), score) for r in group.results.values() for score in r.scores]
        names = columns()
        for name in dict.fromkeys(score.group for _, score in scores):
            rows = [
                (score.measure, title, *row(score)[1:])
                for measure in dict.fromkeys(s.measure for _, s in scores if s.group == name)
                for title, score in scores
                if (score.group, score.measure) == (name, measure)
            ]
            yield Table(name + suffix, (names[0], "system", *names[1:]), rows, texts=2)
        yield from _contrasts(group.results.values(), suffix)
    for group in groups:
        for name, result in group.results.items():
            yield Table(f"{name}: {result.title}", ("run", ""), _facts(result), texts=2)


def _contrasts(results: Iterable[Result], suffix: str) -> Iterator[Table]:
    """F1 on contrasts and on their originals, and contrast consistency."""
    rows: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for result in results:
        found = result.contrasts
        if found is None:
            continue
        consistency = {(one.group, one.measure): one for one in found.consistency}
        for one, original in zip(found.scores, found.of_originals, strict=True):
            key = one.group, one.measure
            shown = _cell(one), number(original.value)
            sets = consistency.get(key)
            cells = (f"{sets.sets}", f"{sets.right:g}", _cell(sets)) if sets else (NONE,) * 3
            rows.setdefault(key, []).append((": ".join(key), _title(result), *shown, *cells))
    if rows:
        names = ("measure", "system", "contrasts", "originals", "sets", "right", "share right")
        every = [row for of_measure in rows.values() for row in of_measure]
        yield Table(f"contrasts{suffix}", names, every, texts=2)


def ceiling_title(corpus: Corpus, annotators: tuple[str, str]) -> str:
    """The title of the row with the agreement of two annotators; it says if both are models."""
    are_models = all(kind_of(corpus, name) == "model" for name in annotators)
    return f"agreement of {' and '.join(annotators)}{' (models)' if are_models else ''}"


def _ceiling_note(corpus: Corpus, annotators: tuple[str, str]) -> str:
    models = [name for name in annotators if kind_of(corpus, name) == "model"]
    note = (
        f"The agreement of {' and '.join(annotators)} on the same documents is the upper bound for "
        "meaningful scores"
    )
    if not models:
        return f"{note}."
    kind = "is a model" if len(models) == 1 else "are models"
    return f"{note}, but {' and '.join(models)} {kind}: the agreement of people is not known."


def _title(result: Result) -> str:
    if result.run is None:
        return f"{result.title} (no run record)"
    return f"{result.title}{' (trained on scored documents)' if result.seen_documents else ''}"


def _ranked(score: Score | None, rank: int | None) -> str:
    return _cell(score) if rank is None else f"{_cell(score)}, rank {rank}"


def _cell(score: Score | Consistency | None) -> str:
    if score is None or score.value is None:
        return NONE
    ends = f" ({interval(score.interval)})" if score.interval is not None else ""
    return number(score.value) + ends


def _facts(result: Result) -> list[tuple[str, ...]]:
    facts = []
    if result.seen_documents:
        facts.append(("trained on scored documents", ", ".join(result.seen_documents)))
    run = result.run
    if run is not None:
        facts += [
            ("model", f"{run.model}, version {run.version or 'unknown'}"),
            ("settings", json.dumps(dict(run.settings), ensure_ascii=False)),
            ("documents", f"{run.predicted} predicted, {len(run.failed)} failed"),
            ("duration", f"{run.seconds:.1f} s, started {run.started}"),
            *((name.replace("_", " "), f"{value:,.0f}") for name, value in run.cost.items()),
        ]
    problems = f"{result.problems} predicted items with problems (counted as false positives)"
    return [*facts, ("problems", problems), ("signature", str(result.signature))]
