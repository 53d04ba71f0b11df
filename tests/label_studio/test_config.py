"""The labelling configuration follows the ontology, and Label Studio accepts it."""

from __future__ import annotations

import json
from string import ascii_uppercase
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dateline.errors import DatelineError
from dateline.label_studio.config.entries import removed_entries
from dateline.label_studio.config.former_labels import with_former_names
from dateline.label_studio.config.labelling_config import labelling_config
from dateline.model import SPAN_LAYERS
from dateline.ontology.labels import Attribute
from dateline.ontology.reading import read_ontology

from .ontologies import ONTOLOGIES, every_ontology


def values(page, tag, name):
    control = page.find(f".//{tag}[@name='{name}']")
    return [child.get("value") for child in control]


TAGS = {
    "label": "Choices", "labels": "Choices", "boolean": "Choices",
    "number": "Number", "text": "TextArea",
}  # fmt: skip
STRUCTURAL = {
    "coreference": lambda ontology: ontology.has_coreference or ontology.has_event_coreference,
    "continues": lambda ontology: {*ontology.layers} & {*SPAN_LAYERS},
    "claimer": lambda ontology: {"claims", "entities"} <= {*ontology.layers},
    "cue": lambda ontology: "claims" in ontology.layers,
    "about": lambda ontology: {"claims", "events"} <= {*ontology.layers},
}


def attributes_of(ontology):
    """The attributes by the name of their control, and the label control that they belong to."""
    for item, layer, labels in (
        ("document", "document", None), ("mention", "entities", "entity"),
        ("event", "events", "event"), ("claim", "claims", "claim"),
    ):  # fmt: skip
        for attribute in ontology.attributes_of(layer):
            yield f"{item}_{attribute.name}", attribute, labels, attribute.required
    for attribute in ontology.entity_attributes:
        yield f"entity_{attribute.name}", attribute, "entity", False
    for claimer in ontology.claimers if ontology.factuality else ():
        required = claimer.name in ontology.required_sources
        values_ = Attribute(
            name="", title="", description="", required=required, values=ontology.factuality
        )
        yield f"factuality_{claimer.name}", values_, "event", required


def values_as_labels(ontology):
    """The values that are labels: of attributes with a default that all mentions have."""
    return {
        f"label_mention_{attribute.name}": [*attribute.value_names]
        for attribute in ontology.attributes_of("entities")
        if attribute.kind == "label" and attribute.default and not attribute.labels
    }


@every_ontology
def test_the_page_follows_the_ontology(ontology):
    page = ElementTree.fromstring(labelling_config(ontology))
    labels = {
        tag.get("name"): values(page, "Labels", tag.get("name")) for tag in page.iter("Labels")
    }
    assert labels.pop("cue", []) == (["cue"] if "claims" in ontology.layers else [])
    has_chains = ontology.has_coreference or ontology.has_event_coreference
    assert labels.pop("same", []) == ([*ascii_uppercase] if has_chains else [])
    assert values_as_labels(ontology) == {
        name: labels.pop(name) for name in [*labels] if name.startswith("label_")
    }
    assert labels == {
        name: list(ontology.labels_of(layer))
        for name, layer in (("entity", "entities"), ("event", "events"), ("claim", "claims"))
        if layer in ontology.layers
    }
    asked = set()
    for name, attribute, of, required in attributes_of(ontology):
        if f"label_{name}" in values_as_labels(ontology):
            continue
        asked.add(name)
        control = page.find(f".//{TAGS[attribute.kind]}[@name='{name}']")
        assert (control.get("perRegion"), control.get("whenTagName")) == (of and "true", of)
        is_asked = required and attribute.default is None  # a default is filled in by pull
        assert (control.get("required") == "true") == is_asked
        assert (control.get("choice") == "multiple") == (attribute.kind == "labels")
        options = ["yes", "no"] if attribute.kind == "boolean" else [*attribute.value_names]
        assert values(page, TAGS[attribute.kind], name) == options
    if ontology.claimers and "claims" in ontology.layers:
        assert values(page, "Choices", "claimer") == [label.name for label in ontology.claimers]
    others = {
        "claimer": ontology.claimers and "claims" in ontology.layers,
        "entity_id": ontology.has_coreference,
        "entity_name": ontology.has_coreference,
        "entity_link": ontology.has_links,
        "event_cluster": ontology.has_event_coreference,
        "event_link": ontology.has_event_links,
    }
    controls = {tag.get("name") for kind in {*TAGS.values()} for tag in page.iter(kind)}
    items = {"entities": "mention", "events": "event", "claims": "claim"}
    noted = {items[layer] for layer in ontology.layers if layer in items} | {"document"}
    notes = {f"{name}_{item}" for name in ("note", "unsure") for item in noted}
    assert controls == asked | notes | {name for name, is_declared in others.items() if is_declared}


@every_ontology
def test_the_page_has_the_relations_of_the_ontology(ontology):
    page = ElementTree.fromstring(labelling_config(ontology))
    expected = {
        *ontology.roles,
        *ontology.relation_types,
        *(label.name for label in ontology.annotated_event_relations),
        *(label.name for label in ontology.claim_relations),
        *(name for name, is_needed in STRUCTURAL.items() if is_needed(ontology)),
    }
    expected |= {
        f"{attribute.name}={value}"
        for attribute in ontology.attributes_of("relations")
        for value in attribute.value_names
    }
    expected |= {
        f"{attribute.name}={value}"
        for attribute in ontology.argument_attributes
        for value in (("yes", "no") if attribute.kind == "boolean" else attribute.value_names)
    }
    if "claims" in ontology.layers:
        expected |= {f"factuality={value.name}" for value in ontology.factuality}
    relations = page.find("Relations")
    assert (relations is None) == (not expected)
    if relations is not None:
        assert {relation.get("value") for relation in relations} == expected


def test_the_page_of_another_ontology_has_none_of_our_labels(chemistry, ontology):
    config = labelling_config(chemistry.ontology)
    foreign = {name for layer in ontology.layers.values() for name in layer.label_names}
    assert not any(f'value="{name}"' in config for name in foreign)


def test_numbers_have_the_limits_of_the_ontology(layered):
    page = ElementTree.fromstring(labelling_config(layered.ontology))
    (patients,) = [tag for tag in page.iter("Number") if tag.get("name") == "document_patients"]
    (amount,) = [tag for tag in page.iter("Number") if tag.get("name") == "mention_amount"]
    assert (patients.get("min"), patients.get("step")) == ("0", "1")
    assert (amount.get("min"), amount.get("step")) == (None, "any")


def test_relations_may_not_require_what_the_page_cannot_ask_for(layered):
    schema = json.loads(json.dumps(layered.schemas["ontology"]))
    schema["$defs"]["relation"]["properties"]["attributes"]["required"] = ["cases"]
    ontology = read_ontology({"ontology": schema})
    with pytest.raises(DatelineError, match=r'relations require "cases" \(a number\)'):
        labelling_config(ontology)
    assert labelling_config(ontology, ["entities"])


def test_arguments_may_not_require_what_the_page_cannot_ask_for(layered):
    schema = json.loads(json.dumps(layered.schemas["ontology"]))
    schema["$defs"]["argument"]["properties"]["attributes"]["required"] = ["share"]
    ontology = read_ontology({"ontology": schema})
    with pytest.raises(DatelineError, match=r'arguments require "share" \(a number\)'):
        labelling_config(ontology)
    assert labelling_config(ontology, ["relations"])


def test_the_configuration_is_deterministic(ontology):
    assert labelling_config(ontology) == labelling_config(ontology)


def test_labels_carry_the_guidelines_colour_and_hotkey(ontology):
    page = ElementTree.fromstring(labelling_config(ontology))
    for label in ontology.layers["entities"].labels:
        tag = page.find(f".//Labels[@name='entity']/Label[@value='{label.name}']")
        assert label.description in tag.get("hint")
        assert tag.get("background") == label.color
        assert tag.get("hotkey") == label.hotkey


@pytest.mark.parametrize("name", ["chemistry", *ONTOLOGIES])
def test_the_server_and_the_sdk_accept_the_configuration(name, chemistry, label_studio, title):
    from label_studio_sdk.label_interface.interface import LabelInterface

    config = labelling_config(ONTOLOGIES.get(name) or chemistry.ontology)
    LabelInterface(config).validate()
    project = label_studio.owner.post("/api/projects/", title=title, label_config=config)
    assert project["label_config"].strip() == config.strip()


def test_only_removals_count_as_removed_entries(ontology, chemistry):
    config = labelling_config(ontology)
    page = ElementTree.fromstring(config)
    ElementTree.SubElement(page.find(".//Labels[@name='entity']"), "Label", value="COMET")
    larger = ElementTree.tostring(page, encoding="unicode")
    assert removed_entries(config, larger) == []
    assert [lost.description for lost in removed_entries(larger, config)] == [
        'label "COMET" of "entity"'
    ]
    assert removed_entries(config, labelling_config(chemistry.ontology))


@pytest.mark.parametrize(
    ("cut", "lost"),
    [
        ('<Relation value="claimer" />', 'relation "claimer"'),
        ('<TextArea name="entity_name"', 'control "entity_name" (TextArea on text)'),
        ('<Text name="text"', 'Text "text" of $text'),
    ],
    ids=["relation", "control", "text"],
)
def test_removed_entries_are_described(ontology, cut, lost):
    config = labelling_config(ontology)
    other = config.replace(cut, cut.replace('me="', 'me="other_').replace('ue="', 'ue="other_'))
    assert lost in [entry.description for entry in removed_entries(config, other)]


def test_a_configuration_that_is_not_xml_is_an_error():
    with pytest.raises(DatelineError, match="is not XML"):
        removed_entries("<View>", "<View/>")


def test_an_attribute_with_the_name_of_a_control_is_an_error(news):
    schema = json.loads(json.dumps(news.schemas["ontology"]))
    attributes = schema["$defs"]["event"]["properties"]["attributes"]["properties"]
    attributes["cluster"] = {"oneOf": [{"const": "yes"}]}
    with pytest.raises(DatelineError, match="two controls called event_cluster"):
        labelling_config(read_ontology({**news.schemas, "ontology": schema}))


WORDS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from('\0\x08\x1f\ufffe\r\n<&"')
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(words=st.lists(WORDS, min_size=3, max_size=3))
def test_the_page_is_well_formed_whatever_the_guidelines_say(words, ontology):
    title, description, example = words
    layer = ontology.layers["entities"]
    label = replace(layer.labels[0], title=title, description=description, examples=(example,))
    attribute = replace(layer.attributes[0], title=title, description=description, required=True)
    layer = replace(layer, title=title, labels=(label, *layer.labels[1:]), attributes=(attribute,))
    changed = replace(ontology, layers={**ontology.layers, "entities": layer})
    for config in (labelling_config(changed), labelling_config(changed, ["events"], curation=True)):
        page = ElementTree.fromstring(config)
        assert page.find(f".//Labels[@name='entity']/Label[@value='{label.name}']") is not None
        assert ElementTree.fromstring(with_former_names(config, changed, config)) is not None


def test_a_name_that_xml_cannot_have_is_an_error(ontology):
    layer = ontology.layers["entities"]
    layer = replace(layer, labels=(replace(layer.labels[0], name="A\uffff"), *layer.labels[1:]))
    changed = replace(ontology, layers={**ontology.layers, "entities": layer})
    with pytest.raises(DatelineError, match=r"the name .A\\uffff. has a character"):
        labelling_config(changed)
