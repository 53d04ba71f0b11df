"""The labels of this corpus that a mapping can name, and how it writes them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator

import msgspec

from dateline.label_studio.config.controls import (
    ANSWERS,
    CLAIM,
    CUE,
    ENTITY,
    EVENT,
    choice_controls,
)
from dateline.label_studio.importing.source_labels import SourceLabel
from dateline.model import Struct
from dateline.ontology.labels import STRUCTURAL_RELATIONS, Ontology

UNDECIDED, REVERSED = "?", "reversed "

_LABEL_KINDS = {"entity": ENTITY, "event": EVENT, "act": CLAIM}


class TargetLabel(Struct, frozen=True):
    """A label, choice, text control or relation of this corpus's page.

    A relation has no control, and may have the ends of the original swapped.
    """

    control: str
    name: str
    reverse: bool = False


class TargetLabels:
    """The target labels of an ontology by kind, as a mapping writes them."""

    def __init__(self, ontology: Ontology) -> None:
        relations = (*ontology.event_relations, *ontology.claim_relations)
        names = (*ontology.roles, *(label.name for label in relations), *STRUCTURAL_RELATIONS)
        self._targets: dict[str, dict[str, TargetLabel]] = {
            "label": dict(_labels(ontology)),
            "choice": dict(_choices(ontology)),
            "text": {name: TargetLabel(control=name, name="") for name in ANSWERS},
            "relation": {name: TargetLabel(control="", name=name) for name in names},
        }

    def words(self, kind: str) -> Collection[str]:
        """All target labels of a kind."""
        return self._targets[kind]

    def find(self, kind: str, text: str) -> TargetLabel | None:
        """The target label with this text, or None."""
        found = self._targets[kind].get(text)
        if found is None and kind == "relation" and text.startswith(REVERSED):
            found = self._targets[kind].get(text.removeprefix(REVERSED))
            return found and msgspec.structs.replace(found, reverse=True)
        return found

    def complaint(self, kind: str, text: str) -> str:
        """Why a text is not a target label, with the most similar one."""
        words = self._targets[kind]
        close = difflib.get_close_matches(text, words, n=1)
        hint = (
            f'Did you mean "{close[0]}"?' if close else f'Write it like "{next(iter(words), "")}".'
        )
        return f'"{text}" is not a {kind} of this corpus. {hint}'

    def guess(self, label: SourceLabel) -> str:
        """The only target label with the same name, or ``?``."""
        name = (label.control if label.kind == "text" else label.name).casefold()
        found = [
            word
            for word, target in self._targets[label.kind].items()
            if name and name == (target.name or target.control).casefold()
        ]
        return found[0] if len(found) == 1 else UNDECIDED


def required_defaults(ontology: Ontology) -> Iterable[tuple[str, str]]:
    """Required attributes as a mapping's ``[defaults]`` names them, each with its first value."""
    for choices in choice_controls(ontology).values():
        if choices.required and choices.values:
            yield choices.field, choices.values[0].name


def _labels(ontology: Ontology) -> Iterator[tuple[str, TargetLabel]]:
    for kind, controls in _LABEL_KINDS.items():
        for name in ontology.layers[controls.layer].label_names:
            yield f"{kind}:{name}", TargetLabel(control=controls.labels, name=name)
    yield CUE, TargetLabel(control=CUE, name=CUE)


def _choices(ontology: Ontology) -> Iterator[tuple[str, TargetLabel]]:
    for control, choices in choice_controls(ontology).items():
        for value in choices.values:
            yield f"{choices.field}={value.name}", TargetLabel(control=control, name=value.name)
