"""The leaderboard: results side by side where they compare, and apart where they do not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dateline.corpus.annotators import read_register
from dateline.corpus.store import Corpus
from dateline.evaluation.ceiling import annotator_scores
from dateline.evaluation.columns.scoring_input import MatchingOptions, ScoringInput
from dateline.evaluation.gold import Gold
from dateline.evaluation.leaderboard.results import Result
from dateline.evaluation.leaderboard.systems import Systems
from dateline.evaluation.scoring import RESAMPLES, SEED, Score
from dateline.evaluation.signature import Signature, sign
from dateline.evaluation.tables.scores import COLUMNS, NONE, Table, interval, number, row

BLOCK = "leaderboard"
PAGE = "benchmarks/leaderboard.html"
HEADLINES = (
    ("entities", "strict"),
    ("coreference", "CoNLL"),
    ("linking", "all"),
    ("triggers", "TC"),
    ("arguments", "AC+"),
    ("event-relations", "expanded"),
    ("claims", "overlap"),
)
"""The one number of each group that stands for it in the short table."""
LEGEND = (
    "F in per cent, with its 95 % interval where it has one. A dash is what is undefined, or what "
    "a system does not speak of. docs/metrics.md defines every measure."
)

Values = Mapping[tuple[str, str], float | None]


class Board(NamedTuple):
    """Results by name that were scored by the same rules on the same gold, the best first.

    ``differences`` says in what those rules are not today's; ``ceiling`` is what annotators reach.
    """

    signature: Signature
    differences: tuple[str, ...]
    results: Mapping[str, Result]
    ceiling: Values


def boards(
    results: Mapping[str, Result], today: Signature, ceiling: Values | None = None
) -> list[Board]:
    """A board for each set of rules, today's first, which is there even when it is empty."""
    kept: dict[Signature, dict[str, Result]] = {today.rules: {}}
    for name, result in results.items():
        kept.setdefault(result.signature.rules, {})[name] = result
    return [
        Board(
            signature,
            tuple(today.rules.differences(signature)),
            dict(sorted(found.items(), key=lambda pair: _rank(pair[1]), reverse=True)),
            (ceiling or {}) if signature == today.rules else {},
        )
        for signature, found in kept.items()
    ]


def todays_signature(gold: Gold) -> Signature:
    """What a result would be signed with that was made now, but for what it predicts."""
    return sign(gold, ScoringInput(gold, ()), (), RESAMPLES, SEED)


def todays_ceiling(corpus: Corpus, gold: Gold, annotators: tuple[str, str]) -> Values:
    """Every score of the second annotator with the first for gold.

    Raises DatelineError where they have annotated no document of the gold both.
    """
    return annotator_scores(corpus, *annotators, [d.id for d in gold.documents], MatchingOptions())


def stale(results: Mapping[str, Result], wanted: Iterable[str], today: Signature) -> list[str]:
    """Names of systems without a result, or whose result is of another gold or other rules."""
    return [
        name
        for name in wanted
        if name not in results or results[name].signature.rules != today.rules
    ]


def notes(corpus: Corpus, gold: Gold, listed: Systems, results: Mapping[str, Result]) -> list[str]:
    """What a reader has to keep in mind, the most important first."""
    found = [listed.note] if listed.note else []
    documents = len(gold.documents)
    splits = sorted({document.split for document in gold.documents})
    where = f"in the split{'s' if len(splits) > 1 else ''} {', '.join(splits)}"
    if documents == 1:
        found.append(
            f"There is one annotated document, {where}. A score on one text says little about any "
            "other, an interval over documents is undefined, and no order of systems can be told "
            "from chance."
        )
    else:
        found.append(f"{documents} documents {where}; intervals are over documents.")
    if listed.ceiling:
        found.append(_of_ceiling(corpus, listed.ceiling))
    return found + [f"{result.title}: {result.note}" for result in results.values() if result.note]


def headline_tables(found: Sequence[Board], annotators: tuple[str, str] | None) -> Iterator[Table]:
    """The short table of each board: a system a line, a group a column."""
    for board in found:
        title = "Scores"
        if board.differences:
            title = f"Not comparable with the others: {'; '.join(board.differences)}"
        scored = [_by_measure(result) for result in board.results.values()]
        shown = [h for h in HEADLINES if any(h in scores for scores in scored)]
        rows = [
            (_titled(result), *(_cell(scores.get(h)) for h in shown))
            for result, scores in zip(board.results.values(), scored, strict=True)
        ]
        if annotators and board.ceiling:
            line = f"agreement of {annotators[0]} and {annotators[1]}"
            rows.append((line, *(number(board.ceiling.get(h)) for h in shown)))
        if rows:
            columns = ("system", *(f"{group}: {measure}" for group, measure in shown))
            yield Table(title, columns, rows)


def detail_tables(found: Sequence[Board]) -> Iterator[Table]:
    """Every measure of every system, a table for each group, and then what was run."""
    for board in found:
        apart = " (not comparable with the others)" if board.differences else ""
        scores = [(_titled(r), s) for r in board.results.values() for s in r.scores]
        for group in dict.fromkeys(score.group for _, score in scores):
            rows = [
                (score.measure, title, *row(score)[1:])
                for measure in dict.fromkeys(s.measure for _, s in scores if s.group == group)
                for title, score in scores
                if (score.group, score.measure) == (group, measure)
            ]
            yield Table(group + apart, (COLUMNS[0], "system", *COLUMNS[1:]), rows, texts=2)
    for board in found:
        for name, result in board.results.items():
            yield Table(f"{name}: {result.title}", ("what was run", ""), _facts(result), texts=2)


def _of_ceiling(corpus: Corpus, annotators: tuple[str, str]) -> str:
    register = read_register(corpus)
    models = [name for name in annotators if name in register and register[name].kind == "model"]
    said = f"No score can mean more than what {' and '.join(annotators)} reach against each other"
    if not models:
        return f"{said}."
    kind = "is a model" if len(models) == 1 else "are models"
    return f"{said}; but {' and '.join(models)} {kind}, and what people would reach is not known."


def _titled(result: Result) -> str:
    return f"{result.title}{' (has seen what is scored)' if _seen(result) else ''}"


def _seen(result: Result) -> list[str]:
    """Documents that the model has learnt from, as far as its settings say, and is scored on."""
    learnt = result.run.settings.get("documents", ()) if result.run is not None else ()
    return sorted(set(learnt) & {name for score in result.scores for name in score.documents})


def _rank(result: Result) -> list[float]:
    scores = _by_measure(result)
    values = [scores[h].value if h in scores else None for h in HEADLINES]
    return [-1.0 if value is None else value for value in values]


def _by_measure(result: Result) -> dict[tuple[str, str], Score]:
    return {(score.group, score.measure): score for score in result.scores}


def _cell(score: Score | None) -> str:
    if score is None or score.value is None:
        return NONE
    ends = f" ({interval(score.interval)})" if score.interval is not None else ""
    return number(score.value) + ends


def _facts(result: Result) -> list[tuple[str, ...]]:
    facts = []
    seen = _seen(result)
    if seen:
        facts.append(("has seen", f"{', '.join(seen)}: it learnt from what it is scored on"))
    run = result.run
    if run is not None:
        facts += [
            ("model", f"{run.model}, version {run.version or 'unknown'}"),
            ("settings", json.dumps(dict(run.settings), ensure_ascii=False)),
            ("documents", f"predicted: {run.predicted}; failed: {len(run.failed)}"),
            ("took", f"{run.seconds:.1f} s, {run.started}"),
            *((name.replace("_", " "), f"{value:,.0f}") for name, value in run.cost.items()),
        ]
    flawed = f"predicted items that are not as they should be, and are counted: {result.flawed}"
    return [*facts, ("flaws", flawed), ("signature", str(result.signature))]
