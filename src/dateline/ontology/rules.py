"""The rules of an ontology, each with a hash, by which a change of a rule is found.

A rule is what the ontology says about a label, a role, an attribute or the spans of a layer. Names,
titles, colors, hotkeys, crosswalks and defaults are no rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from dateline.model import Struct
from dateline.ontology.label_lists import attributes, label_lists
from dateline.ontology.labels import Attribute, Label, Ontology, Role
from dateline.ontology.schemas import LAYER_DEFINITIONS

_DIGITS = 16
_COSMETIC = ("name", "title", "color", "hotkey", "formerly", "is_name", "polarity")
_OTHER_RULES = ("title", "description", "oneOf", "items", "default", "$comment", "$ref")
"""Keys of an attribute's schema that are cosmetic, or part of the content anyway."""


class Rule(Struct, frozen=True):
    """A rule of the guidelines and its hash.

    ``kind`` is that of a label as in ``dateline rename``, ``role of TYPE``, an attribute
    (``mention.level``), or the definition of a layer's items (``mention``). The last two have no
    ``name``.
    """

    kind: str
    name: str
    sha256: str

    @property
    def title(self) -> str:
        """Kind and name, such as ``entity:PERSON``."""
        return title_of(self.kind, self.name)


def title_of(kind: str, name: str) -> str:
    """The title of a rule of this kind and name."""
    return f"{kind}:{name}" if name else kind


def rules(ontology: Ontology, known: Collection[str] = ()) -> Mapping[str, Rule]:
    """All rules of an ontology by key.

    A key is the rule's title. For a label that was renamed, it is the title with the former name if
    ``known`` has that; so a new name changes neither keys nor hashes.
    """
    return _Rules(ontology, known).by_key


def rule_hash(content: object) -> str:
    """The hash of a rule's content: the first 16 digits of the SHA-256 of its JSON."""
    written = msgspec.json.encode(content, order="sorted")
    return hashlib.sha256(written).hexdigest()[:_DIGITS]


class _Rules:
    def __init__(self, ontology: Ontology, known: Collection[str]) -> None:
        self._known = known
        self._ontology = ontology
        self._lists = label_lists(ontology)
        self._names = {kind: self._known_names(kind, of) for kind, of in self._lists.items()}
        self.by_key: dict[str, Rule] = {}
        for layer, definition in LAYER_DEFINITIONS.items():
            if layer in ontology.layers and ontology.layers[layer].span:
                self._add(definition, "", {"span": ontology.layers[layer].span})
        if ontology.required_sources:
            claimers = self._names["claimer"]
            required = sorted(claimers[name] for name in ontology.required_sources)
            self._add("factuality", "", {"required": required})
        for kind, labels in self._lists.items():
            self._add_labels(kind, labels)
        for name, event_type in ontology.event_types.items():
            self._add_roles(name, event_type.roles.values())
        for item, attribute in attributes(ontology):
            self._add(f"{item}.{attribute.name}", "", _attribute(attribute))
            self._add_labels(f"{item}.{attribute.name}", attribute.values)

    def _add(self, kind: str, name: str, content: Mapping[str, Any], key: str = "") -> None:
        written = {field: value for field, value in content.items() if value}
        rule = Rule(kind=kind, name=name, sha256=rule_hash(written))
        self.by_key[key or rule.title] = rule

    def _add_labels(self, kind: str, labels: Iterable[Label]) -> None:
        names = self._known_names(kind, labels)
        for label in labels:
            content = _content(label)
            content["neighbours"] = {names.get(n, n): v for n, v in label.neighbours.items()}
            if kind == "relation":
                relation = self._ontology.relation_types[label.name]
                content["sources"] = self._entity_types(relation.sources)
                content["targets"] = self._entity_types(relation.targets)
            self._add(kind, label.name, content, title_of(kind, names[label.name]))

    def _add_roles(self, event: str, roles: Iterable[Role]) -> None:
        kind = f"role of {self._names['event'][event]}"
        names = self._known_names(kind, roles)
        for role in roles:
            content = _content(role) | {"fillers": self._entity_types(role.fillers)}
            self._add(f"role of {event}", role.name, content, title_of(kind, names[role.name]))

    def _entity_types(self, names: Iterable[str]) -> list[str]:
        known = self._names.get("entity", {})
        return sorted(known.get(name, name) for name in names)

    def _known_names(self, kind: str, labels: Iterable[Label | Role]) -> Mapping[str, str]:
        """The names that are known, by current name."""
        return {
            label.name: next(
                (n for n in (label.name, *label.formerly) if title_of(kind, n) in self._known),
                label.name,
            )
            for label in labels
        }


def _content(label: Label | Role) -> dict[str, Any]:
    fields = msgspec.structs.asdict(label)
    return {name: value for name, value in fields.items() if name not in _COSMETIC}


def _attribute(attribute: Attribute) -> dict[str, Any]:
    schema = {k: v for k, v in attribute.schema.items() if k not in _OTHER_RULES}
    return {
        "description": attribute.description,
        "required": attribute.required,
        "schema": schema,
    }
