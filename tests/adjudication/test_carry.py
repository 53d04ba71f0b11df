"""``dateline carry``: gold of an original as the draft of a contrast."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from dateline.corpus.store import Corpus

from ..conftest import Run
from ..corpora import make_document
from ..layered import TEXT, items_of

NEGATED = TEXT.replace("stopped", "never stopped")


@pytest.fixture
def corpus(layered: Corpus, run: Run) -> Corpus:
    """A document with gold, and a contrast of it without."""
    original = layered.read_document("report")
    layered.write_document(msgspec.structs.replace(original, group="report"))
    contrast = {"of": "report", "kind": "negated"}
    document = make_document("negated", NEGATED, original.split, group="report", contrast=contrast)
    layered.write_document(document)
    (layered.seeds / "negated.txt").write_text(NEGATED, encoding="utf-8", newline="")
    assert run(layered, "annotators", "add", "carried", "--kind", "model").exit_code == 0
    return layered


def test_gold_becomes_a_draft_of_the_contrast(corpus: Corpus, run: Run):
    result = run(corpus, "carry", "carried")
    assert result.exit_code == 0, result.output
    draft = corpus.read_annotation("carried", "negated")
    assert draft.status == "draft"
    assert draft.provenance.kind == "model"
    assert draft.provenance.note is not None
    assert 'From the gold of "report"' in draft.provenance.note
    gold = corpus.read_annotation("gold", "report")
    assert [e.trigger[0].text for e in draft.events] == [e.trigger[0].text for e in gold.events]
    assert draft.mentions[8].spans[0].start == items_of(NEGATED)["mentions"][8]["spans"][0]["start"]
    assert run(corpus, "validate").exit_code == 0
    assert "1 unchanged" in run(corpus, "carry", "carried").stderr


def test_work_on_a_draft_is_not_overwritten(corpus: Corpus, run: Run):
    run(corpus, "carry", "carried")
    path = corpus.annotation_path("carried", "negated")
    content = json.loads(path.read_bytes())
    content["events"][3]["attributes"]["polarity"] = "negative"
    path.write_text(json.dumps(content), encoding="utf-8")
    before = path.read_bytes()
    result = run(corpus, "carry", "carried")
    assert result.exit_code == 1
    assert "annotations/carried/negated.json: has other content" in result.stderr
    assert path.read_bytes() == before


def test_a_dry_run_writes_nothing(corpus: Corpus, run: Run):
    result = run(corpus, "carry", "carried", "--dry-run")
    assert "1 draft would be written" in result.stderr
    assert not corpus.annotation_path("carried", "negated").exists()


def test_contrasts_with_gold_are_left_out_unless_they_are_named(corpus: Corpus, run: Run):
    run(corpus, "carry", "carried")
    draft = corpus.read_annotation("carried", "negated")
    corpus.write_annotation(msgspec.structs.replace(draft, annotator="gold"))
    assert "other: 0 drafts written" in run(corpus, "carry", "other").stderr
    result = run(corpus, "carry", "other", "--documents", "negated")
    assert "other: 1 draft written" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gold"], '"gold" is what is carried over'),
        (["ana"], '"ana" is a person'),
        (["carried", "--documents", "report"], "corpus/report.json: is not a contrast"),
        (["carried", "--documents", "tale"], "tale.json: there is no such file"),
    ],
)
def test_what_cannot_be_carried_over_is_an_error(
    corpus: Corpus, run: Run, arguments: list[str], message: str
):
    run(corpus, "annotators", "add", "ana", "--kind", "human")
    result = run(corpus, "carry", *arguments)
    assert result.exit_code == 1
    assert message in result.stderr


def test_an_original_without_gold_is_named(corpus: Corpus, run: Run):
    corpus.annotation_path("gold", "report").unlink()
    result = run(corpus, "carry", "carried")
    assert result.exit_code == 0, result.output
    result = run(corpus, "carry", "carried", "--documents", "negated")
    assert result.exit_code == 1
    assert "annotations/gold/report.json: there is no such file" in result.stderr


def edit(corpus: Corpus, annotator: str, document: str, number: int, **attributes: str) -> None:
    """Change attributes of an event."""
    path = corpus.annotation_path(annotator, document)
    content = json.loads(path.read_bytes())
    content["events"][number]["attributes"] |= attributes
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def annotated(corpus: Corpus, run: Run, tmp_path: Path) -> Path:
    """The former gold; an annotator has negated the event that the edit negates."""
    run(corpus, "carry", "carried")
    edit(corpus, "carried", "negated", 3, polarity="negative")
    shutil.copytree(corpus.annotations / "gold", tmp_path / "former")
    return tmp_path / "former"


def test_a_correction_of_gold_is_carried_to_what_was_made_of_it(
    corpus: Corpus, run: Run, annotated: Path
):
    edit(corpus, "gold", "report", 0, polarity="negative")
    options = ("carry", "carried", "--corrected-since", str(annotated))
    before = corpus.annotation_path("carried", "negated").read_bytes()
    assert "1 annotation would be written" in run(corpus, *options, "--dry-run").stderr
    assert corpus.annotation_path("carried", "negated").read_bytes() == before
    result = run(corpus, *options)
    assert result.exit_code == 0, result.output
    found = corpus.read_annotation("carried", "negated").events
    assert [found[number].attributes["polarity"] for number in (0, 3)] == ["negative"] * 2
    assert "1 unchanged" in run(corpus, *options).stderr
    assert run(corpus, "validate").exit_code == 0


def test_a_correction_that_contradicts_an_annotation_is_shown(
    corpus: Corpus, run: Run, annotated: Path
):
    before = corpus.annotation_path("carried", "negated").read_bytes()
    path = corpus.annotation_path("gold", "report")
    content = json.loads(path.read_bytes())
    event = content["events"].pop(3)["id"]
    for field in ("events", "claims"):
        for item in content.get(field, ()):
            item["arguments"] = [a for a in item.get("arguments", ()) if a.get("event") != event]
            item["events"] = [e for e in item.get("events", ()) if e != event]
            for name in ("arguments", "events"):
                if not item[name]:
                    del item[name]
    for field in ("event_relations", "claim_relations"):
        content[field] = [
            r for r in content.get(field, ()) if event not in (r["source"], r["target"])
        ]
        if not content[field]:
            del content[field]
    path.write_text(json.dumps(content), encoding="utf-8")
    result = run(corpus, "carry", "carried", "--corrected-since", str(annotated))
    assert result.exit_code == 1
    assert f"annotations/carried/negated.json: {event}" in result.stderr
    assert corpus.annotation_path("carried", "negated").read_bytes() == before


def test_a_former_gold_that_is_missing_is_named(corpus: Corpus, run: Run, annotated: Path):
    (annotated / "report.json").unlink()
    result = run(corpus, "carry", "carried", "--corrected-since", str(annotated))
    assert result.exit_code == 1
    assert "report.json" in result.stderr
