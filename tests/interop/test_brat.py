"""brat standoff: syntax, configuration, offsets, several annotators, and what is not understood."""

from __future__ import annotations

import json
import re

import pytest
from msgspec.structs import replace

from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError
from dateline.interop.formats.brat.configuration import annotation_conf, visual_conf
from dateline.interop.formats.brat.reader import read_brat
from dateline.interop.formats.brat.standoff import FORMAT
from dateline.interop.reduction import reduce
from dateline.interop.source import spans_at
from dateline.model import Mention

TEXT = "Ana and Bo Lind met 🏙️ Cy in Oslo.\nShe left."
LINE = re.compile(
    r"T\d+\t[^\s:]+ \d+ \d+(;\d+ \d+)*\t.+"
    r"|E\d+\t[^\s:]+:T\d+( [^\s:]+:[TE]\d+)*"
    r"|R\d+\t[^\s:]+ Arg1:[TE]\d+ Arg2:[TE]\d+"
    r"|A\d+\t\S+ [TER]\d+ .+"
    r"|N\d+\tReference [TE]\d+ \S+:\S+\t.*"
    r"|\*\tEquiv [TE]\d+( [TE]\d+)+"
)
"""The lines of the standoff format as its page documents them."""


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "brat"
    path.mkdir()
    (path / "a.txt").write_text(TEXT, encoding="utf-8")
    return path


def annotate(folder, *lines):
    (folder / "a.ann").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_exported_files_have_the_documented_syntax(layered, run, tmp_path):
    out = tmp_path / "out"
    assert run(layered, "export", "brat", "--out", str(out)).exit_code == 0
    (file,) = out.rglob("*.ann")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    text = file.with_suffix(".txt").read_text(encoding="utf-8")
    for line in lines:
        if line.startswith("T"):
            _, place, quote = line.split("\t")
            ranges = [map(int, part.split()) for part in place.split(" ", 1)[1].split(";")]
            assert " ".join(text[start:end] for start, end in ranges) == quote


def test_the_configuration_has_types_roles_attributes_and_colours(layered, news):
    conf = annotation_conf(layered.ontology)
    sections = re.split(r"^\[(\w+)\]$", conf, flags=re.M)
    assert sections[1::2] == ["entities", "relations", "events", "attributes"]
    assert "HARM\tcause*:CHEMICAL|GIVE|HARM|STOP, harm*:DISEASE\n" in conf
    assert "ASSERT\tclaimer?:<ENTITY>, cue?:cue, about*:<EVENT>\n" in conf
    assert "WORKS_FOR\tArg1:PERSON, Arg2:ORGANIZATION\n" in conf
    assert re.search(r"^level\tArg:<ENTITY>, Value:name\|nominal\|pronoun$", conf, flags=re.M)
    colours = visual_conf(news.ontology)
    assert re.search(r"^PERSON\tbgColor:#[0-9a-f]{6}$", colours, flags=re.M)


def test_items_of_every_kind_are_read(folder):
    annotate(
        folder,
        "T1\tPER 0 3\tAna",
        "T2\tPER 0 3;11 15\tAna Lind",
        "T3\tMeet 16 19\tmet",
        "T4\tPER 35 38\tShe",
        "T5\tLeave 39 43\tleft",
        "E1\tMeet:T3 party:T1 party2:T2",
        "E2\tLeave:T5 who:T4 after:E1",
        "R1\tKnows Arg1:T1 Arg2:T2",
        "A1\tNegated E2",
        "A2\tlevel T1 name",
        "N1\tReference T1 wikidata:Q1\tAna",
        "*\tEquiv T1 T4",
        "#1\tAnnotatorNotes T1\tsee page 3",
    )
    (document,) = read_brat(folder)
    (annotation,) = document.annotations.values()
    assert [[s.text for s in m.spans] for m in annotation.mentions] == [
        ["Ana"],
        ["Ana", "Lind"],
        ["She"],
    ]
    meet, leave = annotation.events
    assert [(a.role, a.filler) for a in meet.arguments] == [("party", "T1"), ("party", "T2")]
    assert [(a.role, a.filler) for a in leave.arguments] == [("who", "T4"), ("after", "E1")]
    assert leave.attributes == {"Negated": "true"}
    (entity,) = annotation.entities
    assert (entity.name, entity.type, entity.links[0].id) == ("Ana", "PER", "Q1")
    assert [m.entity for m in annotation.mentions] == [entity.id, None, entity.id]
    assert [(r.type, r.source, r.target) for r in annotation.relations] == [("Knows", "T1", "T2")]
    assert [(loss.kind, loss.name) for loss in document.losses] == [("notes", "#1")]


def test_what_is_given_twice_or_has_a_type_of_its_own_is_said(folder):
    annotate(
        folder,
        *(
            "T1\tPER 0 3\tAna",
            "T2\tPLACE 30 34\tOslo",
            "R1\tIn Arg2:T2 Arg1:T1",
            "A1\tLevel T1 name",
        ),
        *("A2\tLevel T1 name", "A3\tLevel T1 title", "*\tSame T1 T2"),
    )
    (document,) = read_brat(folder)
    (annotation,) = document.annotations.values()
    assert [(r.source, r.target) for r in annotation.relations] == [("T1", "T2")]
    assert annotation.mentions[0].attributes == {"Level": ("name", "title")}
    assert len({mention.entity for mention in annotation.mentions}) == 1
    assert [(loss.kind, loss.name) for loss in document.losses] == [
        ("mention attributes", "T1.Level name"),
        ("types of equivalences", "Same 1"),
    ]
    assert document.items["mention attributes"] == 2


def test_a_quote_with_line_ends_is_read_if_it_is_as_long_as_the_offsets_say(folder):
    (folder / "a.txt").write_text("Ana met\n\nBo\nin Oslo.")
    annotate(folder, "T1\tNAME 0 11\tAna met", "", "Bo", "T2\tNAME 15 19\tOslo")
    (document,) = read_brat(folder)
    (annotation,) = document.annotations.values()
    assert [m.spans[0].text for m in annotation.mentions] == ["Ana met\n\nBo", "Oslo"]
    annotate(folder, "T1\tNAME 0 11\tAna met", "Cy")
    with pytest.raises(InvalidInputError, match=r"line 1: .* has another text at its offsets"):
        list(read_brat(folder))


def test_annotations_without_their_text_are_refused(folder):
    annotate(folder, "T1\tPER 0 3\tAna")
    (folder / "lost.ann").write_text("T1\tPER 0 3\tAna\n")
    with pytest.raises(InvalidInputError, match=r"lost\.ann: its text, lost\.txt, is missing"):
        list(read_brat(folder))


@pytest.mark.parametrize(
    "unit", [len, lambda t: len(t.encode("utf-16-le")) // 2, lambda t: len(t.encode())]
)
def test_offsets_in_other_units_are_converted_when_the_quotes_prove_them(unit, folder):
    lines = []
    for number, quote in enumerate(("Ana", "Cy", "Oslo"), 1):
        start = unit(TEXT[: TEXT.index(quote)])
        lines.append(f"T{number}\tNAME {start} {start + unit(quote)}\t{quote}")
    annotate(folder, *lines)
    (document,) = read_brat(folder)
    (annotation,) = document.annotations.values()
    places = [(m.spans[0].start, m.spans[0].text) for m in annotation.mentions]
    assert places == [(TEXT.index(quote), quote) for quote in ("Ana", "Cy", "Oslo")]


def test_offsets_of_a_program_that_reads_cr_lf_as_lf_are_converted(folder):
    (folder / "a.txt").write_bytes(b"Ana met\r\nBo\r\nin Oslo.\r\n")
    annotate(folder, "T1\tNAME 8 10\tBo", "T2\tNAME 8 13\tBo in", "T3\tNAME 14 18\tOslo")
    (document,) = read_brat(folder)
    (annotation,) = document.annotations.values()
    places = [[(s.start, s.text) for s in m.spans] for m in annotation.mentions]
    assert places == [[(9, "Bo")], [(9, "Bo\r\nin")], [(16, "Oslo")]]


def test_offsets_of_a_text_with_cr_lf_are_right_for_programs_that_read_it_as_lf(entities_only):
    text = "Ana met\r\nBo\rLind\n\r\nand\r\nCy."
    document = replace(entities_only.read_document(entities_only.document_ids()[0]), text=text)
    ranges = [(0, 3), (9, 16), (4, 11), (text.index("Cy"), text.index("Cy") + 2), (7, 9), (8, 11)]
    mentions = tuple(
        Mention(id=f"m{n}", type="PERSON", spans=spans_at(text, [place]))
        for n, place in enumerate(ranges)
    )
    annotation = replace(entities_only.read_annotation("gold", document.id), mentions=mentions)
    reduced = reduce(document, annotation, FORMAT.holds)
    assert reduced.document.text == "Ana met\nBo\nLind\n\nand\nCy."
    quotes = [m.spans[0].text for m in sorted(reduced.annotation.mentions, key=lambda m: m.id)]
    assert quotes == ["Ana", "Bo\nLind", "met\nBo", "Cy", "Bo"]
    reasons = {(loss.kind, loss.outcome): loss.reason for loss in reduced.losses}
    assert reasons["texts", "approximated"] == "CR LF and CR at line ends are written as LF"
    assert reasons["mentions", "left out"] == "has nothing but line ends"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("T1\tPER 0 x\tAna", r'"T1\tPER 0 x\tAna" has the offsets "0 x"'),
        ("T1\tPER", r'"T1\tPER" has no offsets'),
        ("T1\tPER 3 0\tAna", "ends before it starts"),
        ("T1\tPER 0 999\tAna", "ends after the text, which ends at 45"),
        ("T1\tPER 0 2\tAna", 'has another text at its offsets: "An", expected "Ana"'),
        ("T1 PER 0 3\tAna", r'"T1 PER 0 3\tAna" has no id'),
        ("E1\tMeet:T9", "has no trigger: there is no T9"),
        ("E1\tMeet", "is not an event"),
        ("R1\tKnows Arg1:T1", "is not a relation"),
        ("R1", "is not a relation"),
        ("A1\tNegated", "is not an attribute"),
        ("N1\tReference T1", "is not a normalization"),
        ("Q1\tsomething", "is not an annotation of brat"),
        ("no tab at all", '"no tab at all" has no id such as T1 with a tab after it'),
    ],
)
def test_a_line_that_is_not_understood_is_named_with_the_fix(
    line, message, folder, run, empty_corpus, tmp_path
):
    annotate(folder, "T7\tPER 30 34\tOslo", line)
    out = tmp_path / "new"
    result = run(empty_corpus, "import", "brat", str(folder), "--out", str(out))
    assert result.exit_code == 1
    assert f"{folder / 'a.ann'}, line 2: " in result.stderr
    assert message in result.stderr
    assert not out.exists()


def test_folders_of_two_people_become_two_annotators(folder, run, empty_corpus, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text(TEXT, encoding="utf-8")
    annotate(folder, "T1\tPER 0 3\tAna")
    annotate(other, "T1\tPER 0 3\tAna", "T2\tPER 23 25\tCy")
    out = tmp_path / "new"
    paths = (f"ana={folder}", f"bo={other}")
    result = run(empty_corpus, "import", "brat", *paths, "--out", str(out), "--language", "en")
    assert result.exit_code == 0, result.output
    corpus = Corpus(out)
    assert corpus.annotators() == ["ana", "bo"]
    assert [len(corpus.read_annotation(n, "a").mentions) for n in ("ana", "bo")] == [1, 2]
    register = json.loads((out / "annotations" / "annotators.json").read_text())["annotators"]
    assert [entry["pseudonym"] for entry in register] == ["ana", "bo"]
    assert run(corpus, "validate").exit_code == 0


def test_labels_that_the_corpus_does_not_have_must_be_mapped(folder, run, entities_only, tmp_path):
    annotate(folder, "T1\tPER 0 3\tAna", "T2\tPLACE 30 34\tOslo", "R1\tIn Arg1:T1 Arg2:T2")
    before = {path: path.read_bytes() for path in entities_only.root.rglob("*.json")}
    result = run(entities_only, "import", "brat", f"ana={folder}")
    assert result.exit_code == 1
    assert 'entity "PER": 1 time, such as "Ana"' in result.stderr
    assert {p: p.read_bytes() for p in entities_only.root.rglob("*.json")} == before

    template = run(entities_only, "import", "brat", f"ana={folder}", "--template").stdout
    assert '"PER" = "?"   # 1 time, such as "Ana"' in template
    mapping = tmp_path / "mapping.toml"
    filled = template.replace('"PER" = "?"', '"PER" = "PERSON"').replace('"?"', '"ignore"')
    mapping.write_text(filled, encoding="utf-8")
    report = tmp_path / "report.json"
    options = ("--mapping", str(mapping), "--language", "en", "--report", str(report))
    result = run(entities_only, "import", "brat", f"ana={folder}", *options)
    assert result.exit_code == 0, result.output
    found = entities_only.read_annotation("ana", "a")
    assert [(m.type, m.spans[0].text) for m in found.mentions] == [("PERSON", "Ana")]
    counts = json.loads(report.read_text())["counts"]
    assert counts["mentions"] == {"source": 2, "kept": 1, "approximated": 0, "left_out": 1}
    assert counts["relations"] == {"source": 1, "kept": 0, "approximated": 0, "left_out": 1}
    assert run(entities_only, "import", "brat", f"ana={folder}", *options).exit_code == 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("R2\tLIVES_IN Arg1:T4 Arg2:T99", "relations R2: there is no T99"),
        ("E1\tMeet:T2 who:T99", "arguments E1 who T99: there is no T99"),
        ("A1\tlevel T99 name", "other attributes T99.level: there is no T99"),
        ("N1\tReference T99 wikidata:Q1\tAna", "other links T99 wikidata:Q1: there is no T99"),
        ("*\tEquiv T4 T99", "other equivalences Equiv 1: there is no T99"),
    ],
)
def test_a_reference_to_nothing_is_refused_and_imported_as_a_draft(
    line, told, folder, run, empty_corpus, tmp_path
):
    annotate(folder, "T4\tPER 0 3\tAna", "T2\tMeet 16 19\tmet", line)
    new = tmp_path / "new"
    arguments = ("import", "brat", f"bo={folder}", "--out", str(new), "--language", "en")
    result = run(empty_corpus, *arguments)
    assert result.exit_code == 1
    assert f"a (bo): {told}" in result.stderr
    assert not new.exists()
    assert run(empty_corpus, *arguments, "--draft").exit_code == 0
    assert Corpus(new).read_annotation("bo", "a").status == "draft"


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (["T1\tPER 0 2\tAna", "R1\tKnows Arg1:T7", "T2\tPER 0 x\tAna"], [3, 4, 2]),
        (["E1\tMeet:T8", "E2\tMeet:T9"], [2, 3]),
        (
            ["T1\tS 0 3\tAna", "E1\tS:T1 claimer:T8", "T2\tS 0 3\tAna", "E2\tS:T2 claimer:T9"],
            [3, 5],
        ),
        (["nothing"] * 30, [*range(2, 22)]),
    ],
)
def test_all_lines_with_problems_are_named(wrong, found, folder):
    annotate(folder, "T7\tPER 30 34\tOslo", *wrong)
    with pytest.raises(InvalidInputError) as raised:
        list(read_brat(folder))
    said = str(raised.value).splitlines()
    named = [
        int(line.partition(", line ")[2].partition(":")[0]) for line in said if "line " in line
    ]
    assert named == found
    assert (said[-1] == "and 10 more problems") == (len(wrong) == 30)
