"""What annotators draw is completed: edges, entities, names, and labels that can be only one."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from dateline.label_studio.config.entries import removed_entries
from dateline.label_studio.config.former_labels import with_former_names
from dateline.label_studio.config.labelling_config import labelling_config, row_errors
from dateline.label_studio.convert.from_result import from_result
from dateline.label_studio.convert.to_result import to_result
from dateline.label_studio.result_rows import value_row
from dateline.model import Argument, Entity, Note
from dateline.ontology.reading import read_ontology

from ..layered import names_and_defaults, roles_without_labels
from .ontologies import ONTOLOGIES, only
from .strategies import document_of
from .test_convert import HEADER, answer, arc, choice

TEXT = "Dr. Roe gave aspirin, 81 mg, to Ann. “The U.S. drug helped,” she said. It was Ann Roe."
WORDS = (
    "Dr. Roe gave aspirin , 81 mg , to Ann . “ The U.S. drug helped , ” she said . It was Ann Roe ."
)


def tokens_of(text, words):
    end = 0
    for word in words.split():
        start = text.index(word, end)
        end = start + len(word)
        yield start, end


DOCUMENT = replace(
    document_of(TEXT, "drug"),
    tokens=tuple(tokens_of(TEXT, WORDS)),
    sentences=((0, 36), (37, 69), (70, len(TEXT))),
)


LAYERED = read_ontology({"ontology": names_and_defaults()})


def region(id, control, label, quote, n=0, origin="manual"):
    start = -1
    for _ in range(n + 1):
        start = TEXT.index(quote, start + 1)
    value = {"start": start, "end": start + len(quote), "text": quote, "labels": [label]}
    row = {"id": id, "from_name": control, "to_name": "text", "type": "labels", "value": value}
    return row | ({"origin": origin} if origin else {})


def read(*rows, layers=LAYERED.layer_names, ontology=LAYERED):
    """The annotation, and the problems as (region, message, whether it is a note)."""
    annotation, problems = from_result(list(rows), DOCUMENT, HEADER, ontology, tidied=layers)
    return annotation, [(p.region, p.message, p.repaired) for p in problems]


def same(id, letter):
    value = {"start": 0, "end": 3, "text": "Dr.", "labels": [letter]}
    return value_row(id, "same", "labels", value)


GAVE = region("e1", "event", "GIVE", "gave")
HELPED = region("e2", "event", "HARM", "helped")
SAID = region("e3", "event", "STOP", "said")
ROE = region("m1", "entity", "PERSON", "Roe")
ANN = region("m2", "entity", "PERSON", "Ann")
SHE = region("m3", "entity", "PERSON", "she")
ANN_ROE = region("m4", "entity", "PERSON", "Ann Roe")
ASPIRIN = region("m5", "entity", "CHEMICAL", "aspirin")
CLAIM = region("c1", "claim", "ASSERT", "The U.S. drug helped")


@pytest.mark.parametrize(
    ("drawn", "kept"),
    [
        (" aspirin, ", "aspirin"),
        ("gave ", "gave"),
        (", to Ann.", "to Ann"),
        ("Ann.", "Ann"),
        ("Dr.", "Dr."),
        ("The U.S.", "The U.S."),
        ("“The U.S. drug helped,”", "“The U.S. drug helped,”"),
        ("drug helped,", "drug helped"),
        ("aspirin, 81 mg", "aspirin, 81 mg"),
        (", ", ", "),
    ],
)
def test_blanks_and_punctuation_at_the_edges_of_what_is_drawn_are_left_out(drawn, kept):
    annotation, problems = read(region("m1", "entity", "CHEMICAL", drawn))
    (span,) = annotation.mentions[0].spans
    assert span.text == kept == TEXT[span.start : span.end]
    message = "blanks or punctuation at its edges were left out"
    assert problems == ([("m1", message, True)] if drawn != kept else [])


def test_a_claim_keeps_its_full_stop():
    annotation, problems = read(
        region("c1", "claim", "ASSERT", " It was Ann Roe."), choice("c1", "claimer", "AUTHOR")
    )
    assert annotation.claims[0].spans[0].text == "It was Ann Roe."
    assert [where for where, *_ in problems] == ["c1"]


@pytest.mark.parametrize("origin", [None, "prediction"])
def test_the_edges_of_what_was_there_to_start_from_are_kept(origin):
    annotation, problems = read(region("m1", "entity", "CHEMICAL", " aspirin,", origin=origin))
    assert annotation.mentions[0].spans[0].text == " aspirin,"
    assert problems == []


def test_context_is_not_completed():
    rows = [region("m1", "entity", "CHEMICAL", "aspirin,"), GAVE]
    annotation, problems = read(*rows, layers=("events",))
    assert annotation.mentions[0].spans[0].text == "aspirin,"
    assert annotation.mentions[0].entity is None
    assert problems == []


def test_a_mention_without_an_entity_is_one_of_its_own():
    annotation, problems = read(
        ROE, ANN, answer("m2", "entity_name", "Ann Roe"), answer("m2", "entity_link", "kb:1"),
        choice("m2", "entity_approved", "no"),
    )  # fmt: skip
    assert problems == []
    assert [mention.entity for mention in annotation.mentions] == ["m1.entity", "m2.entity"]
    roe, ann = annotation.entities
    approved = {"approved": True}
    assert roe == Entity(id="m1.entity", type="PERSON", name="Roe", attributes=approved)
    assert (ann.name, ann.links[0].id, ann.attributes) == ("Ann Roe", "1", {"approved": False})


def test_a_value_is_a_label_of_a_mention_and_counts_more_than_a_former_answer():
    def level(*rows):
        annotation, problems = read(*rows)
        return [mention.attributes["level"] for mention in annotation.mentions], problems

    label = region("m1", "label_mention_level", "nominal", "Roe")
    assert level(ROE, label) == (["nominal"], [])
    assert level(label, ROE, choice("m1", "mention_level", "pronoun")) == (["nominal"], [])
    assert level(ROE, choice("m1", "mention_level", "pronoun")) == (["pronoun"], [])
    assert level(ROE) == (["name"], [])
    (found, problems) = level(ROE, GAVE, {**label, "id": "e1"})
    assert (found, [message for _, message, _ in problems]) == (
        ["name"], ['"nominal" of "label_mention_level" cannot be used here'],
    )  # fmt: skip


def test_a_project_keeps_the_question_whose_values_are_labels_now():
    before, after = ONTOLOGIES["every layer"], ONTOLOGIES["defaults"]
    present = labelling_config(before)
    page = with_former_names(labelling_config(after), after, present)
    lost = {entry.control for entry in removed_entries(present, page)}
    assert lost == set()
    assert 'requiredMessage="Level' in present
    answered = [ROE, choice("m1", "mention_level", "pronoun")]
    assert row_errors(answered, page) == []
    assert row_errors([ROE, region("m1", "label_mention_level", "nominal", "Roe")], page) == []
    made_now = labelling_config(after)
    assert with_former_names(made_now, after, made_now) == made_now


def test_a_corpus_without_coreference_has_no_entities_of_one_mention():
    ontology = ONTOLOGIES["names"]
    row = region("m1", "entity", ontology.labels_of("entities")[0], "Roe")
    annotation, _ = read(row, layers=ontology.layer_names, ontology=ontology)
    assert (annotation.mentions[0].entity, annotation.entities) == (None, ())


def test_a_chain_without_a_name_is_named_by_its_longest_name():
    level = {"m2": "name", "m3": "pronoun", "m4": "name"}
    chain = [ANN, SHE, ANN_ROE, *(choice(i, "mention_level", v) for i, v in level.items())]
    rows = [*chain, arc("m3", "m2", "coreference"), arc("m4", "m3", "coreference")]
    assert [entity.name for entity in read(*rows)[0].entities] == ["Ann Roe"]
    given = [*rows, answer("m3", "entity_name", "A. Roe")]
    assert [entity.name for entity in read(*given)[0].entities] == ["A. Roe"]
    nominal = [SHE, choice("m3", "mention_level", "pronoun")]
    assert [entity.name for entity in read(*nominal)[0].entities] == ["she"]
    unsaid = read(*rows, ontology=ONTOLOGIES["every layer"])[0]
    assert [entity.name for entity in unsaid.entities] == ["Ann"], "no level is said to be a name"


def test_regions_with_the_same_letter_are_one_entity_or_event_instance():
    letters = [same(name, "B") for name in ("m1", "m3", "e1", "e2")]
    rows = [ROE, ANN, SHE, GAVE, HELPED, *letters, answer("m3", "entity_name", "Ann Roe")]
    annotation, problems = read(*rows)
    assert problems == []
    assert [(m.id, m.entity) for m in annotation.mentions] == [
        ("m1", "m1.entity"), ("m2", "m2.entity"), ("m3", "m1.entity"),
    ]  # fmt: skip
    assert [entity.name for entity in annotation.entities] == ["Ann Roe", "Ann"]
    assert [event.cluster for event in annotation.events] == ["e1.cluster", "e1.cluster"]
    again = from_result(to_result(annotation, LAYERED), DOCUMENT, HEADER, LAYERED)
    assert again == (annotation, [])


def test_a_letter_joins_a_mention_to_an_entity_with_an_id():
    annotation, _ = read(
        ROE, SHE, answer("m3", "entity_id", "e7"), same("m1", "A"), same("m3", "A")
    )
    assert [mention.entity for mention in annotation.mentions] == ["e7", "e7"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (same("m9", "A"), "the region has no label"),
        (same("c1", "A"), '"A" of "same" cannot be used here'),
        (same("m1", "?"), '"?" of "same" cannot be used here'),
    ],
)
def test_a_letter_that_means_nothing_is_reported(row, message):
    _, problems = read(ROE, CLAIM, choice("c1", "claimer", "AUTHOR"), row)
    assert [(where, what) for where, what, _ in problems] == [(row["id"], message)]


def twice(*rows):
    """Two mentions with the same words, and these rows; the ids of their entities."""
    text = "Ann met Ann."
    document = replace(DOCUMENT, text=text, sentences=((0, 12),), tokens=((0, 12),))
    places = [("m1", 0), ("m2", 8)]
    marked = [
        value_row(name, "entity", "labels", {"start": at, "end": at + 3, "text": "Ann", "labels": ["PERSON"]})
        for name, at in places
    ]  # fmt: skip
    tidied = LAYERED.layer_names
    annotation, problems = from_result([*marked, *rows], document, HEADER, LAYERED, tidied=tidied)
    assert problems == []
    return [mention.entity for mention in annotation.mentions]


def test_the_same_name_is_one_entity_unless_the_annotator_decides_otherwise():
    assert twice() == ["m1.entity", "m1.entity"]
    assert twice(answer("m2", "entity_id", "e7")) == ["e7", "e7"]
    assert twice(choice("m2", "mention_level", "nominal")) == ["m1.entity", "m2.entity"]
    assert twice(same("m1", "A"), same("m2", "B")) == ["m1.entity", "m2.entity"]
    assert twice(same("m1", "A"), answer("m2", "entity_id", "e7")) == ["m1.entity", "e7"]


def test_notes_on_items_and_on_the_text_are_kept():
    rows = [
        ROE, GAVE, answer("m1", "note_mention", "Who is it?"), choice("m1", "unsure_mention", "unsure"),
        choice("e1", "unsure_event", "unsure"), answer("t1", "note_document", "Long."),
    ]  # fmt: skip
    annotation, problems = read(*rows)
    assert problems == []
    assert annotation.notes == (
        Note(text="Long."), Note(item="e1", unsure=True),
        Note(item="m1", text="Who is it?", unsure=True),
    )  # fmt: skip
    again = from_result(to_result(annotation, LAYERED), DOCUMENT, HEADER, LAYERED)
    assert again == (annotation, [])


def test_an_attribute_that_nobody_chose_has_its_default():
    rows = [GAVE, HELPED, choice("e2", "event_polarity", "negative")]
    annotation, problems = read(*rows)
    assert problems == []
    assert annotation.attributes == {"genre": "news"}
    assert [event.attributes["polarity"] for event in annotation.events] == ["positive", "negative"]
    context, _ = read(*rows, layers=("entities",))
    assert (context.attributes, context.events[0].attributes) == ({}, {})


def test_the_page_does_not_ask_for_an_attribute_with_a_default():
    page = ElementTree.fromstring(labelling_config(LAYERED))
    control = page.find(".//Choices[@name='event_polarity']")
    assert (control.get("required"), control.get("choice")) == (None, "single")
    headings = [heading.get("value") for heading in page.iter("Header")]
    assert "Polarity (positive if none is chosen)" in headings
    assert "Approved (once for each entity, yes if none is chosen)" in headings


@pytest.mark.parametrize("cue", [SAID, SHE], ids=["an event", "a mention"])
def test_the_words_of_an_event_or_a_mention_may_be_a_cue(cue):
    annotation, problems = read(
        CLAIM, cue, choice("c1", "claimer", "AUTHOR"), arc("c1", cue["id"], "cue")
    )
    assert problems == []
    (claim,) = annotation.claims
    assert [span.text for span in claim.cue] == [cue["value"]["text"]]
    again = from_result(to_result(annotation, LAYERED), DOCUMENT, HEADER, LAYERED)
    assert again == (annotation, [])


def test_the_same_words_are_a_cue_once():
    annotation, problems = read(
        CLAIM, SAID, region("q1", "cue", "cue", "said"), choice("c1", "claimer", "AUTHOR"),
        arc("c1", "e3", "cue"), arc("c1", "q1", "cue"),
    )  # fmt: skip
    assert problems == []
    assert [span.text for span in annotation.claims[0].cue] == ["said"]


def test_a_label_that_can_be_only_one_need_not_be_chosen():
    annotation, problems = read(
        CLAIM, ANN, GAVE, ASPIRIN, region("q1", "cue", "cue", "said"),
        arc("c1", "m2"), arc("c1", "e1"), arc("c1", "q1"), arc("e1", "m2"), arc("m5", "e1", direction="left"),
    )  # fmt: skip
    assert problems == []
    (claim,) = annotation.claims
    assert (claim.claimer, claim.events, claim.cue[0].text) == ("m2", ("e1",), "said")
    # A person gives, a chemical is given: the types of fillers leave one role for each.
    assert annotation.events[0].arguments == (
        Argument(role="drug", mention="m5"), Argument(role="giver", mention="m2"),
    )  # fmt: skip


def test_a_relation_type_that_can_be_only_one_need_not_be_chosen():
    ontology = read_ontology({"ontology": only("mention", "relation")})
    rows = [
        ASPIRIN,
        region("m6", "entity", "DISEASE", "drug"),
        ROE,
        arc("m5", "m6"),
        arc("m5", "m1"),
    ]
    annotation, problems = read(*rows, ontology=ontology)
    assert annotation.relations == ()
    # It might as well be the next fragment of the first one.
    assert [message for _, message, _ in problems] == [
        'the relation from "m5" to "m6" has no label', 'the relation from "m5" to "m1" has no label',
    ]  # fmt: skip


@pytest.mark.parametrize("direction", ["right", "left"])
def test_the_direction_of_a_relation_without_a_label_may_be_its_role(direction):
    ontology = read_ontology({"ontology": roles_without_labels()})
    ends = [("m1", "e1"), ("e1", "m2")]
    arcs = [
        arc(*(pair if direction == "right" else pair[::-1]), direction=direction) for pair in ends
    ]
    annotation, problems = read(GAVE, ROE, ANN, *arcs, ontology=ontology)
    assert problems == []
    assert annotation.events[0].arguments == (
        Argument(role="drug", mention="m2"), Argument(role="giver", mention="m1"),
    )  # fmt: skip
    again = from_result(to_result(annotation, ontology), DOCUMENT, HEADER, ontology)
    assert again == (annotation, [])


def test_a_role_that_the_direction_does_not_say_must_be_chosen():
    ontology = read_ontology({"ontology": roles_without_labels()})
    arcs = [arc("m5", "e1"), arc("e1", "m5")]
    annotation, problems = read(GAVE, ASPIRIN, *arcs, ontology=ontology)
    assert annotation.events[0].arguments == (Argument(role="drug", mention="m5"),)
    assert [what for _, what, _ in problems] == ['the relation from "m5" to "e1" has no label']


def test_the_hint_of_an_event_says_what_relations_without_a_label_mean():
    page = ElementTree.fromstring(
        labelling_config(read_ontology({"ontology": roles_without_labels()}))
    )
    hint = page.find(".//Label[@value='GIVE']").get("hint")
    assert "A relation without a label from PERSON: giver." in hint
    assert "A relation without a label to CHEMICAL, PERSON: drug." in hint


def test_a_role_may_be_drawn_from_its_filler():
    annotation, problems = read(GAVE, ROE, arc("m1", "e1", "giver", "scope=clause"))
    assert problems == []
    (argument,) = annotation.events[0].arguments
    assert argument == Argument(role="giver", mention="m1", attributes={"scope": "clause"})


def test_a_label_that_can_be_another_must_be_chosen():
    rows = [GAVE, HELPED, ROE, ANN, CLAIM, choice("c1", "claimer", "AUTHOR")]
    arcs = [arc("e1", "e2"), arc("m1", "m2"), arc("e2", "m1"), arc("m1", "c1"), arc("e2", "e1")]
    annotation, problems = read(*rows, *arcs)
    assert sorted(message for _, message, _ in problems) == sorted(
        f'the relation from "{row["from_id"]}" to "{row["to_id"]}" has no label' for row in arcs
    )
    assert annotation.event_relations == ()
