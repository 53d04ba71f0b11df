"""Speed and peak memory of `validate` and `build`, compared with the usual libraries alone.

Each measurement runs in a process of its own, so that its peak memory can be measured. Dateline and
the peer alternate, so that other load slows down both. Ratios are comparable between machines;
seconds are not.
"""

from __future__ import annotations

import contextlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import click

from benchmark_corpus import generate
from benchmark_report import (
    json_option,
    print_table,
    rounds_option,
    seconds,
    seed_option,
    write_report,
)
from dateline.corpus.store import Corpus

TARGETS = {"validate": 60.0, "build": 2.0}
"""Minimum ratio of documents per second, Dateline to peer."""
PEERS = {"validate": "jsonschema alone", "build": "Dataset.from_generator, to_parquet"}


@click.command()
@click.option("--n", default=2000, show_default=True, help="Documents to generate.")
@click.option(
    "--peer-n", default=100, show_default=True, help="Documents that jsonschema validates."
)
@rounds_option
@seed_option
@json_option
def main(n: int, peer_n: int, rounds: int, seed: int, report: Path | None) -> None:
    """Measure validate and build on N synthetic annotated documents.

    jsonschema is so slow that it validates only --peer-n of the documents; rates are compared.
    Peak memory is also measured on a tenth of the documents.
    """
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
        small, large = Path(folder) / "small", Path(folder) / "large"
        generate(large, n, seed)
        if n >= 10:
            generate(small, n // 10, seed)
        rows = []
        for task, target in TARGETS.items():
            own, peer = [], []
            for _ in range(rounds):
                own.append(measured(task, large))
                peer.append(measured(f"{task}-peer", large, peer_n))
            rows.append(
                {
                    "task": task,
                    "peer": PEERS[task],
                    "documents_per_second": rate(own),
                    "peer_documents_per_second": rate(peer),
                    "ratio": rate(own) / rate(peer),
                    "target": target,
                    "peak_mb": peak(own),
                    "peer_peak_mb": peak(peer),
                    "peak_mb_at_a_tenth": peak([measured(task, small)]) if n >= 10 else None,
                }
            )
    print_table(
        f"{n:,} documents",
        ("task", "peer", "docs/s", "peer docs/s", "ratio", "target", "peak MB", "at a tenth",
         "peer MB"),
        [
            (
                row["task"],
                row["peer"],
                f"{row['documents_per_second']:,.0f}",
                f"{row['peer_documents_per_second']:,.0f}",
                f"{row['ratio']:.1f}×",
                f"≥ {row['target']:.0f}×",
                f"{row['peak_mb']:,.0f}",
                f"{row['peak_mb_at_a_tenth'] or 0:,.0f}",
                f"{row['peer_peak_mb']:,.0f}",
            )
            for row in rows
        ],
    )  # fmt: skip
    write_report(report, documents=n, rounds=rounds, seed=seed, tasks=rows)


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


# The tasks.


def run_validate(corpus: Corpus, _limit: int) -> int:
    """Dateline's validation: schemas and all rules."""
    from dateline.validation.engine import check_corpus

    errors = sum(len(checked.incidents) for checked in check_corpus(corpus))
    if errors:
        raise click.ClickException(f"the synthetic corpus has {errors} incidents")
    return len(corpus.document_ids())


def run_validate_peer(corpus: Corpus, limit: int) -> int:
    """Validation with jsonschema: one validator for all files, and no rules."""
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
    """Dateline's build, with validation."""
    from dateline.dataset.build import build

    build(corpus, corpus.root / "dist")
    return len(corpus.document_ids())


def run_build_peer(corpus: Corpus, _limit: int) -> int:
    """The same rows through Dataset.from_generator and to_parquet, without validation."""
    import datasets
    import msgspec

    from dateline.dataset.features import configs
    from dateline.dataset.rows import RowMaker
    from dateline.ontology.schemas import meta_keys

    datasets.disable_progress_bars()
    tables = configs(corpus.schemas, corpus.ontology)
    maker = RowMaker(corpus.ontology, meta_keys(corpus.schemas))
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
    """The rows of a JSON Lines file."""
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
    """Run a task and print its measurements as JSON. Heavy imports come first, untimed."""
    import datasets  # noqa: F401
    import jsonschema  # noqa: F401

    corpus = Corpus(root)
    documents = 0

    def action() -> None:
        nonlocal documents
        documents = TASKS[task](corpus, limit)

    took = seconds(action)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"documents": documents, "seconds": took, "peak_mb": peak_mb}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--task"]:
        run_task(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
