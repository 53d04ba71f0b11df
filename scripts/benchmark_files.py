"""Scoring from files to scores, in a process of its own, compared with nervaluate.

Dateline reads the gold from a built dataset, nervaluate reads it from JSON Lines that have mentions
only. Both read the same predicted mentions.
"""

from __future__ import annotations

import compileall
import itertools
import json
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import msgspec

import dateline
from benchmark_corpus import NEWS, generate
from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.model import GOLD, Annotation, Document, Mention, Span
from dateline.ontology.labels import Layer
from dateline.predictions.prediction import Prediction

MEGABYTES = 1000
"""The most that 10,000 documents may take."""
CPU_SECONDS = 12
"""The most that 10,000 documents may take on a quiet machine."""
RATIOS = {"only mentions predicted": 5.0, "mentions of all layers": 3.0, "all layers": 2.0}
"""How many times the CPU seconds of the peer, which reads and scores mentions only, are at least
those of each task, with enough documents."""

LAUNCHER = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.stdout.decode(), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""
"""Runs a command from a small process, as a process inherits the peak memory of its parent."""

PEER = """
import json, sys
from nervaluate import Evaluator

def mentions(path):
    with open(path, encoding="utf-8") as file:
        return {line["document"]: line["mentions"] for line in map(json.loads, file)}

def entities(items):
    return [
        {
            "label": item["type"],
            "start": item["spans"][0]["start"],
            "end": item["spans"][0]["end"] - 1,
        }
        for item in items
    ]

gold, predicted = (mentions(path) for path in sys.argv[1:3])
labels = sorted({item["type"] for items in gold.values() for item in items})
found = Evaluator(
    [entities(items) for items in gold.values()],
    [entities(predicted[name]) for name in gold],
    tags=labels,
    loader="dict",
).evaluate()
names = "strict", "exact", "partial", "ent_type"
print(json.dumps({name: found["overall"][name].f1 for name in names}))
"""


class Files(NamedTuple):
    """A built dataset, its mentions, predicted mentions, and predictions of all layers."""

    dataset: Path
    gold: Path
    mentions: Path
    predictions: Path


class Usage(NamedTuple):
    """What a process printed and used."""

    output: str
    cpu_seconds: float
    peak_mb: float


def measured_files(
    documents: int, seed: int, folder: Path, rounds: int = 3
) -> list[dict[str, Any]]:
    """Measure scoring of mentions and of all layers; the scores of mentions must be the peer's.

    Each round runs the peer and every task, and the figures are medians of the rounds.
    """
    files = write_files(documents, seed, folder)
    # Installed packages, such as the peer, have bytecode.
    compileall.compile_dir(Path(dateline.__file__).parent, quiet=1)
    score = [sys.executable, "-m", "dateline", "--root", str(folder / "corpus"), "score"]
    peer = [sys.executable, "-c", PEER, str(files.gold), str(files.mentions)]
    to_json = ["--gold", str(files.dataset), "--format", "json"]
    tasks = {
        "only mentions predicted": [*score, str(files.mentions), *to_json],
        "mentions of all layers": [
            *score, str(files.predictions), *to_json, "--layers", "entities",
        ],
        "all layers": [*score, str(files.predictions), *to_json],
    }  # fmt: skip
    measured = [
        (run(peer), {task: run(command) for task, command in tasks.items()}) for _ in range(rounds)
    ]
    peers = [usage for usage, _ in measured]
    expected = json.loads(peers[0].output)
    rows = []
    for task in tasks:
        own = [usages[task] for _, usages in measured]
        found = {
            score["measure"]: score["value"]
            for score in json.loads(own[0].output)["scores"]
            if score["group"] == "entities"
        }
        names = {"strict": "strict", "exact": "exact", "partial": "partial", "ent_type": "type"}
        rows.append(
            {
                "task": task,
                "documents": documents,
                "cpu_seconds": median(usage.cpu_seconds for usage in own),
                "peak_mb": max(usage.peak_mb for usage in own),
                "peer": "nervaluate, mentions",
                "peer_cpu_seconds": median(usage.cpu_seconds for usage in peers),
                "peer_peak_mb": max(usage.peak_mb for usage in peers),
                "ratio": median(
                    one.cpu_seconds / other.cpu_seconds
                    for one, other in zip(peers, own, strict=True)
                ),
                "differing": [
                    name for name, own_name in names.items()
                    if abs(expected[name] - found[own_name]) > 1e-9
                ],
            }
        )  # fmt: skip
    return rows


def missed(row: dict[str, Any]) -> list[str]:
    """Which targets a row misses."""
    found = ["peak memory"] if row["peak_mb"] > MEGABYTES else []
    if row["cpu_seconds"] > CPU_SECONDS:
        found.append("CPU seconds")
    return [*found, "ratio"] if row["ratio"] < RATIOS[row["task"]] else found


def run(command: Sequence[str]) -> Usage:
    """Run a command and measure its process."""
    launched = [sys.executable, "-c", LAUNCHER, *command]
    done = subprocess.run(launched, check=True, stdout=subprocess.PIPE)
    return Usage(*json.loads(done.stdout))


def write_files(documents: int, seed: int, folder: Path) -> Files:
    """A corpus of news-like density, built as a dataset, and imperfect predictions."""
    root = folder / "corpus"
    generate(root, documents, seed, NEWS)
    corpus = Corpus(root)
    names = "gold", "mentions", "predictions"
    files = Files(root / "dist", *(folder / f"{name}.jsonl" for name in names))
    generator = random.Random(seed)
    entities = corpus.ontology.layers["entities"]
    with (
        files.gold.open("wb") as gold,
        files.mentions.open("wb") as mentions,
        files.predictions.open("wb") as predictions,
    ):
        for name in corpus.document_ids():
            annotation = corpus.read_annotation(GOLD, name)
            found = imperfect(annotation, corpus.read_document(name), entities, generator)
            gold.write(only_mentions(annotation).to_json() + b"\n")
            mentions.write(only_mentions(found).to_json() + b"\n")
            predictions.write(found.to_json() + b"\n")
    build(corpus, files.dataset)
    return files


def only_mentions(items: Annotation | Prediction) -> Prediction:
    """The mentions, without their entities."""
    return Prediction(
        document=items.document,
        text_sha256=items.text_sha256,
        mentions=tuple(msgspec.structs.replace(one, entity=None) for one in items.mentions),
    )


def imperfect(
    annotation: Annotation, document: Document, entities: Layer, generator: random.Random
) -> Prediction:
    """Most mentions unchanged, some left out, or with another type or a wider span.

    A mention of another type keeps the attributes that the type has. Events and claims that refer
    to a missing mention lose the argument, or are left out.
    """
    ends = [end for _, end in document.tokens]
    next_end = dict(itertools.pairwise(ends))
    mentions = []
    taken = {span.end for mention in annotation.mentions for span in mention.spans}
    for mention in annotation.mentions:
        chance = generator.random()
        if chance < 0.05:
            continue
        if chance < 0.13:
            mention = _retyped(mention, generator.choice(entities.label_names), entities)
        elif chance < 0.21:
            mention = _wider(mention, document.text, next_end, taken)
        mentions.append(mention)
    ids = {mention.id for mention in mentions}
    return Prediction(
        document=annotation.document,
        text_sha256=annotation.text_sha256,
        mentions=tuple(mentions),
        entities=annotation.entities,
        events=tuple(
            msgspec.structs.replace(
                event, arguments=tuple(a for a in event.arguments if a.mention in ids)
            )
            for event in annotation.events
        ),
        event_relations=annotation.event_relations,
        claims=tuple(claim for claim in annotation.claims if claim.claimer in ids),
    )


def _retyped(mention: Mention, label: str, entities: Layer) -> Mention:
    attributes = {
        attribute.name: mention.attributes[attribute.name]
        for attribute in entities.attributes
        if attribute.name in mention.attributes and attribute.is_of(label)
    }
    return msgspec.structs.replace(mention, type=label, attributes=attributes)


def _wider(mention: Mention, text: str, next_end: dict[int, int], taken: set[int]) -> Mention:
    """With one token more, unless that one ends a mention: peers differ in how they match those."""
    (span,) = mention.spans
    end = next_end.get(span.end)
    if end is None or end in taken:
        return mention
    wider = Span(start=span.start, end=end, text=text[span.start : end])
    return msgspec.structs.replace(mention, spans=(wider,))
