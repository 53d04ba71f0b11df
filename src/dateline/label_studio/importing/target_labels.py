"""The labels of this corpus that a mapping can name, and how it writes them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator

import msgspec

from dateline.label_studio.config.controls import CLAIM, CUE, ENTITY, EVENT
from dateline.label_studio.config.questions import Question, questions
from dateline.label_studio.config.relations import relation_labels
from dateline.label_studio.importing.source_labels import SourceLabel
from dateline.model import Struct
from dateline.ontology.labels import Ontology

UNDECIDED, REVERSED = "?", "reversed "

_LABEL_KINDS = {"entity": ENTITY, "event": EVENT, "act": CLAIM}


class TargetLabel(Struct, frozen=True):
    """A label, choice, text control or relation of this corpus's page.

    A relation has no control, and may have the ends of the original swapped. ``layer`` is the layer
    that has an item or an attribute of its own for each use of the label, if one has.
    """

    control: str
    name: str
    layer: str | None = None
    reverse: bool = False


class TargetLabels:
    """The target labels of an ontology by kind, as a mapping writes them."""

    def __init__(self, ontology: Ontology) -> None:
        self._targets: dict[str, dict[str, TargetLabel]] = {
            "label": dict(_labels(ontology)),
            "choice": dict(_choices(ontology)),
            "text": {
                question.field: _answer(question, "")
                for question in questions(ontology)
                if not question.values
            },
            "relation": {
                name: TargetLabel(
                    control="",
                    name=name,
                    layer="relations" if name in ontology.relation_types else None,
                )
                for name in relation_labels(ontology)
            },
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

    def guess(self, label: SourceLabel, *, of_the_text: bool = False) -> str:
        """The only target label with the same name, or ``?``.

        What is about the whole text can only be an attribute of the document.
        """
        name = (label.control if label.kind == "text" else label.name).casefold()
        found = [
            word
            for word, target in self._targets[label.kind].items()
            if name and name == (target.name or target.control).casefold()
            if not of_the_text or target.layer == "document"
        ]
        return found[0] if len(found) == 1 else UNDECIDED


def required_defaults(ontology: Ontology) -> Iterable[tuple[str, str]]:
    """Required values as a mapping's ``[defaults]`` names them, each with its first label."""
    for question in questions(ontology):
        if question.required and question.values:
            yield question.field, question.values[0].name


def _labels(ontology: Ontology) -> Iterator[tuple[str, TargetLabel]]:
    for kind, controls in _LABEL_KINDS.items():
        for name in ontology.labels_of(controls.layer):
            label = TargetLabel(control=controls.labels, name=name, layer=controls.layer)
            yield f"{kind}:{name}", label
    if CLAIM.layer in ontology.layers:
        yield CUE, TargetLabel(control=CUE, name=CUE)


def _choices(ontology: Ontology) -> Iterator[tuple[str, TargetLabel]]:
    for question in questions(ontology):
        for value in question.values:
            yield f"{question.field}={value.name}", _answer(question, value.name)


def _answer(question: Question, name: str) -> TargetLabel:
    layer = question.layer if question.labels is None else None
    return TargetLabel(control=question.control, name=name, layer=layer)
