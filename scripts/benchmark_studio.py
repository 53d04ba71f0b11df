"""Speed of push and pull, compared with Label Studio's own import and export of the same tasks.

Dateline's part is the whole command, with start-up; the peer is the bare request with its response.
They alternate, so that other load slows down both.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import httpx

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
from dateline.label_studio.config.labelling_config import labelling_config
from dateline.label_studio.convert.to_result import to_result

CHANGED = 50
BATCH = 100
TARGETS = {"full pull": (1.3, "×"), "pull of nothing new": (2.0, " s")}


@click.command()
@click.option("--n", default=2000, show_default=True, help="Tasks.")
@rounds_option
@seed_option
@json_option
def main(n: int, rounds: int, seed: int, report: Path | None) -> None:
    """Push and pull N tasks with about 500 rows each, with the server at LABEL_STUDIO_URL."""
    api = httpx.Client(
        base_url=os.environ["LABEL_STUDIO_URL"],
        headers={"Authorization": f"Token {os.environ['LABEL_STUDIO_API_KEY']}"},
        timeout=3600,
    )
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
        root = Path(folder) / "corpus"
        generate(root, n, seed)
        corpus = Corpus(root)
        with project(api) as (title, _), project(api, corpus) as (_, peer):
            pushed = seconds(lambda: dateline(root, title, "push"))
            imported = seconds(lambda: import_tasks(api, peer, corpus, annotated=False))
        with project(api, corpus) as (title, number):
            import_tasks(api, number, corpus, annotated=True)
            full, export = [], []
            for _ in range(rounds):
                full.append(seconds(lambda: dateline(root, title, "pull", "--full")))
                export.append(seconds(lambda: download(api, number)))
            nothing = [seconds(lambda: dateline(root, title, "pull")) for _ in range(rounds)]
            change(api, number)
            some = seconds(lambda: dateline(root, title, "pull"))
    rows = [
        row("push", [pushed], [imported], "the server's import"),
        row("full pull", full, export, "the server's export"),
        row(f"pull of {CHANGED} changed", [some], export, "the server's export"),
        row("pull of nothing new", nothing, export, "the server's export"),
    ]
    print_table(
        f"{n:,} tasks",
        ("task", "seconds", "peer", "peer seconds", "ratio", "target"),
        [cells(found) for found in rows],
    )
    write_report(report, tasks=n, rows=rows)


def row(task: str, own: list[float], other: list[float], peer: str) -> dict[str, Any]:
    """The median durations and their ratio."""
    took, peer_took = statistics.median(own), statistics.median(other)
    return {
        "task": task,
        "seconds": took,
        "peer": peer,
        "peer_seconds": peer_took,
        "ratio": took / peer_took,
    }


def cells(found: dict[str, Any]) -> tuple[str, ...]:
    target, unit = TARGETS.get(found["task"], (None, ""))
    return (
        found["task"],
        f"{found['seconds']:.1f}",
        found["peer"],
        f"{found['peer_seconds']:.1f}",
        f"{found['ratio']:.2f}×",
        f"≤ {target}{unit}" if target else "",
    )


def dateline(root: Path, title: str, command: str, *options: str) -> None:
    """Run a `dateline studio` command in a process of its own."""
    arguments = [command, "--root", str(root), "--project", title, "--quiet", *options]
    done = subprocess.run(
        [sys.executable, "-m", "dateline", "studio", *arguments], capture_output=True, check=False
    )
    if done.returncode:
        raise click.ClickException(f"{command} failed:\n{done.stderr.decode()}")


@contextmanager
def project(api: httpx.Client, corpus: Corpus | None = None) -> Iterator[tuple[str, int]]:
    """An unused title, and with a corpus a project of this title; deleted at the end."""
    title, number = f"benchmark {uuid.uuid4().hex}", 0
    if corpus is not None:
        body = {"title": title, "label_config": labelling_config(corpus.ontology)}
        number = api.post("/api/projects/", json=body).raise_for_status().json()["id"]
    yield title, number
    found = api.get("/api/projects/", params={"title": title}).raise_for_status().json()["results"]
    for made in found:
        api.delete(f"/api/projects/{made['id']}/").raise_for_status()


def import_tasks(api: httpx.Client, number: int, corpus: Corpus, *, annotated: bool) -> None:
    """Import all documents with the server's API, optionally with gold as annotations."""
    names = corpus.document_ids()
    for start in range(0, len(names), BATCH):
        tasks = []
        for name in names[start : start + BATCH]:
            text = corpus.read_document(name)
            fields = {"text": text.text, "doc_id": name, "text_sha256": text.text_sha256}
            task: dict[str, Any] = {"data": fields}
            if annotated:
                rows = to_result(corpus.read_annotation("gold", name), corpus.ontology)
                task["annotations"] = [{"result": rows, "ground_truth": False}]
            tasks.append(task)
        api.post(f"/api/projects/{number}/import", json=tasks).raise_for_status()


def download(api: httpx.Client, number: int) -> None:
    """Export all tasks with the server's API."""
    wanted = {"exportType": "JSON", "download_all_tasks": "true"}
    api.get(f"/api/projects/{number}/export", params=wanted).raise_for_status()


def change(api: httpx.Client, number: int) -> None:
    """Change some annotations."""
    query = {"project": number, "page_size": CHANGED, "fields": "all"}
    for task in api.get("/api/tasks/", params=query).raise_for_status().json()["tasks"]:
        (annotation,) = task["annotations"]
        body = {"result": annotation["result"][:-1]}
        api.patch(f"/api/annotations/{annotation['id']}/", json=body).raise_for_status()


if __name__ == "__main__":
    main()
