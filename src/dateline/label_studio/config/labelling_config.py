"""Making a project's labelling configuration from the ontology."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from dateline.errors import InvalidInputError
from dateline.extras import extra
from dateline.label_studio.config.controls import (
    CLAIM,
    CLAIMER,
    CONFLICT,
    CONFLICT_NOTE,
    CONTROLS,
    CUE,
    ENTITY,
    ENTITY_ID,
    ENTITY_LINK,
    ENTITY_NAME,
    EVENT,
    EVENT_CLUSTER,
    NO_HOTKEY,
    TEXT,
    LayerControls,
)
from dateline.label_studio.config.entries import parse_config
from dateline.label_studio.config.xml import page_xml, printable
from dateline.ontology.labels import STRUCTURAL_RELATIONS, Attribute, Label, Ontology

_STYLE = """
    .lsf-richtext__line { white-space: pre-wrap; display: block; unicode-bidi: plaintext;
      text-align: start; }
    .lsf-richtext__line + br { display: none; }
    .lsf-richtext__container { line-height: 2.1; }
    .htx-highlight[data-label]::after { font-weight: normal; opacity: 0.65;
      unicode-bidi: isolate; direction: ltr; }
    .dateline .layers { position: sticky; top: 0; z-index: 101; padding: 4px 0;
      background: var(--color-neutral-background, #fff);
      border-bottom: 1px solid var(--color-neutral-border, #ddd); }
    .dateline .layer { display: flex; gap: 8px; align-items: baseline; }
    .dateline .layer h4 { flex: 0 0 8em; margin: 0 !important;
      font-size: 12px !important; line-height: 18px !important; }
    .dateline .layer .lsf-labels { margin: 0; flex: 1; }
    .dateline .layer .lsf-label { font-size: 12px; line-height: 18px; padding: 0 5px;
      margin: 0 4px 4px 0; }
    .dateline .layer .lsf-label__hotkey { margin-left: 5px; font-size: 11px; }
    .dateline .layer .lsf-label_selected { background: var(--background);
      box-shadow: 0 0 0 2px var(--color); font-weight: 600; }
    .dateline .layer .lsf-label_selected, .dateline .layer .lsf-label_selected *
      { color: var(--color-neutral-content, #222); }
    .dateline .body { display: flex; gap: 16px; align-items: flex-start; }
    .dateline .reading { flex: 3 1 0; min-width: 0; padding-top: 20px; }
    .dateline .side { flex: 1 1 0; min-width: 250px; position: sticky; top: 170px;
      max-height: calc(100vh - 340px); overflow-y: auto; }
    .dateline .side h4 { font-size: 13px !important; line-height: 1.3 !important;
      margin: 8px 0 2px !important; }
    .dateline .side .lsf-choice { margin: 0; }
    .dateline .context { opacity: 0.6; pointer-events: none; }
    .dateline .context .lsf-label__hotkey, .dateline .context sup,
    .dateline .shown .lsf-label__hotkey { display: none; }
    .lsf-labels-list .lsf-labels-list { color: var(--color-neutral-content, #222) !important; }
    .relations-overlay [class*="relationItem"] { opacity: 0 !important; }
    .relations-overlay [class*="_highlighted"] { opacity: 1 !important; }
    body:has(.lsf-relations) .relations-overlay [class*="relationItem"] { opacity: 0.7 !important; }
  """
"""Each line has the direction of its first letter, and labels on marked words do not move the words
around them. Layers stay visible while the text scrolls. Arcs of relations would cover the text, so
they show only while the list of relations is open, or when the pointer is on one in the list."""

_CONFLICT_LABEL = Label(
    name=CONFLICT,
    title="Conflict",
    description="Annotators disagree here: resolve it and delete this mark.",
    color="#ff0000",
    hotkey=NO_HOTKEY,
)
_CONTEXT = "context"
_CUE_HOTKEYS = ("m", "shift+m", "shift+c")

_ANSWERS = {
    ENTITY.labels: (
        (ENTITY_ID, "Entity", "Same text for every mention of one entity, such as e7"),
        (ENTITY_NAME, "Name of the entity", "Once for each entity: its fullest name"),
        (ENTITY_LINK, "Knowledge base", "wikidata:Q42, or wikidata:NIL for none"),
    ),
    EVENT.labels: (
        (EVENT_CLUSTER, "Event instance", "Same text for every mention of one event instance"),
    ),
}


def labelling_config(
    ontology: Ontology, layers: Collection[str] = (), *, curation: bool = False
) -> str:
    """The labelling configuration for these layers, or all, as XML.

    Equal ontologies give equal text. The other layers are context: visible and available to
    relations, but not for labelling. With ``curation``, the page also has marks for conflicts.
    Raises InvalidInputError if an attribute has the name of one of the page's own controls, or a
    name has a character that XML forbids.
    """
    layers = layers or ontology.layer_names
    page = Element("View", className="dateline")
    SubElement(page, "Style").text = _STYLE
    top = SubElement(page, "View", className="layers")
    for controls in CONTROLS:
        layer = ontology.layers[controls.layer]
        _labels(top, controls.labels, layer.title, layer.labels, controls.layer in layers)
    _labels(top, CUE, "Cue", (_cue_label(ontology),), CLAIM.layer in layers)
    if curation:
        _labels(top, CONFLICT, "Conflict", (_CONFLICT_LABEL,), labelled=True, only_shown=True)
    _relations(page, ontology)
    body = SubElement(page, "View", className="body")
    reading = SubElement(body, "View", className="reading")
    SubElement(
        reading, "Text", name=TEXT, value=f"${TEXT}", granularity="symbol",
        saveTextResult="yes", showLabels="true",
    )  # fmt: skip
    side = SubElement(body, "View", className="side")
    if curation:
        _conflicts(side)
    for controls in CONTROLS:
        _attributes(side, controls, ontology, controls.layer in layers)
    _check_names(page)
    return page_xml(page)


def labelled_layers(config: str) -> tuple[str, ...]:
    """The layers that annotators can label with this configuration; the others are context.

    Raises InvalidInputError if the configuration is not XML.
    """
    page = parse_config(config)
    context = {
        labels.get("name")
        for view in page.iter("View")
        if _CONTEXT in view.get("className", "").split()
        for labels in view.iter("Labels")
    }
    return tuple(controls.layer for controls in CONTROLS if controls.labels not in context)


def has_conflict_marks(config: str) -> bool:
    """Whether this is the configuration of a curator's project."""
    return any(labels.get("name") == CONFLICT for labels in parse_config(config).iter("Labels"))


def row_errors(rows: Sequence[Mapping[str, Any]], config: str) -> list[str]:
    """Errors that the SDK finds in result rows for this labelling configuration.

    It checks labels, and that relations have both ends, without which the page breaks; it does not
    check offsets.
    """
    with extra("studio"):
        from label_studio_sdk.label_interface.interface import LabelInterface  # noqa: PLC0415 (heavy)

    page: Any = LabelInterface(config)
    errors = page.validate_prediction({"result": list(rows)}, return_errors=True)
    return [str(error) for error in errors]


def _conflicts(side: Element) -> None:
    SubElement(
        side, "Header", size="6",
        value="Select a conflict to read the versions. Resolve it and delete its mark. Submit when "
        "no mark is left.",
    )  # fmt: skip
    view = SubElement(
        side, "View", visibleWhen="region-selected", whenTagName=CONFLICT, className="conflict"
    )
    SubElement(
        view, "TextArea", name=CONFLICT_NOTE, toName=TEXT, perRegion="true", maxSubmissions="1",
        editable="false", rows="4",
    )  # fmt: skip


def _cue_label(ontology: Ontology) -> Label:
    taken = {label.hotkey for layer in ontology.layers.values() for label in layer.labels}
    return Label(
        name=CUE,
        title="Cue",
        description='The words that attribute a claim, such as "said" or "according to".',
        color="#9e9e9e",
        hotkey=next((key for key in _CUE_HOTKEYS if key not in taken), None),
    )


def _labels(
    page: Element,
    name: str,
    title: str,
    labels: Iterable[Label],
    labelled: bool,
    only_shown: bool = False,
) -> None:
    layer = SubElement(page, "View", className="layer" if labelled else f"layer {_CONTEXT}")
    if only_shown:
        layer.set("className", "layer shown")
    SubElement(
        layer, "Header", value=printable(title if labelled else f"{title} (context)"), size="6"
    )
    control = SubElement(layer, "Labels", name=name, toName=TEXT, choice="single")
    for label in labels:
        attributes = {"value": label.name, "hint": _hint(label)}
        if label.color is not None:
            attributes["background"] = label.color
        if not labelled:
            attributes["hotkey"] = NO_HOTKEY
        elif label.hotkey is not None:
            attributes["hotkey"] = label.hotkey
        SubElement(control, "Label", attributes)


def _hint(label: Label) -> str:
    return printable("  ".join((f"{label.title}. {label.description}", *label.examples)).strip())


def _relations(page: Element, ontology: Ontology) -> None:
    # The page keeps one relation for a pair of regions and silently drops a second one, so a
    # relation must be able to have several labels.
    control = SubElement(page, "Relations", choice="multiple")
    relations = (*ontology.event_relations, *ontology.claim_relations)
    colors = {label.name: label.color for label in relations}
    for name in dict.fromkeys((*ontology.roles, *colors, *STRUCTURAL_RELATIONS)):
        relation = SubElement(control, "Relation", value=name)
        if colors.get(name) is not None:
            relation.set("background", str(colors[name]))


def _attributes(side: Element, controls: LayerControls, ontology: Ontology, labelled: bool) -> None:
    view = SubElement(side, "View", _when(controls))
    if not labelled:
        view.set("className", _CONTEXT)
    for attribute in ontology.layers[controls.layer].attributes:
        _choices(view, controls, attribute, labelled)
    if controls is CLAIM:
        SubElement(view, "Header", value="Claimer, if not a mention", size="6")
        choices = SubElement(view, "Choices", _per_region(CLAIMER, controls), choice="single")
        _options(choices, ontology.claimers, labelled)
    for name, title, placeholder in _ANSWERS.get(controls.labels, ()):
        SubElement(view, "Header", value=title, size="6")
        SubElement(
            view, "TextArea", name=name, toName=TEXT, perRegion="true", maxSubmissions="1",
            editable="true", rows="1", placeholder=placeholder,
        )  # fmt: skip


def _choices(view: Element, controls: LayerControls, attribute: Attribute, labelled: bool) -> None:
    title = printable(f"{attribute.title}: {attribute.description}")
    SubElement(view, "Header", value=title, size="6")
    choices = SubElement(
        view, "Choices", _per_region(controls.attribute(attribute.name), controls),
        # A radio button cannot be cleared, a check box can.
        choice="single-radio" if attribute.required else "single",
    )  # fmt: skip
    if attribute.required and labelled:
        choices.set("required", "true")
        message = f"{attribute.title}: choose one for this region."
        choices.set("requiredMessage", printable(message))
    _options(choices, attribute.values, labelled)


def _per_region(name: str, controls: LayerControls) -> dict[str, str]:
    # On the surrounding View alone, `required` would apply to the regions of all layers.
    return {
        "name": name, "toName": TEXT, "perRegion": "true", "showInline": "true", **_when(controls)
    }  # fmt: skip


def _when(controls: LayerControls) -> dict[str, str]:
    return {"visibleWhen": "region-selected", "whenTagName": controls.labels}


def _options(choices: Element, values: Iterable[Label], labelled: bool) -> None:
    for value in values:
        option = SubElement(choices, "Choice", value=value.name, hint=_hint(value))
        if not labelled:
            option.set("hotkey", NO_HOTKEY)


def _check_names(page: Element) -> None:
    counts = Counter(name for tag in page.iter() if (name := tag.get("name")) is not None)
    duplicates = [name for name, count in counts.items() if count > 1]
    if duplicates:
        raise InvalidInputError(
            f"schema/ontology.schema.json: the labelling page would have two controls called "
            f"{', '.join(duplicates)}. Rename the attribute with that name."
        )
