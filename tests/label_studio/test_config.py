"""The labelling configuration follows the ontology, and Label Studio accepts it."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dateline.errors import DatelineError
from dateline.label_studio.config.controls import CONTROLS
from dateline.label_studio.config.entries import removed_entries
from dateline.label_studio.config.former_labels import with_former_names
from dateline.label_studio.config.labelling_config import labelling_config
from dateline.ontology.labels import STRUCTURAL_RELATIONS
from dateline.ontology.reading import read_ontology


def values(page, tag, name):
    control = page.find(f".//{tag}[@name='{name}']")
    return [child.get("value") for child in control]


def assert_follows(ontology):
    page = ElementTree.fromstring(labelling_config(ontology))
    for controls in CONTROLS:
        layer = ontology.layers[controls.layer]
        assert values(page, "Labels", controls.labels) == list(layer.label_names)
        for attribute in layer.attributes:
            name = controls.attribute(attribute.name)
            assert values(page, "Choices", name) == [value.name for value in attribute.values]
            choices = page.find(f".//Choices[@name='{name}']")
            assert choices.get("whenTagName") == controls.labels
            assert (choices.get("required") == "true") == attribute.required
    assert values(page, "Choices", "claimer") == [label.name for label in ontology.claimers]
    assert {relation.get("value") for relation in page.find("Relations")} == {
        *ontology.roles,
        *(label.name for label in ontology.event_relations),
        *(label.name for label in ontology.claim_relations),
        *STRUCTURAL_RELATIONS,
    }


def test_the_page_follows_this_ontology(ontology):
    assert_follows(ontology)


def test_the_page_follows_another_ontology(chemistry, ontology):
    assert_follows(chemistry.ontology)
    config = labelling_config(chemistry.ontology)
    foreign = {name for layer in ontology.layers.values() for name in layer.label_names}
    assert not any(f'value="{name}"' in config for name in foreign)


def test_the_configuration_is_deterministic(ontology):
    assert labelling_config(ontology) == labelling_config(ontology)


def test_labels_carry_the_guidelines_colour_and_hotkey(ontology):
    page = ElementTree.fromstring(labelling_config(ontology))
    for label in ontology.layers["entities"].labels:
        tag = page.find(f".//Labels[@name='entity']/Label[@value='{label.name}']")
        assert label.description in tag.get("hint")
        assert tag.get("background") == label.color
        assert tag.get("hotkey") == label.hotkey


@pytest.mark.parametrize("name", ["repository", "chemistry"])
def test_the_server_and_the_sdk_accept_the_configuration(name, request, label_studio, title):
    from label_studio_sdk.label_interface.interface import LabelInterface

    config = labelling_config(request.getfixturevalue(name).ontology)
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


def test_an_attribute_with_the_name_of_a_control_is_an_error(repository):
    schema = json.loads(json.dumps(repository.schemas["ontology"]))
    attributes = schema["$defs"]["event"]["properties"]["attributes"]["properties"]
    attributes["cluster"] = {"oneOf": [{"const": "yes"}]}
    with pytest.raises(DatelineError, match="two controls called event_cluster"):
        labelling_config(read_ontology({**repository.schemas, "ontology": schema}))


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
        assert ElementTree.fromstring(with_former_names(config, changed)) is not None


def test_a_name_that_xml_cannot_have_is_an_error(ontology):
    layer = ontology.layers["entities"]
    layer = replace(layer, labels=(replace(layer.labels[0], name="A\uffff"), *layer.labels[1:]))
    changed = replace(ontology, layers={**ontology.layers, "entities": layer})
    with pytest.raises(DatelineError, match=r"the name .A\\uffff. has a character"):
        labelling_config(changed)
