"""Speed and size of the site that `dateline view` makes, and how soon its pages can be used.

The site of synthetic documents is built in a process of its own. The page of the longest document
of this repository's corpus is measured too, with its text, and opened in Chromium if there is one:
from the start of loading until its script has run.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

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
from dateline.rendering.site_links import document_file
from dateline.viewer.build import Options, build_site

REPOSITORY = Path(__file__).parents[1]
BUILD, PAGE, READY = 10.0, 600, 300
"""At most: seconds of a build, kilobytes of a page, and milliseconds until it is ready."""

_READY = """() => {
  const [entry] = performance.getEntriesByType('navigation');
  return [entry.domContentLoadedEventEnd, document.querySelectorAll('body.js').length];
}"""


@click.command()
@click.option("--n", default=200, show_default=True, help="Documents to generate.")
@rounds_option
@seed_option
@json_option
def main(n: int, rounds: int, seed: int, report: Path | None) -> None:
    """Measure the site of N synthetic annotated documents, and the longest page of this corpus."""
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
        generate(Path(folder) / "corpus", n, seed)
        runs = [_built(Path(folder) / "corpus", Path(folder) / "site") for _ in range(rounds)]
        longest = _longest(REPOSITORY, Path(folder) / "own")
        ready = _ready(longest, rounds)
        size = longest.stat().st_size / 1000
    took = statistics.median(run["seconds"] for run in runs)
    cpu = statistics.median(run["cpu_seconds"] for run in runs)
    rows = [
        (f"site of {n:,} documents", f"{took:.1f} s ({cpu:.1f} s of CPU)", f"≤ {BUILD:.0f} s"),
        ("longest page", f"{size:,.0f} KB", f"≤ {PAGE} KB"),
        ("longest page ready", "no Chromium" if ready is None else f"{ready:.0f} ms",
         f"≤ {READY} ms"),
    ]  # fmt: skip
    print_table("dateline view", ("what", "measured", "target"), rows)
    write_report(
        report, documents=n, rounds=rounds, seed=seed, seconds=took, cpu_seconds=cpu,
        page_kilobytes=size, ready_milliseconds=ready,
    )  # fmt: skip


def _built(corpus: Path, site: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--build", str(corpus), str(site)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"the build failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def _build(corpus: Path, site: Path) -> None:
    """Build a site and print its seconds as JSON."""
    import time

    before = time.process_time()
    took = seconds(lambda: build_site(Corpus(corpus), site, Options(withhold=False)))
    print(json.dumps({"seconds": took, "cpu_seconds": time.process_time() - before}))


def _longest(root: Path, site: Path) -> Path:
    """The largest page of a document in the site of a corpus."""
    build_site(Corpus(root), site, Options(withhold=False))
    pages = [site / document_file(name) for name in Corpus(root).document_ids()]
    return max(pages, key=lambda page: page.stat().st_size)


def _ready(page: Path, rounds: int) -> float | None:
    """Milliseconds until a page has loaded and its script has run; None without Chromium."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("DATELINE_CHROMIUM") or next(
        filter(None, map(shutil.which, names)), None
    )
    if found is None:
        return None
    times = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for _ in range(rounds + 1):  # the first start is not that of a reader
            tab = chromium.new_page()
            tab.goto(page.as_uri())
            milliseconds, is_ready = tab.evaluate(_READY)
            if not is_ready:
                raise click.ClickException(f"{page}: its script has not run")
            times.append(milliseconds)
            tab.close()
        chromium.close()
    return statistics.median(times[1:])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--build"]:
        _build(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
