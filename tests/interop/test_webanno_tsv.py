"""WebAnno TSV: the examples of INCEpTION's user guide, and files of other projects."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.annotations.items import chains_of
from dateline.errors import InvalidInputError
from dateline.interop.registry import format_of

SHARED = Path("/work/shared/formats")
real_files = pytest.mark.skipif(not SHARED.is_dir(), reason="needs files of other projects")
NE = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
CHAIN = "de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink"


def read(path):
    (document,) = format_of("webanno-tsv").reader(path)
    (annotation,) = document.annotations.values()
    return document, annotation


@pytest.fixture
def tsv(tmp_path):
    def written(header, body):
        path = tmp_path / "a.tsv"
        path.write_text(f"#FORMAT=WebAnno TSV 3.3\n{header}\n\n\n{body}", encoding="utf-8")
        return read(path)

    return written


def test_offsets_count_utf_16_code_units(tsv):
    _, annotation = tsv(
        f"#T_SP={NE}|value",
        "#Text=I like it 😊 .\n1-1\t0-1\tI\t_\t\n1-2\t2-6\tlike\t_\t\n1-3\t7-9\tit\t_\t\n"
        "1-4\t10-12\t😊\t*\t\n1-5\t13-14\t.\tEND\t\n",
    )
    assert [(m.type, m.spans[0].text) for m in annotation.mentions] == [
        ("NamedEntity", "😊"),
        ("END", "."),
    ]


def test_stacked_spans_and_spans_of_several_tokens_are_told_apart_by_numbers(tsv):
    _, annotation = tsv(
        f"#T_SP={NE}|value",
        "#Text=Ms. Haag\n1-1\t0-3\tMs.\tPER[1]|PERpart[2]\t\n1-2\t4-8\tHaag\tPER[1]\t\n",
    )
    assert sorted((m.type, m.spans[0].text) for m in annotation.mentions) == [
        ("PER", "Ms. Haag"),
        ("PERpart", "Ms."),
    ]


def test_a_text_that_would_be_mostly_made_up_is_refused(tsv):
    with pytest.raises(InvalidInputError, match=r'line 6: "A" is not at 999999990 to 999999991'):
        tsv(f"#T_SP={NE}|value", "#Text=A\n1-1\t999999990-999999991\tA\t_\t\n")


def test_slots_are_arguments(tsv):
    _, annotation = tsv(
        "#T_SP=webanno.custom.Frame|FE|ROLE_webanno.custom.Frame:Roles_webanno.custom.FrameRolesLink"
        "|webanno.custom.Lu\n#T_SP=webanno.custom.Lu|luvalue",
        "#Text=Bob auctioned the clock to John.\n"
        "1-1\t0-3\tBob\t_\t_\t_\tbob\t\n"
        "1-2\t4-13\tauctioned\ttransaction\tseller;goods;buyer\t1-1;1-3[4];1-6\t_\t\n"
        "1-3\t14-17\tthe\t_\t_\t_\tclock[4]\t\n1-4\t18-23\tclock\t_\t_\t_\tclock[4]\t\n"
        "1-5\t24-26\tto\t_\t_\t_\t_\t\n1-6\t27-31\tJohn\t_\t_\t_\tjohn\t\n"
        "1-7\t31-32\t.\t_\t_\t_\t_\t\n",
    )
    texts = {m.id: m.spans[0].text for m in annotation.mentions}
    (event,) = annotation.events
    assert (event.type, event.trigger[0].text) == ("transaction", "auctioned")
    assert [(a.role, texts[a.filler]) for a in event.arguments] == [
        ("seller", "Bob"),
        ("goods", "the clock"),
        ("buyer", "John"),
    ]


def test_chains_and_relations_are_read(tsv):
    document, annotation = tsv(
        f"#T_SP={NE}|value\n#T_CH={CHAIN}|referenceType|referenceRelation\n"
        f"#T_RL=webanno.custom.Relation|value|BT_{NE}",
        "#Text=He shot himself.\n"
        "1-1\t0-2\tHe\tPER[1]|X[2]\tpr[1]\tcoref->1-1\t_\t_\t\n"
        "1-2\t3-7\tshot\t_\t_\t_\t_\t_\t\n"
        "1-3\t8-15\thimself\tPER\tpr[1]\t*->1-2\tsame\t1-1[2_0]\t\n"
        "1-4\t15-16\t.\t_\t_\t_\t_\t_\t\n",
    )
    types = {m.id: (m.type, m.spans[0].text) for m in annotation.mentions}
    (chain,) = chains_of(annotation).values()
    assert [types[m] for m in chain] == [("PER", "He"), ("PER", "himself")]
    (relation,) = annotation.relations
    assert (relation.type, types[relation.source], types[relation.target]) == (
        "same", ("X", "He"), ("PER", "himself"),
    )  # fmt: skip
    assert [(loss.kind, loss.name) for loss in document.losses] == [("types of coreference", "0-2")]


def test_parts_of_tokens_escaped_values_and_sentences_apart(tsv):
    document, annotation = tsv(
        "#T_SP=webanno.custom.Span|value|note",
        "#Text=He plays\n#Text=on\\\\.\n"
        "1-1\t0-2\tHe\t_\t_\t\n1-2\t3-8\tplays\t_\t_\t\n1-2.1\t3-7\tplay\tV\\_1\ta\\|b\\;\\->\t\n"
        "1-3\t9-11\ton\t_\t_\t\n1-4\t11-13\t\\.\t_\t_\t\n\n"
        "#Text=End\n2-1\t15-18\tEnd\t_\t_\t\n",
    )
    assert document.text == "He plays\non\\.\n End\n"
    (mention,) = annotation.mentions
    assert (mention.spans[0].text, mention.type) == ("play", "V_1")
    assert mention.attributes == {"note": "a|b;->"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1-1\t0-3\tAna", r'line 6: "1-1\t0-3\tAna" has 0 of 1 columns'),
        ("1-1\t0-3\tBob\t_\t", 'line 6: "Bob" is not at 0 to 3 of the text, which has "Ana" there'),
        (
            "1-1\t0-9\tAna\t_\t",
            'line 6: "Ana" is not at 0 to 9 of the text, whose sentence ends at 3',
        ),
        ("1-1\t80-x\tAna\t_\t", 'line 6: "80-x" is not a pair of offsets, such as 0-3'),
        ("1-1\tAna\t_\t", 'line 6: "Ana" is not a pair of offsets'),
        ("1-1\t0-3", r'line 6: "1-1\t0-3" has no text after its offsets'),
        ("Ana_0-3", 'line 6: "Ana_0-3" is not a row. It has a number such as 1-1, and a tab'),
    ],
)
def test_a_row_that_is_not_understood_is_named(row, message, tmp_path, run, empty_corpus):
    path = tmp_path / "a.tsv"
    path.write_text(f"#FORMAT=WebAnno TSV 3.3\n#T_SP={NE}|value\n\n\n#Text=Ana\n{row}\n")
    out = tmp_path / "new"
    result = run(empty_corpus, "import", "webanno-tsv", str(path), "--out", str(out))
    assert result.exit_code == 1
    assert f"{path}, {message}" in result.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("rows", "numbers"),
    [
        (["1-1\t0-x\tAna\t_\t", "1-2\t4-7\tmet\t_\t", "1-3 8-10 Bo"], [6, 8]),
        (["1-1\t0-3\tAda\t_\t", "1-2\t4-7\tmet\t_\t", "1-3\t8-9\tBo\t_\t"], [6, 8]),
        (["1-1\t0-3\tAna\tX[y]|\t", "1-2\t4-7\tmet\t_\t", "1-3\t8-10\tBo\tX[y]|\t"], [6, 8]),
        (["1-1 0-3 Ana"] * 30, [*range(6, 26)]),
    ],
)
def test_all_rows_with_problems_are_named(rows, numbers, tmp_path):
    path = tmp_path / "a.tsv"
    content = f"#FORMAT=WebAnno TSV 3.3\n#T_SP={NE}|value\n\n\n#Text=Ana met Bo\n"
    path.write_text(content + "\n".join(rows) + "\n")
    with pytest.raises(InvalidInputError) as raised:
        read(path)
    said = str(raised.value).splitlines()
    named = [
        int(line.partition(", line ")[2].partition(":")[0]) for line in said if "line " in line
    ]
    assert named == numbers
    assert (said[-1] == "and 10 more problems") == (len(rows) == 30)


@real_files
def test_a_document_of_gum_has_the_mentions_and_chains_that_its_conll_u_has():
    _, annotation = read(SHARED / "gum" / "gum-tsv-GUM_voyage_coron.tsv")
    (other,) = format_of("corefud").reader(SHARED / "gum" / "dep-GUM_voyage_coron.conllu")
    (conllu,) = other.annotations.values()

    def joined(found):
        return sorted(len(members) for members in chains_of(found).values() if len(members) > 1)

    def types(found):
        return sorted(m.type for m in found.mentions)

    assert len(annotation.mentions) == len(conllu.mentions) == 165
    assert types(annotation) == types(conllu)
    assert joined(annotation) == joined(conllu)
    assert len(joined(annotation)) == 20
    assert {r.type.partition(":")[0] for r in annotation.relations} == {"bridge"}


@real_files
@pytest.mark.parametrize(
    ("name", "mentions", "relations"),
    [
        ("1sentenceNEstacked", ["Champions League", "Champions League"], []),
        ("tale", ["tale", "kinds", "kinds", "annotations"], ["W", "X"]),
        ("1sentencesamerel", [], []),
    ],
)
def test_files_of_version_2_are_read(name, mentions, relations):
    document, annotation = read(SHARED / "webanno-tsv" / f"{name}.tsv")
    assert [m.spans[0].text for m in annotation.mentions] == mentions
    assert sorted(r.type for r in annotation.relations) == relations
    layers = [loss.name.rpartition(".")[2] for loss in document.losses]
    assert layers == (["POS", "Dependency"] if name == "1sentencesamerel" else [])
