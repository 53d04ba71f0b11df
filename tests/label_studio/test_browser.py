"""The labelling page in a real browser: a pull downloads what is drawn there."""

from __future__ import annotations

import copy

import pytest
from playwright.sync_api import expect

from dateline.corpus.store import Corpus
from dateline.model import ITEM_FIELDS, Note, Relation, canonical

from ..corpora import make_annotation, new_corpus, quote, write_ontology
from ..layered import limited_attributes, names_and_defaults, roles_without_labels
from .browser import Annotator
from .strategies import document_of
from .test_sync import GOLD, as_submitted, content

TEXT = "The mayor of Arden said on Monday that troops attacked the old bridge.\nNobody was hurt."

OPENING = """<style>
  .zoom-appear-active { animation: grow 0.3s; }
  @keyframes grow { from { transform: scale(0.2); } }
</style>
<dialog open class="zoom-appear"><p>Refused</p><button onclick="this.innerText = 'clicked'">OK</button></dialog>
<script>
  const dialog = document.querySelector('dialog');
  const grow = () => { dialog.className = 'zoom-appear zoom-appear-active'; };
  dialog.onmousedown = () => { if (dialog.className === 'zoom-appear') grow(); };
  dialog.onanimationend = () => { dialog.className = ''; };
  const wait = frames => requestAnimationFrame(() => frames ? wait(frames - 1) : grow());
  wait(20);
</script>"""
"""A dialog that first keeps its place, as those of the page do, and grows from a small size
when its button is pressed then, or after 20 frames."""


@pytest.fixture
def bridge(tmp_path):
    """A corpus of one short text that nobody has annotated."""
    corpus = new_corpus(tmp_path / "bridge")
    corpus.write_document(document_of(TEXT, "bridge"))
    return corpus


def pull(corpus, sync, label_studio):
    result = sync(corpus, "pull", "--users", f"{label_studio.annotator.id}=ana")
    assert result.exit_code == 0, result.output
    return result


def test_a_click_waits_until_a_dialog_has_opened(chromium):
    page = chromium.new_page()
    page.set_content(OPENING)
    Annotator(page, url=None).click_on(page.get_by_role("button"))
    expect(page.get_by_role("button")).to_have_text("clicked", timeout=5000)
    page.close()


def test_what_is_drawn_is_pulled(bridge, open_task, ana, sync, label_studio, title):
    open_task(bridge)
    ana.draw("1", "PERSON", "mayor of Arden")
    ana.select("mayor of Arden")
    ana.choose("nominal")
    ana.choose("nominal")  # a click on the value that is chosen must not keep the focus
    ana.draw("a", "ATTACK", "attacked")
    ana.select("mayor of Arden")
    ana.write("entity_id", "mayor")
    ana.leave()
    ana.select("attacked")
    ana.choose("positive", "past", "asserted", "specific")
    ana.draw("shift+a", "ASSERT", "the old bridge")
    ana.select("the old bridge")
    ana.choose("indirect", "positive", "certain", "yes")
    ana.choose("unsure")  # the last one, below the heading "About the whole text"
    ana.write("note_claim", "Or is it a demand?")
    ana.join("attacked", "mayor of Arden", "agent")
    ana.relate("the old bridge", "mayor of Arden")
    expect(ana.relations).to_have_count(2)
    # A draft with the relations is saved, though no region has changed after them.
    ana.save_in_list()
    ana.reopen()
    ana.open_relations()
    expect(ana.relations).to_have_count(2)
    ana.submit()
    result = pull(bridge, sync, label_studio)
    pulled = bridge.read_annotation("ana", "bridge")
    (mention,), (event,), (claim,) = pulled.mentions, pulled.events, pulled.claims
    assert [(s.start, s.end, s.text) for s in mention.spans] == [(4, 18, "mayor of Arden")]
    assert (mention.type, mention.attributes) == ("PERSON", {"level": "nominal"})
    assert mention.entity == "mayor"
    assert (event.type, [s.text for s in event.trigger]) == ("ATTACK", ["attacked"])
    assert event.attributes == {
        "polarity": "positive", "tense": "past", "modality": "asserted", "genericity": "specific",
    }  # fmt: skip
    assert [(a.role, a.filler) for a in event.arguments] == [("agent", mention.id)]
    assert (claim.act, claim.claimer) == ("ASSERT", mention.id)
    assert [s.text for s in claim.spans] == ["the old bridge"]
    assert pulled.notes == (
        Note(unsure=True), Note(item=claim.id, text="Or is it a demand?"),
    )  # fmt: skip
    assert "S0" not in result.stderr
    # Pushed to start from and submitted again, the notes are the same.
    assert sync(bridge, "push", "--from", "ana").exit_code == 0
    (task,) = label_studio.annotator.tasks(title).values()
    (start,) = label_studio.owner.get("/api/predictions/", task=task["id"])
    (own,) = label_studio.annotator.get(f"/api/tasks/{task['id']}/annotations/")
    label_studio.annotator.update(own["id"], as_submitted(start["result"]))
    ana.reopen()
    ana.select("the old bridge")
    expect(ana.page.get_by_text("Or is it a demand?", exact=True).first).to_be_visible()
    pull(bridge, sync, label_studio)
    assert bridge.read_annotation("ana", "bridge").notes == pulled.notes
    assert "1 unchanged" in pull(bridge, sync, label_studio).output


@pytest.mark.parametrize("document", GOLD)
def test_gold_submitted_unchanged_comes_back_the_same(
    document, real_corpus, open_task, ana, sync, label_studio
):
    open_task(real_corpus, "--from", "gold", "--documents", document)
    ana.submit()
    pull(real_corpus, sync, label_studio)
    pulled = real_corpus.read_annotation("ana", document)
    assert content(pulled) == content(real_corpus.read_annotation("gold", document))


def test_layers_and_attributes_of_every_kind_come_back_the_same(
    layered, open_task, ana, sync, label_studio
):
    open_task(layered, "--from", "gold")
    ana.submit()
    pull(layered, sync, label_studio)
    gold = canonical(layered.read_annotation("gold", "report"))
    pulled = layered.read_annotation("ana", "report")
    for field in ("attributes", *ITEM_FIELDS):
        assert getattr(pulled, field) == getattr(gold, field)


def test_answers_of_every_kind_are_pulled(layered, open_task, ana, sync, label_studio):
    open_task(layered)
    for label, word in (("CHEMICAL", "aspirin"), ("DISEASE", "bleeding")):
        ana.draw_with(label, word)
        ana.select(word)
        ana.choose("name")
    ana.select("aspirin")
    ana.choose_for("Forms", "generic", "plural")
    ana.choose_for("Negated", "no")
    ana.number("mention_amount", "2.5")
    ana.write("mention_day", "P1D")
    ana.leave()
    ana.join("aspirin", "bleeding", "CAUSES", "certainty=possible")
    ana.refused("Genre: give a value for the text.")
    ana.choose_for("Genre", "news")
    ana.number("document_patients", "12")
    ana.submit()
    pull(layered, sync, label_studio)
    pulled = layered.read_annotation("ana", "report")
    assert pulled.attributes == {"genre": "news", "patients": 12}
    chemical, disease = pulled.mentions
    assert chemical.attributes == {
        "level": "name", "forms": ("generic", "plural"), "negated": False, "amount": 2.5,
        "day": "P1D",
    }  # fmt: skip
    assert pulled.relations == (
        Relation(
            type="CAUSES", source=chemical.id, target=disease.id,
            attributes={"certainty": "possible"},
        ),
    )  # fmt: skip


def test_few_actions_make_a_complete_annotation(layered, open_task, ana, sync, label_studio):
    ontology = roles_without_labels()
    del ontology["$defs"]["factuality"]["x-required"]
    attributes = ontology["$defs"]["mention"]["properties"]["attributes"]["properties"]
    attributes["level"]["oneOf"][1]["x-hotkey"] = "shift+n"
    write_ontology(layered, ontology)
    corpus = Corpus(layered.root)
    corpus.annotation_path("gold", "report").unlink()
    open_task(corpus)
    ana.count_actions()
    ana.draw_with("PERSON", "Okafor")
    assert ana.count_actions() == 2, "the label and the words; the level is the default"
    ana.draw_with("CHEMICAL", "aspirin", "shift+n")
    assert ana.count_actions() == 3, "a key more for another level"
    expect(ana.page.locator(".dateline .side").get_by_text("nominal")).to_have_count(0)
    ana.draw_with("GIVE", "gave")
    ana.relate("Okafor", "gave")
    ana.relate("gave", "aspirin")
    assert ana.count_actions() == 8, "an event with two arguments and its attribute"
    ana.draw_with("ASSERT", "The drug")
    ana.relate("The drug", "Okafor")
    ana.relate("The drug", "gave")
    ana.draw("m", "cue", "said")
    ana.relate("The drug", "said")
    assert ana.count_actions() == 13, "a claim with claimer, cue, about and its attribute"
    ana.draw_with("DISEASE", "bleeding", "shift+n")
    ana.count_actions()
    ana.select("bleeding")
    expect(ana.selected_labels).to_have_text(["DISEASE", "nominal"])
    ana.press("shift+n")
    ana.leave()
    assert ana.count_actions() == 3, "the default again, of a mention that has another value"
    ana.join("aspirin", "bleeding", "CAUSES")
    assert ana.count_actions() == 8, "a relation whose label is chosen in the list"
    ana.submit()
    pull(corpus, sync, label_studio)
    pulled = corpus.read_annotation("ana", "report")
    chemical, disease, person = sorted(pulled.mentions, key=lambda mention: mention.type)
    (event,), (claim,) = pulled.events, pulled.claims
    assert [relation.type for relation in pulled.relations] == ["CAUSES"]
    assert pulled.attributes == {"genre": "news"}
    levels = [mention.attributes["level"] for mention in (chemical, disease, person)]
    assert levels == ["nominal", "name", "name"]
    assert [entity.name for entity in pulled.entities] == ["Okafor", "aspirin", "bleeding"]
    assert event.attributes == {"polarity": "positive"}
    assert {(a.role, a.filler) for a in event.arguments} == {
        ("giver", person.id), ("drug", chemical.id),
    }  # fmt: skip
    assert (claim.claimer, claim.events, claim.cue[0].text) == (person.id, (event.id,), "said")


def test_a_chain_of_forty_mentions_takes_a_click_for_each(
    layered, open_task, ana, sync, label_studio
):
    ontology = names_and_defaults()
    write_ontology(layered, ontology)
    corpus = Corpus(layered.root)
    corpus.annotation_path("gold", "report").unlink()
    corpus.document_path("report").unlink()
    words = [f"he{number:02}" for number in range(40)]
    document = document_of(" ".join([*words, "Ann met Ann"]), "long")
    corpus.write_document(document)
    mentions = [
        {
            "id": f"m{number}", "type": "PERSON", "spans": [span],
            "attributes": {"level": "name" if span["text"] == "Ann" else "pronoun"},
        }
        for number, span in enumerate(quote(document.text, *words, "Ann", "Ann"))
    ]  # fmt: skip
    corpus.write_annotation(make_annotation(document, {"mentions": mentions}, "bo"))
    open_task(corpus, "--from", "bo")
    ana.count_actions()
    ana.group("A", *words)
    assert ana.count_actions() == 41, "each mention, and the letter"
    ana.submit()
    pull(corpus, sync, label_studio)
    pulled = corpus.read_annotation("ana", "long")
    *chain, one, other = pulled.mentions
    assert {mention.entity for mention in chain} == {"m0.entity"}
    assert one.entity == other.entity == "m40.entity", "the same name"
    assert [(entity.id, entity.name) for entity in pulled.entities] == [
        ("m0.entity", "he00"), ("m40.entity", "Ann"),
    ]  # fmt: skip


def test_every_label_has_a_hotkey_that_works(bridge, open_task, ana):
    open_task(bridge)
    labels = [label for layer in bridge.ontology.layers.values() for label in layer.labels]
    for label in labels:
        ana.press(label.hotkey)
        expect(ana.selected_labels).to_have_text([label.name])
        ana.press(label.hotkey)
        expect(ana.selected_labels).to_have_count(0)
    ana.press("m")
    expect(ana.selected_labels).to_have_text(["cue"])


def test_labels_of_context_have_no_hotkey(bridge, open_task, ana):
    open_task(bridge, "--layers", "claims")
    for hotkey in ("1", "a", "shift+a"):
        ana.press(hotkey)
    expect(ana.selected_labels).to_have_text(["ASSERT"])


def test_pointing_at_a_label_shows_its_card_as_text(layered, open_task, ana):
    ontology = copy.deepcopy(layered.schemas["ontology"])
    label = ontology["$defs"]["mention"]["properties"]["type"]["oneOf"][0]
    label["description"] = "<b onmouseover=alert(1)>A substance.</b>"
    label["examples"] = ["[NaOH] was added"]
    label["x-counterexamples"] = ["the [bleeding]: DISEASE"]
    label["x-neighbours"] = {"DOSE": "How much of it."}
    write_ontology(layered, ontology)
    open_task(Corpus(layered.root))
    ana.page.locator(".dateline .lsf-label").first.hover()
    card = ana.page.locator("[class*=tooltip--]")
    expect(card).to_have_text(
        "Chemical. <b onmouseover=alert(1)>A substance.</b>\n+ [NaOH] was added\n"
        "– the [bleeding]: DISEASE\nDOSE: How much of it."
    )
    expect(card).to_have_css("white-space", "pre-line")


def test_the_arc_shows_of_the_relation_that_is_pointed_at(layered, open_task, ana):
    open_task(layered, "--from", "gold")
    arcs = ana.page.locator(".relations-overlay > g")
    expect(arcs.first).to_have_css("visibility", "hidden")
    ana.open_relations()
    expect(arcs.first).to_have_css("visibility", "hidden")
    ana.relations.first.hover()
    shown = ana.page.locator(".relations-overlay > g[class*=_highlighted]")
    expect(shown).to_have_count(1)
    expect(shown).to_have_css("visibility", "visible")


def test_an_attribute_is_asked_for_where_the_label_has_it(
    layered, open_task, ana, sync, label_studio
):
    write_ontology(layered, limited_attributes())
    corpus = Corpus(layered.root)
    corpus.annotation_path("gold", "report").unlink()
    open_task(corpus, "--layers", "entities")
    for label, words in (("CHEMICAL", "aspirin"), ("ORGANIZATION", "Lagos Clinic")):
        ana.draw_with(label, words)
        ana.select(words)
        ana.choose_for("Level", "name")
    asked = ana.page.locator(".dateline .side").get_by_text("Only", exact=True)
    ana.select("aspirin")
    expect(asked.locator("visible=true")).to_have_count(0)
    # An organization requires it; a chemical does not have it.
    ana.refused("Only: give a value for this region.")
    ana.select("Lagos Clinic")
    expect(asked.locator("visible=true")).to_have_count(1)
    ana.choose_for("Only", "other")
    ana.submit()
    pull(corpus, sync, label_studio)
    pulled = corpus.read_annotation("ana", "report")
    assert {m.type: m.attributes for m in pulled.mentions} == {
        "CHEMICAL": {"level": "name"}, "ORGANIZATION": {"level": "name", "only": "other"},
    }  # fmt: skip
