"""doccano JSON Lines, as doccano exports it."""

from __future__ import annotations

import pytest

from dateline.errors import InvalidInputError
from dateline.interop.registry import format_of

SPANS = """\
{"id": 7, "text": "EU rejects German call", "label": [[0, 2, "ORG"], [11, 17, "MISC"]], "Comments": ["?"]}
{"id": 9, "text": "Peter Blackburn", "label": []}
"""
RELATIONS = """\
{"id": 3, "text": "Google was founded by Larry Page", "Comments": [], "entities": [\
{"id": 10, "label": "ORG", "start_offset": 0, "end_offset": 6}, \
{"id": 12, "label": "PERSON", "start_offset": 22, "end_offset": 32}], "relations": [\
{"id": 1, "from_id": 10, "to_id": 12, "type": "foundedBy"}, \
{"id": 2, "from_id": 10, "to_id": 12, "type": "foundedBy"}]}
"""


@pytest.mark.parametrize("name", ["doccano", "doccano-relations"])
def test_both_kinds_of_export_are_read(name, tmp_path):
    path = tmp_path / "admin.jsonl"
    path.write_text(SPANS + "\n" + RELATIONS)
    one, two, three = format_of(name).reader(path)
    assert [(m.type, m.spans[0].text) for m in one.annotations[""].mentions] == [
        ("ORG", "EU"), ("MISC", "German"),
    ]  # fmt: skip
    assert [loss.kind for loss in one.losses] == ["comments"]
    assert not two.annotations[""].mentions
    (relation,) = three.annotations[""].relations
    texts = {m.id: m.spans[0].text for m in three.annotations[""].mentions}
    assert (relation.type, texts[relation.source], texts[relation.target]) == (
        "foundedBy", "Google", "Larry Page",
    )  # fmt: skip
    assert three.items == {"mentions": 2, "relations": 2}
    assert [loss.reason for loss in three.losses] == ["the same relation is there twice"]
    assert [one.name, three.name] == ["document-7", "document-3"]


def test_the_files_of_two_people_are_two_annotations(tmp_path, run, empty_corpus):
    (tmp_path / "ana.jsonl").write_text(SPANS)
    (tmp_path / "bo.jsonl").write_text(SPANS.replace("MISC", "ORG"))
    out = tmp_path / "out"
    paths = [f"{name}={tmp_path / name}.jsonl" for name in ("ana", "bo")]
    result = run(empty_corpus, "import", "doccano", *paths, "--out", str(out), "--language", "en")
    assert result.exit_code == 0, result.output
    corpus = type(empty_corpus)(out)
    assert {path.parent.name for path in corpus.annotations.glob("*/*.json")} == {"ana", "bo"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[11, 17,", "[11, 99,", r'entity 2 \("MISC"\): 11 to 99 is not in the text, which has 22'),
        ('[0, 2, "ORG"]', '"ORG"', r"\$.label\[0\]"),
        ('"text": "EU', '"texts": "EU', "text"),
    ],
)
def test_a_line_that_is_not_understood_is_named(old, new, message, tmp_path):
    path = tmp_path / "all.jsonl"
    path.write_text(SPANS.replace(old, new))
    with pytest.raises(InvalidInputError, match=f"all.jsonl, line 1[:,] .*{message}"):
        list(format_of("doccano").reader(path))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"to_id": 12', '"to_id": 5', "there is no entity 5"),
        ('"id": 12', '"id": 10', "the id 10 is of two entities"),
    ],
)
def test_ids_that_do_not_fit_are_named(old, new, message, tmp_path):
    path = tmp_path / "all.jsonl"
    path.write_text(RELATIONS.replace(old, new))
    with pytest.raises(InvalidInputError, match=message):
        list(format_of("doccano-relations").reader(path))
