"""Speed of scoring, compared with other scorers on the same predictions, which must agree.

Dateline and its peers alternate in one process. Each starts from its own input: Dateline from a
loaded dataset, the others from lists that were made before. Then both score from files, in a
process each. The run fails if a target is missed or a score differs.
"""

from __future__ import annotations

import random
import statistics
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
import datasets
import numpy as np
import scorch.scores
from datasets import ClassLabel, Dataset, Features, List, Value
from nervaluate import Evaluator
from seqeval.metrics import f1_score

from benchmark_files import CPU_SECONDS, MEGABYTES, RATIOS, measured_files, missed
from benchmark_report import json_option, print_table, seconds, seed_option, write_report
from dateline.corpus.store import Corpus
from dateline.evaluation.arrow_scoring import item_spans, score_mentions
from dateline.metrics.coreference import Chains, blanc_score, contingency_table, coreference_counts
from dateline.metrics.counts import f_score, micro_f
from dateline.metrics.intervals import score_interval
from dateline.metrics.span_matching import match_distinct
from dateline.metrics.span_scores import semeval
from dateline.ontology.labels import Ontology
from dateline.packaged import packaged
from dateline.predictions.label_index import LabelIndex

TOKENS, WIDTH = 25, 6
SLOT = 8
"""Distance of mentions in tokens, so that each overlaps at most one other."""
SENTENCES = 28
"""Sentences of a document, so that it has about as many mentions as those of the corpus, 84."""
MENTIONS, CHAINS = 60, 20

Rows = list[list[tuple[str, int, int]]]
"""The mentions of each sentence: label, first token, end (exclusive)."""
Scores = Mapping[str, Any]


class Task(NamedTuple):
    """A scorer of Dateline and its peer, as functions that return scores by name.

    Scores that both return must be equal. Dateline must be ``target`` times as fast as the peer, or
    without a peer take at most ``target`` seconds.
    """

    name: str
    own: Callable[[], Scores]
    peer_name: str
    peer: Callable[[], Scores] | None
    target: float


@click.command()
@click.option("--n", default=20_000, show_default=True, help="Sentences.")
@click.option(
    "--documents", default=1000, show_default=True, help="Documents for coreference and intervals."
)
@click.option(
    "--file-documents", default=10_000, show_default=True, help="Documents to score from files."
)
@click.option("--rounds", default=5, show_default=True, help="Measurements of each task.")
@click.option("--targets/--no-targets", default=True, help="Fail if a target is missed.")
@seed_option
@json_option
def main(
    n: int,
    documents: int,
    file_documents: int,
    rounds: int,
    targets: bool,
    seed: int,
    report: Path | None,
) -> None:
    """Score N sentences of 25 tokens, and coreference chains, with Dateline and its peers."""
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
        rows = [measured(task, rounds) for task in tasks(n, documents, seed, Path(folder))]
        file_rows = measured_files(file_documents, seed, Path(folder))
    print_table(
        f"{n:,} sentences; {documents:,} documents for coreference and interval",
        ("task", "ms", "peer", "peer ms", "ratio", "target", "equal scores"),
        [cells(row) for row in rows],
    )
    print_table(
        f"{file_documents:,} documents from files",
        (
            "task",
            "CPU s",
            "target",
            "MB",
            "target",
            "peer",
            "peer CPU s",
            "peer MB",
            "ratio",
            "target",
        ),
        [file_cells(row) for row in file_rows],
    )
    write_report(
        report, sentences=n, documents=documents, rounds=rounds, seed=seed, tasks=rows,
        files=file_rows,
    )  # fmt: skip
    differing = [row["task"] for row in (*rows, *file_rows) if row["differing"]]
    if differing:
        raise click.ClickException(f"Scores differ from the peer's: {', '.join(differing)}.")
    unreached = [row["task"] for row in rows if not row["reached"]]
    unreached += [f"{row['task']} from files ({what})" for row in file_rows for what in missed(row)]
    if targets and unreached:
        raise click.ClickException(f"Targets missed: {', '.join(unreached)}.")


def measured(task: Task, rounds: int) -> dict[str, Any]:
    """Compare the scores of a first run, then measure alternating runs; durations are medians."""
    scores, peer_scores = task.own(), task.peer() if task.peer else {}
    differing = [
        name for name in peer_scores if not np.allclose(peer_scores[name], scores[name], rtol=1e-9)
    ]
    own, peer = [], []
    for _ in range(rounds):
        own.append(seconds(task.own))
        if task.peer:
            peer.append(seconds(task.peer))
    took = statistics.median(own)
    ratio = statistics.median(peer) / took if peer else None
    return {
        "task": task.name,
        "seconds": took,
        "peer": task.peer_name,
        "peer_seconds": statistics.median(peer) if peer else None,
        "ratio": ratio,
        "target": task.target,
        "reached": took <= task.target if ratio is None else ratio >= task.target,
        "compared": sorted(peer_scores),
        "differing": differing,
    }


def cells(row: dict[str, Any]) -> tuple[str, ...]:
    alone = row["ratio"] is None
    return (
        row["task"],
        f"{1000 * row['seconds']:,.0f}",
        row["peer"],
        "" if alone else f"{1000 * row['peer_seconds']:,.0f}",
        "" if alone else f"{row['ratio']:.1f}×",
        f"≤ {1000 * row['target']:.0f} ms" if alone else f"≥ {row['target']:.0f}×",
        f"{len(row['compared']) - len(row['differing'])} of {len(row['compared'])}",
    )


def file_cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["task"],
        f"{row['cpu_seconds']:.1f}",
        f"≤ {CPU_SECONDS}",
        f"{row['peak_mb']:,.0f}",
        f"≤ {MEGABYTES:,}",
        row["peer"],
        f"{row['peer_cpu_seconds']:.1f}",
        f"{row['peer_peak_mb']:,.0f}",
        f"{row['ratio']:.1f}×",
        f"≥ {RATIOS[row['task']]:g}×",
    )


def tasks(n: int, documents: int, seed: int, folder: Path) -> list[Task]:
    """All tasks, with their synthetic data."""
    with packaged("schema") as schemas:
        ontology = Corpus(schemas.parent).ontology
    generator = random.Random(seed)
    labels = ontology.layers["entities"].label_names
    gold = [sentence(generator, labels) for _ in range(n)]
    predicted = [noisy(row, generator, labels) for row in gold]
    pair = [
        as_dataset(rows, labels, folder / name) for rows, name in ((gold, "g"), (predicted, "p"))
    ]
    tags = [as_tags(gold), as_tags(predicted)]
    chains = [partition(generator) for _ in range(documents)]
    predicted_chains = [moved(found, generator) for found in chains]
    columns = as_chains(chains), as_chains(predicted_chains)
    counts = document_counts(pair, ontology, documents)

    long_gold, long_predicted = (
        as_dataset(
            [concatenated(rows[n : n + SENTENCES]) for n in range(documents)],
            labels,
            folder / f"{name}-documents",
        )
        for rows, name in ((gold, "g"), (predicted, "p"))
    )

    def mentions() -> Scores:
        return {mode: rates.f1 for mode, rates in score_mentions(*pair, ontology).items()}

    def of_documents() -> Scores:
        return {"F1": score_mentions(long_gold, long_predicted, ontology)["strict"].f1}

    return [
        Task("mentions", mentions, "seqeval, default", lambda: by_seqeval(*tags), 15),
        Task("mentions", mentions, "nervaluate", lambda: by_nervaluate(*tags, labels), 60),
        Task("mentions", mentions, "sets of rows", lambda: by_sets(*pair), 5),
        Task(f"mentions of {documents:,} documents", of_documents, "", None, 0.1),
        Task(
            "coreference",
            lambda: coreference_f(*columns, documents),
            "scorch",
            lambda: by_scorch(chains, predicted_chains),
            3,
        ),
        Task("interval", lambda: {"interval": f_interval(counts)}, "", None, 0.005),
    ]


# The scorers.


def by_seqeval(gold: list[list[str]], predicted: list[list[str]]) -> Scores:
    return {"strict": f1_score(gold, predicted)}


def by_nervaluate(
    gold: list[list[str]], predicted: list[list[str]], labels: tuple[str, ...]
) -> Scores:
    found = Evaluator(gold, predicted, tags=list(labels), loader="list").evaluate()["overall"]
    names = {"strict": "strict", "exact": "exact", "partial": "partial", "type": "ent_type"}
    return {mode: found[name].f1 for mode, name in names.items()}


def by_sets(gold: Dataset, predicted: Dataset) -> Scores:
    """The simplest scorer: sets of tuples from decoded rows."""
    gold_set, predicted_set = (
        {
            (number, mention["type"], tuple((s["start"], s["end"]) for s in mention["spans"]))
            for number, mentions in enumerate(dataset.data.column("mentions").to_pylist())
            for mention in mentions
        }
        for dataset in (gold, predicted)
    )
    shared = len(gold_set & predicted_set)
    return {"strict": 2 * shared / (len(gold_set) + len(predicted_set))}


SCORCH = {
    "MUC": scorch.scores.muc,
    "B3": scorch.scores.b_cubed,
    "CEAFm": scorch.scores.ceaf_m,
    "CEAFe": scorch.scores.ceaf_e,
    "BLANC": scorch.scores.blanc,
}


def by_scorch(gold: list[list[set[int]]], predicted: list[list[set[int]]]) -> Scores:
    """F of each document, for each measure."""
    pairs = list(zip(gold, predicted, strict=True))
    return {name: [measure(*pair)[2] for pair in pairs] for name, measure in SCORCH.items()}


def coreference_f(gold: Chains, predicted: Chains, documents: int) -> Scores:
    """F of each document, for each measure, including LEA and CoNLL."""
    counts = coreference_counts(contingency_table(gold, predicted, documents))
    return {
        name: blanc_score(found) if name == "BLANC" else f_score(found)[:, 0]
        for name, found in counts.items()
    }


def f_interval(counts: np.ndarray) -> Any:
    """As scoring computes it: of the counts summed over labels, of one run."""
    return score_interval(counts.sum(axis=-2, keepdims=True)[None], micro_f)


# The synthetic data.


def sentence(generator: random.Random, labels: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """Two mentions or three, of one to four tokens."""
    found = []
    for slot in range(0, TOKENS - SLOT, SLOT):
        start = slot + generator.randrange(3)
        found.append((generator.choice(labels), start, start + generator.randint(1, 4)))
    return found


def concatenated(rows: Rows) -> list[tuple[str, int, int]]:
    """The mentions of a document that consists of these sentences."""
    return [
        (label, number * TOKENS + start, number * TOKENS + end)
        for number, row in enumerate(rows)
        for label, start, end in row
    ]


def noisy(
    row: list[tuple[str, int, int]], generator: random.Random, labels: tuple[str, ...]
) -> list[tuple[str, int, int]]:
    """Most mentions unchanged, some with another label or boundary; some are left out."""
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
    """A dataset with mentions as in the config ``documents``, written and loaded again."""
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


def document_counts(pair: list[Dataset], ontology: Ontology, documents: int) -> np.ndarray:
    """Counts by document and label; sentences are distributed over the documents."""
    names = LabelIndex(ontology.layers["entities"].label_names)
    gold, predicted = (item_spans(dataset, names) for dataset in pair)
    counts = semeval(match_distinct(gold, predicted), len(pair[0]), len(names))["strict"]
    return np.stack([counts[start::documents].sum(axis=0) for start in range(documents)])


def partition(generator: random.Random) -> list[set[int]]:
    """Chains of mentions, with some singletons."""
    found: dict[int, set[int]] = {}
    for mention in range(MENTIONS):
        found.setdefault(generator.randrange(CHAINS), set()).add(mention)
    return list(found.values())


def moved(chains: list[set[int]], generator: random.Random) -> list[set[int]]:
    """The chains with one mention in five moved to another chain, and one in ten left out."""
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
