"""What a corpus for the tests has: its ontology, its files below ``seeds/``, and annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..corpora import quote

Json = dict[str, Any]


class OwnCorpus(NamedTuple):
    """``layers`` and ``language`` are what ``dateline init`` is told.

    ``predictions`` are what an annotator is to say, without documents' hashes.
    """

    name: str
    layers: str
    language: str
    ontology: Json
    seeds: Mapping[str, str]
    predictions: Sequence[Json]


def ontology(title: str, **definitions: Json) -> Json:
    """An ontology that declares these definitions and nothing else."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:dateline:ontology",
        "title": title,
        "x-version": "0.1.0",
        "$defs": definitions,
    }


def labels(**descriptions: str | Json) -> Json:
    """Labels with their descriptions, or with all that is said of them."""
    return {
        "oneOf": [
            {"const": name, **({"description": said} if isinstance(said, str) else said)}
            for name, said in descriptions.items()
        ]
    }


def attributes(*required: str, **definitions: Json) -> Json:
    """The attributes of an item."""
    return {
        "type": "object",
        "properties": definitions,
        "required": list(required),
        "additionalProperties": False,
    }


def event(description: str, **roles: tuple[str, list[str]]) -> Json:
    """An event type; each role has a description and its fillers. The name is added by `events`."""
    return {
        "description": description,
        "properties": {
            "arguments": {
                "items": {
                    "properties": {
                        "role": {
                            "oneOf": [
                                {"const": role, "description": said, "x-fillers": fillers}
                                for role, (said, fillers) in roles.items()
                            ]
                        }
                    }
                }
            }
        },
    }


def events(**types: Json) -> list[Json]:
    """Event types with their names."""
    return [
        {**type_, "properties": {"type": {"const": name}, **type_["properties"]}}
        for name, type_ in types.items()
    ]


def mention(text: str, id_: str, type_: str, *fragments: str, **fields: Any) -> Json:
    """A mention of the first occurrence of its fragments in a row."""
    return {"id": id_, "spans": quote(text, *fragments), "type": type_, **fields}
