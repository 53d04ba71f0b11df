"""What another page's labels, choices, texts and relations are in this corpus: a TOML file."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from dateline.errors import DatelineError
from dateline.label_studio.importing.inventory import Thing
from dateline.label_studio.page.controls import (
    ANSWERS,
    CLAIM,
    CLAIMER,
    CONTROLS,
    CUE,
    ENTITY,
    EVENT,
)
from dateline.model import Struct
from dateline.ontology.labels import STRUCTURAL_RELATIONS, Ontology

IGNORE, UNDECIDED, REVERSED = "ignore", "?", "reversed "
LIMIT = 5_000_000
"""Bytes of the largest mapping that is read."""

_LABEL_KINDS = {"entity": ENTITY, "event": EVENT, "act": CLAIM}


class Target(Struct, frozen=True):
    """What something is on our page: a control and the label or choice of it.

    A relation has no control, and may lead the other way round than the one that it is made from.
    """

    control: str
    name: str
    reverse: bool = False


class LabelMapping(Struct, frozen=True):
    """A mapping that fits the ontology; a thing with no target is to be ignored.

    ``text_field`` and ``id_field`` are the fields of a task's data that hold the text and the
    document's id, ``object`` is the page's object that showed the text, and ``defaults`` is what a
    region says on a control that was left empty.
    """

    text_field: str | None
    id_field: str | None
    object: str | None
    targets: Mapping[Thing, tuple[Target, ...]]
    ignored_controls: frozenset[str]
    ignored_types: frozenset[str]
    defaults: Mapping[str, str]

    def of(self, thing: Thing) -> tuple[Target, ...] | None:
        """What the thing is here, nothing if it is to be ignored, None if nobody has said."""
        if thing.control and thing.control in self.ignored_controls:
            return ()
        if thing.kind == "type" and thing.name in self.ignored_types:
            return ()
        return self.targets.get(thing)

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that something is mapped to."""
        used = {target.control for targets in self.targets.values() for target in targets}
        return tuple(controls.layer for controls in CONTROLS if controls.labels in used)


class _Document(Struct, frozen=True):
    text: str | None = None
    id: str | None = None
    object: str | None = None


class _Ignored(Struct, frozen=True):
    controls: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()


_Named = dict[str, str | list[str]]


class _File(Struct, frozen=True):
    document: _Document = _Document()
    labels: dict[str, _Named] = msgspec.field(default_factory=dict)
    choices: dict[str, _Named] = msgspec.field(default_factory=dict)
    texts: _Named = msgspec.field(default_factory=dict)
    relations: _Named = msgspec.field(default_factory=dict)
    defaults: dict[str, str] = msgspec.field(default_factory=dict)
    ignore: _Ignored = _Ignored()


def read_mapping(path: Path, ontology: Ontology) -> LabelMapping:
    """Read a mapping.

    Raises DatelineError, naming every entry that cannot be, where it does not fit.
    """
    if path.stat().st_size > LIMIT:
        raise DatelineError(f"{path}: has more than {LIMIT:,} bytes; this is no mapping.")
    try:
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DatelineError(f"{path}: is not TOML: {error}.") from None
    except (msgspec.ValidationError, RecursionError) as error:
        raise DatelineError(
            f"{path}: {error}. `dateline studio import EXPORT --template` prints a mapping to "
            "start from."
        ) from None
    vocabulary = Vocabulary(ontology)
    targets: dict[Thing, tuple[Target, ...]] = {}
    problems = []
    for place, thing, written in _entries(file):
        found = []
        for text in written:
            target = vocabulary.target(thing, text)
            if target is not None:
                found.append(target)
            elif text not in (IGNORE, UNDECIDED):
                problems.append(f"{place}: {vocabulary.complaint(thing, text)}")
        if UNDECIDED not in written:
            targets[thing] = tuple(found)
    defaults = {}
    for name, value in file.defaults.items():
        text = f"{name}={value}"
        default = vocabulary.target(Thing(kind="choice", control="", name=""), text)
        if default is None:
            choice = Thing(kind="choice", control="", name="")
            problems.append(f"defaults.{name}: {vocabulary.complaint(choice, text)}")
        else:
            defaults[default.control] = default.name
    if problems:
        raise DatelineError(f"{path}:\n" + "\n".join(f"  {problem}" for problem in problems[:50]))
    return LabelMapping(
        text_field=file.document.text,
        id_field=file.document.id,
        object=file.document.object,
        targets=targets,
        ignored_controls=file.ignore.controls,
        ignored_types=file.ignore.types,
        defaults=defaults,
    )


class Vocabulary:
    """How each thing of our page is written in a mapping."""

    def __init__(self, ontology: Ontology) -> None:
        self._targets: dict[str, dict[str, Target]] = {
            "label": dict(_labels(ontology)),
            "choice": dict(_choices(ontology)),
            "text": {name: Target(control=name, name="") for name in ANSWERS},
            "relation": {
                name: Target(control="", name=name)
                for name in (
                    *ontology.roles,
                    *(label.name for label in ontology.event_relations),
                    *(label.name for label in ontology.claim_relations),
                    *STRUCTURAL_RELATIONS,
                )
            },
            "type": {},
        }

    def words(self, kind: str) -> Collection[str]:
        """All that a thing of this kind may be mapped to."""
        return self._targets[kind]

    def target(self, thing: Thing, text: str) -> Target | None:
        """What is written, or None where there is no such thing."""
        found = self._targets[thing.kind].get(text)
        if found is None and thing.kind == "relation" and text.startswith(REVERSED):
            found = self._targets["relation"].get(text.removeprefix(REVERSED))
            return found and msgspec.structs.replace(found, reverse=True)
        return found

    def complaint(self, thing: Thing, text: str) -> str:
        """Why a text is no target, with the nearest that is one."""
        words = self._targets[thing.kind]
        close = difflib.get_close_matches(text, words, n=1)
        guess = f"did you mean «{close[0]}»?" if close else f"write it as «{next(iter(words), '')}»"
        return f"«{text}» is no {thing.kind} of this corpus; {guess}"

    def guess(self, thing: Thing) -> str:
        """What a thing of just our name must be, or that nobody has decided."""
        name = (thing.control if thing.kind == "text" else thing.name).casefold()
        found = [
            word
            for word, target in self._targets[thing.kind].items()
            if name and name == (target.name or target.control).casefold()
        ]
        return found[0] if len(found) == 1 else UNDECIDED


def _labels(ontology: Ontology) -> Iterator[tuple[str, Target]]:
    for kind, controls in _LABEL_KINDS.items():
        for name in ontology.layers[controls.layer].label_names:
            yield f"{kind}:{name}", Target(control=controls.labels, name=name)
    yield CUE, Target(control=CUE, name=CUE)


def _choices(ontology: Ontology) -> Iterator[tuple[str, Target]]:
    for controls in CONTROLS:
        for attribute in ontology.layers[controls.layer].attributes:
            control = controls.attribute(attribute.name)
            for value in attribute.values:
                written = f"{controls.prefix}.{attribute.name}={value.name}"
                yield written, Target(control=control, name=value.name)
    for claimer in ontology.claimers:
        yield f"{CLAIMER}={claimer.name}", Target(control=CLAIMER, name=claimer.name)


def _entries(file: _File) -> Iterator[tuple[str, Thing, list[str]]]:
    for kind, table in (("label", file.labels), ("choice", file.choices)):
        for control, names in table.items():
            for name, written in names.items():
                thing = msgspec.convert({"kind": kind, "control": control, "name": name}, Thing)
                yield f"{kind}s.{control}.{name}", thing, _list(written)
    for control, written in file.texts.items():
        yield f"texts.{control}", Thing(kind="text", control=control, name=""), _list(written)
    for name, written in file.relations.items():
        yield f"relations.{name}", Thing(kind="relation", control="", name=name), _list(written)


def _list(written: str | list[str]) -> list[str]:
    return [written] if isinstance(written, str) else written


def owners(ontology: Ontology) -> Mapping[str, str]:
    """The ``Labels`` control whose regions each choice of our page belongs to."""
    found = {
        controls.attribute(attribute.name): controls.labels
        for controls in CONTROLS
        for attribute in ontology.layers[controls.layer].attributes
    }
    return {**found, CLAIMER: CLAIM.labels}


def required(ontology: Ontology) -> Iterable[tuple[str, str]]:
    """Attributes that every item must have, as a mapping's defaults name them, with a value."""
    for controls in CONTROLS:
        for attribute in ontology.layers[controls.layer].attributes:
            if attribute.required and attribute.values:
                yield f"{controls.prefix}.{attribute.name}", attribute.values[0].name
    if ontology.claimers:
        yield CLAIMER, ontology.claimers[0].name
