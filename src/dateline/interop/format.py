"""The declaration of a format: how it is read and written, and what it can hold.

A format is one module in `dateline.interop.formats` with a constant ``FORMAT``. What cannot be held
is taken out by `dateline.interop.reduction` before a writer sees it, so that a writer leaves
nothing out, and reading what it wrote gives back what it got.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from dateline.errors import InvalidInputError
from dateline.interop.source import SourceDocument
from dateline.interop.units import KINDS
from dateline.model import Annotation, Document, Struct
from dateline.ontology.labels import Ontology

FILLERS = frozenset({"mention", "event", "claim"})
"""The kinds of items that can be arguments."""

CONTRASTS = "-contrasts"
"""How the name of a file or a folder ends that has the contrasts of a split."""


class Placing(Struct, frozen=True):
    """Which spans the items of a kind may have in a format; everything by default.

    ``discontinuous`` tells what items of several fragments become: they are kept, get the
    envelope of all fragments or the first fragment alone, or are left out. ``overlap`` tells
    whether two items may overlap in any way, only one within the other, or not at all; the longer
    item, by tokens, is kept. ``duplicates`` are items with the spans and the label of another one;
    unless ``same_place``, no two items have the same spans, whatever their labels. Items that start
    or end within a token are widened unless ``within_tokens``, those that start or end between
    tokens are shortened to tokens unless ``between_tokens``, and items of several sentences are
    left out unless ``across_sentences``. Unless ``line_ends``, items do not begin or end with a
    line end, and fragments with nothing but line ends between them are joined.
    """

    discontinuous: Literal["kept", "envelope", "first", "left out"] = "kept"
    overlap: Literal["any", "nested", "none"] = "any"
    duplicates: bool = True
    same_place: bool = True
    within_tokens: bool = True
    between_tokens: bool = True
    across_sentences: bool = True
    line_ends: bool = True


class Chains(Struct, frozen=True):
    """Which entities, or which event instances, a format can hold.

    ``singletons`` tells whether those with one item are kept: all, those with links, or none.
    ``loose`` tells whether items that are in no chain are kept. If ``one_type``, items that have
    another type than the first of their chain are taken out of it. Entities without mentions are
    kept if ``empty`` and ``named``; unless ``named``, an entity has the type and the text of its
    first mention. Unless ``crossing``, a mention that crosses a longer one of its chain is taken
    out of the chain, and of several discontinuous ones that overlap or interleave, only one is in
    it.
    """

    singletons: Literal["all", "linked", "none"] = "all"
    loose: bool = True
    one_type: bool = False
    empty: bool = True
    named: bool = True
    crossing: bool = True


class Holds(Struct, frozen=True):
    """What a format can hold.

    ``kinds`` are of `dateline.interop.units.KINDS`. ``metadata`` are the fields of metadata that
    are held where the others are not. ``text`` is "tokens" if a reader has to rebuild the text from
    tokens, "sentences" if it has sentences and their offsets, but not what is between them, and
    "lines" if all line ends of the text are LF. ``not_in_text`` is a regular expression
    for characters that texts may not have, which become U+FFFD. ``labels`` is false if mentions
    have no types. With ``flat_labels``, only the longest of overlapping mentions has a type of its
    own: another one gets that of its chain, and is left out if it is in no chain. ``ids`` tells
    whether the ids of items come back. ``values`` is a regular expression for the values of
    attributes as text, where the format has nothing but text; ``unwritable`` is one for characters
    that names and labels may not have, which become "_". ``fillers`` are the kinds of
    items that can be arguments. Unless ``joins_sentences``, relations and arguments join items of
    one sentence. ``nil`` and ``dates`` are of links.
    """

    kinds: frozenset[str]
    metadata: frozenset[str] = frozenset()
    text: Literal["exact", "lines", "sentences", "tokens"] = "exact"
    not_in_text: str = ""
    ids: bool = False
    labels: bool = True
    flat_labels: bool = False
    values: str | None = None
    unwritable: str = ""
    mentions: Placing = Placing()
    triggers: Placing = Placing()
    claims: Placing = Placing()
    cues: Placing = Placing()
    entities: Chains = Chains()
    events: Chains = Chains()
    fillers: frozenset[str] = FILLERS
    joins_sentences: bool = True
    nil: bool = True
    dates: bool = True

    def __post_init__(self) -> None:
        """Refuse kinds that do not exist. Raises ValueError."""
        if unknown := self.kinds - {*KINDS}:
            raise ValueError(f"unknown kinds: {', '.join(sorted(unknown))}")


class Output(NamedTuple):
    """What a writer gets: documents of one split, reduced to what the format holds.

    ``target`` is the file or the folder to write. ``items`` can be read once.
    ``meta_keys`` are the keys of metadata that the corpus declares.
    """

    target: Path
    items: Iterable[tuple[Document, Annotation]]
    ontology: Ontology
    meta_keys: tuple[str, ...] = ()
    options: Mapping[str, str] = {}


class Choice(Struct, frozen=True):
    """An option of a format: its values, of which the first is the default, and what it is."""

    name: str
    values: tuple[str, ...]
    meaning: str


Writer = Callable[[Output], None]
Reader = Callable[[Path], Iterator[SourceDocument]]
"""Reads one file, or one folder, of a format. Raises InvalidInputError."""
ReadingOptions = Mapping[str, tuple[str, ...]]
"""The values of each option of a reader."""


class Format(Struct, frozen=True):
    """A file format.

    ``extra`` is the extra of the package that it needs. ``suffix`` is that of files, empty if the
    format is a folder for each split; ``endings`` are then those of the files in it that are read.
    ``notes`` says how items of Dateline are written where that is not obvious. ``reading`` are the
    options of the reader, with what they are; ``configured`` makes a reader with some of them. A
    module imports the packages of its extra when it reads or writes.
    """

    name: str
    title: str
    holds: Holds
    suffix: str = ""
    endings: tuple[str, ...] = ()
    extra: str | None = None
    reader: Reader | None = None
    writer: Writer | None = None
    choices: tuple[Choice, ...] = ()
    reading: Mapping[str, str] = {}
    configured: Callable[[ReadingOptions], Reader] | None = None
    notes: str = ""

    def reader_with(self, given: ReadingOptions) -> Reader:
        """The reader with these options. Raises InvalidInputError for those that do not exist."""
        if self.reader is None:
            raise InvalidInputError(f"{self.name}: can only be exported.")
        for name in given:
            if name not in self.reading:
                names = ", ".join(self.reading) or "none"
                raise InvalidInputError(
                    f'{self.name} has no option "{name}" for import. Allowed: {names}.'
                )
        return self.configured(given) if self.configured and given else self.reader

    def options(self, given: Mapping[str, str]) -> dict[str, str]:
        """The value of each option. Raises InvalidInputError for those that do not exist."""
        allowed = {choice.name: choice.values for choice in self.choices}
        for name, value in given.items():
            if name not in allowed:
                names = ", ".join(allowed) or "none"
                raise InvalidInputError(f'{self.name} has no option "{name}". Allowed: {names}.')
            if value not in allowed[name]:
                values = ", ".join(allowed[name])
                raise InvalidInputError(f'{name}: "{value}" is unknown. Allowed: {values}.')
        return {name: given.get(name, values[0]) for name, values in allowed.items()}
