"""The configuration of brat for an ontology: ``annotation.conf`` and ``visual.conf``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dateline.interop.formats.brat.reader import ABOUT, CLAIMER, CUE
from dateline.ontology.labels import Ontology

_ANY_EVENT = "<EVENT>"
_ANY_ENTITY = "<ENTITY>"


def annotation_conf(ontology: Ontology) -> str:
    """The types, roles and attributes; attributes with numbers or any text cannot be declared."""
    sections = {
        "entities": _entities(ontology),
        "relations": _relations(ontology),
        "events": _events(ontology),
        "attributes": _attributes(ontology),
    }
    return "\n".join(f"[{name}]\n" + "".join(f"{x}\n" for x in s) for name, s in sections.items())


def visual_conf(ontology: Ontology) -> str:
    """The titles and colours of the labels."""
    labels = [label for layer in ontology.layers.values() for label in layer.labels]
    labels += [*ontology.event_relations, *ontology.claim_relations]
    titles = [f"{_name(label.name)} | {_line(label.title)}" for label in labels]
    colours = [f"{_name(x.name)}\tbgColor:{x.color}" for x in labels if x.color]
    return "\n".join(["[labels]", *titles, "", "[drawing]", *colours, ""])


def _entities(ontology: Ontology) -> Iterator[str]:
    yield from _names(ontology.labels_of("entities"))
    if "claims" in ontology.layers:
        yield CUE


def _relations(ontology: Ontology) -> Iterator[str]:
    for name, relation in ontology.relation_types.items():
        ends = (_any_of(relation.sources), _any_of(relation.targets))
        yield f"{_name(name)}\tArg1:{ends[0]}, Arg2:{ends[1]}"
    if ontology.has_coreference:
        for name in _names(ontology.labels_of("entities")):
            yield f"Equiv\tArg1:{name}, Arg2:{name}, <REL-TYPE>:symmetric-transitive"
    if ontology.has_event_coreference:
        yield f"Equiv\tArg1:{_ANY_EVENT}, Arg2:{_ANY_EVENT}, <REL-TYPE>:symmetric-transitive"
    for label in (*ontology.annotated_event_relations, *ontology.claim_relations):
        yield f"{_name(label.name)}\tArg1:{_ANY_EVENT}, Arg2:{_ANY_EVENT}"


def _events(ontology: Ontology) -> Iterator[str]:
    """Event types and speech acts; one that is both has the roles of both."""
    parts: dict[str, list[str]] = {}
    for name, event in ontology.event_types.items():
        parts[_name(name)] = [
            f"{_name(role.name)}*:{'|'.join(_fillers(role.fillers, ontology))}"
            for role in event.roles.values()
        ]
    for name in _names(ontology.labels_of("claims")):
        about = [f"{ABOUT}*:{_ANY_EVENT}"] if ontology.event_types else []
        parts.setdefault(name, []).extend([f"{CLAIMER}?:{_ANY_ENTITY}", f"{CUE}?:{CUE}", *about])
    for name, roles in parts.items():
        yield f"{name}\t{', '.join(roles)}".rstrip("\t")


def _fillers(fillers: Iterable[str], ontology: Ontology) -> Iterator[str]:
    for filler in sorted(fillers):
        if filler == "event":
            yield from _names(ontology.event_types)
        elif filler == "claim":
            yield from _names(ontology.labels_of("claims"))
        else:
            yield _name(filler)


def _attributes(ontology: Ontology) -> Iterator[str]:
    """Attributes of several items that have one name are declared together, as brat needs it."""
    places: dict[str, dict[str, None]] = {}
    values: dict[str, dict[str, None]] = {}
    for layer, everything in (
        ("entities", _ANY_ENTITY),
        ("relations", "<RELATION>"),
        ("events", _ANY_EVENT),
        ("claims", _ANY_EVENT),
    ):
        for attribute in ontology.attributes_of(layer):
            if attribute.kind in ("number", "text"):
                continue
            arguments = [*_names(attribute.labels)] or [everything]
            places.setdefault(attribute.name, {}).update(dict.fromkeys(arguments))
            names = attribute.value_names or ("true", "false")
            values.setdefault(attribute.name, {}).update(dict.fromkeys(names))
    if ontology.claimers and "claims" in ontology.layers:
        places[CLAIMER] = dict.fromkeys(_names(ontology.labels_of("claims")))
        values[CLAIMER] = dict.fromkeys(_names(label.name for label in ontology.claimers))
    for name, some in places.items():
        yield f"{_name(name)}\tArg:{'|'.join(some)}, Value:{'|'.join(values[name])}"


def _any_of(types: Iterable[str]) -> str:
    return "|".join(_names(sorted(types))) or _ANY_ENTITY


def _names(names: Iterable[str]) -> Iterator[str]:
    return map(_name, names)


def _name(name: str) -> str:
    return re.sub(r"[\s:]", "_", name)


def _line(title: str) -> str:
    return " ".join(title.split()).replace("|", "/")
