"""Agreement on real annotations: of oneself, of two, either way round, and where it breaks."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import msgspec
import pytest

from dateline.agreement.report import agreement
from dateline.model import canonical

from ..conftest import SEED


@pytest.fixture
def two(real_corpus):
    """Gold as two annotators have it: bo without the first mention, with another event type."""
    gold = real_corpus.read_annotation("gold", SEED)
    ana = msgspec.structs.replace(gold, annotator="ana")
    event, *events = gold.events
    types = [t for t in real_corpus.ontology.layers["events"].label_names if t != event.type]
    used = {a.filler for e in gold.events for a in e.arguments} | {c.claimer for c in gold.claims}
    gone = next(m.id for m in gold.mentions if m.id not in used)
    claim, *claims = gold.claims
    bo = msgspec.structs.replace(
        gold,
        annotator="bo",
        mentions=tuple(m for m in gold.mentions if m.id != gone),
        events=(msgspec.structs.replace(event, type=types[0], arguments=()), *events),
        claims=(msgspec.structs.replace(claim, cue=None), *claims),
    )
    for annotation in (ana, bo):
        real_corpus.write_annotation(canonical(annotation))
    return real_corpus, gone, event, types[0]


def test_one_agrees_with_oneself(two):
    corpus, *_ = two
    (pair,) = agreement(corpus, ["gold", "ana"]).pairs
    for layer in pair.layers.values():
        for labels in layer.spans.values():
            assert {score.value for score in labels.values()} == {1.0}
        assert layer.token_kappa.value == layer.token_alpha == 1.0
        assert all(found.same == found.items for found in layer.attributes.values())
    assert pair.coreference == pytest.approx(1.0)
    assert {score.value for score in (*pair.arguments.values(), *pair.claims.values())} == {1.0}
    assert pair.disagreements == ()


def test_what_differs_is_counted_and_shown(two):
    corpus, _, event, other = two
    (pair,) = agreement(corpus, ["ana", "bo"]).pairs
    mentions = len(corpus.read_annotation("ana", SEED).mentions)
    exact = pair.layers["entities"].spans["exact"]["all"]
    assert (exact.common, exact.first, exact.second) == (mentions - 1, mentions, mentions - 1)
    assert exact.low < exact.value < exact.high <= 1
    events = pair.layers["events"].spans
    assert events["span"]["all"].value == 1.0
    assert events["exact"][other].second == events["exact"][other].common + 1
    assert pair.claims["cue"].common == pair.claims["cue"].first - 1
    found = {(d.layer, d.what, d.first, d.second) for d in pair.disagreements}
    assert ("events", "label", event.type, other) in found
    assert any(
        d.layer == "entities" and d.what == "presence" and not d.second for d in pair.disagreements
    )
    assert any(d.layer == "claims" and d.what == "cue" for d in pair.disagreements)
    assert all(d.quote in corpus.read_document(SEED).text for d in pair.disagreements)


def test_it_is_the_same_the_other_way_round(two):
    corpus, *_ = two
    (pair,), (back,) = (agreement(corpus, names).pairs for names in (["ana", "bo"], ["bo", "ana"]))
    for name, layer in pair.layers.items():
        for way, labels in layer.spans.items():
            for label, score in labels.items():
                assert score.value == back.layers[name].spans[way][label].value
        assert layer.token_alpha == back.layers[name].token_alpha
        assert layer.token_kappa.value == pytest.approx(back.layers[name].token_kappa.value)
    assert pair.coreference == pytest.approx(back.coreference)
    assert len(pair.disagreements) == len(back.disagreements)


def test_the_command_gives_text_json_and_a_page(two, run):
    corpus, *_ = two
    text = run(corpus, "agree", "ana", "bo", "gold")
    assert text.exit_code == 0
    assert "Krippendorff's alpha of all on claims: " in text.stdout
    report = json.loads(run(corpus, "agree", "ana", "bo", "--format", "json").stdout)
    assert report["pairs"][0]["layers"]["events"]["spans"]["exact"]["all"]["value"] < 1
    page = run(corpus, "agree", "ana", "bo", "--format", "html").stdout
    HTMLParser().feed(page)
    assert "<mark>" in page
    assert "http" not in page, "nothing is fetched from elsewhere"
    one = run(corpus, "agree", "ana", "bo", "--layer", "claims", "--format", "json")
    assert [*json.loads(one.stdout)["pairs"][0]["layers"]] == ["claims"]


def test_markup_in_a_text_stays_text(files, run):
    files.check()
    corpus = files.corpus
    gold = corpus.read_annotation("gold", "summit")
    evil = "<script>alert(1)</script>"
    entity = msgspec.structs.replace(gold.entities[0], name=evil)
    changed = msgspec.structs.replace(
        gold,
        annotator="ana",
        entities=(entity, *gold.entities[1:]),
        mentions=tuple(msgspec.structs.replace(m, entity=entity.id) for m in gold.mentions),
    )
    corpus.write_annotation(changed)
    page = run(corpus, "agree", "gold", "ana", "--format", "html").stdout
    assert evil not in page


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["gold"], "two different annotators"),
        (["gold", "gold"], "two different annotators"),
        (["gold", "nobody"], "«nobody» has annotated nothing. Annotators are gold"),
    ],
    ids=["one", "twice", "unknown"],
)
def test_what_cannot_be_compared_is_explained(real_corpus, run, names, message):
    result = run(real_corpus, "agree", *names)
    assert result.exit_code == 1
    assert message in result.stderr
