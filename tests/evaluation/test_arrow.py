"""Scores from columns are the scores from rows, however the datasets were cut and mixed."""

from __future__ import annotations

import random

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value

import dateline
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.evaluation.arrow_scoring import score_mentions, score_triggers
from dateline.ontology.labels import Ontology

MODES = ("strict", "exact", "partial", "type")


def mentions(generator: random.Random, labels: tuple[str, ...], most: int) -> list[dict]:
    found = []
    for _ in range(generator.randint(0, most)):
        size = generator.choice((1, 1, 1, 2))
        cuts = sorted(generator.sample(range(30), 2 * size))
        spans = [{"start": s, "end": e} for s, e in zip(cuts[::2], cuts[1::2], strict=True)]
        found.append({"type": generator.choice(labels), "spans": spans})
    return found


def dataset(rows: list[list[dict]], feature: ClassLabel | Value) -> Dataset:
    span = {"start": Value("int32"), "end": Value("int32")}
    features = Features({"mentions": List({"type": feature, "spans": List(span)})})
    return Dataset.from_dict({"mentions": rows}, features=features)


def keys(rows: list[list[dict]]) -> set[tuple]:
    return {
        (number, m["type"], tuple((s["start"], s["end"]) for s in m["spans"]))
        for number, row in enumerate(rows)
        for m in row
    }


@pytest.mark.parametrize("kind", ["strings", "class numbers"])
@pytest.mark.parametrize("seed", range(20))
def test_strict_scores_are_those_of_sets(news: Corpus, kind: str, seed: int):
    generator = random.Random(seed)
    labels = news.ontology.layers["entities"].label_names
    gold = [mentions(generator, labels[:3], 6) for _ in range(8)]
    predicted = [
        [m for m in row if generator.random() < 0.7] + mentions(generator, labels[:3], 3)
        for row in gold
    ]
    feature = Value("string") if kind == "strings" else ClassLabel(names=[*labels[::-1], "OTHER"])
    found = score_mentions(dataset(gold, feature), dataset(predicted, feature), news.ontology)
    gold_keys, predicted_keys = keys(gold), keys(predicted)
    strict = found["strict"]
    assert (strict.matched_gold, strict.gold, strict.predicted) == (
        len(gold_keys & predicted_keys), len(gold_keys), len(predicted_keys)
    )  # fmt: skip


def test_all_modes_are_those_of_scoring_rows(five: Corpus, five_predicted, run):
    assert run(five, "build").exit_code == 0
    gold = dateline.load(split="train", path=five.root / "dist")
    for prediction in five_predicted:
        del prediction["mentions"][::3]
        for mention in prediction["mentions"][::2]:
            mention["type"] = "MADE_UP"
    by_id = {p["document"]: p for p in five_predicted}
    rows = [
        [{"type": m["type"], "spans": m["spans"]} for m in by_id[i]["mentions"]] for i in gold["id"]
    ]
    predicted = dataset(rows, Value("string"))
    wanted = dateline.score(
        [by_id[i] for i in gold["id"]], gold, layers=["entities"], ontology=five.ontology
    )
    found = score_mentions(gold, predicted, five.ontology)
    for mode in MODES:
        assert found[mode] == wanted.score("entities", mode).total


def test_trigger_scores_are_those_of_scoring_rows(five: Corpus, five_predicted, run):
    assert run(five, "build").exit_code == 0
    gold = dateline.load(split="train", path=five.root / "dist")
    chosen = [p for p in five_predicted if p["document"] in gold["id"]]
    rows = []
    for name in gold["id"]:
        (prediction,) = (p for p in chosen if p["document"] == name)
        del prediction["events"][::3]
        prediction["events"][0]["type"] = "MADE_UP"
        rows.append([{"type": e["type"], "trigger": e["trigger"]} for e in prediction["events"]])
    span = {"start": Value("int32"), "end": Value("int32"), "text": Value("string")}
    features = Features({"events": List({"type": Value("string"), "trigger": List(span)})})
    found = score_triggers(gold, Dataset.from_dict({"events": rows}, features), five.ontology)
    wanted = dateline.score(chosen, gold, layers=["events"], ontology=five.ontology)
    for name in ("TI", "TC"):
        assert found[name] == wanted.score("triggers", name).total
        assert found[name].matched_gold > 0


def test_slices_and_selections_are_seen(news: Corpus):
    generator = random.Random(5)
    labels = news.ontology.layers["entities"].label_names
    rows = [mentions(generator, labels, 5) for _ in range(30)]
    gold = dataset(rows, Value("string"))
    for taken in (range(10, 20), [7, 3, 3, 29], range(0)):
        found = score_mentions(
            gold.select(taken),
            dataset([rows[i] for i in taken], Value("string")),
            news.ontology,
        )
        wanted = sum(len({str(m) for m in rows[i]}) for i in taken)
        assert found["strict"].matched_gold == found["strict"].predicted == wanted


@pytest.mark.parametrize(
    ("gold", "predicted", "column", "message"),
    [
        ([[]], [[], []], "mentions", "1 rows and the predictions 2"),
        ([[]], [[]], "spans", "no column 'spans'"),
        ([[{"type": "MADE_UP", "spans": []}]], [[]], "mentions", "(unknown)"),
        ([[{"type": None, "spans": []}]], [[]], "mentions", "(none)"),
    ],
)
def test_datasets_that_do_not_fit_are_refused(news: Corpus, gold, predicted, column, message):
    with pytest.raises(DatelineError) as raised:
        score_mentions(
            dataset(gold, Value("string")),
            dataset(predicted, Value("string")),
            news.ontology,
            column,
        )
    assert message in str(raised.value)


def test_a_missing_class_is_counted_and_wrong(news: Corpus):
    ontology: Ontology = news.ontology
    label = ontology.layers["entities"].label_names[0]
    place = {"spans": [{"start": 0, "end": 4}]}
    classes = ClassLabel(names=[label])
    gold = dataset([[{"type": label, **place}]], classes)
    predicted = dataset([[{"type": -1, **place}]], classes)
    found = score_mentions(gold, predicted, ontology)
    assert (found["strict"].matched_gold, found["strict"].predicted) == (0, 1)
    assert found["exact"].f1 == 1
