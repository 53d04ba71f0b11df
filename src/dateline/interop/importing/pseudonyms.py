"""Pseudonyms of the annotators that a source names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dateline.corpus.annotators import Annotator, Register, check_pseudonym, read_register
from dateline.corpus.store import Corpus, canonical_json
from dateline.errors import InvalidInputError
from dateline.interop.format import Format
from dateline.interop.source import UNNAMED


def pseudonyms(
    form: Format, names: Iterable[str], given: Mapping[str, str], *, numbered: bool
) -> dict[str, str]:
    """The pseudonym of each annotator of the source.

    The one given for `UNNAMED` is that of the only annotator. Others without one are ``numbered``;
    in a corpus with annotations, a number may be that of somebody else, so that only an annotator
    without a name gets one. Raises InvalidInputError.
    """
    names = sorted(names, key=lambda name: (name.isdecimal(), name.isdecimal() and int(name), name))
    if len(names) == 1 and UNNAMED in given:
        given = {names[0]: given[UNNAMED], **given}
    missing = [name for name in names if name not in given and name != UNNAMED]
    if missing and not numbered:
        raise InvalidInputError(
            "Nothing was imported: the source has annotators without a pseudonym. Give each one: "
            + ",".join(f"{name}=PSEUDONYM" for name in missing)
        )
    found = {}
    for number, name in enumerate(names, 1):
        pseudonym = given.get(name, f"annotator{number}")
        check_pseudonym(pseudonym, f"{name or form.name}={pseudonym}")
        found[name] = pseudonym
    if len({*found.values()}) < len(found):
        raise InvalidInputError("Two annotators have one pseudonym; give each their own.")
    return found


def register_with(corpus: Corpus, annotators: Iterable[Annotator]) -> bytes:
    """The corpus's list of annotators with some more; those that it has are not changed."""
    known = {**{a.pseudonym: a for a in annotators}, **read_register(corpus)}
    return canonical_json(Register(annotators=tuple(known[name] for name in sorted(known))))
