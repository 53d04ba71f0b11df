"""`dateline adjudicate --from-curator`: gold equals the curator's annotation."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from dateline.adjudication.adjudicate import Adjudication
from dateline.adjudication.strategy import strategy
from dateline.corpus.store import Corpus
from dateline.model import Annotation
from tests.adjudication.annotators import two, write
from tests.conftest import Run
from tests.small_corpus import Files, mention

CONTENT = ("mentions", "entities", "events", "event_relations", "claims", "claim_relations")
KIND = ("--kind", "human")


@pytest.fixture
def both(files: Files) -> tuple[Corpus, dict[str, Any], dict[str, Any]]:
    """A corpus without gold, and the annotations of two annotators."""
    ana, bo = two(files)
    write(files.corpus, ana, bo)
    return files.corpus, ana, bo


def curate(corpus: Corpus, curated: dict[str, Any]) -> None:
    write(corpus, copy.deepcopy(curated) | {"annotator": "cy"})


def adopt(corpus: Corpus, run: Run, *options: str) -> Any:
    return run(corpus, "adjudicate", "ana", "bo", "--from-curator", "cy", *KIND, *options)


def logged(corpus: Corpus) -> list[dict[str, Any]]:
    path = corpus.annotations / "gold" / "summit.log.jsonl"
    return [r for r in map(json.loads, path.read_bytes().splitlines()) if "case" in r]


def by_quote(annotation: Annotation) -> dict[str, Any]:
    """The content of an annotation, without its ids."""
    quotes = {m.id: f"{m.spans[0].start}" for m in annotation.mentions}
    quotes |= {e.id: f"{e.trigger[0].start}" for e in annotation.events}
    return {
        "mentions": {(m.spans, m.type, *sorted(m.attributes.items())) for m in annotation.mentions},
        "chains": {
            frozenset(quotes[m.id] for m in annotation.mentions if m.entity == e.id)
            for e in annotation.entities
        },
        "entities": {(e.type, e.name, *(link.id for link in e.links)) for e in annotation.entities},
        "events": {
            (e.trigger, e.type, frozenset((a.role, quotes.get(a.filler)) for a in e.arguments))
            for e in annotation.events
        },
        "claims": {
            (c.spans, c.act, quotes.get(c.claimer, c.claimer), c.cue, len(c.events))
            for c in annotation.claims
        },
        "relations": {
            (r.type, quotes[r.source], quotes[r.target]) for r in annotation.event_relations
        },
        "claim relations": len(annotation.claim_relations),
    }


@pytest.mark.parametrize("who", ["ana", "bo"])
def test_a_curator_who_agrees_with_an_annotator_chooses_their_options(both, run: Run, who: str):
    corpus, ana, bo = both
    curate(corpus, {"ana": ana, "bo": bo}[who])
    result = adopt(corpus, run)
    assert result.exit_code == 0, result.output
    gold = corpus.read_annotation("gold", "summit")
    assert by_quote(gold) == by_quote(corpus.read_annotation(who, "summit"))
    decisions = [r for r in logged(corpus) if "by" not in r]
    assert len(decisions) > 15
    assert {(r["curator"], r["role"]) for r in decisions} == {("cy", "human")}
    # A list of which one has nothing more than the other is chosen by choosing neither.
    assert {tuple(r["choice"]) for r in decisions} <= {(who,), ()}
    assert not [r for r in logged(corpus) if r.get("by") == "correction"]
    before = corpus.annotation_path("gold", "summit").read_bytes(), logged(corpus)
    assert adopt(corpus, run).exit_code == 0
    assert (corpus.annotation_path("gold", "summit").read_bytes(), logged(corpus)) == before


def test_items_that_only_the_curator_has_are_corrections(both, run: Run):
    corpus, ana, _ = both
    own = copy.deepcopy(ana)
    own["mentions"].append(mention("m20", "signed a treaty", "AGREEMENT", "n20", level="nominal"))
    own["entities"].append({"id": "n20", "type": "AGREEMENT", "name": "signed a treaty"})
    own["claims"][2]["attributes"]["certainty"] = "possible"
    curate(corpus, own)
    result = adopt(corpus, run, "--reason", "as discussed")
    assert result.exit_code == 0, result.output
    gold = corpus.read_annotation("gold", "summit")
    assert by_quote(gold) == by_quote(corpus.read_annotation("cy", "summit"))
    corrections = [r for r in logged(corpus) if r.get("by") == "correction"]
    assert {r["case"].split("/")[1] for r in corrections} == {"mention", "entity", "claim"}
    assert {r["reason"] for r in corrections} == {"as discussed"}
    assert gold.provenance.note.endswith("by cy (human).")


def test_the_draft_for_a_curator_is_the_union_of_all_annotations(both):
    corpus, *_ = both
    names = ["ana", "bo"]
    adjudication = Adjudication(corpus, "summit", names, strategy("unanimous", names))
    proposal, conflicts = adjudication.curator_draft()
    texts = {s.text for m in proposal.mentions for s in m.spans}
    assert {"Ana Ruiz", "Monday", "talks"} <= texts
    assert {e.trigger[0].text for e in proposal.events} >= {"met", "go on"}
    assert len(proposal.claims) == 4
    asked = {case.id for case in conflicts}
    assert asked >= {case.id for case in adjudication.resolution.open}
    assert "mention/bo:m8/presence" in asked


def test_a_missing_annotation_of_the_curator_is_reported(both, run: Run):
    corpus, *_ = both
    result = adopt(corpus, run)
    assert result.exit_code == 1
    assert (
        "annotations/cy/summit.json: there is no such file. Pull the curator's annotation first"
        in (result.stderr)
    )
    assert not corpus.annotation_path("gold", "summit").exists()


def test_manual_corrections_are_not_undone_silently(both, run: Run):
    corpus, ana, _ = both
    curate(corpus, ana)
    assert adopt(corpus, run).exit_code == 0
    path = corpus.annotation_path("gold", "summit")
    gold = json.loads(path.read_bytes())
    gold["claims"][0]["attributes"]["topic"] = "military"
    path.write_text(json.dumps(gold), encoding="utf-8")
    before = path.read_bytes()
    result = adopt(corpus, run)
    assert result.exit_code == 1
    assert "gold was corrected by hand, and the curator's annotation" in result.stderr
    assert path.read_bytes() == before
