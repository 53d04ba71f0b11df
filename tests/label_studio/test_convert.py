"""Annotations survive conversion to a result and back, and no result causes a crash."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dateline.corpus.store import Corpus
from dateline.label_studio.config.former_labels import with_former_names
from dateline.label_studio.config.labelling_config import labelling_config, row_errors
from dateline.label_studio.convert.from_result import Header, from_result, header_of
from dateline.label_studio.convert.problems import ResultProblem
from dateline.label_studio.convert.region_ids import ID
from dateline.label_studio.convert.relations import carried_relations, with_unshown
from dateline.label_studio.convert.to_result import to_result
from dateline.label_studio.sync.kept_results import kept_results, read_kept
from dateline.model import Argument, Factuality, Link, Provenance, Relation, Span, canonical
from dateline.ontology.reading import read_ontology
from dateline.validation.engine import Checker

from ..chemistry import annotated_reaction
from ..conftest import ARTICLE, REPOSITORY
from ..layered import ONTOLOGY
from .ontologies import ONTOLOGIES, every_ontology
from .strategies import annotated, document_of

GOLD = sorted(path.stem for path in (REPOSITORY / "annotations" / "gold").glob("*.json"))
TEXT = "Ana said that Bo and his men fled\r\nfrom the 🏙️ city. It was the rout."
DOCUMENT = document_of(TEXT, "rout")
HEADER = Header(
    annotator="ana",
    layers=("entities", "events", "claims"),
    status="submitted",
    provenance=Provenance(
        kind="human", tool=None, created=None, updated=None, label_studio=None, note=None
    ),
    retired=(),
)
PERSON, CITY, FLIGHT, ACT = "PERSON", "GPE", "WITHDRAW", "ASSERT"

slow = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def region(id, control, label, quote, n=0, **value):
    start = -1
    for _ in range(n + 1):
        start = TEXT.index(quote, start + 1)
    shown = quote.replace("\r", "\\n").replace("\n", "\\n")
    place = {"start": start, "end": start + len(quote), "text": shown, "labels": [label]}
    return {
        "id": id, "from_name": control, "to_name": "text", "type": "labels",
        "origin": "manual", "value": place | value,
    }  # fmt: skip


def choice(id, control, value):
    return {
        "id": id, "from_name": control, "to_name": "text", "type": "choices",
        "value": {"start": 0, "end": 1, "choices": [value]},
    }  # fmt: skip


def answer(id, control, *values):
    return {
        "id": id, "from_name": control, "to_name": "text", "type": "textarea",
        "value": {"start": 0, "end": 1, "text": list(values)},
    }  # fmt: skip


def arc(source, target, *labels, direction="right"):
    row = {"type": "relation", "from_id": source, "to_id": target, "direction": direction}
    return row | ({"labels": list(labels)} if labels else {})


ANA = region("r1", "entity", PERSON, "Ana")
BO = region("r2", "entity", PERSON, "Bo")
HIS = region("r3", "entity", PERSON, "his")
TOWN = region("r4", "entity", CITY, "city")
FLED = region("e1", "event", FLIGHT, "fled")
ROUT = region("e2", "event", FLIGHT, "rout")
CLAIM = region("c1", "claim", ACT, "Bo and his men fled")
SAID = region("q1", "cue", "cue", "said that")
SAYS = arc("c1", "r1", "claimer")


@pytest.fixture
def read(ontology):
    """Convert rows; gives the annotation and the problems as (region, message) pairs."""

    def convert(*rows):
        annotation, problems = from_result(list(rows), DOCUMENT, HEADER, ontology)
        return annotation, [(problem.region, problem.message) for problem in problems]

    return convert


@every_ontology
@slow
@given(data=st.data())
def test_a_pushed_annotation_comes_back_unchanged(data, ontology):
    document, annotation = data.draw(annotated(ontology))
    result = json.loads(json.dumps(to_result(annotation, ontology)))
    assert from_result(result, document, header_of(annotation), ontology) == (annotation, [])


@pytest.mark.parametrize("document", GOLD)
def test_gold_comes_back_unchanged(document, repository):
    ontology = repository.ontology
    annotation = repository.read_annotation("gold", document)
    result = to_result(annotation, ontology)
    returned = from_result(
        result, repository.read_document(document), header_of(annotation), ontology
    )
    assert returned == (annotation, [])


@pytest.mark.parametrize(("annotator", "document"), [*kept_results(Corpus(ARTICLE))])
def test_results_of_a_former_page_still_convert_to_the_annotation(annotator, document, article):
    kept = read_kept(article, annotator, document)
    annotation = article.read_annotation(annotator, document)
    returned = from_result(
        kept.result, article.read_document(document), header_of(annotation), article.ontology
    )
    assert returned == (annotation, [])


@every_ontology
@slow
@given(data=st.data())
def test_the_order_of_rows_does_not_matter(data, ontology):
    document, annotation = data.draw(annotated(ontology))
    rows = data.draw(st.permutations(to_result(annotation, ontology)))
    returned, problems = from_result(rows, document, header_of(annotation), ontology)
    assert (returned, problems) == (annotation, [])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "value", "labels", "start", "text"]), inner)
    ),
    max_leaves=6,
)


@every_ontology
@slow
@given(data=st.data())
def test_no_result_causes_a_crash(data, ontology):
    document, annotation = data.draw(annotated(ontology))
    rows = to_result(annotation, ontology)
    for _ in range(data.draw(st.integers(1, 6))):
        if not rows:
            break
        row = data.draw(st.sampled_from(rows))
        target = row["value"] if "value" in row and data.draw(st.booleans()) else row
        if isinstance(target, dict) and target:
            target[data.draw(st.sampled_from(sorted(target)))] = data.draw(json_values)
    rows += data.draw(st.lists(json_values, max_size=3))
    returned, problems = from_result(rows, document, header_of(annotation), ontology)
    for problem in problems:
        assert problem.line.isprintable()
    assert all(ID.fullmatch(name) for name in returned.ids())
    again = from_result(to_result(returned, ontology), document, header_of(returned), ontology)
    assert again[0] == returned, "the converted annotation is sound"


@pytest.mark.parametrize("result", [None, {}, "rows", [None, 3, []], [[]]])
def test_a_result_that_is_not_a_list_of_rows_is_reported(result, ontology):
    annotation, problems = from_result(result, DOCUMENT, HEADER, ontology)
    assert len(problems) == 1
    assert annotation.mentions == ()


def test_quotes_come_from_the_text_of_the_corpus(read):
    lines = region("r1", "entity", CITY, "fled\r\nfrom")
    annotation, problems = read(lines)
    assert problems == []
    assert annotation.mentions[0].spans == (Span(start=29, end=39, text="fled\r\nfrom"),)


def test_utf16_offsets_are_recognised_and_reported(read):
    start = TEXT.index("city")
    units = region("r4", "entity", CITY, "city", start=start + 1, end=start + 5)
    annotation, ((where, message),) = read(units)
    assert annotation.mentions[0].spans[0].text == "city"
    assert (where, "UTF-16" in message) == ("", True)


def test_a_region_without_a_valid_id_gets_one(read):
    rows = [ANA | {"id": "r1\n"}, choice("r1\n", "mention_level", "name"), BO | {"id": None}]
    annotation, ((_, message),) = read(*rows, arc("r1\n", 7, "coreference"), HIS | {"id": 7})
    assert [m.id for m in annotation.mentions] == ["r1_", "r14-16", "7"]
    assert annotation.mentions[0].attributes == {"level": "name"}
    assert annotation.mentions[0].entity == annotation.mentions[2].entity == "r1_.entity"
    assert "were replaced" in message


def test_a_wrong_quote_is_reported_and_the_offsets_are_used(read):
    annotation, ((_, message),) = read(ANA | {"value": ANA["value"] | {"text": "Anna"}})
    assert annotation.mentions[0].spans[0].text == "Ana"
    assert 'is quoted as "Anna"' in message


def test_a_drawn_chain_gets_the_first_id_among_its_mentions(read):
    annotation, problems = read(
        BO, HIS, TOWN, answer("r3", "entity_id", " n7 "), answer("r3", "entity_name", "Bo Lind"),
        answer("r3", "entity_link", "wikidata:NIL"), arc("r3", "r2", "coreference"),
    )  # fmt: skip
    assert problems == []
    assert [mention.entity for mention in annotation.mentions] == ["n7", "n7", None]
    (entity,) = annotation.entities
    assert (entity.id, entity.type, entity.name) == ("n7", PERSON, "Bo Lind")
    assert entity.links == (Link(kb="wikidata", id=None),)


def test_a_chain_without_an_id_is_named_after_its_first_mention(read):
    annotation, problems = read(BO, HIS, arc("r2", "r3", "coreference", direction="bi"))
    assert [mention.entity for mention in annotation.mentions] == ["r2.entity", "r2.entity"]
    assert annotation.entities[0].name == "Bo"
    assert problems == [], "coreference has no direction"


def test_joined_chains_get_the_id_of_the_earlier_one(read):
    named = [
        answer("r1", "entity_id", "n1"), answer("r1", "entity_name", "Ana R."),
        answer("r2", "entity_id", "n2"), answer("r2", "entity_name", "Bo L."),
        answer("r3", "entity_id", "n2"),
    ]  # fmt: skip
    annotation, problems = read(ANA, BO, HIS, *named, arc("r3", "r1", "coreference"))
    assert problems == []
    assert {mention.entity for mention in annotation.mentions} == {"n1"}
    assert [entity.name for entity in annotation.entities] == ["Ana R."]


def test_events_are_clustered_by_id_or_by_coreference(read):
    typed, _ = read(FLED, ROUT, answer("e1", "event_cluster", "k"), arc("e1", "e2", "coreference"))
    drawn, _ = read(FLED, ROUT, arc("e2", "e1", "coreference"))
    assert [event.cluster for event in typed.events] == ["k", "k"]
    assert [event.cluster for event in drawn.events] == ["e1.cluster", "e1.cluster"]


def test_a_role_may_have_a_mention_an_event_or_a_claim_as_its_filler(read):
    annotation, problems = read(
        ANA, FLED, ROUT, CLAIM, SAYS,
        arc("e1", "r1", "agent", "object"), arc("e1", "e2", "purpose", "BEFORE"),
        arc("c1", "e1", "content", direction="left"),
    )  # fmt: skip
    assert problems == []
    assert annotation.events[0].arguments == (
        Argument(role="agent", mention="r1"),
        Argument(role="content", claim="c1"),
        Argument(role="object", mention="r1"),
        Argument(role="purpose", event="e2"),
    )
    assert annotation.event_relations == (Relation(type="BEFORE", source="e1", target="e2"),)


def test_relations_of_one_pair_of_regions_share_a_row(read, ontology):
    annotation, _ = read(FLED, ROUT, arc("e1", "e2", "BEFORE", "CAUSE", "purpose"))
    relations = [row for row in to_result(annotation, ontology) if row["type"] == "relation"]
    assert [sorted(row["labels"]) for row in relations] == [["BEFORE", "CAUSE", "purpose"]]


def test_fragments_are_one_mention_in_either_direction_of_continues(read):
    men = region("r9", "entity", PERSON, "men")
    for joined in (arc("r2", "r9", "continues"), arc("r9", "r2", "continues", direction="left")):
        annotation, problems = read(BO, men, FLED, joined, arc("e1", "r9", "agent"))
        assert problems == []
        (mention,) = annotation.mentions
        assert (mention.id, [span.text for span in mention.spans]) == ("r2", ["Bo", "men"])
        assert annotation.events[0].arguments == (Argument(role="agent", mention="r2"),)


def test_fragments_that_disagree_are_reported(read):
    men = region("r9", "entity", "GROUP", "men")
    annotation, problems = read(
        BO, men, arc("r2", "r9", "continues"),
        choice("r2", "mention_level", "name"), choice("r9", "mention_level", "nominal"),
    )  # fmt: skip
    assert [where for where, _ in problems] == ["r9", "r9"]
    assert annotation.mentions[0].type == PERSON
    assert annotation.mentions[0].attributes == {"level": "name"}


def test_a_claim_has_its_source_its_cue_and_its_events(read):
    annotation, problems = read(
        ANA, FLED, CLAIM, SAID, SAYS, arc("c1", "q1", "cue"), arc("c1", "e1", "about"),
        choice("c1", "claim_polarity", "positive"),
    )  # fmt: skip
    assert problems == []
    (claim,) = annotation.claims
    assert (claim.claimer, claim.events) == ("r1", ("e1",))
    assert [span.text for span in claim.cue] == ["said that"]
    assert claim.attributes == {"polarity": "positive"}


def test_the_claimer_may_be_a_choice(read):
    annotation, problems = read(CLAIM, choice("c1", "claimer", "AUTHOR"))
    assert problems == []
    assert annotation.claims[0].claimer == "AUTHOR"


IRREGULAR = {
    "no label": (
        [ANA | {"value": {"start": 0, "end": 3, "text": "Ana"}}], "r1", "has no label"),
    "unknown label": ([region("r1", "entity", "COMET", "Ana")], "r1", '"COMET" is not a label of "entity"'),
    "unknown control": ([ANA | {"from_name": "planet"}], "r1", 'no control "planet"'),
    "two labels on a region": (
        [ANA, region("r1", "event", FLIGHT, "Ana")], "r1", "has two labels"),
    "several labels in a row": (
        [region("r1", "entity", PERSON, "Ana", labels=[PERSON, CITY])], "r1", "several labels"),
    "offsets that are no integers": (
        [region("r1", "entity", PERSON, "Ana", start="0")], "r1", "not two integers"),
    "negative offsets": ([region("r1", "entity", PERSON, "Ana", start=-3)], "r1", "not two int"),
    "two places": ([ANA, {**BO, "id": "r1"}], "r1", "is in two places"),
    "claim whose claimer cannot be read": (
        [ANA | {"value": {"start": 5, "end": 2, "labels": [PERSON]}}, CLAIM, SAYS],
        "r1", "is empty"),
    "attributes of a region that cannot be read": (
        [region("r1", "entity", "COMET", "Ana"), choice("r1", "mention_level", "name"), BO,
         arc("r1", "r2", "coreference")], "r1", '"COMET" is not a label'),
    "offsets beyond the text": (
        [region("r1", "entity", PERSON, "Ana", end=9999, text="Cy")],
        "r1", "beyond the text"),
    "unknown choice": (
        [ANA, choice("r1", "mention_level", "loud")], "r1", '"loud" is not a choice'),
    "unknown attribute": ([ANA, choice("r1", "mention_mood", "x")], "r1", "mention_mood"),
    "attribute of another layer": (
        [ANA, choice("r1", "event_tense", "past")], "r1", "the region is not an event"),
    "attribute of nothing": (
        [choice("r1", "mention_level", "name")], "r1", "that has no label"),
    "attribute twice": (
        [ANA, choice("r1", "mention_level", "name"), choice("r1", "mention_level", "nominal")],
        "r1", "has several values"),
    "two answers": ([ANA, answer("r1", "entity_id", "n1", "n2")], "r1", "has several values"),
    "answer that is not a text": (
        [ANA, answer("r1", "entity_id", 3)], "r1", "not a text"),
    "id with a blank": ([ANA, answer("r1", "entity_id", "n 1")], "r1", "is not an id"),
    "not a link": (
        [ANA, answer("r1", "entity_id", "n1"), answer("r1", "entity_link", "Q42")],
        "r1", "is not a link"),
    "name of no entity": (
        [ANA, answer("r1", "entity_name", "Ana R.")], "r1", 'without "entity_id"'),
    "two names of an entity": (
        [ANA, BO, answer("r1", "entity_id", "n1"), answer("r2", "entity_id", "n1"),
         answer("r1", "entity_name", "Ana"), answer("r2", "entity_name", "Bo")],
        "r1", '"Ana" here and "Bo" elsewhere'),
    "relation to nothing": ([ANA, arc("r1", "r9", "coreference")], "r1", "an end without a labelled region"),
    "relation from nothing": ([ANA, arc("r9", "r1", "coreference")], "r9", "an end without a labelled region"),
    "relation without a label": ([ANA, BO, arc("r1", "r2")], "r1", "has no label"),
    "unknown relation": ([ANA, BO, arc("r1", "r2", "loves")], "r1", '"loves" cannot relate'),
    "role between mentions": (
        [ANA, BO, arc("r1", "r2", "agent")], "r1", "an entity to an entity"),
    "relation both ways": (
        [FLED, ROUT, arc("e1", "e2", "BEFORE", direction="bi")], "e1", "points both ways"),
    "event that continues a mention": (
        [ANA, FLED, arc("r1", "e1", "continues")], "r1", "an event cannot continue an entity"),
    "claim without a claimer": ([CLAIM], "c1", "has no claimer"),
    "claim with two claimers": (
        [ANA, CLAIM, SAYS, choice("c1", "claimer", "AUTHOR")], "c1", "several claimers (r1, AUT"),
    "cue of nothing": ([SAID], "q1", "belongs to no claim"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "where", "message"), IRREGULAR.values(), ids=IRREGULAR)
def test_an_irregularity_is_reported_once(rows, where, message, read):
    _, problems = read(*rows)
    assert [region for region, _ in problems] == [where]
    assert message in problems[0][1]


def test_a_problem_is_one_line_that_a_terminal_can_show():
    problem = ResultProblem(region="r\n1", message="x\ud800", quote="long\r\n\u202e" * 99)
    assert problem.line.isprintable()
    assert len(problem.line) < len(problem.quote)


def test_another_ontology_converts_with_its_own_labels(chemistry):
    document, annotation = annotated_reaction(chemistry)
    rows = to_result(annotation, chemistry.ontology)
    returned = from_result(rows, document, header_of(annotation), chemistry.ontology)
    assert returned == (canonical(annotation), [])


LAYERED = ONTOLOGIES["every layer"]
MENTION, DOSE, DRUG = "entity", "DOSE", "CHEMICAL"


@pytest.fixture
def read_layered():
    """Convert rows with an ontology of every layer and kind of attribute."""

    def convert(*rows):
        annotation, problems = from_result(list(rows), DOCUMENT, HEADER, LAYERED)
        return annotation, [(problem.region, problem.message) for problem in problems]

    return convert


def number(id, control, value):
    return {
        "id": id, "from_name": control, "to_name": "text", "type": "number",
        "value": {"start": 0, "end": 1, "number": value},
    }  # fmt: skip


def several(id, control, *values):
    row = choice(id, control, "")
    return row | {"value": row["value"] | {"choices": list(values)}}


def of_the_text(control, type_, **value):
    return {"id": "zq", "from_name": control, "to_name": "text", "type": type_, "value": value}


PILL, RASH = region("r1", MENTION, DRUG, "Ana"), region("r2", MENTION, "DISEASE", "Bo")


def test_attributes_of_every_kind_are_read(read_layered):
    annotation, problems = read_layered(
        PILL, choice("r1", "mention_level", "name"),
        several("r1", "mention_forms", "plural", "generic"), choice("r1", "mention_negated", "no"),
        number("r1", "mention_amount", 2.5), answer("r1", "mention_day", "P1D"),
    )  # fmt: skip
    assert problems == []
    assert annotation.mentions[0].attributes == {
        "level": "name", "forms": ("generic", "plural"), "negated": False, "amount": 2.5,
        "day": "P1D",
    }  # fmt: skip


def test_attributes_of_the_document_are_read_from_rows_without_a_region(read_layered):
    annotation, problems = read_layered(
        of_the_text("document_genre", "choices", choices=["news"]),
        of_the_text("document_reviewed", "choices", choices=["yes"]),
        of_the_text("document_patients", "number", number=12),
        of_the_text("document_registry", "textarea", text=["NCT0042"]),
    )
    assert problems == []
    assert annotation.attributes == {
        "genre": "news", "reviewed": True, "patients": 12, "registry": "NCT0042",
    }  # fmt: skip
    assert "document" in annotation.layers


def test_attributes_of_an_entity_may_be_given_at_any_of_its_mentions(read_layered):
    annotation, problems = read_layered(
        PILL, RASH, answer("r1", "entity_id", "n1"), answer("r2", "entity_id", "n1"),
        several("r2", "entity_uses", "pain"), choice("r1", "entity_approved", "yes"),
        answer("r2", "entity_link", "mesh:D1 wikidata:Q1"),
    )  # fmt: skip
    assert problems == []
    (entity,) = annotation.entities
    assert entity.attributes == {"approved": True, "uses": ("pain",)}
    assert entity.links == (Link(kb="mesh", id="D1"), Link(kb="wikidata", id="Q1"))


def test_event_clusters_have_links(read_layered):
    annotation, problems = read_layered(
        region("e1", "event", "GIVE", "fled"), region("e2", "event", "GIVE", "rout"),
        answer("e2", "event_link", "trials:T7"), arc("e1", "e2", "coreference"),
    )  # fmt: skip
    assert problems == []
    (cluster,) = annotation.event_clusters
    assert (cluster.id, cluster.links) == ("e1.cluster", (Link(kb="trials", id="T7"),))


def test_a_relation_has_the_attributes_that_other_labels_of_its_pair_give(read_layered):
    annotation, problems = read_layered(
        PILL, RASH, arc("r2", "r1", "certainty=possible", "CAUSES", direction="left"),
    )  # fmt: skip
    assert problems == []
    assert annotation.relations == (
        Relation(type="CAUSES", source="r1", target="r2", attributes={"certainty": "possible"}),
    )
    assert "relations" in annotation.layers


def test_numbers_of_a_relation_travel_with_its_row_and_are_taken_from_the_start():
    relation = Relation(type="CAUSES", source="r1", target="r2", attributes={"cases": 3})
    drawn, _ = from_result([PILL, RASH, arc("r1", "r2", "CAUSES")], DOCUMENT, HEADER, LAYERED)
    start = replace(drawn, relations=(relation,))
    (row,) = [row for row in to_result(start, LAYERED) if row["type"] == "relation"]
    assert row["labels"] == ["CAUSES"]
    assert with_unshown(drawn, carried_relations([row]), LAYERED).relations == (relation,)
    wrong = {**row, "attributes": {"CAUSES": {"cases": "3", "mood": 1}}}
    assert with_unshown(drawn, carried_relations([wrong]), LAYERED).relations == drawn.relations


GAVE = region("e1", "event", "GIVE", "fled")
SAYING = region("c1", "claim", "ASSERT", "Bo and his men fled")


def test_an_argument_has_the_attributes_that_other_labels_of_its_pair_give(read_layered):
    labels = ("drug", "scope=clause", "implicit=yes", "readings=metonymic", "readings=literal")
    annotation, problems = read_layered(PILL, GAVE, arc("e1", "r1", *labels))
    assert problems == []
    attributes = {"scope": "clause", "implicit": True, "readings": ("literal", "metonymic")}
    assert annotation.events[0].arguments == (
        Argument(role="drug", mention="r1", attributes=attributes),
    )


def test_factuality_is_a_choice_for_the_author_and_a_label_for_a_claim(read_layered):
    annotation, problems = read_layered(
        GAVE, SAYING, choice("c1", "claimer", "AUTHOR"), choice("e1", "factuality_AUTHOR", "denied"),
        arc("c1", "e1", "about", "factuality=certain"),
    )  # fmt: skip
    assert problems == []
    assert annotation.events[0].factuality == (
        Factuality(source="AUTHOR", value="denied"),
        Factuality(source="c1", value="certain"),
    )
    assert annotation.claims[0].events == ("e1",)


def test_numbers_of_an_argument_are_taken_from_the_start():
    drawn, _ = from_result([PILL, GAVE, arc("e1", "r1", "drug")], DOCUMENT, HEADER, LAYERED)
    (event,) = drawn.events
    argument = Argument(role="drug", mention="r1", attributes={"share": 40.5})
    start = replace(drawn, events=(replace(event, arguments=(argument,)),))
    (row,) = [row for row in to_result(start, LAYERED) if row["type"] == "relation"]
    assert row["labels"] == ["drug"]
    assert with_unshown(drawn, carried_relations([row]), LAYERED).events == start.events


LAYERED_IRREGULAR = {
    "attribute of an argument without a role": (
        [PILL, GAVE, arc("e1", "r1", "scope=clause")], "e1", "that has no role"),
    "two values of an argument": (
        [PILL, GAVE, arc("e1", "r1", "drug", "scope=clause", "scope=document")],
        "e1", "has several values"),
    "factuality of an event that the claim is not about": (
        [GAVE, SAYING, choice("c1", "claimer", "AUTHOR"), arc("c1", "e1", "factuality=certain")],
        "c1", 'that has no label "about"'),
    "two values of factuality": (
        [GAVE, SAYING, choice("c1", "claimer", "AUTHOR"),
         arc("c1", "e1", "about", "factuality=certain", "factuality=possible")],
        "c1", "has several values"),
    "factuality of a mention": (
        [PILL, choice("r1", "factuality_AUTHOR", "certain")], "r1", "the region is not an event"),
    "text in place of a number": ([PILL, number("r1", "mention_amount", "2")], "r1", "not a number"),
    "unknown label of several": (
        [PILL, several("r1", "mention_forms", "plural", "odd")], "r1", '"odd" is not a choice'),
    "neither yes nor no": (
        [PILL, choice("r1", "mention_negated", "maybe")], "r1", '"maybe" is not a choice'),
    "document twice": (
        [of_the_text("document_genre", "choices", choices=[name]) for name in ("news", "trial")],
        "", "has several values"),
    "attribute of no entity": (
        [PILL, choice("r1", "entity_approved", "yes")], "r1", 'without "entity_id"'),
    "two values of an entity": (
        [PILL, RASH, answer("r1", "entity_id", "n1"), answer("r2", "entity_id", "n1"),
         choice("r1", "entity_approved", "yes"), choice("r2", "entity_approved", "no")],
        "r1", '"true" here and "false" elsewhere'),
    "links of no cluster": (
        [region("e1", "event", "GIVE", "fled"), answer("e1", "event_link", "trials:T7")],
        "e1", 'without "event_cluster"'),
    "attribute of a relation without a type": (
        [PILL, RASH, arc("r1", "r2", "certainty=possible")], "r1", "that has no type"),
    "two values of a relation": (
        [PILL, RASH, arc("r1", "r2", "CAUSES", "certainty=possible", "certainty=certain")],
        "r1", "has several values"),
    "relation to an event": (
        [PILL, region("e1", "event", "GIVE", "fled"), arc("r1", "e1", "CAUSES")],
        "r1", "cannot relate an entity to an event"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "where", "message"), LAYERED_IRREGULAR.values(), ids=LAYERED_IRREGULAR
)
def test_an_irregular_attribute_is_reported_once(rows, where, message, read_layered):
    _, problems = read_layered(*rows)
    assert [region for region, _ in problems] == [where]
    assert message in problems[0][1]


def test_what_the_corpus_does_not_declare_is_reported():
    rows = [
        region("r1", "entity", "PERSON", "Ana"), region("r2", "entity", "PERSON", "Bo"),
        answer("r1", "entity_id", "n1"), arc("r1", "r2", "coreference"), CLAIM,
    ]  # fmt: skip
    annotation, problems = from_result(rows, DOCUMENT, HEADER, ONTOLOGIES["names"])
    assert [problem.message for problem in problems] == [
        'the corpus has no control "claim"',
        'the corpus has no control "entity_id"',
        '"coreference" cannot relate an entity to an entity ("r1" to "r2", "Bo")',
    ]
    assert [mention.entity for mention in annotation.mentions] == [None, None]


def test_former_names_of_relations_and_attributes_are_read():
    schema = json.loads(json.dumps(ONTOLOGY))
    relation = schema["$defs"]["relation"]["properties"]
    relation["type"]["oneOf"][0]["x-formerly"] = ["HARMS"]
    relation["attributes"]["properties"]["certainty"]["oneOf"][1]["x-formerly"] = ["maybe"]
    mention = schema["$defs"]["mention"]["properties"]["attributes"]["properties"]
    mention["forms"]["items"]["oneOf"][0]["x-formerly"] = ["short"]
    scope = schema["$defs"]["argument"]["properties"]["attributes"]["properties"]["scope"]
    scope["oneOf"][0]["x-formerly"] = ["local"]
    schema["$defs"]["factuality"]["oneOf"][0]["x-formerly"] = ["sure"]
    schema["$defs"]["claimer"]["oneOf"][0]["x-formerly"] = ["WRITER"]
    renamed = read_ontology({"ontology": schema})
    rows = [
        PILL,
        RASH,
        several("r1", "mention_forms", "short"),
        arc("r1", "r2", "HARMS", "certainty=maybe"),
        GAVE,
        choice("e1", "factuality_WRITER", "sure"),
        arc("e1", "r1", "drug", "scope=local"),
        SAYING,
        choice("c1", "claimer", "WRITER"),
        arc("c1", "e1", "about", "factuality=sure"),
    ]
    annotation, problems = from_result(rows, DOCUMENT, HEADER, renamed)
    assert problems == []
    assert annotation.mentions[0].attributes == {"forms": ("abbreviation",)}
    assert annotation.relations == (
        Relation(type="CAUSES", source="r1", target="r2", attributes={"certainty": "possible"}),
    )
    assert annotation.events[0].arguments[0].attributes == {"scope": "clause"}
    assert [(f.source, f.value) for f in annotation.events[0].factuality] == [
        ("AUTHOR", "certain"),
        ("c1", "certain"),
    ]
    page = labelling_config(renamed)
    page = with_former_names(page, renamed, page)
    assert row_errors(rows, page) == []


def test_a_relation_between_mentions_of_wrong_types_is_kept_and_reported(layered):
    gold = layered.read_annotation("gold", "report")
    rows = to_result(gold, layered.ontology)
    for row in rows:
        if row.get("labels") == ["WORKS_FOR"]:
            row["labels"] = ["DOSE_OF"]
    document = layered.read_document("report")
    annotation, problems = from_result(rows, document, header_of(gold), layered.ontology)
    assert problems == []
    found = Checker(layered).check_annotation(annotation, document)
    assert {incident.code for incident in found if incident.level == "error"} == {"M411"}


def test_types_of_a_pair_with_different_attributes_do_not_come_back_unnoticed():
    pair = {"source": "r1", "target": "r2"}
    one = Relation(type="CAUSES", attributes={"certainty": "certain"}, **pair)
    drawn, _ = from_result([PILL, RASH], DOCUMENT, HEADER, LAYERED)
    for other in ({}, {"certainty": "possible"}):
        relations = (one, Relation(type="DOSE_OF", attributes=other, **pair))
        start = replace(drawn, relations=relations)
        returned, problems = from_result(to_result(start, LAYERED), DOCUMENT, HEADER, LAYERED)
        assert problems or returned.relations != relations
