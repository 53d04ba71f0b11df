"""What a corpus's ``CITATION.cff`` says of it, from title to version, and the same as BibTeX."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from dateline.errors import DatelineError

CITATION = "CITATION.cff"


class Author(msgspec.Struct, frozen=True, rename="kebab"):
    """A person, or a body with one name. Other fields of the format are not read."""

    name: str | None = None
    given_names: str | None = None
    name_particle: str | None = None
    family_names: str | None = None
    name_suffix: str | None = None
    alias: str | None = None

    @property
    def full_name(self) -> str:
        """The name as it is spoken."""
        parts = (self.given_names, self.name_particle, self.family_names, self.name_suffix)
        return self.name or " ".join(part for part in parts if part) or self.alias or ""


class Citation(msgspec.Struct, frozen=True, rename="kebab"):
    """What is read of the file; every field may be missing."""

    title: str | None = None
    abstract: str | None = None
    version: str | int | None = None  # not a float: YAML reads 1.10 as 1.1
    license: str | tuple[str, ...] = ()
    authors: tuple[Author, ...] = ()
    keywords: tuple[str, ...] = ()
    url: str | None = None
    repository_code: str | None = None
    doi: str | None = None
    date_released: date | None = None

    @property
    def released(self) -> str | None:
        """The day of the release, ISO 8601."""
        return self.date_released.isoformat() if self.date_released else None

    @property
    def licenses(self) -> tuple[str, ...]:
        """SPDX identifiers; several mean a choice."""
        return (self.license,) if isinstance(self.license, str) else self.license


def read_citation(root: Path) -> Citation:
    """Read the file of a corpus; an empty citation where there is none.

    Raises DatelineError where it is no YAML or a field has another type than the format allows.
    """
    path = root / CITATION
    try:
        found: Any = yaml.safe_load(path.read_bytes())
    except FileNotFoundError:
        return Citation()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "is no YAML"
        raise DatelineError(f"{path}{place}: {problem}. Correct it or remove the file.") from None
    try:
        return msgspec.convert(found or {}, Citation)
    except msgspec.ValidationError as error:
        raise DatelineError(
            f"{path}: {error}. The fields are those of the Citation File Format 1.2; "
            "put quotes around a text that looks like a number or a date."
        ) from None


def bibtex(citation: Citation) -> str | None:
    """How to cite the corpus, as an entry of BibTeX; None where nothing has a title and authors."""
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
        "doi": citation.doi,
        "url": citation.url or citation.repository_code,
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


def _bibtex_name(author: Author) -> str:
    if author.name or not author.family_names:
        return f"{{{_bibtex(author.full_name)}}}"
    last = " ".join(filter(None, [author.name_particle, author.family_names]))
    parts = [last, author.name_suffix, author.given_names]
    # In braces, no comma and no «and» in a name takes it apart.
    return ", ".join(f"{{{_bibtex(part)}}}" for part in parts if part)


def _bibtex(text: str) -> str:
    return re.sub(r"([&%$#_])", r"\\\1", " ".join(text.split()).translate(_UNBRACED))


# Braces would have to be in pairs, and a backslash is a command.
_UNBRACED = str.maketrans({"{": "(", "}": ")", "\\": "/", "~": "-", "^": ""})
