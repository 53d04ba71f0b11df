"""CorefUD files: judged by the validator of Universal Dependencies, and real ones imported."""

from __future__ import annotations

import io
from argparse import Namespace
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from udtools import Validator

from dateline.annotations.items import chains_of
from dateline.errors import InvalidInputError
from dateline.interop.format import Output
from dateline.interop.reduction import reduce
from dateline.interop.registry import format_of
from dateline.interop.source import SourceDocument
from dateline.model import Link

from .test_every_format import exports

FORM = format_of("corefud")
FORMATS = Path("/work/shared/formats")
real = pytest.mark.skipif(not FORMATS.is_dir(), reason="needs files of other corpora")

PLAIN = """\
# newdoc id = a
# sent_id = 1
# text = Vámonos al mar.
1-2	Vámonos	_	_	_	_	_	_	_	_
1	Vamos	ir	VERB	_	_	0	root	_	_
2	nos	nosotros	PRON	_	_	1	obj	_	_
3-4	al	_	_	_	_	_	_	_	_
3	a	a	ADP	_	_	5	case	_	_
4	el	el	DET	_	_	5	det	_	_
5	mar	mar	NOUN	_	_	1	obl	_	SpaceAfter=No
5.1	_	ser	AUX	_	_	_	_	_	_
6	.	.	PUNCT	_	_	1	punct	_	SpacesAfter=\\s\\s

# sent_id = 2
# newpar
1	Sí	sí	INTJ	_	_	0	root	_	_

"""

BRACKETS = """\
# newdoc id = a
# global.Entity = eid-etype-head-other-identity
1	The	_	_	_	_	_	_	_	Entity=(e1[1/2]-person-2-gram:pl(e2-person-1-
2	old	_	_	_	_	_	_	_	_
3	men	_	_	_	_	_	_	_	Entity=e1[1/2])
4	of	_	_	_	_	_	_	_	Entity=(e3-place-1--Rome,wikidata:Q220
5	Rome	_	_	_	_	_	_	_	Entity=e2)(e3)
6	today	_	_	_	_	_	_	_	Entity=(e1[2/2]-person-2-gram:pl)e3)
6.1	_	_	_	_	_	_	_	_	Entity=(e1-person)
7	go	_	_	_	_	_	_	_	Bridge=e1<e4:part,e9<e4|Entity=(e4)

"""


def read(folder: Path, content: str) -> list[SourceDocument]:
    file = folder / "a.conllu"
    file.write_text(content, encoding="utf-8")
    return list(FORM.reader(file))


def test_plain_conll_u_gives_the_text_with_its_tokens(tmp_path):
    (found,) = read(tmp_path, PLAIN)
    assert found.text == "Vámonos al mar.  Sí"
    assert [found.text[s:e] for s, e in found.tokens] == ["Vámonos", "al", "mar", ".", "Sí"]
    assert [found.text[s:e] for s, e in found.sentences] == ["Vámonos al mar.", "Sí"]
    assert {loss.kind: loss.name for loss in found.losses} == {
        "columns": "UPOS",
        "words of multiword tokens": "al",
        "empty nodes": "_",
    }
    assert found.items["columns"] == 3


def test_brackets_nested_crossing_discontinuous_and_of_empty_nodes(tmp_path):
    (found,) = read(tmp_path, BRACKETS)
    (annotation,) = found.annotations.values()
    mentions = {" … ".join(s.text for s in m.spans): m for m in annotation.mentions}
    assert mentions.keys() == {
        "The old men … today", "The old men of Rome", "Rome", "of Rome today", "go",
    }  # fmt: skip
    assert mentions["The old men … today"].attributes == {"gram": "pl"}
    assert mentions["Rome"].entity == mentions["of Rome today"].entity
    assert [m.type for m in mentions.values()].count("place") == 1
    links = {entity.name: entity.links for entity in annotation.entities}
    assert links["of Rome today"] == (
        Link(kb="identity", date=None, id="Rome"),
        Link(kb="wikidata", date=None, id="Q220"),
    )
    assert Counter(x.kind for x in found.losses if x.outcome == "left out") == {
        "mentions": 1, "relations": 1, "empty nodes": 1, "columns": 1,
    }  # fmt: skip
    assert found.items["mentions"] == 6
    (relation,) = annotation.relations
    ids = {mention.id: text for text, mention in mentions.items()}
    assert (relation.type, ids[relation.source], ids[relation.target]) == (
        "part", "go", "The old men … today",
    )  # fmt: skip


def test_metadata_is_read_and_what_is_not_is_said(tmp_path):
    (found,) = read(
        tmp_path,
        "# newdoc id = a\n# meta::title = A trip\n# meta::genre = voyage\n# sent_id = 1\n"
        "# text = del\n# speaker = Ana\n"
        "1-2\tdel" + "\t_" * 7 + "\tEntity=(e9-x)|Bridge=e1<e9\n"
        "1\tde\tde" + "\t_" * 6 + "\tEntity=(e1-place-2-)|Gloss=of\n2\tel" + "\t_" * 8 + "\n"
        "2.1\tnil" + "\t_" * 8 + "\n\n",
    )
    assert (found.title, found.meta) == ("A trip", {"genre": "voyage"})
    assert [(loss.kind, loss.name) for loss in found.losses] == [
        ("words of multiword tokens", "del"),
        ("Entity of multiword tokens", "(e9-x)"),
        ("Bridge of multiword tokens", "e1<e9"),
        ("empty nodes", "nil"),
        ("columns", "LEMMA"),
        ("columns", "MISC Gloss"),
        ("columns", "head of mentions"),
        ("comments", "speaker"),
    ]


@pytest.mark.parametrize("end", ["(", "e1"])
def test_a_long_value_that_is_not_understood_is_refused_at_once(end, tmp_path):
    value = "(aa)" * 60 + end
    with pytest.raises(InvalidInputError, match="is not an Entity statement"):
        read(tmp_path, "1\tA" + "\t_" * 7 + f"\tEntity={value}\n")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1\tA\t_", r'"1\tA\t_" is not a line of ten columns with tabs between them.'),
        ("2\tA" + "\t_" * 8, '"2" is not the number of word 1.'),
        ("x\tA" + "\t_" * 8, '"x" is not the number of a word, such as 8, 8-9 or 8.1.'),
        ("1\tA" + "\t_" * 7 + "\tEntity=e1)", '"e1)" closes a mention that is not open.'),
        ("1\tA" + "\t_" * 7 + "\tEntity=(e1-x", '"(e1" is not closed.'),
        ("1\tA" + "\t_" * 7 + "\tEntity=(e1[2/2])", '"e1[2/2]" has no first part.'),
        ("1\tA" + "\t_" * 7 + "\tEntity=(e1[1/2])", '"(e1[1/2]" is not closed.'),
        ("1\tA" + "\t_" * 7 + "\tEntity=e1", '"e1" is not an Entity statement'),
    ],
)
def test_a_line_that_is_not_understood_is_named(line, message, tmp_path, run, empty_corpus):
    file = tmp_path / "a.conllu"
    file.write_text(f"# text = A\n{line}\n")
    result = run(empty_corpus, "import", "corefud", str(file), "--out", str(tmp_path / "new"))
    assert result.exit_code == 1
    assert f"{file}, line 2: {message}" in result.stderr
    assert not (tmp_path / "new").exists()


@cache
def validator_of(level: int) -> Validator:
    excluded = Namespace(exclude=["spurious-entity-type"], max_err=0)
    return Validator("ud", level=level, check_coref=True, args=excluded)


def incidents(path: Path, level: int = 2) -> list[str]:
    """What the validator has to say, but for labels that CorefUD does not list."""
    printed = io.StringIO()
    validator = validator_of(level)
    validator.incfg["output"] = printed
    validator.validate_files([str(path)])
    return [line for line in printed.getvalue().splitlines() if "warning" not in line]


def test_the_validator_accepts_the_gold_of_the_corpus(tmp_path, repository):
    items = []
    for path in sorted((repository.annotations / "gold").glob("*.json"))[::20]:
        annotation = repository.read_annotation("gold", path.stem)
        items.append(reduce(repository.read_document(path.stem), annotation, FORM.holds)[:2])
    target = tmp_path / "train.conllu"
    FORM.writer(Output(target=target, items=items, ontology=repository.ontology))
    assert target.read_text().count("Entity=(") > 100
    assert incidents(target, level=3) == []


@settings(
    max_examples=15,
    derandomize=True,  # the validator fails to name some characters that Unicode lacks
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=exports())
def test_the_validator_accepts_the_brackets_of_any_annotation(data, tmp_path):
    ontology, document, annotation = data
    item = reduce(document, annotation, FORM.holds)[:2]
    target = tmp_path / "train.conllu"
    FORM.writer(Output(target=target, items=[item], ontology=ontology))
    assert [line for line in incidents(target) if "COREF" in line] == []


@real
def test_a_document_of_gum_becomes_a_corpus_with_its_mentions_and_chains(
    tmp_path, run, empty_corpus
):
    file = FORMATS / "gum" / "dep-GUM_voyage_coron.conllu"
    arguments = ("import", "corefud", str(file), "--out", str(tmp_path / "gum"), "--language", "en")
    result = run(empty_corpus, *arguments)
    assert result.exit_code == 0, result.output
    corpus = type(empty_corpus)(tmp_path / "gum")
    (name,) = corpus.document_ids()
    annotation = corpus.read_annotation("annotator1", name)
    brackets = file.read_text(encoding="utf-8").count("-cf")
    assert len(annotation.mentions) == brackets == 165
    assert sum(len(chain) > 1 for chain in chains_of(annotation).values()) == 20
    assert run(corpus, "validate").exit_code == 0


@real
@pytest.mark.parametrize("file", sorted((FORMATS / "conllu").glob("*")), ids=lambda f: f.stem)
def test_treebanks_in_other_scripts_keep_their_text(file):
    sentences = [
        line.removeprefix("# text = ")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("# text = ")
    ]
    found = [d.text[s:e] for d in FORM.reader(file) for s, e in d.sentences]
    assert found == [sentence.strip() for sentence in sentences]
