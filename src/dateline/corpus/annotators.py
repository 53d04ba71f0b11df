"""Who the annotators are, as far as anybody may know: a pseudonym, human or model, since when.

Names and addresses stand nowhere. ``annotations/annotators.json`` is part of the corpus; which user
of which server has which pseudonym is for the maintainer alone, and stands in ``.dateline/``, which
is not kept in version control.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from dateline.corpus.store import Corpus, canonical_json, read_struct, write_if_changed
from dateline.errors import DatelineError
from dateline.model import GOLD, Struct

Role = Literal["human", "model"]

PSEUDONYM = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class Annotator(Struct, frozen=True):
    """Somebody who annotates or curates; ``since`` is an ISO 8601 date."""

    pseudonym: str
    kind: Role
    since: str | None = None
    note: str | None = None


class Register(Struct, frozen=True):
    """All who annotate or curate."""

    annotators: tuple[Annotator, ...] = ()


class Server(Struct, frozen=True):
    """Pseudonyms on a server, by the number of its user."""

    url: str
    users: Mapping[int, str]


class Servers(Struct, frozen=True):
    """What users are called, server by server."""

    servers: tuple[Server, ...] = ()


def register_path(corpus: Corpus) -> Path:
    """Where the annotators are listed."""
    return corpus.annotations / "annotators.json"


def servers_path(corpus: Corpus) -> Path:
    """Where it stands what users of servers are called."""
    return corpus.root / ".dateline" / "users.json"


def read_register(corpus: Corpus) -> Mapping[str, Annotator]:
    """The annotators by pseudonym, none where none are listed.

    Raises DatelineError where the list is malformed, has somebody twice, or says something that
    cannot be.
    """
    path = register_path(corpus)
    if not path.is_file():
        return {}
    annotators = read_struct(path, Register).annotators
    counts = Counter(annotator.pseudonym for annotator in annotators)
    for annotator in annotators:
        check_pseudonym(annotator.pseudonym, str(path))
        if counts[annotator.pseudonym] > 1:
            raise DatelineError(f"{path}: «{annotator.pseudonym}» stands there twice; remove one.")
        if annotator.since is not None:
            check_date(annotator.since, f"{path}: «{annotator.pseudonym}»")
    return {annotator.pseudonym: annotator for annotator in annotators}


def write_annotator(corpus: Corpus, annotator: Annotator) -> bool:
    """List an annotator, or change what is listed; True if the file changed.

    Raises DatelineError.
    """
    check_pseudonym(annotator.pseudonym, annotator.pseudonym)
    known = {**read_register(corpus), annotator.pseudonym: annotator}
    register = Register(annotators=tuple(known[name] for name in sorted(known)))
    return write_if_changed(register_path(corpus), canonical_json(register))


def read_users(corpus: Corpus, url: str) -> Mapping[int, str]:
    """What the users of a server are called, by number. Raises DatelineError."""
    return _servers(corpus).get(_address(url), {})


def write_users(corpus: Corpus, url: str, users: Mapping[int, str]) -> bool:
    """Add to what the users of a server are called; True if the file changed.

    Raises DatelineError.
    """
    known = _servers(corpus)
    ours = {**known.get(_address(url), {}), **users}
    for number, name in users.items():
        check_pseudonym(name, f"{number}={name}")
        others = [other for other, its in ours.items() if its == name and other != number]
        if others:
            raise DatelineError(
                f"{number}={name}: user {others[0]} of {url} is called so; one person must not "
                "become two, nor two become one."
            )
    known[_address(url)] = dict(sorted(ours.items()))
    servers = Servers(servers=tuple(Server(url=u, users=known[u]) for u in sorted(known)))
    return write_if_changed(servers_path(corpus), canonical_json(servers))


def check_pseudonym(name: str, given: str) -> None:
    """Raise DatelineError, naming what was ``given``, if the name is not a valid pseudonym."""
    if name == GOLD:
        raise DatelineError(
            f"{given}: gold is what curators agree on, never pulled; choose another pseudonym and "
            "adjudicate."
        )
    if not PSEUDONYM.fullmatch(name):
        raise DatelineError(
            f"{given}: a pseudonym has up to 40 of a-z, 0-9, «-» and «_», and starts with a letter "
            "or digit."
        )


def check_date(date: str, given: str) -> None:
    """Raise DatelineError, naming what was ``given``, where this is no date."""
    try:
        datetime.date.fromisoformat(date)
    except ValueError:
        raise DatelineError(f"{given}: «{date}» is no date; write it as 2026-01-31.") from None


def _servers(corpus: Corpus) -> dict[str, Mapping[int, str]]:
    path = servers_path(corpus)
    if not path.is_file():
        return {}
    return {server.url: server.users for server in read_struct(path, Servers).servers}


def _address(url: str) -> str:
    return url.strip().rstrip("/").lower()
