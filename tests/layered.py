"""Ontologies that declare every layer and kind of attribute, and only flat entities.

Each comes with an annotated document, and corpora of several documents are made from it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from dateline.corpus.splits import assign_split
from dateline.corpus.store import Corpus
from dateline.model import LAYERS, Annotation, Document
from dateline.ontology.schemas import split_shares

from .corpora import make_annotation, make_document, quote

TEXT = (
    "Dr. Okafor of the Lagos Clinic gave aspirin, 81 mg a day, to 12 adults.\n"
    "The drug 💊 caused bleeding and nausea, she said. The bleeding stopped, so patients should "
    "not worry."
)


def _labels(*names: str) -> dict[str, Any]:
    return {"oneOf": [{"const": name, "description": f"Means {name}."} for name in names]}


def _several_labels(*names: str) -> dict[str, Any]:
    return {"type": "array", "items": _labels(*names), "uniqueItems": True}


def _attributes(*required: str, **attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": attributes,
        "required": list(required),
        "additionalProperties": False,
    }


def _relation_type(name: str, source: list[str], target: list[str]) -> dict[str, Any]:
    return {
        "const": name,
        "description": f"Means {name}.",
        "x-source": source,
        "x-target": target,
    }


def _event_type(name: str, **roles: list[str]) -> dict[str, Any]:
    entries = [
        {"const": role, "description": f"Means {role}.", "x-fillers": fillers}
        for role, fillers in roles.items()
    ]
    role = {"oneOf": entries}
    return {
        "description": f"Means {name}.",
        "properties": {
            "type": {"const": name},
            "arguments": {"items": {"properties": {"role": role}}},
        },
    }


ONTOLOGY: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:dateline:ontology",
    "title": "Reports of drug effects",
    "x-version": "0.1.0",
    "$defs": {
        "document": {
            "title": "Report",
            "properties": {
                "attributes": _attributes(
                    "genre",
                    genre=_labels("case_report", "news", "trial"),
                    topics=_several_labels("safety", "efficacy", "price"),
                    reviewed={"type": "boolean"},
                    patients={"type": "integer", "minimum": 0, "x-unit": "persons"},
                    registry={"type": "string", "pattern": "^NCT[0-9]{4}$"},
                )
            },
        },
        "mention": {
            "title": "Mention",
            "properties": {
                "type": _labels("CHEMICAL", "DISEASE", "PERSON", "ORGANIZATION", "DOSE"),
                "attributes": _attributes(
                    "level",
                    level=_labels("name", "nominal", "pronoun"),
                    forms=_several_labels("abbreviation", "plural", "generic"),
                    negated={"type": "boolean"},
                    amount={"type": "number", "x-unit": "mg"},
                    day={"type": "string", "pattern": "^P[0-9]+D$"},
                ),
            },
        },
        "entity": {
            "title": "Entity",
            "properties": {
                "links": {"description": "Entries in knowledge bases."},
                "attributes": _attributes(
                    approved={"type": "boolean"},
                    uses=_several_labels("pain", "fever", "prevention"),
                ),
            },
        },
        "relation": {
            "title": "Relation",
            "properties": {
                "type": {
                    "oneOf": [
                        _relation_type("CAUSES", ["CHEMICAL"], ["DISEASE"]),
                        _relation_type("WORKS_FOR", ["PERSON"], ["ORGANIZATION"]),
                        _relation_type("DOSE_OF", ["DOSE"], ["CHEMICAL"]),
                    ]
                },
                "attributes": _attributes(
                    certainty=_labels("certain", "possible"),
                    cases={"type": "integer", "x-unit": "persons"},
                ),
            },
        },
        "event": {
            "title": "Event",
            "properties": {
                "attributes": _attributes(
                    "polarity",
                    polarity=_labels("positive", "negative"),
                    grade={"type": "number"},
                    serious={"type": "boolean"},
                )
            },
            "oneOf": [
                _event_type("GIVE", giver=["PERSON"], drug=["CHEMICAL"], dose=["DOSE"]),
                _event_type("HARM", cause=["CHEMICAL", "event"], harm=["DISEASE"]),
                _event_type("STOP", what=["DISEASE", "event"]),
            ],
        },
        "argument": {
            "title": "Argument",
            "properties": {
                "attributes": _attributes(
                    scope=_labels("clause", "document"),
                    readings=_several_labels("literal", "metonymic"),
                    implicit={"type": "boolean"},
                    share={"type": "number", "x-unit": "percent"},
                ),
            },
        },
        "factuality": {
            **_labels("certain", "possible", "denied"),
            "x-required": ["AUTHOR"],
        },
        "eventCluster": {
            "title": "Event instance",
            "properties": {"links": {"description": "Entries in knowledge bases."}},
        },
        "eventRelation": _labels("BEFORE", "CAUSES_EVENT"),
        "claim": {
            "title": "Claim",
            "properties": {
                "act": _labels("ASSERT", "ADVISE"),
                "attributes": _attributes(
                    "certainty",
                    certainty=_labels("certain", "doubtful"),
                    topics=_several_labels("safety", "efficacy", "price"),
                    check_worthy={"type": "boolean"},
                ),
            },
        },
        "claimer": _labels("AUTHOR"),
        "claimRelation": _labels("SUPPORTS", "CONTRADICTS"),
    },
}
"""Every layer, every kind of attribute, factuality, coreference and links of both kinds."""


def limited_attributes() -> dict[str, Any]:
    """`ONTOLOGY` with an attribute of every kind of item that only some labels have.

    They are called ``only``, and are required of mentions and claims.
    """
    ontology = copy.deepcopy(ONTOLOGY)
    for item, labels, required in (
        ("mention", ["ORGANIZATION", "PERSON"], True),
        ("entity", ["CHEMICAL"], False),
        ("relation", ["DOSE_OF", "CAUSES"], False),
        ("event", ["GIVE"], False),
        ("claim", ["ADVISE"], True),
    ):
        attributes = ontology["$defs"][item]["properties"]["attributes"]
        limits = {"x-labels": labels, **({"x-required": True} if required else {})}
        attributes["properties"]["only"] = {**_labels("one", "other"), **limits}
    return ontology


def names_and_defaults() -> dict[str, Any]:
    """`ONTOLOGY`, which says what mentions are names, with a default for each kind of item."""
    ontology = copy.deepcopy(ONTOLOGY)
    attributes = {
        item: ontology["$defs"][item]["properties"]["attributes"]
        for item in ("document", "mention", "entity", "event", "claim")
    }
    attributes["mention"]["properties"]["level"]["oneOf"][0]["x-names"] = True
    for item, name, default in (
        ("document", "genre", "news"),
        ("mention", "level", "name"),
        ("entity", "approved", True),
        ("event", "polarity", "positive"),
        ("claim", "certainty", "certain"),
    ):
        attributes[item]["required"] = [name]
        attributes[item]["properties"][name]["default"] = default
    return ontology


def roles_without_labels() -> dict[str, Any]:
    """`names_and_defaults`, in which the direction of a relation may say whether a person gives."""
    ontology = names_and_defaults()
    give = ontology["$defs"]["event"]["oneOf"][0]["properties"]["arguments"]["items"]
    giver, drug, _ = give["properties"]["role"]["oneOf"]
    giver |= {"x-fillers": ["PERSON", "CHEMICAL"], "x-unlabelled-from": ["PERSON"]}
    drug |= {"x-fillers": ["PERSON", "CHEMICAL"], "x-unlabelled-to": ["PERSON", "CHEMICAL"]}
    return ontology


def related_events() -> dict[str, Any]:
    """`ONTOLOGY` with relations of events that must fit together, and with derived ones."""
    ontology = copy.deepcopy(ONTOLOGY)
    logic: dict[str, dict[str, Any]] = {
        "BEFORE": {
            "x-transitive": True,
            "x-excludes": ["INCLUDES", "OVERLAP"],
            "x-then": {"INCLUDES": "BEFORE"},
        },
        "INCLUDES": {"x-transitive": True},
        "OVERLAP": {"x-symmetric": True, "x-excludes": ["INCLUDES"]},
        "CAUSES_EVENT": {"x-from-roles": {"cause": "filler", "what": "event"}},
    }
    ontology["$defs"]["eventRelation"] = {
        "oneOf": [
            {"const": name, "description": f"Means {name}.", **keys} for name, keys in logic.items()
        ]
    }
    return ontology


def limited_items(text: str) -> dict[str, Any]:
    """`items_of`, with the attribute of some labels wherever it is allowed."""
    items = items_of(text)
    for field, labels in (
        ("mentions", ("ORGANIZATION", "PERSON")),
        ("entities", ("CHEMICAL",)),
        ("relations", ("DOSE_OF",)),
        ("events", ("GIVE",)),
        ("claims", ("ADVISE",)),
    ):
        for item in items[field]:
            if item.get("type", item.get("act")) in labels:
                item["attributes"] = {**item.get("attributes", {}), "only": "one"}
    return items


ENTITIES_ONLY: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:dateline:ontology",
    "title": "Names",
    "x-version": "0.1.0",
    "$defs": {
        "mention": {
            "title": "Name",
            "properties": {"type": _labels("PERSON", "ORGANIZATION", "DRUG")},
        }
    },
}
"""Flat named entities: no coreference, no attributes, no other layer."""


def items_of(text: str) -> dict[str, Any]:
    """Items of every layer for `TEXT`, for the ontology `ONTOLOGY`."""

    def mention(id_: str, type_: str, entity: str, quoted: str, **attributes: Any):
        return {
            "id": id_,
            "spans": quote(text, quoted),
            "type": type_,
            "attributes": {"level": "name", **attributes},
            "entity": entity,
        }

    def event(id_: str, trigger: str, type_: str, cluster: str | None, /, **fields: Any):
        attributes = {"polarity": "positive", **fields.pop("attributes", {})}
        return {
            "id": id_,
            "trigger": quote(text, trigger),
            "type": type_,
            "cluster": cluster,
            "attributes": attributes,
            "factuality": [{"source": "AUTHOR", "value": "certain"}],
            **fields,
        }

    second_bleeding = quote(text, "bleeding", "bleeding")[1:]
    return {
        "attributes": {
            "genre": "case_report",
            "topics": ["efficacy", "safety"],
            "reviewed": True,
            "patients": 12,
            "registry": "NCT0042",
        },
        "mentions": [
            mention("m1", "PERSON", "e1", "Dr. Okafor"),
            mention("m2", "ORGANIZATION", "e2", "Lagos Clinic"),
            mention("m3", "CHEMICAL", "e3", "aspirin", forms=["generic"]),
            mention("m4", "DOSE", "e4", "81 mg a day", level="nominal", amount=81, day="P1D"),
            mention("m5", "CHEMICAL", "e3", "drug", level="nominal", forms=["generic", "plural"]),
            mention("m6", "DISEASE", "e5", "bleeding", level="nominal", negated=False),
            mention("m7", "DISEASE", "e6", "nausea", level="nominal", negated=False),
            mention("m8", "PERSON", "e1", "she", level="pronoun"),
            {
                "id": "m9",
                "spans": second_bleeding,
                "type": "DISEASE",
                "attributes": {"level": "nominal", "negated": True},
                "entity": "e5",
            },
        ],
        "entities": [
            {"id": "e1", "type": "PERSON", "name": "Dr. Okafor"},
            {
                "id": "e2",
                "type": "ORGANIZATION",
                "name": "Lagos Clinic",
                "links": [{"kb": "registry", "id": None}],
            },
            {
                "id": "e3",
                "type": "CHEMICAL",
                "name": "aspirin",
                "attributes": {"approved": True, "uses": ["fever", "pain"]},
                "links": [
                    {"kb": "mesh", "id": "D001241"},
                    {"kb": "wikidata", "id": "Q18216"},
                ],
            },
            {"id": "e4", "type": "DOSE", "name": "81 mg a day"},
            {
                "id": "e5",
                "type": "DISEASE",
                "name": "bleeding",
                "links": [{"kb": "mesh", "id": "D006470"}],
            },
            {"id": "e6", "type": "DISEASE", "name": "nausea"},
        ],
        "relations": [
            {"type": "WORKS_FOR", "source": "m1", "target": "m2"},
            {"type": "DOSE_OF", "source": "m4", "target": "m3"},
            {
                "type": "CAUSES",
                "source": "m5",
                "target": "m6",
                "attributes": {"certainty": "certain", "cases": 3},
            },
            {
                "type": "CAUSES",
                "source": "m5",
                "target": "m7",
                "attributes": {"certainty": "possible"},
            },
        ],
        "events": [
            event(
                "v1",
                "gave",
                "GIVE",
                "k1",
                arguments=[
                    {"role": "giver", "mention": "m1", "attributes": {"scope": "clause"}},
                    {"role": "drug", "mention": "m3"},
                    {
                        "role": "dose",
                        "mention": "m4",
                        "attributes": {"implicit": False, "readings": ["literal"], "share": 100},
                    },
                ],
            ),
            event(
                "v2",
                "caused",
                "HARM",
                "k2",
                arguments=[
                    {"role": "cause", "mention": "m5"},
                    {"role": "harm", "mention": "m6"},
                ],
                attributes={"grade": 2.5, "serious": True},
                factuality=[
                    {"source": "AUTHOR", "value": "possible"},
                    {"source": "c1", "value": "certain"},
                ],
            ),
            event(
                "v3",
                "caused",
                "HARM",
                None,
                arguments=[
                    {"role": "cause", "event": "v1"},
                    {"role": "harm", "mention": "m7"},
                ],
                attributes={"grade": 1, "serious": False},
                factuality=[
                    {"source": "AUTHOR", "value": "denied"},
                    {"source": "c1", "value": "certain"},
                ],
            ),
            event("v4", "stopped", "STOP", None, arguments=[{"role": "what", "event": "v2"}]),
        ],
        "event_clusters": [
            {"id": "k1", "links": [{"kb": "trials", "id": "T7"}]},
            {"id": "k2", "links": [{"kb": "trials", "id": "T8"}, {"kb": "sheet", "id": "S1"}]},
        ],
        "event_relations": [
            {"type": "BEFORE", "source": "v1", "target": "v4"},
            {"type": "CAUSES_EVENT", "source": "v1", "target": "v2"},
        ],
        "claims": [
            {
                "id": "c1",
                "spans": quote(text, "The drug 💊 caused bleeding and nausea"),
                "act": "ASSERT",
                "claimer": "m8",
                "cue": quote(text, "said"),
                "events": ["v2", "v3"],
                "attributes": {
                    "certainty": "certain",
                    "topics": ["safety"],
                    "check_worthy": True,
                },
            },
            {
                "id": "c2",
                "spans": quote(text, "patients should not worry"),
                "act": "ADVISE",
                "claimer": "AUTHOR",
                "attributes": {"certainty": "doubtful"},
            },
        ],
        "claim_relations": [{"type": "CONTRADICTS", "source": "c2", "target": "c1"}],
    }


def names_of(text: str) -> dict[str, Any]:
    """Mentions of `TEXT` for the ontology `ENTITIES_ONLY`."""
    names = {"Dr. Okafor": "PERSON", "Lagos Clinic": "ORGANIZATION", "aspirin": "DRUG"}
    return {
        "mentions": [
            {"id": f"m{number}", "spans": quote(text, name), "type": type_}
            for number, (name, type_) in enumerate(names.items(), 1)
        ]
    }


def layered_document(corpus: Corpus, name: str = "report", text: str = TEXT) -> Document:
    """A document, with its seed written and in the split that its id belongs to."""
    (corpus.seeds / f"{name}.txt").write_bytes(text.encode())
    return make_document(name, text, assign_split(name, split_shares(corpus.schemas)))


def annotated_report(
    corpus: Corpus, name: str = "report", *, layers: Iterable[str] = LAYERS, **options: Any
) -> tuple[Document, Annotation]:
    """A document with an annotation of every layer, for a corpus with `ONTOLOGY`."""
    document = layered_document(corpus, name)
    return document, make_annotation(document, items_of(document.text), layers=layers, **options)


def annotated_names(
    corpus: Corpus, name: str = "report", **options: Any
) -> tuple[Document, Annotation]:
    """A document with an annotation of names, for a corpus with `ENTITIES_ONLY`."""
    document = layered_document(corpus, name)
    items = names_of(document.text)
    return document, make_annotation(document, items, layers=["entities"], **options)
