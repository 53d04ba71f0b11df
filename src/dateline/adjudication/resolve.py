"""Annotations and decisions to gold: a pure function, the same for one case or a thousand."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.adjudication.candidates import Inputs, Roll, hear_things
from dateline.adjudication.cases import Case, Decision
from dateline.adjudication.coreference_cases import hear_chains, hear_clusters
from dateline.adjudication.field_cases import (
    hear_about,
    hear_arguments,
    hear_attributes,
    hear_claimer,
    hear_cue,
    hear_label,
)
from dateline.adjudication.open_cases import Docket
from dateline.adjudication.relation_cases import hear_relations
from dateline.adjudication.strategy import Strategy
from dateline.annotations.layers import limited
from dateline.model import (
    GOLD,
    SCHEMA_VERSION,
    Annotation,
    Claim,
    Event,
    Mention,
    Provenance,
    Struct,
    canonical,
)


class Settlement(Struct, frozen=True):
    """How far a document has come.

    ``gold`` is None while a case is open; its ids are references of the form «ANNOTATOR:ID», and
    its provenance is empty. ``waiting`` says that more cases may come up once the open ones are
    decided. ``decided`` has every case with the decision that holds.
    """

    gold: Annotation | None
    open: tuple[Case, ...]
    waiting: bool
    decided: tuple[tuple[Case, Decision], ...]


def settle(inputs: Inputs, decisions: Iterable[Decision], strategy: Strategy) -> Settlement:
    """Merge what agrees or is decided, and list what is not.

    Of several decisions on one case the last holds, as long as its options are what they were.
    Raises DatelineError where a decision is not among those that its case allows.
    """
    docket = Docket(inputs.document.id, decisions, strategy)
    roll = hear_things(inputs, docket)
    gold = _merged(inputs, roll, docket)
    return Settlement(
        gold=None if docket.open else gold,
        open=tuple(docket.open),
        waiting=docket.waiting,
        decided=tuple(docket.decided),
    )


def _merged(inputs: Inputs, roll: Roll, docket: Docket) -> Annotation:
    """Gold as far as it is known; what is not has some value that its annotator gave."""
    chains = hear_chains(inputs, roll, docket)
    mentions = [
        Mention(
            id=thing.ref,
            spans=thing.spans,
            type=chains.type.get(thing, ""),
            attributes=hear_attributes(thing, inputs, docket),
            entity=chains.entity.get(thing),
        )
        for thing in roll.kept("mention")
    ]
    clusters = hear_clusters(inputs, roll, docket)
    events = []
    for thing in roll.kept("event"):
        label = hear_label(thing, inputs, docket)
        if label is None:
            docket.waiting = True
        events.append(
            Event(
                id=thing.ref,
                trigger=thing.spans,
                type=label or "",
                arguments=hear_arguments(thing, label, chains.type, inputs, roll, docket)
                if label
                else (),
                attributes=hear_attributes(thing, inputs, docket),
                cluster=clusters[thing],
            )
        )
    claims = [
        Claim(
            id=thing.ref,
            spans=thing.spans,
            act=hear_label(thing, inputs, docket) or "",
            claimer=hear_claimer(thing, inputs, roll, docket),
            cue=hear_cue(thing, inputs, docket),
            events=hear_about(thing, inputs, roll, docket),
            attributes=hear_attributes(thing, inputs, docket),
        )
        for thing in roll.kept("claim")
    ]
    merged = Annotation(
        schema_version=SCHEMA_VERSION,
        document=inputs.document.id,
        text_sha256=inputs.document.text_sha256,
        annotator=GOLD,
        layers=inputs.layers,
        status="adjudicated",
        provenance=Provenance(
            kind="", tool=None, created=None, updated=None, label_studio=None, note=None
        ),
        mentions=tuple(mentions),
        entities=chains.entities,
        events=tuple(events),
        event_relations=hear_relations("event_relation", inputs, roll, docket),
        claims=tuple(claims),
        claim_relations=hear_relations("claim_relation", inputs, roll, docket),
        retired=(),
    )
    # Of a layer that nobody annotated, what nothing refers to any more has no place in gold.
    return canonical(limited(merged, inputs.layers))
