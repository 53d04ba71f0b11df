"""CoNLL-2003, as other programs read and write it."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasets import Dataset
from msgspec import to_builtins
from msgspec.structs import replace
from seqeval.metrics.v1 import precision_recall_fscore_support
from seqeval.scheme import IOB2

from dateline.corpus.segmentation.alphabetic import segment
from dateline.evaluation.arrow_scoring import score_mentions
from dateline.interop.format import Output
from dateline.interop.reduction import reduce
from dateline.interop.registry import format_of
from dateline.model import Mention, Span

REAL = """\
-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
German JJ B-NP B-MISC
call NN I-NP O
. . O O

Peter NNP B-NP B-PER
Blackburn NNP I-NP I-PER

-DOCSTART- -X- -X- O

BRUSSELS NNP B-NP I-LOC
1996-08-22 CD I-NP O
"""


def test_a_file_of_the_shared_task_becomes_a_corpus(tmp_path, run, empty_corpus):
    (tmp_path / "eng.testa").write_text(REAL)
    out = tmp_path / "news"
    arguments = ("import", "conll2003", str(tmp_path / "eng.testa"), "--out", str(out))
    result = run(empty_corpus, *arguments, "--language", "en")
    assert result.exit_code == 0, result.output
    corpus = type(empty_corpus)(out)
    first, second = map(corpus.read_document, corpus.document_ids())
    assert first.text == "EU rejects German call .\nPeter Blackburn\n"
    assert {first.split, second.split} == {"validation"}
    assert [first.text[s:e] for s, e in first.tokens][-2:] == ["Peter", "Blackburn"]
    found = corpus.read_annotation("annotator1", first.id).mentions
    assert [(m.spans[0].text, m.type) for m in found] == [
        ("EU", "ORG"),
        ("German", "MISC"),
        ("Peter Blackburn", "PER"),
    ]
    assert [m.type for m in corpus.read_annotation("annotator1", second.id).mentions] == ["LOC"]
    assert corpus.ontology.labels_of("entities") == ("LOC", "MISC", "ORG", "PER")
    assert run(corpus, "validate").exit_code == 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("EU X-ORG", 'line 3: "X-ORG" is not a tag. Allowed: O, or B-, I-, E-, S-, L- or U-'),
        ("EU", 'line 3: "EU" has no tag. Write a token and its tag on each line.'),
    ],
)
def test_a_line_that_is_not_understood_is_named(line, message, tmp_path, run, empty_corpus):
    file = tmp_path / "a.conll"
    file.write_text(f"-DOCSTART- -X- -X- O\n\n{line}\n")
    result = run(empty_corpus, "import", "conll2003", str(file), "--out", str(tmp_path / "new"))
    assert result.exit_code == 1
    assert f"{file}, {message}" in result.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("text", ["Ana Ruiz met Bo Lind in Oslo on Monday with Cy Dahl and Di Ek."])
def test_seqeval_gives_the_strict_f_of_score(text, tmp_path, entities_only):
    document = entities_only.read_document(entities_only.document_ids()[0])
    sentences, tokens = segment(text)
    document = replace(document, text=text, sentences=sentences, tokens=tokens)

    def annotated(*names: tuple[str, str]):
        annotation = entities_only.read_annotation("gold", document.id)
        mentions = [
            Mention(
                id=f"m{number}",
                type=label,
                spans=(Span(start=text.index(n), end=text.index(n) + len(n), text=n),),
            )
            for number, (n, label) in enumerate(names)
        ]
        return replace(annotation, mentions=tuple(mentions))

    gold = annotated(("Ana Ruiz", "PERSON"), ("Bo Lind", "PERSON"), ("Oslo", "DRUG"),
                     ("Cy Dahl", "PERSON"), ("Di Ek", "PERSON"))  # fmt: skip
    predicted = annotated(("Ana Ruiz", "PERSON"), ("Lind", "PERSON"), ("Oslo", "PERSON"),
                          ("Cy Dahl", "PERSON"))  # fmt: skip
    tags = [_tags(tmp_path / name, document, a, entities_only)
            for name, a in (("gold", gold), ("predicted", predicted))]  # fmt: skip
    (_, _, f_score, _) = precision_recall_fscore_support(
        [tags[0]], [tags[1]], average="micro", scheme=IOB2
    )
    rows = [
        Dataset.from_list([{"mentions": [to_builtins(m) for m in annotation.mentions]}])
        for annotation in (gold, predicted)
    ]
    rates = score_mentions(*rows, entities_only.ontology)
    assert f_score == pytest.approx(rates["strict"].f1)
    assert 0 < f_score < 1


def _tags(path: Path, document, annotation, corpus) -> list[str]:
    form = format_of("conll2003")
    reduced = reduce(document, annotation, form.holds)
    form.writer(
        Output(
            target=path,
            items=[(reduced.document, reduced.annotation)],
            ontology=corpus.ontology,
            options={"tags": "bio"},
        )
    )
    lines = [line.split(" ") for line in path.read_text().splitlines()]
    return [line[-1] for line in lines if len(line) == 4 and line[0] != "-DOCSTART-"]


def test_contrasts_are_in_a_file_of_their_own(repository, run, tmp_path):
    out = tmp_path / "out"
    result = run(repository, "export", "conll2003", "--split", "test", "--out", str(out))
    assert result.exit_code == 0, result.output
    found = {
        path.stem: path.read_text(encoding="utf-8").count("-DOCSTART-") for path in out.iterdir()
    }
    test = [
        document
        for document in map(repository.read_document, repository.document_ids())
        if document.split == "test"
    ]
    contrasts = sum(document.contrast is not None for document in test)
    assert found == {"test": len(test) - contrasts, "test-contrasts": contrasts}
