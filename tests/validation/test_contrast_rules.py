"""Rules about contrast sets, on a corpus with a document and a negated copy of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from dateline.corpus.store import Corpus
from dateline.ingest.ingest import ingest
from dateline.ingest.seeds import find_seeds
from dateline.validation.engine import check_corpus
from dateline.validation.incidents import Incident
from dateline.validation.registry import all_rules
from tests.corpora import make_annotation
from tests.layered import TEXT, items_of

NEGATED = TEXT.replace("stopped", "never stopped")
CONTRAST = {
    "of": "story",
    "kind": "negated",
    "changes": [
        {"item": "event", "quote": "stopped", "field": "polarity", "from": "positive",
         "to": "negative"},
        {"item": "mention", "quote": "The [bleeding] never", "field": "negated", "from": True,
         "to": False},
    ],
}  # fmt: skip


class World(NamedTuple):
    """The contrast and its gold as JSON; `check` writes them."""

    corpus: Corpus
    document: dict[str, Any]
    gold: dict[str, Any]

    def check(self) -> list[Incident]:
        for path, value in (
            (self.corpus.document_path("story-negated"), self.document),
            (self.corpus.annotation_path("gold", "story-negated"), self.gold),
        ):
            path.write_text(json.dumps(value), encoding="utf-8")
        return [i for checked in check_corpus(self.corpus) for i in checked.incidents]

    def declare(self, number: int, **fields: Any) -> None:
        change = self.document["contrast"]["changes"][number] | fields
        self.document["contrast"]["changes"][number] = {
            name: value for name, value in change.items() if value is not None
        }

    def other(self, **fields: Any) -> None:
        """Add a document about something else, with these fields."""
        (self.corpus.seeds / "other.txt").write_text("Somebody else has slept well.")
        (self.corpus.seeds / "other.toml").write_text('group = "drugs"')
        list(ingest(self.corpus, find_seeds(self.corpus, [self.corpus.seeds / "other.txt"])))
        path = self.corpus.document_path("other")
        path.write_text(json.dumps(json.loads(path.read_bytes()) | fields))


def negated_gold() -> dict[str, Any]:
    gold = items_of(NEGATED)
    gold["events"][3]["attributes"]["polarity"] = "negative"
    gold["mentions"][8]["attributes"]["negated"] = False
    return gold


@pytest.fixture
def world(layered: Corpus) -> World:
    """A story and its negated copy, with gold that is as declared."""
    for path in (layered.document_path("report"), layered.annotation_path("gold", "report")):
        path.unlink()
    (layered.seeds / "report.txt").unlink()
    for name, text in (("story", TEXT), ("story-negated", NEGATED)):
        (layered.seeds / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
        (layered.seeds / f"{name}.toml").write_text('group = "drugs"')
    changes = ", ".join(
        "{" + ", ".join(f"{name} = {json.dumps(v)}" for name, v in change.items()) + "}"
        for change in CONTRAST["changes"]
    )
    (layered.seeds / "story-negated.toml").write_text(
        f'group = "drugs"\n[contrast]\nof = "story"\nkind = "negated"\nchanges = [{changes}]\n'
    )
    outcomes = list(ingest(layered, find_seeds(layered, [])))
    assert [outcome.result for outcome in outcomes] == ["added", "added"], outcomes
    for name, gold in (("story", items_of(TEXT)), ("story-negated", negated_gold())):
        document = layered.read_document(name)
        layered.write_annotation(
            make_annotation(document, gold, layers=layered.ontology.layer_names)
        )
    paths = (
        layered.document_path("story-negated"),
        layered.annotation_path("gold", "story-negated"),
    )
    return World(layered, *(json.loads(path.read_bytes()) for path in paths))


def new_text(world: World, text: str) -> None:
    """Replace the contrast by one with another text, and without gold."""
    world.corpus.annotation_path("gold", "story-negated").unlink()
    (world.corpus.seeds / "story-negated.txt").write_text(text, encoding="utf-8", newline="")
    list(ingest(world.corpus, find_seeds(world.corpus, [])))
    path = world.corpus.document_path("story-negated")
    world.document.update(json.loads(path.read_bytes()))
    world.gold.update(text_sha256=world.document["text_sha256"])
    for field in [*world.gold]:
        if isinstance(world.gold[field], list) and field not in ("layers", "retired"):
            del world.gold[field]
    world.gold["layers"] = ["entities"]
    del world.gold["attributes"]


Change = Callable[[World], object]
CASES: dict[str, list[tuple[Change, str, Change]]] = {
    "D121": [
        (lambda w: w.document["contrast"].update(of="tale"), "/contrast/of", lambda w: None),
        (lambda w: w.other(contrast={"of": "story-negated", "kind": "hedged"}), "/contrast/of",
         lambda w: w.other(contrast={"of": "story", "kind": "hedged"})),
    ],
    "D122": [
        (lambda w: w.document.update(group="news"), "/group", lambda w: None),
        (lambda w: w.document.pop("group"), "/group", lambda w: None),
    ],
    "D123": [
        (lambda w: new_text(w, TEXT + " And so on, and so on, until he or she could go home."),
         "/text", lambda w: new_text(w, TEXT + " And so on, and so on.")),
    ],
    "D124": [
        (lambda w: w.declare(0, quote="started"), "/contrast/changes/0",
         lambda w: w.declare(0, quote="gave")),
        (lambda w: w.declare(0, field="polarty"), "/contrast/changes/0",
         lambda w: w.declare(0, field="type")),
        (lambda w: w.declare(0, to="negated"), "/contrast/changes/0",
         lambda w: w.declare(0, to=None)),
        (lambda w: w.declare(1, quote=None), "/contrast/changes/1",
         lambda w: w.declare(1, item="document", quote=None, field="genre", to="news",
                             **{"from": "trial"})),
        (lambda w: w.declare(0, field="arguments", role="cuase"), "/contrast/changes/0",
         lambda w: w.declare(0, field="arguments", role="cause")),
        (lambda w: w.declare(0, field="arguments"), "/contrast/changes/0",
         lambda w: w.declare(0, field="trigger")),
        (lambda w: w.declare(0, quote="never stopped", field=None, removed=True, to=None,
                             **{"from": None}), "/contrast/changes/0",
         lambda w: w.declare(0, quote="bleeding stopped", field=None, removed=True, to=None,
                             **{"from": None})),
    ],
    "D125": [
        (lambda w: w.gold["events"][0].update(type="STOP", arguments=[]), "/events/0",
         lambda w: w.document["contrast"].update(changes=[])
         or w.gold["events"][3]["attributes"].update(polarity="positive")
         or w.gold["mentions"][-1]["attributes"].update(negated=True)),
        (lambda w: w.gold["events"][3]["attributes"].update(polarity="positive"),
         "/contrast/changes/0", lambda w: None),
        (lambda w: w.gold["claims"].pop(1) and w.gold.pop("claim_relations"), "",
         lambda w: w.gold["layers"].remove("claims") or (w.gold.pop("claims")
         and w.gold.pop("claim_relations"))),
    ],
}  # fmt: skip
ROWS = [(code, *case) for code, cases in CASES.items() for case in cases]


def test_a_contrast_that_changes_what_it_declares_is_valid(world: World):
    assert world.check() == []


@pytest.mark.parametrize(("code", "breaks", "pointer", "passes"), ROWS)
def test_a_broken_rule_is_reported_where_it_is_broken(
    world: World, code: str, breaks: Change, pointer: str, passes: Change
):
    breaks(world)
    found = [incident for incident in world.check() if incident.code == code]
    assert pointer in {incident.pointer for incident in found}
    assert {incident.level for incident in found} == {all_rules()[code].level}


@pytest.mark.parametrize(("code", "breaks", "pointer", "passes"), ROWS)
def test_a_valid_change_is_not_reported(
    world: World, code: str, breaks: Change, pointer: str, passes: Change
):
    passes(world)
    assert code not in {incident.code for incident in world.check()}


def test_a_difference_is_shown_as_it_would_be_declared(world: World):
    world.gold["events"][0]["attributes"]["polarity"] = "negative"
    (found,) = world.check()
    assert found.file == "annotations/gold/story-negated.json"
    assert found.message == (
        'differs from the gold of "story": item = "event", quote = "gave", field = "polarity", '
        'from = "positive", to = "negative"'
    )


def test_gold_of_one_of_the_two_is_not_compared(world: World):
    world.corpus.annotation_path("gold", "story").unlink()
    world.gold["events"][0]["attributes"]["polarity"] = "negative"
    assert world.check() == []


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"to": "doubtful", "source": "AUTHOR"}, '"to" is doubtful. Allowed: certain, possible'),
        ({"to": "denied"}, "names no source; say according to whom it changes"),
        ({"to": "denied", "source": "AUTHOR"}, None),
    ],
)
def test_a_declared_factuality_has_a_source_and_a_label(
    world: World, fields: dict[str, str], problem: str | None
):
    world.declare(0, field="factuality", **{"from": "certain"}, **fields)
    if problem is None:
        world.gold["events"][3]["attributes"]["polarity"] = "positive"
        world.gold["events"][3]["factuality"][0]["value"] = "denied"
        assert world.check() == []
    else:
        assert problem in " ".join(incident.message for incident in world.check())
