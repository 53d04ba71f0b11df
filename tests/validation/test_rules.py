"""Every rule: a change that breaks it, and the nearest change that does not."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from dateline.corpus.guidelines import CurrentGuidelines
from dateline.errors import InvalidInputError
from dateline.text import sha256_of_text
from dateline.validation.engine import check_corpus
from dateline.validation.registry import all_rules
from tests.conftest import REPOSITORY, Run
from tests.ontology.test_limited_attributes import RULES as LIMITED
from tests.small_corpus import TEXT, Files, claim, event, mention, span
from tests.validation.test_related_events import RULES as RELATED

from .test_contrast_rules import CASES as CONTRASTS
from .test_layered_rules import CASES as LAYERED
from .test_scenario_links import CASES as SCENARIOS

Change = Callable[[Files], None]

SHEET = "seeds/scenarios/asker-dam.toml"


class Case(NamedTuple):
    breaks: Change
    pointer: str
    passes: Change
    """Close to breaking the rule, but valid."""


def other_document(files: Files, text: str, document: str = "copy", **fields: object) -> None:
    (files.corpus.seeds / f"{document}.txt").write_text(text, encoding="utf-8", newline="")
    copy = files.document | {
        "id": document,
        "text": text,
        "text_sha256": sha256_of_text(text),
        "seed": files.document["seed"] | {"file": f"{document}.txt"},
        **fields,
    }
    files._write(files.corpus.document_path(document), copy)


def grouped(files: Files, split: str) -> None:
    """Another document of the same group, with a split that was given."""
    files.document |= {"group": "talks", "split_given": True}
    other_document(files, TEXT + "!", split=split)


def noted(files: Files, *notes: dict[str, object], annotator: str = "ana") -> None:
    """An annotator's annotation with notes: that of the gold, which has none."""
    register(files, annotator)
    path = files.corpus.annotation_path(annotator, "summit")
    path.parent.mkdir(exist_ok=True)
    files._write(path, files.gold | {"annotator": annotator, "notes": notes})


def another_split(files: Files) -> str:
    return next(s for s in ("train", "validation", "test") if s != files.document["split"])


def new_text(files: Files, text: str) -> None:
    files.document |= {"text": text, "text_sha256": sha256_of_text(text)}
    (files.corpus.seeds / "summit.txt").write_text(text, encoding="utf-8", newline="")


def merge(files: Files, where: str, position: int, **fields: object) -> None:
    files.gold[where][position] |= fields


def waive(rule: str, id: str, reason: str = "a name with a hyphen", annotator: str = "gold") -> str:
    return (
        f'[[waiver]]\nrule = "{rule}"\ndocument = "summit"\nannotator = "{annotator}"\n'
        f'id = "{id}"\nreason = "{reason}"\n'
    )


def inside_token(files: Files) -> None:
    merge(files, "mentions", 2, spans=[span("Osl")])


def register(files: Files, *names: str) -> None:
    rows = [{"pseudonym": name, "kind": "human"} for name in names]
    text = json.dumps({"annotators": rows})
    (files.corpus.annotations / "annotators.json").write_text(text, encoding="utf-8")


def listed(files: Files) -> None:
    files._write(files.corpus.annotation_path("ana", "summit"), files.gold | {"annotator": "ana"})


def model_annotation(files: Files) -> None:
    provenance = files.gold["provenance"] | {"kind": "model"}
    annotation = files.gold | {"annotator": "ana", "provenance": provenance}
    files._write(files.corpus.annotation_path("ana", "summit"), annotation)


def elsewhere(files: Files) -> Path:
    folder = files.root.parent / "elsewhere"
    files._write(folder / "summit.json", files.gold)
    return folder


def sheet(files: Files, text: str) -> None:
    folder = files.corpus.seeds / "scenarios"
    folder.mkdir()
    (folder / "dam.toml").write_text(text, encoding="utf-8")


def page(files: Files, text: str) -> None:
    """Record the guidelines, and then write a page of them."""
    CurrentGuidelines(files.corpus).record_version("First version", "2026-01-01")
    path = files.root / "docs" / "guidelines.md"
    path.parent.mkdir()
    path.write_bytes(text.encode("latin-1"))


def made_now(files: Files) -> None:
    page(files, "# Hints\n\n<!-- no rules -->\n")
    made = CurrentGuidelines(files.corpus).version
    files.gold["provenance"]["guidelines"] = {"version": made.version, "sha256": made.sha256}


def nothing(_: Files) -> None:
    pass


CASES = {
    "S001": Case(
        lambda f: (f.corpus.documents / "broken.json").write_bytes(b'{"id": "\xff"}'), "", nothing
    ),
    "S002": Case(
        lambda f: merge(f, "mentions", 0, type="PERSN"),
        "/mentions/0/type",
        lambda f: merge(f, "mentions", 3, type="QUANTITY") or merge(f, "entities", 3, type="QUANTITY"),
    ),
    "S003": Case(
        lambda f: f._write(f.corpus.annotations / "ana" / "round1" / "summit.json", f.gold),
        "",
        lambda f: f._write(f.corpus.annotations / "ana" / "label-studio" / "summit.json", {}),
    ),
    "S004": Case(
        lambda f: (f.corpus.annotations / "ana").symlink_to(elsewhere(f)),
        "",
        lambda f: (f.corpus.annotations / "ana").symlink_to("gold"),
    ),
    "S006": Case(
        lambda f: sheet(f, 'title = "Dam"'), "", lambda f: sheet(f, (REPOSITORY / SHEET).read_text())
    ),
    "D101": Case(
        lambda f: f.document.update(text=TEXT + "!"),
        "/text_sha256",
        lambda f: new_text(f, TEXT + "!"),
    ),
    "D102": Case(lambda f: f.document.update(id="submit"), "/id", nothing),
    "D103": Case(
        lambda f: f.document["sentences"].insert(1, [10, 12]),
        "/sentences/1",
        lambda f: f.document["sentences"].pop(),
    ),
    "D104": Case(
        lambda f: f.document["tokens"].append([0, len(TEXT) + 1]),
        "/tokens/38",
        lambda f: f.document["tokens"].pop(),
    ),
    "D105": Case(
        lambda f: f.document["tokens"].__setitem__(9, [38, 43]),
        "/tokens/9",
        lambda f: f.document["tokens"].__setitem__(9, [38, 39]),
    ),
    "D106": Case(
        lambda f: (f.corpus.seeds / "summit.txt").write_text(TEXT + " ", encoding="utf-8"),
        "/seed",
        lambda f: f.document["seed"].update(dropped=[{"start": 0, "end": 1, "reason": "byte order mark"}])
        or (f.corpus.seeds / "summit.txt").write_text("\ufeff" + TEXT, encoding="utf-8", newline=""),
    ),
    "D107": Case(
        lambda f: f.document.update(split=another_split(f)),
        "/split",
        lambda f: f.document.update(split=another_split(f), split_given=True),
    ),
    "D108": Case(
        lambda f: other_document(f, TEXT), "/text", lambda f: other_document(f, TEXT, duplicate=True)
    ),
    "D109": Case(
        lambda f: (f.corpus.seeds / "new.txt").write_text("News.", encoding="utf-8"),
        "",
        lambda f: (f.corpus.seeds / "summit.toml").write_text("", encoding="utf-8"),
    ),
    "D110": Case(
        lambda f: f.document["source"].update(published="2025-02-30"),
        "/source/published",
        lambda f: f.document["source"].update(published="2024-02-29"),
    ),
    "D111": Case(
        lambda f: grouped(f, another_split(f)), "/split", lambda f: grouped(f, f.document["split"])
    ),
    "A201": Case(lambda f: f.gold.update(annotator="silver"), "/annotator", nothing),
    "A202": Case(
        lambda f: f._write(f.corpus.annotation_path("gold", "gone"), f.gold | {"document": "gone"}),
        "/document",
        lambda f: f._write(f.corpus.annotations / "gold" / "label-studio" / "gone.json", {}),
    ),
    "A203": Case(lambda f: f.gold.update(text_sha256="0" * 64), "/text_sha256", nothing),
    "A204": Case(
        lambda f: merge(f, "events", 0, id="m1") or f.gold.update(event_relations=[], claims=[], claim_relations=[]),
        "",
        lambda f: merge(f, "events", 2, id="m1.1") or f.gold.update(event_relations=[], claims=[], claim_relations=[]),
    ),
    "A205": Case(
        lambda f: f.gold.update(retired=["m1"]),
        "/retired/0",
        lambda f: f.gold.update(retired=["m10"]),
    ),
    "A206": Case(
        lambda f: f.gold.update(layers=["entities", "events"]),
        "/claims",
        lambda f: f.gold.update(layers=["entities", "events"], claims=[], claim_relations=[]),
    ),
    "A207": Case(
        lambda f: register(f, "ana", "ana"), "", lambda f: register(f, "ana", "bo")
    ),
    "A208": Case(
        listed, "/annotator", lambda f: listed(f) or register(f, "ana")
    ),
    "A211": Case(
        lambda f: model_annotation(f) or register(f, "ana"),
        "/provenance/kind",
        lambda f: listed(f) or register(f, "ana"),
    ),
    "A209": Case(
        lambda f: f.gold["provenance"].update(created="2025-02-30T99:99:99Z"),
        "/provenance/created",
        lambda f: f.gold["provenance"].update(created="2024-02-29T23:59:59.123456789+13:45"),
    ),
    "T301": Case(
        lambda f: merge(f, "mentions", 0, spans=[span("Ana Ruiz") | {"end": len(TEXT) + 1}]),
        "/mentions/0/spans/0",
        lambda f: merge(f, "mentions", 6, spans=[{"start": len(TEXT) - 1, "end": len(TEXT), "text": "."}]),
    ),
    "T302": Case(
        lambda f: merge(f, "mentions", 0, spans=[span("Ana Ruiz") | {"text": "Ana Ruis"}]),
        "/mentions/0/spans/0/text",
        lambda f: merge(f, "mentions", 0, spans=[span("Ana")]),
    ),
    "T303": Case(
        lambda f: merge(f, "mentions", 0, spans=[span("Ruiz"), span("Ana")]),
        "/mentions/0/spans/1",
        lambda f: merge(f, "mentions", 0, spans=[span("Ana"), span("Ruiz")]),
    ),
    "T304": Case(
        lambda f: merge(f, "mentions", 0, spans=[span("Ana Ruiz ")]), "/mentions/0/spans/0", nothing
    ),
    "T305": Case(
        inside_token,
        "/mentions/2/spans/0",
        lambda f: merge(f, "mentions", 2, spans=[span("in Oslo")]),
    ),
    "T306": Case(
        lambda f: merge(f, "mentions", 3, spans=[span("Monday.\nShe")]),
        "/mentions/3/spans",
        lambda f: merge(f, "mentions", 3, spans=[span("Monday.")]),
    ),
    "M401": Case(
        lambda f: merge(f, "mentions", 0, entity="n9"),
        "/mentions/0/entity",
        lambda f: merge(f, "mentions", 0, entity="n2"),
    ),
    "M402": Case(
        lambda f: merge(f, "mentions", 0, entity="n3"),
        "/mentions/0/type",
        lambda f: merge(f, "mentions", 0, entity="n2"),
    ),
    "M403": Case(
        lambda f: f.gold["mentions"].append(mention("m8", "Oslo", "GPE", "n3", level="nominal")),
        "/mentions/7",
        lambda f: f.gold["mentions"].append(mention("m8", "in Oslo", "GPE", "n3")),
    ),
    "M404": Case(
        lambda f: f.gold["entities"].append({"id": "n6", "type": "GPE", "name": "Rome"}),
        "/entities/5",
        lambda f: f.gold["entities"].append({"id": "n6", "type": "GPE", "name": "Rome"})
        or merge(f, "mentions", 2, entity="n6")
        or f.gold["entities"].pop(2),
    ),
    "M405": Case(
        lambda f: merge(f, "mentions", 4, entity=None), "/mentions/4/entity", nothing
    ),
    "E501": Case(
        lambda f: merge(f, "events", 1, arguments=[{"role": "party", "mention": "m50"}]),
        "/events/1/arguments/0/mention",
        lambda f: merge(f, "events", 1, arguments=[{"role": "party", "mention": "m1"}]),
    ),
    "E502": Case(
        lambda f: merge(f, "events", 1, arguments=[{"role": "party", "mention": "m4"}]),
        "/events/1/arguments/0",
        lambda f: merge(f, "events", 1, arguments=[{"role": "party", "mention": "m3"}]),
    ),
    "E503": Case(
        lambda f: merge(f, "events", 1, arguments=[{"role": "agreement", "mention": "m6"}] * 2),
        "/events/1/arguments/1",
        lambda f: f.gold["events"][0]["arguments"].pop(),
    ),
    "E504": Case(
        lambda f: f.gold["events"].append(
            event("e4", "met", "MEET", f.gold["events"][0]["arguments"][::-1], tense="future")
        ),
        "/events/3",
        lambda f: f.gold["events"].extend(
            [event("e4", "met", "AGREE", []), event("e5", "met", "MEET", [])]
        ),
    ),
    "E505": Case(
        lambda f: f.gold["events"].extend(
            [
                event("e4", "said", "CONFIRM", [{"role": "content", "event": "e5"}]),
                event("e5", "added", "CONFIRM", [{"role": "content", "event": "e4"}]),
            ]
        ),
        "/events/3/arguments",
        lambda f: f.gold["events"].extend(
            [
                event("e4", "said", "CONFIRM", [{"role": "content", "event": "e5"}]),
                event("e5", "added", "CONFIRM", [{"role": "content", "event": "e1"}]),
            ]
        ),
    ),
    "E506": Case(
        lambda f: merge(f, "events", 0, cluster="k1") or merge(f, "events", 1, cluster="k1"),
        "/events/1/cluster",
        lambda f: merge(f, "events", 0, cluster="k1") or merge(f, "events", 1, cluster="k2"),
    ),
    "E507": Case(
        lambda f: merge(f, "event_relations", 0, target="c1"),
        "/event_relations/0/target",
        lambda f: merge(f, "event_relations", 0, target="e1"),
    ),
    "A214": Case(
        lambda f: noted(f, {"text": "Long."}, {"item": "n1", "text": "Who?"}),
        "/notes/1/item",
        lambda f: noted(f, {"text": "Long."}, {"item": "m1", "text": "Who?", "unsure": True}),
    ),
    "C601": Case(
        lambda f: merge(f, "claims", 0, claimer="n1"),
        "/claims/0/claimer",
        lambda f: merge(f, "claims", 0, claimer="AUTHOR"),
    ),
    "C602": Case(
        lambda f: merge(f, "claims", 0, events=["m1"]),
        "/claims/0/events/0",
        lambda f: merge(f, "claims", 0, events=["e2"]),
    ),
    "C603": Case(
        lambda f: f.gold["claims"].append(claim("c4", "the talks would go on", "m5", None, [])),
        "/claims/3",
        lambda f: f.gold["claims"].append(claim("c4", "the talks would go on", "m1", None, [])),
    ),
    "C604": Case(
        lambda f: merge(f, "claims", 0, cue=[span("the talks")]),
        "/claims/0/cue",
        lambda f: merge(f, "claims", 0, cue=[span("said that")]),
    ),
    "C605": Case(
        lambda f: merge(f, "claim_relations", 0, target="c2"),
        "/claim_relations/0",
        lambda f: f.gold["claim_relations"].append({"type": "SUPPORTS", "source": "c3", "target": "c2"}),
    ),
    "G901": Case(lambda f: page(f, "# R\xe8gles"), "", lambda f: page(f, "# Rules")),
    "G902": Case(
        lambda f: page(f, "# Rules\n\nMark."), "", lambda f: page(f, "# Rules\n\n<!-- no rules -->")
    ),
    "G903": Case(lambda f: page(f, "# Rules"), "/provenance/guidelines", made_now),
    "G904": Case(
        lambda f: page(f, "# Rules\n\n`[Ana] met BO LIND in Oslo`"),
        "/text",
        lambda f: page(f, "# Rules\n\nMark what Ana met Bo Lind in Oslo for, and `met Bo Lind in Oslo`."),
    ),
    "W701": Case(
        lambda f: setattr(f, "waivers", waive("T305", "m3")),
        "/waiver/0",
        lambda f: inside_token(f) or setattr(f, "waivers", waive("T305", "m3")),
    ),
    "W702": Case(
        lambda f: setattr(f, "waivers", waive("T305", "m3", reason=" ")),
        "/waiver/0/reason",
        lambda f: setattr(f, "waivers", waive("T305", "m3")),
    ),
}  # fmt: skip


def test_the_small_corpus_is_valid(files: Files):
    assert files.check() == []


def test_every_rule_has_a_case():
    # Rules about a release have theirs in tests/release.
    assert {*CASES, *LAYERED, *CONTRASTS, *SCENARIOS, *LIMITED, *RELATED} == {
        code for code, rule in all_rules().items() if rule.scope != "release"
    }


@pytest.mark.parametrize("code", CASES)
def test_a_broken_rule_is_reported_where_it_is_broken(files: Files, code: str):
    CASES[code].breaks(files)
    found = [incident for incident in files.check() if incident.code == code]
    assert [incident.pointer for incident in found[:1]] == [CASES[code].pointer]
    assert found[0].level == all_rules()[code].level
    assert found[0].message
    assert found[0].hint
    assert (files.root / found[0].file).exists()


@pytest.mark.parametrize("code", CASES)
def test_a_valid_change_is_not_reported(files: Files, code: str):
    CASES[code].passes(files)
    assert [incident for incident in files.check() if incident.code == code] == []


@pytest.mark.parametrize(
    "place",
    ["annotations/summit.json", "annotations/ana/sub/summit.json", "annotations/ana/summit.JSON",
     "annotations/gold/summit.json.bak", "annotations/label-studio/a/b.json", "corpus/old/summit.json",
     "corpus/summit.txt", "seeds/new/other.txt", "seeds/alone.toml", "schema/old.schema.json",
     "schema/old/document.schema.json"],
)  # fmt: skip
def test_a_file_in_a_place_that_nothing_reads_is_reported(files: Files, place: str):
    files._write(files.root / place, files.gold)
    (found,) = files.check()
    assert (found.code, found.file) == ("S003", place)


@pytest.mark.parametrize("place", ["seeds", "annotations/gold", "corpus", "annotations"])
@pytest.mark.parametrize("target", ["outside", "missing", "circle"])
def test_a_folder_elsewhere_is_reported_and_not_followed(files: Files, place: str, target: str):
    files.check()
    whole = place in ("corpus", "annotations")
    folder = files.root / place
    if target == "outside":
        shutil.move(folder, files.root.parent / "outside")
        folder.symlink_to(files.root.parent / "outside")
    else:
        shutil.rmtree(folder)
        folder.symlink_to("missing" if target == "missing" else folder.name)
    if whole:
        with pytest.raises(InvalidInputError, match=f"{place}: leads out of|is a link"):
            list(check_corpus(files.corpus))
        return
    incidents = [i for checked in check_corpus(files.corpus) for i in checked.incidents]
    assert (place, "S004") in {(i.file, i.code) for i in incidents}
    assert not {"S001", "A202"} & {i.code for i in incidents}


@pytest.mark.parametrize("place", ["annotations/gold/other.json", "annotations/ana/summit.json",
                                   "corpus/other.json", "annotations/waivers.toml",
                                   "annotations/annotators.json", "annotations/ana/pipe"])  # fmt: skip
@pytest.mark.parametrize("kind", ["pipe", "folder", "dangling", "circle", "outside"])
def test_what_is_not_a_regular_file_is_reported(files: Files, place: str, kind: str):
    path = files.root / place
    path.parent.mkdir(exist_ok=True)
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
            (path / "x").write_text("")
        case _:
            path.symlink_to(
                {"dangling": "nowhere", "circle": path.name}.get(kind, elsewhere(files))
            )
    found = [i for i in files.check() if i.code != "A208"]
    assert any(i.file.startswith(place) or str(path) in i.message for i in found)


def test_an_incident_has_nothing_that_a_terminal_would_obey(files: Files):
    nasty = "\x1b[2J\u202e\u2028\n\U000e0001"
    merge(files, "mentions", 0, id=nasty, type=nasty, entity=nasty)
    files.gold[nasty] = 1
    files.gold["provenance"] |= {"created": nasty, nasty: nasty}
    files.document["source"]["url"] = nasty
    register(files, nasty)
    files.waivers = waive("T305", "m1") + f"{json.dumps(nasty)} = 1\n"
    other_document(files, TEXT + nasty, "other\x1b[2J")
    for incident in files.check():
        for field in incident.__struct_fields__:
            assert getattr(incident, field).isprintable(), (incident.code, field)


def test_a_file_with_an_odd_name_is_reported_when_it_is_asked_for(files: Files, run):
    files.check()
    odd = files.corpus.documents / "a\x1b[2J.json"
    odd.write_text("", encoding="utf-8")
    result = run(files.corpus, "validate", str(odd))
    assert result.exit_code == 1
    assert "corpus/a\\u001b[2J.json\n  error S001: cannot be read: is empty" in result.stdout


def test_a_duplicate_id_quotes_all_items_that_have_it(files: Files):
    merge(files, "mentions", 1, id="m1")
    (found,) = [i for i in files.check() if i.code == "A204"]
    assert '/mentions/0 "Ana Ruiz", /mentions/1 "Bo Lind"' in found.message


def test_an_item_has_one_note_and_gold_none(files: Files):
    twice = {"item": "m1", "text": "Who?"}, {"item": "m1", "unsure": True}
    noted(files, {"text": "Long."}, *twice, {"text": "Too long."})
    files.gold["notes"] = [{"text": "Long."}]
    found = [(i.file, i.pointer, i.message) for i in files.check() if i.code == "A214"]
    assert found == [
        ("annotations/ana/summit.json", "/notes/2", "m1 has several notes"),
        ("annotations/ana/summit.json", "/notes/3", "the document has several notes"),
        ("annotations/gold/summit.json", "/notes", "gold has notes, which the next adjudication "
         "would remove"),
    ]  # fmt: skip


def test_one_file_that_is_nested_too_deep_hides_nothing(files: Files):
    deep = files.corpus.annotation_path("ana", "summit")
    deep.parent.mkdir()
    deep.write_text("[" * 5000 + "]" * 5000, encoding="utf-8")
    merge(files, "mentions", 0, entity="n9")
    found = {(i.file, i.code) for i in files.check()}
    assert ("annotations/ana/summit.json", "S001") in found
    assert ("annotations/gold/summit.json", "M401") in found


def test_all_errors_are_reported_not_the_first(files: Files):
    merge(files, "mentions", 0, spans=[span("Ana Ruiz") | {"text": "Anna"}])
    merge(files, "mentions", 1, entity="n9")
    merge(files, "claims", 0, claimer="nobody")
    files.document["sentences"] = files.document["sentences"][::-1]
    assert {"T302", "M401", "C601", "D103"} <= {incident.code for incident in files.check()}


def test_a_quote_shows_the_text_around(files: Files):
    merge(files, "mentions", 2, entity="n9")
    (found,) = [i for i in files.check() if i.code == "M401"]
    assert found.quote == "Ruiz met Bo Lind in [Oslo] on Monday.\\nShe said"
    assert found.subject == "m3"


def test_a_waiver_excuses_one_rule_on_one_id_only(files: Files):
    inside_token(files)
    merge(files, "mentions", 0, spans=[span("Ana Rui")])
    files.waivers = waive("T305", "m3")
    assert [(i.code, i.subject) for i in files.check()] == [("T305", "m1")]


def test_a_waiver_for_another_annotator_excuses_nothing(files: Files):
    inside_token(files)
    files.waivers = waive("T305", "m3", annotator="second")
    assert sorted(i.code for i in files.check()) == ["T305", "W701"]


def test_schema_errors_cannot_be_waived(files: Files):
    files.waivers = waive("S002", "m1")
    assert [i.code for i in files.check()] == ["W702"]


def test_waivers_that_are_not_toml_are_an_error(files: Files):
    files.waivers = "[[waiver"
    assert [i.code for i in files.check()] == ["W702"]


def test_a_corpus_without_documents_is_valid(files: Files):
    shutil.rmtree(files.corpus.documents)
    shutil.rmtree(files.corpus.seeds)
    from dateline.validation.engine import check_corpus

    assert [i for checked in check_corpus(files.corpus) for i in checked.incidents] == []


def test_a_rule_can_be_switched_off_with_a_reason(files: Files):
    inside_token(files)
    assert [i.code for i in files.check()] == ["T305"]
    files.waivers = '[rules]\nT305 = { level = "off", reason = "Clitics." }\n'
    assert files.check() == []
    files.waivers = '[rules]\nT305 = { level = "error", reason = "Taggers need it." }\n'
    assert [(i.code, i.level) for i in files.check()] == [("T305", "error")]


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ('T305 = { level = "off", reason = " " }', "/rules/T305/reason"),
        ('T999 = { level = "off", reason = "Why not." }', "/rules/T999"),
        ('S002 = { level = "off", reason = "Too many." }', "/rules/S002"),
        ('W701 = { level = "off", reason = "Too many." }', "/rules/W701"),
        ('T305 = { level = "never", reason = "Clitics." }', ""),
        ('T305 = { level = "off" }', ""),
        ('T305 = "off"', ""),
    ],
)
def test_an_invalid_level_changes_nothing(files: Files, rules: str, place: str):
    inside_token(files)
    files.waivers = f"[rules]\n{rules}\n"
    found = {i.code: i.pointer for i in files.check()}
    assert found.keys() == {"T305", "W702"}
    assert found["W702"] == place


def test_a_waiver_of_a_rule_that_is_off_is_unused(files: Files):
    inside_token(files)
    files.waivers = '[rules]\nT305 = { level = "off", reason = "Clitics." }\n' + waive("T305", "m3")
    assert [i.code for i in files.check()] == ["W701"]


def test_the_summary_counts_findings_by_rule(files: Files, run: Run):
    inside_token(files)
    merge(files, "mentions", 0, spans=[span("Ana Rui")])
    files.waivers = '[rules]\nT306 = { level = "off", reason = "Verse." }\n'
    files.check()
    result = run(files.corpus, "validate", "--summary")
    assert result.exit_code == 0
    assert "T306 (off)" in result.stderr
    rows = json.loads(run(files.corpus, "validate", "--summary", "--format", "json").stdout)
    (row,) = [row for row in rows if row["code"] == "T305"]
    assert (row["level"], row["findings"], row["files"]) == ("warning", 2, 1)
    assert row["title"] in " ".join(result.stdout.split())
    assert run(files.corpus, "validate", "--summary", "--format", "github").exit_code == 2
