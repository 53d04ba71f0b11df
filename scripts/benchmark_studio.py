"""Measures push and pull against the server's own import and export of the same tasks.

Each of ours is the whole command, start-up included; the peer is the bare request, and its answer
read to the end. They alternate, so that a busy machine slows both.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import httpx
from rich.console import Console
from rich.table import Table

from benchmark import generate
from dateline.corpus.store import Corpus
from dateline.label_studio.convert.conversion import to_result
from dateline.label_studio.page.config import labelling_config

CHANGED = 50
BATCH = 100
BARS = {"full pull": (1.3, "×"), "pull of nothing new": (2.0, " s")}


@click.command()
@click.option("--n", default=2000, show_default=True, help="Tasks.")
@click.option("--rounds", default=3, show_default=True, help="Times that each is measured.")
@click.option("--seed", default=13, show_default=True, help="Seed of the generator.")
@click.option("--json", "report", type=click.Path(dir_okay=False, path_type=Path))
def main(n: int, rounds: int, seed: int, report: Path | None) -> None:
    """Push and pull N tasks, each with some 500 rows, at LABEL_STUDIO_URL."""
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
    show(n, rows)
    if report is not None:
        report.write_text(json.dumps({"tasks": n, "rows": rows}, indent=2) + "\n", encoding="utf-8")


def row(task: str, ours: list[float], theirs: list[float], peer: str) -> dict[str, Any]:
    """The medians, and their ratio."""
    own, other = statistics.median(ours), statistics.median(theirs)
    return {"task": task, "seconds": own, "peer": peer, "peer_seconds": other, "ratio": own / other}


def show(n: int, rows: list[dict[str, Any]]) -> None:
    """Print the table."""
    table = Table(title=f"{n:,} tasks", title_justify="left")
    for column in ("task", "seconds", "peer", "its seconds", "ratio", "wanted"):
        table.add_column(column, justify="left" if column in ("task", "peer") else "right")
    for found in rows:
        bar, unit = BARS.get(found["task"], (None, ""))
        table.add_row(
            found["task"],
            f"{found['seconds']:.1f}",
            found["peer"],
            f"{found['peer_seconds']:.1f}",
            f"{found['ratio']:.2f}×",
            f"≤ {bar}{unit}" if bar else "",
        )
    Console().print(table)


def seconds(action: Callable[[], None]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def dateline(root: Path, title: str, command: str, *options: str) -> None:
    """Run one of our commands, in a process of its own."""
    arguments = [command, "--root", str(root), "--project", title, "--quiet", *options]
    done = subprocess.run(
        [sys.executable, "-m", "dateline", "studio", *arguments], capture_output=True, check=False
    )
    if done.returncode:
        raise click.ClickException(f"{command} failed:\n{done.stderr.decode()}")


@contextmanager
def project(api: httpx.Client, corpus: Corpus | None = None) -> Iterator[tuple[str, int]]:
    """A title that nobody uses, and a project of it if there is a corpus; deleted at the end."""
    title, number = f"benchmark {uuid.uuid4().hex}", 0
    if corpus is not None:
        body = {"title": title, "label_config": labelling_config(corpus.ontology)}
        number = api.post("/api/projects/", json=body).raise_for_status().json()["id"]
    yield title, number
    found = api.get("/api/projects/", params={"title": title}).raise_for_status().json()["results"]
    for made in found:
        api.delete(f"/api/projects/{made['id']}/").raise_for_status()


def import_tasks(api: httpx.Client, number: int, corpus: Corpus, *, annotated: bool) -> None:
    """Import every document as the server's users would, with its gold as an annotation."""
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
    """The export that the page offers, with all tasks."""
    wanted = {"exportType": "JSON", "download_all_tasks": "true"}
    api.get(f"/api/projects/{number}/export", params=wanted).raise_for_status()


def change(api: httpx.Client, number: int) -> None:
    """Change some annotations, as annotators would."""
    query = {"project": number, "page_size": CHANGED, "fields": "all"}
    for task in api.get("/api/tasks/", params=query).raise_for_status().json()["tasks"]:
        (annotation,) = task["annotations"]
        body = {"result": annotation["result"][:-1]}
        api.patch(f"/api/annotations/{annotation['id']}/", json=body).raise_for_status()


if __name__ == "__main__":
    main()
