"""Measures how long selecting a region takes; run by ``scripts/benchmark --page``, not with the tests."""

from __future__ import annotations

import statistics

import pytest

from dateline.label_studio.convert.to_result import to_result

from ..corpora import new_corpus, write_ontology

LIMIT = 250
"""Milliseconds from the key for the next region to the painted region, as the median of all."""
STEPS = 20
_WATCH = """() => {
  window.selected = [];
  document.addEventListener('keydown', event => {
    const store = Htx.annotationStore.selected;
    const before = store.highlightedNode;
    const painted = new MessageChannel();
    painted.port1.onmessage = () => selected.push(performance.now() - event.timeStamp);
    const wait = () => requestAnimationFrame(() => {
      const isSelected = store.highlightedNode && store.highlightedNode !== before;
      isSelected ? painted.port2.postMessage(0) : wait();
    });
    if (event.key !== 'Alt') wait();
  }, true);
}"""


@pytest.fixture
def longest(real_corpus, tmp_path):
    """A corpus with only the document of this corpus that has most regions and relations."""
    read = real_corpus.read_annotation
    names = [
        n for n in real_corpus.document_ids() if real_corpus.annotation_path("gold", n).exists()
    ]
    rows = {name: to_result(read("gold", name), real_corpus.ontology) for name in names}
    name = max(names, key=lambda name: len(rows[name]))
    corpus = new_corpus(tmp_path / "longest")
    write_ontology(corpus, real_corpus.schemas["ontology"])
    corpus = type(corpus)(corpus.root)
    corpus.write_document(real_corpus.read_document(name))
    corpus.write_annotation(read("gold", name))
    return corpus


def test_selecting_a_region_is_fast(longest, open_task, ana, capsys):
    open_task(longest, "--from", "gold")
    page = ana.page
    page.evaluate(_WATCH)
    inspector = page.context.new_cdp_session(page)
    inspector.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _cpu_milliseconds(inspector)
    for number in range(STEPS):
        page.keyboard.press("Alt+.")
        page.wait_for_function("count => selected.length === count", arg=number + 1)
    cpu = (_cpu_milliseconds(inspector) - before) / STEPS
    times = page.evaluate("selected")
    sizes = page.evaluate(
        "[Htx.annotationStore.selected, Htx.annotationStore.selected.relationStore]"
        ".map((it, n) => n ? it.size : it.regions.filter(r => !r.classification).length)"
    )
    median = statistics.median(times)
    with capsys.disabled():
        print(f"\n{sizes[0]} regions, {sizes[1]} relations: {median:.0f} ms to select a region")
        print(f"(median of {STEPS}, {min(times):.0f} to {max(times):.0f}; limit {LIMIT})")
        print(f"{cpu:.0f} ms of CPU for each, on average")
    assert median <= LIMIT


def _cpu_milliseconds(inspector):
    """The time that the page has computed, which other work on the machine does not change much."""
    metrics = {m["name"]: m["value"] for m in inspector.send("Performance.getMetrics")["metrics"]}
    return metrics["TaskDuration"] * 1000
