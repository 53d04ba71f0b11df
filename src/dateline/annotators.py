"""Who the annotators are, as far as the corpus may know: a pseudonym, human or model, since when.

Names and addresses stand nowhere. ``annotations/annotators.json`` is part of the corpus; which user
of which server has which pseudonym stands in ``annotations/users.local.json``, which is not
committed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from dateline.model import Struct
from dateline.store import Corpus, read_struct

Role = Literal["human", "model"]

_PSEUDONYM = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class Annotator(Struct, frozen=True):
    """Somebody who annotates or curates; ``since`` is an ISO 8601 date."""

    pseudonym: str
    kind: Role
    since: str | None = None
    note: str | None = None


class Register(Struct, frozen=True):
    """All who annotate or curate, by pseudonym."""

    annotators: tuple[Annotator, ...] = ()


def register_path(corpus: Corpus) -> Path:
    """Where the annotators are listed."""
    return corpus.annotations / "annotators.json"


def read_register(corpus: Corpus) -> Mapping[str, Annotator]:
    """The annotators by pseudonym; none where nobody has listed any. Raises Fault."""
    path = register_path(corpus)
    if not path.is_file():
        return {}
    return {a.pseudonym: a for a in read_struct(path, Register).annotators}
