"""An ontology of chemical reactions, with label names that YAML or label parsers may misread."""

from __future__ import annotations

from typing import Any

from dateline.corpus.splits import assign_split
from dateline.corpus.store import Corpus
from dateline.model import Annotation, Document
from dateline.ontology.schemas import split_shares

from .corpora import make_annotation, make_document, quote


def _labels(*names: str) -> list[dict[str, Any]]:
    return [{"const": name, "description": f"Means {name}."} for name in names]


def _attributes(**names: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"oneOf": _labels(*values)} for name, values in names.items()},
        "required": list(names),
        "additionalProperties": False,
    }


ONTOLOGY = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:dateline:ontology",
    "title": "Reactions: a | b",
    "description": "Compounds and what becomes of them.",
    "x-version": "0.1.0",
    "$defs": {
        "mention": {
            "title": "Compound",
            "properties": {
                "type": {"$ref": "#/$defs/entityType"},
                "attributes": {"type": "object", "additionalProperties": False},
            },
        },
        "entity": {"properties": {"links": {}}},
        "eventCluster": {},
        "entityType": {"oneOf": _labels("NO", "null", "1", "SALT")},
        "event": {
            "title": "Reaction",
            "properties": {"attributes": _attributes(speed=["fast", "slow"])},
            "oneOf": [
                {
                    "description": "Something loses electrons.",
                    "properties": {
                        "type": {"const": "OXIDATION"},
                        "arguments": {
                            "items": {
                                "properties": {
                                    "role": {
                                        "oneOf": [
                                            {
                                                "const": "reagent",
                                                "description": "What reacts.",
                                                "x-fillers": ["NO", "null", "1", "SALT"],
                                            }
                                        ]
                                    }
                                }
                            }
                        },
                    },
                }
            ],
        },
        "claim": {
            "title": "Finding",
            "properties": {
                "act": {"$ref": "#/$defs/act"},
                "attributes": _attributes(strength=["yes", "no", "~"]),
            },
        },
        "act": {"oneOf": _labels("MEASURES", "SUPPOSES")},
        "claimer": {"oneOf": _labels("AUTHOR")},
        "eventRelation": {"oneOf": _labels("THEN")},
        "claimRelation": {"oneOf": _labels("BECAUSE")},
    },
}


def annotated_reaction(corpus: Corpus) -> tuple[Document, Annotation]:
    """A document of one sentence with an annotation of every layer."""
    text = "We saw common salt react fast."
    (corpus.seeds / "lab1.txt").write_text(text, encoding="utf-8")
    document = make_document(
        "lab1", text, assign_split("lab1", split_shares(corpus.schemas)), language=None
    )
    items = {
        "mentions": [
            {
                "id": "m1",
                "spans": quote(text, "common salt"),
                "type": "null",
                "attributes": {},
                "entity": "e1",
            }
        ],
        "entities": [{"id": "e1", "type": "null", "name": "salt"}],
        "events": [
            {
                "id": "v1",
                "trigger": quote(text, "react"),
                "type": "OXIDATION",
                "arguments": [{"role": "reagent", "mention": "m1"}],
                "attributes": {"speed": "fast"},
                "cluster": None,
            }
        ],
        "claims": [
            {
                "id": "c1",
                "spans": quote(text, "common salt react fast"),
                "act": "MEASURES",
                "claimer": "AUTHOR",
                "cue": None,
                "events": ["v1"],
                "attributes": {"strength": "~"},
            }
        ],
    }
    return document, make_annotation(document, items)
