"""Names of the page's controls, which the configuration and the conversion share."""

from __future__ import annotations

from dateline.model import Struct
from dateline.ontology.labels import Ontology

TEXT = "text"
CUE = "cue"
CLAIMER = "claimer"
ENTITY_ID = "entity_id"
ENTITY_NAME = "entity_name"
ENTITY_LINK = "entity_link"
EVENT_CLUSTER = "event_cluster"
EVENT_LINK = "event_link"
FACTUALITY = "factuality"

CONFLICT = "conflict"
CONFLICT_NOTE = "conflict_note"

NO_HOTKEY = "f19"
"""The page gives a free key to every label without one, and few keyboards have this one."""


class LayerControls(Struct, frozen=True):
    """How a layer of spans appears on the page: its ``Labels`` control.

    ``item`` is the prefix of the controls that ask for attributes of its items.
    """

    layer: str
    labels: str
    item: str


ENTITY = LayerControls(layer="entities", labels="entity", item="mention")
EVENT = LayerControls(layer="events", labels="event", item="event")
CLAIM = LayerControls(layer="claims", labels="claim", item="claim")
CONTROLS = (ENTITY, EVENT, CLAIM)


def controls_of(ontology: Ontology) -> tuple[LayerControls, ...]:
    """The controls of the layers that the ontology declares."""
    return tuple(controls for controls in CONTROLS if controls.layer in ontology.layers)
