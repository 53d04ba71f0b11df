"""Ontologies that declare all layers, or only some."""

from __future__ import annotations

from typing import Any

import pytest

from dateline.ontology.reading import read_ontology, read_ontology_file

from ..conftest import REPOSITORY
from ..corpora import NEWS
from ..layered import ENTITIES_ONLY, ONTOLOGY, limited_attributes, names_and_defaults


def only(*names: str) -> dict[str, Any]:
    """The ontology of every layer, with these definitions only."""
    return {**ONTOLOGY, "$defs": {name: ONTOLOGY["$defs"][name] for name in names}}


def _events_of_events() -> dict[str, Any]:
    """Events whose only arguments are events, and whose only source is the author."""
    names = ("event", "argument", "eventRelation", "eventCluster", "claimer", "factuality")
    definitions = only(*names)["$defs"]
    role = {"const": "of", "description": "What it is about.", "x-fillers": ["event"]}
    arguments = {"items": {"properties": {"role": {"oneOf": [role]}}}}
    kind = {
        "description": "Stops.",
        "properties": {"type": {"const": "STOP"}, "arguments": arguments},
    }
    return {
        **ONTOLOGY,
        "$defs": {**definitions, "event": {**definitions["event"], "oneOf": [kind]}},
    }


ONTOLOGIES = {
    "news": NEWS.ontology,
    "this": read_ontology_file(REPOSITORY / "schema" / "ontology.schema.json"),
    **{
        name: read_ontology({"ontology": schema})
        for name, schema in {
            "every layer": ONTOLOGY,
            "names": ENTITIES_ONLY,
            "limited": limited_attributes(),
            "defaults": names_and_defaults(),
            "document": only("document"),
            "relations": only("mention", "relation"),
            "coreference": only("mention", "entity"),
            "events": _events_of_events(),
            "claims": only("claim", "claimer"),
        }.items()
    },
}

every_ontology = pytest.mark.parametrize("ontology", ONTOLOGIES.values(), ids=ONTOLOGIES)
