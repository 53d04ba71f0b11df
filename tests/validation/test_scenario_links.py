"""Links to scenario sheets: they name something, and the sheet of the document's group."""

from __future__ import annotations

import json

import pytest

from dateline.corpus.store import Corpus
from dateline.validation.engine import check_corpus
from dateline.validation.incidents import Incident

from ..test_scenarios import SHEET

CASES = {
    "M407": [
        ("entities", "quarrel/bo", 'has no entity or fact "bo"', "Use an id of this sheet: ana, f1."),
        ("event_clusters", "quarrel", 'has no entity or fact ""', "Use an id of this sheet"),
        ("entities", "strife/ana", "there is no sheet seeds/scenarios/strife.toml",
         "Sheets: broken, other, quarrel."),
        ("entities", "other/ana", 'the group of the document is "quarrel"', "named like the group"),
        # A statement cannot be linked to.
        ("event_clusters", "quarrel/s1", 'has no entity or fact "s1"', "ana, f1"),
    ]
}  # fmt: skip


def check(corpus: Corpus, field: str, entry: str | None, group: str | None) -> list[Incident]:
    """What is found with an item of the field linked to an entry, in a document of a group."""
    folder = corpus.seeds / "scenarios"
    folder.mkdir(exist_ok=True)
    for name in ("quarrel", "other"):
        (folder / f"{name}.toml").write_text(SHEET, encoding="utf-8")
    (folder / "broken.toml").write_text("title = 1", encoding="utf-8")
    for path in (corpus.document_path("report"), corpus.annotation_path("gold", "report")):
        content = json.loads(path.read_bytes())
        if path.parent == corpus.documents:
            content |= {"split_given": True} | ({} if group is None else {"group": group})
        else:
            content[field][0]["links"] = [{"kb": "scenario", "id": entry}]
        path.write_text(json.dumps(content), encoding="utf-8")
    incidents = [i for checked in check_corpus(corpus) for i in checked.incidents]
    return [incident for incident in incidents if incident.code != "S006"]


@pytest.mark.parametrize(("field", "entry", "message", "hint"), CASES["M407"])
def test_a_link_to_nothing_is_reported(
    layered: Corpus, field: str, entry: str, message: str, hint: str
):
    (found,) = check(layered, field, entry, "quarrel")
    assert (found.code, found.pointer) == ("M407", f"/{field}/0/links/0/id")
    assert message in found.message
    assert hint in found.hint


@pytest.mark.parametrize("group", ["quarrel", None])
@pytest.mark.parametrize("entry", ["quarrel/ana", "quarrel/f1", None])
@pytest.mark.parametrize("field", ["entities", "event_clusters"])
def test_a_link_to_an_entity_or_a_fact_is_valid(
    layered: Corpus, field: str, entry: str | None, group: str | None
):
    assert check(layered, field, entry, group) == []


def test_a_link_to_a_sheet_with_errors_is_left_to_the_rule_about_sheets(layered: Corpus):
    assert check(layered, "entities", "broken/ana", "broken") == []


def test_a_corpus_without_sheets_may_keep_the_links_of_another_corpus(layered: Corpus):
    path = layered.annotation_path("gold", "report")
    content = json.loads(path.read_bytes())
    content["entities"][0]["links"] = [{"kb": "scenario", "id": "quarrel/ana"}]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert not [i for checked in check_corpus(layered) for i in checked.incidents]
