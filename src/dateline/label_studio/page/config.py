"""The labelling page, made from the ontology."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from dateline.errors import DatelineError
from dateline.label_studio.page.controls import (
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
from dateline.label_studio.page.offers import parsed
from dateline.model import LAYERS
from dateline.ontology.labels import STRUCTURAL_RELATIONS, Attribute, Label, Ontology

_STYLE = """
    .lsf-richtext__line { white-space: pre-wrap; }
    .lsf-richtext__container { line-height: 2.1; }
    .htx-highlight[data-label]::after { font-weight: normal; opacity: 0.65; }
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
"""Layers stay in sight while the text scrolls. Arcs of relations would hide the text, so they show
only while the list of relations is open, and where one is pointed at in it."""

_CONFLICT_LABEL = Label(
    name=CONFLICT,
    title="Conflict",
    description="Annotators differ here: settle it and delete this mark.",
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
        (EVENT_CLUSTER, "Same happening", "Same text for every event of one happening"),
    ),
}


def labelling_config(
    ontology: Ontology, layers: Collection[str] = LAYERS, *, curation: bool = False
) -> str:
    """The page for these layers as Label Studio's XML; equal ontologies give equal text.

    The other layers are context: they can be seen and joined, but neither drawn nor changed. A page
    for ``curation`` has marks for conflicts, too.
    Raises DatelineError where an attribute's name is one that the page needs for itself.
    """
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
    ElementTree.indent(page)
    return ElementTree.tostring(page, encoding="unicode") + "\n"


def labelled_layers(config: str) -> tuple[str, ...]:
    """The layers that a project's configuration lets annotators label; the others are context.

    Raises DatelineError where the configuration is not XML.
    """
    page = parsed(config)
    shown = {
        labels.get("name")
        for view in page.iter("View")
        if _CONTEXT in view.get("className", "").split()
        for labels in view.iter("Labels")
    }
    return tuple(controls.layer for controls in CONTROLS if controls.labels not in shown)


def _conflicts(side: Element) -> None:
    SubElement(
        side, "Header", size="6",
        value="Select a conflict to read what is said. Settle it, delete its mark; submit when "
        "none is left.",
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
        description="The words that mark a claim as somebody's, such as «said» or «according to».",
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
    SubElement(layer, "Header", value=title if labelled else f"{title} (context)", size="6")
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
    return "  ".join((f"{label.title}. {label.description}", *label.examples)).strip()


def _relations(page: Element, ontology: Ontology) -> None:
    # The page holds one relation for a pair of regions and drops a second one without a word, so
    # whatever else joins the two must go into the same relation: hence several labels are allowed.
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
        SubElement(view, "Header", value="Claimer, if it is not a mention", size="6")
        choices = SubElement(view, "Choices", _per_region(CLAIMER, controls), choice="single")
        _options(choices, ontology.claimers, labelled)
    for name, title, placeholder in _ANSWERS.get(controls.labels, ()):
        SubElement(view, "Header", value=title, size="6")
        SubElement(
            view, "TextArea", name=name, toName=TEXT, perRegion="true", maxSubmissions="1",
            editable="true", rows="1", placeholder=placeholder,
        )  # fmt: skip


def _choices(view: Element, controls: LayerControls, attribute: Attribute, labelled: bool) -> None:
    SubElement(view, "Header", value=f"{attribute.title}: {attribute.description}", size="6")
    choices = SubElement(
        view, "Choices", _per_region(controls.attribute(attribute.name), controls),
        # A radio button cannot be taken back, a check box can.
        choice="single-radio" if attribute.required else "single",
    )  # fmt: skip
    if attribute.required and labelled:
        choices.set("required", "true")
        choices.set("requiredMessage", f"{attribute.title}: choose one for the marked region.")
    _options(choices, attribute.values, labelled)


def _per_region(name: str, controls: LayerControls) -> dict[str, str]:
    # On the surrounding View alone, `required` would ask for it on the regions of all layers.
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
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        raise DatelineError(
            f"schema/ontology.schema.json: the labelling page has two controls called "
            f"{', '.join(twice)}; rename the attribute that the name is made from."
        )
