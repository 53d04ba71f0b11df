"""Names of the files in ``seeds/``, and the ids of the documents that come from them."""

from __future__ import annotations

import re
import unicodedata
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

_OTHERS = re.compile(r"[^a-z0-9_]+")
_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "ı": "i",
        "ĸ": "k",
        "ə": "e",
    }
)
"""Latin letters that Unicode does not decompose; lower case, after case folding ("ß" is "ss")."""
_LONGEST = 80
"""The longest id that the document schema of a new corpus allows."""


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

    A name that cannot be an id becomes lower case, with letters of ASCII for those with marks, and
    hyphens for everything other than letters and digits. Where that leaves out letters of another
    script, or the end of a long name, a hash of the name follows.
    """
    if is_document_id(seed, schemas):
        return seed
    folded = unicodedata.normalize("NFKD", seed.casefold().translate(_LETTERS))
    bare = "".join(c for c in folded.translate(_LETTERS) if not unicodedata.combining(c))
    name = _OTHERS.sub("-", bare).strip("-")
    is_whole = not any(c.isalnum() for c in bare if not c.isascii())
    if name and is_whole and len(name) <= _LONGEST:
        return name
    # Some file systems decompose names.
    composed = unicodedata.normalize("NFC", seed)
    digest = sha256(composed.encode(errors="surrogateescape"))[:8]
    start = name[: _LONGEST - len(digest) - 1].strip("-")
    return f"{start or 'seed'}-{digest}"
