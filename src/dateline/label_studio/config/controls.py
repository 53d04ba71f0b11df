"""Names of the page's controls, which the configuration and the conversion share."""

from __future__ import annotations

import string

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

SAME = "same"
SAME_LETTERS = tuple(string.ascii_uppercase)
"""The labels of the control ``same``, which regions have in addition to their own.

Mentions with the same letter are one entity, and events with the same letter one event instance.
"""

NOTE = "note"
UNSURE = "unsure"
"""Prefixes of the controls for what annotators say about their work, and the choice of the second.

No item of the ontology has this prefix, so no attribute has one of their names.
"""

VALUE = "label"
"""Prefix of the ``Labels`` controls for values of attributes; no attribute has it either."""

CONFLICT = "conflict"
CONFLICT_NOTE = "conflict_note"
CONFLICT_STATE = "conflict_state"
RESOLVED = "resolved"
RELATION_CONFLICT = "relation conflict"
"""The label of marks at which a version can be chosen."""
CONFLICT_VERSION = "conflict_version"
CONFLICT_CHANGES = "conflict_changes"
"""The controls of such marks: the choice of a version, and what each version changes."""
VERSIONS = ("1", "2", "3", "4", "all", "none")
"""The versions that can be chosen: by number, all together, or none of them."""

REVIEW = "review"
"""The field of a task with a reviewer's comment, which the page shows."""

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


def chained_controls(ontology: Ontology) -> tuple[LayerControls, ...]:
    """The controls of the layers in which several regions may be one entity or event."""
    chained = {ENTITY: ontology.has_coreference, EVENT: ontology.has_event_coreference}
    return tuple(controls for controls in controls_of(ontology) if chained.get(controls))
