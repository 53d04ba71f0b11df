"""Names of the files in ``seeds/``, and the ids of the documents that come from them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dateline.files.writing import sha256
from dateline.ontology.patterns import searcher
from dateline.ontology.schemas import Schema, part_of

SEED_COMPANIONS = (".toml", ".conllu", ".tokens.json")
"""Endings of the files that may be beside a seed NAME.txt: its metadata, or its tokens."""

SEED_DEFAULTS = "seeds.toml"
"""The file in seeds/ with the metadata of all seeds that have no other."""

SEED_TABLE = "seeds.csv"
"""The file in seeds/ with the metadata of many seeds, a row each."""

_OTHERS = re.compile(r"[^a-z0-9_-]")
_ENOUGH = 3
"""Letters and digits that tell names apart."""


def is_document_id(name: str, schemas: Mapping[str, Schema]) -> bool:
    """Whether a document may have this id."""
    # A file name may have bytes that are not UTF-8, which no pattern can be matched with.
    return name.isprintable() and searcher(document_id_pattern(schemas))(name)


def document_id_pattern(schemas: Mapping[str, Schema]) -> str:
    """The regular expression of ids in the document schema."""
    pattern: str = part_of(schemas["document"], "$defs", "documentId")["pattern"]
    return pattern


def document_id(seed: str, schemas: Mapping[str, Schema]) -> str:
    """The id of the document of a seed with this name, which is given without ``.txt``.

    A name that cannot be an id becomes lower case, with a hyphen for each other character. If
    letters of other scripts leave fewer than three letters and digits, it is "seed-" and a hash.
    """
    if is_document_id(seed, schemas):
        return seed
    name = _OTHERS.sub("-", seed.lower())
    kept, letters = (sum(map(str.isalnum, text)) for text in (name, seed))
    if kept < min(letters, _ENOUGH):
        return f"seed-{sha256(seed.encode(errors='surrogateescape'))[:8]}"
    return name
