"""Measures validate and build against what somebody would use without us.

Each measurement runs in a process of its own, so that its peak memory is its own; ours and the
peer's alternate, so that a busy machine slows both. Ratios are comparable between machines,
seconds are not.
"""

from __future__ import annotations

import contextlib
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import click

from dateline.corpus.create import create_corpus
from dateline.corpus.segmentation import segment
from dateline.corpus.splits import assign_split
from dateline.corpus.store import Corpus, sha256
from dateline.model import (
    SCHEMA_VERSION,
    Annotation,
    Argument,
    Claim,
    Document,
    Entity,
    Event,
    Mention,
    Provenance,
    Relation,
    Rights,
    Seed,
    Source,
    Span,
)
from dateline.ontology.labels import Attribute, Ontology
from dateline.ontology.schemas import split_shares

WORDS = 800
MENTIONS, EVENTS, CLAIMS = 60, 30, 10
BARS = {"validate": 60.0, "build": 2.0}
PEERS = {"validate": "jsonschema alone", "build": "Dataset.from_generator, to_parquet"}


@click.command()
@click.option("--n", default=2000, show_default=True, help="Documents to generate.")
@click.option("--rounds", default=3, show_default=True, help="Times that each is measured.")
@click.option("--seed", default=13, show_default=True, help="Seed of the generator.")
@click.option(
    "--peer-n", default=100, show_default=True, help="Documents that jsonschema alone gets."
)
@click.option("--json", "report", type=click.Path(dir_okay=False, path_type=Path))
def main(n: int, rounds: int, seed: int, peer_n: int, report: Path | None) -> None:
    """Generate N synthetic annotated documents and measure validate and build against peers.

    jsonschema alone is so slow that it gets only --peer-n of the documents; rates are compared.
    """
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
        small, large = Path(folder) / "small", Path(folder) / "large"
        generate(small, max(n // 10, 1), seed)
        generate(large, n, seed)
        rows = []
        for name, bar in BARS.items():
            ours, theirs = [], []
            for _ in range(rounds):
                ours.append(measured(name, large))
                theirs.append(measured(f"{name}-peer", large, peer_n))
            rows.append(
                {
                    "task": name,
                    "peer": PEERS[name],
                    "documents_per_second": rate(ours),
                    "peer_documents_per_second": rate(theirs),
                    "ratio": rate(ours) / rate(theirs),
                    "bar": bar,
                    "peak_mb": peak(ours),
                    "peer_peak_mb": peak(theirs),
                    "peak_mb_at_a_tenth": peak([measured(name, small)]),
                }
            )
    show(n, rows)
    if report is not None:
        result = {"documents": n, "rounds": rounds, "seed": seed, "tasks": rows}
        report.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measured(task: str, root: Path, limit: int = 0) -> dict[str, float]:
    """Run one task in a process of its own: documents per second, and peak memory in MB."""
    command = [sys.executable, __file__, "--task", task, str(root), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"{task} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def rate(runs: list[dict[str, float]]) -> float:
    """Documents per second, the median of the runs."""
    return statistics.median(run["documents"] / run["seconds"] for run in runs)


def peak(runs: list[dict[str, float]]) -> float:
    """The highest peak of the runs, in MB."""
    return max(run["peak_mb"] for run in runs)


def show(n: int, rows: list[dict[str, Any]]) -> None:
    """Print the table of ratios."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{n:,} documents", title_justify="left")
    table.add_column("task", no_wrap=True)
    table.add_column("peer", overflow="fold")
    for column in ("docs/s", "peer docs/s", "ratio", "bar", "peak MB", "at a tenth", "peer MB"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(
            row["task"],
            row["peer"],
            f"{row['documents_per_second']:,.0f}",
            f"{row['peer_documents_per_second']:,.0f}",
            f"{row['ratio']:.1f}×",
            f"≥ {row['bar']:.0f}×",
            f"{row['peak_mb']:,.0f}",
            f"{row['peak_mb_at_a_tenth']:,.0f}",
            f"{row['peer_peak_mb']:,.0f}",
        )
    Console().print(table)


# ---- The tasks, each run in a process of its own.


def run_validate(corpus: Corpus, _limit: int) -> int:
    """Our validation: schemas and every rule."""
    from dateline.validation.engine import check_corpus

    errors = sum(len(checked.incidents) for checked in check_corpus(corpus))
    if errors:
        raise click.ClickException(f"the synthetic corpus has {errors} incidents")
    return len(corpus.document_ids())


def run_validate_peer(corpus: Corpus, limit: int) -> int:
    """Schema validation by jsonschema, with one validator for all; no integrity rules."""
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    schemas = corpus.schemas
    resources = [(s["$id"], Resource.from_contents(s)) for s in schemas.values()]
    registry = Registry().with_resources(resources)
    documents = Draft202012Validator(schemas["document"], registry=registry)
    annotations = Draft202012Validator(schemas["annotation"], registry=registry)
    names = corpus.document_ids()[:limit]
    for name in names:
        documents.validate(json.loads(corpus.document_path(name).read_bytes()))
        annotations.validate(json.loads(corpus.annotation_path("gold", name).read_bytes()))
    return len(names)


def run_build(corpus: Corpus, _limit: int) -> int:
    """Our build, validation included."""
    from dateline.dataset.build import build

    build(corpus, corpus.root / "dist")
    return len(corpus.document_ids())


def run_build_peer(corpus: Corpus, _limit: int) -> int:
    """The same rows, made once, through Dataset.from_generator and to_parquet; no validation."""
    import datasets
    import msgspec

    from dateline.dataset.features import configs
    from dateline.dataset.rows import RowMaker

    datasets.disable_progress_bars()
    tables = configs(corpus.schemas, corpus.ontology)
    maker = RowMaker(corpus.ontology)
    encoder = msgspec.json.Encoder()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as files:
        made: dict[tuple[str, str], IO[bytes]] = {}
        for name in corpus.document_ids():
            document = corpus.read_document(name)
            annotations = {"gold": corpus.read_annotation("gold", name)}
            for config, rows in maker.rows(document, annotations).items():
                key = config, document.split
                if key not in made:
                    path = Path(folder) / f"{config}-{document.split}.jsonl"
                    made[key] = files.enter_context(path.open("wb"))
                made[key].write(encoder.encode_lines(rows))
        files.close()
        for (config, _), file in made.items():
            dataset = datasets.Dataset.from_generator(
                read_rows,
                features=tables[config].features,
                gen_kwargs={"path": file.name},
                cache_dir=folder,
            )
            dataset.to_parquet(f"{file.name}.parquet")
    return len(corpus.document_ids())


def read_rows(path: str) -> Iterator[dict[str, Any]]:
    """Rows from JSON Lines."""
    import msgspec

    with Path(path).open("rb") as file:
        yield from map(msgspec.json.decode, file)


TASKS: dict[str, Callable[[Corpus, int], int]] = {
    "validate": run_validate,
    "validate-peer": run_validate_peer,
    "build": run_build,
    "build-peer": run_build_peer,
}


def run_task(task: str, root: Path, limit: int) -> None:
    """Run a task and print what it took. Imports count as little as they can: they come first."""
    import datasets  # noqa: F401
    import jsonschema  # noqa: F401

    corpus = Corpus(root)
    start = time.perf_counter()
    documents = TASKS[task](corpus, limit)
    seconds = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"documents": documents, "seconds": seconds, "peak_mb": peak_mb}))


# ---- The synthetic corpus.


def generate(root: Path, n: int, seed: int) -> None:
    """Write a corpus of n valid documents with 60 mentions, 30 events and 10 claims each."""
    create_corpus(root)
    corpus = Corpus(root)
    shares = split_shares(corpus.schemas)
    source = random.Random(seed)
    vocabulary = [
        "".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 9)))
        for _ in range(2000)
    ]
    (corpus.annotations / "gold").mkdir()
    for number in range(n):
        generator = random.Random(f"{seed}-{number}")
        document = make_document(f"doc{number:06d}", generator, vocabulary, shares)
        (corpus.seeds / document.seed.file).write_text(document.text, encoding="utf-8", newline="")
        write(corpus.document_path(document.id), document)
        annotation = make_annotation(document, corpus.ontology, generator)
        write(corpus.annotation_path("gold", document.id), annotation)


def write(path: Path, value: Document | Annotation) -> None:
    """Write a file without the care that the store takes, which would be slow here."""
    from dateline.corpus.store import canonical_json

    path.write_bytes(canonical_json(value))


def make_document(
    name: str, generator: random.Random, vocabulary: list[str], shares: Any
) -> Document:
    """About 5 KB of sentences in paragraphs."""
    paragraphs = []
    for _ in range(20):
        words = generator.choices(vocabulary, k=WORDS // 20)
        sentences = [words[i : i + 20] for i in range(0, len(words), 20)]
        paragraphs.append(" ".join(" ".join(s).capitalize() + "." for s in sentences))
    text = "\n".join(paragraphs)
    sentences, tokens = segment(text)
    digest = sha256(text.encode())
    return Document(
        id=name,
        text=text,
        text_sha256=digest,
        language=None,
        title=None,
        source=Source(publisher=None, url=None, published=None),
        rights=Rights(license="CC0-1.0", holder=None, redistribute_text=True),
        split=assign_split(name, shares),
        seed=Seed(file=f"{name}.txt", sha256=digest, dropped=()),
        sentences=sentences,
        tokens=tokens,
    )


def make_annotation(document: Document, ontology: Ontology, generator: random.Random) -> Annotation:
    """Mentions, events and claims on tokens and sentences, legal by the ontology."""
    words = [t for t in document.tokens if t[1] - t[0] > 1]
    places = sorted(generator.sample(words, MENTIONS + EVENTS + CLAIMS))
    generator.shuffle(places)

    def span(place: tuple[int, int]) -> tuple[Span, ...]:
        return (Span(start=place[0], end=place[1], text=document.text[place[0] : place[1]]),)

    def attributes(found: tuple[Attribute, ...]) -> dict[str, str]:
        return {
            a.name: generator.choice(a.values).name for a in sorted(found, key=lambda a: a.name)
        }

    layers = ontology.layers
    mentions, entities = [], []
    for i in range(MENTIONS):
        kind = layers["entities"].label_names[i % len(layers["entities"].label_names)]
        mentions.append(
            Mention(
                id=f"m{i}",
                spans=span(places[i]),
                type=kind,
                attributes=attributes(layers["entities"].attributes),
                entity=f"n{i % 24}",
            )
        )
        if i < 24:
            entities.append(
                Entity(id=f"n{i}", type=kind, name=mentions[i].spans[0].text, link=None)
            )
    events = []
    for i in range(EVENTS):
        event_type = generator.choice(list(ontology.event_types.values()))
        arguments = []
        for role in generator.sample(list(event_type.roles.values()), 2):
            fillers = [m.id for m in mentions if m.type in role.fillers]
            if fillers:
                arguments.append(Argument(role=role.name, mention=generator.choice(fillers)))
        events.append(
            Event(
                id=f"e{i}",
                trigger=span(places[MENTIONS + i]),
                type=event_type.label.name,
                arguments=tuple(arguments),
                attributes=attributes(layers["events"].attributes),
                cluster=None,
            )
        )
    claims = []
    for i, (start, end) in enumerate(generator.sample(document.sentences, CLAIMS)):
        cue = next(t for t in reversed(document.tokens) if t[1] < end)
        content = (start, next(t for t in reversed(document.tokens) if t[1] < cue[0])[1])
        claims.append(
            Claim(
                id=f"c{i}",
                spans=span(content),
                act=generator.choice(layers["claims"].label_names),
                claimer=generator.choice(mentions).id,
                cue=span(cue),
                events=tuple(sorted({generator.choice(events).id, generator.choice(events).id})),
                attributes=attributes(layers["claims"].attributes),
            )
        )
    relations = tuple(
        Relation(type=ontology.event_relations[0].name, source=f"e{i}", target=f"e{i + 1}")
        for i in range(10)
    )
    return Annotation(
        schema_version=SCHEMA_VERSION,
        document=document.id,
        text_sha256=document.text_sha256,
        annotator="gold",
        layers=("entities", "events", "claims"),
        status="submitted",
        provenance=Provenance(
            kind="model",
            tool="random",
            created=None,
            updated=None,
            label_studio=None,
            note="Synthetic, to measure speed.",
        ),
        mentions=tuple(mentions),
        entities=tuple(entities),
        events=tuple(events),
        event_relations=relations,
        claims=tuple(claims),
        claim_relations=(),
        retired=(),
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--task"]:
        run_task(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
