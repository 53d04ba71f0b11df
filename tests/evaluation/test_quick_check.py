"""Predictions that are found to have no problems quickly have none when they are checked one by one.

Scoring checks many predictions at once, and explains the problems of those that may have some. That
must leave no problem out, of items of every layer.
"""

from __future__ import annotations

import copy
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.gold import Gold
from dateline.evaluation.gold_documents import GoldDocument
from dateline.model import LAYERS
from dateline.ontology.labels import Ontology
from dateline.ontology.reading import read_ontology
from dateline.predictions.item_checks import check_items
from dateline.predictions.label_index import OntologyIndex
from dateline.predictions.prediction import Prediction
from dateline.text import sha256_of_text
from tests.layered import ENTITIES_ONLY, TEXT, items_of
from tests.layered import ONTOLOGY as LAYERED

from .test_invariance import ONTOLOGY, predictions
from .test_invariance import TEXT as SHORT_TEXT

OTHERS = [None, True, 0, -1, 1.5, 2**70, 10**6, "", "x", "x y", "AUTHOR", [], {}]
"""What a value of a prediction is replaced by."""


@given(st.lists(predictions(), min_size=1, max_size=3), st.data())
def test_no_problem_of_random_items_is_left_out(found: list[Prediction], data: st.DataObject):
    texts = {f"d{number}": SHORT_TEXT for number in range(len(found))}
    values = [
        {**msgspec.to_builtins(prediction), "document": name}
        for name, prediction in zip(texts, found, strict=True)
    ]
    gold = Prediction(document="d0")
    assert_same_problems(texts, values, ONTOLOGY, gold, data)


@given(st.data())
def test_no_problem_of_any_layer_is_left_out(data: st.DataObject):
    ontology = read_ontology({"ontology": data.draw(st.sampled_from([LAYERED, ENTITIES_ONLY]))})
    items = items_of(TEXT)
    texts = dict.fromkeys(("d0", "d1"), TEXT)
    values: list[dict[str, Any]] = [{**items, "document": name} for name in texts]
    declared = {name: found for name, found in items.items() if name in ontology.fields}
    gold = msgspec.convert(
        {"document": "d0", **(declared if ontology.has_coreference else {})}, Prediction
    )
    assert_same_problems(texts, values, ontology, gold, data)


def assert_same_problems(
    texts: dict[str, str],
    values: list[dict[str, Any]],
    ontology: Ontology,
    items: Prediction,
    data: st.DataObject,
) -> None:
    """Change a prediction at random, and check all of them in both ways."""
    changed = [changed_somewhere(values[0], data), *values[1:]]
    try:
        found = msgspec.convert(changed, list[Prediction])
    except msgspec.ValidationError:
        return
    gold = Gold(
        name="random", version=None, split=None, ontology=ontology,
        documents=tuple(
            GoldDocument(
                id=name, text=text, text_sha256=sha256_of_text(text), split="test", layers=LAYERS,
                items=msgspec.structs.replace(items, document=name),
            )
            for name, text in texts.items()
        ),
    )  # fmt: skip
    inputs = ScoringInput(gold, found)
    expected = []
    for prediction in found:
        text = gold.columns.texts[prediction.document]
        index = OntologyIndex(ontology)
        expected += check_items(prediction, text, index, gold.columns.knowledge_bases)[1]
    assert inputs.problems == expected


def changed_somewhere(value: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """The value with a part replaced, repeated or removed."""
    changed = copy.deepcopy(value)
    node: Any = changed
    while True:
        keys = sorted(set(node) - {"document"}) if isinstance(node, dict) else [*range(len(node))]
        if not keys:
            return changed
        key = data.draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and data.draw(st.booleans()):
            node = node[key]
            continue
        action = data.draw(st.sampled_from(["replace", "repeat", "remove", "add"]))
        if action == "replace":
            node[key] = data.draw(st.sampled_from(OTHERS))
        elif action == "repeat" and isinstance(node, list):
            node.append(node[key])
        elif action == "add" and isinstance(node[key], int | float):
            node[key] += 1
        elif action == "remove":
            del node[key]
        return changed
