"""Names of the page's controls, which the configuration and the conversion agree on."""

from __future__ import annotations

from dateline.model import Struct

TEXT = "text"
CUE = "cue"
CLAIMER = "claimer"
ENTITY_ID = "entity_id"
ENTITY_NAME = "entity_name"
ENTITY_LINK = "entity_link"
EVENT_CLUSTER = "event_cluster"

CONFLICT = "conflict"
CONFLICT_NOTE = "conflict_note"

COREFERENCE = "coreference"
CONTINUES = "continues"
ABOUT = "about"

NO_HOTKEY = "f19"
"""The page gives a free key to whatever has none, and few keyboards have this one."""


class LayerControls(Struct, frozen=True):
    """How a layer appears on the page: its ``Labels`` control, and the prefix of its choices."""

    layer: str
    labels: str
    prefix: str

    def attribute(self, name: str) -> str:
        """The name of the ``Choices`` control of an attribute."""
        return f"{self.prefix}_{name}"


ENTITY = LayerControls(layer="entities", labels="entity", prefix="mention")
EVENT = LayerControls(layer="events", labels="event", prefix="event")
CLAIM = LayerControls(layer="claims", labels="claim", prefix="claim")
CONTROLS = (ENTITY, EVENT, CLAIM)

ANSWERS = {
    ENTITY_ID: ENTITY.labels,
    ENTITY_NAME: ENTITY.labels,
    ENTITY_LINK: ENTITY.labels,
    EVENT_CLUSTER: EVENT.labels,
}
"""The free-text controls, and the ``Labels`` control that each belongs to."""
