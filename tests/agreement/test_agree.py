"""Agreement on real annotations, its report in each format, and its errors."""

from __future__ import annotations

import json
from html import escape
from html.parser import HTMLParser

import msgspec
import pytest

from dateline.agreement.intervals import resamples_of_each
from dateline.agreement.measure import measure_agreement
from dateline.model import SPAN_LAYERS, Note, canonical

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
        events=(msgspec.structs.replace(event, type=types[0], arguments=(), cluster=None), *events),
        claims=(msgspec.structs.replace(claim, cue=None), *claims),
    )
    for annotation in (ana, bo):
        real_corpus.write_annotation(canonical(annotation))
    return real_corpus, gone, event, types[0]


def test_equal_annotations_agree_perfectly(two):
    corpus, *_ = two
    (pair,) = measure_agreement(corpus, ["gold", "ana"]).pairs
    for layer in pair.layers.values():
        for labels in layer.spans.values():
            assert {score.value for score in labels.values()} == {1.0}
        for found in layer.tokens.values():
            assert (found.kappa.value, found.kappa.low, found.kappa.high) == (1.0, 1.0, 1.0)
            assert (found.alpha.value, found.alpha.low, found.alpha.high) == (1.0, 1.0, 1.0)
        assert layer.gamma is None
        assert all(found.same == found.units for found in layer.attributes.values())
    assert pair.coreference == pytest.approx(1.0)
    assert {score.value for score in (*pair.arguments.values(), *pair.claims.values())} == {1.0}
    assert pair.disagreements == ()


def test_differences_are_counted_and_shown(two):
    corpus, _, event, other = two
    (pair,) = measure_agreement(corpus, ["ana", "bo"]).pairs
    mentions = len(corpus.read_annotation("ana", SEED).mentions)
    exact = pair.layers["entities"].spans["exact"]["all"]
    assert (exact.common, exact.first, exact.second) == (mentions - 1, mentions, mentions - 1)
    assert exact.low < exact.value < exact.high <= 1
    events = pair.layers["events"].spans
    assert events["span"]["all"].value == 1.0
    assert events["exact"][other].second == events["exact"][other].common + 1
    assert pair.claims["cue"].common == pair.claims["cue"].first - 1
    found = {(d.layer, d.aspect, d.first, d.second) for d in pair.disagreements}
    assert ("events", "label", event.type, other) in found
    assert any(
        d.layer == "entities" and d.aspect == "presence" and not d.second
        for d in pair.disagreements
    )
    assert any(d.layer == "claims" and d.aspect == "cue" for d in pair.disagreements)
    assert all(d.quote in corpus.read_document(SEED).text for d in pair.disagreements)


def test_arguments_and_claims_have_intervals_too(two):
    corpus, *_ = two
    (pair,) = measure_agreement(corpus, ["ana", "bo"]).pairs
    cue = pair.claims["cue"]
    assert 0 < cue.low < cue.value < cue.high <= 1
    arguments = pair.arguments["mention"]
    assert arguments.low < arguments.value <= arguments.high == 1
    again, other = (
        measure_agreement(corpus, ["ana", "bo"], seed=seed).pairs[0] for seed in (13, 14)
    )
    assert again == pair
    assert other.claims["cue"].value == cue.value
    assert (other.claims["cue"].low, other.claims["cue"].high) != (cue.low, cue.high)


def test_relations_and_event_coreference_that_differ_are_shown(two):
    corpus, *_ = two
    gold = corpus.read_annotation("gold", SEED)
    relation, *relations = gold.event_relations
    first = next(e for e in gold.events if [o.type for o in gold.events].count(e.type) > 1)
    second = next(e for e in gold.events if e.type == first.type and e != first)
    together = tuple(
        msgspec.structs.replace(e, cluster="k9" if e in (first, second) else None)
        for e in gold.events
    )
    apart = tuple(msgspec.structs.replace(e, cluster=None) for e in gold.events)
    for name, events, kept in (
        ("ana", together, gold.event_relations), ("bo", apart, tuple(relations))
    ):  # fmt: skip
        changed = msgspec.structs.replace(
            gold, annotator=name, events=events, event_relations=kept, claim_relations=()
        )
        corpus.write_annotation(canonical(changed))
    (pair,) = measure_agreement(corpus, ["ana", "bo"]).pairs
    quotes = {e.id: e.trigger[0].text for e in gold.events}
    value = f'{relation.type} "{quotes[relation.target]}"'
    assert sorted((d.aspect, d.first, d.second) for d in pair.disagreements) == sorted(
        [
            ("relation", value, None),
            ("event coreference", f'"{quotes[second.id]}"', "nothing"),
            ("event coreference", f'"{quotes[first.id]}"', "nothing"),
        ]
    )


def test_only_the_pieces_of_a_span_are_marked(two, run):
    corpus, *_ = two
    gold = corpus.read_annotation("gold", SEED)
    split = next(claim for claim in gold.claims if len(claim.spans) > 1)
    without = tuple(claim for claim in gold.claims if claim.id != split.id)
    corpus.write_annotation(
        msgspec.structs.replace(gold, annotator="bo", claims=without, claim_relations=())
    )
    (pair,) = measure_agreement(corpus, ["gold", "bo"]).pairs
    (found,) = [d for d in pair.disagreements if d.aspect == "presence"]
    assert [text for text, marked in found.pieces if marked] == [s.text for s in split.spans]
    assert "".join(text for text, _ in found.pieces) == found.quote
    page = run(corpus, "agree", "gold", "bo", "--format", "html").stdout
    assert f"<mark>{escape(split.spans[1].text)}</mark>" in page


def test_gamma_is_measured_on_demand(files, run, capfd):
    files.check()
    corpus = files.corpus
    gold = corpus.read_annotation("gold", "summit")
    corpus.write_annotation(msgspec.structs.replace(gold, annotator="ana"))
    changed = msgspec.structs.replace(
        gold,
        annotator="bo",
        mentions=tuple(m for m in gold.mentions if m.type != "DATE"),
        entities=tuple(e for e in gold.entities if e.type != "DATE"),
        events=(),
        event_relations=(),
        claims=tuple(msgspec.structs.replace(c, events=()) for c in gold.claims),
    )
    corpus.write_annotation(changed)
    same, other, back, again = (
        measure_agreement(corpus, names, with_gamma=True).pairs[0].layers
        for names in (["gold", "ana"], ["ana", "bo"], ["bo", "ana"], ["ana", "bo"])
    )
    assert [same[layer].gamma for layer in SPAN_LAYERS] == [1.0, 1.0, 1.0]
    assert 0 < other["entities"].gamma < 1
    assert other["entities"].gamma == again["entities"].gamma
    assert other["entities"].gamma == pytest.approx(back["entities"].gamma, abs=0.1)
    assert other["events"].gamma is None
    shown = run(corpus, "agree", "ana", "bo", "--gamma", "--layers", "entities").stdout
    assert "entities: gamma" in shown
    assert capfd.readouterr().out == "", "the solver is silent"


def test_agreement_is_symmetric(two):
    corpus, *_ = two
    (pair,), (back,) = (
        measure_agreement(corpus, names).pairs for names in (["ana", "bo"], ["bo", "ana"])
    )
    for name, layer in pair.layers.items():
        for way, labels in layer.spans.items():
            for label, score in labels.items():
                assert score.value == back.layers[name].spans[way][label].value
        for label, found in layer.tokens.items():
            other = back.layers[name].tokens[label]
            assert found.kappa.value == pytest.approx(other.kappa.value)
            assert found.alpha.value == pytest.approx(other.alpha.value)
    assert pair.coreference == pytest.approx(back.coreference)
    assert len(pair.disagreements) == len(back.disagreements)


def test_the_report_comes_as_text_json_markdown_and_html(two, run):
    corpus, *_ = two
    text = run(corpus, "agree", "ana", "bo", "gold")
    assert text.exit_code == 0
    assert "Krippendorff's alpha of all annotators on claims: " in text.stdout
    report = json.loads(run(corpus, "agree", "ana", "bo", "--format", "json").stdout)
    assert report["pairs"][0]["layers"]["events"]["spans"]["exact"]["all"]["value"] < 1
    page = run(corpus, "agree", "ana", "bo", "--format", "html").stdout
    HTMLParser().feed(page)
    table = run(corpus, "agree", "ana", "bo", "--format", "md").stdout
    assert table.startswith("| measure | ana and bo |")
    assert "| entities: level, kappa | " in table
    assert "<mark>" in page
    assert "://" not in page, "nothing is fetched from elsewhere"
    one = run(corpus, "agree", "ana", "bo", "--layers", "claims", "--format", "json")
    assert [*json.loads(one.stdout)["pairs"][0]["layers"]] == ["claims"]


def test_markup_in_a_text_stays_text(files, run):
    files.check()
    corpus = files.corpus
    gold = corpus.read_annotation("gold", "summit")
    evil = "<script>alert(1)</script>"
    entity = msgspec.structs.replace(gold.entities[0], name=evil)
    mention = msgspec.structs.replace(gold.mentions[-1], entity=entity.id)
    changed = msgspec.structs.replace(
        gold,
        annotator="ana",
        entities=(entity, *gold.entities[1:]),
        mentions=(*gold.mentions[:-1], mention),
        notes=(Note(item=mention.id, text=f"{evil}?", unsure=True),),
    )
    corpus.write_annotation(changed)
    page = run(corpus, "agree", "gold", "ana", "--format", "html").stdout
    assert escape(evil) in page
    assert f"note: unsure: {escape(evil)}?" in page
    assert evil not in page


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["gold"], "at least two different annotators"),
        (["gold", "gold"], "at least two different annotators"),
        (["gold", "nobody"], 'there are no annotations of "nobody". Annotators: gold'),
    ],
    ids=["one", "twice", "unknown"],
)
def test_invalid_annotators_are_explained(real_corpus, run, names, message):
    result = run(real_corpus, "agree", *names)
    assert result.exit_code == 1
    assert message in result.stderr


def test_many_annotators_are_summarised(files, run):
    files.check()
    gold = files.corpus.read_annotation("gold", "summit")
    names = [f"a{number}" for number in range(11)]
    for name in names:
        mentions = gold.mentions[:-1] if name == "a7" else gold.mentions
        claims = tuple(c for c in gold.claims if c.id != "c3") if name == "a7" else gold.claims
        relations = () if name == "a7" else gold.claim_relations
        changed = msgspec.structs.replace(
            gold, annotator=name, mentions=mentions, claims=claims, claim_relations=relations
        )
        files.corpus.write_annotation(changed)
    shown = run(files.corpus, "agree", *names).stdout
    assert "11 annotators, 55 pairs" in shown
    (row,) = [line for line in shown.splitlines() if line.startswith("entities: F1, exact")]
    assert row.split()[3:8] == ["0.986", "0.923", "a0", "and", "a7"]
    report = measure_agreement(files.corpus, names)
    assert (len(report.pairs), report.resamples) == (55, 1000)
    assert resamples_of_each(1770) == 112


@pytest.mark.parametrize("name", ["../gold", "/etc", "", "Ana Ruiz", "ana/../gold", "."])
def test_names_that_are_not_pseudonyms_are_refused(files, run, name):
    files.check()
    result = run(files.corpus, "agree", "gold", name)
    assert result.exit_code == 1
    assert "is not a pseudonym" in result.stderr


@pytest.mark.parametrize("linked", ["ana", "ana/summit.json"])
def test_links_are_not_followed_out_of_the_corpus(files, run, tmp_path, linked):
    files.check()
    outside = tmp_path / "outside" / linked
    outside.parent.mkdir(parents=True)
    (files.corpus.annotations / "gold").rename(tmp_path / "gold")
    files.check()
    (tmp_path / "gold").rename(outside) if linked == "ana" else outside.write_text("{}")
    link = files.corpus.annotations / linked
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(outside)
    for command in (("agree", "gold", "ana"), ("adjudicate", "ana", "bo"), ("annotators", "list")):
        result = run(files.corpus, *command)
        assert result.exit_code == 1
        assert f"annotations/{linked}: leads out of" in result.stderr


def test_annotations_with_errors_are_named_and_not_compared(files, run):
    files.check()
    gold = json.loads(files.corpus.annotation_path("gold", "summit").read_bytes())
    path = files.corpus.annotation_path("ana", "summit")
    path.parent.mkdir()

    def spoilt(change):
        annotation = json.loads(json.dumps(gold)) | {"annotator": "ana"}
        change(annotation)
        return json.dumps(annotation)

    for content in (
        "{",
        "[]",
        spoilt(lambda a: a["events"][0].update(trigger=[])),
        spoilt(lambda a: a["claims"][0].update(claimer="m77")),
        spoilt(lambda a: a["mentions"][0]["spans"][0].update(start=10_000, end=10_001)),
        spoilt(lambda a: a["claim_relations"][0].update(source="c77")),
    ):
        path.write_text(content, encoding="utf-8")
        for command in (
            ("agree", "gold", "ana"), ("annotators", "list"), ("adjudicate", "ana", "bo"),
        ):  # fmt: skip
            if command[0] == "adjudicate":
                bo = files.corpus.annotation_path("bo", "summit")
                bo.parent.mkdir(exist_ok=True)
                bo.write_text(json.dumps(gold | {"annotator": "bo"}), encoding="utf-8")
            result = run(files.corpus, *command)
            assert result.exit_code == 1
            assert result.stderr.startswith("Error: annotations/ana/summit.json"), command
            assert "`dateline validate`" in result.stderr


def test_an_annotation_without_its_document_is_named(files, run):
    files.check()
    (files.corpus.annotations / "ana").mkdir()
    files.corpus.annotation_path("ana", "other").write_text("{}")
    result = run(files.corpus, "agree", "gold", "ana")
    assert "annotations/ana/other.json: there is no document corpus/other.json" in result.stderr
    result = run(files.corpus, "agree", "gold", "ana", "--documents", "nothing")
    assert "corpus/nothing.json: there is no such file" in result.stderr


def test_fewer_than_five_items_have_no_interval(two):
    corpus, *_ = two
    (pair,) = measure_agreement(corpus, ["ana", "bo"]).pairs
    found = [
        (max(score.first, score.second), score)
        for layer in pair.layers.values()
        for modes in layer.spans.values()
        for score in modes.values()
    ]
    found += [
        (of.units, score)
        for layer in pair.layers.values()
        for of in layer.attributes.values()
        for score in of.measures.values()
    ]
    assert {number < 5 for number, _ in found} == {True, False}
    assert all(score.low is None for number, score in found if number < 5)
    assert all(score.low is not None for number, score in found if number >= 5 and score.value)
