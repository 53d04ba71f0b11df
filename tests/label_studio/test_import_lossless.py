"""What an export says in another way is imported; what would be lost is named, with its cause."""

from __future__ import annotations

import json

import pytest

from dateline.corpus.boilerplate import BYTE_ORDER_MARK
from dateline.ingest.ingest import ingest

from .foreign import DEFAULTS, annotation, place, region, relation, said, task

MAPPING = (
    """
[entity]
PER = "PERSON"
MAN = "PERSON"
LOC = "GPE"
MISC = "ignore"
Contact = "event:MEET"
assertion = "act:ASSERT"
[attribute]
"mention.form" = "mention.level"
"mention.who" = "entity_id"
["mention.form"]
NAM = "name"
PRO = "pronoun"
[relation]
same = "coreference"
more = "continues"
part = "party"
said_by = "claimer"
before = "BEFORE"
relation = "ignore"
"""
    + DEFAULTS
)
ANA, BO, SHE = (
    region("a", "ner", "PER", "Ana Ruiz"),
    region("b", "ner", "PER", "Bo Lind"),
    region("s", "ner", "PER", "She"),
)
MET = region("met", "trigger", "Contact", "met")


@pytest.fixture
def import_tasks(files, run, tmp_path):
    """Run the import; gives the result and, where one was written, the annotation."""

    def invoke(tasks, *arguments, mapping=MAPPING, document="summit"):
        export, labels = tmp_path / "export.json", tmp_path / "mapping.toml"
        export.write_text(json.dumps(tasks), encoding="utf-8")
        labels.write_text(mapping, encoding="utf-8")
        result = run(
            files.corpus, "import", "label-studio", str(export), "--mapping", str(labels),
            "--annotators", "ana", *arguments,
        )  # fmt: skip
        assert isinstance(result.exception, SystemExit | None), result.exception
        path = files.corpus.annotation_path("ana", document)
        return result, files.corpus.read_annotation("ana", document) if path.is_file() else None

    return invoke


def changed(row, **value):
    return row | {"value": row["value"] | value}


def drop(row, *keys):
    return {key: value for key, value in row.items() if key not in keys}


LOSSLESS = {
    "no ids": [drop(ANA, "id"), drop(BO, "id"), drop(SHE, "id")],
    "integer ids": [
        ANA | {"id": 1}, BO | {"id": 2}, SHE | {"id": 3},
        relation(1, 3, "same"), said(3, "form", "choices", "She", choices=["PRO"]),
    ],
    "unusable ids": [
        ANA | {"id": "a\n"}, BO | {"id": "b/1"}, SHE | {"id": "x" * 70},
        relation("a\n", "x" * 70, "same"),
    ],
    "the same rows twice": [ANA, BO, SHE, ANA, BO, SHE, relation("a", "s", "same"),
                            relation("a", "s", "same"), relation("s", "a", "same")],
    "the same regions twice": [ANA, BO, SHE, ANA | {"id": "a2"}, relation("a2", "s", "same")],
    "both directions": [ANA, BO, SHE, relation("a", "s", "same") | {"direction": "bi"}],
    "two labels for one": [
        region("a", "ner", ["PER", "MAN"], "Ana Ruiz"), BO, region("b", "ner", "MAN", "Bo Lind"),
        SHE,
    ],
    "names for ids": [
        ANA, BO, SHE, said("a", "who", "textarea", "Ana Ruiz", text=["Ana Ruiz (politician)"]),
        said("s", "who", "textarea", "She", text=[" Ana Ruiz (politician)"]),
        said("b", "who", "textarea", "Bo Lind", text=["Ana_Ruiz_[politician]"]),
        relation("a", "s", "same"),
    ],
    "a choice twice": [
        ANA, BO, SHE, said("s", "form", "choices", "She", choices=["PRO", "PRO"]),
        said("s", "form", "choices", "She", choices=["PRO"]),
    ],
    "ignored relations": [
        ANA, BO, SHE, drop(relation("a", "b"), "labels"), relation("a", "b"),
        relation("a", "gone"), relation("a", "b") | {"labels": None},
    ],
    "strings for lists": [
        region("a", "ner", "PER", "Ana Ruiz", labels="PER"), BO, SHE,
        relation("a", "s") | {"labels": "same"},
        said("s", "form", "choices", "She", choices="PRO"),
    ],
    "floats that are integers": [
        region("a", "ner", "PER", "Ana Ruiz", start=0.0, end=8.0), BO, SHE,
    ],
}  # fmt: skip


@pytest.mark.parametrize("rows", LOSSLESS.values(), ids=LOSSLESS)
def test_what_loses_nothing_is_imported(rows, import_tasks, run, files):
    result, made = import_tasks([task(annotation(rows))])
    assert result.exit_code == 0, result.output
    assert [m.spans[0].text for m in made.mentions] == ["Ana Ruiz", "Bo Lind", "She"]
    assert made.status == "submitted"
    if any(row.get("labels") in (["same"], "same") for row in rows):
        assert made.mentions[0].entity == made.mentions[2].entity
        assert made.mentions[0].entity not in (None, made.mentions[1].entity)
    assert run(files.corpus, "validate", str(files.root / "annotations" / "ana")).exit_code == 0


def test_regions_at_one_place_that_may_be_meant_as_two_stay_two(import_tasks):
    twice = [ANA, BO, SHE, ANA | {"id": "a2"}]
    rows = [*twice, relation("a2", "s", "same"), relation("a", "b", "same")]
    result, made = import_tasks([task(annotation(rows))])
    assert (result.exit_code, made) == (1, None)
    assert "M403" in result.stderr
    rows = [ANA, BO, MET, MET | {"id": "m2"}, relation("met", "a", "part")]
    result, made = import_tasks([task(annotation([*rows, relation("m2", "b", "part")]))], "--draft")
    assert [len(event.arguments) for event in made.events] == [1, 1], result.output


def test_a_relation_both_ways_is_read_in_each_way_that_has_a_meaning(import_tasks, files):
    rows = [ANA, MET, relation("a", "met", "part") | {"direction": "bi"}]
    result, made = import_tasks([task(annotation(rows))])
    assert result.exit_code == 0, result.output
    assert [(a.role, a.mention) for a in made.events[0].arguments] == [("party", "a")]
    assert "points both ways, and is read in the way that has a meaning" in result.stderr
    files.corpus.annotation_path("ana", "summit").unlink()
    other = region("signed", "trigger", "Contact", "signed")
    rows = [MET, other, relation("met", "signed", "before") | {"direction": "bi"}]
    result, made = import_tasks([task(annotation(rows))])
    assert result.exit_code == 0, result.output
    assert [r.name for r in made.event_relations] == ["BEFORE met→signed", "BEFORE signed→met"]


def test_a_default_does_not_contradict_the_other_fragments(import_tasks):
    rows = [
        ANA, SHE, relation("a", "s", "more"), said("s", "form", "choices", "She", choices=["PRO"]),
    ]  # fmt: skip
    result, made = import_tasks([task(annotation(rows))])
    assert result.exit_code == 0, result.output
    assert made.mentions[0].attributes == {"level": "pronoun"}


BROKEN = {
    "no place": (drop(ANA, "value") | {"value": {"labels": ["PER"]}}, "None and None, not two"),
    "empty": (changed(ANA, start=3, end=3, text=""), "[3, 3] is empty"),
    "beyond": (changed(ANA, start=900, end=908, text="Cy"), "beyond the text"),
    "quote": (changed(ANA, text="Cy"), 'is quoted as "Cy"'),
}


@pytest.mark.parametrize(("row", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_region_is_one_message_without_consequences(row, message, import_tasks):
    claim = region("c", "statement", "assertion", "the talks would go on")
    rows = [
        row, SHE, claim, relation("c", "a", "said_by"), relation("a", "s", "same"),
        said("a", "form", "choices", "Ana Ruiz", choices=["NAM"]),
    ]  # fmt: skip
    result, made = import_tasks([task(annotation(rows))])
    assert result.exit_code == 1
    assert made is None
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("  ")]
    assert message in line
    assert "used" not in line


def test_a_draft_of_which_nothing_can_be_read_is_not_written(import_tasks):
    result, made = import_tasks([task(annotation([BROKEN["empty"][0]]))], "--draft")
    assert result.exit_code == 1
    assert made is None
    assert "[3, 3] is empty" in result.stderr


def test_a_region_beside_its_quote_is_moved_with_a_note(import_tasks):
    at = place("Bo Lind")
    row = changed(BO, start=at["start"] - 4, end=at["end"] - 4)
    result, made = import_tasks([task(annotation([row]))])
    assert result.exit_code == 0, result.output
    assert "was moved from [9, 16] to [13, 20]" in result.stderr
    assert made.mentions[0].spans[0].text == "Bo Lind"


def test_a_choice_about_the_whole_text_is_named_as_such(import_tasks, files, run, tmp_path):
    rows = [ANA, {"id": "q", "from_name": "form", "type": "choices", "value": {"choices": ["NAM"]}}]
    result, made = import_tasks([task(annotation(rows))])
    assert (result.exit_code, made) == (1, None)
    lines = [line for line in result.stderr.splitlines() if line.startswith("  ")]
    assert lines == [
        '  attribute "document.form": 1 time, about the whole text',
        '  document.form "NAM": 1 time, about the whole text',
    ]
    rows[1]["value"]["choices"] = ["name"]
    rows[1]["from_name"] = "whole"
    (tmp_path / "export.json").write_text(json.dumps([task(annotation(rows))]))
    export = str(tmp_path / "export.json")
    shown = run(files.corpus, "import", "label-studio", export, "--template")
    assert '"name" = "?"   # 1 time, about the whole text' in shown.stdout


@pytest.mark.parametrize(
    ("mapping", "rows", "message"),
    [
        ("[ignore]\ncontrols = ['ner']", [ANA], "mentions, 1 left out: its control is ignored"),
        ("[labels.ner]\nPER = 'ignore'", [ANA], 'entity "PER": 1 time, such as "Ana Ruiz"'),
        ("[ignore]\ntypes = ['rectanglelabels']\n[labels.ner]\nPER = 'entity:PERSON'",
         [{"type": "rectanglelabels", "value": {}}], "rectanglelabels, 1 left out"),
        ("", [], "the source has no labels"),
        ("", [{"type": "rating", "value": {"rating": 1}}], "rating, 1 left out: such rows"),
    ],
    ids=["control", "label", "type", "empty", "rating"],
)  # fmt: skip
def test_an_import_of_which_nothing_is_mapped_fails(mapping, rows, message, import_tasks, files):
    result, _ = import_tasks([task(annotation(rows))], mapping=mapping)
    assert result.exit_code == 1
    assert "Nothing was imported" in result.stderr
    assert message in result.stderr
    assert not files.corpus.annotations.joinpath("ana").exists()


def test_a_task_without_the_text_field_is_named_with_its_fields(import_tasks):
    mapping = '[document]\ntext = "body"\n' + MAPPING
    other = task(annotation([ANA]))
    other["data"] = {"headline": "x", "n": 3, "list": []}
    result, made = import_tasks([other, task(annotation([ANA]))], mapping=mapping)
    assert result.exit_code == 1
    assert 'export.json: task 1 has no "body" in its data' in result.stderr
    assert 'It has the fields: "headline", "n"' in result.stderr
    assert made is None


@pytest.mark.parametrize("start", ["", BYTE_ORDER_MARK])
def test_a_text_is_found_by_every_form_of_its_seed(start, import_tasks, files):
    seed = f"{start}Advertisement\r\nAnna met\r\nBo.\r\n"
    path = files.corpus.seeds / "anna.txt"
    path.write_bytes(seed.encode())
    assert [o.result for o in ingest(files.corpus, [path])] == ["added"]
    for text in (seed, seed.replace("\r", ""), seed.removeprefix(start).strip()):
        rows = [region(None, "ner", "PER", quote, text) for quote in ("Anna", "Bo")]
        result, made = import_tasks([task(annotation(rows), text=text)], document="anna")
        assert result.exit_code == 0, result.output
        assert [m.spans[0].text for m in made.mentions] == ["Anna", "Bo"]
        files.corpus.annotation_path("ana", "anna").unlink()
    rows = [region("x", "ner", "PER", "Adv", seed)]
    result, _ = import_tasks([task(annotation(rows), text=seed)], document="anna")
    assert "mentions x: is in a part of the text that the corpus does not have" in result.stderr


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"id": 9}, {"id": 10}),
        ({"id": "9"}, {"id": "10"}),
        ({"id": 10, "updated_at": "2025-1-2T03:04:05Z"}, {"id": 9, "updated_at": "2025-01-10T00:00:00Z"}),
        ({"id": 10, "updated_at": "2025-01-02T03:00:00+02:00"},
         {"id": 9, "updated_at": "2025-01-02T01:30:00Z"}),
        ({"id": 10, "updated_at": 1580000000}, {"id": 9, "updated_at": "2025-01-02 01:30:00"}),
    ],
)  # fmt: skip
def test_the_newest_annotation_is_found_by_time_and_number(older, newer, import_tasks):
    both = [annotation([ANA], **older), annotation([BO], **newer)]
    for order in (both, both[::-1]):
        result, _ = import_tasks([task(*order)], "--dry-run")
        said = f"is older than {newer['id']} by the same user (export-1: {older['id']})"
        assert said in result.stderr, result.output


def test_annotations_without_time_and_number_are_not_chosen_from(import_tasks):
    unknown = {"id": None, "created_at": None, "updated_at": "soon"}
    result, made = import_tasks([task(annotation([ANA], **unknown), annotation([BO], **unknown))])
    assert (result.exit_code, made) == (1, None)
    assert "several annotations (#1, #2) without times and ids" in result.stderr


def test_a_user_is_the_same_with_a_number_and_its_text(import_tasks):
    both = [annotation([ANA], user="7", id=1), annotation([ANA], user={"id": 7}, id=2)]
    result, _ = import_tasks([task(*both)])
    assert result.exit_code == 0, result.output
    assert "is older than 2 by the same user (export-1: 1)" in result.stderr
