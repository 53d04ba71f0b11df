"""The TOML file of a mapping: a draft with all labels of a source, and reading it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dateline.errors import InvalidInputError
from dateline.files.reading import read_toml
from dateline.interop.importing.control_tables import DEFAULTS, IGNORE, by_kind, reading_options
from dateline.interop.importing.labels import ATTRIBUTE, LabelCount, SourceLabel
from dateline.interop.importing.mapping import (
    ABOUT,
    CLAIMER,
    CONTINUES,
    COREFERENCE,
    CUE,
    ENTITY_ID,
    ENTITY_LINK,
    ENTITY_NAME,
    EVENT_CLUSTER,
    EVENT_LINK,
    FACTUALITY,
    RELATION_KINDS,
    SPAN_ITEMS,
    UNDECIDED,
    LabelMapping,
    Targets,
    part_of,
)
from dateline.model import AttributeValue
from dateline.rendering.listing import listed

REVERSED = "reversed "
"""Before the target of a relation: its ends are swapped."""
MAX_PROBLEMS = 50
"""Problems that a message lists."""

_HEAD = """\
# Maps the labels of a source to those of the corpus, by kind. Replace each "?" by a label of the
# corpus, or by "ignore", which leaves out what has it. Nothing is imported while one is left.
"""
_MEANINGS = frozenset({COREFERENCE, CONTINUES, CLAIMER, CUE, ABOUT})
_PARTS_OF_CHAINS = frozenset({ENTITY_ID, ENTITY_NAME, ENTITY_LINK, EVENT_CLUSTER, EVENT_LINK})


def mapping_template(counts: Iterable[LabelCount], targets: Targets | None) -> str:
    """A mapping of all labels as TOML, with guesses where names agree."""
    lines = [_HEAD]
    table = ""
    for one in counts:
        kind, name = one.label
        attribute = targets.guess(SourceLabel(ATTRIBUTE, kind)) if targets and "." in kind else ""
        if targets and attribute and targets.is_free(attribute):
            continue
        if kind != table:
            table = kind
            lines.append(f"[{_quoted(kind)}]")
            if targets is not None:
                lines += [f"# {line}" for line in _wrapped(targets.words(kind))]
        target = name if targets is None else targets.guess(one.label)
        lines.append(f"{_quoted(name)} = {_quoted(target)}   # {one.example}")
    if targets and (required := [*targets.required]):
        lines += ["", f"[{DEFAULTS}]   # for required attributes that an item does not have"]
        lines += [f"# {_quoted(name)} = {_quoted(value)}" for name, value in required]
    return "\n".join([*lines, ""])


def read_mapping(path: Path, targets: Targets | None) -> LabelMapping:
    """Read a mapping. Raises InvalidInputError, with every entry that does not fit."""
    given = read_toml(path)
    try:
        tables, reading = by_kind(given), reading_options(given)
    except InvalidInputError as error:
        raise InvalidInputError(
            f"{path}: {error} `dateline import FORMAT PATH --template` prints a mapping to start "
            "from."
        ) from None
    reader = _Reader(targets)
    reader.defaults_of(tables.pop(DEFAULTS, {}))
    # The values of attributes depend on what the attributes are mapped to.
    for kind in sorted(tables, key=lambda kind: "." in kind):
        for name, target in tables[kind].items():
            reader.entry(SourceLabel(kind, name), [target] if isinstance(target, str) else target)
    if reader.problems:
        lines = listed(reader.problems, MAX_PROBLEMS)
        raise InvalidInputError(f"{path}:\n" + "\n".join(f"  {line}" for line in lines))
    return LabelMapping(
        targets={**reader.derived, **reader.found},
        defaults=reader.defaults,
        moved=reader.moved,
        values=reader.values,
        reversed=frozenset(reader.reversed),
        claimer=reader.claimer,
        reading=reading,
    )


class _Reader:
    """Reads the entries of a mapping; without ``targets``, for a corpus that is to be made."""

    def __init__(self, targets: Targets | None) -> None:
        self._targets = targets
        self.found: dict[SourceLabel, str | None] = {}
        self.derived: dict[SourceLabel, str | None] = {}
        self.moved: dict[SourceLabel, str] = {}
        self.values: dict[SourceLabel, tuple[str, ...]] = {}
        self.reversed: set[SourceLabel] = set()
        self.claimer: str | None = None
        self.defaults: dict[str, AttributeValue] = {}
        self.problems: list[str] = []

    def defaults_of(self, table: Mapping[str, str | list[str]]) -> None:
        """Read the table of defaults."""
        for name, text in table.items():
            if self._targets is None or not isinstance(text, str):
                fix = (
                    "is not for a new corpus. Remove it." if isinstance(text, str) else "is a list."
                )
                self.problems.append(f"{DEFAULTS}.{name}: {fix}")
                continue
            if name == CLAIMER and text in self._targets.names(CLAIMER):
                self.claimer = text
                self.derived[SourceLabel(CLAIMER, text)] = text
                continue
            try:
                self.defaults[name] = self._targets.default(name, text)
            except InvalidInputError as error:
                self.problems.append(f"{DEFAULTS}.{name}: {error}")

    def entry(self, label: SourceLabel, texts: Sequence[str]) -> None:
        """Read what a label is mapped to."""
        if not texts:
            self._refuse(label, f'is empty. Write "{IGNORE}" to leave it out.')
        elif UNDECIDED in texts:
            return
        elif IGNORE in texts:
            self._ignore(label)
        elif label.kind == ATTRIBUTE:
            self._attribute(label, texts)
        elif "." in label.kind:
            for text in texts:
                self._value(label, text)
        elif len(texts) > 1:
            self._refuse(label, "has several targets. Write one.")
        elif label.kind == "relation":
            self._relation(label, texts[0])
        elif label.kind == "entity" and (":" in texts[0] or texts[0] == CUE):
            self._span(label, texts[0])
        elif self._has(label.kind, texts[0]):
            self._put(label, texts[0])
        else:
            self._unknown(label, label.kind, texts[0])

    def _ignore(self, label: SourceLabel) -> None:
        kind, name = label
        self.found[label] = None
        same: Iterable[SourceLabel] = ()
        if kind == "relation":
            same = [SourceLabel(k, name) for k in RELATION_KINDS]
        elif kind == ATTRIBUTE:
            same = [SourceLabel(ATTRIBUTE, place) for place in _places(name)]
        elif "." in kind:
            same = [SourceLabel(place, name) for place in _places(kind)]
        self.derived.update(dict.fromkeys(same))

    def _span(self, label: SourceLabel, text: str) -> None:
        """What is read as an event, a claim or a cue; a type may have a colon too."""
        kind, _, name = text.partition(":")
        if self._targets is None or text in self._targets.words("entity"):
            if text == CUE:
                self.moved[label] = CUE
                return
            if kind in ("event", "act") and name:
                self.moved[label] = kind
                self._put(SourceLabel(kind, label.name), name)
                return
        if self._has("entity", text):
            self._put(label, text)
        else:
            self._unknown(label, "entity", text)

    def _relation(self, label: SourceLabel, text: str) -> None:
        name = text.removeprefix(REVERSED)
        if name != text:
            self.reversed.add(label)
            self.moved[label] = ""
        if name in _MEANINGS and (self._targets is None or name in self._targets.words("relation")):
            self.moved[label] = name
            return
        kinds = [kind for kind in RELATION_KINDS if self._has(kind, name)]
        if "=" in name and self._relation_attribute(label, *name.split("=", 1)):
            return
        if not kinds:
            self._unknown(label, "relation", name)
        elif kinds != [label.kind]:
            self.moved[label] = ""
        for kind in kinds:
            if kind == label.kind:
                self._put(label, name)
            else:
                self.derived[SourceLabel(kind, label.name)] = name

    def _relation_attribute(self, label: SourceLabel, attribute: str, value: str) -> bool:
        """Read a label of relations as the value of an attribute, if there is one.

        The factuality of an event by a claim is one of the relation between the two.
        """
        if attribute == FACTUALITY and self._has(FACTUALITY, value):
            self.moved[label] = f"={FACTUALITY}"
            self.derived[SourceLabel(FACTUALITY, label.name)] = value
            return True
        places = [
            place
            for item in ("relation", "argument")
            if self._targets is not None
            and self._targets.has(place := f"{item}.{attribute}")
            and self._has(place, value)
        ]
        for place in places:
            part = f"{place.partition('.')[0]}.{part_of(label.name, attribute)}"
            self.derived[SourceLabel(ATTRIBUTE, part)] = place
            self.derived[SourceLabel(part, label.name)] = value
            self.moved[label] = f"={attribute}"
        return bool(places)

    def _attribute(self, label: SourceLabel, texts: Sequence[str]) -> None:
        item, _, name = label.name.partition(".")
        for text in texts:
            target = text.partition(".")[0]
            is_of_span = {item, target} <= {*SPAN_ITEMS} and item == "mention"
            if item == "mention" and text in _PARTS_OF_CHAINS and self._is_word(ATTRIBUTE, text):
                self.moved[label] = text
            elif not self._has(ATTRIBUTE, text):
                self._unknown(label, ATTRIBUTE, text)
            elif target != item and not is_of_span:
                self._refuse(label, f'"{text}" is not an attribute of the same kind of item.')
            else:
                if target != item:
                    self.moved.setdefault(label, "")
                self._put(SourceLabel(ATTRIBUTE, f"{target}.{name}"), text)

    def _value(self, label: SourceLabel, text: str) -> None:
        """A value of an attribute, which may be mapped to attributes of several kinds of items."""
        attribute, equals, value = text.partition("=")
        is_factuality = attribute.startswith(f"{FACTUALITY}.")
        kind = FACTUALITY if is_factuality else attribute
        if equals and self._is_place(label.kind, attribute) and self._has(kind, value):
            self.values[label] = (*self.values.get(label, ()), attribute)
            self.moved.setdefault(SourceLabel(ATTRIBUTE, label.kind), "")
            name = label.kind.partition(".")[2]
            if is_factuality or attribute == CLAIMER:
                self.derived[SourceLabel(kind, label.name)] = value
                return
            part = f"{attribute.partition('.')[0]}.{part_of(name, attribute)}"
            self.derived[SourceLabel(ATTRIBUTE, part)] = attribute
            self.derived[SourceLabel(part, label.name)] = value
            return
        places = {
            place: self.found.get(SourceLabel(ATTRIBUTE, place)) for place in _places(label.kind)
        }
        mapped = {place: name for place, name in places.items() if name} or {label.kind: label.kind}
        fitting = [place for place, name in mapped.items() if self._has(name, text)]
        if not fitting and equals and self._targets is not None:
            known = self._targets.has(attribute)
            self._unknown(label, *((attribute, value) if known else (ATTRIBUTE, attribute)))
        elif not fitting:
            self._unknown(label, next(iter(mapped.values())), text)
        for place in fitting:
            self._put(SourceLabel(place, label.name), text)
        self.derived.setdefault(label, None)

    def _has(self, kind: str, text: str) -> bool:
        targets = self._targets
        return targets is None or text in targets.names(kind) or targets.is_free(kind)

    def _is_place(self, given: str, attribute: str) -> bool:
        """Whether values of an attribute of the source can be values of this one."""
        item, other = given.partition(".")[0], attribute.partition(".")[0]
        if attribute == CLAIMER:
            return item == "mention"
        if other == FACTUALITY:
            claimer = attribute.partition(".")[2]
            is_one = self._targets is None or claimer in self._targets.names(CLAIMER)
            return item == "mention" and is_one
        fits = item == other or (item == "mention" and other in SPAN_ITEMS)
        return fits and (self._targets is None or self._targets.has(attribute))

    def _is_word(self, kind: str, text: str) -> bool:
        return self._targets is None or text in self._targets.words(kind)

    def _put(self, label: SourceLabel, text: str) -> None:
        if self.found.setdefault(label, text) != text:
            self._refuse(label, f'is mapped to "{self.found[label]}" and "{text}".')

    def _unknown(self, label: SourceLabel, kind: str, text: str) -> None:
        if self._targets is not None:
            self._refuse(label, self._targets.complaint(kind, text))

    def _refuse(self, label: SourceLabel, problem: str) -> None:
        self.problems.append(f"{label.kind}.{label.name}: {problem}")


def _places(attribute: str) -> list[str]:
    """An attribute by the items that may have it, if it is one of mentions."""
    item, _, name = attribute.partition(".")
    return [f"{item}.{name}" for item in (SPAN_ITEMS if item == "mention" else (item,))]


def _quoted(text: str) -> str:
    # Escaped beyond what TOML requires: the template is first seen in a terminal.
    written = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in written)


def _wrapped(words: Iterable[str]) -> Iterator[str]:
    line = ""
    for word in words:
        if line and len(line) + len(word) > 90:
            yield line
            line = ""
        line += f"{' ' if line else ''}{word}"
    if line:
        yield line
