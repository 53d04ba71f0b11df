"""What a corpus's ``CITATION.cff`` says of it: title, abstract, authors, licence, version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import yaml

from dateline.fault import Fault

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

    @property
    def licenses(self) -> tuple[str, ...]:
        """SPDX identifiers; several mean a choice."""
        return (self.license,) if isinstance(self.license, str) else self.license


def read_citation(root: Path) -> Citation:
    """Read the file of a corpus; an empty citation where there is none.

    Raises Fault where it is no YAML or a field has another type than the format allows.
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
        raise Fault(f"{path}{place}: {problem}. Correct it or remove the file.") from None
    try:
        return msgspec.convert(found or {}, Citation)
    except msgspec.ValidationError as error:
        raise Fault(
            f"{path}: {error}. The fields are those of the Citation File Format 1.2; "
            "put quotes around a text that looks like a number or a date."
        ) from None
