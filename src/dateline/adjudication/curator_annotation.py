"""Decisions from a curator's own annotation, and the draft that the curator starts from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.case import SET_KINDS, Case, Decision, distinct
from dateline.adjudication.resolve import resolve
from dateline.adjudication.strategy import PREFER, Answer, Strategy, strategy
from dateline.model import Annotation

_CURATOR = "~"
"""The curator as one of the annotators. Sorts last, so that cases keep the annotators' names."""


def _union(case: Case) -> Answer:
    if case.kind == "presence":
        return Answer(choice=tuple(name for name, o in case.options.items() if o.value))
    if case.kind in SET_KINDS:
        return Answer(choice=tuple(case.options))
    given = (name for name, option in case.options.items() if option.value is not None)
    return Answer(choice=(next(given, next(iter(case.options))),))


UNION = Strategy(name="union", decide=_union)
"""Keeps every item of every annotator, with the fields of the first annotator who has it."""


def curator_decisions(
    annotated: AnnotatedDocument, cases: Iterable[Case], curated: Annotation
) -> Iterator[Decision]:
    """The decisions on these cases that follow from a curator's annotation.

    The annotation is added to the annotators', and preferred to them. Cases that do not come up
    that way get no decision.
    """
    own = msgspec.structs.replace(curated, annotator=_CURATOR)
    with_curator = AnnotatedDocument.of(
        annotated.document, [*annotated.annotations.values(), own], annotated.ontology
    )
    resolution = resolve(with_curator, (), strategy(f"{PREFER}:{_CURATOR}", [_CURATOR]))
    values = {
        re.sub(rf"\+{_CURATOR}:[^/+]+", "", case.id): case.options[_CURATOR].value
        for case, _ in resolution.decided
        if _CURATOR in case.options
    }
    for case in cases:
        if case.id in values:
            yield _decision(annotated.document.id, case, values[case.id])


def _decision(document: str, case: Case, value: Any) -> Decision:
    if case.kind in SET_KINDS:
        options = {name: option.value for name, option in case.options.items()}
        every = distinct(element for some in options.values() for element in some)
        value = [element for element in every if element in value]
        names = tuple(n for n, some in options.items() if some and all(e in value for e in some))
        found = distinct(element for name in names for element in options[name])
        chosen = len(found) == len(value)
    else:
        names = tuple(name for name, option in case.options.items() if option.value == value)
        chosen = bool(names) or value is None
    if chosen:
        return Decision(document=document, case=case.id, choice=names)
    return Decision(document=document, case=case.id, value=value)
