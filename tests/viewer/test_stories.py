"""Stories: what documents of a group say together, by links and dates, whatever the labels."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from dateline.corpus.store import Corpus
from dateline.rendering.site_links import item_link, story_file
from dateline.viewer.labels import Labels
from dateline.viewer.stories.dates import date_attributes, stated_dates
from dateline.viewer.stories.network import network_of
from dateline.viewer.stories.stances import NOT_SO, SO
from dateline.viewer.stories.story import StoryDocument, story_of

from ..conftest import REPOSITORY
from ..corpora import make_annotation, make_document, quote, write_ontology


def ontology():
    """Of fires and floods: dates, factuality, and coreference across documents by links."""

    def labels(*names, **more):
        return {"oneOf": [{"const": n, "description": f"Means {n}.", **more} for n in names]}

    roles = [
        {"const": "what", "description": "What.", "x-fillers": ["THING"]},
        {"const": "when", "description": "When.", "x-fillers": ["DAY"]},
    ]
    day = {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}){0,2}$"}
    code = {"type": "string", "pattern": "^[a-z0-9-]+$"}
    attributes = {
        "type": "object",
        "properties": {"day": day, "code": code},
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:dateline:ontology",
        "title": "Fires",
        "x-version": "1.0.0",
        "$defs": {
            "mention": {
                "title": "Mention",
                "properties": {"type": labels("THING", "DAY", "WHO"), "attributes": attributes},
            },
            "entity": {"properties": {"links": {}}},
            "eventCluster": {"properties": {"links": {}}},
            "event": {
                "title": "Event",
                "oneOf": [
                    {
                        "description": "It burns.",
                        "properties": {
                            "type": {"const": "BURN"},
                            "arguments": {"items": {"properties": {"role": {"oneOf": roles}}}},
                        },
                    }
                ],
            },
            "factuality": labels("did", "did_not"),
            "claim": {"title": "Claim", "properties": {"act": labels("SAY")}},
            "claimer": labels("WRITER"),
            "claimRelation": labels("AGAINST", **{"x-symmetric": True}),
        },
    }


def report(name, text, value, date):
    """A document in which somebody says of the fire that it burned, or did not."""
    document = make_document(name, text, "train", group="fire", title=name)

    def mention(id_, type_, entity, text_, **attributes):
        return {
            "id": id_, "type": type_, "spans": quote(text, text_), "entity": entity,
            "attributes": attributes,
        }  # fmt: skip

    fact = {"kb": "facts", "id": "fire-1"}
    return document, make_annotation(
        document,
        {
            "mentions": [
                mention("m1", "WHO", "n1", "Ana" if "Ana" in text else "Bo"),
                mention("m2", "THING", "n2", "barn"),
                mention("m3", "DAY", None, "Monday", **({"day": date} if date else {})),
            ],
            "entities": [
                {"id": "n1", "type": "WHO", "name": "Ana" if "Ana" in text else "Bo"},
                {
                    "id": "n2", "type": "THING", "name": "the barn",
                    "links": [{"kb": "facts", "id": "barn"}],
                },
            ],
            "events": [
                {
                    "id": "e1",
                    "type": "BURN",
                    "trigger": quote(text, "burned"),
                    "arguments": [
                        {"role": "what", "mention": "m2"},
                        {"role": "when", "mention": "m3"},
                    ],
                    "factuality": [{"source": "c1", "value": value}],
                    "cluster": "k1",
                }
            ],
            "event_clusters": [{"id": "k1", "links": [fact]}],
            "claims": [
                {
                    "id": "c1", "act": "SAY", "claimer": "m1", "events": ["e1"],
                    "spans": quote(text, "the barn burned"),
                },
                {"id": "c2", "act": "SAY", "claimer": "WRITER", "spans": quote(text, "burned")},
            ],
            "claim_relations": [{"type": "AGAINST", "source": "c1", "target": "c2"}],
        },
    )  # fmt: skip


@pytest.fixture
def fire(maker):
    corpus = maker.empty()
    write_ontology(corpus, ontology())
    maker.add(corpus, *report("one", "Ana said the barn burned on Monday.", "did", "2024-11"))
    maker.add(corpus, *report("two", "Bo denied the barn burned Monday.", "did_not", "2024-11-04"))
    return Corpus(corpus.root)


@pytest.fixture
def story(fire):
    documents = [
        StoryDocument(
            document=fire.read_document(name),
            annotation=fire.read_annotation("gold", name),
            title=name,
            withheld=False,
        )
        for name in ("one", "two")
    ]
    return story_of("fire", documents, Labels(fire.ontology))


def test_events_with_one_link_are_one_event_with_its_date_and_fillers(story):
    (burning,) = story.instances
    assert [(p.mark, p.item, p.link) for p in burning.places] == [
        ("A", "e1", f"../{item_link('one', 'e1')}"),
        ("B", "e1", f"../{item_link('two', 'e1')}"),
    ]
    assert [(f.role, f.names) for f in burning.fillers] == [("what", ("the barn",))]
    assert burning.date.text == "2024-11"
    assert story.dated == [burning]


def test_claims_that_differ_about_an_event_are_side_by_side(story):
    (burning,) = story.disputed
    assert {value: [c.name for c in some] for value, some in burning.by_side.items()} == {
        "Did": ["Ana"],
        "Did not": ["Bo"],
    }


@pytest.mark.parametrize(
    ("first", "second", "sides"),
    [
        ({"value": "did"}, {"value": "maybe"}, None),
        ({"value": "did"}, {"value": "did_not"}, (["Ana"], ["Bo"])),
        ({"value": "did_not"}, {"value": "maybe"}, (["Bo"], ["Ana"])),
        ({"value": "did"}, {"value": "open"}, None),
        # Without factuality, the attribute of the claim decides; with it, the factuality does.
        ({"held": "no"}, {"held": "yes"}, (["Bo"], ["Ana"])),
        ({"held": "no"}, {"held": "left"}, None),
        ({"value": "maybe"}, {"held": "no"}, (["Ana"], ["Bo"])),
        ({"value": "open", "held": "yes"}, {"held": "no"}, None),
        ({"value": "did", "held": "no"}, {"held": "yes"}, None),
    ],
)
def test_claims_contradict_each_other_if_what_they_give_an_event_has_opposite_polarity(
    maker, first, second, sides
):
    corpus = maker.empty()
    write_ontology(corpus, with_polarity(ontology()))
    documents = []
    for name, text, given in (("one", "Ana said", first), ("two", "Bo said", second)):
        document, annotation = report(name, f"{text} the barn burned on Monday.", "did", None)
        (event,), (claim, other) = annotation.events, annotation.claims
        values = [given["value"]] if "value" in given else []
        factuality = tuple(replace(event.factuality[0], value=value) for value in values)
        attributes = {"held": given["held"]} if "held" in given else {}
        annotation = replace(
            annotation,
            events=(replace(event, factuality=factuality),),
            claims=(replace(claim, attributes=attributes), other),
        )
        documents.append(
            StoryDocument(document=document, annotation=annotation, title=name, withheld=False)
        )
    story = story_of("fire", documents, Labels(Corpus(corpus.root).ontology))
    (burning,) = story.instances
    assert story.is_opposite
    assert burning.is_disputed == (sides is not None)
    if sides:
        assert [*burning.by_side] == [SO, NOT_SO]
        found = ([one.name for one in some] for some in burning.by_side.values())
        assert tuple(found) == sides


def with_polarity(schema):
    """The ontology with values of factuality, and of an attribute of claims, that have polarity."""

    def labels(**polarities):
        return {
            "oneOf": [
                {"const": name, "description": "Means it."} | ({"x-polarity": one} if one else {})
                for name, one in polarities.items()
            ]
        }

    definitions = schema["$defs"]
    definitions["factuality"] = labels(
        did="positive", maybe="positive", did_not="negative", open=None
    )
    held = labels(yes="positive", no="negative", left=None)
    definitions["claim"]["properties"]["attributes"] = {
        "type": "object",
        "properties": {"held": {"description": "Whether it is held to be so.", **held}},
        "additionalProperties": False,
    }
    return schema


def test_the_network_has_a_line_for_each_claimer_and_event(story):
    network = network_of(story)
    assert {node.name for node in network.claimers} == {"Ana", "Bo"}
    assert [node.name for node in network.events] == ["Burn: burned"]
    assert [line.is_disputed for line in network.lines] == [True, True]


def test_the_page_has_all_of_it_and_escapes_what_is_not_its_own(fire, run, tmp_path):
    assert run(fire, "view", "--out", str(tmp_path / "site")).exit_code == 0
    page = (tmp_path / "site" / story_file("fire")).read_text(encoding="utf-8")
    for shown in ("Timeline", "2024-11", "Where claims differ", "Did not", "Who claims what"):
        assert shown in page
    assert 'href="../documents/two.html#e1"' in page
    assert "The author" not in page


def test_a_withheld_document_of_a_story_shows_ids_only(fire, run, tmp_path):
    document = fire.read_document("two")
    rights = replace(document.rights, redistribute_text=False)
    fire.write_document(replace(document, rights=rights))
    assert run(fire, "view", "--out", str(tmp_path / "site")).exit_code == 0
    page = (tmp_path / "site" / story_file("fire")).read_text(encoding="utf-8")
    assert "Ana" in page
    assert not re.search(r"\bBo\b", page)


def test_an_attribute_is_a_date_if_its_pattern_has_dates_and_no_words(fire):
    assert date_attributes(fire.ontology) == ("day",)


@pytest.mark.parametrize(
    ("value", "start"),
    [
        ("2024", "2024"),
        ("2024-11-03T07:00", "2024-11-03T07:00"),
        ("2024-W45", "2024-11-04"),
        ("2024-11-03/2024-11-05", "2024-11-03"),
    ],
)
def test_a_date_is_sorted_by_its_first_day(value, start):
    assert [d.start for d in stated_dates({"day": value}, ("day",))] == [start]


def test_values_that_are_not_dates_are_left_out():
    assert list(stated_dates({"day": "soon", "other": 3}, ("day", "other"))) == []


def test_every_story_of_this_corpus_has_its_page(site_of_corpus):
    corpus = Corpus(REPOSITORY)
    groups = {corpus.read_document(name).group for name in corpus.document_ids()} - {None}
    assert {story_file(group) for group in groups} == {
        f"stories/{path.name}" for path in (site_of_corpus / "stories").iterdir()
    }
