"""A mapping of the labels of a source to those of a corpus, and what a corpus has to map to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from dateline.errors import InvalidInputError
from dateline.ingest.metadata_fields import number_in
from dateline.interop.importing.labels import ATTRIBUTE, LabelCount, SourceLabel
from dateline.model import AttributeValue, Struct
from dateline.ontology.label_lists import attributes, label_lists
from dateline.ontology.labels import STRUCTURAL_RELATIONS, Attribute, Ontology
from dateline.rendering.suggestions import allowed

UNDECIDED = "?"
IGNORED = "its label is ignored by the mapping"
"""Why something is left out."""

COREFERENCE, CONTINUES, CLAIMER, ABOUT = "coreference", "continues", "claimer", "about"
FACTUALITY = "factuality"
CUE = "cue"
"""A cue, as what a mention or a relation is read as."""
ENTITY_ID, ENTITY_NAME, ENTITY_LINK = "entity_id", "entity_name", "entity_link"
EVENT_CLUSTER, EVENT_LINK = "event_cluster", "event_link"

RELATION_KINDS = ("relation", "role", "eventRelation", "claimRelation")
"""The kinds of labels that a relation can have, depending on the items that it joins."""
SPAN_ITEMS = ("mention", "event", "claim")
"""The items that a mention of a source can be read as, by which attributes are named."""
_SPAN_KINDS = ("event", "act")
_OF_RELATIONS = ("relation", "argument")
"""The items whose attributes a relation can give."""


class LabelMapping(Struct, frozen=True):
    """Targets by label of the source; None if the label is ignored.

    ``defaults`` are the values of attributes, such as ``mention.level``, for items without one.
    ``moved`` are the labels of mentions, their attributes and relations of which something else is
    made: the kind of item, or the meaning, empty if that depends on the items. Their targets are
    those of what is made, with the name in the source. ``values`` are values of attributes, each
    with the attributes that it is one of in the corpus; their name there is given by
    `part_of`. ``reversed`` are the relations whose ends are swapped. ``claimer`` is that of claims
    without one. ``reading`` are options of the format's reader.
    """

    targets: Mapping[SourceLabel, str | None]
    defaults: Mapping[str, AttributeValue] = {}
    moved: Mapping[SourceLabel, str] = {}
    values: Mapping[SourceLabel, tuple[str, ...]] = {}
    reversed: frozenset[SourceLabel] = frozenset()
    claimer: str | None = None
    reading: Mapping[str, tuple[str, ...]] = {}

    def has(self, label: SourceLabel) -> bool:
        """Whether the label is mapped or ignored."""
        return label in self.targets or label in self.moved or label in self.values

    def ignores(self, label: SourceLabel) -> bool:
        """Whether what has the label is left out."""
        is_other = label in self.moved or label in self.values
        return not is_other and self.targets.get(label, "") is None

    def of(self, kind: str, name: str) -> str | None:
        """The target of a label, None if it is ignored."""
        return self.targets.get(SourceLabel(kind, name))

    def kind_of(self, mention_type: str) -> str:
        """What mentions of a type are read as: entity, event, act or cue."""
        return self.moved.get(SourceLabel("entity", mention_type), "entity")

    def attributes_of(self, attribute: str) -> list[str]:
        """The attributes that an attribute of the source is mapped to, by the kind of item."""
        item, _, name = attribute.partition(".")
        places = (f"{item}.{name}" for item in (SPAN_ITEMS if item == "mention" else (item,)))
        return [target for place in places if (target := self.of(ATTRIBUTE, place))]


class Targets:
    """The labels that an ontology has, by kind."""

    def __init__(self, ontology: Ontology) -> None:
        lists = label_lists(ontology, values=True)
        self._names = {kind: [label.name for label in labels] for kind, labels in lists.items()}
        self._names["role"] = [*ontology.roles]
        self._attributes = {f"{item}.{a.name}": a for item, a in attributes(ontology)}
        self._names[ATTRIBUTE] = [*self._attributes]
        self._words = {
            "entity": [f"{kind}:{name}" for kind in _SPAN_KINDS for name in self.names(kind)],
            "relation": [name for kind in RELATION_KINDS[1:] for name in self.names(kind)],
            ATTRIBUTE: [],
        }
        if "claims" in ontology.layers:
            self._words["entity"].append(CUE)
            self._words["relation"] += [CLAIMER, CUE, *([ABOUT] if self.names("event") else [])]
        self._words["relation"].append(CONTINUES)
        self._words["relation"] += [
            f"{name.partition('.')[2]}={value}"
            for item in _OF_RELATIONS
            for name, value in self._values((item,))
        ]
        self._words["relation"] += [f"{FACTUALITY}={name}" for name in self.names(FACTUALITY)]
        if ontology.has_coreference:
            self._words[ATTRIBUTE] += [ENTITY_ID, ENTITY_NAME]
            self._words[ATTRIBUTE] += [ENTITY_LINK] if ontology.has_links else []
        if ontology.has_event_coreference:
            self._words[ATTRIBUTE].append(EVENT_CLUSTER)
            self._words[ATTRIBUTE] += [EVENT_LINK] if ontology.has_event_links else []
        if ontology.has_coreference or ontology.has_event_coreference:
            self._words["relation"].append(COREFERENCE)

    def names(self, kind: str) -> list[str]:
        """The labels of a kind."""
        return self._names.get(kind, [])

    def words(self, kind: str) -> list[str]:
        """What labels of a kind can be mapped to: labels of this kind, and other items.

        Values of an attribute that the corpus does not have are named with their attribute.
        """
        item = kind.partition(".")[0]
        if item != kind and not self.has(kind):
            items = SPAN_ITEMS if item == "mention" else (item,)
            return [f"{name}={value}" for name, value in self._values(items)]
        return [*dict.fromkeys((*self.names(kind), *self._words.get(kind, ())))]

    def _values(self, items: Collection[str]) -> Iterator[tuple[str, str]]:
        """The names and values of the attributes of these items whose values are labels."""
        for name, attribute in self._attributes.items():
            if name.partition(".")[0] in items:
                yield from ((name, value) for value in attribute.value_names)

    def has(self, attribute: str) -> bool:
        """Whether there is an attribute, such as ``mention.level``."""
        return attribute in self._attributes

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
        """What has the same name in the corpus, or `UNDECIDED`."""
        words = self.words(label.kind)
        if label.name in words:
            return label.name
        found = [word for word in words if _name_in(word, label.kind) == label.name.casefold()]
        return found[0] if len(found) == 1 else UNDECIDED

    def complaint(self, kind: str, name: str) -> str:
        """Why a name is not a label of this kind, with the most similar one."""
        hint = allowed(name, self.words(kind))
        return f'"{name}" is not a label of this kind in the corpus. {hint}'


def _name_in(word: str, kind: str) -> str:
    """The name of a label in what a mapping calls it, in small letters."""
    if kind == "entity":
        prefix, _, name = word.partition(":")
        word = name if prefix in _SPAN_KINDS else word
    elif "." in kind:
        word = word.partition("=")[2] or word
    return word.casefold()


def part_of(name: str, attribute: str) -> str:
    """The name of an attribute that has only those values which are of one of the corpus."""
    return f"{name}={attribute.rpartition('.')[2]}"


def free_value(text: str, declared: Attribute) -> AttributeValue | None:
    """A boolean, a number or a text as the ontology declares it; None if the text is not one."""
    if declared.kind == "boolean":
        return {"true": True, "false": False, "yes": True, "no": False}.get(text.lower())
    if declared.kind == "number":
        number = number_in(text)
        is_whole = isinstance(number, int) or declared.schema.get("type") != "integer"
        return number if is_whole else None
    return text


def same_names(counts: Iterable[LabelCount], targets: Targets | None) -> LabelMapping:
    """Each label to that of the same name, if there is one.

    Without ``targets``, to itself; a relation with a reserved name gets another one.
    """
    found: dict[SourceLabel, str | None] = {}
    for one in counts:
        kind, name = one.label
        if targets is not None:
            name = targets.guess(one.label)
        elif kind in RELATION_KINDS and name in STRUCTURAL_RELATIONS:
            name = f"{name}_relation"
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
            names, meaning = mapping.attributes_of(kind), mapping.moved.get(attribute)
            is_free = targets is not None and names and all(map(targets.is_free, names))
            if is_free or meaning or (meaning is None and not names):
                continue
        if not mapping.has(one.label):
            found.append(one)
    return found
