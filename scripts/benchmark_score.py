"""Measures scoring against other scorers, on the same predictions, which must get the same scores.

Ours and the peers take turns in one process, each starting from what it takes: ours from a loaded
dataset, the others from lists that are already made. A bar that is missed, or a score that differs,
makes the run fail.
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
import datasets
import numpy as np
import scorch.scores
from datasets import ClassLabel, Dataset, Features, List, Value
from nervaluate import Evaluator
from rich.console import Console
from rich.table import Table
from seqeval.metrics import f1_score

from dateline.corpus.create import packaged_schemas
from dateline.corpus.store import Corpus
from dateline.evaluation.arrow_scoring import mention_spans, score_mentions
from dateline.metrics.coreference import Chains, blanc_score, contingency_table, coreference_counts
from dateline.metrics.counts import f_score, micro_f
from dateline.metrics.resampling import draws, interval, resampled
from dateline.metrics.span_scores import semeval
from dateline.ontology.labels import Ontology
from dateline.predictions.label_index import LabelIndex

TOKENS, WIDTH = 25, 6
SLOT = 8
"""Tokens from one mention to the next, so that each overlaps one other at most."""
DOCUMENTS, MENTIONS, CHAINS = 1000, 60, 20
RESAMPLES = 1000

Rows = list[list[tuple[str, int, int]]]
"""For each sentence its mentions: label, first token, one past the last."""
Scores = Mapping[str, Any]


class Task(NamedTuple):
    """Ours against a peer's: both give scores by name, and those that both have must be equal.

    With a peer, ours must be ``bar`` times as fast; without one, it may take so many seconds.
    """

    name: str
    ours: Callable[[], Scores]
    peer: str
    theirs: Callable[[], Scores] | None
    bar: float


@click.command()
@click.option("--n", default=20_000, show_default=True, help="Sentences.")
@click.option("--rounds", default=5, show_default=True, help="Times that each is measured.")
@click.option("--seed", default=13, show_default=True, help="Seed of the generator.")
@click.option("--bars/--no-bars", default=True, help="Fail where a bar is missed.")
@click.option("--json", "report", type=click.Path(dir_okay=False, path_type=Path))
def main(n: int, rounds: int, seed: int, bars: bool, report: Path | None) -> None:
    """Score N sentences of 25 tokens, and chains of 1,000 documents, with ours and with peers."""
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
        found = [measured(task, rounds) for task in tasks(n, seed, Path(folder))]
    show(n, found)
    if report is not None:
        result = {"sentences": n, "rounds": rounds, "seed": seed, "tasks": found}
        report.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    wrong = [row["task"] for row in found if row["differing"]]
    if wrong:
        raise click.ClickException(f"scores differ from the peer's: {', '.join(wrong)}")
    missed = [row["task"] for row in found if not row["reached"]]
    if bars and missed:
        raise click.ClickException(f"the bar was missed: {', '.join(missed)}")


def measured(task: Task, rounds: int) -> dict[str, Any]:
    """The medians of a task, ours and the peer's in turn; the first time does not count."""
    ours, theirs = task.ours(), task.theirs() if task.theirs else {}
    differing = [name for name in theirs if not np.allclose(theirs[name], ours[name], rtol=1e-9)]
    own, other = [], []
    for _ in range(rounds):
        own.append(seconds(task.ours))
        if task.theirs:
            other.append(seconds(task.theirs))
    took = statistics.median(own)
    ratio = statistics.median(other) / took if other else None
    return {
        "task": task.name,
        "seconds": took,
        "peer": task.peer,
        "peer_seconds": statistics.median(other) if other else None,
        "ratio": ratio,
        "bar": task.bar,
        "reached": took <= task.bar if ratio is None else ratio >= task.bar,
        "compared": sorted(theirs),
        "differing": differing,
    }


def seconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def show(n: int, rows: list[dict[str, Any]]) -> None:
    """Print the table."""
    table = Table(
        title=f"{n:,} sentences; {DOCUMENTS:,} documents for coreference and interval",
        title_justify="left",
    )
    for column in ("task", "ms", "peer", "its ms", "ratio", "wanted", "equal"):
        table.add_column(column, justify="left" if column in ("task", "peer") else "right")
    for row in rows:
        alone = row["ratio"] is None
        table.add_row(
            row["task"],
            f"{1000 * row['seconds']:,.0f}",
            row["peer"],
            "" if alone else f"{1000 * row['peer_seconds']:,.0f}",
            "" if alone else f"{row['ratio']:.1f}×",
            f"≤ {1000 * row['bar']:.0f} ms" if alone else f"≥ {row['bar']:.0f}×",
            f"{len(row['compared']) - len(row['differing'])} of {len(row['compared'])}",
        )
    Console().print(table)


def tasks(n: int, seed: int, folder: Path) -> list[Task]:
    """Everything that is measured, with what it is measured on."""
    with packaged_schemas() as schemas:
        ontology = Corpus(schemas.parent).ontology
    generator = random.Random(seed)
    labels = ontology.layers["entities"].label_names
    gold = [sentence(generator, labels) for _ in range(n)]
    predicted = [noisy(row, generator, labels) for row in gold]
    sides = [
        as_dataset(rows, labels, folder / name) for rows, name in ((gold, "g"), (predicted, "p"))
    ]
    tags = [as_tags(gold), as_tags(predicted)]

    def ours() -> Scores:
        return {mode: rates.f for mode, rates in score_mentions(*sides, ontology).items()}

    chains = [partition(generator) for _ in range(DOCUMENTS)]
    responses = [moved(found, generator) for found in chains]
    columns = as_chains(chains), as_chains(responses)
    counts = document_counts(sides, ontology)
    return [
        Task("mentions", ours, "seqeval, default", lambda: by_seqeval(*tags), 15),
        Task("mentions", ours, "nervaluate", lambda: by_nervaluate(*tags, labels), 60),
        Task("mentions", ours, "sets of rows", lambda: by_sets(*sides), 5),
        Task(
            "coreference",
            lambda: our_coreference(*columns),
            "scorch",
            lambda: by_scorch(chains, responses),
            3,
        ),
        Task(
            "interval",
            lambda: {"interval": our_interval(counts, seed)},
            "",
            None,
            0.15,
        ),
    ]


# ---- The scorers.


def by_seqeval(gold: list[list[str]], predicted: list[list[str]]) -> Scores:
    return {"strict": f1_score(gold, predicted)}


def by_nervaluate(
    gold: list[list[str]], predicted: list[list[str]], labels: tuple[str, ...]
) -> Scores:
    found = Evaluator(gold, predicted, tags=list(labels), loader="list").evaluate()["overall"]
    names = {"strict": "strict", "exact": "exact", "partial": "partial", "type": "ent_type"}
    return {ours: found[theirs].f1 for ours, theirs in names.items()}


def by_sets(gold: Dataset, predicted: Dataset) -> Scores:
    """What one writes in a minute: sets of tuples of rows, decoded the fastest way there is."""
    ours, theirs = (
        {
            (number, mention["type"], tuple((s["start"], s["end"]) for s in mention["spans"]))
            for number, mentions in enumerate(dataset.data.column("mentions").to_pylist())
            for mention in mentions
        }
        for dataset in (gold, predicted)
    )
    return {"strict": 2 * len(ours & theirs) / (len(ours) + len(theirs))}


SCORCH = {
    "MUC": scorch.scores.muc,
    "B3": scorch.scores.b_cubed,
    "CEAFm": scorch.scores.ceaf_m,
    "CEAFe": scorch.scores.ceaf_e,
    "BLANC": scorch.scores.blanc,
}


def by_scorch(gold: list[list[set[int]]], predicted: list[list[set[int]]]) -> Scores:
    """The F of each document by each measure."""
    pairs = list(zip(gold, predicted, strict=True))
    return {name: [measure(*pair)[2] for pair in pairs] for name, measure in SCORCH.items()}


def our_coreference(gold: Chains, predicted: Chains) -> Scores:
    """The F of each document by each measure, LEA and CoNLL among them."""
    found = coreference_counts(contingency_table(gold, predicted, DOCUMENTS))
    return {
        name: blanc_score(counts) if name == "BLANC" else f_score(counts)[:, 0]
        for name, counts in found.items()
    }


def our_interval(counts: np.ndarray, seed: int) -> Any:
    return interval(resampled(counts, draws(len(counts), RESAMPLES, seed), micro_f))


# ---- What is scored.


def sentence(generator: random.Random, labels: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """Three mentions of one to four tokens."""
    found = []
    for slot in range(0, TOKENS - SLOT, SLOT):
        start = slot + generator.randrange(3)
        found.append((generator.choice(labels), start, start + generator.randint(1, 4)))
    return found


def noisy(
    row: list[tuple[str, int, int]], generator: random.Random, labels: tuple[str, ...]
) -> list[tuple[str, int, int]]:
    """Most mentions as they are, some with another label or boundary, some not at all."""
    found = []
    for label, start, end in row:
        chance = generator.random()
        if chance < 0.79:
            found.append((label, start, end))
        elif chance < 0.87:
            found.append((generator.choice(labels), start, end))
        elif chance < 0.95:
            found.append((label, start, end + 1))
    return found


def as_dataset(rows: Rows, labels: tuple[str, ...], folder: Path) -> Dataset:
    """A dataset of mentions as the config ``documents`` has them, written and loaded again."""
    span = {"start": Value("int64"), "end": Value("int64"), "text": Value("string")}
    features = Features(
        {"mentions": List({"type": ClassLabel(names=list(labels)), "spans": List(span)})}
    )
    mentions = [
        [
            {"type": label, "spans": [{"start": s * WIDTH, "end": e * WIDTH - 1, "text": "word"}]}
            for label, s, e in row
        ]
        for row in rows
    ]  # fmt: skip
    Dataset.from_dict({"mentions": mentions}, features=features).save_to_disk(folder)
    return datasets.load_from_disk(folder)


def as_tags(rows: Rows) -> list[list[str]]:
    found = []
    for row in rows:
        tags = ["O"] * TOKENS
        for label, start, end in row:
            tags[start:end] = [f"B-{label}", *[f"I-{label}"] * (end - start - 1)]
        found.append(tags)
    return found


def document_counts(sides: list[Dataset], ontology: Ontology) -> np.ndarray:
    """Counts by document and label, the sentences dealt out to the documents."""
    names = LabelIndex(ontology.layers["entities"].label_names)
    gold, predicted = (mention_spans(side, names) for side in sides)
    found = semeval(gold, predicted, len(sides[0]), len(names))["strict"]
    return np.stack([found[start::DOCUMENTS].sum(axis=0) for start in range(DOCUMENTS)])


def partition(generator: random.Random) -> list[set[int]]:
    """Mentions in chains, some of which stay alone."""
    found: dict[int, set[int]] = {}
    for mention in range(MENTIONS):
        found.setdefault(generator.randrange(CHAINS), set()).add(mention)
    return list(found.values())


def moved(chains: list[set[int]], generator: random.Random) -> list[set[int]]:
    """One mention in five in another chain, and one in ten not found."""
    found: list[set[int]] = [set() for _ in chains]
    for number, chain in enumerate(chains):
        for mention in sorted(chain):
            chance = generator.random()
            if chance < 0.9:
                found[number if chance < 0.7 else generator.randrange(len(chains))].add(mention)
    return [chain for chain in found if chain]


def as_chains(partitions: list[list[set[int]]]) -> Chains:
    rows = [
        (document, document * MENTIONS + mention, document * MENTIONS + number)
        for document, chains in enumerate(partitions)
        for number, chain in enumerate(chains)
        for mention in sorted(chain)
    ]
    return Chains(*np.array(rows, np.int64).T)


if __name__ == "__main__":
    main()
