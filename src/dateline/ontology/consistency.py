"""Consistency checks of an ontology that JSON Schema cannot express."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from dateline.ontology.labels import STRUCTURAL_RELATIONS
from dateline.ontology.references import DATA, Place
from dateline.ontology.schemas import (
    ITEM_DEFINITIONS,
    LAYER_DEFINITIONS,
    REQUIRED,
    UNLABELLED,
    Schema,
)
from dateline.rendering.suggestions import most_similar

Problem = tuple[Place, str]
"""Where in the resolved schema a problem is, and what it is with its fix."""

NEEDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "entity": (("mention",),),
    "relation": (("mention",),),
    "argument": (("event",),),
    "eventCluster": (("event",),),
    "eventRelation": (("event",),),
    "factuality": (("event",), ("claim", "claimer")),
    "claimer": (("claim", "factuality"),),
    "claimRelation": (("claim",),),
}
"""Definitions that need others; of several in one tuple, one is enough."""

_LABEL_LISTS: Mapping[str, Place] = {
    "mention": ("properties", "type", "oneOf"),
    "relation": ("properties", "type", "oneOf"),
    "event": ("oneOf",),
    "claim": ("properties", "act", "oneOf"),
    "claimer": ("oneOf",),
    "eventRelation": ("oneOf",),
    "claimRelation": ("oneOf",),
    "factuality": ("oneOf",),
}
"""Where a definition has its labels."""

_ROLES: Place = ("properties", "arguments", "items", "properties", "role", "oneOf")
_KNOWN = (*dict.fromkeys((*LAYER_DEFINITIONS.values(), *NEEDS)),)
_KEYWORDS = (
    *("x-color", "x-counterexamples", "x-crosswalk", "x-fillers", "x-formerly", "x-hotkey"),
    *("x-excludes", "x-from-roles", "x-labels", "x-names", "x-neighbours", "x-polarity", REQUIRED),
    *("x-source", "x-span", "x-symmetric", "x-target", "x-then", "x-transitive", "x-unit"),
    *("x-version", *UNLABELLED),
)

_ASKED = ("document", "mention", "entity", "event", "claim")
"""Items whose annotators are asked for attributes, one by one."""
_LIMITS = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))
_LINKED = ("entity", "eventCluster")


class _Labels(NamedTuple):
    """A list of labels; within it, a name has one meaning."""

    place: Place
    entries: Sequence[Schema]

    def named(self) -> Iterator[tuple[Place, str, Schema]]:
        """Place, name and content of each label."""
        for position, entry in enumerate(self.entries):
            yield (*self.place, position), _name(entry), entry


def inconsistencies(schema: Schema) -> Iterator[Problem]:
    """All problems of an ontology's schema in the right format, references resolved."""
    definitions = schema["$defs"]
    yield from _problems_of_parts(definitions)
    yield from _misspelled_keywords(schema, ())
    lists = list(_lists(definitions))
    for labels in lists:
        yield from _duplicates(labels)
        yield from _problems_of_former_names(labels)
        yield from _problems_of_neighbours(labels)
    yield from _repeated_hotkeys(definitions)
    yield from _problems_of_required(definitions)
    yield from _problems_of_limited_attributes(definitions)
    yield from _problems_of_unread_keys(definitions, lists)
    yield from _problems_of_defaults(definitions)
    yield from _problems_of_limits(definitions)
    yield from _problems_of_links(definitions)
    yield from _problems_of_ends(definitions)
    yield from _problems_of_unlabelled_roles(definitions)
    yield from _problems_of_sources(definitions)
    yield from _problems_of_logic(definitions)
    yield from _problems_of_names(definitions)


def _problems_of_parts(definitions: Schema) -> Iterator[Problem]:
    if not {*LAYER_DEFINITIONS.values()} & definitions.keys():
        layers = ", ".join(LAYER_DEFINITIONS.values())
        yield ("$defs",), f"declares no layer. Define at least one of {layers}"
    for name, needs in NEEDS.items():
        for needed in needs if name in definitions else ():
            if not definitions.keys() & {*needed}:
                places = " or ".join(f"$defs/{place}" for place in needed)
                yield ("$defs", name), f"needs {places}. Define it, or remove {name}"
    for name in definitions:
        if name not in _KNOWN and (meant := most_similar(name, _KNOWN, 0.8)):
            yield ("$defs", name), f'is not read. Rename it; did you mean "{meant}"?'


def _misspelled_keywords(node: Any, path: Place) -> Iterator[Problem]:
    if isinstance(node, list):
        for position, item in enumerate(node):
            yield from _misspelled_keywords(item, (*path, position))
    if not isinstance(node, Mapping):
        return
    for key, item in node.items():
        if key.startswith("x-") and key not in _KEYWORDS:
            if meant := most_similar(key, _KEYWORDS, 0.8):
                yield (*path, key), f'is not read. Rename it; did you mean "{meant}"?'
        elif key not in DATA:
            yield from _misspelled_keywords(item, (*path, key))


def _lists(definitions: Schema) -> Iterator[_Labels]:
    """All lists of labels."""
    for name in _LABEL_LISTS:
        yield from _labels_of(definitions, name)
    for item in ITEM_DEFINITIONS:
        yield from _lists_of_values(definitions, item)
    yield from _role_lists(definitions)


def _labels_of(definitions: Schema, name: str) -> Iterator[_Labels]:
    """The list of a definition's labels; none if it is not defined, or has none."""
    if name in definitions and name in _LABEL_LISTS:
        steps = _LABEL_LISTS[name]
        yield _Labels(("$defs", name, *steps), _part(definitions[name], steps, []))


def _lists_of_values(definitions: Schema, item: str) -> Iterator[_Labels]:
    """The values of each attribute that has labels."""
    steps: Place = ("properties", "attributes", "properties")
    for name, attribute in _part(definitions.get(item, {}), steps, {}).items():
        for inner in ((), ("items",)):
            if "oneOf" in (node := _part(attribute, inner, {})):
                yield _Labels(("$defs", item, *steps, name, *inner, "oneOf"), node["oneOf"])


def _duplicates(labels: _Labels) -> Iterator[Problem]:
    names: set[str] = set()
    for place, name, _ in labels.named():
        if name in names:
            yield place, f'"{name}" is duplicated in this list. Remove one of them'
        names.add(name)


def _problems_of_former_names(labels: _Labels) -> Iterator[Problem]:
    owners = {name: name for _, name, _ in labels.named()}
    for place, name, entry in labels.named():
        for former in entry.get("x-formerly", ()):
            owner = owners.setdefault(former, name)
            if owner != name or former == name:
                other = "a current label" if owner == former else f"also in x-formerly of {owner}"
                yield (
                    (*place, "x-formerly"),
                    f'{name} has "{former}", which is {other}. Remove it here',
                )


def _problems_of_neighbours(labels: _Labels) -> Iterator[Problem]:
    names = {name for _, name, _ in labels.named()}
    names |= {former for _, _, entry in labels.named() for former in entry.get("x-formerly", ())}
    for place, name, entry in labels.named():
        for other in sorted(entry.get("x-neighbours", {}).keys() - names):
            yield (
                (*place, "x-neighbours"),
                f'{name} has "{other}", which is not in the same list. Correct it, or remove it',
            )


def _repeated_hotkeys(definitions: Schema) -> Iterator[Problem]:
    """Keys of labels and of values that the labelling page has at the same time."""
    owners: dict[str, str] = {}
    named = (*LAYER_DEFINITIONS.values(), "claimer")
    lists = [labels for item in named for labels in _labels_of(definitions, item)]
    lists += [values for item in _ASKED for values in _lists_of_values(definitions, item)]
    for labels in lists:
        for place, name, entry in labels.named():
            key = entry.get("x-hotkey")
            if key in owners:
                yield (
                    (*place, "x-hotkey"),
                    f'{name} has "{key}", which is already the hotkey of {owners[key]}. '
                    "Choose another one",
                )
            elif key is not None:
                owners[key] = name


def _problems_of_required(definitions: Schema) -> Iterator[Problem]:
    for item in ITEM_DEFINITIONS:
        attributes = _part(definitions.get(item, {}), ("properties", "attributes"), {})
        for name in attributes.get("required", ()):
            if name not in attributes.get("properties", {}):
                yield (
                    ("$defs", item, "properties", "attributes", "required"),
                    f'has "{name}", which is not defined. Define it under properties, or remove it',
                )


def _problems_of_limited_attributes(definitions: Schema) -> Iterator[Problem]:
    """Attributes of items with some labels only."""
    place: Place = ("properties", "attributes")
    for item in ITEM_DEFINITIONS:
        lists = _labels_of(definitions, "mention" if item == "entity" else item)
        names = {name for labels in lists for _, name, _ in labels.named()}
        attributes = _part(definitions.get(item, {}), place, {})
        for name, attribute in attributes.get("properties", {}).items():
            of_attribute = ("$defs", item, *place, "properties", name)
            limited = "x-labels" in attribute
            if unknown := [label for label in attribute.get("x-labels", ()) if label not in names]:
                yield (
                    (*of_attribute, "x-labels"),
                    f"has {', '.join(unknown)}. Allowed: {', '.join(sorted(names)) or 'nothing'}",
                )
            if limited and name in attributes.get("required", ()):
                yield (
                    ("$defs", item, *place, "required"),
                    f'has "{name}", which only items with some labels have. Remove it, and write '
                    '"x-required": true in the attribute',
                )
            if "x-required" in attribute and not limited:
                yield (
                    (*of_attribute, "x-required"),
                    f'is only read with x-labels. Write "{name}" in required of the attributes',
                )


def _problems_of_unread_keys(definitions: Schema, lists: Sequence[_Labels]) -> Iterator[Problem]:
    """Keys of values that are not read, because the values are of something else."""
    read: dict[str, tuple[str, Iterable[Place]]] = {
        "x-names": (
            "an attribute of mentions with one label",
            (labels.place for labels in _lists_of_values(definitions, "mention")),
        ),
        "x-polarity": (
            "factuality, and of an attribute of claims with one label",
            (
                ("$defs", "factuality", "oneOf"),
                *(labels.place for labels in _lists_of_values(definitions, "claim")),
            ),
        ),
    }
    for key, (of, places) in read.items():
        values = {place for place in places if "items" not in place}
        for labels in lists:
            for place, _, entry in labels.named():
                if key in entry and labels.place not in values:
                    yield (*place, key), f"is only read for values of {of}. Remove it"


def _problems_of_defaults(definitions: Schema) -> Iterator[Problem]:
    """Values for items without an attribute, which are filled in where they are required."""
    place: Place = ("properties", "attributes")
    for item in ITEM_DEFINITIONS:
        attributes = _part(definitions.get(item, {}), place, {})
        for name, attribute in attributes.get("properties", {}).items():
            if "default" not in attribute:
                continue
            of_default = ("$defs", item, *place, "properties", name, "default")
            allowed = [_name(entry) for entry in attribute.get("oneOf", ())]
            if item not in _ASKED or not (allowed or attribute.get("type") == "boolean"):
                what = "a boolean or an attribute with one label"
                yield of_default, f"is only read for {what} of {', '.join(_ASKED)}. Remove it"
            elif name not in attributes.get("required", ()) and not attribute.get(REQUIRED):
                yield of_default, "is only read for a required attribute. Require it, or remove it"
            elif attribute["default"] not in (allowed or (True, False)):
                values = ", ".join(allowed or ("true", "false"))
                yield of_default, f"is {attribute['default']}. Allowed: {values}"


def _problems_of_limits(definitions: Schema) -> Iterator[Problem]:
    steps: Place = ("properties", "attributes", "properties")
    for item in ITEM_DEFINITIONS:
        for name, attribute in _part(definitions.get(item, {}), steps, {}).items():
            for least, most in _LIMITS:
                if least in attribute and most in attribute and attribute[least] > attribute[most]:
                    yield (
                        ("$defs", item, *steps, name, least),
                        f"is {attribute[least]}, and {most} is {attribute[most]}. "
                        "Correct one of them; no value fits both",
                    )


def _problems_of_links(definitions: Schema) -> Iterator[Problem]:
    for name in _KNOWN:
        if name not in _LINKED and "links" in _part(definitions, (name, "properties"), {}):
            yield (
                ("$defs", name, "properties", "links"),
                f"is not read. Declare links under {' or '.join(_LINKED)}, or remove it",
            )


def _problems_of_ends(definitions: Schema) -> Iterator[Problem]:
    """Fillers of roles, and sources and targets of relations, that are not entity types."""
    types = {name for labels in _labels_of(definitions, "mention") for _, name, _ in labels.named()}
    items = {"event", "claim"} & definitions.keys()
    ends: list[tuple[str, set[str], Iterator[tuple[Place, str, Schema]]]] = [
        *(("x-fillers", types | items, roles.named()) for roles in _role_lists(definitions)),
        *(
            (key, types, relations.named())
            for relations in _labels_of(definitions, "relation")
            for key in ("x-source", "x-target")
        ),
    ]
    for key, allowed, entries in ends:
        for place, name, entry in entries:
            if unknown := [end for end in entry.get(key, ()) if end not in allowed]:
                yield (
                    (*place, key),
                    f"{name} has {', '.join(unknown)}. "
                    f"Allowed: {', '.join(sorted(allowed)) or 'nothing'}",
                )


def _problems_of_unlabelled_roles(definitions: Schema) -> Iterator[Problem]:
    """Relations without a label that could not be the role, or could be several roles."""
    for roles in _role_lists(definitions):
        for key in UNLABELLED:
            taken: dict[str, str] = {}
            for place, name, role in roles.named():
                for filler in role.get(key, ()):
                    if filler not in role.get("x-fillers", ()):
                        allowed = ", ".join(role.get("x-fillers", ())) or "nothing"
                        yield (*place, key), f"{name} has {filler}. Allowed: {allowed}"
                    elif taken.setdefault(filler, name) != name:
                        yield (
                            (*place, key),
                            f"{name} has {filler}, as {taken[filler]} of the same event type has. "
                            "Remove it from one of them",
                        )


def _problems_of_sources(definitions: Schema) -> Iterator[Problem]:
    """Required sources of factuality that are not claimers."""
    claimers = {
        name for labels in _labels_of(definitions, "claimer") for _, name, _ in labels.named()
    }
    for name in _part(definitions, ("factuality", REQUIRED), ()):
        if name not in claimers:
            yield (
                ("$defs", "factuality", REQUIRED),
                f"has {name}. Allowed: {', '.join(sorted(claimers)) or 'nothing'}",
            )


def _problems_of_logic(definitions: Schema) -> Iterator[Problem]:
    """Relations and roles that entries of relations name and that do not exist."""
    roles = {name for labels in _role_lists(definitions) for _, name, _ in labels.named()}
    for item in ("relation", "eventRelation", "claimRelation"):
        for labels in _labels_of(definitions, item):
            names = {name for _, name, _ in labels.named()}
            for place, name, entry in labels.named():
                then = entry.get("x-then", {})
                named: list[tuple[str, Collection[str], set[str]]] = [
                    ("x-excludes", entry.get("x-excludes", ()), names),
                    ("x-then", (*then, *then.values()), names),
                    ("x-from-roles", entry.get("x-from-roles", {}), roles),
                ]
                for key, used, allowed in named:
                    if unknown := sorted({*used} - allowed):
                        yield (
                            (*place, key),
                            f"{name} has {', '.join(unknown)}. "
                            f"Allowed: {', '.join(sorted(allowed)) or 'nothing'}",
                        )


def _role_lists(definitions: Schema) -> Iterator[_Labels]:
    for labels in _labels_of(definitions, "event"):
        for place, _, event_type in labels.named():
            yield _Labels((*place, *_ROLES), _part(event_type, _ROLES, []))


def _problems_of_names(definitions: Schema) -> Iterator[Problem]:
    """Names of relations and roles that Label Studio could not tell apart."""
    relations: set[str] = set()
    for item in ("relation", "eventRelation", "claimRelation"):
        for labels in _labels_of(definitions, item):
            for place, name, _ in labels.named():
                relations.add(name)
                if name in STRUCTURAL_RELATIONS:
                    problem = f'"{name}" is reserved by the data model. Rename the relation'
                    yield (*place, "const"), problem
    taken = {*STRUCTURAL_RELATIONS, *relations}
    for roles in _role_lists(definitions):
        for place, name, role in roles.named():
            used = [(name, "const"), *((n, "x-formerly") for n in role.get("x-formerly", ()))]
            for former, key in used:
                if former in taken:
                    problem = f'"{former}" is already the name of a relation. Rename the role'
                    yield (*place, key), problem


def _name(entry: Schema) -> str:
    """The name of a label; that of an event type is deeper."""
    name: str = entry["const"] if "const" in entry else entry["properties"]["type"]["const"]
    return name


def _part(node: Any, steps: Place, default: Any) -> Any:
    for step in steps:
        if not isinstance(node, Mapping) or step not in node:
            return default
        node = node[step]
    return node
