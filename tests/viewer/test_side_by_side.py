"""Two annotations of a document side by side, and problems that validation finds, in their place."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from ..corpora import gold_of, make_annotation


@pytest.fixture
def compared(small, run):
    """The small corpus, with an annotation by ana of the first document that differs from gold."""
    document = small.read_document("open")
    items = gold_of(document.text)
    items["events"][1]["type"] = "MEET"
    items["events"][0]["arguments"].pop(2)
    items["mentions"] = [one for one in items["mentions"] if one["id"] != "m6"]
    small.write_annotation(make_annotation(document, items, annotator="ana"))
    return small


def classes(page, id_):
    found = re.search(rf'<span id="{re.escape(id_)}" class="([^"]*)"', page)
    return found[1].split() if found else None


def test_items_that_only_one_has_or_both_have_differently_are_marked(compared, run, tmp_path):
    out = tmp_path / "site"
    assert run(compared, "view", "--out", str(out), "--annotators", "gold,ana").exit_code == 0
    page = (out / "documents/open.html").read_text(encoding="utf-8")
    assert "only" in classes(page, "m6")
    assert "differs" in classes(page, "v1")
    assert "differs" in classes(page, "ana:v1")
    assert not {"only", "differs"} & {*classes(page, "m1"), *classes(page, "ana:m1")}
    assert classes(page, "ana:m6") is None
    assert "Differences <small>3</small>" in page
    assert re.search(r'<a href="#v2">v2</a> <small>label</small></td><td class="text">FIGHT<', page)


def test_a_document_that_only_one_has_annotated_is_shown_with_that_annotation(
    compared, run, tmp_path
):
    out = tmp_path / "site"
    compared.annotation_path("gold", "open").unlink()
    assert run(compared, "view", "--out", str(out), "--annotators", "gold,ana").exit_code == 0
    page = (out / "documents/open.html").read_text(encoding="utf-8")
    assert classes(page, "v1") is not None
    assert "Differences" not in page


def test_predictions_are_beside_gold_in_the_layers_that_they_have(compared, run, tmp_path):
    gold = compared.read_annotation("gold", "open")
    mentions = [
        {"spans": m.spans, "type": m.type, "id": m.id, "attributes": m.attributes}
        for m in gold.mentions[:3]
    ]
    line = {"document": "open", "text_sha256": gold.text_sha256, "mentions": mentions}
    path = tmp_path / "Model 1.jsonl"
    path.write_bytes(msgspec.json.encode(line))
    out = tmp_path / "site"
    done = run(compared, "view", "--out", str(out), "--predictions", str(path))
    assert done.exit_code == 0, done.output
    assert [one.name for one in (out / "documents").iterdir()] == ["open.html"]
    page = (out / "documents/open.html").read_text(encoding="utf-8")
    assert "only" in classes(page, "m9")
    assert "only" not in classes(page, "v1"), "the file has no events"


def test_problems_are_shown_with_their_items(small, run, tmp_path):
    path = small.annotation_path("gold", "open")
    content = json.loads(path.read_bytes())
    content["events"][0]["arguments"].append({"role": "party", "mention": "m77"})
    content["claims"][0]["events"] = ["v9"]
    path.write_text(json.dumps(content), encoding="utf-8")
    out = tmp_path / "site"
    assert run(small, "view", "--out", str(out)).exit_code == 0
    page = (out / "documents/open.html").read_text(encoding="utf-8")
    assert "w" in classes(page, "v1")
    assert "w" in classes(page, "c1")
    assert "w" not in classes(page, "v2")
    assert re.search(r'data-card="v1".*?<p class="problem error"><b>E\d+</b>', page, flags=re.S)


def test_an_annotation_that_cannot_be_read_leaves_the_text_and_the_problem(small, run, tmp_path):
    small.annotation_path("gold", "open").write_text('{"mentions": 1}', encoding="utf-8")
    out = tmp_path / "site"
    assert run(small, "view", "--out", str(out)).exit_code == 0
    page = (out / "documents/open.html").read_text(encoding="utf-8")
    assert "Kim Jong Un" in page
    assert '<p class="problem error"><b>S' in page
