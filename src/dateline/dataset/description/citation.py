"""A corpus's ``CITATION.cff``: reads it, sets its version, and converts it to BibTeX."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from msgspec import Meta

from dateline.corpus.store import Corpus
from dateline.dates import parse_date
from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.reading import MalformedError, decode_yaml, read_yaml
from dateline.rendering.markdown import one_line

CITATION = "CITATION.cff"

Line = Annotated[str, Meta(max_length=2_000)]
Paragraphs = Annotated[str, Meta(max_length=20_000)]


class Author(msgspec.Struct, frozen=True, rename="kebab"):
    """A person, or an organization with one ``name``. Other fields are ignored."""

    name: Line | None = None
    given_names: Line | None = None
    name_particle: Line | None = None
    family_names: Line | None = None
    name_suffix: Line | None = None
    alias: Line | None = None

    @property
    def full_name(self) -> str:
        """The full name, given names first."""
        parts = (self.given_names, self.name_particle, self.family_names, self.name_suffix)
        return self.name or " ".join(part for part in parts if part) or self.alias or ""


class Citation(msgspec.Struct, frozen=True, rename="kebab"):
    """The fields that are used; each may be missing."""

    title: Line | None = None
    abstract: Paragraphs | None = None
    version: Line | int | None = None  # not a float: YAML reads 1.10 as 1.1
    license: Line | Annotated[tuple[Line, ...], Meta(max_length=100)] = ()
    authors: Annotated[tuple[Author, ...], Meta(max_length=5_000)] = ()
    keywords: Annotated[tuple[Line, ...], Meta(max_length=1_000)] = ()
    url: Line | None = None
    repository_code: Line | None = None
    doi: Line | None = None
    date_released: date | None = None

    @property
    def released(self) -> str | None:
        """The release date, ISO 8601."""
        return self.date_released.isoformat() if self.date_released else None

    @property
    def licenses(self) -> tuple[str, ...]:
        """SPDX identifiers; with several, the reader chooses one."""
        return (self.license,) if isinstance(self.license, str) else self.license


def title_of_corpus(corpus: Corpus) -> str:
    """The title of a corpus: of its citation, or of its ontology. Raises as `read_citation`."""
    return read_citation(corpus.root).title or corpus.ontology.title


def read_citation(root: Path) -> Citation:
    """Read the citation of a corpus; an empty one if there is no such file.

    Raises InvalidInputError if the file is not YAML or a field has the wrong type.
    """
    path = root / CITATION
    try:
        found: Any = read_yaml(path)
    except NotFoundError:
        return Citation()
    except InvalidInputError as error:
        raise InvalidInputError(f"{error} Fix it, or remove the file.") from None
    try:
        return msgspec.convert(_with_date(path, found or {}), Citation)
    except msgspec.ValidationError as error:
        raise InvalidInputError(
            f"{path}: {error}. The file must follow the Citation File Format 1.2; quote text that "
            "looks like a number or a date."
        ) from None


def _with_date(path: Path, citation: Any) -> Any:
    """The citation with its release date as a date, which YAML makes only of one without quotes."""
    written = citation.get("date-released") if isinstance(citation, dict) else None
    if not isinstance(written, str):
        return citation
    try:
        return {**citation, "date-released": parse_date(written)}
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: date-released: {error}.") from None


def with_version(citation: str, version: str, date: str) -> str:
    """The text of a ``CITATION.cff`` with this version and release date, otherwise unchanged.

    Raises InvalidInputError if the fields cannot be set.
    """
    fields = {"version": version, "date-released": date}
    for name, value in fields.items():
        line = f'{name}: "{value}"'
        citation, found = re.subn(rf"^{name}:.*$", line, citation, count=1, flags=re.M)
        if not found:
            citation = f"{citation.rstrip()}\n{line}\n"
    try:
        read = decode_yaml(citation.encode())
    except MalformedError:
        read = None
    if not isinstance(read, dict) or any(read.get(name) != v for name, v in fields.items()):
        raise InvalidInputError(
            f"{CITATION}: version and date-released cannot be set. Write each on a line of its "
            "own, at the start of the line."
        )
    return citation


def bibtex(citation: Citation) -> str | None:
    """The citation as a BibTeX entry; None without a title or authors."""
    if not citation.title or not citation.authors:
        return None
    title = re.split(r"[:(]", citation.title)[0]
    released = citation.released
    key = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-") or "corpus"
    version = None if citation.version is None else str(citation.version)
    fields = {
        "title": _bibtex(citation.title),
        "author": " and ".join(_bibtex_name(author) for author in citation.authors),
        "year": released[:4] if released else None,
        "version": _bibtex(version) if version else None,
        "doi": _bibtex_url(citation.doi),
        "url": _bibtex_url(citation.url or citation.repository_code),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


def _bibtex_name(author: Author) -> str:
    if author.name or not author.family_names:
        return f"{{{_bibtex(author.full_name)}}}"
    last = " ".join(filter(None, [author.name_particle, author.family_names]))
    parts = [last, author.name_suffix, author.given_names]
    # Braces keep a comma or an "and" in a name from splitting it.
    return ", ".join(f"{{{_bibtex(part)}}}" for part in parts if part)


def _bibtex(text: str) -> str:
    # A text of unprintable characters alone is not lost: their numbers are printed.
    line = one_line(text) or " ".join(f"U+{ord(character):04X}" for character in text.strip())
    return re.sub(r"([&%$#_])", r"\\\1", line.translate(_UNBRACED))


def _bibtex_url(text: str | None) -> str | None:
    """A URL or DOI, which BibTeX takes as it is: only what could end the field is encoded."""
    return quote(one_line(text), safe="/:?#[]@!$&'()*+,;=%~") if text else None


# Braces must be balanced, and a backslash starts a command.
_UNBRACED = str.maketrans(
    {
        "{": "(",
        "}": ")",
        "\\": "/",
        "~": "-",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
    }
)
