"""CoNLL-2012 files: read by another reader."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from scorch.conll import parse_file

from dateline.errors import InvalidInputError
from dateline.interop.format import Output
from dateline.interop.reduction import reduce
from dateline.interop.registry import format_of

from .comparison import chains_by_token
from .test_every_format import exports

FORM = format_of("conll2012")

SHARED_TASK = """\
#begin document (nw/a/00/a_0001); part 000
nw/a/00/a_0001   0   0      The   DT   (TOP(S(NP(NP*     -    -   -   -       *    (ARG0*   (7|(3
nw/a/00/a_0001   0   1     head   NN               *)   head  -   1   -       *         *      3)
nw/a/00/a_0001   0   2       of   IN          (PP*     -    -   -   -       *         *       -
nw/a/00/a_0001   0   3  General  NNP         (NP*     -    -   -   -   (ORG*         *      (5
nw/a/00/a_0001   0   4   Motors  NNP        *)))     -    -   -   -       *)        *)   5)|7)
nw/a/00/a_0001   0   5     said  VBD       (VP*)   say  01   1   -       *       (V*)      -

nw/a/00/a_0001   0   0       it  PRP      (NP*)     -    -   -   -       *         *     (5)
nw/a/00/a_0001   0   1     told  VBD      (VP*)     -    -   -   -       *         *       -
nw/a/00/a_0001   0   2     Reid  NNP      (NP*)     -    -   -   -   (PERSON)      *       -

#end document
#begin document (nw/a/00/a_0001); part 001
nw/a/00/a_0001   1   0       it  PRP      (NP*)     -    -   -   -       *         *     (5)

#end document
"""


def test_a_file_of_the_shared_task_becomes_a_corpus(tmp_path, run, empty_corpus):
    file = tmp_path / "a.v4_gold_conll"
    file.write_text(SHARED_TASK)
    out = tmp_path / "news"
    arguments = ("import", "conll2012", str(file), "--out", str(out), "--language", "en")
    result = run(empty_corpus, *arguments)
    assert result.exit_code == 0, result.output
    corpus = type(empty_corpus)(out)
    documents = {d.text: d for d in map(corpus.read_document, corpus.document_ids())}
    text = "The head of General Motors said\nit told Reid\n"
    assert documents.keys() == {text, "it\n"}
    found = corpus.read_annotation("annotator1", documents[text].id)
    mentions = [(m.spans[0].text, m.type, m.entity) for m in found.mentions]
    chains = {text: entity for text, _, entity in mentions}
    assert [(text, label) for text, label, _ in mentions] == [
        ("The head", "mention"),
        ("The head of General Motors", "mention"),
        ("General Motors", "ORG"),
        ("it", "ORG"),
        ("Reid", "PERSON"),
    ]
    assert chains["General Motors"] == chains["it"] != chains["The head"]
    assert chains["Reid"] is None
    assert run(corpus, "validate").exit_code == 0


def test_columns_that_are_not_read_are_counted(tmp_path):
    file = tmp_path / "a.v4_gold_conll"
    file.write_text(SHARED_TASK)
    first, second = FORM.reader(file)
    assert [loss.name for loss in first.losses if loss.kind == "columns"] == [
        "part of speech", "parse", "arguments of predicates", "lemma of the predicate", "word sense",
        "frameset",
    ]  # fmt: skip
    assert [loss.name for loss in second.losses] == ["part of speech", "parse", "m1"]
    assert first.items["columns"] == 6
    file.write_text("#begin document a\n1 A DT (1)\n2 B _ -\n")
    (short,) = FORM.reader(file)
    assert (short.text, [loss.name for loss in short.losses]) == ("DT _\n", ["m1"])


@pytest.mark.parametrize("value", ["(1)" * 60 + "(", "1)" * 60 + "2", "|" * 60])
def test_a_long_value_that_is_not_understood_is_refused_at_once(value, tmp_path):
    file = tmp_path / "a.conll"
    file.write_text(f"#begin document (a)\na 0 0 A - * - - - - * {value}\n")
    with pytest.raises(InvalidInputError, match="is not coreference"):
        list(FORM.reader(file))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("* 3)", '"3)" closes a mention that is not open.'),
        ("* (3", '"(3" is not closed.'),
        ("* (3))", '"(3))" is not coreference, such as (12, 12) or (3)|12).'),
        ("*) -", '"*)" closes a named entity that is not open.'),
        ("(ORG* -", '"(ORG" is not closed.'),
        ("ORG -", '"ORG" is not a named entity, such as (PERSON*, *) or *.'),
    ],
)
def test_a_line_that_is_not_understood_is_named(columns, message, tmp_path, run, empty_corpus):
    file = tmp_path / "a.conll"
    file.write_text(
        f"#begin document (a); part 000\na 0 0 A - * - - - - {columns}\n#end document\n"
    )
    result = run(empty_corpus, "import", "conll2012", str(file), "--out", str(tmp_path / "new"))
    assert result.exit_code == 1
    assert f"{file}, line 2: {message}" in result.stderr
    assert not (tmp_path / "new").exists()


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=exports())
def test_another_reader_finds_the_same_chains(data, tmp_path):
    ontology, document, annotation = data
    reduced = reduce(document, annotation, FORM.holds)
    target = tmp_path / "train.conll"
    item = (reduced.document, reduced.annotation)
    FORM.writer(Output(target=target, items=[item], ontology=ontology))
    lines = target.read_text(encoding="utf-8").split("\n")
    ((name, entities),) = parse_file(lines)
    assert name == f"{document.id}-000"
    blocks = [0]
    for sentence in "\n".join(lines).split("\n\n"):
        blocks.append(blocks[-1] + sum(line[:1] not in ("#", "") for line in sentence.split("\n")))
    found = {
        frozenset((blocks[at] + int(first), blocks[at] + int(last)) for at, first, last in chain)
        for chain in entities.values()
    }
    assert found == chains_by_token(*item)


def test_a_mention_without_a_type_is_said_to_be_approximated(tmp_path, run, entities_only):
    file = tmp_path / "a.conll"
    file.write_text("#begin document (a)\na 0 0 It - * - - - - * (1)\n\n#end document\n")
    new, one = tmp_path / "new", f"ana={file}"
    result = run(entities_only, "import", "conll2012", one, "--out", str(new), "--strict")
    assert result.exit_code == 1
    assert 'mentions, 1 approximated: has no type in the source: "mention"' in result.stderr
    assert not new.exists()
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[entity]\nmention = "PERSON"\n')
    result = run(
        entities_only, "import", "conll2012", one, "--mapping", str(mapping), "--strict",
        "--language", "en",
    )  # fmt: skip
    assert "1 approximated" not in result.stderr, result.stderr
