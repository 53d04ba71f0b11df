"""Speed and memory of export and import of each format, each in a process of its own.

The synthetic documents have as many items as those of the corpus. Peak memory is also measured on a
tenth of them: it must not grow with their number.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pyarrow
from pyarrow import parquet

from benchmark_corpus import Density, generate
from benchmark_files import Usage, run
from benchmark_report import json_option, print_table, seed_option, write_report
from dateline.corpus.store import Corpus
from dateline.dataset.token_index import OUTSIDE
from dateline.interop.format import Format
from dateline.interop.registry import FORMATS, format_of
from dateline.model import GOLD

LIKE_CORPUS = Density(words=400, mentions=84, entities=43, events=26, relations=5, claims=15)
SECONDS = 30.0
"""The most CPU seconds that 1,000 documents may take."""
GROWTH = 2.0
"""How many times the memory of a tenth of the documents all of them may take."""
AS_A_WHOLE = frozenset({"spacy"})
"""Formats whose libraries hold a file as a whole."""
TAGGED = "huggingface"
"""The format that is read only and measured; others that are read only are not."""


@click.command()
@click.option("--n", default=1000, show_default=True, help="Documents to generate.")
@click.option(
    "--only", multiple=True, type=click.Choice([*FORMATS]), help="A format to measure, not all."
)
@seed_option
@json_option
def main(n: int, only: tuple[str, ...], seed: int, report: Path | None) -> None:
    """Export N synthetic documents in each format, and import them; fails if a limit is exceeded.

    Limits are 30 CPU seconds for 1,000 documents, and twice the peak memory of a tenth of them.
    """
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
        large, small = Path(folder) / "large", Path(folder) / "small"
        generate(large, n, seed, LIKE_CORPUS)
        generate(small, n // 10, seed, LIKE_CORPUS)
        forms = [
            form for form in map(format_of, only or FORMATS) if form.writer or form.name == TAGGED
        ]
        rows = [row for form in forms for row in measured(form, large, small)]
    print_table(
        f"{n:,} documents",
        ("format", "option", "task", "CPU s", "peak MB", "at a tenth"),
        [
            (
                row["format"],
                row["option"],
                row["task"],
                f"{row['cpu_seconds']:.1f}",
                f"{row['peak_mb']:,.0f}",
                f"{row['peak_mb_at_a_tenth']:,.0f}",
            )
            for row in rows
        ],
    )
    write_report(report, documents=n, seed=seed, tasks=rows)
    if found := [
        f"{row['task']} {row['format']} {row['option']}".strip()
        for row in rows
        if row["cpu_seconds"] > SECONDS * max(n, 1000) / 1000
        or (row["format"] not in AS_A_WHOLE and row["peak_mb"] > GROWTH * row["peak_mb_at_a_tenth"])
    ]:
        raise click.ClickException(f"limits are exceeded: {', '.join(found)}.")


def measured(form: Format, large: Path, small: Path) -> Iterator[dict[str, Any]]:
    """The rows of a format, for each value of its options."""
    options = [f"{choice.name}={value}" for choice in form.choices for value in choice.values]
    for option in options or [""]:
        usages = [used(form, root, option) for root in (large, small)]
        for task in usages[0]:
            whole, tenth = (found[task] for found in usages)
            yield {
                "format": form.name,
                "option": option,
                "task": task,
                "cpu_seconds": whole.cpu_seconds,
                "peak_mb": whole.peak_mb,
                "peak_mb_at_a_tenth": tenth.peak_mb,
            }


def used(form: Format, root: Path, option: str) -> dict[str, Usage]:
    """What export and import of a corpus use, by task, as far as the format has them."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="exported-", dir=root.parent) as folder:
        out, new = Path(folder) / "out", Path(folder) / "new"
        if form.writer:
            given = ("--option", option) if option else ()
            found["export"] = dateline(root, "export", form.name, "--out", str(out), *given)
        else:
            write_tagged(Corpus(root), out)
        if form.reader:
            arguments = (form.name, str(out), "--out", str(new), "--language", "en")
            found["import"] = dateline(root, "import", *arguments)
    return found


def dateline(root: Path, *arguments: str) -> Usage:
    """Run a command on a corpus and measure its process."""
    return run([sys.executable, "-m", "dateline", "--root", str(root), *arguments])


def write_tagged(corpus: Corpus, out: Path) -> None:
    """Tokens and tags of the mentions, as a dataset of Hugging Face has them."""
    rows = []
    for name in corpus.document_ids():
        document = corpus.read_document(name)
        mentions = corpus.read_annotation(GOLD, name).mentions
        tags = {one.spans[0].start: f"B-{one.type}" for one in mentions}
        for first, last in document.sentences:
            tokens = [(s, e) for s, e in document.tokens if first <= s < last]
            rows.append(
                {
                    "document_id": name,
                    "tokens": [document.text[start:end] for start, end in tokens],
                    "ner_tags": [tags.get(start, OUTSIDE) for start, _ in tokens],
                }
            )
    out.mkdir()
    parquet.write_table(pyarrow.Table.from_pylist(rows), out / "train.parquet")


if __name__ == "__main__":
    main()
