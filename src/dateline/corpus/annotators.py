"""The list of annotators: pseudonym, human or model, and since when.

``annotations/annotators.json`` is part of the corpus. Names and email addresses are not stored. The
mapping of server users to pseudonyms is private: it is in ``.dateline/``, outside version control.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from dateline.corpus.store import Corpus, canonical_json, read_struct
from dateline.dates import parse_date
from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.names import inside
from dateline.files.writing import write_if_changed
from dateline.model import GOLD, Struct

Role = Literal["human", "model"]

PSEUDONYM = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
EMAIL_ADDRESS = re.compile(r"[^\s@<>(),;:\"']+@[^\s@<>(),;:\"']+\.[^\W\d_]{2,}")


class Annotator(Struct, frozen=True):
    """A person or model that annotates or curates; ``since`` is an ISO 8601 date."""

    pseudonym: str
    kind: Role
    since: str | None = None
    note: str | None = None


class Register(Struct, frozen=True):
    """The content of ``annotations/annotators.json``."""

    annotators: tuple[Annotator, ...] = ()


class Server(Struct, frozen=True):
    """Pseudonyms of the users of a server, by user number."""

    url: str
    users: Mapping[int, str]


class Servers(Struct, frozen=True):
    """The content of ``.dateline/users.json``."""

    servers: tuple[Server, ...] = ()


def register_path(corpus: Corpus) -> Path:
    """Path of the list of annotators."""
    return corpus.annotations / "annotators.json"


def servers_path(corpus: Corpus) -> Path:
    """Path of the mapping of server users to pseudonyms."""
    return corpus.root / ".dateline" / "users.json"


def read_register(corpus: Corpus) -> Mapping[str, Annotator]:
    """The annotators by pseudonym; empty if there is no list.

    Raises InvalidInputError if the list is malformed or has invalid or duplicate entries.
    """
    path = register_path(corpus)
    if not os.path.lexists(path):
        return {}
    annotators = read_struct(path, Register).annotators
    counts = Counter(annotator.pseudonym for annotator in annotators)
    for annotator in annotators:
        check_pseudonym(annotator.pseudonym, str(path))
        if counts[annotator.pseudonym] > 1:
            raise InvalidInputError(
                f'{path}: "{annotator.pseudonym}" is duplicated; remove one of the entries.'
            )
        if annotator.since is not None:
            check_date(annotator.since, f'{path}: "{annotator.pseudonym}"')
        check_no_address(annotator.note, f'{path}: the note on "{annotator.pseudonym}"')
    return {annotator.pseudonym: annotator for annotator in annotators}


def write_annotator(corpus: Corpus, annotator: Annotator) -> bool:
    """Add an annotator to the list, or replace its entry; True if the file changed.

    Call it while holding `locked`. Raises InvalidInputError.
    """
    check_pseudonym(annotator.pseudonym, annotator.pseudonym)
    check_no_address(annotator.note, "note")
    known = {**read_register(corpus), annotator.pseudonym: annotator}
    register = Register(annotators=tuple(known[name] for name in sorted(known)))
    return write_if_changed(register_path(corpus), canonical_json(register))


def read_users(corpus: Corpus, url: str) -> Mapping[int, str]:
    """The pseudonyms of a server's users, by user number. Raises InvalidInputError."""
    return _servers(corpus).get(_address(url), {})


def write_users(corpus: Corpus, url: str, users: Mapping[int, str]) -> bool:
    """Add pseudonyms of a server's users; True if the file changed.

    Call it while holding `locked`. Raises InvalidInputError, also if two users would get the same
    pseudonym.
    """
    known = _servers(corpus)
    pseudonyms = {**known.get(_address(url), {}), **users}
    for number, name in users.items():
        check_pseudonym(name, f"{number}={name}")
        others = [user for user, taken in pseudonyms.items() if taken == name and user != number]
        if others:
            raise InvalidInputError(
                f"{number}={name}: user {others[0]} of {url} already has this pseudonym; give each "
                "user a different one."
            )
    known[_address(url)] = dict(sorted(pseudonyms.items()))
    servers = Servers(servers=tuple(Server(url=u, users=known[u]) for u in sorted(known)))
    return write_if_changed(servers_path(corpus), canonical_json(servers))


def check_pseudonym(name: str, given: str) -> None:
    """Raise InvalidInputError, starting with ``given``, if the pseudonym is not valid."""
    if name == GOLD:
        raise InvalidInputError(
            f'{given}: "{GOLD}" is reserved for adjudicated annotations; choose another pseudonym.'
        )
    if not PSEUDONYM.fullmatch(name):
        raise InvalidInputError(
            f'{given}: is not a pseudonym. Use up to 40 of a-z, 0-9, "-" and "_", starting with a '
            "letter or digit."
        )


def check_no_address(text: str | None, given: str) -> None:
    """Raise InvalidInputError, starting with ``given``, if a text has an e-mail address."""
    found = EMAIL_ADDRESS.search(text or "")
    if found:
        raise InvalidInputError(
            f'{given}: "{found[0]}" is an e-mail address. This text becomes part of the corpus; '
            "leave out names and addresses."
        )


def check_signature(curator: str | None, reason: str | None) -> None:
    """Raise InvalidInputError for a curator who is not a pseudonym, or an address in the reason.

    Both become part of the corpus.
    """
    if curator is not None:
        check_pseudonym(curator, f'curator "{curator}"')
    check_no_address(reason, "reason")


def annotation_files(corpus: Corpus, annotator: str) -> dict[str, Path]:
    """An annotator's annotation files, or gold's, by document.

    Raises InvalidInputError if the name is not a pseudonym, or a link leads out of the corpus, and
    NotFoundError if there are no annotations.
    """
    if annotator != GOLD:
        check_pseudonym(annotator, f'"{annotator}"')
    folder = inside(corpus.root, corpus.annotations / annotator)
    files = {path.stem: path for path in sorted(folder.glob("*.json"))}
    for path in files.values():
        if path.is_symlink():
            inside(corpus.root, path)
    if not files:
        raise NotFoundError(
            f'{corpus.relative(folder)}: there are no annotations of "{annotator}". Annotators: '
            f"{', '.join(corpus.annotators()) or 'none'}."
        )
    return files


def kind_of(corpus: Corpus, annotator: str) -> Role:
    """Whether an annotator with annotations is a person or a model.

    The list of annotators tells it, or, of one who is not listed, the provenance of the
    annotations: a model has made all of them. Raises InvalidInputError and NotFoundError.
    """
    listed = read_register(corpus).get(annotator)
    if listed is not None:
        return listed.kind
    files = annotation_files(corpus, annotator)
    kinds = (corpus.read_annotation(annotator, name).provenance.kind for name in files)
    return "model" if all(kind == "model" for kind in kinds) else "human"


def check_date(date: str, given: str) -> None:
    """Raise InvalidInputError, starting with ``given``, if this is not an ISO 8601 date."""
    try:
        parse_date(date)
    except InvalidInputError as error:
        raise InvalidInputError(f"{given}: {error}.") from None


def _servers(corpus: Corpus) -> dict[str, Mapping[int, str]]:
    path = servers_path(corpus)
    if not os.path.lexists(path):
        return {}
    return {server.url: server.users for server in read_struct(path, Servers).servers}


def _address(url: str) -> str:
    return url.strip().rstrip("/").lower()
