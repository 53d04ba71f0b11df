"""The formats by name. A format's module is imported when the format is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from dateline.errors import InvalidInputError
from dateline.rendering.suggestions import allowed

if TYPE_CHECKING:
    from dateline.interop.format import Format

FORMATS = {
    "bigbio": "bigbio",
    "brat": "brat.standoff",
    "cas": "inception.cas",
    "conll2003": "conll.conll2003",
    "conll2012": "conll.conll2012",
    "corefud": "conll.corefud",
    "doccano": "doccano",
    "doccano-relations": "doccano_relations",
    "gliner": "gliner",
    "gliner2": "gliner2",
    "huggingface": "huggingface",
    "jsonl": "jsonl",
    "label-studio": "label_studio.project",
    "omnievent": "omnievent",
    "prodigy": "prodigy",
    "spacy": "docbin.docbin",
    "textee": "textee",
    "web-annotation": "web_annotation",
    "webanno-tsv": "inception.tsv",
}
"""Modules in `dateline.interop.formats` by the name of their format."""


def format_of(name: str) -> Format:
    """The format with this name. Raises InvalidInputError if there is none."""
    if name not in FORMATS:
        raise InvalidInputError(f'"{name}" is not a format. {allowed(name, FORMATS)}')
    module = import_module(f"dateline.interop.formats.{FORMATS[name]}")
    found: Format = module.FORMAT
    return found


def all_formats() -> tuple[Format, ...]:
    """All formats, in the order of the list."""
    return tuple(map(format_of, FORMATS))
