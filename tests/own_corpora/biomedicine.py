"""Entities, relations and overlapping events in English biomedicine; all substances are invented."""

from __future__ import annotations

from ..corpora import quote
from .corpus import OwnCorpus, attributes, event, events, labels, mention, ontology

TRIAL = (
    "Talunex (40 mg daily) blocks KRP2 phosphorylation in hepatocytes. In 14 patients, talunex "
    "induced transient neutropenia, and corticol did not treat it."
)
CELLS = (
    "Overexpression of KRP2 was seen after irradiation. NF-κB/p65 activates KRP2 and FLM1 "
    "transcription."
)

_GENES = ["GENE"]
_ANYTHING = ["GENE", "CHEMICAL", "event"]

BIOMEDICINE = OwnCorpus(
    name="biomedicine",
    layers="entities,relations,events",
    language="en",
    ontology=ontology(
        "Drugs, genes and what they do",
        mention={
            "title": "Entity mention",
            "properties": {
                "type": labels(
                    CHEMICAL="A substance that is given or measured.",
                    GENE="A gene or its product.",
                    DISEASE="A disease, sign or side effect.",
                    CELL="A kind of cell.",
                ),
                "attributes": attributes(
                    dose={"type": "number", "x-unit": "mg", "minimum": 0},
                    generic={"type": "boolean"},
                ),
            },
        },
        entity={
            "properties": {
                "links": {"description": "Entries in gene and disease databases."},
                "attributes": attributes(
                    species={"type": "string", "pattern": "^[A-Z][a-z]+ [a-z]+$"}
                ),
            }
        },
        argument={
            "properties": {
                "attributes": attributes(
                    scope=labels(
                        clause="The clause of the trigger names it.",
                        document="Another sentence names it.",
                    ),
                    explicit={"type": "boolean"},
                )
            }
        },
        claimer=labels(AUTHOR="The authors of the article."),
        factuality={
            **labels(
                certain_positive="It happens for certain.",
                possible_positive="It may happen.",
                certain_negative="It does not happen.",
            ),
            "x-required": ["AUTHOR"],
        },
        relation={
            "title": "Relation",
            "properties": {
                "type": labels(
                    INDUCES={
                        "description": "The chemical brings the disease about.",
                        "x-source": ["CHEMICAL"],
                        "x-target": ["DISEASE"],
                    },
                    TREATS={
                        "description": "The chemical is given against the disease.",
                        "x-source": ["CHEMICAL"],
                        "x-target": ["DISEASE"],
                    },
                ),
            },
        },
        event={
            "title": "Event",
            "properties": {"attributes": attributes(negated={"type": "boolean"})},
            "oneOf": events(
                EXPRESSION=event("A gene is expressed.", theme=("What is expressed.", _GENES)),
                TRANSCRIPTION=event("A gene is read.", theme=("What is read.", _GENES)),
                PHOSPHORYLATION=event(
                    "A phosphate group is added.",
                    theme=("What gets it.", _GENES),
                    site=("Where it happens.", ["CELL"]),
                ),
                POSITIVE_REGULATION=event(
                    "Something is increased.",
                    theme=("What is increased.", _ANYTHING),
                    cause=("By what.", _ANYTHING),
                ),
                NEGATIVE_REGULATION=event(
                    "Something is decreased.",
                    theme=("What is decreased.", _ANYTHING),
                    cause=("By what.", _ANYTHING),
                ),
            ),
        },
    ),
    seeds={
        "trial-1.txt": TRIAL,
        "trial-1.toml": 'group = "talunex"\ndate = 2026-03-02\n[rights]\nlicense = "CC0-1.0"\nredistribute_text = true\n',
        "cells-2.txt": CELLS,
        "cells-2.toml": 'group = "talunex"\n[rights]\nlicense = "CC0-1.0"\nredistribute_text = true\n',
    },
    predictions=[
        {
            "document": "trial-1",
            "mentions": [
                mention(
                    TRIAL,
                    "m1",
                    "CHEMICAL",
                    "Talunex",
                    entity="n1",
                    attributes={"dose": 40.0, "generic": False},
                ),
                mention(TRIAL, "m2", "GENE", "KRP2", entity="n2"),
                mention(TRIAL, "m3", "CELL", "hepatocytes"),
                mention(TRIAL, "m4", "CHEMICAL", "talunex", entity="n1"),
                mention(TRIAL, "m5", "DISEASE", "neutropenia", entity="n3"),
                mention(TRIAL, "m6", "CHEMICAL", "corticol"),
            ],
            "entities": [
                {"id": "n1", "type": "CHEMICAL", "name": "Talunex"},
                {
                    "id": "n2",
                    "type": "GENE",
                    "name": "KRP2",
                    "attributes": {"species": "Homo sapiens"},
                    "links": [{"kb": "genes", "id": "9917"}, {"kb": "proteins", "id": None}],
                },
                {
                    "id": "n3",
                    "type": "DISEASE",
                    "name": "neutropenia",
                    "links": [{"kb": "mesh", "id": "D9"}],
                },
            ],
            "relations": [
                {"type": "INDUCES", "source": "m4", "target": "m5"},
                {"type": "TREATS", "source": "m6", "target": "m5"},
            ],
            "events": [
                {
                    "id": "e1",
                    "trigger": quote(TRIAL, "blocks"),
                    "factuality": [{"source": "AUTHOR", "value": "certain_positive"}],
                    "type": "NEGATIVE_REGULATION",
                    "arguments": [
                        {
                            "role": "cause",
                            "mention": "m1",
                            "attributes": {"scope": "clause", "explicit": True},
                        },
                        {"role": "theme", "event": "e2", "attributes": {"scope": "clause"}},
                    ],
                    "attributes": {"negated": False},
                },
                {
                    "id": "e2",
                    "trigger": quote(TRIAL, "phosphorylation"),
                    "factuality": [{"source": "AUTHOR", "value": "possible_positive"}],
                    "type": "PHOSPHORYLATION",
                    "arguments": [
                        {"role": "theme", "mention": "m2"},
                        {"role": "site", "mention": "m3"},
                    ],
                },
            ],
        },
        {
            "document": "cells-2",
            "mentions": [
                mention(CELLS, "m1", "GENE", "KRP2"),
                mention(CELLS, "m2", "GENE", "p65"),
                {"id": "m3", "type": "GENE", "spans": quote(CELLS, "activates ", "KRP2")[1:]},
                mention(CELLS, "m4", "GENE", "FLM1"),
            ],
            "events": [
                {
                    "id": "e1",
                    "trigger": quote(CELLS, "Overexpression"),
                    "factuality": [{"source": "AUTHOR", "value": "certain_positive"}],
                    "type": "EXPRESSION",
                    "arguments": [{"role": "theme", "mention": "m1"}],
                },
                {
                    "id": "e2",
                    "trigger": quote(CELLS, "Overexpression"),
                    "factuality": [{"source": "AUTHOR", "value": "certain_positive"}],
                    "type": "POSITIVE_REGULATION",
                    "arguments": [{"role": "theme", "event": "e1"}],
                },
                {
                    "id": "e3",
                    "trigger": quote(CELLS, "transcription"),
                    "factuality": [{"source": "AUTHOR", "value": "possible_positive"}],
                    "type": "TRANSCRIPTION",
                    "arguments": [{"role": "theme", "mention": "m3"}],
                },
                {
                    "id": "e4",
                    "trigger": quote(CELLS, "transcription"),
                    "factuality": [{"source": "AUTHOR", "value": "possible_positive"}],
                    "type": "TRANSCRIPTION",
                    "arguments": [{"role": "theme", "mention": "m4"}],
                },
                {
                    "id": "e5",
                    "trigger": quote(CELLS, "activates"),
                    "factuality": [{"source": "AUTHOR", "value": "certain_negative"}],
                    "type": "POSITIVE_REGULATION",
                    "arguments": [
                        {"role": "cause", "mention": "m2"},
                        {"role": "theme", "event": "e3"},
                    ],
                },
            ],
        },
    ],
)
