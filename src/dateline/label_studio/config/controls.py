"""Names of the page's controls, which the configuration and the conversion share."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.model import Struct
from dateline.ontology.labels import Label, Ontology

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
"""The page gives a free key to every label without one, and few keyboards have this one."""


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


class ChoiceControl(Struct, frozen=True):
    """A ``Choices`` control: the ``Labels`` control whose regions it belongs to, and its values.

    ``field`` is the field of the annotation, such as ``mention.level``.
    """

    labels: str
    field: str
    values: tuple[Label, ...]
    required: bool


def choice_controls(ontology: Ontology) -> Mapping[str, ChoiceControl]:
    """The ``Choices`` controls of the page by name."""
    found = {
        controls.attribute(attribute.name): ChoiceControl(
            labels=controls.labels,
            field=f"{controls.prefix}.{attribute.name}",
            values=attribute.values,
            required=attribute.required,
        )
        for controls in CONTROLS
        for attribute in ontology.layers[controls.layer].attributes
    }
    found[CLAIMER] = ChoiceControl(
        labels=CLAIM.labels, field=CLAIMER, values=ontology.claimers, required=True
    )
    return found
