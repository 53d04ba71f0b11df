"""Every rule: a change that breaks it, and the nearest change that does not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import NamedTuple

import pytest

from dateline.text import sha256_of_text
from dateline.validation.registry import all_rules
from tests.small_corpus import TEXT, Files, claim, event, mention, span

Change = Callable[[Files], None]


class Case(NamedTuple):
    breaks: Change
    pointer: str
    passes: Change
    """Close to breaking the rule, but valid."""


def other_document(files: Files, text: str, document: str = "copy") -> None:
    (files.corpus.seeds / f"{document}.txt").write_text(text, encoding="utf-8", newline="")
    copy = files.document | {
        "id": document,
        "text": text,
        "text_sha256": sha256_of_text(text),
        "seed": files.document["seed"] | {"file": f"{document}.txt"},
    }
    files._write(files.corpus.document_path(document), copy)


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
        lambda f: f.document.update(
            split=next(s for s in ("train", "validation", "test") if s != f.document["split"])
        ),
        "/split",
        nothing,
    ),
    "D108": Case(
        lambda f: other_document(f, TEXT), "/text", lambda f: other_document(f, TEXT + "!")
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
    "A201": Case(lambda f: f.gold.update(annotator="silver"), "/annotator", nothing),
    "A202": Case(
        lambda f: f._write(f.corpus.annotation_path("gold", "gone"), f.gold | {"document": "gone"}),
        "/document",
        lambda f: f._write(f.corpus.annotations / "gold" / "notes" / "gone.json", {}),
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
        lambda f: f.gold["entities"].append({"id": "n6", "type": "GPE", "name": "Rome", "link": None}),
        "/entities/5",
        lambda f: f.gold["entities"].append({"id": "n6", "type": "GPE", "name": "Rome", "link": None})
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
        lambda f: f.gold["events"].append(event("e4", "met", "MEET", [])),
        "/events/3",
        lambda f: f.gold["events"].append(event("e4", "met", "AGREE", [])),
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
    assert set(CASES) == {code for code, rule in all_rules().items() if rule.scope != "release"}


@pytest.mark.parametrize("code", CASES)
def test_a_broken_rule_is_reported_where_it_is_broken(files: Files, code: str):
    CASES[code].breaks(files)
    found = [incident for incident in files.check() if incident.code == code]
    assert [incident.pointer for incident in found[:1]] == [CASES[code].pointer]
    assert found[0].level == all_rules()[code].level
    assert found[0].message
    assert found[0].hint
    assert (files.root / found[0].file).is_file()


@pytest.mark.parametrize("code", CASES)
def test_a_valid_change_is_not_reported(files: Files, code: str):
    CASES[code].passes(files)
    assert [incident for incident in files.check() if incident.code == code] == []


def test_all_errors_are_reported_not_the_first(files: Files):
    merge(files, "mentions", 0, spans=[span("Ana Ruiz") | {"text": "Anna"}])
    merge(files, "mentions", 1, entity="n9")
    merge(files, "claims", 0, claimer="nobody")
    files.document["sentences"] = files.document["sentences"][::-1]
    assert {"T302", "M401", "C601", "D103"} <= {incident.code for incident in files.check()}


def test_a_quote_shows_the_text_around(files: Files):
    merge(files, "mentions", 2, entity="n9")
    (found,) = [i for i in files.check() if i.code == "M401"]
    assert found.quote == "Ruiz met Bo Lind in [Oslo] on Monday.\\u000aShe said"
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
