"""Making a project's labelling configuration from the ontology."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from msgspec.structs import replace

from dateline.errors import InvalidInputError
from dateline.extras import extra
from dateline.label_studio.config.controls import (
    CLAIM,
    CONFLICT,
    CONFLICT_CHANGES,
    CONFLICT_NOTE,
    CONFLICT_STATE,
    CONFLICT_VERSION,
    CONTROLS,
    CUE,
    EVENT,
    NO_HOTKEY,
    RELATION_CONFLICT,
    RESOLVED,
    REVIEW,
    SAME,
    SAME_LETTERS,
    TEXT,
    VERSIONS,
    chained_controls,
    controls_of,
)
from dateline.label_studio.config.entries import parse_config
from dateline.label_studio.config.instructions import RELATIONS_SAVED
from dateline.label_studio.config.questions import Question, note_questions, questions
from dateline.label_studio.config.relations import (
    ARGUMENT,
    RELATION,
    attributes_by_meaning,
    ontology_relations,
    relation_labels,
    remarks,
    unasked,
)
from dateline.label_studio.config.xml import page_xml, printable
from dateline.model import LAYERS
from dateline.ontology.labels import Label, Ontology

_STYLE = """
    .lsf-richtext__line { white-space: pre-wrap; display: block; unicode-bidi: plaintext;
      text-align: start; }
    .lsf-richtext__line + br { display: none; }
    .lsf-richtext__container { line-height: 2.1; }
    .htx-highlight[data-label]::after { font-weight: normal; opacity: 0.65;
      unicode-bidi: isolate; direction: ltr; }
    [class*="tooltip--"] { white-space: pre-line; text-align: start; max-width: 440px; }
    .dateline .review > * { margin: 0 !important; white-space: pre-wrap; }
    .dateline .review > :not(:empty) { border-left: 4px solid #e08a00; padding: 4px 8px; }
    .dateline .review > :not(:empty)::before
      { content: "Returned to you. Correct this, and click Update: "; }
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
    .dateline .side .lsf-choice input:checked { visibility: hidden; }
    .dateline .context { opacity: 0.6; pointer-events: none; }
    .dateline .layer.context, .dateline .context sup, .dateline .notes sup,
    .dateline .shown .lsf-label__hotkey { display: none; }
    @media (max-height: 800px) { .dateline .layers { max-height: 30vh; overflow-y: auto; } }
    .lsf-labels-list .lsf-labels-list { color: var(--color-neutral-content, #222) !important; }
    .relations-overlay g[id] { visibility: hidden; }
    .relations-overlay g[class*="_highlighted"] { visibility: visible; }
    .lsf-relations__item { content-visibility: auto; contain-intrinsic-size: auto 64px; }
    .lsf-relations:not(.lsf-relations *)::before { content: "SAVED_WHEN"; display: block;
      padding: 8px 12px; font-size: 12px; line-height: 1.4; }
  """.replace("SAVED_WHEN", RELATIONS_SAVED)
"""Each line has the direction of its first letter, and labels on marked words do not move the words
around them. Layers stay visible while the text scrolls; labels of context have no row. The value
that is chosen cannot get the focus: Escape would not leave the region then. Arcs of relations would
cover the text, so one shows only when the pointer is on it in the list. Hundreds of arcs and of
rows of the list are not drawn, and no selector looks for an open list, which would make selecting a
region slow."""

_CONFLICT_LABELS = tuple(
    Label(
        name=name,
        title=name.capitalize(),
        description="Annotators disagree here, or left a note: resolve it.",
        color="#ff0000",
        hotkey=NO_HOTKEY,
    )
    for name in (CONFLICT, RELATION_CONFLICT)
)
_SAME_LABELS = tuple(
    Label(
        name=letter,
        title=f"Same {letter}",
        description="Mentions with this letter are one entity, events with it one event instance.",
        color="#9e9e9e",
        hotkey=NO_HOTKEY,
    )
    for letter in SAME_LETTERS
)
_PALE = (
    "box-shadow: inset 0 0 0 2em color-mix(in srgb, "
    "var(--color-neutral-background, #fff) 65%, transparent);"
)
_CONTEXT = "context"
_LABELLED = "labels-"
"""The page's root has a class for each layer that annotators label."""
_CUE_HOTKEYS = ("m", "shift+m", "shift+c")
_RESOLVED_HOTKEYS = ("0", "shift+0")
_VERSION_HOTKEYS = ("shift+1", "shift+2", "shift+3", "shift+4", "shift+8", "shift+9")


def labelling_config(
    ontology: Ontology, layers: Collection[str] = (), *, curation: bool = False
) -> str:
    """The labelling configuration for these layers, or all, as XML.

    Equal ontologies give equal text. The other layers are context: visible and available to
    relations, but not for labelling. With ``curation``, the page also has marks for conflicts.
    Raises InvalidInputError if the ontology does not declare one of the layers, if an attribute has
    the name of one of the page's own controls, if a relation requires an attribute that the page
    cannot ask for, or if a name has a character that XML forbids.
    """
    layers = ontology.chosen_layers(layers)
    _check_relations(ontology, layers)
    page = Element("View", className=" ".join(["dateline", *(_LABELLED + name for name in layers)]))
    SubElement(page, "Style").text = _STYLE + "".join(_pale_context(ontology, layers))
    # The server does not require fields of tasks that tags without a name show.
    SubElement(SubElement(page, "View", className="review"), "Header", value=f"${REVIEW}", size="6")
    top = Element("View", className="layers")
    for controls in controls_of(ontology):
        layer = ontology.layers[controls.layer]
        labels = [_on_page(label, ontology, controls.layer) for label in layer.labels]
        _labels(top, controls.labels, layer.title, labels, controls.layer in layers)
    if CLAIM.layer in ontology.layers:
        _labels(top, CUE, "Cue", (_cue_label(ontology),), CLAIM.layer in layers)
    asked, notes = questions(ontology), tuple(note_questions(ontology))
    # After the others: a region has the color and the questions of its first label.
    for question in asked:
        if question.as_labels:
            title, labelled = question.title.partition(":")[0], question.layer in layers
            _labels(top, question.page_control, title, question.values, labelled)
    if chained := {controls.layer for controls in chained_controls(ontology)}:
        _labels(top, SAME, "Same", _SAME_LABELS, not chained.isdisjoint(layers), only_shown=True)
    if curation:
        _labels(top, CONFLICT, "Conflict", _CONFLICT_LABELS, labelled=True, only_shown=True)
    if len(top):
        page.append(top)
    _relations(page, ontology)
    body = SubElement(page, "View", className="body")
    reading = SubElement(body, "View", className="reading")
    SubElement(
        reading, "Text", name=TEXT, value=f"${TEXT}", granularity="symbol",
        saveTextResult="yes", showLabels="true",
    )  # fmt: skip
    side = Element("View", className="side")
    if curation:
        _conflicts(side, ontology)
    asked = tuple(question for question in asked if not question.as_labels)
    for controls in controls_of(ontology):
        view = SubElement(side, "View", _when(controls.labels))
        of_notes = Element("View", className="notes")
        for around, some in ((view, asked), (of_notes, notes)):
            of_layer = [question for question in some if question.labels == controls.labels]
            _questions(around, of_layer, controls.layer in layers)
        view.append(of_notes)
    if "document" in ontology.layers:
        _document(side, ontology, asked, "document" in layers)
    view = SubElement(side, "View", className="document notes")
    SubElement(view, "Header", value="About the whole text", size="5")
    _questions(view, [question for question in notes if question.labels is None], labelled=True)
    body.append(side)
    _check_names(page)
    return page_xml(page)


def labelled_layers(config: str) -> tuple[str, ...]:
    """The layers that annotators can label with this configuration; the others are context.

    Raises InvalidInputError if the configuration is not XML.
    """
    page = parse_config(config)
    classes = page.get("className", "").split()
    named = tuple(layer for layer in LAYERS if f"{_LABELLED}{layer}" in classes)
    return named or _layers_of_former_page(page)


def shows_reviews(config: str) -> bool:
    """Whether the page shows a reviewer's comment; those of former versions did not."""
    return any(tag.get("value") == f"${REVIEW}" for tag in parse_config(config).iter("Header"))


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


def _conflicts(side: Element, ontology: Ontology) -> None:
    SubElement(
        side, "Header", size="6",
        value="Select a conflict to read the versions. Alt+. goes to the first one, to what it is "
        "about, then to the next one. Mark each conflict as resolved, or delete it, and submit.",
    )  # fmt: skip
    view = SubElement(
        side, "View", visibleWhen="region-selected", whenTagName=CONFLICT, className="conflict"
    )
    SubElement(
        view, "TextArea", name=CONFLICT_NOTE, toName=TEXT, perRegion="true", maxSubmissions="1",
        editable="false", rows="4",
    )  # fmt: skip
    state = SubElement(
        view, "Choices", name=CONFLICT_STATE, toName=TEXT, perRegion="true", choice="single",
        visibleWhen="region-selected", whenTagName=CONFLICT,
    )  # fmt: skip
    hotkey = _free_hotkey(ontology, _RESOLVED_HOTKEYS) or NO_HOTKEY
    SubElement(state, "Choice", value=RESOLVED, hotkey=hotkey)
    when = _when(CONFLICT, (RELATION_CONFLICT,))
    view = SubElement(side, "View", {**when, "className": "conflict"})
    SubElement(view, "Header", value="Or take a version of the relations", size="6")
    settings = {"name": CONFLICT_VERSION, "toName": TEXT, "perRegion": "true", "choice": "single"}
    version = SubElement(view, "Choices", {**settings, "showInline": "true", **when})
    for value, key in zip(VERSIONS, _VERSION_HOTKEYS, strict=True):
        hotkey = _free_hotkey(ontology, (key,)) or NO_HOTKEY
        SubElement(version, "Choice", value=value, hotkey=hotkey)
    hidden = SubElement(view, "View", style="display: none")
    SubElement(hidden, "TextArea", name=CONFLICT_CHANGES, toName=TEXT, perRegion="true")


def _free_hotkey(ontology: Ontology, candidates: Iterable[str]) -> str | None:
    """The first of these keys that no label or value has."""
    labels = [label for layer in ontology.layers.values() for label in layer.labels]
    labels += [value for question in questions(ontology) for value in question.values]
    taken = {label.hotkey for label in labels}
    return next((key for key in candidates if key not in taken), None)


def _cue_label(ontology: Ontology) -> Label:
    return Label(
        name=CUE,
        title="Cue",
        description='The words that attribute a claim, such as "said" or "according to".',
        color="#9e9e9e",
        hotkey=_free_hotkey(ontology, _CUE_HOTKEYS),
    )


def _labels(
    page: Element,
    name: str,
    title: str,
    labels: Iterable[Label],
    labelled: bool,
    only_shown: bool = False,
) -> None:
    classes = ["layer", *(["shown"] if only_shown else []), *([] if labelled else [_CONTEXT])]
    layer = SubElement(page, "View", className=" ".join(classes))
    SubElement(layer, "Header", value=printable(title), size="6")
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


def _pale_context(ontology: Ontology, layers: Collection[str]) -> Iterator[str]:
    """The style of marked words of context: paler, but not what is marked within them."""
    for controls in controls_of(ontology):
        for label in ontology.layers[controls.layer].labels if controls.layer not in layers else ():
            # A marked word shows its number and its label, such as "4:PERSON".
            name = "".join(f"\\{ord(character):x} " for character in f":{label.name}")
            yield f'    .htx-highlight[data-label$="{name}"] {{ {_PALE} }}\n'


def _on_page(label: Label, ontology: Ontology, layer: str) -> Label:
    """The label with its extent and, for an event type, what relations without a label mean."""
    label = replace(label, span=label.span or ontology.layers[layer].span)
    if layer != EVENT.layer:
        return label
    means = " ".join(remarks(ontology.event_types[label.name]))
    return replace(label, description=f"{label.description} {means}".strip())


def _hint(label: Label) -> str:
    """The card of a label in the guidelines, as the tooltip shows it."""
    lines = [
        f"{label.title}. {label.description}".strip(),
        *([f"Extent: {label.span}"] if label.span else []),
        *(f"+ {example}" for example in label.examples),
        *(f"– {other}" for other in label.counterexamples),
        *(f"{name}: {difference}" for name, difference in label.neighbours.items()),
    ]
    return printable("\n".join(lines))


def _relations(page: Element, ontology: Ontology) -> None:
    names = relation_labels(ontology)
    if not names:
        return
    # The page keeps one relation for a pair of regions and silently drops a second one, so a
    # relation must be able to have several labels.
    control = SubElement(page, "Relations", choice="multiple")
    colors = {label.name: label.color for label in ontology_relations(ontology)}
    for name in names:
        relation = SubElement(control, "Relation", value=name)
        if colors.get(name) is not None:
            relation.set("background", str(colors[name]))


def _document(side: Element, ontology: Ontology, asked: Iterable[Question], labelled: bool) -> None:
    view = SubElement(side, "View", className="document")
    title = f"{ontology.layers['document'].title} (the whole text)"
    SubElement(view, "Header", value=printable(title), size="5")
    _questions(view, [question for question in asked if question.labels is None], labelled)


def _questions(view: Element, asked: Iterable[Question], labelled: bool) -> None:
    if not labelled:
        view.set("className", f"{view.get('className', '')} {_CONTEXT}".strip())
    for question in asked:
        around = view
        if question.labels is not None and question.regions:
            around = SubElement(view, "View", _when(question.labels, question.regions))
        if question.title:
            SubElement(around, "Header", value=printable(question.title), size="6")
        control = SubElement(around, _TAGS[question.kind], _settings(question))
        if question.everywhere and labelled:
            control.set("required", "true")
            what = "the text" if question.labels is None else "this region"
            message = f"{question.title.partition(':')[0]}: give a value for {what}."
            control.set("requiredMessage", printable(message))
        _options(control, question.values, labelled)


_TAGS = {
    "label": "Choices",
    "labels": "Choices",
    "boolean": "Choices",
    "number": "Number",
    "text": "TextArea",
}


def _settings(question: Question) -> dict[str, str]:
    settings = {"name": question.control, "toName": TEXT}
    if question.labels is not None:
        # On the surrounding View alone, `required` would apply to the regions of all layers.
        settings |= {"perRegion": "true", **_when(question.labels, question.regions)}
    match question.kind:
        case "text":
            settings |= {"maxSubmissions": "1", "editable": "true", "rows": "1"}
            if question.placeholder:
                settings["placeholder"] = printable(question.placeholder)
        case "number":
            is_whole = question.schema.get("type") == "integer"
            settings["step"] = "1" if is_whole else "any"
            limits = (("min", "minimum"), ("max", "maximum"))
            settings |= {
                key: str(question.schema[name]) for key, name in limits if name in question.schema
            }
        case "labels":
            settings |= {"showInline": "true", "choice": "multiple"}
        case _:
            # A radio button cannot be cleared, a check box can.
            choice = "single-radio" if question.everywhere else "single"
            settings |= {"showInline": "true", "choice": choice}
    return settings


def _when(labels: str, regions: Sequence[str] = ()) -> dict[str, str]:
    """Show a part of the page while a region of this control is selected, with these labels."""
    when = {"visibleWhen": "region-selected", "whenTagName": labels}
    return {**when, "whenLabelValue": ",".join(regions)} if regions else when


def _options(choices: Element, values: Iterable[Label], labelled: bool) -> None:
    for value in values:
        option = SubElement(choices, "Choice", value=value.name, hint=_hint(value))
        if not labelled:
            option.set("hotkey", NO_HOTKEY)
        elif value.hotkey is not None:
            option.set("hotkey", value.hotkey)


def _check_relations(ontology: Ontology, layers: Collection[str]) -> None:
    attributes = attributes_by_meaning(ontology)
    for layer, meaning, one in (
        ("relations", RELATION, "a relation"), ("events", ARGUMENT, "an argument"),
    ):  # fmt: skip
        required = [a for a in unasked(attributes[meaning]) if a.required]
        if not required or layer not in layers:
            continue
        names = ", ".join(f'"{a.name}" (a {a.kind})' for a in required)
        others = ",".join(other for other in layers if other != layer)
        raise InvalidInputError(
            f"schema/ontology.schema.json: {meaning}s require {names}, and Label Studio cannot ask "
            f"for a number or a text about {one}. Make it optional"
            + (f", or label other layers: {others}." if others else ".")
        )


def _check_names(page: Element) -> None:
    counts = Counter(name for tag in page.iter() if (name := tag.get("name")) is not None)
    duplicates = [name for name, count in counts.items() if count > 1]
    if duplicates:
        raise InvalidInputError(
            f"schema/ontology.schema.json: the labelling page would have two controls called "
            f"{', '.join(duplicates)}. Rename the attribute with that name."
        )


def _layers_of_former_page(page: Element) -> tuple[str, ...]:
    """Before format 2.0, all pages had the three layers of spans, and those of context a class."""
    context = {
        labels.get("name")
        for view in page.iter("View")
        if _CONTEXT in view.get("className", "").split()
        for labels in view.iter("Labels")
    }
    names = {tag.get("name") for tag in page.iter("Labels")} - context
    return tuple(controls.layer for controls in CONTROLS if controls.labels in names)
