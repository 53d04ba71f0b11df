"""Writes ``croissant.json``: Croissant 1.1 metadata with its RAI vocabulary.

Croissant has lists of scalars and lists of structs; lists nested deeper are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from datasets import ClassLabel, List, Value

from dateline.dataset.description.card import CardContent
from dateline.dataset.description.citation import Author, bibtex
from dateline.dataset.features import Config, Feature
from dateline.dataset.stored import ONTOLOGY
from dateline.rendering.markdown import one_line

CROISSANT = "croissant.json"
SPDX = "https://spdx.org/licenses/"
TYPES = {"string": "sc:Text", "int64": "cr:Int64", "float64": "cr:Float64", "bool": "sc:Boolean"}

Json = dict[str, Any]

CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The JSON-LD context of Croissant 1.1, as in its specification."""


def croissant(content: CardContent) -> str:
    """The metadata as JSON-LD text; equal content gives equal text."""
    citation = content.citation
    declared = [content.configs[name] for name, splits in content.files.items() if splits]
    description: Json = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": content.title,
        "description": one_line(citation.abstract or content.ontology.title),
        "conformsTo": [
            "http://mlcommons.org/croissant/1.1",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "license": [_license(name) for name in citation.licenses],
        "url": one_line(citation.url or citation.repository_code or ""),
        "creator": [_creator(author) for author in citation.authors],
        "datePublished": citation.released,
        "version": None if citation.version is None else one_line(str(citation.version)),
        "keywords": [one_line(keyword) for keyword in citation.keywords],
        "inLanguage": sorted(content.counts.languages),
        "citeAs": bibtex(citation),
        "isLiveDataset": False,
        **{f"rai:{name}": answer for name, answer in content.responsible_ai.items()},
        "distribution": [_ontology(content), *(_files(config) for config in declared)],
        "recordSet": [_records(config) for config in declared],
    }
    kept = {name: value for name, value in description.items() if value not in (None, "", [])}
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def _license(name: str) -> str:
    return one_line(name) if name.startswith("LicenseRef-") else f"{SPDX}{one_line(name)}"


def _creator(author: Author) -> Json:
    kind = "sc:Organization" if author.name else "sc:Person"
    return {"@type": kind, "name": one_line(author.full_name)}


def _ontology(content: CardContent) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": ONTOLOGY,
        "name": ONTOLOGY,
        "description": "The labels, as JSON Schema. The guidelines have version "
        f"{one_line(content.guidelines.version)} and SHA-256 {content.guidelines.sha256}.",
        "contentUrl": ONTOLOGY,
        "encodingFormat": "application/schema+json",
        "sha256": content.ontology_sha256,
    }


def _files(config: Config) -> Json:
    return {
        "@type": "cr:FileSet",
        "@id": _fileset(config),
        "name": _fileset(config),
        "description": f"The tables of {config.name}, one per split.",
        "encodingFormat": "application/x-parquet",
        "includes": f"{config.name}/*.parquet",
    }


def _records(config: Config) -> Json:
    fields = [
        field
        for column in config.columns
        if (field := _field(config, column.name, column.feature, column.description)) is not None
    ]
    names = {column.name for column in config.columns}
    if "split" not in names:
        fields.append(_split(config))
    described: Json = {
        "@type": "cr:RecordSet",
        "@id": config.name,
        "name": config.name,
        "description": f"A record is {config.row}. {config.description}",
        "field": fields,
    }
    return {**described, "key": {"@id": f"{config.name}/id"}} if "id" in names else described


def _field(config: Config, name: str, feature: Feature, description: str) -> Json | None:
    """The field of a column; None if Croissant cannot describe any part of it."""
    repeated = isinstance(feature, List)
    inner = feature.feature if repeated else feature
    field: Json = {
        "@type": "cr:Field",
        "@id": f"{config.name}/{name}",
        "name": name,
        "description": one_line(description),
    }
    if repeated:
        field["repeated"] = True
    if not isinstance(inner, Mapping):
        kind = _type(inner)
        return (
            None if kind is None else {**field, "dataType": kind, "source": _source(config, name)}
        )
    parts = [
        {
            "@type": "cr:Field",
            "@id": f"{config.name}/{name}/{'/'.join(path)}",
            "name": path[-1],
            "dataType": kind,
            "source": _source(config, name, path),
        }
        for path, kind in _scalars(inner, ())
    ]
    return {**field, "subField": parts} if parts else None


def _split(config: Config) -> Json:
    return {
        "@type": "cr:Field",
        "@id": f"{config.name}/split",
        "name": "split",
        "description": "The split, from the name of the file that contains the record.",
        "dataType": "sc:Text",
        "source": {
            "fileSet": {"@id": _fileset(config)},
            "extract": {"fileProperty": "filename"},
            "transform": {"regex": r"^(\w+)\.parquet$"},
        },
    }


def _source(config: Config, column: str, path: Sequence[str] = ()) -> Json:
    source: Json = {"fileSet": {"@id": _fileset(config)}, "extract": {"column": column}}
    return {**source, "transform": {"jsonPath": ".".join(path)}} if path else source


def _fileset(config: Config) -> str:
    return f"{config.name}-tables"


def _scalars(
    feature: Mapping[str, Feature], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The paths and types of the scalars in a struct; lists are left out."""
    for name, inner in feature.items():
        if isinstance(inner, Mapping):
            yield from _scalars(inner, (*path, name))
        elif (kind := _type(inner)) is not None:
            yield (*path, name), kind


def _type(feature: Feature) -> str | None:
    if isinstance(feature, ClassLabel):
        return TYPES["string"]
    return TYPES.get(feature.dtype) if isinstance(feature, Value) else None
