"""A mapping of the labels of a source to those of a corpus: a TOML file, and a draft of it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from dateline.errors import InvalidInputError
from dateline.files.reading import read_toml
from dateline.interop.importing.labels import ATTRIBUTE, LabelCount, SourceLabel
from dateline.model import AttributeValue, Struct
from dateline.ontology.label_lists import attributes, label_lists
from dateline.ontology.labels import Attribute, Ontology
from dateline.rendering.listing import listed

IGNORE, UNDECIDED = "ignore", "?"
DEFAULTS = "defaults"
"""The table of a mapping with values for items that have none."""
MAX_PROBLEMS = 50
"""Problems that a message lists."""

_HEAD = """\
# Maps the labels of a source to those of the corpus, by kind. Replace each "?" by a label of the
# corpus, or by "ignore", which leaves out what has it. Nothing is imported while one is left.
"""


class LabelMapping(Struct, frozen=True):
    """Targets by label of the source; None if the label is ignored.

    ``defaults`` are the values of attributes, such as ``mention.level``, for items without one.
    """

    targets: Mapping[SourceLabel, str | None]
    defaults: Mapping[str, AttributeValue] = {}

    def has(self, label: SourceLabel) -> bool:
        """Whether the label is mapped or ignored."""
        return label in self.targets

    def of(self, kind: str, name: str) -> str | None:
        """The target of a label, None if it is ignored."""
        return self.targets[SourceLabel(kind, name)]


class Targets:
    """The labels that an ontology has, by kind."""

    def __init__(self, ontology: Ontology) -> None:
        lists = label_lists(ontology, values=True)
        self._names = {kind: [label.name for label in labels] for kind, labels in lists.items()}
        self._names["role"] = [*ontology.roles]
        self._attributes = {f"{item}.{a.name}": a for item, a in attributes(ontology)}
        self._names[ATTRIBUTE] = [*self._attributes]

    def names(self, kind: str) -> list[str]:
        """The labels of a kind."""
        return self._names.get(kind, [])

    def is_free(self, attribute: str) -> bool:
        """Whether an attribute has values that are not labels."""
        found = self._attributes.get(attribute)
        return found is not None and not found.values

    @property
    def required(self) -> Iterator[tuple[str, str]]:
        """The attributes that must have a value, each with the first one allowed."""
        for name, attribute in self._attributes.items():
            if attribute.required:
                first = {"boolean": "false", "number": "0"}.get(attribute.kind, "")
                yield name, attribute.value_names[0] if attribute.values else first

    def default(self, attribute: str, text: str) -> AttributeValue:
        """The value of an attribute that a text stands for. Raises InvalidInputError."""
        declared = self._attributes.get(attribute)
        if declared is None:
            raise InvalidInputError(self.complaint(ATTRIBUTE, attribute))
        if declared.values and text not in declared.value_names:
            raise InvalidInputError(self.complaint(attribute, text))
        value = (text,) if declared.kind == "labels" else free_value(text, declared)
        if value is None:
            raise InvalidInputError(f'"{text}" is not {declared.form}.')
        return value

    def guess(self, label: SourceLabel) -> str:
        """The label of the corpus with the same name, or `UNDECIDED`."""
        names = self.names(label.kind)
        found = [name for name in names if name.casefold() == label.name.casefold()]
        exact = [label.name] if label.name in names else found
        return exact[0] if len(exact) == 1 else UNDECIDED

    def complaint(self, kind: str, name: str) -> str:
        """Why a name is not a label of this kind, with the most similar one."""
        names = self.names(kind)
        close = difflib.get_close_matches(name, names, n=1)
        hint = f'Did you mean "{close[0]}"?' if close else f"Allowed: {', '.join(names) or 'none'}."
        return f'"{name}" is not a label of this kind in the corpus. {hint}'


def free_value(text: str, declared: Attribute) -> AttributeValue | None:
    """A boolean, a number or a text as the ontology declares it; None if the text is not one."""
    if declared.kind == "boolean":
        return {"true": True, "false": False, "yes": True, "no": False}.get(text.lower())
    if declared.kind == "number":
        try:
            return int(text) if declared.schema.get("type") == "integer" else float(text)
        except ValueError:
            return None
    return text


def same_names(counts: Iterable[LabelCount], targets: Targets | None) -> LabelMapping:
    """Each label to that of the same name, if there is one; without ``targets``, to itself."""
    found: dict[SourceLabel, str | None] = {}
    for one in counts:
        name = one.label.name if targets is None else targets.guess(one.label)
        if name != UNDECIDED:
            found[one.label] = name
    return LabelMapping(targets=found)


def unmapped(
    counts: Iterable[LabelCount], mapping: LabelMapping, targets: Targets | None
) -> list[LabelCount]:
    """The labels that need a target and have none.

    Values need none if their attribute is ignored, or if it has values that are not labels.
    """
    found = []
    for one in counts:
        kind, attribute = one.label.kind, SourceLabel(ATTRIBUTE, one.label.kind)
        if "." in kind and mapping.has(attribute):
            target = mapping.targets[attribute]
            if target is None or (targets is not None and targets.is_free(target)):
                continue
        if not mapping.has(one.label):
            found.append(one)
    return found


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
                lines += [f"# {line}" for line in _wrapped(targets.names(kind))]
        target = name if targets is None else targets.guess(one.label)
        lines.append(f"{_quoted(name)} = {_quoted(target)}   # {one.example}")
    if targets and (required := [*targets.required]):
        lines += ["", f"[{DEFAULTS}]   # for required attributes that an item does not have"]
        lines += [f"# {_quoted(name)} = {_quoted(value)}" for name, value in required]
    return "\n".join([*lines, ""])


def read_mapping(path: Path, targets: Targets | None) -> LabelMapping:
    """Read a mapping. Raises InvalidInputError, with every entry that does not fit."""
    try:
        tables = msgspec.convert(read_toml(path), dict[str, dict[str, str]])
    except msgspec.ValidationError as error:
        raise InvalidInputError(
            f"{path}: {error}. `dateline import FORMAT PATH --template` prints a mapping to start "
            "from."
        ) from None
    found: dict[SourceLabel, str | None] = {}
    problems = []
    defaults: dict[str, AttributeValue] = {}
    for name, text in tables.pop(DEFAULTS, {}).items():
        if targets is None:
            problems.append(f"{DEFAULTS}.{name}: is not for a new corpus. Remove it.")
            continue
        try:
            defaults[name] = targets.default(name, text)
        except InvalidInputError as error:
            problems.append(f"{DEFAULTS}.{name}: {error}")
    attribute_targets = tables.get(ATTRIBUTE, {})
    for kind, table in tables.items():
        for name, target in table.items():
            if target == UNDECIDED:
                continue
            if target != IGNORE and targets is not None:
                list_kind = attribute_targets.get(kind, kind)
                if target not in targets.names(list_kind) and not targets.is_free(list_kind):
                    problems.append(f"{kind}.{name}: {targets.complaint(list_kind, target)}")
                    continue
            found[SourceLabel(kind, name)] = None if target == IGNORE else target
    if problems:
        lines = listed(problems, MAX_PROBLEMS)
        raise InvalidInputError(f"{path}:\n" + "\n".join(f"  {line}" for line in lines))
    return LabelMapping(targets=found, defaults=defaults)


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
