"""Searches a dataset for words of withheld texts.

Withholding knows which columns quote a text. This check does not rely on that: it reads every
string of every file. Words are the same in any case, normalization and punctuation.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from dateline.corpus.store import file_name
from dateline.dataset.description.card import CardContent, Counts, render
from dateline.dataset.description.citation import Citation
from dateline.dataset.description.croissant import croissant
from dateline.dataset.features import configs
from dateline.dataset.parquet import WrittenTable, iter_rows
from dateline.dataset.stored import ONTOLOGY
from dateline.dataset.withholding import QUOTES, TOKENS, WORDINGS, Row, document_of, literals
from dateline.files.reading import read_bytes, read_json, read_text
from dateline.model import LAYERS, Guidelines, Struct
from dateline.ontology.labels import Attribute, Layer, Ontology, RelationLabel
from dateline.ontology.reading import read_ontology
from dateline.ontology.schemas import SCHEMA_NAMES
from dateline.packaged import packaged
from dateline.shingles import shingles_of_text, words

IN_WORDINGS = 2
"""Consecutive words of the text that are a quote in a title or a name."""

ELSEWHERE = 3
"""Consecutive words of the text that are a quote in any other string."""

_FUNCTION_WORDS = frozenset(
    """
    a all an and are as at be been but by for from had has have he her his in is it its no
    not of on or other she such than that the their there these they this those to was were
    which who will with
    """.split()  # noqa: SIM905 (one line each would be long)
)
_INVISIBLE_SEPARATORS = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", " "))

_ATTRIBUTE = Attribute(name="a", title="", description="", required=False)
_LABEL = RelationLabel(name="a", title="", description="", from_roles={"b": "filler"})
_EVERYTHING = Ontology(
    title="",
    version="",
    layers={name: Layer(name=name, title="", attributes=(_ATTRIBUTE,)) for name in LAYERS},
    has_coreference=True,
    has_links=True,
    has_event_coreference=True,
    has_event_links=True,
    entity_attributes=(_ATTRIBUTE,),
    argument_attributes=(_ATTRIBUTE,),
    factuality=(_LABEL,),
    event_relations=(_LABEL,),
    claim_relations=(_LABEL,),
)
"""An ontology that declares all that a dataset can have columns for."""


class Leak(Struct, frozen=True):
    """Consecutive words of a withheld text: where they are, and whether they are allowed."""

    file: str
    place: str
    words: str
    allowed: bool


def find_leaks(
    folder: Path,
    texts: Mapping[str, str],
    allowed: Iterable[str] = (),
    others: Iterable[Path] = (),
) -> Iterator[Leak]:
    """Find words of these texts, by document id, in the files of a dataset and in ``others``.

    Words within an ``allowed`` phrase are marked. Words that the program itself writes into every
    card are not reported, nor are English function words, such as "of the", alone.
    """
    phrases = [f" {' '.join(words(phrase))} " for phrase in allowed]
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        file = path.relative_to(folder).as_posix()
        if path.suffix == ".parquet":
            for row in iter_rows(path):
                text = texts.get(document_of(row))
                if text is not None:
                    for place, found in _in_row(row, text):
                        yield _leak(file, place, found, phrases)
        else:
            yield from _in_file(path, file, texts, phrases)
    for path in others:
        yield from _in_file(path, path.name, texts, phrases)


def _leak(file: str, place: str, found: str, phrases: Collection[str]) -> Leak:
    allowed = any(f" {found} " in phrase for phrase in phrases)
    return Leak(file=file, place=place, words=found, allowed=allowed)


def _in_file(
    path: Path, file: str, texts: Mapping[str, str], phrases: Collection[str]
) -> Iterator[Leak]:
    string = read_bytes(path).decode(errors="replace")
    known = _packaged_ontology() if file == ONTOLOGY else _own_words()
    seen: set[str] = set()
    for text in texts.values():
        for found in _quotes(string, text, ELSEWHERE, known):
            if found not in seen:
                seen.add(found)
                yield _leak(file, "", found, phrases)


def _in_row(row: Row, text: str) -> Iterator[tuple[str, str]]:
    for place, name, string in _strings(row, "", ""):
        length = ELSEWHERE
        if name in QUOTES or name == TOKENS or (name in WORDINGS and string in text):
            length = 1
        elif name in WORDINGS:
            length = IN_WORDINGS
        for part in literals(string):
            for found in _quotes(part, text, length):
                yield place, found


def _quotes(
    string: str, text: str, length: int, known: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Runs of at least ``length`` words of a string that are a run in the text."""
    quoted = shingles_of_text(text, length)
    for form in _forms(string):
        found = words(form)
        end = 0
        start = 0
        for position in range(len(found) - length + 1):
            shingle = " ".join(found[position : position + length])
            if shingle not in quoted or shingle in known or _says_nothing(shingle, length):
                continue
            if position > end - length + 1 and end:
                yield " ".join(found[start:end])
                end = 0
            if not end:
                start = position
            end = position + length
        if end:
            yield " ".join(found[start:end])


def _says_nothing(shingle: str, length: int) -> bool:
    if length < ELSEWHERE:
        return False
    return all(word in _FUNCTION_WORDS or word.isdigit() for word in shingle.split())


def _forms(string: str) -> Iterable[str]:
    """A string, and what it may hide in escapes or between invisible characters."""
    forms = {string: None, string.translate(_INVISIBLE_SEPARATORS): None}
    if "%" in string:
        forms[unquote(string)] = None
    if "&" in string:
        forms[html.unescape(string)] = None
    return forms


def _strings(value: Any, place: str, name: str) -> Iterator[tuple[str, str, str]]:
    """Every string in a value: its place, its column, and the string."""
    if isinstance(value, str):
        yield place, name, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _strings(inner, f"{place}/{key}", key)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _strings(inner, f"{place}/{position}", name)


@cache
def _own_words() -> frozenset[str]:
    """What the program writes into the card and the metadata of every corpus."""
    with packaged("schema") as folder:
        schemas = {name: read_json(folder / file_name(name)) for name in SCHEMA_NAMES}
    package = resources.files("dateline.dataset.description")
    written = [(package / f"{name}.md.j2").read_text("utf-8") for name in ("card", "texts")]
    for ontology in (read_ontology(schemas), _EVERYTHING):
        tables = configs(schemas, ontology)
        nothing = WrittenTable(rows=0, arrow_bytes=0, file_bytes=0, sha256="")
        content = CardContent(
            ontology=ontology,
            citation=Citation(),
            configs=tables,
            files={name: {"train": nothing} for name in tables},
            counts=Counts(),
            content_sha256="",
            ontology_sha256="",
            guidelines=Guidelines(version="", sha256=""),
            responsible_ai={},
        )
        written += [render(content), croissant(content)]
    return frozenset().union(*(shingles_of_text(text, ELSEWHERE) for text in written))


@cache
def _packaged_ontology() -> frozenset[str]:
    """What a corpus has from the ontology that is packaged with the program, and public."""
    with packaged("schema") as folder:
        return frozenset(shingles_of_text(read_text(folder / file_name("ontology")), ELSEWHERE))
