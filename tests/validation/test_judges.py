"""Whether a file is valid is judged by two validators and by the data model: all must agree."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from dateline.corpus.store import canonical_json
from dateline.files.reading import MalformedError, converted, decode_json
from dateline.model import Annotation, Document
from dateline.predictions.prediction import Prediction
from dateline.release.manifest import Manifest
from dateline.validation.schema import EXPLAINED, SchemaValidator
from tests.corpora import NEWS, TEXT, make_document
from tests.small_corpus import annotation

SCHEMAS = NEWS.schemas
VALIDATORS = {name: SchemaValidator(SCHEMAS, name) for name in SCHEMAS}

NASTY = {
    "trailing line break": lambda v: f"{v}\n", "trailing carriage return": lambda v: f"{v}\r",
    "trailing separator": lambda v: f"{v}\u2028", "leading line break": lambda v: f"\n{v}",
    "NUL": lambda v: f"{v}\0", "lone surrogate": lambda v: f"{v}\ud800", "NFD": lambda v: f"{v}e\u0301",
    "other digits": lambda v: "٢٠٢٤-١١-٠٣", "full width": lambda v: "ａｂｃ", "blank": lambda v: " ",
    "empty": lambda v: "", "long": lambda v: "a" * 100_000, "bidi": lambda v: f"\u202e{v}",
    "null": lambda v: None, "true": lambda v: True, "false": lambda v: False, "zero": lambda v: 0,
    "one": lambda v: 1, "1.0": lambda v: 1.0, "-0.0": lambda v: -0.0, "half": lambda v: 0.5,
    "negative": lambda v: -1, "1e15": lambda v: 1e15, "1e308": lambda v: 1e308, "2**53+1": lambda v: 2**53 + 1,
    "2**63-1": lambda v: 2**63 - 1, "2**63": lambda v: 2**63, "10**30": lambda v: 10**30,
    "number as text": lambda v: "1", "array": lambda v: [v], "object": lambda v: {"a": v},
}  # fmt: skip

INSTANCES: dict[str, tuple[Any, Any]] = {
    "document": (json.loads(canonical_json(make_document("a", TEXT, "train"))), Document),
    "annotation": (annotation("0" * 64), Annotation),
    "release": (SCHEMAS["release"]["examples"][0], Manifest),
    "prediction": (SCHEMAS["prediction"]["examples"][0], Prediction),
}


def filled() -> None:
    """Give the instances a value in every field."""
    document, _ = INSTANCES["document"]
    document["sentences"], document["tokens"] = document["sentences"][:1], document["tokens"][:1]
    document |= {"language": "en", "title": "A title"}
    document["source"] = {
        "publisher": "A",
        "url": "https://example.org/a",
        "published": "2024-02-29",
    }
    document["seed"]["dropped"] = [{"start": 0, "end": 1, "reason": "boilerplate"}]
    gold, _ = INSTANCES["annotation"]
    for name, value in gold.items():
        if isinstance(value, list) and name not in ("layers", "retired"):
            gold[name] = value[:1]
    gold["events"][0]["cluster"] = "k1"
    gold["entities"][0]["links"] = [{"kb": "wikidata", "date": "2024-02-29", "id": "Q1"}]
    gold["provenance"] |= {
        "tool": "t", "created": "2024-02-29T12:00:00Z", "updated": "2024-02-29T12:00:00Z", "note": "n",
        "label_studio": {"project": 1, "task": 2, "annotation": 3},
        "origin": {"started_from": "x", "confirmed": ["m1"], "changed": [], "drawn": [], "removed": []},
    }  # fmt: skip


filled()


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if not isinstance(value, dict | list):
        yield path
        return
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(item, (*path, key))


def shape(path: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple("*" if isinstance(step, int) else step for step in path)


FIELDS = [
    (name, path)
    for name, (instance, _) in INSTANCES.items()
    for path in {shape(path): path for path in leaves(instance)}.values()
]


@pytest.mark.parametrize(
    ("name", "path"), FIELDS, ids=["/".join(map(str, (n, *p))) for n, p in FIELDS]
)
def test_all_judges_of_a_field_agree(name: str, path: tuple[Any, ...]):
    original, kind = INSTANCES[name]
    validator = VALIDATORS[name]
    assert validator.is_valid(original)
    for what, nasty in NASTY.items():
        instance = copy.deepcopy(original)
        *steps, last = path
        parent = instance
        for step in steps:
            parent = parent[step]
        parent[last] = nasty(parent[last])
        try:
            instance = decode_json(json.dumps(instance).encode())
        except MalformedError:
            assert what in ("lone surrogate", "2**63", "10**30")
            continue
        valid = validator.is_valid(instance)
        assert validator.reference.is_valid(instance) == valid, what
        assert bool(list(validator.findings(instance))) != valid, what
        if valid:
            try:
                assert converted(instance, kind), what
            except MalformedError:
                assert what == "1e308"  # an integer to JSON Schema, and too large for anything


def test_many_errors_are_explained_up_to_a_number():
    validator = SchemaValidator(SCHEMAS, "annotation")
    gold = annotation("0" * 64)
    gold["mentions"] = [*gold["mentions"], *([gold["mentions"][0] | {"type": "NO"}] * 5000)]
    found = list(validator.findings(gold))
    assert len(found) == EXPLAINED + 1
    assert found[0].pointer == "/mentions/7/type"
    assert "5,000 items have errors" in found[-1].message


def test_errors_among_many_valid_items_keep_their_places():
    gold = annotation("0" * 64)
    good, bad = gold["mentions"][0], gold["mentions"][0] | {"entity": "two words"}
    gold["mentions"] = [*[good] * 500, bad, *[good] * 500, bad]
    gold["retired"] = ["m1", "m2", "m1"]
    found = list(SchemaValidator(SCHEMAS, "annotation").findings(gold))
    places = ["/mentions/500/entity", "/mentions/1001/entity", "/retired"]
    assert [finding.pointer for finding in found] == places
    assert found[0].subject == good["id"]
