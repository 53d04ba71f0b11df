"""Scores of predictions against real gold: what users rely on."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys

import msgspec
import numpy as np
import pytest
from datasets import load_dataset

import dateline
from dateline.annotations.layers import limited
from dateline.errors import DatelineError
from dateline.evaluation.columns.scoring_input import MatchingOptions, ScoringInput
from dateline.evaluation.gold import read_gold
from dateline.evaluation.scoring import as_predictions
from dateline.model import canonical
from tests.chemistry import ONTOLOGY, annotated_reaction
from tests.corpora import TEXT, CorpusMaker, quote, write_ontology

from .conftest import predicted, write_lines


def value(report, group, measure):
    return report.score(group, measure).value


def total(report, group, measure):
    rates = report.score(group, measure).total
    return rates.matched_gold, rates.gold, rates.predicted


def test_gold_against_itself_is_perfect_in_everything(article, perfect):
    perfect["scores"] = {
        "check_worthy": {
            "yes": {
                c["id"]: float(c["attributes"]["check_worthy"] == "yes") for c in perfect["claims"]
            }
        }
    }
    report = dateline.score([perfect], article)
    # Gold says of no entity that it is in no knowledge base, so finding these is undefined.
    undefined = [(s.group, s.measure) for s in report.scores if s.value is None]
    assert undefined == [("linking", "nil"), ("linking", "nil, typed")]
    assert {s.value for s in report.scores if s.value is not None} == {1.0}
    assert report.problems == ()
    groups = {score.group for score in report.scores}
    assert groups == {
        "entities", "coreference", "linking", "event-coreference", "triggers", "arguments",
        "event-relations", "claims", "ranking", "claim-relations",
    }  # fmt: skip


def test_gold_of_this_repository_against_itself_is_perfect(repository):
    names = [n for n in repository.document_ids() if "gold" in repository.annotators_of(n)]
    golds = [predicted(repository.read_annotation("gold", name)) for name in names]
    report = dateline.score(golds, repository)
    assert {s.value for s in report.scores if s.value is not None} == {1.0}
    assert report.problems == ()


def test_neither_the_order_nor_the_ids_of_items_matter(article, perfect):
    broken = copy.deepcopy(perfect)
    broken["mentions"] = broken["mentions"][::2]
    broken["events"] = broken["events"][10:]
    for event in broken["events"]:
        event["arguments"] = event["arguments"][:1]
    before = dateline.score([broken], article, layers=["entities", "events", "claims"])
    text = json.dumps(broken)
    for items in ("mentions", "events", "claims"):
        for item in broken[items]:
            text = text.replace(f'"{item["id"]}"', f'"x-{item["id"]}"')
    shuffled = json.loads(text)
    for name in shuffled:
        if isinstance(shuffled[name], list):
            random.Random(3).shuffle(shuffled[name])
    after = dateline.score([shuffled], article, layers=["entities", "events", "claims"])
    assert [s.value for s in before.scores] == [s.value for s in after.scores]
    assert before.signature == after.signature


def test_what_is_not_predicted_counts_as_missed(five, five_predicted):
    report = dateline.score(five_predicted[:3], five)
    assert total(report, "entities", "strict") == (27, 45, 27)
    assert any("2 of 5 documents have no prediction" in note for note in report.notes)
    nothing = dateline.score([], five, layers=["entities"])
    assert total(nothing, "entities", "strict") == (0, 45, 0)
    assert value(nothing, "entities", "strict") == 0
    assert nothing.score("entities", "strict").total.precision is None


def test_a_document_without_items_has_no_score_but_its_predictions_count(tmp_path):
    maker = CorpusMaker(tmp_path)
    corpus = maker.empty()
    document = maker.add_in_split(corpus, "train")
    from tests.corpora import EMPTY, gold_of, make_annotation

    corpus.write_annotation(make_annotation(document, EMPTY))
    full = predicted(make_annotation(document, gold_of(document.text)))
    report = dateline.score([full], corpus, per_document=True)
    score = report.score("entities", "strict")
    assert (score.total.precision, score.total.recall, score.value) == (0, None, 0)
    silent = dateline.score([{"document": document.id}], corpus, layers=["entities"])
    assert value(silent, "entities", "strict") is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda m: m.update(type="NOSUCH"), '"NOSUCH" is not a label'),
        (lambda m: m["spans"][0].update(start=m["spans"][0]["start"] + 1), 'in the text, not "'),
        (lambda m: m["spans"][0].update(end=10**6), "outside the text"),
        (lambda m: m["spans"].append(m["spans"][0]), "not sorted, or touch"),
        (lambda m: m.update(entity="e99"), 'there is no "e99"'),
        (lambda m: m["attributes"].update(level="grand"), '"level" cannot be "grand"'),
    ],
)  # fmt: skip
def test_a_wrong_item_is_reported_and_stays_in_the_denominator(
    five, five_predicted, change, problem
):
    change(five_predicted[0]["mentions"][0])
    report = dateline.score(five_predicted, five, layers=["entities"])
    (found,) = report.problems
    assert problem in found.message
    assert found.pointer.startswith("/mentions/0/")
    assert total(report, "entities", "strict")[1:] == (45, 45)
    right = 45 if "entity" in found.pointer or "attributes" in found.pointer else 44
    assert total(report, "entities", "strict")[0] == right


def test_a_duplicate_mention_counts_once_and_is_reported(five, five_predicted):
    again = copy.deepcopy(five_predicted[0]["mentions"][0]) | {"id": "again"}
    five_predicted[0]["mentions"].append(again)
    report = dateline.score(five_predicted, five)
    assert total(report, "entities", "strict") == (45, 45, 45)
    assert value(report, "coreference", "CoNLL") == 1
    assert [found.message for found in report.problems] == ["is a duplicate of /mentions/0"]


def test_arguments_that_refer_to_nothing_are_wrong_each(five, five_predicted):
    event = five_predicted[0]["events"][0]
    event["arguments"] = [{"role": "party", "mention": f"no{i}"} for i in range(3)]
    report = dateline.score(five_predicted, five)
    assert total(report, "arguments", "AC+") == (17, 20, 20)
    assert len(report.problems) == 3


def test_an_argument_by_another_mention_of_its_entity(five, five_predicted):
    event = five_predicted[0]["events"][0]
    # Both parties are Kim Jong Un; a third mention of nobody changes nothing for the entity.
    event["arguments"] = [a for a in event["arguments"] if a.get("mention") != "m1"]
    report = dateline.score(five_predicted, five)
    assert total(report, "arguments", "AC+") == (19, 20, 19)
    assert value(report, "arguments", "AC+, by entity") == 1


def test_an_argument_whose_filler_overlaps(five, five_predicted):
    mention = next(m for m in five_predicted[0]["mentions"] if m["id"] == "m1")
    span = mention["spans"][-1]
    span["end"] -= 1
    span["text"] = span["text"][:-1]
    report = dateline.score(five_predicted, five)
    uses = sum(
        a.get("mention") == "m1" for e in five_predicted[0]["events"] for a in e["arguments"]
    )
    assert uses > 0
    assert total(report, "arguments", "AC+") == (20 - uses, 20, 20)
    assert value(report, "arguments", "AC+, by overlap") == 1


def test_an_argument_that_refers_to_a_duplicate_mention(five, five_predicted):
    again = copy.deepcopy(five_predicted[0]["mentions"][0]) | {"id": "again"}
    five_predicted[0]["mentions"].append(again)
    for event in five_predicted[0]["events"]:
        for argument in event["arguments"]:
            if argument.get("mention") == five_predicted[0]["mentions"][0]["id"]:
                argument["mention"] = "again"
    report = dateline.score(five_predicted, five)
    for measure in ("AC+", "AC+, by overlap", "AC+, by entity"):
        assert value(report, "arguments", measure) == 1


def test_a_missed_trigger_loses_its_arguments_but_not_those_of_found_events(five, five_predicted):
    five_predicted[0]["events"] = five_predicted[0]["events"][1:]
    five_predicted[0]["event_relations"] = []
    report = dateline.score(five_predicted, five)
    assert total(report, "triggers", "TC") == (14, 15, 14)
    assert total(report, "arguments", "AC+") == (17, 20, 17)
    assert value(report, "arguments", "AC+, matched events only") == 1
    assert total(report, "event-relations", "as annotated") == (4, 5, 4)


def test_given_triggers_are_checked(five, five_predicted):
    given = MatchingOptions(given_triggers=True)
    report = dateline.score(five_predicted, five, options=given)
    assert report.signature.triggers == "given"
    five_predicted[0]["events"][1]["type"] = "MEET"
    with pytest.raises(DatelineError, match="14 of 15 gold triggers are predicted"):
        dateline.score(five_predicted, five, options=given)


def test_claims_by_overlap_with_their_claimers_and_acts(five, five_predicted):
    first, second = five_predicted[0]["claims"]
    second["spans"] = quote(
        TEXT.replace("Monday", f"Monday {five.document_ids()[0]}"), "soldiers died"
    )
    second["claimer"], second["act"] = "m1", "DENY"
    first["claimer"] = "m1"
    report = dateline.score(five_predicted, five)
    assert total(report, "claims", "exact") == (9, 10, 10)
    assert total(report, "claims", "overlap") == (10, 10, 10)
    assert total(report, "claims", "claimer, matched only") == (8, 10, 10)
    assert total(report, "claims", "claimer, by entity, matched only") == (9, 10, 10)
    assert total(report, "claims", "act, joint") == (9, 10, 10)
    tokens = value(report, "claims", "claimer tokens, matched only")
    assert tokens == pytest.approx(8 / 10)  # "Kim Jong Un" shares no token with "the … leader"


def test_ranking_claims_by_check_worthiness(five, five_predicted):
    for prediction in five_predicted:
        prediction["scores"] = {"check_worthy": {"yes": {"c1": 0.9, "c2": 0.1}}}
    report = dateline.score(five_predicted, five)
    assert value(report, "ranking", "RR, check_worthy = yes") == 0.5
    assert value(report, "ranking", "P@1, check_worthy = yes") == 0
    assert value(report, "ranking", "AP, check_worthy = yes") == 0.5


def test_linking_counts_nil(five, five_predicted):
    report = dateline.score(five_predicted, five)
    assert total(report, "linking", "link") == (10, 10, 10)
    five_predicted[0]["entities"][2]["links"][0]["id"] = None
    report = dateline.score(five_predicted, five)
    assert total(report, "linking", "all") == (8, 10, 10)
    assert total(report, "linking", "nil") == (0, 0, 2)


def test_links_of_mentions_that_nobody_linked_do_not_count(five, five_predicted):
    for prediction in five_predicted:
        for number, entity in enumerate(prediction["entities"]):
            # A perfect linker also links what gold does not.
            entity.setdefault("links", [{"kb": "wikidata", "id": f"Q{number}"}])
    report = dateline.score(five_predicted, five)
    for measure in ("all", "link", "all, typed", "link, typed"):
        assert total(report, "linking", measure) == (10, 10, 10)
    spurious = copy.deepcopy(five_predicted[0]["mentions"][0])
    (span,) = spurious["spans"]
    spurious["spans"] = [span | {"end": span["end"] - 1, "text": span["text"][:-1]}]
    five_predicted[0]["mentions"].append(spurious | {"id": "new"})
    report = dateline.score(five_predicted, five)
    assert total(report, "linking", "all") == (10, 10, 11)


def test_links_are_scored_with_and_without_types(five, five_predicted):
    linked = {e["id"] for e in five_predicted[0]["entities"] if "links" in e}
    mention = next(m for m in five_predicted[0]["mentions"] if m["entity"] in linked)
    mention["type"] = "DATE"
    report = dateline.score(five_predicted, five)
    assert total(report, "linking", "all") == (10, 10, 10)
    assert total(report, "linking", "all, typed") == (9, 10, 10)


def test_a_span_with_two_types_is_one_mention_of_coreference(five, five_predicted):
    for prediction in five_predicted:
        first = prediction["mentions"][0]
        other = next(m for m in prediction["mentions"] if m["entity"] != first["entity"])
        prediction["mentions"].append(first | {"id": "again", "type": other["type"]})
    report = dateline.score(five_predicted, five)
    assert value(report, "coreference", "CoNLL") == 1
    for prediction in five_predicted:
        prediction["mentions"][-1]["entity"] = other["entity"]
    merged = dateline.score(five_predicted, five)
    assert value(merged, "coreference", "CoNLL") < 1


def with_two_meetings(five, five_predicted):
    """Gold and predictions in which a trigger has a second event of its type."""
    for prediction in five_predicted:
        name = prediction["document"]
        meeting = prediction["events"][0]
        parties = [a for a in meeting["arguments"] if a["role"] == "party"]
        other = meeting | {"id": "second", "arguments": parties[:1]}
        prediction["events"].append(other)
        gold = five.read_annotation("gold", name)
        second = msgspec.convert(other, type(gold.events[0]))
        gold = msgspec.structs.replace(gold, events=(*gold.events, second))
        five.write_annotation(canonical(gold))
    return five_predicted


def test_several_events_of_one_trigger_and_type_are_scored(five, five_predicted, run):
    predictions = with_two_meetings(five, five_predicted)
    assert run(five, "validate").exit_code == 0
    report = dateline.score(predictions, five)
    assert value(report, "arguments", "AC+") == value(report, "triggers", "TC") == 1
    assert total(report, "arguments", "AC+") == (25, 25, 25)
    assert total(report, "triggers", "tense, joint") == (20, 20, 20)
    # One event with the arguments of both is not the two.
    predictions[0]["events"].pop()
    report = dateline.score(predictions, five)
    assert total(report, "arguments", "AC+") == (24, 25, 24)
    assert total(report, "triggers", "TC") == (15, 15, 15)
    given = MatchingOptions(given_triggers=True)
    assert dateline.score(predictions, five, options=given).signature.triggers == "given"
    result = run(five, "build")
    assert result.exit_code == 0, result.output
    assert dateline.score(predictions, five.root / "dist").scores == report.scores


def test_duplicate_events_count_once_and_are_reported(five, five_predicted):
    again = copy.deepcopy(five_predicted[0]["events"][0]) | {"id": "again"}
    again["arguments"].reverse()
    five_predicted[0]["events"].append(again)
    report = dateline.score(five_predicted, five)
    assert total(report, "arguments", "AC+") == (20, 20, 20)
    assert total(report, "triggers", "tense, joint") == (15, 15, 15)
    assert [found.message for found in report.problems] == ["is a duplicate of /events/0"]


def test_coreference_of_mentions_that_overlap(five, five_predicted):
    for prediction in five_predicted:
        for mention in prediction["mentions"]:
            if mention["id"] == "m7":
                (span,) = mention["spans"]
                mention["spans"] = [span | {"start": span["start"] + 4, "text": span["text"][4:]}]
    exact = dateline.score(five_predicted, five)
    partial = dateline.score(five_predicted, five, options=MatchingOptions(mention_match="partial"))
    assert value(exact, "coreference", "MUC") < 1
    assert value(partial, "coreference", "CoNLL") == 1
    assert exact.signature.differences(partial.signature) == ["mentions: exact and partial"]


def test_layers_that_gold_has_not_annotated_are_left_out(tmp_path):
    maker = CorpusMaker(tmp_path)
    corpus = maker.empty()
    whole = maker.annotated(corpus, "train")
    part = maker.annotated(corpus, "train", layers=["entities"])
    corpus.write_annotation(limited(corpus.read_annotation("gold", part.id), ["entities"]))
    some = [predicted(corpus.read_annotation("gold", d.id)) for d in (whole, part)]
    report = dateline.score(some, corpus)
    assert total(report, "entities", "strict")[1] == 18
    assert total(report, "triggers", "TC")[1:] == (3, 3)
    assert any(note.startswith("triggers: 1 documents without gold") for note in report.notes)


def test_a_built_dataset_gives_the_same_scores_and_the_same_gold_hash(
    five, five_predicted, run, tmp_path
):
    assert run(five, "build").exit_code == 0
    five_predicted[1]["mentions"].pop()
    from_corpus = dateline.score(five_predicted, five)
    from_folder = dateline.score(five_predicted, five.root / "dist")
    splits = load_dataset(str(five.root / "dist"), cache_dir=str(tmp_path / "cache"))
    from_dataset = dateline.score(five_predicted, splits, ontology=five.ontology)
    assert from_corpus.scores == from_folder.scores == from_dataset.scores
    hashes = {r.signature.gold for r in (from_corpus, from_folder, from_dataset)}
    assert len(hashes) == 1


def test_the_signature_changes_with_the_gold_and_not_with_the_predictions(five, five_predicted):
    before = dateline.score(five_predicted, five).signature
    assert dateline.score(five_predicted[:4], five).signature == before
    name = five.document_ids()[0]
    gold = five.read_annotation("gold", name)
    five.write_annotation(msgspec.structs.replace(gold, event_relations=()))
    after = dateline.score(five_predicted, five).signature
    assert [d.partition(":")[0] for d in before.differences(after)] == ["gold"]
    shown = [name for name in before.__struct_fields__ if name not in ("threshold", "contrasts")]
    assert str(before).count("|") == len(shown) - 1


def test_a_split_is_scored_alone(five, five_predicted):
    one = [p for p in five_predicted if five.read_document(p["document"]).split == "test"]
    report = dateline.score(one, five, split="test")
    assert report.signature.split == "test"
    assert report.signature.documents == 1
    assert report.score("entities", "strict").interval is None
    assert any("one document" in note for note in report.notes)
    of_all = dateline.score(five_predicted, five, split="test")
    assert of_all.scores == report.scores
    assert any("4 predictions for documents without gold here were left" in n for n in of_all.notes)
    with pytest.raises(DatelineError, match="is not a document here"):
        dateline.score([one[0] | {"document": "nowhere"}], five, split="test")


def test_intervals_hold_the_score_and_do_not_change(five, five_predicted):
    five_predicted[0]["mentions"] = five_predicted[0]["mentions"][:2]
    report = dateline.score(five_predicted, five)
    score = report.score("entities", "strict")
    assert 0 < score.interval[0] < score.value < score.interval[1] < 1
    assert score.macro_f1_interval is not None
    assert dateline.score(five_predicted, five).scores == report.scores


def test_predictions_on_another_text_or_twice_are_refused(five, five_predicted):
    first, second = five_predicted[:2]
    with pytest.raises(DatelineError, match="another text"):
        dateline.score([first | {"text_sha256": "0" * 64}], five)
    with pytest.raises(DatelineError, match="is already predicted"):
        dateline.score([first, first], five)
    with pytest.raises(DatelineError, match=r"predictions\[0\] /mentions: Expected"):
        dateline.score([second | {"mentions": 3}], five)


def test_duplicate_gold_is_refused(five, five_predicted):
    name = five.document_ids()[0]
    gold = five.read_annotation("gold", name)
    twice = (*gold.mentions, msgspec.structs.replace(gold.mentions[0], id="m99"))
    five.write_annotation(msgspec.structs.replace(gold, mentions=twice))
    with pytest.raises(DatelineError, match='is a duplicate of "m1"'):
        dateline.score(five_predicted, five)


def test_another_ontology_with_no_label_of_ours(empty_corpus):
    write_ontology(empty_corpus, ONTOLOGY)
    document, annotation = annotated_reaction(empty_corpus)
    empty_corpus.write_document(document)
    empty_corpus.write_annotation(annotation)
    report = dateline.score([predicted(annotation)], empty_corpus)
    assert {score.value for score in report.scores} <= {1.0, None}
    assert list(report.score("triggers", "TC").labels) == ["OXIDATION"]
    assert value(report, "claims", "strength, matched only") == 1
    assert report.signature.corpus == "empty"


def test_a_folder_without_gold_is_explained(empty_corpus, tmp_path):
    with pytest.raises(DatelineError, match=r"no gold in .*adjudicate.*dateline accept"):
        read_gold(empty_corpus.root)
    with pytest.raises(DatelineError, match="neither a corpus nor a built dataset"):
        read_gold(tmp_path)


def test_places_are_numbered_without_gaps(five, five_predicted):
    # Arrays are as long as the numbers are high, so gaps would make them as long as all texts.
    inputs = ScoringInput(read_gold(five.root), as_predictions(five_predicted, five.ontology))
    places = inputs.place_ids
    columns = (*places.of_gold.values(), *places.of_predicted.values(), places.gold_cues)
    assert set(np.concatenate(columns)) == set(range(places.end))


def test_a_dataset_is_scored_without_libraries_that_are_slow_to_import(five, five_predicted, run):
    result = run(five, "build")
    assert result.exit_code == 0, result.output
    path = write_lines(five.root / "p.jsonl", *five_predicted)
    code = (
        "import dateline, sys; report = dateline.score(*sys.argv[1:]); "
        "assert report.score('entities', 'strict').interval; print(*sys.modules)"
    )
    command = [sys.executable, "-c", code, str(path), str(five.root / "dist")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    packages = {name.partition(".")[0] for name in done.stdout.split()}
    assert not packages & {"datasets", "pandas", "scipy"}
