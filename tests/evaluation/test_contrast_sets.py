"""Scores on contrasts, in two sets: an original with one contrast, and one with two."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

import dateline
from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.errors import InvalidInputError
from dateline.evaluation.contrast_sets import only_in
from dateline.evaluation.gold import gold_of_corpus
from dateline.evaluation.measures.groups import MEAN
from dateline.evaluation.scoring import as_gold, read_runs, select_groups
from tests.corpora import make_annotation, make_document, new_corpus, write_ontology
from tests.evaluation.conftest import predicted, write_lines
from tests.layered import ONTOLOGY, TEXT, items_of

SECOND = TEXT.replace("12 adults", "14 adults in the north of the country")
TEXTS = {
    "one": (TEXT, None),
    "one-negated": (TEXT.replace("stopped", "never stopped"), "one"),
    "two": (SECOND, None),
    "two-negated": (SECOND.replace("stopped", "never stopped"), "two"),
    "two-said": (SECOND.replace("she said", "as she said"), "two"),
}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    corpus = new_corpus(tmp_path / "sets")
    write_ontology(corpus, ONTOLOGY)
    for name, (text, original) in TEXTS.items():
        fields = {"group": original or name, "split_given": True}
        if original:
            kind = "negated" if "negated" in name else "paraphrase"
            change = {
                "item": "event", "quote": "stopped", "field": "polarity", "from": "positive",
                "to": "negative",
            }  # fmt: skip
            fields["contrast"] = {"of": original, "kind": kind}
            if kind == "negated":
                fields["contrast"]["changes"] = [change]
        items = items_of(text)
        if "negated" in name:
            items["events"][3]["attributes"]["polarity"] = "negative"
        document = make_document(name, text, "train", **fields)
        corpus.write_document(document)
        (corpus.seeds / f"{name}.txt").write_bytes(text.encode())
        corpus.write_annotation(
            make_annotation(document, items, layers=corpus.ontology.layer_names)
        )
    return corpus


@pytest.fixture
def perfect(corpus):
    """Perfect predictions by document."""
    return {name: predicted(corpus.read_annotation("gold", name)) for name in TEXTS}


def shares(predictions, gold, **options):
    report = dateline.score(list(predictions.values()), gold, **options)
    return {(one.group, one.measure): (one.right, one.sets) for one in report.contrasts.consistency}


def without(predictions, name, field, text):
    """The predictions without the items of a document that have this text."""
    found = predictions[name]
    spans = "trigger" if field == "events" else "spans"
    kept = [item for item in found[field] if item[spans][0]["text"] != text]
    assert len(kept) < len(found[field])
    return predictions | {name: found | {field: kept}}


def test_perfect_predictions_are_right_on_both_sets(corpus, perfect):
    found = shares(perfect, corpus)
    assert found["entities", "strict"] == found["triggers", "TC"] == (2, 2)
    assert found["claims", "overlap"] == found["coreference", "CoNLL"] == (2, 2)
    assert found["document", "accuracy, genre"] == (2, 2)
    assert all(right == sets for right, sets in found.values())


@pytest.mark.parametrize("name", ["one", "one-negated"])
def test_an_item_that_is_missed_in_one_member_makes_its_set_wrong(corpus, perfect, name):
    broken = without(perfect, name, "events", "stopped")
    found = shares(broken, corpus)
    assert found["triggers", "TC"] == (1, 2)
    assert found["entities", "strict"] == (2, 2)


def test_an_attribute_that_the_edit_changes_and_the_system_does_not_makes_its_set_wrong(
    corpus, perfect
):
    perfect["one-negated"]["events"][3]["attributes"]["polarity"] = "positive"
    found = shares(perfect, corpus)
    assert found["triggers", "polarity, joint"] == (1, 2)
    assert found["triggers", "TC"] == (2, 2)
    perfect["two"]["claims"][0]["act"] = "ADVISE"
    found = shares(perfect, corpus)
    assert found["claims", "act, joint"] == (1, 2)
    assert found["claims", "overlap"] == (2, 2)


def test_errors_in_sentences_that_no_edit_changes_do_not_count(corpus, perfect):
    found = shares(without(perfect, "one", "mentions", "aspirin"), corpus)
    assert found["entities", "strict"] == found["coreference", "CoNLL"] == (2, 2)
    # The second set has an edit in this sentence, the first set has not.
    found = shares(without(perfect, "one", "mentions", "nausea"), corpus)
    assert found["entities", "strict"] == (2, 2)
    found = shares(without(perfect, "two", "mentions", "nausea"), corpus)
    assert found["entities", "strict"] == (1, 2)
    # Of a contrast, only the sentences that its own edit changes count.
    found = shares(without(perfect, "two-negated", "mentions", "nausea"), corpus)
    assert found["entities", "strict"] == (2, 2)


def test_a_spurious_item_makes_its_set_wrong(corpus, perfect):
    text = TEXTS["two-negated"][0]
    at = text.index("patients")
    spurious = {
        "id": "m99", "type": "PERSON", "spans": [{"start": at, "end": at + 8, "text": "patients"}],
        "attributes": {"level": "nominal"},
    }  # fmt: skip
    found = perfect["two-negated"]
    broken = found | {"mentions": [*found["mentions"], spurious]}
    assert shares(perfect | {"two-negated": broken}, corpus)["entities", "strict"] == (1, 2)


def test_a_member_without_a_prediction_makes_its_set_wrong(corpus, perfect):
    del perfect["two-said"]
    found = shares(perfect, corpus)
    assert found["entities", "strict"] == found["document", "accuracy, genre"] == (1, 2)


def test_systems_are_compared_by_the_sets_that_are_right(corpus, perfect):
    broken = without(perfect, "one", "events", "stopped")
    systems = {"all": [*perfect.values()], "most": [*broken.values()]}
    report = dateline.compare(systems, corpus)
    found = {(one.group, one.measure): one for one in report.consistency}
    triggers, entities = found["triggers", "TC"], found["entities", "strict"]
    assert (triggers.first, triggers.others[0].value) == (1, 0.5)
    assert (triggers.documents, triggers.reliable) == (2, False)
    assert entities.others[0].difference == 0
    assert "most compared with all: contrast consistency" in str(report)
    # A saved report has no sets, which is said.
    systems["most"] = dateline.score(systems["most"], corpus, per_document=True)
    report = dateline.compare(systems, corpus)
    assert report.consistency == ()
    assert "contrast consistency, triggers: TC" in report.missing["most"]


def test_a_dataset_gives_what_its_corpus_gives(corpus, perfect, tmp_path):
    waiver = '[rules]\nD125 = { level = "off", reason = "Other gold." }\n'
    (corpus.root / "annotations" / "waivers.toml").write_text(waiver, encoding="utf-8")
    dateline.build(corpus, tmp_path / "built")
    broken = without(perfect, "two", "mentions", "nausea")
    assert shares(broken, tmp_path / "built") == shares(broken, corpus)
    by = {"by": "contrast_kind", "layers": "entities"}
    from_corpus, from_dataset = (
        dateline.score(list(broken.values()), gold, **by) for gold in (corpus, tmp_path / "built")
    )
    assert from_corpus.contrasts == from_dataset.contrasts
    assert from_corpus.scores == from_dataset.scores
    assert from_corpus.signature.rules == from_dataset.signature.rules
    assert from_corpus.signature.contrasts == from_dataset.signature.contrasts
    assert "contrasts:3,apart," in str(from_corpus.signature)
    assert from_corpus.score("entities", "strict").by == {}
    found = next(one for one in from_corpus.contrasts.scores if one.group == "entities")
    documents = {kind: one.documents for kind, one in found.by["contrast_kind"].items()}
    assert documents == {"negated": 2, "paraphrase": 1}


def test_contrasts_are_scored_apart_from_other_documents(corpus, perfect):
    broken = without(perfect, "two-said", "events", "stopped")
    report = dateline.score(list(broken.values()), corpus, layers="triggers")
    without_contrasts = {name: perfect[name] for name in ("one", "two")}
    others = report.score("triggers", "TC")
    assert (report.signature.documents, others.value) == (2, 1.0)
    (on_contrasts,) = (one for one in report.contrasts.scores if one.measure == "TC")
    (on_originals,) = (one for one in report.contrasts.of_originals if one.measure == "TC")
    assert on_originals.total == others.total
    assert on_contrasts.total.gold - on_contrasts.total.matched_gold == 1
    assert report.contrasts.documents == 3
    only = dateline.score(list(without_contrasts.values()), corpus, layers="triggers")
    assert only.scores == report.scores
    assert only.contrasts is None
    assert "no prediction is for one of the 3 contrasts" in only.notes
    assert not any("without gold" in note for note in report.notes)


@pytest.mark.parametrize("as_dataset", [False, True])
def test_gold_without_its_contrasts_gives_the_same_scores(corpus, perfect, tmp_path, as_dataset):
    broken = without(perfect, "one", "events", "stopped")

    def report(name):
        gold = corpus.root
        if as_dataset:
            gold = tmp_path / name
            dateline.build(corpus, gold)
        return dateline.score([broken["one"], broken["two"]], gold)

    waiver = '[rules]\nD125 = { level = "off", reason = "Other gold." }\n'
    (corpus.root / "annotations" / "waivers.toml").write_text(waiver, encoding="utf-8")
    with_them = report("all")
    for name in ("one-negated", "two-negated", "two-said"):
        corpus.annotation_path("gold", name).unlink()
    without_them = report("few")
    assert with_them.scores == without_them.scores
    assert with_them.signature.rules == without_them.signature.rules


def test_nothing_is_learnt_from_contrasts(corpus):
    gold = gold_of_corpus(corpus, "train")
    assert [document.id for document in gold.documents] == ["one", "two"]
    assert [document.id for document in gold.contrast_sets.documents] == sorted(TEXTS)


def test_gold_of_nothing_but_contrasts_is_scored_as_it_is(corpus, perfect):
    for name in ("one", "two"):
        corpus.annotation_path("gold", name).unlink()
    report = dateline.score([p for n, p in perfect.items() if n not in ("one", "two")], corpus)
    assert (report.signature.documents, report.contrasts) == (3, None)
    assert report.score("entities", "strict").value == 1.0


def test_predictions_of_a_changed_contrast_are_refused(corpus, perfect):
    perfect["one-negated"]["text_sha256"] = "0" * 64
    with pytest.raises(InvalidInputError, match="one-negated"):
        dateline.score(list(perfect.values()), corpus)


def test_contrasts_are_checked_like_other_documents(corpus, perfect, written, run):
    path = str(written(*perfect.values()))
    result = run(corpus, "check-predictions", path)
    assert result.exit_code == 0, result.output
    assert "not scored" not in result.output


def test_runs_give_the_mean_number_of_right_sets(corpus, perfect):
    broken = without(perfect, "one", "events", "stopped")
    runs = dateline.Runs(list(perfect.values()), list(broken.values()))
    report = dateline.score(runs, corpus, layers="triggers")
    found = next(one for one in report.contrasts.consistency if one.measure == "TC")
    assert (found.right, found.value) == (1.5, 0.75)
    assert found.deviation > 0


def test_a_set_without_its_original_is_left_out_with_a_note(corpus, perfect):
    corpus.annotation_path("gold", "one").unlink()
    report = dateline.score([p for n, p in perfect.items() if n != "one"], corpus)
    assert {one.sets for one in report.contrasts.consistency} == {1}
    assert any("one-negated" in note and "contrast" in note for note in report.notes)
    corpus.annotation_path("gold", "two").unlink()
    alone = dateline.score([perfect["one-negated"], perfect["two-said"]], corpus)
    assert alone.contrasts is None


def test_sets_with_withheld_texts_are_left_out(corpus, perfect, tmp_path):
    waiver = '[rules]\nD125 = { level = "off", reason = "Other gold." }\n'
    (corpus.root / "annotations" / "waivers.toml").write_text(waiver, encoding="utf-8")
    build(corpus, tmp_path / "built", withhold=lambda document: document.group == "two")
    report = dateline.score(list(perfect.values()), tmp_path / "built")
    assert {one.sets for one in report.contrasts.consistency} == {1}
    assert any("withheld" in note and "two-negated" in note for note in report.notes)


def test_with_all_sentences_every_measure_counts_what_it_counts_in_whole_texts(corpus, perfect):
    broken = without(without(perfect, "one", "mentions", "nausea"), "two", "events", "gave")
    (run,) = (run.contrast_sets() for run in read_runs(list(broken.values()), as_gold(corpus)))
    groups = select_groups((), [run])
    assert len(groups) > 10
    whole = {(g.name, m.name): m for g in groups for m in g.measure(run)}
    again = only_in(run, run.sentences)
    for found in ((g.name, m) for g in groups for m in g.measure(again)):
        expected = whole[found[0], found[1].name]
        if expected.statistic != MEAN:
            counts = found[1].counts
            assert (counts[: len(TEXTS)] == expected.counts).all(), expected.name
            assert not counts[len(TEXTS) :].any(), expected.name


def test_gold_without_contrasts_has_no_consistency(layered, run, written):
    prediction = predicted(layered.read_annotation("gold", "report"))
    assert dateline.score([prediction], layered).contrasts is None
    assert "consistency" not in run(layered, "score", str(written(prediction))).stdout


@pytest.mark.parametrize("form", ["text", "md", "html", "latex"])
def test_reports_show_the_share_and_that_it_is_of_few_sets(corpus, perfect, written, run, form):
    path = str(written(*without(perfect, "one", "events", "stopped").values()))
    result = run(corpus, "score", path, "--layers", "triggers", "--format", form)
    assert result.exit_code == 0, result.output
    assert "contrast consistency" in result.stdout
    assert "50.0" in result.stdout
    assert "triggers: TC" in result.stdout
    assert "fewer than 5 gold items or contrast sets" in result.stdout


def test_json_and_csv_have_the_consistency(corpus, perfect, written, run):
    path = str(written(*without(perfect, "one", "events", "stopped").values()))
    options = ("score", path, "--layers", "triggers", "--format")
    contrasts = json.loads(run(corpus, *options, "json").stdout)["contrasts"]
    found = next(one for one in contrasts["consistency"] if one["measure"] == "TC")
    assert (found["right"], found["sets"], found["value"]) == (1, 2, 0.5)
    assert not found["reliable"]
    rows = [*csv.DictReader(io.StringIO(run(corpus, *options, "csv").stdout.partition("\n")[2]))]
    of_tc = {row["field_value"]: row for row in rows if row["measure"] == "TC" and row["field"]}
    assert of_tc.keys() == {"only", "originals"}
    assert int(float(of_tc["only"]["gold"])) > int(float(of_tc["originals"]["gold"]))
    found = [row for row in rows if row["statistic"] == "contrast consistency"]
    row = next(row for row in found if row["measure"] == "TC")
    assert (row["matched_gold"], row["gold"], row["value"]) == ("1.0", "2", "0.5")


def test_the_page_of_figures_has_fields_contrasts_and_confidence_with_their_numbers(
    corpus, perfect, run, tmp_path
):
    for prediction in perfect.values():
        for number, mention in enumerate(prediction["mentions"]):
            mention["confidence"] = 0.25 if number % 2 else 0.75
        prediction["mentions"][0]["type"] = "PLACE"
    path = write_lines(tmp_path / "p.jsonl", *perfect.values())
    result = run(corpus, "report", str(path), "--by", "contrast_kind,group")
    assert result.exit_code == 0, result.output
    page = result.stdout
    report = dateline.score(path, corpus, by=["contrast_kind", "group"])
    titles = ("Scores", "Scores by group", "Contrasts", "Confidence")
    assert re.findall("<h2>(.*?)</h2>\n<p>", page) == [*titles]
    strict = f"{100 * report.score('entities', 'strict').value:.1f}"
    assert f"entities: strict {strict}, " in page  # for those who do not see the chart
    assert f"<td>{strict}</td>" in page
    assert "entities: strict, by contrast_kind: negated" in page
    (calibration,) = re.findall(r'aria-label="entities: strict, calibration.*?</svg>', page, re.S)
    assert calibration.count("<circle") == 2
    assert page.count("<svg") == page.count('role="img"') > 10
    without = run(corpus, "report", str(path), str(path), "--layers", "entities")
    assert "calibration" not in without.stdout
    assert "Scores by" not in without.stdout
