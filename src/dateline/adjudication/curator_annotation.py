"""Adjudication by a curator's own annotation: what it starts from, and what it decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from dateline.adjudication.candidates import Inputs
from dateline.adjudication.cases import SETS, Case, Decision, distinct
from dateline.adjudication.resolve import settle
from dateline.adjudication.strategy import PREFER, Ruling, Strategy, strategy
from dateline.model import Annotation

CURATED = "~"
"""The curator among the annotators: sorts last, so that things keep the annotators' names."""


def _every(case: Case) -> Ruling:
    if case.kind == "presence":
        return Ruling(choice=tuple(name for name, o in case.options.items() if o.value))
    if case.kind in SETS:
        return Ruling(choice=tuple(case.options))
    said = (name for name, option in case.options.items() if option.value is not None)
    return Ruling(choice=(next(said, next(iter(case.options))),))


ALL = Strategy("all", _every)
"""Keeps whatever anybody has, as the first who has it says: what a curator starts from."""


def answers(inputs: Inputs, cases: Iterable[Case], curated: Annotation) -> Iterator[Decision]:
    """How a curator's annotation decides these cases, as far as it says anything on them.

    It is put beside the annotators' as one more, and a case is decided as it has it there.
    """
    own = msgspec.structs.replace(curated, annotator=CURATED)
    beside = Inputs.of(inputs.document, [*inputs.annotations.values(), own], inputs.ontology)
    followed = settle(beside, (), strategy(f"{PREFER}:{CURATED}", [CURATED]))
    said = {
        re.sub(rf"\+{CURATED}:[^/+]+", "", case.id): case.options[CURATED].value
        for case, _ in followed.decided
        if CURATED in case.options
    }
    for case in cases:
        if case.id in said:
            yield _decision(inputs.document.id, case, said[case.id])


def _decision(document: str, case: Case, value: Any) -> Decision:
    if case.kind in SETS:
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
